package guestfs

import "github.com/funcbox/funcbox/wasm/fsapi"

// Rights as the specification numbers them (type rights).
const (
	rightRead      = 1 << 1
	rightWrite     = 1 << 6
	rightAllocate  = 1 << 8
	rightReaddir   = 1 << 14
	rightSetSize   = 1 << 22
	rightsReading  = rightRead | rightReaddir
	rightsWriting  = rightWrite | rightAllocate | rightSetSize
	rightsAll      = 1<<28 - 1
	rightsWhatever = rightsAll &^ (rightsReading | rightsWriting)
)

// Flags as the specification numbers them (lookupflags, oflags, fdflags).
const (
	lookupFollow  = 1
	openCreate    = 1
	openDirectory = 2
	openExclusive = 4
	openTruncate  = 8
	flagAppend    = 1

	direntBytes = 24
)

type directory struct{ handle }

// OpenAt implements fsapi.Directory.
func (d *directory) OpenAt(path string, flags fsapi.OpenFlags) (fsapi.Directory, fsapi.File, fsapi.Errno) {
	unlock, ok := d.lock()
	defer unlock()
	if !ok {
		return nil, nil, fsapi.EBADF
	}
	lookup, opening, rights, descriptorFlags := uint64(0), uint64(0), uint64(rightsWhatever), uint64(0)
	for _, f := range []struct {
		flag fsapi.OpenFlags
		to   *uint64
		bits uint64
	}{
		{fsapi.OpenFollow, &lookup, lookupFollow},
		{fsapi.OpenCreate, &opening, openCreate},
		{fsapi.OpenDirectory, &opening, openDirectory},
		{fsapi.OpenExclusive, &opening, openExclusive},
		{fsapi.OpenTruncate, &opening, openTruncate},
		{fsapi.OpenRead, &rights, rightsReading},
		{fsapi.OpenWrite, &rights, rightsWriting},
		{fsapi.OpenAppend, &descriptorFlags, flagAppend},
	} {
		if flags&f.flag != 0 {
			*f.to |= f.bits
		}
	}
	fd, path := d.base(path)
	pointer, length := d.fs.put(atPath, path)
	errno := d.fs.call("path_open", fd, lookup, pointer, length, opening, rights, rightsAll, descriptorFlags, atResult)
	if errno != 0 {
		return nil, nil, errno
	}
	opened := handle{fs: d.fs, fd: d.fs.u32()}
	d.fs.open[opened.fd] = true
	if errno := d.fs.call("fd_fdstat_get", uint64(opened.fd), atData); errno != 0 {
		return nil, nil, errno
	}
	if fsapi.FileType(d.fs.memory(atData, 1)[0]) == fsapi.TypeDirectory {
		return &directory{opened}, nil, fsapi.ESUCCESS
	}
	return nil, &file{handle: opened, appends: flags&fsapi.OpenAppend != 0}, fsapi.ESUCCESS
}

func followFlag(follow bool) uint64 {
	if follow {
		return lookupFollow
	}
	return 0
}

// StatAt implements fsapi.Directory.
func (d *directory) StatAt(path string, follow bool) (fsapi.Filestat, fsapi.Errno) {
	unlock, ok := d.lock()
	defer unlock()
	if !ok {
		return fsapi.Filestat{}, fsapi.EBADF
	}
	fd, path := d.base(path)
	pointer, length := d.fs.put(atPath, path)
	if errno := d.fs.call("path_filestat_get", fd, followFlag(follow), pointer, length, atData); errno != 0 {
		return fsapi.Filestat{}, errno
	}
	return d.fs.filestat(atData), fsapi.ESUCCESS
}

// SetTimesAt implements fsapi.Directory.
func (d *directory) SetTimesAt(path string, follow bool, times fsapi.Times) fsapi.Errno {
	unlock, ok := d.lock()
	defer unlock()
	if !ok {
		return fsapi.EBADF
	}
	fd, path := d.base(path)
	pointer, length := d.fs.put(atPath, path)
	return d.fs.call("path_filestat_set_times", fd, followFlag(follow), pointer, length,
		uint64(times.Access), uint64(times.Modify), timeFlags(times))
}

