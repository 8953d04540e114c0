package wasmbin

// Instruction is one decoded instruction.
type Instruction struct {
	Opcode     Opcode
	Start, End int // its place, counted as by Reader.Pos

	// Index is the first index among the immediates: the function of call,
	// return_call and ref.func, the type of call_indirect, the local, global,
	// table, data or element segment, label or tag; 0 if there is none.
	Index uint32

	// Block is the block type of block, loop, if, try and try_table: the index of
	// a type if it is not negative (section 5.4.1).
	Block int64

	// I32 is the value of i32.const, else 0.
	I32 int32
}

// Walk reads an expression, that is instructions up to the end that closes it
// (section 5.4.9), and calls visit for each, the closing end included. It stops
// at the first error, which is also the reader's.
//
// It decodes WebAssembly 2.0 and the tail call, threads and exception handling
// proposals (its legacy form too); other opcodes fail with ErrUnsupported. It
// knows nothing of types and does not match else and catch with what they
// belong to.
func Walk(r *Reader, visit func(Instruction) error) error {
	for depth := 1; depth > 0; {
		ins := Instruction{Start: r.Pos()}
		ins.Opcode = r.opcode()
		r.immediates(&ins)
		if r.Err() != nil {
			return r.Err()
		}
		ins.End = r.Pos()
		switch ins.Opcode {
		case OpBlock, OpLoop, OpIf, OpTry, OpTryTable:
			depth++
		case OpEnd, OpDelegate:
			depth--
		}
		if err := visit(ins); err != nil {
			r.FailWith(err)
			return r.Err()
		}
	}
	return nil
}

// opcode reads an opcode. The specification lets the number after a prefix be
// padded (section 5.4.6), but wazero v1.12 looks at one byte after 0xfd and 0xfe,
// so that it would run other instructions than those read here: it must be in its
// shortest form there.
func (r *Reader) opcode() Opcode {
	b := r.Byte()
	if b < PrefixGC || b > PrefixAtomic {
		return Opcode(b)
	}
	start := r.Pos()
	n := r.U32()
	if b != PrefixMisc && r.Pos()-start != len(AppendU32(nil, n)) {
		r.Unsupported("padded opcode after %#x", b)
	}
	if n > 0xffff {
		r.Fail("opcode %#x %d", b, n)
	}
	return Opcode(b)<<16 | Opcode(n)
}

// immediates reads what follows the opcode (section 5.4).
func (r *Reader) immediates(ins *Instruction) {
	op := ins.Opcode
	switch op.Prefix() {
	case PrefixMisc:
		r.miscImmediates(ins)
		return
	case PrefixVector:
		r.vectorImmediates(ins)
		return
	case PrefixAtomic:
		r.atomicImmediates(ins)
		return
	}
	switch {
	case op <= 0x01 || op == OpElse || op == OpEnd || op == OpReturn || op == OpDrop || op == OpSelect ||
		op == OpRefIsNull || op == OpThrowRef || op == OpCatchAll || op >= 0x45 && op <= 0xc4:
		// None.
	case op == OpBlock || op == OpLoop || op == OpIf || op == OpTry:
		ins.Block = r.blockType()
	case op >= OpLocalGet && op <= OpTableSet || op == OpBr || op == OpBrIf || op == OpCall || op == OpReturnCall ||
		op == OpRefFunc || op == OpCatch || op == OpThrow || op == OpRethrow || op == OpDelegate:
		ins.Index = r.U32()
	case op == OpBrTable:
		for range r.Count() {
			r.U32()
		}
		ins.Index = r.U32() // the default label
	case op == OpCallIndirect || op == OpReturnCallIndirect:
		ins.Index = r.U32()
		r.U32() // table
	case op == OpSelectTyped:
		r.valueTypes()
	case op == OpTryTable:
		ins.Block = r.blockType()
		r.catchClauses()
	case op >= 0x28 && op <= 0x3e:
		r.memarg()
	case op == OpMemorySize || op == OpMemoryGrow:
		r.memoryZero(op)
	case op == OpI32Const:
		ins.I32 = r.S32()
	case op == OpI64Const:
		r.S64()
	case op == OpF32Const:
		r.Bytes(4)
	case op == OpF64Const:
		r.Bytes(8)
	case op == OpRefNull:
		r.RefType()
	default:
		r.Unsupported("%s", op)
	}
}

