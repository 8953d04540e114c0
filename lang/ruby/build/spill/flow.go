package main

import (
	"math/bits"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// facts are what holds of the locals at a place, however it is reached. nil: it is not
// reached at all.
type facts struct {
	stored set // the local's slot holds its value
	plain  set // its value is no address of an object
	stack  set // it is an address in the machine stack; then it is plain, too
}

// set is a set of locals.
type set []uint64

func newSet(locals int) set         { return make(set, (locals+63)/64) }
func (s set) has(local uint32) bool { return s[local/64]>>(local%64)&1 != 0 }
func (s set) put(local uint32, in bool) {
	s[local/64] = s[local/64]&^(1<<(local%64)) | b2u(in)<<(local%64)
}

func (s set) each(visit func(local uint32)) {
	for i, word := range s {
		for ; word != 0; word &= word - 1 {
			visit(uint32(i*64 + bits.TrailingZeros64(word)))
		}
	}
}

func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func (f *facts) clone() *facts {
	if f == nil {
		return nil
	}
	of := func(s set) set { return append(set(nil), s...) }
	return &facts{of(f.stored), of(f.plain), of(f.stack)}
}

// meet returns what holds in both cases. It may change f.
func (f *facts) meet(other *facts) *facts {
	if f == nil {
		return other.clone()
	}
	if other != nil {
		for i := range f.stored {
			f.stored[i] &= other.stored[i]
			f.plain[i] &= other.plain[i]
			f.stack[i] &= other.stack[i]
		}
	}
	return f
}

// label is a block that is open.
type label struct {
	loop      bool
	exit      *facts // of the branches to its end
	otherwise *facts // at the if, as long as there was no else
}

// judge says of each spill whether it is kept.
func (f *function) judge(frame *frame, collects []bool) {
	now := &facts{newSet(f.locals), newSet(f.locals), newSet(f.locals)}
	for local := f.params; local < f.locals; local++ {
		now.plain.put(uint32(local), true) // it begins as 0
	}
	assigned := f.assignedInLoops()
	labels := []label{{}}
	branch := func(depth uint32) {
		if to := &labels[len(labels)-1-int(depth)]; !to.loop {
			to.exit = to.exit.meet(now)
		}
	}
	spills := frame.spills
	for i, ins := range f.code {
		for len(spills) > 0 && spills[0].call == i {
			one := &spills[0]
			if now != nil && (ins.Opcode != wasmbin.OpCall || collects[ins.Index]) && !now.stored.has(one.local) && !now.plain.has(one.local) {
				one.kept = true
				now.stored.put(one.local, true)
			}
			spills = spills[1:]
		}
		switch ins.Opcode {
		case wasmbin.OpLocalSet, wasmbin.OpLocalTee:
			if now != nil {
				f.assign(now, i)
			}
		case wasmbin.OpBlock:
			labels = append(labels, label{})
		case wasmbin.OpIf:
			labels = append(labels, label{otherwise: now.clone()})
		case wasmbin.OpLoop:
			// What comes back to its beginning has been through it.
			if now != nil {
				assigned[i].each(func(local uint32) { now.set(local, false, false) })
			}
			labels = append(labels, label{loop: true})
		case wasmbin.OpElse:
			this := &labels[len(labels)-1]
			this.exit = this.exit.meet(now)
			now, this.otherwise = this.otherwise, nil
		case wasmbin.OpEnd:
			this := &labels[len(labels)-1]
			now = now.meet(this.exit).meet(this.otherwise)
			labels = labels[:len(labels)-1]
		case wasmbin.OpBrIf:
			branch(ins.Index)
		case wasmbin.OpBr:
			branch(ins.Index)
			now = nil
		case wasmbin.OpBrTable:
			for _, depth := range f.targets(ins) {
				branch(depth)
			}
			now = nil
		case wasmbin.OpReturn, wasmbin.OpUnreachable:
			now = nil
		}
	}
}

// set notes that a local has another value.
func (f *facts) set(local uint32, plain, stack bool) {
	f.stored.put(local, false)
	f.plain.put(local, plain)
	f.stack.put(local, stack)
}

// assign notes what the local.set or local.tee at that index comes to.
func (f *function) assign(now *facts, i int) {
	plain, stack := f.value(now, i)
	now.set(f.code[i].Index, plain, stack)
}

// value says what the instruction before the one at that index has computed. It is
// enough to know what cannot be an object's address: those are above the machine stack
// and the static data, and even.
func (f *function) value(now *facts, i int) (plain, stack bool) {
	if i == 0 {
		return false, false
	}
	last := f.code[i-1]
	switch op := last.Opcode; {
	case op == wasmbin.OpLocalGet:
		return now.plain.has(last.Index), now.stack.has(last.Index)
	case op == wasmbin.OpGlobalGet:
		return last.Index == stackPointer, last.Index == stackPointer
	case op == wasmbin.OpI32Const, op >= firstComparison && op <= lastComparison, op >= firstCount && op <= lastCount,
		op >= firstNarrowLoad && op <= lastNarrowLoad:
		return true, false
	}
	// Those of two operands, of which the second is a constant.
	if i < 3 || f.code[i-2].Opcode != wasmbin.OpI32Const || f.code[i-3].Opcode != wasmbin.OpLocalGet {
		return false, false
	}
	number := f.code[i-2].I32
	stack = now.stack.has(f.code[i-3].Index)
	switch last.Opcode {
	case wasmbin.OpI32Add, wasmbin.OpI32Sub:
		return stack, stack
	case wasmbin.OpI32And:
		return stack || number >= 0 && number < lowest, stack
	case wasmbin.OpI32ShrU:
		return uint32(number)%32 >= lowestBits, false
	case opI32Or:
		return number&1 != 0, false
	}
	return false, false
}

const (
	firstComparison, lastComparison wasmbin.Opcode = 0x45, 0x66 // i32.eqz to f64.ge
	firstCount, lastCount           wasmbin.Opcode = 0x67, 0x69 // i32.clz, i32.ctz, i32.popcnt
	firstNarrowLoad, lastNarrowLoad wasmbin.Opcode = 0x2c, 0x2f // i32.load8_s to i32.load16_u
	opI32Or                         wasmbin.Opcode = 0x72

	// Below that address is the machine stack, which is larger.
	lowest     = 1 << (32 - lowestBits)
	lowestBits = 16
)

// assignedInLoops returns by the index of each loop what is assigned within.
func (f *function) assignedInLoops() map[int]set {
	within := make(map[int]set)
	var open []set // of the blocks that are open; nil for those that are no loops
	var around []int
	for i, ins := range f.code {
		switch ins.Opcode {
		case wasmbin.OpBlock, wasmbin.OpIf:
			open = append(open, nil)
		case wasmbin.OpLoop:
			within[i] = newSet(f.locals)
			open = append(open, within[i])
			around = append(around, i)
		case wasmbin.OpEnd:
			if len(open) == 0 {
				break // of the function
			}
			inner := open[len(open)-1]
			open = open[:len(open)-1]
			if inner == nil {
				break
			}
			around = around[:len(around)-1]
			if len(around) > 0 {
				outer := within[around[len(around)-1]]
				inner.each(func(local uint32) { outer.put(local, true) })
			}
		case wasmbin.OpLocalSet, wasmbin.OpLocalTee:
			if len(around) > 0 {
				within[around[len(around)-1]].put(ins.Index, true)
			}
		}
	}
	return within
}

// targets of a br_table.
func (f *function) targets(ins wasmbin.Instruction) []uint32 {
	r := wasmbin.NewReader(f.body.Code[ins.Start+1:ins.End], 0)
	depths := make([]uint32, 0, ins.End-ins.Start)
	for range r.Count() {
		depths = append(depths, r.U32())
	}
	return append(depths, r.U32())
}
