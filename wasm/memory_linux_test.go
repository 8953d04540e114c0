//go:build !funcbox_portable

package wasm

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRestore writes to random pages and requires the image back, by each means
// that a kernel may or may not have.
func TestRestore(t *testing.T) {
	pagemap, err := os.Open("/proc/self/pagemap")
	require.NoError(t, err)
	defer func() { require.NoError(t, pagemap.Close()) }()
	finders := map[string]finder{"MADV_DONTNEED": nil}
	for name, find := range map[string]finder{"PAGEMAP_SCAN": scanPagemap(pagemap), "pread of pagemap": readPagemap(pagemap)} {
		if worksAsFinder(find) {
			finders[name] = find
		} else {
			t.Logf("%s does not work here", name)
		}
	}
	ways := map[string]func(*reservation, *image) error{"remap": remap}
	for name, find := range finders {
		ways[name] = func(r *reservation, img *image) error { return restoreBy(find, r, img) }
	}
	for name, restore := range ways {
		for _, written := range []int{0, 1, 100, 400, 1500} {
			t.Run(fmt.Sprintf("%s of %d pages", name, written), func(t *testing.T) {
				testRestore(t, restore, written)
			})
		}
	}
}

func testRestore(t *testing.T, restore func(*reservation, *image) error, written int) {
	const pages = 2048
	content := make([]byte, pages*imagePageBytes)
	random := rand.New(rand.NewPCG(4, uint64(written)))
	for page := range pages {
		if random.IntN(3) > 0 { // the others stay holes
			content[page*imagePageBytes+random.IntN(imagePageBytes)] = 1
		}
	}
	img, err := photo(content)
	require.NoError(t, err)
	defer func() { require.NoError(t, img.close()) }()
	kept, err := img.content()
	require.NoError(t, err)
	require.True(t, bytes.Equal(content, kept))
	var r reservation
	require.NoError(t, r.reserve(img.size+8*PageBytes))
	defer r.release()
	require.NoError(t, r.mapImage(img))
	for range 5 {
		memory := r.commit(img.size)
		for range written {
			memory[random.IntN(len(memory))] ^= 0x55
		}
		if written > 0 {
			require.False(t, bytes.Equal(content, memory))
		}
		require.NoError(t, restore(&r, img))
		require.True(t, bytes.Equal(content, memory))
		kept, err := img.content()
		require.NoError(t, err)
		require.True(t, bytes.Equal(content, kept), "the image itself")
	}
}
