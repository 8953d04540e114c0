//go:build unix && !funcbox_portable

package wasm

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// image is a photograph of a linear memory, kept in a file without a name whose
// pages every instance maps copy-on-write. Immutable; safe for concurrent use.
type image struct {
	size uint64
	file *os.File
	// view is a read-only mapping of all of the file.
	view []byte
}

// newImage makes an image of size bytes, a multiple of PageBytes: zeros but for
// the runs that fill writes.
func newImage(size uint64, fill func(write func(offset int64, run []byte) error) error) (*image, error) {
	file, err := anonymousFile()
	if err != nil {
		return nil, fmt.Errorf("making a file for the image: %w", err)
	}
	img := &image{size: size, file: file}
	if err = file.Truncate(int64(size)); err == nil {
		err = fill(func(offset int64, run []byte) error {
			_, err := file.WriteAt(run, offset)
			return err
		})
	}
	if err == nil {
		err = seal(file)
	}
	if err == nil {
		img.view, err = unix.Mmap(int(file.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_PRIVATE)
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("storing an image of %d bytes: %w", size, err)
	}
	return img, nil
}

// content returns the image's bytes, valid until close; they cannot be written.
func (i *image) content() []byte { return i.view }

// close releases the file; instances' mappings of it stay valid.
func (i *image) close() error {
	return errors.Join(unix.Munmap(i.view), i.file.Close())
}

// unlinkedFile makes a temporary file of mode 0600 and removes its name at once.
func unlinkedFile() (*os.File, error) {
	file, err := os.CreateTemp("", "funcbox-image-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(file.Name()); err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}
