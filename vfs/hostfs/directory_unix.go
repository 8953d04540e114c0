//go:build linux || darwin || freebsd || netbsd || openbsd

package hostfs

import (
	"io/fs"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// fileFlags opens regular files: nothing is waited for, no terminal is taken over
// and no symbolic link followed, whatever took the file's place.
const fileFlags = unix.O_RDONLY | unix.O_NONBLOCK | unix.O_NOFOLLOW | unix.O_CLOEXEC | unix.O_NOCTTY

// rootFlags go along with os.O_RDONLY where os.Root opens files.
const rootFlags = fileFlags

// listFlags opens a directory for its listing.
const listFlags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC

// unixDirectory is a directory held by its descriptor.
type unixDirectory struct {
	fd     int
	system *unixSystem
}

func (s *unixSystem) open(real string) (directory, error) {
	fd, err := s.openRoot(real)
	if err != nil {
		return nil, err
	}
	return &unixDirectory{fd, s}, nil
}

func (d *unixDirectory) child(path string) (directory, error) {
	fd, err := d.system.openBelow(d.fd, path)
	if err != nil {
		return nil, err
	}
	return &unixDirectory{fd, d.system}, nil
}

// walk opens a directory below another one, component by component. It is what
// the kernel does in one go where it has openat2.
func walk(fd int, path string) (int, error) {
	current := -1
	for rest := path; rest != ""; {
		name, after, _ := strings.Cut(rest, "/")
		from := fd
		if current >= 0 {
			from = current
		}
		next, err := retry(func() (int, error) { return unix.Openat(from, name, directoryFlags, 0) })
		if current >= 0 {
			_ = unix.Close(current)
		}
		if err != nil {
			return -1, err
		}
		current, rest = next, after
	}
	return current, nil
}

func (d *unixDirectory) stat() (vfs.SourceEntry, error) { return fstat(d.fd) }

func (d *unixDirectory) lstat(name string) (vfs.SourceEntry, error) {
	for range tries {
		var status unix.Stat_t
		if _, err := retry(func() (int, error) {
			return 0, unix.Fstatat(d.fd, name, &status, unix.AT_SYMLINK_NOFOLLOW)
		}); err != nil {
			return vfs.SourceEntry{}, err
		}
		entry := entryOf(&status)
		switch entry.Type {
		case fsapi.TypeUnknown:
			return vfs.SourceEntry{}, fsapi.ENOENT
		case fsapi.TypeSymbolicLink:
			target, err := readlink(d.fd, name)
			if err == unix.EINVAL { // it was a link a moment ago
				continue
			}
			entry.Target = target
			return entry, err
		}
		return entry, nil
	}
	return vfs.SourceEntry{}, fsapi.ENOENT
}

func (d *unixDirectory) close() { _ = unix.Close(d.fd) }

// readlink reads a symbolic link whole.
func readlink(fd int, name string) (string, error) {
	for size := 256; ; size *= 2 {
		buffer := make([]byte, size)
		n, err := retry(func() (int, error) { return unix.Readlinkat(fd, name, buffer) })
		if err != nil {
			return "", err
		}
		if n < size {
			return string(buffer[:n]), nil
		}
	}
}

// openSame opens the regular file that was described before. The answer is false
// if there is another one under its name now.
func openSame(flags func() (int, error), before vfs.SourceEntry) (vfs.SourceFile, bool, error) {
	fd, err := retry(flags)
	if err != nil {
		return nil, false, err
	}
	now, err := fstat(fd)
	if err == nil && (now.Type != fsapi.TypeRegularFile || now.ID != before.ID) {
		_ = unix.Close(fd)
		return nil, false, nil
	}
	if err == nil {
		// From here on the descriptor is one of a regular file, which the runtime's
		// poller has no use for.
		err = unix.SetNonblock(fd, false)
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, false, err
	}
	return &unixFile{os.NewFile(uintptr(fd), "file")}, true, nil
}

// unixFile is an open regular file. os.File keeps the descriptor valid for as long
// as a read is under way.
type unixFile struct{ file *os.File }

func (f *unixFile) ReadAt(p []byte, offset int64) (int, error) { return f.file.ReadAt(p, offset) }

func (f *unixFile) Close() error { return f.file.Close() }

func (f *unixFile) Stat() (entry vfs.SourceEntry, err error) {
	raw, err := f.file.SyscallConn()
	if err != nil {
		return entry, err
	}
	if raw.Control(func(fd uintptr) { entry, err = fstat(int(fd)) }) != nil {
		return entry, fs.ErrClosed
	}
	return entry, err
}

func fstat(fd int) (vfs.SourceEntry, error) {
	var status unix.Stat_t
	if _, err := retry(func() (int, error) { return 0, unix.Fstat(fd, &status) }); err != nil {
		return vfs.SourceEntry{}, err
	}
	return entryOf(&status), nil
}

func entryOf(status *unix.Stat_t) vfs.SourceEntry {
	entry := vfs.SourceEntry{
		Type:       typeOf(uint32(status.Mode)), //nolint:unconvert // uint16 on BSD
		Mode:       fs.FileMode(status.Mode) & fs.ModePerm,
		ModTime:    timeOf(status.Mtim),
		AccessTime: timeOf(status.Atim),
		ChangeTime: timeOf(status.Ctim),
		ID:         vfs.FileID{Device: uint64(status.Dev), Inode: uint64(status.Ino)}, //nolint:unconvert // other types on BSD
	}
	if entry.Type != fsapi.TypeDirectory {
		entry.Size = status.Size
	}
	return entry
}

func timeOf(value unix.Timespec) time.Time { return time.Unix(value.Unix()) }

func typeOf(mode uint32) fsapi.FileType {
	switch mode & unix.S_IFMT {
	case unix.S_IFDIR:
		return fsapi.TypeDirectory
	case unix.S_IFREG:
		return fsapi.TypeRegularFile
	case unix.S_IFLNK:
		return fsapi.TypeSymbolicLink
	}
	return fsapi.TypeUnknown
}

// retry repeats a system call that a signal interrupted, as it happens on network
// and FUSE filesystems.
func retry(call func() (int, error)) (int, error) {
	for {
		if n, err := call(); err != unix.EINTR {
			return n, err
		}
	}
}

// systemErrno translates the error numbers that lookups give.
func systemErrno(err error) fsapi.Errno {
	errno, ok := err.(unix.Errno)
	if !ok {
		return fsapi.ESUCCESS
	}
	switch errno {
	case unix.ENOENT, unix.ENXIO, unix.ENODEV, unix.EOPNOTSUPP: // the last three: sockets and devices
		return fsapi.ENOENT
	case unix.EACCES, unix.EPERM:
		return fsapi.EACCES
	case unix.ENOTDIR:
		return fsapi.ENOTDIR
	case unix.EISDIR:
		return fsapi.EISDIR
	case unix.ELOOP, unix.EXDEV, unix.EMLINK: // EMLINK: O_NOFOLLOW on FreeBSD
		return fsapi.ELOOP
	case unix.ENAMETOOLONG:
		return fsapi.ENAMETOOLONG
	case unix.EMFILE:
		return fsapi.EMFILE
	case unix.ENFILE:
		return fsapi.ENFILE
	case unix.ENOMEM:
		return fsapi.ENOMEM
	case unix.EAGAIN:
		return fsapi.EAGAIN
	case unix.EIO:
		return fsapi.EIO
	case unix.ESTALE:
		return fsapi.ESTALE
	case unix.ETIMEDOUT:
		return fsapi.ETIMEDOUT
	}
	return fsapi.ESUCCESS
}
