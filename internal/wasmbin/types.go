package wasmbin

import "slices"

// ValueType is the encoding of a type of values (section 5.3.4).
type ValueType byte

// The value types of WebAssembly 2.0, and exnref from the exception handling
// proposal.
const (
	I32       ValueType = 0x7f
	I64       ValueType = 0x7e
	F32       ValueType = 0x7d
	F64       ValueType = 0x7c
	V128      ValueType = 0x7b
	FuncRef   ValueType = 0x70
	ExternRef ValueType = 0x6f
	ExnRef    ValueType = 0x69
)

// String returns the type's name in the text format.
func (t ValueType) String() string {
	switch t {
	case I32:
		return "i32"
	case I64:
		return "i64"
	case F32:
		return "f32"
	case F64:
		return "f64"
	case V128:
		return "v128"
	case FuncRef:
		return "funcref"
	case ExternRef:
		return "externref"
	case ExnRef:
		return "exnref"
	}
	return "unknown"
}

func (t ValueType) isReference() bool { return t == FuncRef || t == ExternRef || t == ExnRef }

// FuncType is a function's type.
type FuncType struct {
	Params, Results []ValueType
}

// Equal reports whether both types are the same.
func (t FuncType) Equal(other FuncType) bool {
	return slices.Equal(t.Params, other.Params) && slices.Equal(t.Results, other.Results)
}

// Limits is the size range of a memory, in pages of 64 KiB, or of a table, in
// elements.
type Limits struct {
	Min    uint64
	Max    uint64 // only if HasMax
	HasMax bool
	Shared bool // threads proposal
	Is64   bool // memory64 proposal: addresses are i64
}

// TableType is a table's type.
type TableType struct {
	Element ValueType
	Limits
}

// GlobalType is a global's type.
type GlobalType struct {
	Value   ValueType
	Mutable bool
}

// ValueType reads a value type (section 5.3.4). The types of the function
// references and garbage collection proposals are unsupported.
func (r *Reader) ValueType() ValueType {
	t := ValueType(r.Byte())
	if r.Err() == nil && t.String() == "unknown" {
		r.Unsupported("value type %#x", byte(t))
	}
	return t
}

// RefType reads a reference type (section 5.3.3).
func (r *Reader) RefType() ValueType {
	t := r.ValueType()
	if r.Err() == nil && !t.isReference() {
		r.Fail("%s is no reference type", t)
	}
	return t
}

// FuncType reads a function type (section 5.3.6).
func (r *Reader) FuncType() FuncType {
	if form := r.Byte(); r.Err() == nil && form != FuncTypeForm {
		r.Unsupported("type of form %#x", form)
	}
	return FuncType{Params: r.valueTypes(), Results: r.valueTypes()}
}

// FuncTypeForm is the byte a function type starts with (section 5.3.6).
const FuncTypeForm = 0x60

func (r *Reader) valueTypes() []ValueType {
	types := make([]ValueType, r.Count())
	for i := range types {
		types[i] = r.ValueType()
	}
	return types
}

// Limits reads limits (section 5.3.7; flags 2: threads, 4: memory64).
func (r *Reader) Limits() Limits {
	flags := r.Byte()
	if flags > 7 {
		r.Unsupported("limits with flags %#x", flags)
	}
	l := Limits{HasMax: flags&1 != 0, Shared: flags&2 != 0, Is64: flags&4 != 0}
	bits := uint(32)
	if l.Is64 {
		bits = 64
	}
	l.Min = r.unsigned(bits)
	if l.HasMax {
		l.Max = r.unsigned(bits)
	}
	return l
}

// TableType reads a table's type (section 5.3.9).
func (r *Reader) TableType() TableType { return TableType{Element: r.RefType(), Limits: r.Limits()} }

// GlobalType reads a global's type (section 5.3.10).
func (r *Reader) GlobalType() GlobalType {
	t := GlobalType{Value: r.ValueType()}
	switch m := r.Byte(); m {
	case 0:
	case 1:
		t.Mutable = true
	default:
		r.Fail("mutability %#x", m)
	}
	return t
}

// Kind says what is imported or exported (sections 5.5.5 and 5.5.10).
type Kind byte

// The kinds of imports and exports. KindTag is from the exception handling
// proposal.
const (
	KindFunction Kind = 0
	KindTable    Kind = 1
	KindMemory   Kind = 2
	KindGlobal   Kind = 3
	KindTag      Kind = 4
)

// String returns the kind's name in the text format.
func (k Kind) String() string {
	if names := [...]string{"func", "table", "memory", "global", "tag"}; int(k) < len(names) {
		return names[k]
	}
	return "unknown"
}

// Import is one import. Which of the fields after Kind is set depends on it.
type Import struct {
	Module, Name string
	Kind         Kind
	TypeIndex    uint32   // KindFunction, KindTag
	Func         FuncType // KindFunction, KindTag; set by Inspect, not by Reader.Import
	Table        TableType
	Memory       Limits
	Global       GlobalType
}

// Import reads one import (section 5.5.5).
func (r *Reader) Import() Import {
	i := Import{Module: r.Name(), Name: r.Name(), Kind: Kind(r.Byte())}
	switch i.Kind {
	case KindFunction:
		i.TypeIndex = r.U32()
	case KindTable:
		i.Table = r.TableType()
	case KindMemory:
		i.Memory = r.Limits()
	case KindGlobal:
		i.Global = r.GlobalType()
	case KindTag:
		r.tagAttribute()
		i.TypeIndex = r.U32()
	default:
		r.Fail("import of kind %d", byte(i.Kind))
	}
	return i
}

// tagAttribute reads the reserved byte of a tag's type (exception handling
// proposal).
func (r *Reader) tagAttribute() {
	if a := r.Byte(); a != 0 {
		r.Fail("tag attribute %#x", a)
	}
}

// Export is one export.
type Export struct {
	Name  string
	Kind  Kind
	Index uint32   // into the index space of the kind
	Func  FuncType // KindFunction; set by Inspect, not by Reader.Export
}

// Export reads one export (section 5.5.10).
func (r *Reader) Export() Export {
	e := Export{Name: r.Name(), Kind: Kind(r.Byte())}
	if e.Kind > KindTag {
		r.Fail("export of kind %d", byte(e.Kind))
	}
	e.Index = r.U32()
	return e
}
