//go:build unix && !linux && !funcbox_portable

package wasm

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// restoreImage maps the image anew.
func restoreImage(r *reservation, img *image) error { return remap(r, img) }

// changed returns the ranges of the first size bytes that differ from the image.
func (r *reservation) changed(img *image, size uint64) ([]span, error) {
	return compared(r.all[:size], img)
}

// discard replaces a range of anonymous pages by fresh ones, which read as zeros
// (MADV_DONTNEED is advice only, outside of Linux).
func (r *reservation) discard(from, to uint64) error {
	_, err := unix.MmapPtr(-1, 0, unsafe.Pointer(&r.all[from]), uintptr(to-from),
		unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_FIXED)
	if err != nil {
		return fmt.Errorf("discarding memory: %w", err)
	}
	return nil
}
