//go:build !unix

package wasm

// reservation where address space cannot be reserved portably: a slice that is
// replaced by a larger copy as the guest grows. wazero reads the base address
// again after each growth, so it may move.
type reservation struct {
	all []byte
}

func (r *reservation) reserve(uint64) error { return nil }

func (r *reservation) mapImage(img *image) error {
	r.all = make([]byte, img.size)
	copy(r.all, img.bytes)
	return nil
}

func (r *reservation) commit(size uint64) []byte {
	if size > uint64(len(r.all)) {
		grown := make([]byte, size)
		copy(grown, r.all)
		r.all = grown
	}
	return r.all[:size:size]
}

// restore copies the image back and drops what followed it.
func (r *reservation) restore(img *image, _ uint64) error {
	if uint64(len(r.all)) > img.size {
		r.all = make([]byte, img.size)
	}
	copy(r.all, img.bytes)
	return nil
}

func (r *reservation) release() { r.all = nil }
