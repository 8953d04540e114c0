package main

import (
	"errors"
	"fmt"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// spilled is one spill: local.get of the frame, local.get of the value, i32.store.
type spilled struct {
	at    int    // index of the first of the three
	local uint32 // what is stored
	call  int    // index of the call that it is for
	kept  bool
}

// frame is the room that a function makes on the machine stack for its spills.
type frame struct {
	local  uint32 // holds its address
	size   int32  // in bytes
	leaves []int  // indices of the local.get that giving it back begins with
	spills []spilled
}

// Numbers of instructions: of the entry (global.get, i32.const, i32.sub, local.tee,
// global.set), of giving back (local.get, i32.const, i32.add, global.set) and of a spill.
const (
	entryLength = 5
	leaveLength = 4
	spillLength = 3
)

var errForm = errors.New("not what spill-pointers makes")

// frame finds what spill-pointers has added; nil if there is nothing.
func (f *function) frame() (*frame, error) {
	// Flat code has no other local.tee.
	if !f.matches(0, wasmbin.OpGlobalGet, wasmbin.OpI32Const, wasmbin.OpI32Sub, wasmbin.OpLocalTee, wasmbin.OpGlobalSet) ||
		f.code[0].Index != stackPointer || f.code[4].Index != stackPointer {
		return nil, nil
	}
	found := &frame{local: f.code[3].Index, size: f.code[1].I32}
	slots, owners := make(map[uint32]uint32), make(map[uint32]uint32)
	for i := entryLength; i < len(f.code); i++ {
		ins := f.code[i]
		if ins.Opcode < wasmbin.OpLocalGet || ins.Opcode > wasmbin.OpLocalTee || ins.Index != found.local {
			continue
		}
		switch {
		case f.matches(i, wasmbin.OpLocalGet, wasmbin.OpI32Const, wasmbin.OpI32Add, wasmbin.OpGlobalSet) &&
			f.code[i+1].I32 == found.size && f.code[i+3].Index == stackPointer:
			found.leaves = append(found.leaves, i)
			i += leaveLength - 1
		case f.matches(i, wasmbin.OpLocalGet, wasmbin.OpLocalGet, opI32Store):
			one := spilled{at: i, local: f.code[i+1].Index}
			slot := f.offset(f.code[i+2])
			// Each local has a slot of its own.
			if old, ok := slots[one.local]; ok && old != slot {
				return nil, fmt.Errorf("%w: local %d has two slots", errForm, one.local)
			}
			if old, ok := owners[slot]; ok && old != one.local {
				return nil, fmt.Errorf("%w: slot %d has two locals", errForm, slot)
			}
			slots[one.local], owners[slot] = slot, one.local
			found.spills = append(found.spills, one)
			i += spillLength - 1
		default:
			return nil, fmt.Errorf("%w: instruction %d uses the frame", errForm, i)
		}
	}
	return found, f.findCalls(found)
}

// findCalls finds the call of each spill: after it come other spills and arguments only.
func (f *function) findCalls(found *frame) error {
	for n := len(found.spills) - 1; n >= 0; n-- {
		one := &found.spills[n]
		i := one.at + spillLength
		if n+1 < len(found.spills) && found.spills[n+1].at == i {
			one.call = found.spills[n+1].call
			continue
		}
		for f.code[i].Opcode == wasmbin.OpLocalGet && f.code[i].Index != found.local {
			i++ // the closing end stops it
		}
		if op := f.code[i].Opcode; op != wasmbin.OpCall && op != wasmbin.OpCallIndirect {
			return fmt.Errorf("%w: no call follows the spill at instruction %d", errForm, one.at)
		}
		one.call = i
	}
	return nil
}

func (f *function) matches(at int, opcodes ...wasmbin.Opcode) bool {
	if at+len(opcodes) > len(f.code) {
		return false
	}
	for i, op := range opcodes {
		if f.code[at+i].Opcode != op {
			return false
		}
	}
	return true
}

// offset of a store, which follows its opcode and alignment.
func (f *function) offset(store wasmbin.Instruction) uint32 {
	r := wasmbin.NewReader(f.body.Code[store.Start+1:store.End], 0)
	r.U32()
	return r.U32()
}

// append appends the function as an entry of the code section, with the spills that are
// needed.
func (f *function) append(out []byte, collects []bool, total *figures) ([]byte, error) {
	frame, err := f.frame()
	if err != nil {
		return nil, err
	}
	if frame == nil {
		return f.body.Append(out), nil
	}
	f.judge(frame, collects)
	total.frames++
	total.spills += len(frame.spills)
	slots := make(map[uint32]uint32)
	for _, one := range frame.spills {
		if !one.kept {
			continue
		}
		total.kept++
		if _, ok := slots[one.local]; !ok {
			slots[one.local] = uint32(len(slots)) * slotSize
		}
	}
	if len(slots) > 0 {
		total.remaining++
	}
	body := f.body
	body.Code = f.rewritten(frame, slots)
	return body.Append(out), nil
}

const opI32Store wasmbin.Opcode = 0x36

const (
	slotSize   = 4
	slotAlign  = 2  // as a power of two
	stackAlign = 16 // of the stack pointer, in bytes: the C ABI for WebAssembly
)

// rewritten returns the code with the frame made for the slots, none if there are none.
func (f *function) rewritten(frame *frame, slots map[uint32]uint32) []byte {
	old := f.body.Code
	out := make([]byte, 0, len(old))
	size := int32(len(slots)*slotSize+stackAlign-1) / stackAlign * stackAlign
	// copied copies count instructions, with the new size in place of the second.
	copied := func(from, count int) {
		if size == 0 {
			return
		}
		out = append(out, old[f.code[from].Start:f.code[from].End]...)
		out = wasmbin.AppendS32(append(out, byte(wasmbin.OpI32Const)), size)
		out = append(out, old[f.code[from+2].Start:f.code[from+count-1].End]...)
	}
	spills, leaves := frame.spills, frame.leaves
	for i := 0; i < len(f.code); i++ {
		switch {
		case i == 0:
			copied(i, entryLength)
			i += entryLength - 1
		case len(leaves) > 0 && i == leaves[0]:
			copied(i, leaveLength)
			leaves = leaves[1:]
			i += leaveLength - 1
		case len(spills) > 0 && i == spills[0].at:
			if spills[0].kept {
				out = append(out, old[f.code[i].Start:f.code[i+1].End]...)
				out = wasmbin.AppendU32(append(out, byte(opI32Store), slotAlign), slots[spills[0].local])
			}
			spills = spills[1:]
			i += spillLength - 1
		default:
			out = append(out, old[f.code[i].Start:f.code[i].End]...)
		}
	}
	return out
}
