package meter

import "github.com/funcbox/funcbox/internal/wasmbin"

// Parameters of the helpers for memory.fill and memory.copy: the operands of the
// instruction, in its order.
const (
	to    = 0
	from  = 1 // memory.copy
	value = 1 // memory.fill
	size  = 2
)

// memoryFill does what memory.fill does (section 4.4.7). If the range is within
// the memory, it fills all but the last ChunkBytes in chunks; if it is not, the
// instruction at the end traps before anything was written.
func (m *module) memoryFill(a *assembler) {
	a.moreThanAChunk()
	a.block(wasmbin.OpIf)
	a.inBounds(to)
	a.block(wasmbin.OpIf)
	a.block(wasmbin.OpLoop)
	a.get(to, value)
	a.i32(ChunkBytes)
	a.op(wasmbin.OpMemoryFill, 0)
	a.advance(to)
	m.nextChunk(a)
	a.op(wasmbin.OpEnd)
	a.op(wasmbin.OpEnd)
	a.op(wasmbin.OpEnd)
	m.charge(a, size, BytesShift)
	a.get(to, value, size)
	a.op(wasmbin.OpMemoryFill, 0)
}

// memoryCopy does what memory.copy does (section 4.4.7), in the manner of
// memoryFill. So that overlapping ranges come out right, it goes upwards if the
// target is below the source, and else downwards.
func (m *module) memoryCopy(a *assembler) {
	a.moreThanAChunk()
	a.block(wasmbin.OpIf)
	a.inBounds(to)
	a.block(wasmbin.OpIf)
	a.inBounds(from)
	a.block(wasmbin.OpIf)

	a.get(to, from)
	a.op(wasmbin.OpI32LeU)
	a.block(wasmbin.OpIf)
	a.block(wasmbin.OpLoop)
	a.get(to, from)
	a.i32(ChunkBytes)
	a.op(wasmbin.OpMemoryCopy, 0, 0)
	a.advance(to)
	a.advance(from)
	m.nextChunk(a)
	a.op(wasmbin.OpEnd)

	a.op(wasmbin.OpElse)
	a.block(wasmbin.OpLoop)
	a.lastChunk(to)
	a.lastChunk(from)
	a.i32(ChunkBytes)
	a.op(wasmbin.OpMemoryCopy, 0, 0)
	m.nextChunk(a)
	a.op(wasmbin.OpEnd)
	a.op(wasmbin.OpEnd)

	a.op(wasmbin.OpEnd)
	a.op(wasmbin.OpEnd)
	a.op(wasmbin.OpEnd)
	m.charge(a, size, BytesShift)
	a.get(to, from, size)
	a.op(wasmbin.OpMemoryCopy, 0, 0)
}

// chargeArgument takes the fuel for the parameter and returns it: a call right
// before a bulk instruction, whose last operand is its size, leaves the operands
// as they are.
func (m *module) chargeArgument(a *assembler, shift int32) {
	m.charge(a, 0, shift)
	a.get(0)
}

// charge takes 1 + amount>>shift of fuel, where amount is a local.
func (m *module) charge(a *assembler, amount uint32, shift int32) {
	a.op(wasmbin.OpGlobalGet, m.fuel())
	a.get(amount)
	a.i32(shift)
	a.op(wasmbin.OpI32ShrU)
	a.i32(1)
	a.op(wasmbin.OpI32Add)
	m.take(a)
}

// nextChunk takes the fuel for a chunk, and goes back to the start of the loop it
// ends if more than a chunk is left.
func (m *module) nextChunk(a *assembler) {
	a.get(size)
	a.i32(ChunkBytes)
	a.op(wasmbin.OpI32Sub)
	a.op(wasmbin.OpLocalSet, size)
	a.op(wasmbin.OpGlobalGet, m.fuel())
	a.i32(ChunkBytes >> BytesShift)
	m.take(a)
	a.moreThanAChunk()
	a.op(wasmbin.OpBrIf, 0)
}

// moreThanAChunk leaves whether the size is above ChunkBytes.
func (a *assembler) moreThanAChunk() {
	a.get(size)
	a.i32(ChunkBytes)
	a.op(wasmbin.OpI32GtU)
}

// inBounds leaves whether size bytes at an address are within the memory. The sum
// may need more than 32 bits. A memory never shrinks, so this holds for all chunks.
func (a *assembler) inBounds(address uint32) {
	const pageShift = 16 // a page is 64 KiB (section 4.2.8)
	a.get(address)
	a.op(wasmbin.OpI64ExtendI32U)
	a.get(size)
	a.op(wasmbin.OpI64ExtendI32U)
	a.op(wasmbin.OpI64Add)
	a.op(wasmbin.OpMemorySize, 0)
	a.op(wasmbin.OpI64ExtendI32U)
	a.i64(pageShift)
	a.op(wasmbin.OpI64Shl)
	a.op(wasmbin.OpI64LeU)
}

// advance moves an address past a chunk.
func (a *assembler) advance(address uint32) {
	a.get(address)
	a.i32(ChunkBytes)
	a.op(wasmbin.OpI32Add)
	a.op(wasmbin.OpLocalSet, address)
}

// lastChunk leaves the address of the last ChunkBytes of a range.
func (a *assembler) lastChunk(address uint32) {
	a.get(address, size)
	a.op(wasmbin.OpI32Add)
	a.i32(ChunkBytes)
	a.op(wasmbin.OpI32Sub)
}
