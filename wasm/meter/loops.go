package meter

import "github.com/funcbox/funcbox/internal/wasmbin"

// A check is
//
//	if fuel <= 0 { refill() }; fuel -= 1
//
// but a call costs the code around it its registers, also where it is not made:
// wazero's allocator keeps in memory what is live across it. So the call stands
// outside of what is checked, which is entered anew after it. A loop becomes
//
//	block $done (result of the loop)
//	  loop $again
//	    block $empty
//	      loop $original (result of the loop)
//	        fuel <= 0; br_if $empty
//	        fuel -= 1
//	        …
//	      end
//	      br $done
//	    end
//	    call refill
//	    br $again
//	  end
//	  unreachable
//	end
//
// and a function's body
//
//	loop $again
//	  block $empty
//	    fuel <= 0; br_if $empty
//	    fuel -= 1
//	    block $original (result of the function)
//	      …
//	    end
//	    return
//	  end
//	  call refill
//	  br $again
//	end
//	unreachable
//
// Measured on QuickJS and fib(27), metering costs a few percent so, and some 15
// with the call in place. It works since neither a body nor a loop without
// parameters begins with anything on the stack: all it knows is in locals, globals
// and memory. A loop with parameters and a function with several results get their
// check in place.

// around is how many blocks a loop has around it when it was rewritten so.
const around = 3

// labels are the blocks, loops and ifs that are open, outermost first, without
// the function itself; true for a loop that has blocks around it.
type labels []bool

// relabel returns what a label is after rewriting. A branch to a loop's header
// stays one to the header of the original loop, one to the function's end becomes
// one to the block inside of which its body is.
func (f *function) relabel(r *wasmbin.Reader, label uint32) uint32 {
	open := uint32(len(f.labels))
	if label > open {
		r.Fail("label %d inside of %d blocks", label, open)
		return label
	}
	rewritten := label
	for _, enclosed := range f.labels[open-label:] {
		if enclosed {
			rewritten += around
		}
	}
	return rewritten
}

// openBody writes the beginning of a function that calls others.
func (m *module) openBody(f *function, results []wasmbin.ValueType) {
	a := &f.code
	if len(results) > 1 {
		m.check(a)
		return
	}
	f.enclosed = true
	a.block(wasmbin.OpLoop)
	a.block(wasmbin.OpBlock)
	m.takeOrLeave(a, 0)
	if len(results) == 0 {
		a.block(wasmbin.OpBlock)
	} else {
		*a = append(*a, byte(wasmbin.OpBlock), byte(results[0]))
	}
}

// closeBody writes what follows the body's own end.
func (m *module) closeBody(f *function, end wasmbin.Instruction) {
	a := f.upTo(end.End)
	a.op(wasmbin.OpReturn)
	m.closeChecked(a)
}

// openLoop writes a loop's beginning.
func (m *module) openLoop(f *function, loop wasmbin.Instruction) {
	enclose := loop.Block < 0 // a block type that is no index into the types has no parameters
	f.labels = append(f.labels, enclose)
	if !enclose {
		m.check(f.upTo(loop.End))
		return
	}
	a := f.upTo(loop.Start)
	blockType := f.body.Code[loop.Start+1 : loop.End]
	*a = append(append(*a, byte(wasmbin.OpBlock)), blockType...)
	a.block(wasmbin.OpLoop)
	a.block(wasmbin.OpBlock)
	m.takeOrLeave(f.upTo(loop.End), 1)
}

// closeBlock writes the end of a block, loop or if, or of the function.
func (m *module) closeBlock(f *function, end wasmbin.Instruction) {
	if len(f.labels) == 0 {
		if f.enclosed {
			m.closeBody(f, end)
		}
		return
	}
	enclosed := f.labels[len(f.labels)-1]
	f.labels = f.labels[:len(f.labels)-1]
	if enclosed {
		a := f.upTo(end.End)
		a.op(wasmbin.OpBr, 2)
		m.closeChecked(a)
	}
}

// takeOrLeave takes one from the fuel, or branches if there is none.
func (m *module) takeOrLeave(a *assembler, label uint32) {
	a.op(wasmbin.OpGlobalGet, m.fuel())
	a.i32(0)
	a.op(wasmbin.OpI32LeS)
	a.op(wasmbin.OpBrIf, label)
	a.op(wasmbin.OpGlobalGet, m.fuel())
	a.i32(1)
	a.op(wasmbin.OpI32Sub)
	a.op(wasmbin.OpGlobalSet, m.fuel())
}

// closeChecked writes what follows the code that takeOrLeave branches out of.
func (m *module) closeChecked(a *assembler) {
	a.op(wasmbin.OpEnd)
	a.op(wasmbin.OpCall, m.helperIndex(refill))
	a.op(wasmbin.OpBr, 0)
	a.op(wasmbin.OpEnd)
	a.op(wasmbin.OpUnreachable)
	a.op(wasmbin.OpEnd)
}

// branchTable writes a br_table.
func (f *function) branchTable(r *wasmbin.Reader, ins wasmbin.Instruction) {
	table := wasmbin.NewReader(f.body.Code[ins.Start+1:ins.End], 0)
	count := table.U32()
	a := f.upTo(ins.Start)
	*a = wasmbin.AppendU32(append(*a, byte(ins.Opcode)), count)
	for range uint64(count) + 1 { // the last is the default
		*a = wasmbin.AppendU32(*a, f.relabel(r, table.U32()))
	}
	f.copied = ins.End
}
