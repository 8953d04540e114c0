//go:build !unix || funcbox_portable

package wasm

// image is a photograph of a linear memory that instances copy. Immutable; safe
// for concurrent use.
type image struct {
	size  uint64
	bytes []byte
}

// newImage makes an image of size bytes: zeros but for the runs that fill writes.
func newImage(size uint64, fill func(write func(offset int64, run []byte) error) error) (*image, error) {
	img := &image{size: size, bytes: make([]byte, size)}
	err := fill(func(offset int64, run []byte) error {
		copy(img.bytes[offset:], run)
		return nil
	})
	return img, err
}

// derive makes an image of memory: a copy, since nothing can be shared portably.
func (i *image) derive(memory []byte, _ []span) (*image, error) { return photo(memory) }

// content returns the image's bytes; they must not be written.
func (i *image) content() ([]byte, error) { return i.bytes, nil }

func (i *image) ownBytes() int64 { return int64(i.size) }

func (i *image) close() error { return nil }
