package vfs

import (
	"math"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// file is an open regular file or device.
type file struct {
	fs          *FS
	node        *node
	read, write bool
	closed      bool
	created     bool   // by this handle
	drop        bool   // changes succeed and are forgotten
	virtual     bool   // changes are in memory only
	judged      uint64 // FS.moves+1 when it was found that the node may be changed
}

func (f *FS) openFile(n *node, flags fsapi.OpenFlags) *file {
	n.handles++
	return &file{fs: f, node: n, read: flags&fsapi.OpenRead != 0, write: flags&fsapi.OpenWrite != 0}
}

// begin locks the tree; the caller unlocks it whatever begin returns.
func (h *file) begin(access bool) fsapi.Errno {
	h.fs.mu.Lock()
	if h.closed || !access || h.fs.closed {
		return fsapi.EBADF
	}
	if h.fs.stale.Load() {
		h.fs.refresh()
	}
	return fsapi.ESUCCESS
}

func (h *file) ReadAt(p []byte, offset int64) (int, fsapi.Errno) {
	errno := h.begin(h.read)
	defer h.fs.unlock()
	switch {
	case errno != 0:
		return 0, errno
	case offset < 0:
		return 0, fsapi.EINVAL
	}
	return h.fs.readAt(h.node, p, offset)
}

// mayWrite judges the path where the file is by now.
func (h *file) mayWrite() (drop bool, errno fsapi.Errno) {
	f := h.fs
	if h.drop || !f.guarded || f.trusted || h.node.removed {
		return h.drop, fsapi.ESUCCESS
	}
	if h.judged != f.moves+1 {
		r, how := f.judgeNode(h.node), really
		if !h.created || !r.allowed.Has(perm.Create) {
			if how, errno = f.mayChange(&r, perm.Modify); how == pretended || errno != 0 {
				return how == pretended, errno
			}
		}
		h.judged, h.virtual = f.moves+1, how == virtually
	}
	if h.virtual {
		h.fs.markVirtual(h.node)
	}
	return false, fsapi.ESUCCESS
}

func (h *file) WriteAt(p []byte, offset int64) (int, fsapi.Errno) {
	errno := h.begin(h.write)
	defer h.fs.unlock()
	if errno != 0 {
		return 0, errno
	}
	if h.node.isDevice() {
		return len(p), fsapi.ESUCCESS
	}
	if drop, errno := h.mayWrite(); errno != 0 || drop {
		return h.dropped(p, offset, errno)
	}
	return h.fs.writeAt(h.node, p, offset)
}

// dropped is what a write answers that was refused or that goes nowhere.
func (h *file) dropped(p []byte, offset int64, errno fsapi.Errno) (int, fsapi.Errno) {
	switch {
	case errno != 0:
		return 0, errno
	case offset < 0:
		return 0, fsapi.EINVAL
	case offset > math.MaxInt64-int64(len(p)):
		return 0, fsapi.EFBIG
	}
	return len(p), fsapi.ESUCCESS
}

func (h *file) Append(p []byte) (int, int64, fsapi.Errno) {
	errno := h.begin(h.write)
	defer h.fs.unlock()
	if errno != 0 {
		return 0, 0, errno
	}
	if h.node.isDevice() {
		return len(p), 0, fsapi.ESUCCESS
	}
	size := h.node.size()
	if drop, errno := h.mayWrite(); errno != 0 || drop {
		n, errno := h.dropped(p, size, errno)
		return n, size + int64(n), errno
	}
	n, errno := h.fs.writeAt(h.node, p, size)
	return n, h.node.size(), errno
}

func (h *file) SetSize(size int64) fsapi.Errno {
	errno := h.begin(h.write)
	defer h.fs.unlock()
	switch {
	case errno != 0:
		return errno
	case size < 0 || h.node.isDevice():
		return fsapi.EINVAL
	}
	if drop, errno := h.mayWrite(); errno != 0 || drop {
		return errno
	}
	return h.fs.setSize(h.node, size)
}

func (h *file) Allocate(offset, length int64) fsapi.Errno {
	errno := h.begin(h.write)
	defer h.fs.unlock()
	switch {
	case errno != 0:
		return errno
	case offset < 0 || length <= 0: // posix_fallocate
		return fsapi.EINVAL
	case length > math.MaxInt64-offset:
		return fsapi.EFBIG
	case h.node.isDevice():
		return fsapi.ENODEV
	}
	if drop, errno := h.mayWrite(); errno != 0 || drop {
		return errno
	}
	if offset+length <= h.node.size() {
		return fsapi.ESUCCESS
	}
	return h.fs.setSize(h.node, offset+length)
}

func (h *file) Stat() (fsapi.Filestat, fsapi.Errno) {
	errno := h.begin(true)
	defer h.fs.unlock()
	if errno != 0 {
		return fsapi.Filestat{}, errno
	}
	return h.node.stat(), fsapi.ESUCCESS
}

func (h *file) SetTimes(times fsapi.Times) fsapi.Errno {
	errno := h.begin(true)
	defer h.fs.unlock()
	if errno != 0 {
		return errno
	}
	if h.write {
		// As with contents: who may write the file may set its times.
		if drop, errno := h.mayWrite(); errno != 0 || drop {
			return errno
		}
		return h.node.setTimes(times)
	}
	return h.fs.setTimes(h.node, times)
}

func (h *file) Sync() fsapi.Errno {
	errno := h.begin(true)
	defer h.fs.unlock()
	return errno
}

func (h *file) Close() fsapi.Errno {
	h.fs.mu.Lock()
	defer h.fs.unlock()
	if h.closed {
		return fsapi.EBADF
	}
	h.close()
	return fsapi.ESUCCESS
}

func (h *file) close() {
	h.closed = true
	n := h.node
	n.handles--
	h.fs.free(n)
	if n.outdated && n.handles == 0 && !n.removed {
		n.outdated = false
		if n.parent.origin.child(n.name) == n.origin {
			h.fs.compareEntry(n.parent, n, true)
		}
	}
}

// Path returns the path that the file has at the moment, for messages.
func (h *file) Path() string { return h.fs.pathNow(h.node) }
