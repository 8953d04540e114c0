package meter

import (
	"math/rand/v2"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// A generator makes a valid module from random numbers. Each function takes two
// i32 and returns one or two. Its work is bounded by a global, the budget: it
// returns once that is used up, and each loop iteration and call takes from it.
type generator struct {
	*rand.Rand
	a      *assembler
	blocks int // open ones
	nested int // depth of statements and expressions
}

// The module that a generator makes.
const (
	genFunctions = 6
	genBudget    = 400
	genPages     = 20 // 1.25 MiB, more than a chunk
	genLocals    = 5  // with the two parameters
	genGlobals   = 3  // budget, and two more
	genTable     = 8
	genElements  = 4
	genData      = 100

	globalBudget = 0
)

// Types of generated modules.
const (
	genBinary = iota // (i32, i32) -> (i32)
	genPair          // (i32, i32) -> (i32, i32)
	genLoop          // (i32) -> (i32)
)

// generate returns a module whose functions are exported as f0, f1, ..., its
// memory as memory and its globals as g0, g1, ...
func generate(seed uint64) []byte {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0))}
	i32, end := byte(wasmbin.I32), byte(wasmbin.OpEnd)
	var m testModule
	i32s := func(n int) (types []wasmbin.ValueType) {
		for range n {
			types = append(types, wasmbin.I32)
		}
		return types
	}
	m.types = []wasmbin.FuncType{
		genBinary: {Params: i32s(2), Results: i32s(1)},
		genPair:   {Params: i32s(2), Results: i32s(2)},
		genLoop:   {Params: i32s(1), Results: i32s(1)},
	}
	m.locals = []byte{1, genLocals - 2, i32}
	for i := range genFunctions {
		m.functions = append(m.functions, testFunction{
			name: "f" + string(rune('0'+i)), ftype: genTypeOf(i), code: func(a *assembler) { g.function(a, i) },
		})
	}
	globals := []byte{genGlobals}
	for i := range genGlobals {
		globals = append(globals, i32, 1, byte(wasmbin.OpI32Const))
		globals = append(wasmbin.AppendS32(globals, map[bool]int32{true: genBudget}[i == globalBudget]), end)
		m.exports = append(m.exports, wasmbin.Export{Name: "g" + string(rune('0'+i)), Kind: wasmbin.KindGlobal, Index: uint32(i)})
	}
	m.exports = append(m.exports, wasmbin.Export{Name: "memory", Kind: wasmbin.KindMemory})
	elements := []byte{2, 0, byte(wasmbin.OpI32Const), 0, end, genTable - 2}
	for range genTable - 2 { // the last two stay null
		f := g.IntN(genFunctions)
		if g.IntN(6) > 0 {
			f &^= 1 // of the type that is called for
		}
		elements = append(elements, byte(f))
	}
	elements = append(elements, 5, byte(wasmbin.FuncRef), genElements)
	for range genElements {
		elements = append(elements, byte(wasmbin.OpRefFunc), byte(g.IntN(genFunctions)), end)
	}
	data := make([]byte, genData)
	for i := range data {
		data[i] = byte(g.Uint32())
	}
	m.sections = map[wasmbin.SectionID][]byte{
		wasmbin.SectionTable:     {1, byte(wasmbin.FuncRef), 0, genTable},
		wasmbin.SectionMemory:    {1, 1, genPages, genPages + 2},
		wasmbin.SectionGlobal:    globals,
		wasmbin.SectionElement:   elements,
		wasmbin.SectionDataCount: {1},
		wasmbin.SectionData:      append([]byte{1}, wasmbin.AppendSized([]byte{1}, data)...),
	}
	return m.bytes()
}

func genTypeOf(function int) uint32 { return uint32(function % 2) } // genBinary or genPair

func (g *generator) function(a *assembler, index int) {
	g.a, g.blocks, g.nested = a, 0, 0
	g.takeBudget()
	a.block(wasmbin.OpIf)
	g.results(index)
	a.op(wasmbin.OpReturn)
	a.op(wasmbin.OpEnd)
	for range 1 + g.IntN(5) {
		g.statement(index)
	}
	if g.IntN(6) == 0 {
		callee := g.IntN(genFunctions/2)*2 + index%2 // of the same type
		g.expression()
		g.expression()
		a.op(wasmbin.OpReturnCall, uint32(callee))
		return
	}
	g.results(index)
}

