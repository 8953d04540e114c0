package wasm

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero/api"
)

// linearMemory is the memory of one instance: a reserved range of addresses that
// never moves, with an image mapped copy-on-write at its start and zeros after
// it. It implements wazero's experimental.LinearMemory. Used by one goroutine at
// a time.
type linearMemory struct {
	reservation reservation
	image       *image
	// limit is the size in bytes beyond which a growth is refused; it may vary
	// from call to call, up to reserved.
	limit, reserved uint64
	// high is the largest size handed out since the last reset.
	high uint64
	// shrinking makes Reallocate return the image's size whatever is asked.
	shrinking bool
}

// newLinearMemory reserves room for limit bytes, a multiple of PageBytes, and
// maps img, which may be nil, at its start.
func newLinearMemory(img *image, limit uint64) (*linearMemory, error) {
	m := &linearMemory{image: img, limit: limit, reserved: limit}
	if img != nil {
		m.high = img.size
	}
	if err := m.reservation.reserve(limit); err != nil {
		return nil, err
	}
	if img != nil {
		if err := m.reservation.mapImage(img); err != nil {
			m.reservation.release()
			return nil, err
		}
	}
	return m, nil
}

// Reallocate implements experimental.LinearMemory: it returns the first size
// bytes, or nil where the limit or the host's memory does not allow them.
func (m *linearMemory) Reallocate(size uint64) []byte {
	if m.shrinking {
		return m.reservation.commit(m.image.size)
	}
	if size > m.limit {
		return nil
	}
	memory := m.reservation.commit(size)
	if memory != nil {
		m.high = max(m.high, size)
	}
	return memory
}

// Free implements experimental.LinearMemory. wazero calls it when the module is
// closed; nothing may run in the instance any more.
func (m *linearMemory) Free() { m.reservation.release() }

// reset puts size and content back to the image. seen is wazero's view of this
// memory, which offers no way to shrink: a growth by one page whose Reallocate
// returns the smaller slice makes it take over that slice.
func (m *linearMemory) reset(seen api.Memory) error {
	if err := m.reservation.restore(m.image, m.high); err != nil {
		return err
	}
	m.high = m.image.size
	if uint64(seen.Size()) == m.image.size {
		return nil
	}
	m.shrinking = true
	_, grown := seen.Grow(1)
	m.shrinking = false
	if size := uint64(seen.Size()); !grown || size != m.image.size {
		return fmt.Errorf("the memory has %d bytes after its reset, the image %d", size, m.image.size)
	}
	return nil
}

// adopt puts another image in the place of this one, which the memory must equal.
func (m *linearMemory) adopt(img *image, seen api.Memory) error {
	if img.size > m.limit {
		return fmt.Errorf("%w: the image takes %d bytes", ErrMemoryLimit, img.size)
	}
	if size := uint64(seen.Size()); size < img.size {
		if _, ok := seen.Grow(uint32((img.size - size) / PageBytes)); !ok {
			return errors.New("the memory cannot grow to the size of the image")
		}
	}
	if err := m.reservation.mapImage(img); err != nil {
		return err
	}
	m.image, m.high = img, max(m.high, img.size)
	return nil
}

// photograph makes an image of what the memory holds now.
func (m *linearMemory) photograph(seen api.Memory) (*image, error) {
	memory, ok := seen.Read(0, seen.Size())
	if !ok {
		return nil, errors.New("the memory cannot be read")
	}
	if m.image == nil {
		return photo(memory)
	}
	changed, err := m.reservation.changed(m.image, uint64(len(memory)))
	if err != nil {
		return nil, err
	}
	return m.image.derive(memory, fewSpans(changed))
}

// differs returns the offset of the first byte that is not as in the image, or
// -1. For tests and the debug option; it reads all of the memory.
func (m *linearMemory) differs(seen api.Memory) int64 {
	memory, ok := seen.Read(0, seen.Size())
	if !ok || uint64(len(memory)) != m.image.size {
		return int64(m.image.size)
	}
	want, err := m.image.content()
	if err != nil {
		return 0
	}
	if bytes.Equal(memory, want) {
		return -1
	}
	for i := range memory {
		if memory[i] != want[i] {
			return int64(i)
		}
	}
	return -1
}
