package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// Functions of the module that module makes: proc_exit is imported.
const (
	failure = 1 // reports a failed assertion
	asserts = 2 // fails unless its parameter is 0
	aborts  = 3
)

func module(failureCode ...byte) []byte {
	types := []byte{1, 0x60, 1, byte(wasmbin.I32), 0}
	imports := append(wasmbin.AppendName(wasmbin.AppendName([]byte{1}, "wasi_snapshot_preview1"), "proc_exit"), byte(wasmbin.KindFunction), 0)
	exports := append(wasmbin.AppendName([]byte{2}, "asserts"), byte(wasmbin.KindFunction), asserts)
	exports = append(wasmbin.AppendName(exports, "aborts"), byte(wasmbin.KindFunction), aborts)
	code := []byte{3}
	for _, body := range [][]byte{
		failureCode,
		{0x20, 0, 0x04, 0x40, 0x41, 7, 0x10, failure, 0x00, 0x0b, 0x0b}, // if (parameter) { failure(7); unreachable }
		{0x00, 0x0b},
	} {
		code = wasmbin.Body{Locals: []byte{0}, Code: body}.Append(code)
	}
	return wasmbin.AppendCustom(wasmbin.AppendModule(nil, map[wasmbin.SectionID][]byte{
		wasmbin.SectionType: types, wasmbin.SectionImport: imports, wasmbin.SectionFunction: {3, 0, 0, 0},
		wasmbin.SectionExport: exports, wasmbin.SectionCode: code,
	}), "note", []byte("kept"))
}

func TestUnassert(t *testing.T) {
	ctx := context.Background()
	original := module(0x41, 1, 0x10, 0, 0x00, 0x0b) // proc_exit(1)
	changed, err := unassert(original, map[uint32]bool{failure: true})
	require.NoError(t, err)
	require.Contains(t, string(changed), "kept")

	run := func(wasm []byte, function string, argument uint64) error {
		runtime := wazero.NewRuntime(ctx)
		defer func() { _ = runtime.Close(ctx) }()
		wasi_snapshot_preview1.MustInstantiate(ctx, runtime)
		instance, err := runtime.Instantiate(ctx, wasm)
		require.NoError(t, err)
		_, err = instance.ExportedFunction(function).Call(ctx, argument)
		return err
	}
	require.NoError(t, run(changed, "asserts", 0))
	require.ErrorIs(t, run(original, "asserts", 1), sys.NewExitError(1))
	require.ErrorContains(t, run(changed, "asserts", 1), "unreachable", "the failure is not reported any more")
	require.ErrorContains(t, run(original, "aborts", 0), "unreachable")
	require.ErrorIs(t, run(changed, "aborts", 0), sys.NewExitError(abortStatus))
}

func TestUnassertRefuses(t *testing.T) {
	_, err := unassert(module(0x0b), map[uint32]bool{failure: true})
	require.EqualError(t, err, "function 1 may return")
	_, err = unassert(wasmbin.AppendModule(nil, map[wasmbin.SectionID][]byte{}), nil)
	require.EqualError(t, err, "the module does not import proc_exit")
	_, err = unassert([]byte("no module"), nil)
	require.Error(t, err)
}
