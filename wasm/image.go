package wasm

import "bytes"

// imagePageBytes is the grain at which an image is stored: pages of zeros are
// left as holes. 4 KiB is the smallest page of the platforms supported.
const imagePageBytes = 4 << 10

var zeroPage [imagePageBytes]byte

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
