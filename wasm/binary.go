package wasm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// maxBinaryBytes bounds what a compressed module may unpack to. The largest
// runtime at hand, clang, is 63 MB.
const maxBinaryBytes = 256 << 20

// Binary is a metered WebAssembly module as it lies in the program: compressed
// with zstd. It is unpacked and checked once, when first needed. Safe for
// concurrent use.
type Binary struct {
	compressed []byte
	sha256     string
	once       sync.Once
	plain      []byte
	err        error
}

// NewBinary wraps a zstd-compressed module. sum is the lower-case hexadecimal
// SHA-256 of the unpacked module.
func NewBinary(compressed []byte, sum string) *Binary {
	return &Binary{compressed: compressed, sha256: sum}
}

// PlainBinary wraps a module that is not compressed, such as one that was made just
// now; it must not be changed.
func PlainBinary(module []byte) *Binary {
	sum := sha256.Sum256(module)
	b := &Binary{sha256: hex.EncodeToString(sum[:]), plain: module}
	b.once.Do(func() {})
	return b
}

// pinned tells that the module is what whoever wrote its checksum down has seen.
func (b *Binary) pinned() bool { return b.compressed != nil }

// Bytes returns the unpacked module; callers must not change it. It fails when
// the data is damaged or its checksum is not the one promised.
func (b *Binary) Bytes() ([]byte, error) {
	b.once.Do(func() { b.plain, b.err = b.unpack() })
	return b.plain, b.err
}

func (b *Binary) unpack() ([]byte, error) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBinaryBytes))
	if err != nil {
		return nil, err
	}
	defer decoder.Close()
	plain, err := decoder.DecodeAll(b.compressed, nil)
	if err != nil {
		return nil, fmt.Errorf("unpacking the embedded module: %w", err)
	}
	sum := sha256.Sum256(plain)
	if got := hex.EncodeToString(sum[:]); got != b.sha256 {
		return nil, fmt.Errorf("the embedded module has SHA-256 %s, expected %s", got, b.sha256)
	}
	return plain, nil
}
