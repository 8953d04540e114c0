//go:build !unix || funcbox_portable

package wasm

// The build tag funcbox_portable chooses this file and image_other.go on any platform,
// so that they can be tested where development happens.

// reservation where address space cannot be reserved portably: a slice that is
// replaced by a larger copy as the guest grows. wazero reads the base address
// again after each growth, so it may move.
type reservation struct {
	// all is what has been handed out; its capacity beyond that is zeros.
	all   []byte
	limit uint64
}

func (r *reservation) reserve(size uint64) error {
	r.limit = size
	return nil
}

// mapImage fills the slice that is in use, if there is one of the image's size: wazero
// would not see another.
func (r *reservation) mapImage(img *image) error {
	if uint64(len(r.all)) != img.size {
		r.all = make([]byte, img.size)
	}
	copy(r.all, img.bytes)
	return nil
}

// commit grows the slice by a half at least, since guests grow page by page, and a
// copy of everything each time would take them past any deadline.
func (r *reservation) commit(size uint64) []byte {
	had := uint64(len(r.all))
	if size > uint64(cap(r.all)) {
		grown := make([]byte, had, max(size, min(had+had/2, r.limit)))
		copy(grown, r.all)
		r.all = grown
	}
	if size > had {
		r.all = r.all[:size]
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

// changed is of no use here: an image takes all of the memory.
func (r *reservation) changed(*image, uint64) ([]span, error) { return nil, nil }

func (r *reservation) release() { r.all = nil }
