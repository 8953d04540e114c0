package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// Functions of the modules made here. Those before pure are the host's.
const (
	fresh = iota // a new object's address
	flip         // 0 or 1
	check        // asserts that its arguments are on the machine stack
	pure         // returns its argument, and cannot reach the collector
	tested
)

const (
	variables   = 8
	frameLocal  = variables
	stackTop    = 1 << 16
	firstObject = 1 << 20
)

// program makes the code of a function as spill-pointers leaves it, at random.
type program struct {
	*rand.Rand
	code   []byte
	labels []wasmbin.Opcode // of the blocks that are open
}

func (p *program) emit(op wasmbin.Opcode, immediates ...uint32) {
	p.code = append(p.code, byte(op))
	for _, n := range immediates {
		p.code = wasmbin.AppendU32(p.code, n)
	}
}

func (p *program) constant(n int32) {
	p.code = wasmbin.AppendS32(append(p.code, byte(wasmbin.OpI32Const)), n)
}
func (p *program) variable() uint32 { return uint32(p.IntN(variables)) }

func (p *program) enter() {
	p.emit(wasmbin.OpGlobalGet, stackPointer)
	p.constant(variables * slotSize)
	p.emit(wasmbin.OpI32Sub)
	p.emit(wasmbin.OpLocalTee, frameLocal)
	p.emit(wasmbin.OpGlobalSet, stackPointer)
}

func (p *program) leave() {
	p.emit(wasmbin.OpLocalGet, frameLocal)
	p.constant(variables * slotSize)
	p.emit(wasmbin.OpI32Add)
	p.emit(wasmbin.OpGlobalSet, stackPointer)
}

// call calls a function with variables that are spilled for that.
func (p *program) call(function uint32, arguments ...uint32) {
	for i, local := range arguments {
		if !slices.Contains(arguments[:i], local) {
			p.emit(wasmbin.OpLocalGet, frameLocal)
			p.emit(wasmbin.OpLocalGet, local)
			p.emit(opI32Store, slotAlign, local*slotSize)
		}
	}
	for _, local := range arguments {
		p.emit(wasmbin.OpLocalGet, local)
	}
	p.emit(wasmbin.OpCall, function)
}

// operation gives a variable the value of an operation with a constant.
func (p *program) operation(op wasmbin.Opcode, constant int32) {
	p.emit(wasmbin.OpLocalGet, p.variable())
	p.constant(constant)
	p.emit(op)
	p.emit(wasmbin.OpLocalSet, p.variable())
}

func (p *program) statements(depth int) {
	for range 1 + p.IntN(5) {
		p.statement(depth)
	}
}

func (p *program) statement(depth int) {
	switch n := p.IntN(16); {
	case n < 3:
		p.emit(wasmbin.OpCall, fresh)
		p.emit(wasmbin.OpLocalSet, p.variable())
	case n < 7:
		p.call(check, p.variable(), p.variable(), p.variable())
	case n == 7:
		p.call(pure, p.variable())
		p.emit(wasmbin.OpLocalSet, p.variable())
	case n == 8:
		p.emit(wasmbin.OpLocalGet, p.variable())
		p.emit(wasmbin.OpLocalSet, p.variable())
	case n == 9:
		p.small()
	case depth == 0:
	case n == 10:
		p.block(wasmbin.OpBlock, func() { p.statements(depth - 1) })
	case n == 11:
		p.block(wasmbin.OpLoop, func() {
			p.statements(depth - 1)
			p.emit(wasmbin.OpCall, flip)
			p.emit(wasmbin.OpBrIf, 0)
		})
	case n == 12:
		p.emit(wasmbin.OpCall, flip)
		p.emit(wasmbin.OpBrIf, uint32(p.IntN(len(p.labels))))
	default:
		p.emit(wasmbin.OpCall, flip)
		p.block(wasmbin.OpIf, func() {
			p.statements(depth - 1)
			if p.IntN(3) == 0 {
				p.jump()
				return
			}
			if p.IntN(2) == 0 {
				p.emit(wasmbin.OpElse)
				p.statements(depth - 1)
			}
		})
	}
}

// small gives a variable a value that is no object's address, or one that only seems so.
func (p *program) small() {
	switch p.IntN(7) {
	case 0:
		p.constant(firstObject * 64)
		p.emit(wasmbin.OpLocalSet, p.variable())
	case 1:
		p.emit(wasmbin.OpLocalGet, p.variable())
		p.emit(wasmbin.OpI32Eqz)
		p.emit(wasmbin.OpLocalSet, p.variable())
	case 2:
		p.emit(wasmbin.OpGlobalGet, stackPointer)
		p.emit(wasmbin.OpLocalSet, p.variable())
	case 3:
		p.operation(wasmbin.OpI32Add, 8)
	case 4:
		p.operation(wasmbin.OpI32And, []int32{0xff, -16}[p.IntN(2)])
	case 5:
		p.operation(opI32Or, []int32{1, 64}[p.IntN(2)])
	case 6:
		p.operation(wasmbin.OpI32ShrU, []int32{1, 16}[p.IntN(2)])
	}
}

