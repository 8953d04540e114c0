package wasm

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// An image in a stream is, in little endian: the memory's size, the number of globals,
// the globals, then runs of offset, length and content in ascending order, and a run of
// length 0. All numbers are uint64.

// Identity names the code and what it read when it started: an image fits modules of
// the same identity only.
func (m *Module) Identity() (string, error) {
	spec := m.spec
	if m.parent != nil {
		spec = m.parent.spec
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n", spec.Binary.sha256)
	if spec.Fingerprint != nil {
		fingerprint, err := spec.Fingerprint()
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s\n", fingerprint)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// WriteImage writes the module's image, all of it, for ReadImage of a module of the same
// identity.
func (m *Module) WriteImage(w io.Writer) error {
	m.mu.Lock()
	ready := m.ready
	m.mu.Unlock()
	if ready == nil {
		return ErrClosed
	}
	memory, err := ready.image.memory.content()
	if err != nil {
		return err
	}
	put := func(numbers ...uint64) error {
		b := make([]byte, 0, 16)
		for _, number := range numbers {
			b = binary.LittleEndian.AppendUint64(b, number)
		}
		_, err := w.Write(b)
		return err
	}
	if err := put(uint64(len(memory)), uint64(len(ready.image.globals))); err != nil {
		return err
	}
	if err := put(ready.image.globals...); err != nil {
		return err
	}
	err = forEachWritten(memory, func(offset int64, run []byte) error {
		if err := put(uint64(offset), uint64(len(run))); err != nil {
			return err
		}
		_, err := w.Write(run)
		return err
	})
	if err != nil {
		return err
	}
	return put(0, 0)
}

var errBadImage = errors.New("it is no image of this runtime")

// ReadImage makes a module that starts from an image which WriteImage wrote, of at most
// limitBytes. It reads no more than the image.
func (m *Module) ReadImage(ctx context.Context, r io.Reader, limitBytes int64) (*Module, error) {
	ready, err := m.prepare(ctx)
	if err != nil {
		return nil, err
	}
	var number [16]byte
	next := func() (a, b uint64, err error) {
		_, err = io.ReadFull(r, number[:])
		return binary.LittleEndian.Uint64(number[:8]), binary.LittleEndian.Uint64(number[8:]), err
	}
	size, globals, err := next()
	switch {
	case err != nil:
		return nil, err
	case globals != uint64(len(ready.globals)) || size%PageBytes != 0 || size < uint64(ready.compiled.ExportedMemories()[exportMemory].Min())*PageBytes:
		return nil, errBadImage
	case size > memoryLimit(limitBytes):
		return nil, fmt.Errorf("%w: the image takes %d bytes, %d are allowed", ErrMemoryLimit, size, limitBytes)
	}
	taken := &snapshot{}
	for range globals {
		if _, err := io.ReadFull(r, number[:8]); err != nil {
			return nil, err
		}
		taken.globals = append(taken.globals, binary.LittleEndian.Uint64(number[:8]))
	}
	taken.memory, err = newImage(size, func(write func(offset int64, run []byte) error) error {
		buffer := make([]byte, copyBytes)
		for end := uint64(0); ; {
			offset, length, err := next()
			if err != nil || length == 0 {
				return err
			}
			if offset < end || length > size || offset > size-length {
				return errBadImage
			}
			for end = offset + length; offset < end; {
				part := buffer[:min(uint64(len(buffer)), end-offset)]
				if _, err := io.ReadFull(r, part); err != nil {
					return err
				}
				if err := write(int64(offset), part); err != nil {
					return err
				}
				offset += uint64(len(part))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return m.startingAt(taken)
}
