package guestfs

import "github.com/funcbox/funcbox/wasm/fsapi"

type file struct {
	handle
	appends bool
}

// access turns the errno of a descriptor that lacks a right into that of a file
// that was not opened for it.
func access(errno fsapi.Errno) fsapi.Errno {
	if errno == fsapi.ENOTCAPABLE {
		return fsapi.EBADF
	}
	return errno
}

// transfer calls fd_pread or fd_pwrite, or now and then seeks and calls fd_read
// or fd_write, which must come to the same.
func (f *file) transfer(at, plain string, n int, offset int64) (int, fsapi.Errno) {
	list, count := f.fs.vector(n)
	var errno fsapi.Errno
	if f.fs.turn++; f.fs.turn%2 == 0 || f.appends {
		errno = f.fs.call(at, uint64(f.fd), list, count, uint64(offset), atResult)
	} else if errno = f.fs.call("fd_seek", uint64(f.fd), uint64(offset), 0, atResult); errno == 0 {
		errno = f.fs.call(plain, uint64(f.fd), list, count, atResult)
	}
	if errno != 0 {
		return 0, access(errno)
	}
	return int(f.fs.u32()), fsapi.ESUCCESS
}

// ReadAt implements fsapi.File.
func (f *file) ReadAt(p []byte, offset int64) (int, fsapi.Errno) {
	unlock, ok := f.lock()
	defer unlock()
	if !ok {
		return 0, fsapi.EBADF
	}
	total := 0
	for {
		wanted := min(len(p), dataBytes)
		n, errno := f.transfer("fd_pread", "fd_read", wanted, offset)
		if errno != 0 {
			return total, errno
		}
		copy(p, f.fs.memory(atData, uint32(n)))
		total, offset, p = total+n, offset+int64(n), p[n:]
		if n < wanted || len(p) == 0 {
			return total, fsapi.ESUCCESS
		}
	}
}

// WriteAt implements fsapi.File.
func (f *file) WriteAt(p []byte, offset int64) (int, fsapi.Errno) {
	unlock, ok := f.lock()
	defer unlock()
	if !ok {
		return 0, fsapi.EBADF
	}
	total := 0
	for {
		wanted := copy(f.fs.memory(atData, dataBytes), p)
		n, errno := f.transfer("fd_pwrite", "fd_write", wanted, offset)
		if errno != 0 && total == 0 {
			return 0, errno
		}
		total, offset, p = total+n, offset+int64(n), p[n:]
		if errno != 0 || n < wanted || len(p) == 0 {
			return total, fsapi.ESUCCESS
		}
	}
}

// Append implements fsapi.File.
func (f *file) Append(p []byte) (n int, size int64, errno fsapi.Errno) {
	unlock, ok := f.lock()
	defer unlock()
	if !ok {
		return 0, 0, fsapi.EBADF
	}
	fd := uint64(f.fd)
	if !f.appends {
		if errno := f.fs.call("fd_fdstat_set_flags", fd, flagAppend); errno != 0 {
			return 0, 0, errno
		}
		defer func() { errno = max(errno, f.fs.call("fd_fdstat_set_flags", fd, 0)) }()
	}
	list, count := f.fs.vector(copy(f.fs.memory(atData, dataBytes), p))
	if errno := f.fs.call("fd_write", fd, list, count, atResult); errno != 0 {
		return 0, 0, access(errno)
	}
	n = int(f.fs.u32())
	if errno := f.fs.call("fd_tell", fd, atResult); errno != 0 {
		return 0, 0, errno
	}
	return n, int64(f.fs.u64()), fsapi.ESUCCESS
}

// SetSize implements fsapi.File.
func (f *file) SetSize(size int64) fsapi.Errno {
	unlock, ok := f.lock()
	defer unlock()
	if !ok {
		return fsapi.EBADF
	}
	return access(f.fs.call("fd_filestat_set_size", uint64(f.fd), uint64(size)))
}

// Allocate implements fsapi.File.
func (f *file) Allocate(offset, length int64) fsapi.Errno {
	unlock, ok := f.lock()
	defer unlock()
	if !ok {
		return fsapi.EBADF
	}
	return access(f.fs.call("fd_allocate", uint64(f.fd), uint64(offset), uint64(length)))
}
