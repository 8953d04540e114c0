package wasmbin

import "fmt"

// Info is what [Inspect] found out about a module.
type Info struct {
	Imports  []Import   // in the module's order
	Exports  []Export   // in the module's order
	Globals  []Global   // by global index, imported ones first
	Memories []Memory   // by memory index, imported ones first
	Tables   []Table    // by table index, imported ones first
	Funcs    []FuncType // by function index, imported ones first

	HasStart     bool // a start function runs at instantiation
	MutatesTable bool // some instruction is table.set, grow, fill, copy or init
	Exceptions   bool // instructions or tags of exception handling occur
	Threads      bool // atomic instructions or shared memories occur
	SIMD         bool // vector instructions occur
}

// Global is a global of a module.
type Global struct {
	GlobalType
	Imported bool
	Exports  []string // the names it is exported under
}

// Memory is a linear memory of a module. Its limits are in pages of 64 KiB.
type Memory struct {
	Limits
	Imported bool
	Exports  []string // the names it is exported under
}

// Table is a table of a module.
type Table struct {
	TableType
	Imported bool
	Exports  []string // the names it is exported under
}

// Export returns the export of that name and kind.
func (i *Info) Export(name string, kind Kind) (Export, bool) {
	for _, e := range i.Exports {
		if e.Name == name && e.Kind == kind {
			return e, true
		}
	}
	return Export{}, false
}

// Inspect decodes a module and reports what it holds. Errors wrap ErrMalformed
// or ErrUnsupported. It does not validate: that an index into another section is
// in range is checked only where Info needs what it points to.
func Inspect(wasm []byte) (Info, error) {
	sections, err := Sections(wasm)
	if err != nil {
		return Info{}, err
	}
	var p inspection
	for _, s := range sections {
		if err := p.section(s); err != nil {
			return Info{}, err
		}
	}
	if len(p.Funcs) != p.imported+p.bodies {
		return Info{}, fmt.Errorf("%w: %d functions, but %d bodies", ErrMalformed, len(p.Funcs)-p.imported, p.bodies)
	}
	return p.Info, nil
}

// inspection is an Info in the making.
type inspection struct {
	Info
	types            []FuncType
	imported, bodies int // functions
}

func (p *inspection) section(s Section) error {
	r := s.Reader()
	switch s.ID {
	case SectionType:
		vector(r, func() { p.types = append(p.types, r.FuncType()) })
	case SectionImport:
		vector(r, func() { p.addImport(r) })
		p.imported = len(p.Funcs)
	case SectionFunction:
		vector(r, func() { p.Funcs = append(p.Funcs, p.funcType(r, r.U32())) })
	case SectionTable:
		vector(r, func() { p.Tables = append(p.Tables, Table{TableType: r.TableType()}) })
	case SectionMemory:
		vector(r, func() { p.addMemory(Memory{Limits: r.Limits()}) })
	case SectionTag:
		p.Exceptions = true
		vector(r, func() {
			r.tagAttribute()
			r.U32()
		})
	case SectionGlobal:
		vector(r, func() {
			p.Globals = append(p.Globals, Global{GlobalType: r.GlobalType()})
			r.Expression(nil)
		})
	case SectionExport:
		vector(r, func() { p.addExport(r) })
	case SectionStart:
		p.HasStart = true
		r.U32()
	case SectionCode:
		vector(r, func() {
			p.bodies++
			body := Function(r)
			if r.Err() == nil {
				r.FailWith(body.Walk(p.instruction))
			}
		})
	default: // custom, element, data count, data: nothing to learn
		return nil
	}
	return r.Done()
}

// vector calls element for each element of a vector (section 5.1.3), until the
// reader fails.
func vector(r *Reader, element func()) {
	for n := r.Count(); n > 0 && r.Err() == nil; n-- {
		element()
	}
}

func (p *inspection) funcType(r *Reader, index uint32) FuncType {
	if uint64(index) >= uint64(len(p.types)) {
		r.Fail("type %d of %d", index, len(p.types))
		return FuncType{}
	}
	return p.types[index]
}

func (p *inspection) addImport(r *Reader) {
	i := r.Import()
	if r.Err() != nil {
		return
	}
	switch i.Kind {
	case KindFunction:
		i.Func = p.funcType(r, i.TypeIndex)
		p.Funcs = append(p.Funcs, i.Func)
	case KindTable:
		p.Tables = append(p.Tables, Table{TableType: i.Table, Imported: true})
	case KindMemory:
		p.addMemory(Memory{Limits: i.Memory, Imported: true})
	case KindGlobal:
		p.Globals = append(p.Globals, Global{GlobalType: i.Global, Imported: true})
	case KindTag:
		i.Func = p.funcType(r, i.TypeIndex)
		p.Exceptions = true
	}
	p.Imports = append(p.Imports, i)
}

func (p *inspection) addMemory(m Memory) {
	p.Threads = p.Threads || m.Shared
	p.Memories = append(p.Memories, m)
}

func (p *inspection) addExport(r *Reader) {
	e := r.Export()
	if r.Err() != nil {
		return
	}
	i, known := uint64(e.Index), true
	switch e.Kind {
	case KindFunction:
		if known = i < uint64(len(p.Funcs)); known {
			e.Func = p.Funcs[i]
		}
	case KindTable:
		if known = i < uint64(len(p.Tables)); known {
			p.Tables[i].Exports = append(p.Tables[i].Exports, e.Name)
		}
	case KindMemory:
		if known = i < uint64(len(p.Memories)); known {
			p.Memories[i].Exports = append(p.Memories[i].Exports, e.Name)
		}
	case KindGlobal:
		if known = i < uint64(len(p.Globals)); known {
			p.Globals[i].Exports = append(p.Globals[i].Exports, e.Name)
		}
	}
	if !known {
		r.Fail("export %q of %s %d, which is not there", e.Name, e.Kind, e.Index)
	}
	p.Exports = append(p.Exports, e)
}

func (p *inspection) instruction(ins Instruction) error {
	op := ins.Opcode
	p.MutatesTable = p.MutatesTable || op.MutatesTable()
	p.Exceptions = p.Exceptions || op.IsException()
	p.Threads = p.Threads || op.Prefix() == PrefixAtomic
	p.SIMD = p.SIMD || op.Prefix() == PrefixVector
	return nil
}
