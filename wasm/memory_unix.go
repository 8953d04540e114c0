//go:build unix && !funcbox_portable

package wasm

import (
	"bytes"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// reservation is a private range of address space. Pages become usable as they
// are committed, so that neither overcommit settings nor accounting see more
// than the guest asked for.
type reservation struct {
	all       []byte
	committed uint64
}

func (r *reservation) reserve(size uint64) error {
	all, err := unix.Mmap(-1, 0, int(size), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return fmt.Errorf("reserving %d bytes of address space: %w", size, err)
	}
	r.all = all
	return nil
}

// mapImage puts a copy-on-write view of the image at the start of the range, in
// place of what was there.
func (r *reservation) mapImage(img *image) error {
	if img.size > uint64(len(r.all)) {
		return fmt.Errorf("the image of %d bytes exceeds the reservation of %d", img.size, len(r.all))
	}
	if img.size == 0 {
		return nil
	}
	if err := img.mapAt(unsafe.Pointer(&r.all[0]), unix.PROT_READ|unix.PROT_WRITE); err != nil {
		return err
	}
	r.committed = max(r.committed, img.size)
	return nil
}

// commit makes the first size bytes usable and returns them, or nil where the
// system refuses.
func (r *reservation) commit(size uint64) []byte {
	if size > r.committed {
		if err := unix.Mprotect(r.all[r.committed:size], unix.PROT_READ|unix.PROT_WRITE); err != nil {
			return nil
		}
		r.committed = size
	}
	return r.all[:size:size]
}

// restore puts the image's content back and zeros what follows, of which the
// first high bytes may have been written.
func (r *reservation) restore(img *image, high uint64) error {
	if high > img.size {
		if err := r.discard(img.size, high); err != nil {
			return err
		}
	}
	return restoreImage(r, img)
}

// remap is the way to restore that every unix has: it maps the image anew. Each
// page costs a fault afterwards.
func remap(r *reservation, img *image) error { return r.mapImage(img) }

func (r *reservation) release() {
	if r.all != nil {
		_ = unix.Munmap(r.all) // fails only for a range that is not mapped
		r.all, r.committed = nil, 0
	}
}

// compared finds the ranges of memory that differ from the image, or are not zeros
// beyond it, by reading all of both.
func compared(memory []byte, img *image) ([]span, error) {
	content, err := img.content()
	if err != nil {
		return nil, err
	}
	var found []span
	for start := 0; start < len(memory); start += imagePageBytes {
		end := min(start+imagePageBytes, len(memory))
		same := isZeroPage(memory, start)
		if end <= len(content) {
			same = bytes.Equal(memory[start:end], content[start:end])
		}
		if !same {
			found = append(found, span{uint64(start), uint64(end)})
		}
	}
	return found, nil
}
