package meter

import (
	"bytes"
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

const (
	bulkPages = 96 // 6 MiB
	bulkBytes = bulkPages << 16
	chunk     = ChunkBytes
)

// bulkModule has a function for each bulk instruction.
func bulkModule() []byte {
	three := func(op wasmbin.Opcode, indices ...uint32) func(a *assembler) {
		return func(a *assembler) {
			a.get(0, 1, 2)
			a.op(op, indices...)
		}
	}
	function := []byte{byte(wasmbin.OpRefFunc), 0, byte(wasmbin.OpEnd)}
	return testModule{
		types: []wasmbin.FuncType{typeI32x3, typeI32},
		functions: []testFunction{
			{name: "fill", code: three(wasmbin.OpMemoryFill, 0)},
			{name: "copy", code: three(wasmbin.OpMemoryCopy, 0, 0)},
			{name: "init", code: three(wasmbin.OpMemoryInit, 0, 0)},
			{name: "table.copy", code: three(wasmbin.OpTableCopy, 0, 0)},
			{name: "table.init", code: three(wasmbin.OpTableInit, 0, 0)},
			{name: "table.fill", code: func(a *assembler) {
				a.get(0)
				a.op(wasmbin.OpRefFunc, 0)
				a.get(2)
				a.op(wasmbin.OpTableFill, 0)
			}},
			{name: "table.grow", ftype: 1, code: func(a *assembler) {
				a.op(wasmbin.OpRefFunc, 0)
				a.get(0)
				a.op(wasmbin.OpTableGrow, 0)
			}},
			{name: "fill100", ftype: 1, code: func(a *assembler) {
				a.get(0)
				a.i32(7)
				a.i32(100)
				a.op(wasmbin.OpMemoryFill, 0)
				a.get(0)
			}},
			{name: "copy-1", ftype: 1, code: func(a *assembler) {
				a.get(0)
				a.get(0)
				a.i32(-1)
				a.op(wasmbin.OpMemoryCopy, 0, 0)
				a.get(0)
			}},
		},
		sections: map[wasmbin.SectionID][]byte{
			wasmbin.SectionMemory: memoryPages(bulkPages),
			wasmbin.SectionTable:  wasmbin.AppendU32([]byte{1, byte(wasmbin.FuncRef), 0}, 1000),
			// One passive segment of 500 expressions.
			wasmbin.SectionElement: append(wasmbin.AppendU32([]byte{1, 5, byte(wasmbin.FuncRef)}, 500),
				bytes.Repeat(function, 500)...),
			wasmbin.SectionDataCount: {1},
			wasmbin.SectionData:      append([]byte{1}, wasmbin.AppendSized([]byte{1}, bytes.Repeat([]byte("data"), 1000))...),
		},
		exports: []wasmbin.Export{{Name: "memory", Kind: wasmbin.KindMemory}},
	}.bytes()
}

// TestBulkMemory compares metered memory.fill, copy and init with the plain ones,
// byte by byte, around the size of a chunk, overlapping and out of bounds.
func TestBulkMemory(t *testing.T) {
	u := func(values ...uint64) []uint64 { return values }
	cases := map[string][][]uint64{ // target, source or value, size
		"fill": {
			u(0, 1, 0), u(5, 2, 1), u(0, 3, chunk-1), u(1, 4, chunk), u(2, 5, chunk+1), u(3, 0x1ff, 3*chunk),
			u(7, 7, 3*chunk+5), u(0, 8, bulkBytes), u(1, 9, bulkBytes-1), u(1, 10, bulkBytes), u(bulkBytes, 0, 0),
			u(bulkBytes+1, 0, 0), u(0, 11, math.MaxUint32), u(math.MaxUint32, 12, math.MaxUint32),
			u(bulkBytes-chunk, 13, chunk+1), u(math.MaxUint32-chunk, 14, 2*chunk),
		},
		"copy": {
			u(0, 9, 0), u(0, 9, 8), u(9, 0, 100), u(0, chunk, chunk), u(chunk, 0, chunk+1), u(chunk, 0, 3*chunk),
			u(0, chunk, 3*chunk), u(1, 0, 4*chunk), u(0, 1, 4*chunk), u(5, 5, 2*chunk), u(chunk/2, 0, 2*chunk+77),
			u(0, chunk/2, 2*chunk+77), u(3*chunk, 0, 3*chunk), u(3*chunk+1, 0, 3*chunk), u(0, 3*chunk+1, 3*chunk),
			u(0, math.MaxUint32, 2*chunk), u(0, 1, math.MaxUint32), u(bulkBytes+1, 0, 0), u(0, bulkBytes+1, 0), u(bulkBytes, 0, 0),
		},
		"init":    {u(10, 0, 4000), u(10, 5, 100), u(bulkBytes-4, 0, 5), u(0, 3999, 2), u(0, 0, math.MaxUint32), u(0, 4000, 0)},
		"fill100": {u(0), u(bulkBytes - 99), u(math.MaxUint32)},
		"copy-1":  {u(0), u(1)},
	}
	plain := bulkModule()
	metered, err := Meter(plain)
	require.NoError(t, err)
	ctx := context.Background()
	pattern := make([]byte, bulkBytes)
	for i := range pattern {
		pattern[i] = byte(i ^ i>>7 ^ i>>15)
	}
	for engine, config := range engines {
		rt := newRuntime(t, config(), &host{grant: 1000})
		instantiate := func(wasm []byte) api.Module {
			m, err := rt.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig().WithName(""))
			require.NoError(t, err)
			return m
		}
		a, b := instantiate(plain), instantiate(metered)
		for function, arguments := range cases {
			for _, args := range arguments {
				var failures []string
				for _, m := range []api.Module{a, b} {
					m.Memory().Write(0, pattern)
					_, err := m.ExportedFunction(function).Call(ctx, args...)
					failures = append(failures, summary(err))
				}
				require.Equal(t, failures[0], failures[1], "%s %s%v", engine, function, args)
				want, _ := a.Memory().Read(0, bulkBytes)
				got, _ := b.Memory().Read(0, bulkBytes)
				require.True(t, bytes.Equal(want, got), "%s %s%v", engine, function, args)
			}
		}
	}
}

