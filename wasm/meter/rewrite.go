package meter

import (
	"fmt"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// module is a module being rewritten. Function indices are the original ones
// unless said otherwise.
type module struct {
	bodies map[wasmbin.SectionID][]byte // rewritten contents, nil if there is none

	// How many of each the original has.
	types, importedFuncs, definedFuncs, globals, memories uint32

	results   [][]wasmbin.ValueType // of each of the types
	funcTypes []uint32              // of each function that is defined

	helpers []helper // in the order of their indices
}

// tick is the index of the imported function: it follows all other function
// imports, so every original index from there on grows by one.
func (m *module) tick() uint32 { return m.importedFuncs }

// fuel is the index of the fuel's global, which follows all others.
func (m *module) fuel() uint32 { return m.globals }

// resultsOf returns the results of a function, counted without the imported ones.
func (m *module) resultsOf(defined uint32) []wasmbin.ValueType {
	if t := m.funcTypes[defined]; t < uint32(len(m.results)) {
		return m.results[t]
	}
	return nil
}

// typeIndex is the index of a type that Meter adds.
func (m *module) typeIndex(t ownType) uint32 { return m.types + uint32(t) }

// functions is how many functions the original has.
func (m *module) functions() uint32 { return m.importedFuncs + m.definedFuncs }

// newIndex returns the new index of a function.
func (m *module) newIndex(r *wasmbin.Reader, index uint32) uint32 {
	if index >= m.functions() {
		r.Fail("function %d of %d", index, m.functions())
		return 0
	}
	if index >= m.tick() {
		index++
	}
	return index
}

func rewrite(wasm []byte) ([]byte, error) {
	sections, err := wasmbin.Sections(wasm)
	if err != nil {
		return nil, err
	}
	m := &module{bodies: map[wasmbin.SectionID][]byte{
		// Sections that have to be there in the result: empty vectors.
		wasmbin.SectionType: {0}, wasmbin.SectionImport: {0}, wasmbin.SectionGlobal: {0}, wasmbin.SectionExport: {0},
	}}
	// The sections that define indices precede those that use them, except for
	// global initializers, which may name functions, but only by numbers known by
	// then: the function section comes first.
	var names *wasmbin.Section
	for _, s := range sections {
		if s.ID == wasmbin.SectionCustom {
			if s.Name == "name" {
				names = &s
			}
			continue
		}
		if err := m.section(s); err != nil {
			return nil, err
		}
	}
	if m.definedFuncs > 0 && m.bodies[wasmbin.SectionCode] == nil {
		return nil, fmt.Errorf("%w: functions without bodies", ErrMalformed)
	}
	m.addOwn()
	out := wasmbin.AppendModule(make([]byte, 0, len(wasm)+len(wasm)/4), m.bodies)
	if names != nil {
		if b := m.renumberNames(names.Reader()); b != nil {
			out = wasmbin.AppendCustom(out, "name", b)
		}
	}
	return out, nil
}

// section reads a section and sets its new contents, not yet with what Meter
// itself adds to it.
func (m *module) section(s wasmbin.Section) error {
	r := s.Reader()
	var body []byte
	switch s.ID {
	case wasmbin.SectionType:
		body = copied(r, func() {
			m.results = append(m.results, r.FuncType().Results)
			m.types++
		})
	case wasmbin.SectionImport:
		body = m.imports(r)
	case wasmbin.SectionFunction:
		body = vector(r, func(b []byte) []byte {
			index := r.U32()
			m.checkType(r, index)
			m.definedFuncs++
			m.funcTypes = append(m.funcTypes, index)
			return wasmbin.AppendU32(b, index)
		})
	case wasmbin.SectionTable:
		body = copied(r, func() { checkLimits(r, wasmbin.KindTable, r.TableType().Limits) })
	case wasmbin.SectionMemory:
		body = copied(r, func() { m.memory(r, r.Limits()) })
	case wasmbin.SectionTag:
		return fmt.Errorf("%w: exception tags", ErrUnsupported)
	case wasmbin.SectionGlobal:
		body = vector(r, func(b []byte) []byte {
			start := r.Pos()
			r.GlobalType()
			b = append(b, r.Slice(start, r.Pos())...)
			m.globals++
			return m.expression(r, b)
		})
	case wasmbin.SectionExport:
		body = m.exports(r)
	case wasmbin.SectionStart:
		body = wasmbin.AppendU32(nil, m.newIndex(r, r.U32()))
	case wasmbin.SectionElement:
		body = vector(r, func(b []byte) []byte { return m.element(r, b) })
	case wasmbin.SectionCode:
		body = m.code(r)
	case wasmbin.SectionData:
		body = vector(r, func(b []byte) []byte { return m.data(r, b) })
	case wasmbin.SectionDataCount:
		body = wasmbin.AppendU32(nil, r.U32())
	}
	if err := r.Done(); err != nil {
		return err
	}
	m.bodies[s.ID] = body
	return nil
}

// vector rewrites a vector (section 5.1.3): element reads one element and appends
// its new form.
func vector(r *wasmbin.Reader, element func(b []byte) []byte) []byte {
	n := r.Count()
	b := wasmbin.AppendU32(nil, uint32(n))
	for i := 0; i < n && r.Err() == nil; i++ {
		b = element(b)
	}
	return b
}

// copied copies a vector: element only reads one element.
func copied(r *wasmbin.Reader, element func()) []byte {
	return vector(r, func(b []byte) []byte {
		start := r.Pos()
		element()
		return append(b, r.Slice(start, r.Pos())...)
	})
}

func (m *module) imports(r *wasmbin.Reader) []byte {
	return copied(r, func() {
		i := r.Import()
		if r.Err() != nil {
			return
		}
		switch i.Kind {
		case wasmbin.KindFunction:
			if i.Module == ImportModule && i.Name == ImportName {
				r.FailWith(fmt.Errorf("%w: it imports %s.%s", ErrMetered, ImportModule, ImportName))
			}
			m.checkType(r, i.TypeIndex)
			m.importedFuncs++
		case wasmbin.KindTable:
			checkLimits(r, i.Kind, i.Table.Limits)
		case wasmbin.KindMemory:
			m.memory(r, i.Memory)
		case wasmbin.KindGlobal:
			m.globals++
		case wasmbin.KindTag:
			r.Unsupported("import of an exception tag")
		}
	})
}

func (m *module) memory(r *wasmbin.Reader, l wasmbin.Limits) {
	checkLimits(r, wasmbin.KindMemory, l)
	if m.memories++; m.memories > 1 {
		r.Unsupported("multiple memories")
	}
}

func checkLimits(r *wasmbin.Reader, kind wasmbin.Kind, l wasmbin.Limits) {
	switch {
	case l.Is64:
		r.Unsupported("%s with 64-bit addresses (memory64)", kind)
	case l.Shared:
		r.Unsupported("shared %s (threads)", kind)
	}
}

func (m *module) exports(r *wasmbin.Reader) []byte {
	return vector(r, func(b []byte) []byte {
		e := r.Export()
		if r.Err() == nil && e.Name == FuelExport {
			r.FailWith(fmt.Errorf("%w: it exports %s", ErrMetered, FuelExport))
		}
		switch e.Kind {
		case wasmbin.KindFunction:
			e.Index = m.newIndex(r, e.Index)
		case wasmbin.KindGlobal:
			m.checkGlobal(r, e.Index)
		case wasmbin.KindTag:
			r.Unsupported("export of an exception tag")
		}
		b = append(wasmbin.AppendName(b, e.Name), byte(e.Kind))
		return wasmbin.AppendU32(b, e.Index)
	})
}

// expression rewrites a constant expression (section 3.3.9): of what it may hold,
// extended forms included, only ref.func names a function. Globals keep their
// indices.
func (m *module) expression(r *wasmbin.Reader, b []byte) []byte {
	start := r.Pos()
	r.Expression(func(ins wasmbin.Instruction) error {
		switch ins.Opcode {
		case wasmbin.OpGlobalGet:
			m.checkGlobal(r, ins.Index)
		case wasmbin.OpRefFunc:
			b = append(b, r.Slice(start, ins.Start)...)
			b = wasmbin.AppendU32(append(b, byte(wasmbin.OpRefFunc)), m.newIndex(r, ins.Index))
			start = ins.End
		}
		return rejected(ins)
	})
	return append(b, r.Slice(start, r.Pos())...)
}

// rejected returns an error if an instruction must not occur in any module.
func rejected(ins wasmbin.Instruction) error {
	if ins.Opcode.IsException() || ins.Opcode.Prefix() == wasmbin.PrefixAtomic {
		return fmt.Errorf("%w: %s", ErrUnsupported, ins.Opcode)
	}
	return nil
}

// The bits of the number an element segment starts with (section 5.5.12).
const (
	elementNotActive   = 1 // passive, or declarative with the next bit
	elementExplicit    = 2 // active: a table index follows
	elementExpressions = 4 // elements are expressions, not function indices
	elementForms       = 8
)

// element rewrites one element segment, of any of the eight forms.
func (m *module) element(r *wasmbin.Reader, b []byte) []byte {
	form := r.U32()
	if form >= elementForms {
		r.Fail("element segment of form %d", form)
		return b
	}
	b = wasmbin.AppendU32(b, form)
	active := form&elementNotActive == 0
	if active {
		if form&elementExplicit != 0 {
			b = wasmbin.AppendU32(b, r.U32())
		}
		b = m.expression(r, b)
	}
	expressions := form&elementExpressions != 0
	if !active || form&elementExplicit != 0 {
		// A reference type, or the kind of what the indices name: 0, functions.
		if expressions {
			b = append(b, byte(r.RefType()))
		} else if kind := r.Byte(); kind == 0 {
			b = append(b, kind)
		} else {
			r.Fail("element kind %#x", kind)
		}
	}
	return append(b, vector(r, func(b []byte) []byte {
		if expressions {
			return m.expression(r, b)
		}
		return wasmbin.AppendU32(b, m.newIndex(r, r.U32()))
	})...)
}

// data copies one data segment (section 5.5.14), rewriting its offset.
func (m *module) data(r *wasmbin.Reader, b []byte) []byte {
	form := r.U32()
	b = wasmbin.AppendU32(b, form)
	switch form {
	case 0:
		b = m.expression(r, b)
	case 1: // passive
	case 2:
		if memory := r.U32(); memory != 0 {
			r.Unsupported("data segment for memory %d (multiple memories)", memory)
		}
		b = m.expression(r, append(b, 0))
	default:
		r.Fail("data segment of form %d", form)
	}
	return wasmbin.AppendSized(b, r.Bytes(r.Count()))
}
