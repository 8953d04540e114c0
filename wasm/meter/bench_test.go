package meter

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// BenchmarkMetered runs small programs with and without metering in turn, and
// reports how much longer they take with it: the ratio. They are the worst case, as
// they do nothing but call and loop.
func BenchmarkMetered(b *testing.B) {
	countdown := func(body func(a *assembler)) func(a *assembler) {
		return func(a *assembler) {
			a.block(wasmbin.OpLoop)
			body(a)
			a.get(0)
			a.i32(1)
			a.op(wasmbin.OpI32Sub)
			a.op(wasmbin.OpLocalTee, 0)
			a.op(wasmbin.OpBrIf, 0)
			a.op(wasmbin.OpEnd)
			a.get(0)
		}
	}
	copying := func(bytes func(a *assembler)) func(a *assembler) {
		return countdown(func(a *assembler) {
			a.i32(64)
			a.i32(9216)
			bytes(a)
			a.op(wasmbin.OpMemoryCopy, 0, 0)
		})
	}
	for _, c := range []struct {
		name string
		code func(a *assembler)
		arg  uint64
	}{
		{"fibonacci", fibonacci(0), 22},
		{"loop", countdown(func(*assembler) {}), 1 << 16},
		{"memory", countdown(func(a *assembler) { // adds to a word in memory
			a.i32(8)
			a.i32(8)
			a.op(0x28, 2, 0)
			a.get(0)
			a.op(wasmbin.OpI32Add)
			a.op(0x36, 2, 0)
		}), 1 << 16},
		{"copy16", copying(func(a *assembler) { a.i32(16) }), 1 << 14},
		{"copy1000", copying(func(a *assembler) { a.i32(1000) }), 1 << 14},
	} {
		b.Run(c.name, func(b *testing.B) {
			plain := testModule{
				types:     []wasmbin.FuncType{typeI32},
				functions: []testFunction{{name: "run", code: c.code}},
				sections:  map[wasmbin.SectionID][]byte{wasmbin.SectionMemory: memoryPages(1)},
			}.bytes()
			metered, err := Meter(plain)
			require.NoError(b, err)
			ctx := context.Background()
			rt := newRuntime(b, wazero.NewRuntimeConfig(), &host{grant: 100_000})
			var run [2]api.Function
			for i, wasm := range [][]byte{plain, metered} {
				m, err := rt.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig().WithName(""))
				require.NoError(b, err)
				run[i] = m.ExportedFunction("run")
			}
			var spent [2]time.Duration
			for b.Loop() {
				for i, f := range run {
					start := time.Now()
					if _, err := f.Call(ctx, c.arg); err != nil {
						b.Fatal(err)
					}
					spent[i] += time.Since(start)
				}
			}
			b.ReportMetric(float64(spent[1])/float64(spent[0]), "ratio")
		})
	}
}
