//go:build unix && !funcbox_portable

package wasm

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// image is a photograph of a linear memory, kept in files without a name whose pages
// every instance maps copy-on-write. A derived image shares the files of the one it
// came from and has one of its own for what differs. Immutable; safe for concurrent
// use.
type image struct {
	size uint64
	// extents cover [0, size), in order.
	extents []extent

	once sync.Once
	view []byte // a read-only mapping of all of it, made when first needed
	err  error
}

// extent says which file holds a part of an image. Places in the file are those in the
// memory: what lies in between are holes, which take no room.
type extent struct {
	start, end uint64 // multiples of the page size
	file       *imageFile
}

// imageFile is a file that several images use.
type imageFile struct {
	*os.File
	users atomic.Int32
}

func (f *imageFile) leave() error {
	if f.users.Add(-1) > 0 {
		return nil
	}
	return f.Close()
}

// newImageFile makes a file of size bytes: zeros but for the runs that fill writes.
func newImageFile(size uint64, fill func(write func(offset int64, run []byte) error) error) (*imageFile, error) {
	file, err := anonymousFile()
	if err != nil {
		return nil, fmt.Errorf("making a file for the image: %w", err)
	}
	if err = file.Truncate(int64(size)); err == nil {
		err = fill(func(offset int64, run []byte) error {
			_, err := file.WriteAt(run, offset)
			return err
		})
	}
	if err == nil {
		err = seal(file)
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("storing an image of %d bytes: %w", size, err)
	}
	return &imageFile{File: file}, nil
}

// newImage makes an image of size bytes, a multiple of PageBytes: zeros but for
// the runs that fill writes.
func newImage(size uint64, fill func(write func(offset int64, run []byte) error) error) (*image, error) {
	file, err := newImageFile(size, fill)
	if err != nil {
		return nil, err
	}
	return compose(size, []extent{{0, size, file}}), nil
}

func compose(size uint64, extents []extent) *image {
	img := &image{size: size, extents: extents}
	for _, file := range img.files() {
		file.users.Add(1)
	}
	return img
}

// maxExtents bounds the mappings that an instance takes (a process has 65,530 on
// Linux, vm.max_map_count). An image derived again and again is made of one file
// from there on.
const maxExtents = 192

// derive makes an image of memory, which differs from this one within the changed
// ranges only and may be larger.
func (i *image) derive(memory []byte, changed []span) (*image, error) {
	size := uint64(len(memory))
	file, err := newImageFile(size, func(write func(offset int64, run []byte) error) error {
		for _, c := range changed {
			part := memory[c.start:c.end]
			err := forEachWritten(part, func(offset int64, run []byte) error { return write(int64(c.start)+offset, run) })
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if size > i.size { // zeros above what was there are holes of the new file
		changed = append(slices.Clip(changed), span{i.size, size})
	}
	extents := i.extents
	for _, c := range changed {
		extents = overlay(extents, extent{c.start, c.end, file})
	}
	if len(extents) <= maxExtents {
		return compose(size, extents), nil
	}
	err = file.Close()
	whole, failed := photo(memory)
	return whole, errors.Join(err, failed)
}

// overlay returns the extents with top in the place of what it covers.
func overlay(extents []extent, top extent) []extent {
	var result []extent
	put := func(e extent) {
		if e.start >= e.end {
			return
		}
		if n := len(result); n > 0 && result[n-1].file == e.file && result[n-1].end == e.start {
			result[n-1].end = e.end
			return
		}
		result = append(result, e)
	}
	for _, e := range extents {
		put(extent{e.start, min(e.end, top.start), e.file})
	}
	put(top)
	for _, e := range extents {
		put(extent{max(e.start, top.end), e.end, e.file})
	}
	return result
}

func (i *image) files() []*imageFile {
	var files []*imageFile
	for _, e := range i.extents {
		if !slices.Contains(files, e.file) {
			files = append(files, e.file)
		}
	}
	return files
}

// mapAt maps the image over memory of its size that is mapped already.
func (i *image) mapAt(at unsafe.Pointer, protection int) error {
	for _, e := range i.extents {
		_, err := unix.MmapPtr(int(e.file.Fd()), int64(e.start), unsafe.Add(at, e.start), uintptr(e.end-e.start),
			protection, unix.MAP_PRIVATE|unix.MAP_FIXED)
		if err != nil {
			return fmt.Errorf("mapping the image: %w", err)
		}
	}
	return nil
}

// content returns the image's bytes, valid until close; they cannot be written.
func (i *image) content() ([]byte, error) {
	i.once.Do(func() {
		if i.size == 0 {
			return
		}
		view, err := unix.Mmap(-1, 0, int(i.size), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
		if err != nil {
			i.err = fmt.Errorf("reserving %d bytes of address space: %w", i.size, err)
			return
		}
		if i.err = i.mapAt(unsafe.Pointer(&view[0]), unix.PROT_READ); i.err != nil {
			_ = unix.Munmap(view)
			return
		}
		i.view = view
	})
	return i.view, i.err
}

// ownBytes is the size of what only this image, and those derived from it, hold.
func (i *image) ownBytes() int64 {
	own := uint64(0)
	for _, e := range i.extents {
		if e.file != i.extents[0].file || len(i.files()) == 1 {
			own += e.end - e.start
		}
	}
	return int64(own)
}

// close releases the files; instances' mappings of them stay valid.
func (i *image) close() error {
	i.once.Do(func() { i.err = errors.New("the image is closed") })
	var errs []error
	if i.view != nil {
		errs = append(errs, unix.Munmap(i.view))
	}
	for _, file := range i.files() {
		errs = append(errs, file.leave())
	}
	return errors.Join(errs...)
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
