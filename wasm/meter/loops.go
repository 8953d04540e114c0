package meter

import "github.com/funcbox/funcbox/internal/wasmbin"

// A check at a loop header is
//
//	if fuel <= 0 { refill() }; fuel -= 1
//
// but a call inside of a loop costs the loop its registers on every round:
// wazero's allocator then keeps in memory what is live across the call, also
// where the call is not made. So the call stands outside, and the loop is entered
// anew after it:
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
// Measured on QuickJS's interpreter loop this halves the price of metering. It
// works since a loop without parameters finds at its header what is in locals,
// globals and memory, and nothing on the stack. A loop with parameters gets its
// check in place.

// around is how many blocks enclose a loop that was rewritten so.
const around = 3

// labels are the blocks, loops and ifs that are open, outermost first, without
// the function itself; true for a loop that has blocks around it.
type labels []bool

// relabel returns what a label is after rewriting. A branch to a loop's header
// stays one to the header of the original loop.
func (l labels) relabel(r *wasmbin.Reader, label uint32) uint32 {
	if label > uint32(len(l)) {
		r.Fail("label %d inside of %d blocks", label, len(l))
		return label
	}
	rewritten := label
	for _, enclosed := range l[len(l)-int(label):] {
		if enclosed {
			rewritten += around
		}
	}
	return rewritten
}

// openLoop writes a loop's beginning.
func (m *module) openLoop(f *function, ins wasmbin.Instruction) {
	enclose := ins.Block < 0 // a block type that is no index into the types has no parameters
	f.labels = append(f.labels, enclose)
	if !enclose {
		m.check(f.upTo(ins.End))
		return
	}
	a := f.upTo(ins.Start)
	blockType := f.body.Code[ins.Start+1 : ins.End]
	*a = append(append(*a, byte(wasmbin.OpBlock)), blockType...)
	a.block(wasmbin.OpLoop)
	a.block(wasmbin.OpBlock)
	a = f.upTo(ins.End)
	a.op(wasmbin.OpGlobalGet, m.fuel())
	a.i32(0)
	a.op(wasmbin.OpI32LeS)
	a.op(wasmbin.OpBrIf, 1)
	a.op(wasmbin.OpGlobalGet, m.fuel())
	a.i32(1)
	a.op(wasmbin.OpI32Sub)
	a.op(wasmbin.OpGlobalSet, m.fuel())
}

// closeBlock writes the end of a block, loop or if, or of the function.
func (m *module) closeBlock(f *function, ins wasmbin.Instruction) {
	if len(f.labels) == 0 {
		return
	}
	enclosed := f.labels[len(f.labels)-1]
	f.labels = f.labels[:len(f.labels)-1]
	if !enclosed {
		return
	}
	a := f.upTo(ins.End)
	a.op(wasmbin.OpBr, 2)
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
		*a = wasmbin.AppendU32(*a, f.labels.relabel(r, table.U32()))
	}
	f.copied = ins.End
}