// results leaves what a function returns, of constant work.
func (g *generator) results(index int) {
	for range 1 + index%2 {
		g.a.get(uint32(g.IntN(genLocals)))
	}
}

// takeBudget takes one from the budget and leaves whether it is used up.
func (g *generator) takeBudget() {
	g.a.op(wasmbin.OpGlobalGet, globalBudget)
	g.a.i32(1)
	g.a.op(wasmbin.OpI32Sub)
	g.a.op(wasmbin.OpGlobalSet, globalBudget)
	g.a.op(wasmbin.OpGlobalGet, globalBudget)
	g.a.i32(0)
	g.a.op(wasmbin.OpI32LeS)
}

func (g *generator) block(op wasmbin.Opcode, content func()) {
	g.a.block(op)
	g.blocks++
	content()
	g.blocks--
	g.a.op(wasmbin.OpEnd)
}

func (g *generator) statement(function int) {
	a := g.a
	if g.nested > 3 {
		a.op(wasmbin.OpNop)
		return
	}
	g.nested++
	defer func() { g.nested-- }()
	switch g.IntN(18) {
	case 0, 1, 2:
		g.expression()
		a.op(wasmbin.OpLocalSet, uint32(g.IntN(genLocals)))
	case 3:
		g.expression()
		a.op(wasmbin.OpGlobalSet, uint32(1+g.IntN(genGlobals-1)))
	case 4, 5: // i32.store
		g.address()
		g.expression()
		a.op(0x36, 0, uint32(g.IntN(300)))
	case 6:
		g.expression()
		g.block(wasmbin.OpIf, func() { g.statement(function) })
	case 7, 8: // a loop that goes on while there is a budget and an expression says so
		g.block(wasmbin.OpBlock, func() {
			g.block(wasmbin.OpLoop, func() {
				g.takeBudget()
				a.op(wasmbin.OpBrIf, 1)
				g.statement(function)
				g.statement(function)
				g.expression()
				a.op(wasmbin.OpBrIf, 0)
			})
		})
	case 9: // a loop with a parameter
		g.expression()
		a.raw([]byte{byte(wasmbin.OpLoop), genLoop})
		g.blocks++
		g.takeBudget()
		a.op(wasmbin.OpI32Eqz)
		a.op(wasmbin.OpBrIf, 0)
		g.blocks--
		a.op(wasmbin.OpEnd)
		a.op(wasmbin.OpDrop)
	case 10: // br_table out of three blocks
		g.block(wasmbin.OpBlock, func() {
			g.block(wasmbin.OpBlock, func() {
				g.block(wasmbin.OpBlock, func() {
					g.expression()
					a.op(wasmbin.OpBrTable, 3, 0, 1, 2, uint32(g.IntN(3)))
				})
				g.statement(function)
			})
			g.statement(function)
		})
	case 11:
		g.bulk(wasmbin.OpMemoryFill, 0)
	case 12:
		g.bulk(wasmbin.OpMemoryCopy, 0, 0)
	case 13:
		g.address()
		a.i32(int32(g.IntN(genData/2 + 2)))
		a.i32(int32(g.IntN(genData/2 + 2)))
		a.op(wasmbin.OpMemoryInit, 0, 0)
	case 14:
		if g.IntN(3) == 0 {
			g.table()
		}
	case 15: // both results of a call
		g.expression()
		g.expression()
		a.op(wasmbin.OpCall, uint32(g.IntN(genFunctions/2)*2+1))
		a.op(wasmbin.OpLocalSet, uint32(g.IntN(genLocals)))
		a.op(wasmbin.OpLocalSet, uint32(g.IntN(genLocals)))
	case 16:
		if g.IntN(4) == 0 {
			a.op([]wasmbin.Opcode{wasmbin.OpDataDrop, wasmbin.OpElemDrop}[g.IntN(2)], uint32(0))
		}
		g.a.i32(int32(g.IntN(2)))
		a.op(wasmbin.OpMemoryGrow, 0)
		a.op(wasmbin.OpDrop)
	case 17:
		g.expression()
		a.i32(int32(100 + g.IntN(500)))
		a.op(wasmbin.OpI32Eq)
		g.block(wasmbin.OpIf, func() { a.op(wasmbin.OpUnreachable) })
	}
}

