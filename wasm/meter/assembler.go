package meter

import "github.com/funcbox/funcbox/internal/wasmbin"

// assembler writes instructions (section 5.4), one after the other.
type assembler []byte

func (a *assembler) raw(code []byte) { *a = append(*a, code...) }

// op appends an instruction whose immediates are indices, or that has none.
func (a *assembler) op(op wasmbin.Opcode, indices ...uint32) {
	if p := op.Prefix(); p != 0 {
		*a = wasmbin.AppendU32(append(*a, p), uint32(op&0xffff))
	} else {
		*a = append(*a, byte(op))
	}
	for _, i := range indices {
		*a = wasmbin.AppendU32(*a, i)
	}
}

// get appends a local.get for each of the locals.
func (a *assembler) get(locals ...uint32) {
	for _, l := range locals {
		a.op(wasmbin.OpLocalGet, l)
	}
}

// block appends block, loop or if, without parameters and results.
func (a *assembler) block(op wasmbin.Opcode) { *a = append(*a, byte(op), 0x40) }

func (a *assembler) i32(v int32) { *a = wasmbin.AppendS32(append(*a, byte(wasmbin.OpI32Const)), v) }

func (a *assembler) i64(v int64) { *a = wasmbin.AppendS64(append(*a, byte(wasmbin.OpI64Const)), v) }
