package funcbox

import (
	"fmt"
	"time"

	"github.com/funcbox/funcbox/wasm"
)

// Limits bounds one call. A field left zero takes the executor's value, and that
// the default named here. Reaching a limit gives the guest an error it can handle
// or ends the call with a typed status; it never harms the host.
type Limits struct {
	// Timeout is the wall time from the moment the guest starts; waiting for a
	// free slot or for a runtime to be compiled does not count. Default 30 s.
	// Reached: status timeout.
	Timeout time.Duration
	// HostTimeExcluded stops that clock while a host function runs.
	HostTimeExcluded bool
	// Fuel is the work allowed, in units: one for each loop iteration and each
	// entry of a function that calls others inside the guest runtime. The same
	// call takes about the same fuel on every machine. Default: no limit.
	// Reached: status timeout, type FuelExhausted.
	Fuel int64
	// MemoryBytes bounds the guest's linear memory, the interpreter included.
	// Default 256 MiB, at most 4 GiB less 64 KiB.
	// Reached: the guest's allocation fails.
	MemoryBytes int64
	// OutputBytes bounds standard output and standard error together. Default
	// 8 MiB. Beyond it output is dropped and the place marked.
	OutputBytes int64
	// OpenFiles bounds the descriptors open at once, the three standard ones and
	// the root included. Default 256. Reached: EMFILE.
	OpenFiles int
	// FilesystemBytes bounds what the guest adds to its in-memory filesystem:
	// contents, names and some 400 bytes for each file. Files of the request and of
	// mounts count once the guest changes them. Default 64 MiB. Reached: ENOSPC.
	FilesystemBytes int64
	// ResultBytes bounds the encoded result. Default 64 MiB. Reached: status
	// error, type ResultTooLarge.
	ResultBytes int64
}

// DefaultLimits are the limits where neither request nor executor say otherwise.
func DefaultLimits() Limits {
	return Limits{
		Timeout:         30 * time.Second,
		Fuel:            wasm.Unlimited,
		MemoryBytes:     256 << 20,
		OutputBytes:     8 << 20,
		OpenFiles:       256,
		FilesystemBytes: 64 << 20,
		ResultBytes:     64 << 20,
	}
}

// or fills the fields that are zero.
func (l Limits) or(base Limits) Limits {
	return Limits{
		Timeout: first(l.Timeout, base.Timeout),

		HostTimeExcluded: l.HostTimeExcluded || base.HostTimeExcluded,

		Fuel:            first(l.Fuel, base.Fuel),
		MemoryBytes:     first(l.MemoryBytes, base.MemoryBytes),
		OutputBytes:     first(l.OutputBytes, base.OutputBytes),
		OpenFiles:       first(l.OpenFiles, base.OpenFiles),
		FilesystemBytes: first(l.FilesystemBytes, base.FilesystemBytes),
		ResultBytes:     first(l.ResultBytes, base.ResultBytes),
	}
}

func first[T comparable](value, otherwise T) T {
	var zero T
	if value != zero {
		return value
	}
	return otherwise
}

// check refuses negative limits.
func (l Limits) check() error {
	for _, limit := range []struct {
		name  string
		value int64
	}{
		{"Timeout", int64(l.Timeout)}, {"Fuel", l.Fuel}, {"MemoryBytes", l.MemoryBytes}, {"OutputBytes", l.OutputBytes},
		{"OpenFiles", int64(l.OpenFiles)}, {"FilesystemBytes", l.FilesystemBytes}, {"ResultBytes", l.ResultBytes},
	} {
		if limit.value < 0 {
			return fmt.Errorf("%w: Limits.%s is negative (%d); leave it zero for the default", ErrBadRequest, limit.name, limit.value)
		}
	}
	return nil
}