// miscImmediates reads what follows 0xfc and a number (sections 5.4.3, 5.4.5 to
// 5.4.7).
func (r *Reader) miscImmediates(ins *Instruction) {
	switch op := ins.Opcode; op {
	case OpMemoryInit:
		ins.Index = r.U32()
		r.memoryZero(op)
	case OpMemoryCopy:
		r.memoryZero(op)
		r.memoryZero(op)
	case OpMemoryFill:
		r.memoryZero(op)
	case OpTableInit, OpTableCopy:
		ins.Index = r.U32()
		r.U32()
	case OpDataDrop, OpElemDrop, OpTableGrow, OpTableSize, OpTableFill:
		ins.Index = r.U32()
	default:
		if op&0xffff > 7 { // 0 to 7: saturating truncations
			r.Unsupported("%s", op)
		}
	}
}

// vectorImmediates reads what follows 0xfd and a number (section 5.4.8).
func (r *Reader) vectorImmediates(ins *Instruction) {
	switch n := ins.Opcode & 0xffff; {
	case n <= 11 || n == 92 || n == 93: // loads and stores
		r.memarg()
	case n == 12 || n == 13: // v128.const, i8x16.shuffle
		r.Bytes(16)
	case n >= 21 && n <= 34: // extract_lane, replace_lane
		r.Byte()
	case n >= 84 && n <= 91: // load_lane, store_lane
		r.memarg()
		r.Byte()
	case n > 255 || unassignedVector[n]:
		r.Unsupported("%s", ins.Opcode)
	}
}

// unassignedVector holds the numbers up to 255 that section 5.4.8 leaves free.
var unassignedVector = [256]bool{
	154: true, 162: true, 165: true, 166: true, 175: true, 176: true, 178: true, 179: true, 180: true,
	187: true, 194: true, 197: true, 198: true, 207: true, 208: true, 210: true, 211: true, 212: true,
	226: true, 238: true,
}

// atomicImmediates reads what follows 0xfe and a number (threads proposal).
func (r *Reader) atomicImmediates(ins *Instruction) {
	switch n := ins.Opcode & 0xffff; {
	case n <= 2 || n >= 0x10 && n <= 0x4e:
		r.memarg()
	case n == 3: // atomic.fence
		if b := r.Byte(); b != 0 {
			r.Fail("atomic.fence with %#x", b)
		}
	default:
		r.Unsupported("%s", ins.Opcode)
	}
}

// memarg reads a memory instruction's alignment and offset (section 5.4.6). Bit
// 6 of the alignment announces a memory index in the multiple memories proposal;
// alignments from 32 on mean nothing.
func (r *Reader) memarg() {
	switch align := r.U32(); {
	case align < 32:
	case align&0x40 != 0:
		r.Unsupported("memory index in a load or store (multiple memories)")
	default:
		r.Fail("alignment 2^%d", align)
	}
	r.U32()
}

// memoryZero reads the zero byte that stands for memory 0 (section 5.4.6).
func (r *Reader) memoryZero(op Opcode) {
	if b := r.Byte(); b != 0 {
		r.Unsupported("%s with memory index %d (multiple memories)", op, b)
	}
}

// blockType reads a block type: nothing, a value type or a type's index (section
// 5.4.1).
func (r *Reader) blockType() int64 {
	start := r.Pos()
	t := r.S33()
	switch short := r.Pos() == start+1; {
	case t >= 0 || short && t == blockEmpty:
	case short && t > blockEmpty:
		r.pos = start
		r.ValueType()
	default:
		r.Fail("block type %d", t)
	}
	return t
}

// blockEmpty is the block type without parameters and results, the byte 0x40, as
// a signed number.
const blockEmpty = -0x40

// catchClauses reads the clauses of try_table (exception handling proposal).
func (r *Reader) catchClauses() {
	for range r.Count() {
		switch kind := r.Byte(); kind {
		case 0, 1: // catch, catch_ref: tag
			r.U32()
		case 2, 3: // catch_all, catch_all_ref
		default:
			r.Fail("catch clause %#x", kind)
		}
		r.U32() // label
	}
}

// Expression reads a constant expression, that is instructions up to the end
// that closes it (section 5.4.9), and calls visit, unless it is nil, for each.
// It returns its bytes.
func (r *Reader) Expression(visit func(Instruction) error) []byte {
	start := r.Pos()
	if visit == nil {
		visit = func(Instruction) error { return nil }
	}
	if r.Err() != nil || Walk(r, visit) != nil {
		return nil
	}
	return r.Slice(start, r.Pos())
}
