package wasmbin

import "fmt"

// Opcode is the number of an instruction: its byte, or, for the instructions
// that have a prefix, prefix<<16 + the number that follows (section 5.4).
type Opcode uint32

// Prefix bytes. PrefixVector and PrefixMisc: sections 5.4.8 and 5.4.6;
// PrefixGC and PrefixAtomic: garbage collection and threads proposals.
const (
	PrefixGC     = 0xfb
	PrefixMisc   = 0xfc
	PrefixVector = 0xfd
	PrefixAtomic = 0xfe
)

// The opcodes that some code in this project has to know (section 5.4; tail
// calls, exception handling: their proposals).
const (
	OpUnreachable        Opcode = 0x00
	OpNop                Opcode = 0x01
	OpBlock              Opcode = 0x02
	OpLoop               Opcode = 0x03
	OpIf                 Opcode = 0x04
	OpElse               Opcode = 0x05
	OpTry                Opcode = 0x06
	OpCatch              Opcode = 0x07
	OpThrow              Opcode = 0x08
	OpRethrow            Opcode = 0x09
	OpThrowRef           Opcode = 0x0a
	OpEnd                Opcode = 0x0b
	OpBr                 Opcode = 0x0c
	OpBrIf               Opcode = 0x0d
	OpBrTable            Opcode = 0x0e
	OpReturn             Opcode = 0x0f
	OpCall               Opcode = 0x10
	OpCallIndirect       Opcode = 0x11
	OpReturnCall         Opcode = 0x12
	OpReturnCallIndirect Opcode = 0x13
	OpDelegate           Opcode = 0x18
	OpCatchAll           Opcode = 0x19
	OpDrop               Opcode = 0x1a
	OpSelect             Opcode = 0x1b
	OpSelectTyped        Opcode = 0x1c
	OpTryTable           Opcode = 0x1f
	OpLocalGet           Opcode = 0x20
	OpLocalSet           Opcode = 0x21
	OpLocalTee           Opcode = 0x22
	OpGlobalGet          Opcode = 0x23
	OpGlobalSet          Opcode = 0x24
	OpTableGet           Opcode = 0x25
	OpTableSet           Opcode = 0x26
	OpMemorySize         Opcode = 0x3f
	OpMemoryGrow         Opcode = 0x40
	OpI32Const           Opcode = 0x41
	OpI64Const           Opcode = 0x42
	OpF32Const           Opcode = 0x43
	OpF64Const           Opcode = 0x44
	OpI32Eqz             Opcode = 0x45
	OpI32Eq              Opcode = 0x46
	OpI32GtU             Opcode = 0x4b
	OpI32LeS             Opcode = 0x4c
	OpI32LeU             Opcode = 0x4d
	OpI64LeU             Opcode = 0x58
	OpI32Add             Opcode = 0x6a
	OpI32Sub             Opcode = 0x6b
	OpI32And             Opcode = 0x71
	OpI32ShrU            Opcode = 0x76
	OpI64Add             Opcode = 0x7c
	OpI64Shl             Opcode = 0x86
	OpI64ExtendI32U      Opcode = 0xad
	OpRefNull            Opcode = 0xd0
	OpRefIsNull          Opcode = 0xd1
	OpRefFunc            Opcode = 0xd2

	OpMemoryInit Opcode = PrefixMisc<<16 + 8
	OpDataDrop   Opcode = PrefixMisc<<16 + 9
	OpMemoryCopy Opcode = PrefixMisc<<16 + 10
	OpMemoryFill Opcode = PrefixMisc<<16 + 11
	OpTableInit  Opcode = PrefixMisc<<16 + 12
	OpElemDrop   Opcode = PrefixMisc<<16 + 13
	OpTableCopy  Opcode = PrefixMisc<<16 + 14
	OpTableGrow  Opcode = PrefixMisc<<16 + 15
	OpTableSize  Opcode = PrefixMisc<<16 + 16
	OpTableFill  Opcode = PrefixMisc<<16 + 17
)

// opcodeNames names the instructions an error text may have to speak of.
var opcodeNames = map[Opcode]string{
	OpTry: "try", OpCatch: "catch", OpThrow: "throw", OpRethrow: "rethrow", OpThrowRef: "throw_ref",
	OpDelegate: "delegate", OpCatchAll: "catch_all", OpTryTable: "try_table",
	0x14: "call_ref", 0x15: "return_call_ref", 0xd3: "ref.eq", 0xd4: "ref.as_non_null",
	0xd5: "br_on_null", 0xd6: "br_on_non_null",
	OpMemorySize: "memory.size", OpMemoryGrow: "memory.grow", OpMemoryInit: "memory.init",
	OpMemoryCopy: "memory.copy", OpMemoryFill: "memory.fill", OpRefNull: "ref.null",
}

// String returns the name, where an error text may need it, and the number.
func (op Opcode) String() string {
	number := fmt.Sprintf("%#02x", uint32(op))
	if op.Prefix() != 0 {
		number = fmt.Sprintf("%#x %d", op.Prefix(), op&0xffff)
	}
	switch name := opcodeNames[op]; {
	case name != "":
		return name + " (" + number + ")"
	case op.Prefix() == PrefixAtomic:
		return "atomic instruction (" + number + ")"
	case op.Prefix() == PrefixVector:
		return "vector instruction (" + number + ")"
	case op.Prefix() == PrefixGC:
		return "garbage collection instruction (" + number + ")"
	}
	return "opcode (" + number + ")"
}

// Prefix returns the prefix byte, or 0.
func (op Opcode) Prefix() byte { return byte(op >> 16) }

// IsException reports whether op belongs to exception handling, in its present
// or its legacy form.
func (op Opcode) IsException() bool {
	switch op {
	case OpTry, OpCatch, OpThrow, OpRethrow, OpThrowRef, OpDelegate, OpCatchAll, OpTryTable:
		return true
	}
	return false
}

// IsCall reports whether op may run another function of the module.
func (op Opcode) IsCall() bool { return op >= OpCall && op <= OpReturnCallIndirect }

// MutatesTable reports whether op may change a table.
func (op Opcode) MutatesTable() bool {
	switch op {
	case OpTableSet, OpTableGrow, OpTableFill, OpTableCopy, OpTableInit:
		return true
	}
	return false
}
