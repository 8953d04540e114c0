package wasmbin

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// seeds adds small modules to a fuzz target.
func seeds(f *testing.F) {
	f.Add(AppendModule(nil, nil))
	f.Add(dataModule(2, 0, 0x41, 5, 0x0b, 2, 'h', 'i', 1, 1, 'p'))
	f.Add(AppendModule(nil, map[SectionID][]byte{
		SectionType: {1, 0x60, 1, 0x7f, 1, 0x7f}, SectionImport: {1, 1, 'a', 1, 'f', 0, 0}, SectionFunction: {1, 0},
		SectionTable: {1, 0x70, 0, 4}, SectionExport: {1, 1, 'x', 0, 1},
		SectionCode: {1, 11, 1, 1, 0x7f, 0x20, 0, 0x03, 0x40, 0x0c, 0, 0x0b, 0x0b},
	}))
	f.Add(AppendCustom(AppendModule(nil, map[SectionID][]byte{SectionTag: {0}}), "name", []byte{1}))
}

func requireKnown(t *testing.T, err error) {
	t.Helper()
	require.True(t, errors.Is(err, ErrMalformed) || errors.Is(err, ErrUnsupported), err)
}

// FuzzSplitData feeds it any bytes: the result splits into nothing more, and holds
// no less than what was put in.
func FuzzSplitData(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, wasm []byte) {
		stripped, segments, err := SplitData(wasm)
		if err != nil {
			requireKnown(t, err)
			return
		}
		total := 0
		for _, s := range segments {
			total += len(s.Data)
		}
		require.LessOrEqual(t, total, len(wasm))
		require.LessOrEqual(t, len(stripped), len(wasm))
		again, none, err := SplitData(stripped)
		require.NoError(t, err)
		require.Empty(t, none)
		require.Equal(t, stripped, again)
	})
}

// FuzzInspect feeds it any bytes. None are given to wazero, whose decoder
// allocates by counts it has not compared with the size of the module.
func FuzzInspect(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, wasm []byte) {
		info, err := Inspect(wasm)
		if err != nil {
			requireKnown(t, err)
			return
		}
		for _, e := range info.Exports {
			spaces := map[Kind]int{
				KindFunction: len(info.Funcs), KindTable: len(info.Tables),
				KindMemory: len(info.Memories), KindGlobal: len(info.Globals),
			}
			if size, known := spaces[e.Kind]; known {
				require.Less(t, int(e.Index), size)
			}
		}
		// Taking out the data changes nothing that is reported.
		if stripped, _, err := SplitData(wasm); err == nil {
			again, err := Inspect(stripped)
			require.NoError(t, err)
			require.Equal(t, info, again)
		}
	})
}
