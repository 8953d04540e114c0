package wasm

import "bytes"

// imagePageBytes is the grain at which an image is stored: pages of zeros are
// left as holes. 4 KiB is the smallest page of the platforms supported.
const imagePageBytes = 4 << 10

var zeroPage [imagePageBytes]byte

// span is a range of a linear memory, in bytes.
type span struct{ start, end uint64 }

// joinSpans unites ranges, which are in order, that have at most gap bytes in
// between.
func joinSpans(spans []span, gap uint64) []span {
	var joined []span
	for _, s := range spans {
		if n := len(joined); n > 0 && s.start <= joined[n-1].end+gap {
			joined[n-1].end = max(joined[n-1].end, s.end)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// maxSpans is how many ranges of its own an image has that is derived from another:
// what lies between ranges close to one another is stored as well, rather than
// have each instance make hundreds of mappings at a microsecond each.
const maxSpans = 48

// fewSpans unites the ranges that lie closest together until there are few.
func fewSpans(spans []span) []span {
	spans = joinSpans(spans, 0)
	for gap := uint64(8 * imagePageBytes); len(spans) > maxSpans; gap *= 2 {
		spans = joinSpans(spans, gap)
	}
	return spans
}

// photo makes an image of memory, whose length is a multiple of PageBytes.
func photo(memory []byte) (*image, error) {
	return newImage(uint64(len(memory)), func(write func(offset int64, run []byte) error) error {
		return forEachWritten(memory, write)
	})
}

// forEachWritten calls write for every run of pages that are not all zeros.
func forEachWritten(memory []byte, write func(offset int64, run []byte) error) error {
	for start := 0; start < len(memory); {
		if isZeroPage(memory, start) {
			start += imagePageBytes
			continue
		}
		end := start + imagePageBytes
		for end < len(memory) && !isZeroPage(memory, end) {
			end += imagePageBytes
		}
		end = min(end, len(memory))
		if err := write(int64(start), memory[start:end]); err != nil {
			return err
		}
		start = end
	}
	return nil
}

func isZeroPage(memory []byte, start int) bool {
	page := memory[start:min(start+imagePageBytes, len(memory))]
	return bytes.Equal(page, zeroPage[:len(page)])
}
