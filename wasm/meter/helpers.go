package meter

import (
	"slices"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// helper is a function added to the module, behind its own, because some code
// calls it.
type helper int

const (
	refill         helper = iota // fuel = tick(fuel)
	memoryFill                   // memory.fill, charged and in chunks
	memoryCopy                   // memory.copy, charged and in chunks
	chargeBytes                  // takes the fuel for so many bytes, returns its argument
	chargeElements               // takes the fuel for so many table elements, returns its argument
)

// ownType is a type added to the module, behind its own.
type ownType uint32

const (
	unary   ownType = iota // (i32) -> (i32), of tick too
	nullary                // () -> ()
	ternary                // (i32, i32, i32) -> ()
	ownTypes
)

var helperNames = [...]string{
	refill: "refill", memoryFill: "memory_fill", memoryCopy: "memory_copy",
	chargeBytes: "charge_bytes", chargeElements: "charge_elements",
}

// helperIndex returns the new index of a helper, which is added to the module if
// it is not there yet.
func (m *module) helperIndex(h helper) uint32 {
	i := slices.Index(m.helpers, h)
	if i < 0 {
		i = len(m.helpers)
		m.helpers = append(m.helpers, h)
	}
	return m.functions() + 1 + uint32(i) // 1: tick
}

// helperCode returns a helper's type and instructions.
func (m *module) helperCode(h helper) (ownType, []byte) {
	var a assembler
	t := unary
	switch h {
	case refill:
		t = nullary
		a.op(wasmbin.OpGlobalGet, m.fuel())
		a.op(wasmbin.OpCall, m.tick())
		a.op(wasmbin.OpGlobalSet, m.fuel())
	case memoryFill:
		t = ternary
		m.memoryFill(&a)
	case memoryCopy:
		t = ternary
		m.memoryCopy(&a)
	case chargeBytes:
		m.chargeArgument(&a, BytesShift)
	case chargeElements:
		m.chargeArgument(&a, ElementsShift)
	}
	a.op(wasmbin.OpEnd)
	return t, a
}

// addOwn adds to the sections what Meter itself brings along.
func (m *module) addOwn() {
	const i32, mutable = byte(wasmbin.I32), 1
	types := [ownTypes][]byte{
		unary:   {wasmbin.FuncTypeForm, 1, i32, 1, i32},
		nullary: {wasmbin.FuncTypeForm, 0, 0},
		ternary: {wasmbin.FuncTypeForm, 3, i32, i32, i32, 0},
	}
	for _, t := range types {
		m.add(wasmbin.SectionType, t)
	}
	tick := wasmbin.AppendName(wasmbin.AppendName(nil, ImportModule), ImportName)
	tick = append(tick, byte(wasmbin.KindFunction))
	m.add(wasmbin.SectionImport, wasmbin.AppendU32(tick, m.typeIndex(unary)))
	m.add(wasmbin.SectionGlobal, []byte{i32, mutable, byte(wasmbin.OpI32Const), 0, byte(wasmbin.OpEnd)})
	fuel := append(wasmbin.AppendName(nil, FuelExport), byte(wasmbin.KindGlobal))
	m.add(wasmbin.SectionExport, wasmbin.AppendU32(fuel, m.fuel()))

	// Every helper but refill itself calls refill, so it may be added on the way.
	for i := 0; i < len(m.helpers); i++ {
		t, code := m.helperCode(m.helpers[i])
		m.add(wasmbin.SectionFunction, wasmbin.AppendU32(nil, m.typeIndex(t)))
		m.add(wasmbin.SectionCode, wasmbin.Body{Locals: []byte{0}, Code: code}.Append(nil))
	}
}

// add appends an element to the vector that a section consists of.
func (m *module) add(id wasmbin.SectionID, element []byte) {
	r := wasmbin.NewReader(m.bodies[id], 0)
	n := r.U32()
	b := wasmbin.AppendU32(make([]byte, 0, r.Len()+len(element)+8), n+1)
	b = append(b, r.Bytes(r.Len())...)
	m.bodies[id] = append(b, element...)
}
