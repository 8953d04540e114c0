// Package meter rewrites a WebAssembly module so that it counts its work and can
// be stopped: it takes from a counter, the fuel, at every loop header and at the
// entry of every function that calls others, and calls the host when the fuel is
// used up. The host, in [ImportName], may refill it or end the call.
//
// What the fuel is worth, who refills it and when a call ends is decided by
// package wasm, not here. This package depends on no WebAssembly engine.
//
// Section numbers in comments refer to the WebAssembly Core Specification 2.0,
// https://www.w3.org/TR/wasm-core-2/.
package meter

import (
	"errors"
	"fmt"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// What a metered module has that the original had not.
const (
	// ImportModule and ImportName name the imported function, of type
	// (i32) -> i32, that gets the fuel once it is 0 or below (then overdrawn by
	// that much) and returns what the fuel is from then on, which must be above 0:
	// otherwise it is called again at once. It may end the call instead of
	// returning.
	ImportModule = "funcbox"
	ImportName   = "tick"

	// FuelExport names the exported mutable i32 global that holds the fuel. It is
	// 0 in a new instance, so the first check calls the host, in a start function
	// also.
	FuelExport = "funcbox_fuel"
)

// How much fuel is taken beyond 1 per loop iteration and call.
const (
	// BytesShift: memory.fill, copy and init take 1 + bytes>>BytesShift.
	BytesShift = 8
	// ElementsShift: table.fill, copy, init and grow take 1 +
	// elements>>ElementsShift.
	ElementsShift = 4
	// ChunkBytes is what memory.fill and copy do at most between two checks.
	// memory.init and the table instructions are not divided: they are bounded by
	// the size of the module and of its tables.
	ChunkBytes = 1 << 20
)

var (
	// ErrMetered is wrapped by the error about a module that is metered already.
	ErrMetered = errors.New("module is metered already")
	// ErrMalformed is wrapped by errors about bytes that are no well-formed module.
	ErrMalformed = wasmbin.ErrMalformed
	// ErrUnsupported is wrapped by errors about modules that use more than
	// WebAssembly 2.0 and tail calls: exception handling, threads, garbage
	// collection, typed function references, multiple memories, memory64.
	ErrUnsupported = wasmbin.ErrUnsupported
)

// Meter returns wasm with metering added; wasm itself is not changed. The result
// depends on nothing else. It has one more function import, after the module's
// own, one more global and export, and, of the custom sections, at most the
// module's and functions' names.
//
// Meter does not validate: a module that is not valid stays so. Errors wrap
// ErrMetered, ErrMalformed or ErrUnsupported. It may be called concurrently.
func Meter(wasm []byte) ([]byte, error) {
	out, err := rewrite(wasm)
	if err != nil {
		return nil, fmt.Errorf("meter: %w", err)
	}
	return out, nil
}
