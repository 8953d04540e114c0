package meter

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/sys"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// endless lists functions that never return by themselves. Each is function 0 of
// a module whose table holds it, and whose function 1 calls it by a tail call.
var endless = map[string]func(a *assembler){
	"loop": func(a *assembler) {
		a.block(wasmbin.OpLoop)
		a.op(wasmbin.OpBr, 0)
		a.op(wasmbin.OpEnd)
	},
	"conditional loop": func(a *assembler) {
		a.block(wasmbin.OpLoop)
		a.i32(1)
		a.op(wasmbin.OpBrIf, 0)
		a.op(wasmbin.OpEnd)
	},
	"loop by table": func(a *assembler) {
		a.block(wasmbin.OpLoop)
		a.i32(7)
		a.op(wasmbin.OpBrTable, 1, 0, 0)
		a.op(wasmbin.OpEnd)
	},
	"outer loop from an inner block": func(a *assembler) {
		a.block(wasmbin.OpLoop)
		a.block(wasmbin.OpBlock)
		a.i32(1)
		a.block(wasmbin.OpIf)
		a.op(wasmbin.OpBr, 2)
		a.op(wasmbin.OpEnd)
		a.op(wasmbin.OpEnd)
		a.op(wasmbin.OpEnd)
	},
	"loop with a parameter": func(a *assembler) {
		a.i32(1)
		a.raw([]byte{byte(wasmbin.OpLoop), 1}) // type 1: (i32) -> (i32)
		a.op(wasmbin.OpBr, 0)
		a.op(wasmbin.OpEnd)
		a.op(wasmbin.OpDrop)
	},
	"recursion": func(a *assembler) { a.op(wasmbin.OpCall, 0) },
	"mutual recursion": func(a *assembler) {
		a.op(wasmbin.OpCall, 1)
	},
	"recursion through the table": func(a *assembler) {
		a.i32(0)
		a.op(wasmbin.OpCallIndirect, 0, 0)
	},
	"tail call":        func(a *assembler) { a.op(wasmbin.OpReturnCall, 0) },
	"mutual tail call": func(a *assembler) { a.op(wasmbin.OpReturnCall, 1) },
	"tail call through the table": func(a *assembler) {
		a.i32(0)
		a.op(wasmbin.OpReturnCallIndirect, 0, 0)
	},
}

// endlessModule holds one of these functions, also as its start function if start
// is set.
func endlessModule(code func(a *assembler), start bool) []byte {
	m := testModule{
		types:     []wasmbin.FuncType{typeVoid, typeI32},
		functions: []testFunction{{name: "run", code: code}, {code: func(a *assembler) { a.op(wasmbin.OpReturnCall, 0) }}},
		sections: map[wasmbin.SectionID][]byte{
			wasmbin.SectionTable:   {1, byte(wasmbin.FuncRef), 0, 1},
			wasmbin.SectionElement: {1, 0, byte(wasmbin.OpI32Const), 0, byte(wasmbin.OpEnd), 1, 0},
		},
	}
	if start {
		m.sections[wasmbin.SectionStart] = []byte{0}
	}
	return m.bytes()
}

// TestStop ends functions that do not end by themselves from within tick.
func TestStop(t *testing.T) {
	ctx := context.Background()
	for engine, config := range engines {
		for name, code := range endless {
			t.Run(engine+"/"+name, func(t *testing.T) {
				h := &host{grant: 50, stop: func(ticks int) bool { return ticks == 10 }, err: sys.NewExitError(42)}
				rt := newRuntime(t, config(), h)
				wasm, err := Meter(endlessModule(code, false))
				require.NoError(t, err)
				m, err := rt.Instantiate(ctx, wasm)
				require.NoError(t, err)
				_, err = m.ExportedFunction("run").Call(ctx)
				var exit *sys.ExitError
				require.ErrorAs(t, err, &exit)
				require.EqualValues(t, 42, exit.ExitCode())
				require.Equal(t, 10, h.ticks)
			})
		}
		t.Run(engine+"/start function", func(t *testing.T) {
			h := &host{grant: 50, stop: func(ticks int) bool { return ticks == 10 }, err: sys.NewExitError(42)}
			rt := newRuntime(t, config(), h)
			wasm, err := Meter(endlessModule(endless["loop"], true))
			require.NoError(t, err)
			_, err = rt.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig())
			var exit *sys.ExitError
			require.ErrorAs(t, err, &exit)
		})
	}
}

// TestFuel checks that the fuel is counted exactly, and the same by both
// engines: one per loop iteration and per call of a function that calls.
func TestFuel(t *testing.T) {
	wasm, err := Meter(testModule{
		types: []wasmbin.FuncType{typeVoid, typeI32},
		functions: []testFunction{
			{name: "leaf", ftype: 1, code: func(a *assembler) { a.get(0) }},
			{name: "caller", ftype: 1, code: func(a *assembler) {
				a.get(0)
				a.op(wasmbin.OpCall, 0)
			}},
			{name: "loop", ftype: 1, code: func(a *assembler) {
				a.block(wasmbin.OpLoop)
				a.get(0)
				a.i32(1)
				a.op(wasmbin.OpI32Sub)
				a.op(wasmbin.OpLocalTee, 0)
				a.op(wasmbin.OpBrIf, 0)
				a.op(wasmbin.OpEnd)
				a.get(0)
			}},
			{name: "fib", ftype: 1, code: fibonacci(3)},
		},
	}.bytes())
	require.NoError(t, err)
	for engine, config := range engines {
		for _, grant := range []int32{1, 7, 1 << 20} {
			h := &host{grant: grant}
			m, err := newRuntime(t, config(), h).Instantiate(context.Background(), wasm)
			require.NoError(t, err)
			require.EqualValues(t, 0, h.consumed(t, m, "leaf", 5), engine)
			require.EqualValues(t, 1, h.consumed(t, m, "caller", 5), engine)
			require.EqualValues(t, 1000, h.consumed(t, m, "loop", 1000), engine)
			require.EqualValues(t, 177, h.consumed(t, m, "fib", 10), engine) // 2*fib(11)-1
		}
	}
}

// fibonacci is the code of a recursive function with the given index.
func fibonacci(self uint32) func(a *assembler) {
	return func(a *assembler) {
		a.get(0)
		a.i32(1)
		a.op(wasmbin.OpI32LeS)
		a.block(wasmbin.OpIf)
		a.get(0)
		a.op(wasmbin.OpReturn)
		a.op(wasmbin.OpEnd)
		for back := range int32(2) {
			a.get(0)
			a.i32(back + 1)
			a.op(wasmbin.OpI32Sub)
			a.op(wasmbin.OpCall, self)
		}
		a.op(wasmbin.OpI32Add)
	}
}
