package guesttest

import "github.com/funcbox/funcbox/internal/wasmbin"

// Passthrough assembles a module that imports every function of WASI preview 1
// and exports each again under its name, through a function of its own: what
// calls an export calls WASI as a guest does. It has a memory of that many pages
// of 64 KiB, exported as "memory"; without any there is no memory.
func Passthrough(pages int) []byte {
	var types typeList
	var imports, functions, exports, code [][]byte
	for i, s := range Signatures {
		index := types.index(s.Parameters, s.Results())
		name := wasmbin.AppendName(wasmbin.AppendName(nil, "wasi_snapshot_preview1"), s.Name)
		imports = append(imports, Join(name, []byte{0}, index))
		functions = append(functions, index)
		exports = append(exports, export(s.Name, 0, uint32(len(Signatures)+i)))
		var arguments []byte
		for j := range s.Parameters {
			arguments = Join(arguments, Local(byte(j)))
		}
		code = append(code, wasmbin.AppendSized(nil, Join([]byte{0}, arguments, Call(uint32(i)), []byte{0x0b})))
	}
	sections := map[wasmbin.SectionID][]byte{
		wasmbin.SectionImport:   vector(imports...),
		wasmbin.SectionFunction: vector(functions...),
		wasmbin.SectionCode:     vector(code...),
	}
	if pages > 0 {
		size := wasmbin.AppendU32(nil, uint32(pages))
		sections[wasmbin.SectionMemory] = Join([]byte{1, 1}, size, size)
		exports = append(exports, export("memory", 2, 0))
	}
	sections[wasmbin.SectionType] = vector(types.types...)
	sections[wasmbin.SectionExport] = vector(exports...)
	return wasmbin.AppendModule(nil, sections)
}
