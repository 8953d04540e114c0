package main

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/wasmbin"
	"github.com/funcbox/funcbox/wasm/meter"
)

// global is the encoding of an i32 global of the value 0.
func global(mutable byte) []byte {
	return []byte{byte(wasmbin.I32), mutable, byte(wasmbin.OpI32Const), 0, byte(wasmbin.OpEnd)}
}

func TestExportGlobals(t *testing.T) {
	globals := slices.Concat([]byte{3}, global(1), global(0), global(1))
	exports := append(wasmbin.AppendName([]byte{1}, "mine"), byte(wasmbin.KindGlobal), 2)
	for _, test := range []struct {
		name   string
		bodies map[wasmbin.SectionID][]byte
		want   [][]string
	}{
		{"no exports yet", map[wasmbin.SectionID][]byte{wasmbin.SectionGlobal: globals},
			[][]string{{"funcbox_global_0"}, nil, {"funcbox_global_2"}}},
		{"one is exported", map[wasmbin.SectionID][]byte{wasmbin.SectionGlobal: globals, wasmbin.SectionExport: exports},
			[][]string{{"funcbox_global_0"}, nil, {"mine"}}},
		{"no globals", map[wasmbin.SectionID][]byte{wasmbin.SectionType: {0}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			wasm := wasmbin.AppendCustom(wasmbin.AppendModule(nil, test.bodies), "note", []byte("kept"))
			out, err := exportGlobals(wasm)
			require.NoError(t, err)
			info, err := wasmbin.Inspect(out)
			require.NoError(t, err)
			var got [][]string
			for _, g := range info.Globals {
				got = append(got, g.Exports)
			}
			require.Equal(t, test.want, got)
			require.Contains(t, string(out), "note")
			again, err := exportGlobals(out)
			require.NoError(t, err)
			require.Equal(t, out, again)
			_, err = meter.Meter(out)
			require.NoError(t, err)
		})
	}
}
