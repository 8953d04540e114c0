//go:build !funcbox_portable

package wasm

import (
	"encoding/binary"
	"fmt"
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// pageBytes is the system's page size, the grain of copy-on-write.
var pageBytes = uint64(os.Getpagesize())

// pageRange is a range of addresses whose pages differ from the image's file.
// Same layout as struct page_region of linux/fs.h.
type pageRange struct{ start, end, categories uint64 }

// finder lists the pages that were written, that is, are no longer the file's.
// full means that there may be more from next on.
type finder func(found []pageRange, start, end uint64) (n int, next uint64, err error)

// restoreImage puts back what was written, by the best means that this kernel
// has.
func restoreImage(r *reservation, img *image) error { return restoreBy(writtenPages(), r, img) }

// pageRanges saves an allocation at each reset.
var pageRanges = sync.Pool{New: func() any { return new([128]pageRange) }}

// restoreBy copies the written pages back from the image. The pages stay the
// instance's own, so the next call that writes to them meets no fault. Without a
// finder, or where too much was written, all pages are given back instead.
func restoreBy(find finder, r *reservation, img *image) error {
	if find == nil {
		return r.discard(0, img.size)
	}
	base := uint64(uintptr(unsafe.Pointer(&r.all[0])))
	ranges := pageRanges.Get().(*[128]pageRange)
	defer pageRanges.Put(ranges)
	written := uint64(0)
	source, err := img.content()
	if err != nil {
		return err
	}
	for at, end := base, base+img.size; at < end; {
		n, next, err := find(ranges[:], at, end)
		if err != nil {
			return fmt.Errorf("finding written pages: %w", err)
		}
		for _, found := range ranges[:n] {
			written += found.end - found.start
			if written > keptBytes {
				return r.discard(0, img.size)
			}
			copy(r.all[found.start-base:found.end-base], source[found.start-base:found.end-base])
		}
		at = next
	}
	return nil
}

// changed returns the ranges of the first size bytes that may differ from the image.
func (r *reservation) changed(img *image, size uint64) ([]span, error) {
	find := writtenPages()
	if find == nil {
		return compared(r.all[:size], img)
	}
	base := uint64(uintptr(unsafe.Pointer(&r.all[0])))
	ranges := pageRanges.Get().(*[128]pageRange)
	defer pageRanges.Put(ranges)
	var found []span
	for at, end := base, base+size; at < end; {
		n, next, err := find(ranges[:], at, end)
		if err != nil {
			return nil, fmt.Errorf("finding written pages: %w", err)
		}
		for _, r := range ranges[:n] {
			found = append(found, span{r.start - base, r.end - base})
		}
		at = next
	}
	return found, nil
}

// discard drops the pages of a range; they read as the image or as zeros again.
func (r *reservation) discard(from, to uint64) error {
	if err := unix.Madvise(r.all[from:to], unix.MADV_DONTNEED); err != nil {
		return fmt.Errorf("discarding memory: %w", err)
	}
	return nil
}

// writtenPages returns the best finder that works in this process, or nil. It is
// tried out once: containers may hide the file, and a process that is not
// dumpable may not open it.
var writtenPages = sync.OnceValue(func() finder {
	pagemap, err := os.Open("/proc/self/pagemap")
	if err != nil {
		return nil
	}
	for _, find := range []finder{scanPagemap(pagemap), readPagemap(pagemap)} {
		if worksAsFinder(find) {
			return find
		}
	}
	_ = pagemap.Close()
	return nil
})

// Constants of PAGEMAP_SCAN (linux/fs.h, since Linux 6.7).
const (
	pagemapScan   = 0xC0606610 // _IOWR('f', 16, struct pm_scan_arg)
	pageIsFile    = 1 << 2
	pageIsPresent = 1 << 3
	pageIsSwapped = 1 << 4
)

// scanRequest is struct pm_scan_arg of linux/fs.h.
type scanRequest struct {
	size, flags, start, end, walkEnd, vector, vectorLength, maxPages uint64
	inverted, mask, anyOf, returned                                  uint64
}

// scanPagemap asks the kernel for the ranges.
func scanPagemap(pagemap *os.File) finder {
	return func(found []pageRange, start, end uint64) (int, uint64, error) {
		request := scanRequest{
			start: start, end: end,
			vector: uint64(uintptr(unsafe.Pointer(&found[0]))), vectorLength: uint64(len(found)),
			inverted: pageIsFile, mask: pageIsFile, anyOf: pageIsPresent | pageIsSwapped,
			returned: pageIsFile,
		}
		request.size = uint64(unsafe.Sizeof(request))
		n, _, errno := unix.Syscall(unix.SYS_IOCTL, pagemap.Fd(), pagemapScan, uintptr(unsafe.Pointer(&request)))
		if errno != 0 {
			return 0, 0, errno
		}
		if request.walkEnd <= start || request.walkEnd > end {
			return 0, 0, fmt.Errorf("the kernel's walk ended at %#x of [%#x, %#x)", request.walkEnd, start, end)
		}
		return int(n), request.walkEnd, nil
	}
}

// Bits of an entry of /proc/pid/pagemap (Documentation/admin-guide/mm/pagemap.rst).
const (
	entryBytes   = 8
	entryPresent = 1 << 63
	entrySwapped = 1 << 62
	entryFile    = 1 << 61 // page of a file, or shared anonymous
)

// readPagemap reads the entries of all pages and looks at their bits.
func readPagemap(pagemap *os.File) finder {
	return func(found []pageRange, start, end uint64) (int, uint64, error) {
		var entries [512 * entryBytes]byte
		n := 0
		for at := start; at < end; {
			pages := min((end-at)/pageBytes, uint64(len(entries)/entryBytes))
			if _, err := pagemap.ReadAt(entries[:pages*entryBytes], int64(at/pageBytes*entryBytes)); err != nil {
				return 0, 0, err
			}
			for i := range pages {
				entry := binary.NativeEndian.Uint64(entries[i*entryBytes:])
				if entry&(entryPresent|entrySwapped) == 0 || entry&entryFile != 0 {
					continue
				}
				page := at + i*pageBytes
				if n > 0 && found[n-1].end == page {
					found[n-1].end += pageBytes
					continue
				}
				if n == len(found) {
					return n, page, nil
				}
				found[n] = pageRange{start: page, end: page + pageBytes}
				n++
			}
			at += pages * pageBytes
		}
		return n, end, nil
	}
}

// worksAsFinder tries a finder on an image of eight pages of which two are read
// and three written.
func worksAsFinder(find finder) bool {
	content := make([]byte, 8*pageBytes)
	for page := range uint64(8) {
		content[page*pageBytes] = byte(page + 1)
	}
	img, err := photo(content)
	if err != nil {
		return false
	}
	defer func() { _ = img.close() }()
	var r reservation
	if r.reserve(img.size) != nil {
		return false
	}
	defer r.release()
	if r.mapImage(img) != nil {
		return false
	}
	memory := r.commit(img.size)
	memory[1*pageBytes], memory[2*pageBytes], memory[6*pageBytes] = memory[0], memory[4*pageBytes], 99
	base := uint64(uintptr(unsafe.Pointer(&memory[0])))
	var ranges [8]pageRange
	n, next, err := find(ranges[:], base, base+img.size)
	return err == nil && next == base+img.size && n == 2 &&
		ranges[0].start == base+1*pageBytes && ranges[0].end == base+3*pageBytes &&
		ranges[1].start == base+6*pageBytes && ranges[1].end == base+7*pageBytes
}