func (p *program) block(op wasmbin.Opcode, inside func()) {
	p.code = append(p.code, byte(op), 0x40)
	p.labels = append(p.labels, op)
	inside()
	p.labels = p.labels[:len(p.labels)-1]
	p.emit(wasmbin.OpEnd)
}

// jump ends a sequence of statements that is not always run.
func (p *program) jump() {
	any := func() uint32 { return uint32(p.IntN(len(p.labels))) }
	switch p.IntN(3) {
	case 0:
		p.emit(wasmbin.OpBr, any())
	case 1:
		p.emit(wasmbin.OpCall, flip)
		p.emit(wasmbin.OpBrTable, 1, any(), any())
	case 2:
		p.leave()
		p.emit(wasmbin.OpReturn)
	}
}

func randomModule(seed uint64) []byte {
	p := &program{Rand: rand.New(rand.NewPCG(seed, 1))}
	p.enter()
	p.block(wasmbin.OpBlock, func() {
		for range 4 {
			p.statements(4)
		}
	})
	p.leave()
	p.emit(wasmbin.OpEnd)
	return module(p.code)
}

// module has that code as the function "run", whose first two variables are parameters.
func module(code []byte) []byte {
	const i32 = 0x7f
	imported := func(out []byte, name string, kind byte) []byte {
		return append(wasmbin.AppendName(wasmbin.AppendName(out, "env"), name), 0, kind)
	}
	imports := imported(imported(imported([]byte{3}, "fresh", 0), "flip", 0), "check", 1)
	exports := append(wasmbin.AppendName([]byte{3}, "run"), 0, tested)
	exports = append(wasmbin.AppendName(exports, "memory"), 2, 0)
	exports = append(wasmbin.AppendName(exports, "stack"), 3, stackPointer)
	bodies := wasmbin.AppendSized([]byte{2}, []byte{0, byte(wasmbin.OpLocalGet), 0, byte(wasmbin.OpEnd)})
	bodies = wasmbin.AppendSized(bodies, append([]byte{1, variables + 1 - 2, i32}, code...))
	return wasmbin.AppendModule(nil, map[wasmbin.SectionID][]byte{
		wasmbin.SectionType:     {4, 0x60, 0, 1, i32, 0x60, 3, i32, i32, i32, 0, 0x60, 1, i32, 1, i32, 0x60, 2, i32, i32, 0},
		wasmbin.SectionImport:   imports,
		wasmbin.SectionFunction: {2, 2, 3},
		wasmbin.SectionMemory:   {1, 0, 1},
		wasmbin.SectionGlobal:   append(wasmbin.AppendS32([]byte{1, i32, 1, byte(wasmbin.OpI32Const)}, stackTop), byte(wasmbin.OpEnd)),
		wasmbin.SectionExport:   exports,
		wasmbin.SectionCode:     bodies,
	})
}

// run runs a module and returns how many objects were on the machine stack where they
// had to be, and how many were not.
func execute(t *testing.T, runtime wazero.Runtime, wasm []byte, seed uint64) (found, missing int) {
	t.Helper()
	ctx := context.Background()
	random := rand.New(rand.NewPCG(seed, 2))
	next, flips := uint32(firstObject), 0
	host := runtime.NewHostModuleBuilder("env")
	host.NewFunctionBuilder().WithFunc(func() uint32 {
		next += 64
		return next
	}).Export("fresh")
	host.NewFunctionBuilder().WithFunc(func() uint32 {
		if flips++; flips > 300 {
			return 0 // the loops end
		}
		return uint32(random.IntN(2))
	}).Export("flip")
	host.NewFunctionBuilder().WithFunc(func(_ context.Context, m api.Module, a, b, c uint32) {
		var stack []uint32
		for at := uint32(m.ExportedGlobal("stack").Get()); at < stackTop; at += slotSize {
			word, ok := m.Memory().ReadUint32Le(at)
			require.True(t, ok)
			stack = append(stack, word)
		}
		for _, value := range []uint32{a, b, c} {
			switch {
			case value < firstObject || value%2 != 0 || value == firstObject*64:
			case slices.Contains(stack, value):
				found++
			default:
				missing++
			}
		}
	}).Export("check")
	env, err := host.Instantiate(ctx)
	require.NoError(t, err)
	defer env.Close(ctx)
	m, err := runtime.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig().WithName(""))
	require.NoError(t, err)
	defer m.Close(ctx)
	_, err = m.ExportedFunction("run").Call(ctx, firstObject+8, firstObject+16)
	require.NoError(t, err)
	require.Equal(t, uint64(stackTop), m.ExportedGlobal("stack").Get(), "the frame is given back")
	return found, missing
}

