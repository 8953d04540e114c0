package vfs

import (
	"math"
	"runtime"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// readAt reads up to len(p) bytes at offset.
func (f *FS) readAt(n *node, p []byte, offset int64) (int, fsapi.Errno) {
	if n.isDevice() {
		return n.readDevice(p)
	}
	data := n.data
	if n.layer != nil {
		if errno := n.layer.load(); errno != 0 {
			return 0, errno
		}
		data = n.layer.data
	}
	if n.lazy {
		kept, errno := f.keep(n)
		switch {
		case errno != 0:
			return 0, errno
		case !kept:
			return f.readAllSource(n, p, offset)
		}
		data = n.data
	}
	if offset >= int64(len(data)) {
		return 0, fsapi.ESUCCESS
	}
	return copy(p, data[offset:]), fsapi.ESUCCESS
}

// readAllSource is readSource for any number of bytes.
func (f *FS) readAllSource(n *node, p []byte, offset int64) (int, fsapi.Errno) {
	total := 0
	for total < len(p) {
		count, errno := f.readSource(n, p[total:], offset+int64(total))
		if errno != 0 {
			return 0, errno
		}
		if total += count; count == 0 {
			break
		}
	}
	return total, fsapi.ESUCCESS
}

// writeAt writes as much of p as the budget allows.
func (f *FS) writeAt(n *node, p []byte, offset int64) (int, fsapi.Errno) {
	switch {
	case offset < 0:
		return 0, fsapi.EINVAL
	case len(p) == 0:
		return 0, fsapi.ESUCCESS
	case offset > math.MaxInt64-int64(len(p)):
		return 0, fsapi.EFBIG
	}
	size, end := n.size(), offset+int64(len(p))
	if end > size {
		// What does not fit is cut off; a gap before offset has to fit as a whole.
		end = min(end, max(size, size+f.available()-f.ownCost(n)))
		if end <= offset {
			return 0, fsapi.ENOSPC
		}
	}
	if errno := f.resize(n, max(size, end)); errno != 0 {
		return 0, errno
	}
	n.touch(now())
	return copy(n.data[offset:end], p), fsapi.ESUCCESS
}

func (f *FS) setSize(n *node, size int64) fsapi.Errno {
	if n.layer != nil {
		return fsapi.EROFS
	}
	if errno := f.resize(n, size); errno != 0 {
		return errno
	}
	n.touch(now())
	return fsapi.ESUCCESS
}

// ownCost is what it costs to make contents the node's own that were there at the
// start and so are not charged for yet.
func (f *FS) ownCost(n *node) int64 {
	return n.size() - n.contentCharge
}

// resize makes the contents the node's own and size bytes long.
func (f *FS) resize(n *node, size int64) fsapi.Errno {
	length := n.size()
	if size == length && !n.shared && !n.lazy {
		return fsapi.ESUCCESS
	}
	cost := size - n.contentCharge
	if errno := f.charge(cost); errno != 0 {
		return errno
	}
	if n.lazy {
		data := make([]byte, size)
		if kept := min(length, size); kept > 0 {
			if errno := f.copyUp(n, data[:kept]); errno != 0 {
				f.used -= cost
				return errno
			}
		}
		f.closeSource(n)
		n.lazy, n.data, n.shared = false, data, false
	}
	n.charged += cost
	n.contentCharge = size
	n.written = true

	capacity := int64(cap(n.data))
	switch {
	case size == 0:
		n.data = nil
	case n.shared || size > capacity || capacity > 2*size+4096:
		grown := size
		if size > length && !n.shared {
			// Ahead, so that many small writes do not copy everything each time: by a
			// half, which with the rule above keeps capacity below twice the charge.
			grown = max(size, min(length+length/2, size+f.available()))
			grown = max(grown, min(512, size+f.available()))
		}
		data := make([]byte, size, grown)
		inPieces(min(len(data), len(n.data)), func(from, to int) { copy(data[from:to], n.data[from:to]) })
		n.data = data
	default:
		n.data = n.data[:size]
		if size > length {
			added := n.data[length:]
			inPieces(len(added), func(from, to int) { clear(added[from:to]) })
		}
	}
	n.shared = false
	return fsapi.ESUCCESS
}

// pieceBytes is how much is copied at once. A longer copy would hold up the garbage
// collector, which has to wait for it, and with that all goroutines.
const pieceBytes = 1 << 20

// inPieces splits a range in pieces and lets others run between them.
func inPieces(length int, step func(from, to int)) {
	for from := 0; from < length; from += pieceBytes {
		if from > 0 {
			runtime.Gosched()
		}
		step(from, min(from+pieceBytes, length))
	}
}