// MkdirAt implements fsapi.Directory.
func (d *directory) MkdirAt(path string) fsapi.Errno { return d.at("path_create_directory", path) }

// RemoveDirectoryAt implements fsapi.Directory.
func (d *directory) RemoveDirectoryAt(path string) fsapi.Errno {
	return d.at("path_remove_directory", path)
}

// UnlinkAt implements fsapi.Directory.
func (d *directory) UnlinkAt(path string) fsapi.Errno { return d.at("path_unlink_file", path) }

// RenameAt implements fsapi.Directory.
func (d *directory) RenameAt(path string, to fsapi.Directory, toPath string) fsapi.Errno {
	return d.toOther("path_rename", nil, path, to, toPath)
}

// LinkAt implements fsapi.Directory.
func (d *directory) LinkAt(path string, follow bool, to fsapi.Directory, toPath string) fsapi.Errno {
	return d.toOther("path_link", []uint64{followFlag(follow)}, path, to, toPath)
}

// toOther calls a function that takes two descriptors and paths; lookup comes
// after the first descriptor.
func (d *directory) toOther(name string, lookup []uint64, path string, to fsapi.Directory, toPath string) fsapi.Errno {
	unlock, ok := d.lock()
	defer unlock()
	other, same := to.(*directory)
	switch {
	case !ok:
		return fsapi.EBADF
	case !same || other.fs != d.fs:
		return fsapi.EXDEV
	case other.closed && d.fs.open[other.fd]:
		return fsapi.EBADF
	}
	fd, path := d.base(path)
	pointer, length := d.fs.put(atPath, path)
	toFd, toPath := other.base(toPath)
	toPointer, toLength := d.fs.put(atPath2, toPath)
	args := append(append([]uint64{fd}, lookup...), pointer, length, toFd, toPointer, toLength)
	return d.fs.call(name, args...)
}

// SymlinkAt implements fsapi.Directory.
func (d *directory) SymlinkAt(target, path string) fsapi.Errno {
	unlock, ok := d.lock()
	defer unlock()
	if !ok {
		return fsapi.EBADF
	}
	fd, path := d.base(path)
	pointer, length := d.fs.put(atPath, path)
	targetPointer, targetLength := d.fs.put(atPath2, target)
	return d.fs.call("path_symlink", targetPointer, targetLength, fd, pointer, length)
}

// ReadlinkAt implements fsapi.Directory.
func (d *directory) ReadlinkAt(path string) (string, fsapi.Errno) {
	unlock, ok := d.lock()
	defer unlock()
	if !ok {
		return "", fsapi.EBADF
	}
	fd, path := d.base(path)
	pointer, length := d.fs.put(atPath, path)
	if errno := d.fs.call("path_readlink", fd, pointer, length, atData, fsapi.PathMax, atResult); errno != 0 {
		return "", errno
	}
	return string(d.fs.memory(atData, d.fs.u32())), fsapi.ESUCCESS
}

// ReadDir implements fsapi.Directory.
func (d *directory) ReadDir(cookie uint64, entries []fsapi.Dirent) (int, fsapi.Errno) {
	unlock, ok := d.lock()
	defer unlock()
	if !ok {
		return 0, fsapi.EBADF
	}
	// Room for one entry at least, and mostly for too few: the last one is cut.
	size := min(max(len(entries)*32, direntBytes+fsapi.NameMax), dataBytes)
	if errno := d.fs.call("fd_readdir", uint64(d.fd), atData, uint64(size), cookie, atResult); errno != 0 {
		return 0, errno
	}
	b := d.fs.memory(atData, d.fs.u32())
	n := 0
	for n < len(entries) && len(b) >= direntBytes {
		length := int(le.Uint32(b[16:]))
		if len(b) < direntBytes+length {
			break
		}
		entries[n] = fsapi.Dirent{
			Next: le.Uint64(b), Inode: le.Uint64(b[8:]), Type: fsapi.FileType(b[20]),
			Name: string(b[direntBytes : direntBytes+length]),
		}
		b = b[direntBytes+length:]
		n++
	}
	return n, fsapi.ESUCCESS
}