// address leaves an address that is mostly within the memory.
func (g *generator) address() {
	g.expression()
	g.a.i32([]int32{0xffff, 0x1ffff, 0x13ffff, 0xff}[g.IntN(4)])
	g.a.op(wasmbin.OpI32And)
}

// bulk leaves a fill or a copy of small, constant or big size.
func (g *generator) bulk(op wasmbin.Opcode, indices ...uint32) {
	g.address()
	g.address()
	switch g.IntN(4) {
	case 0:
		g.a.i32(int32(g.IntN(2 * smallConstant)))
	case 1:
		g.a.i32(int32(ChunkBytes - 10 + g.IntN(1<<18)))
	case 2:
		g.expression()
	case 3:
		g.expression()
		g.a.i32(0xffff)
		g.a.op(wasmbin.OpI32And)
	}
	g.a.op(op, indices...)
}

func (g *generator) table() {
	a := g.a
	small := func() { a.i32(int32(g.IntN(genTable / 2))) }
	switch g.IntN(6) {
	case 0:
		small()
		small()
		a.op(wasmbin.OpTableGet, 0)
		small()
		a.op(wasmbin.OpTableFill, 0)
	case 1:
		small()
		small()
		small()
		a.op(wasmbin.OpTableCopy, 0, 0)
	case 2:
		small()
		small()
		small()
		a.op(wasmbin.OpTableInit, 1, 0)
	case 3:
		a.op(wasmbin.OpRefFunc, uint32(g.IntN(2)))
		small()
		a.op(wasmbin.OpTableGrow, 0)
		a.op(wasmbin.OpDrop)
	case 4:
		small()
		a.op(wasmbin.OpRefFunc, uint32(g.IntN(2)))
		a.op(wasmbin.OpTableSet, 0)
	case 5:
		a.op(wasmbin.OpElemDrop, 1)
	}
}

// binary lists instructions of type (i32, i32) -> (i32): arithmetic, division and
// comparison.
var binary = []wasmbin.Opcode{0x46, 0x48, 0x4b, 0x6a, 0x6b, 0x6c, 0x6d, 0x71, 0x72, 0x73, 0x74, 0x76, 0x77}

// expression leaves an i32.
func (g *generator) expression() {
	a := g.a
	if g.nested > 4 {
		g.a.get(uint32(g.IntN(genLocals)))
		return
	}
	g.nested++
	defer func() { g.nested-- }()
	switch g.IntN(12) {
	case 0:
		a.i32(int32(g.Uint32()) >> g.IntN(32))
	case 1, 2:
		a.get(uint32(g.IntN(genLocals)))
	case 3:
		a.op(wasmbin.OpGlobalGet, uint32(g.IntN(genGlobals)))
	case 4, 5, 6:
		g.expression()
		g.expression()
		a.op(binary[g.IntN(len(binary))])
	case 7: // i32.load
		g.address()
		a.op(0x28, 0, uint32(g.IntN(300)))
	case 8:
		g.expression()
		g.expression()
		a.op(wasmbin.OpCall, uint32(g.IntN(genFunctions/2)*2))
	case 9:
		g.expression()
		g.expression()
		g.expression()
		a.i32(genTable - 1 - int32(g.IntN(3))) // the last two are null
		a.op(0x70)                             // i32.rem_u
		a.op(wasmbin.OpCallIndirect, genBinary, 0)
	case 10:
		g.expression()
		a.raw([]byte{byte(wasmbin.OpIf), byte(wasmbin.I32)})
		g.blocks++
		g.expression()
		a.op(wasmbin.OpElse)
		g.expression()
		g.blocks--
		a.op(wasmbin.OpEnd)
	case 11:
		a.op(wasmbin.OpMemorySize, 0)
	}
}
