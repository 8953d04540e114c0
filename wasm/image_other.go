//go:build !unix || funcbox_portable

package wasm

import "bytes"

// image is a photograph of a linear memory that instances copy. Immutable; safe
// for concurrent use.
type image struct {
	size  uint64
	bytes []byte
}

func newImage(memory []byte) (*image, error) {
	return &image{size: uint64(len(memory)), bytes: bytes.Clone(memory)}, nil
}

// content returns the image's bytes; they must not be written.
func (i *image) content() []byte { return i.bytes }

func (i *image) close() error { return nil }
