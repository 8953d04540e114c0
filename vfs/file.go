package vfs

import (
	"math"
	"runtime"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// file is an open regular file.
type file struct {
	fs          *FS
	node        *node
	read, write bool
	closed      bool
}

func (f *FS) openFile(n *node, flags fsapi.OpenFlags) *file {
	n.handles++
	return &file{fs: f, node: n, read: flags&fsapi.OpenRead != 0, write: flags&fsapi.OpenWrite != 0}
}

func (h *file) ReadAt(p []byte, offset int64) (int, fsapi.Errno) {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	switch {
	case h.closed || !h.read:
		return 0, fsapi.EBADF
	case offset < 0:
		return 0, fsapi.EINVAL
	}
	data := h.node.data
	if h.node.layer != nil {
		if errno := h.node.layer.load(); errno != 0 {
			return 0, errno
		}
		data = h.node.layer.data
	}
	if offset >= int64(len(data)) {
		return 0, fsapi.ESUCCESS
	}
	return copy(p, data[offset:]), fsapi.ESUCCESS
}

func (h *file) WriteAt(p []byte, offset int64) (int, fsapi.Errno) {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if h.closed || !h.write {
		return 0, fsapi.EBADF
	}
	return h.fs.writeAt(h.node, p, offset)
}

func (h *file) Append(p []byte) (int, int64, fsapi.Errno) {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if h.closed || !h.write {
		return 0, 0, fsapi.EBADF
	}
	n, errno := h.fs.writeAt(h.node, p, int64(len(h.node.data)))
	return n, int64(len(h.node.data)), errno
}

func (h *file) SetSize(size int64) fsapi.Errno {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	switch {
	case h.closed || !h.write:
		return fsapi.EBADF
	case size < 0:
		return fsapi.EINVAL
	}
	return h.fs.setSize(h.node, size)
}

func (h *file) Allocate(offset, length int64) fsapi.Errno {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	switch {
	case h.closed || !h.write:
		return fsapi.EBADF
	case offset < 0 || length <= 0: // posix_fallocate
		return fsapi.EINVAL
	case length > math.MaxInt64-offset:
		return fsapi.EFBIG
	case offset+length <= int64(len(h.node.data)):
		return fsapi.ESUCCESS
	}
	return h.fs.setSize(h.node, offset+length)
}

func (h *file) Stat() (fsapi.Filestat, fsapi.Errno) {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if h.closed {
		return fsapi.Filestat{}, fsapi.EBADF
	}
	return h.node.stat(), fsapi.ESUCCESS
}

func (h *file) SetTimes(times fsapi.Times) fsapi.Errno {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if h.closed {
		return fsapi.EBADF
	}
	return h.node.setTimes(times)
}

func (h *file) Sync() fsapi.Errno {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if h.closed {
		return fsapi.EBADF
	}
	return fsapi.ESUCCESS
}

func (h *file) Close() fsapi.Errno {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if h.closed {
		return fsapi.EBADF
	}
	h.closed = true
	h.node.handles--
	h.fs.free(h.node)
	return fsapi.ESUCCESS
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
	size, end := int64(len(n.data)), offset+int64(len(p))
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
	at := now()
	n.modifyTime, n.changeTime = at, at
	return copy(n.data[offset:end], p), fsapi.ESUCCESS
}

func (f *FS) setSize(n *node, size int64) fsapi.Errno {
	if n.layer != nil {
		return fsapi.EROFS
	}
	if errno := f.resize(n, size); errno != 0 {
		return errno
	}
	at := now()
	n.modifyTime, n.changeTime = at, at
	return fsapi.ESUCCESS
}

// ownCost is what it costs to make contents the node's own that were there at the
// start and so are not charged for yet.
func (f *FS) ownCost(n *node) int64 {
	return int64(len(n.data)) - n.contentCharge
}

// resize makes the contents the node's own and size bytes long.
func (f *FS) resize(n *node, size int64) fsapi.Errno {
	length := int64(len(n.data))
	if size == length && !n.shared {
		return fsapi.ESUCCESS
	}
	cost := size - n.contentCharge
	if errno := f.charge(cost); errno != 0 {
		return errno
	}
	n.charged += cost
	n.contentCharge = size

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
