package main

import (
	"fmt"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// globalPrefix is followed by the index of a global that is exported here.
const globalPrefix = "funcbox_global_"

// exportGlobals returns the module with all of its mutable globals exported; one that
// needs nothing done is returned as it is.
func exportGlobals(wasm []byte) ([]byte, error) {
	info, err := wasmbin.Inspect(wasm)
	if err != nil {
		return nil, err
	}
	var added []byte
	count := uint32(len(info.Exports))
	for index, global := range info.Globals {
		if global.Mutable && !global.Imported && len(global.Exports) == 0 {
			added = append(wasmbin.AppendName(added, fmt.Sprintf("%s%d", globalPrefix, index)), byte(wasmbin.KindGlobal))
			added = wasmbin.AppendU32(added, uint32(index))
			count++
		}
	}
	if added == nil {
		return wasm, nil
	}
	sections, err := wasmbin.Sections(wasm)
	if err != nil {
		return nil, err
	}
	body := wasmbin.AppendU32(nil, count)
	for _, s := range sections {
		if s.ID == wasmbin.SectionExport {
			exports := s.Reader()
			exports.U32() // how many there were
			body = append(body, exports.Bytes(exports.Len())...)
		}
	}
	return wasmbin.Replace(wasm, map[wasmbin.SectionID][]byte{wasmbin.SectionExport: append(body, added...)})
}