// TestBulkFuel checks what bulk instructions take.
func TestBulkFuel(t *testing.T) {
	wasm, err := Meter(bulkModule())
	require.NoError(t, err)
	for engine, config := range engines {
		h := &host{grant: 1 << 30}
		m, err := newRuntime(t, config(), h).Instantiate(context.Background(), wasm)
		require.NoError(t, err)
		for _, c := range []struct {
			function string
			size     uint64
			want     int64
		}{
			{"fill", 0, 1},
			{"fill", 255, 1},
			{"fill", 256, 2},
			{"fill", chunk, 1 + chunk>>8},
			{"fill", 3*chunk + 300, 1 + (3*chunk+300)>>8},
			{"fill", bulkBytes, 1 + bulkBytes>>8},
			{"copy", 256, 2},
			{"copy", 5*chunk + 256, 1 + (5*chunk+256)>>8},
			{"init", 4000, 1 + 4000>>8},
			{"table.copy", 1000, 1 + 1000>>4},
			{"table.init", 500, 1 + 500>>4},
			{"table.fill", 1000, 1 + 1000>>4},
		} {
			require.Equal(t, c.want, h.consumed(t, m, c.function, 0, 0, c.size), "%s %s %d", engine, c.function, c.size)
		}
		require.EqualValues(t, 1+160>>4, h.consumed(t, m, "table.grow", 160), engine)
		require.EqualValues(t, 0, h.consumed(t, m, "fill100", 0), engine)

		// A constant size is unsigned: -1 is not a small one, and takes its fuel
		// before it traps.
		fuel := fuelOf(t, m)
		fuel.Set(api.EncodeI32(h.grant))
		_, err = m.ExportedFunction("copy-1").Call(context.Background(), 0)
		require.Error(t, err)
		require.EqualValues(t, 1+math.MaxUint32>>8, h.grant-api.DecodeI32(fuel.Get()), engine)
	}
}

// TestBulkStop stops a fill and a copy in the middle.
func TestBulkStop(t *testing.T) {
	wasm, err := Meter(bulkModule())
	require.NoError(t, err)
	ctx := context.Background()
	for engine, config := range engines {
		for _, function := range []string{"fill", "copy"} {
			h := &host{grant: 1, stop: func(ticks int) bool { return ticks == 3 }, err: sys.NewExitError(1)}
			m, err := newRuntime(t, config(), h).Instantiate(ctx, wasm)
			require.NoError(t, err)
			m.Memory().Write(0, bytes.Repeat([]byte{1}, bulkBytes/2))
			_, err = m.ExportedFunction(function).Call(ctx, bulkBytes/2, 1, bulkBytes/2)
			var exit *sys.ExitError
			require.ErrorAs(t, err, &exit, engine)
			require.Equal(t, 3, h.ticks)
			// The third chunk is not done: the last one of a fill, the first one of a
			// copy upwards in memory.
			first, _ := m.Memory().ReadByte(bulkBytes / 2)
			last, _ := m.Memory().ReadByte(bulkBytes - 2)
			require.Equal(t, function == "fill", first == 1, engine)
			require.Equal(t, function == "copy", last == 1, engine)
		}
	}
}
