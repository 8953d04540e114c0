package meter

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// FuzzMeter feeds Meter any bytes. It must not panic, and a module that it takes is
// valid afterwards if, and only if, it was before. What it refuses is not given to
// wazero, whose decoder allocates by counts it has not compared with the size of
// the module.
func FuzzMeter(f *testing.F) {
	f.Add(withSections(nil))
	f.Add(withCode(0x41, 0, 0x24, 0, 0x03, 0x40, 0x0c, 0, 0x0b))
	f.Add(withCode(0xfd, 0x0c, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0x1a))
	f.Add(shifting())
	f.Add(bulkModule())
	f.Add(generate(1))
	f.Add(wasmbin.AppendCustom(shifting(), "name", []byte{1, 4, 1, 1, 1, 'a'}))
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(features))
	f.Cleanup(func() { rt.Close(ctx) })
	compile := func(wasm []byte) error {
		m, err := rt.CompileModule(ctx, wasm)
		if err == nil {
			err = m.Close(ctx)
		}
		return err
	}
	f.Fuzz(func(t *testing.T, wasm []byte) {
		metered, err := Meter(wasm)
		if err != nil {
			require.True(t, errors.Is(err, ErrMalformed) || errors.Is(err, ErrUnsupported) || errors.Is(err, ErrMetered), err)
			return
		}
		plain := compile(withoutCustoms(t, wasm))
		if plain == nil {
			_, err = wasmbin.Inspect(metered)
			require.NoError(t, err)
		}
		_, err = Meter(metered)
		require.ErrorIs(t, err, ErrMetered)
		err = compile(metered)
		require.Equal(t, plain == nil, err == nil, "before: %v, after: %v", plain, err)
	})
}

// withoutCustoms leaves out the custom sections: wazero refuses modules whose name
// section is malformed, although they are valid (section 5.5.3), and Meter leaves
// such sections out.
func withoutCustoms(t *testing.T, wasm []byte) []byte {
	sections, err := wasmbin.Sections(wasm)
	require.NoError(t, err)
	bodies := map[wasmbin.SectionID][]byte{}
	for _, s := range sections {
		if s.ID != wasmbin.SectionCustom {
			bodies[s.ID] = s.Body
		}
	}
	return wasmbin.AppendModule(nil, bodies)
}