// TestReduce runs programs made at random: at each call that may collect, what was to be
// spilled is on the machine stack.
func TestReduce(t *testing.T) {
	ctx := context.Background()
	runtime := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer runtime.Close(ctx)
	var total figures
	objects := 0
	for seed := range uint64(400) {
		before := randomModule(seed)
		after, of, err := reduce(before)
		require.NoError(t, err)
		total.spills, total.kept = total.spills+of.spills, total.kept+of.kept
		wanted, missing := execute(t, runtime, before, seed)
		require.Zero(t, missing, "the program itself")
		found, missing := execute(t, runtime, after, seed)
		require.Zero(t, missing, "seed %d", seed)
		require.Equal(t, wanted, found)
		objects += found
	}
	require.Greater(t, objects, 1000)
	require.Less(t, total.kept, total.spills*2/3)
}

// TestReduceForms: what stays of a function.
func TestReduceForms(t *testing.T) {
	for name, test := range map[string]struct {
		body   func(p *program)
		spills int
		kept   int
		fails  bool
	}{
		"a parameter":              {func(p *program) { p.call(check, 0, 0, 0) }, 1, 1, false},
		"twice":                    {func(p *program) { p.call(check, 0, 0, 0); p.call(check, 0, 0, 0) }, 2, 1, false},
		"nothing yet":              {func(p *program) { p.call(check, 2, 2, 2) }, 1, 0, false},
		"before a call of no harm": {func(p *program) { p.call(pure, 0); p.emit(wasmbin.OpLocalSet, 2) }, 1, 0, false},
		"another value": {func(p *program) {
			p.call(check, 0, 0, 0)
			p.emit(wasmbin.OpCall, fresh)
			p.emit(wasmbin.OpLocalSet, 0)
			p.call(check, 0, 0, 0)
		}, 2, 2, false},
		"in a loop, and before": {func(p *program) {
			p.call(check, 0, 0, 0)
			p.block(wasmbin.OpLoop, func() { p.call(check, 0, 0, 0) })
		}, 2, 1, false},
		"in a loop that changes it": {func(p *program) {
			p.call(check, 0, 0, 0)
			p.block(wasmbin.OpLoop, func() {
				p.call(check, 0, 0, 0)
				p.emit(wasmbin.OpCall, fresh)
				p.emit(wasmbin.OpLocalSet, 0)
			})
		}, 2, 2, false},
		"on one way only": {func(p *program) {
			p.emit(wasmbin.OpLocalGet, 1)
			p.block(wasmbin.OpIf, func() { p.call(check, 0, 0, 0) })
			p.call(check, 0, 0, 0)
		}, 2, 2, false},
		"on both ways": {func(p *program) {
			p.emit(wasmbin.OpLocalGet, 1)
			p.block(wasmbin.OpIf, func() {
				p.call(check, 0, 0, 0)
				p.emit(wasmbin.OpElse)
				p.call(check, 0, 0, 1)
			})
			p.call(check, 0, 0, 0)
		}, 4, 3, false},
		"a slot of another": {func(p *program) {
			p.call(check, 0, 0, 0)
			p.emit(wasmbin.OpLocalGet, frameLocal)
			p.emit(wasmbin.OpLocalGet, 1)
			p.emit(opI32Store, slotAlign, 0)
			p.emit(wasmbin.OpCall, fresh)
			p.emit(wasmbin.OpDrop)
		}, 0, 0, true},
		"no call":           {func(p *program) { p.call(check, 0, 0, 0); p.code[len(p.code)-2] = byte(wasmbin.OpLocalSet) }, 0, 0, true},
		"use of the frame":  {func(p *program) { p.emit(wasmbin.OpLocalGet, frameLocal); p.emit(wasmbin.OpDrop) }, 0, 0, true},
		"nothing is needed": {func(*program) {}, 0, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := &program{}
			p.enter()
			test.body(p)
			p.leave()
			p.emit(wasmbin.OpEnd)
			_, of, err := reduce(module(p.code))
			if test.fails {
				require.ErrorIs(t, err, errForm)
				return
			}
			require.NoError(t, err)
			require.Equal(t, [2]int{test.spills, test.kept}, [2]int{of.spills, of.kept})
		})
	}
}
