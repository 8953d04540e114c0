//go:build unix

package sync

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// lockDirectory locks a directory for other processes. Directories above a mount
// that may not be opened, and filesystems without locks, are left unlocked.
func lockDirectory(path string, exclusive bool) (directory *os.File, free bool, err error) {
	directory, err = os.Open(path)
	switch {
	case err != nil && !exclusive:
		return nil, true, nil
	case err != nil:
		return nil, false, err
	}
	how := unix.LOCK_SH
	if exclusive {
		how = unix.LOCK_EX
	}
	for {
		err = unix.Flock(int(directory.Fd()), how|unix.LOCK_NB)
		switch {
		case err == nil:
			return directory, true, nil
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EWOULDBLOCK):
			return nil, false, directory.Close()
		}
		return nil, true, directory.Close()
	}
}

// keepOwner gives a new file the owner of the one it replaces, as far as this
// process may.
func keepOwner(file *os.File, old fs.FileInfo) {
	was, ok := old.Sys().(*syscall.Stat_t)
	if !ok {
		return
	}
	info, err := file.Stat()
	if err != nil {
		return
	}
	if is, ok := info.Sys().(*syscall.Stat_t); ok && (is.Uid != was.Uid || is.Gid != was.Gid) {
		_ = file.Chown(int(was.Uid), int(was.Gid)) // not permitted: the file is ours then
	}
}

// syncDirectory waits until the disk has the entries of a directory.
func syncDirectory(directory *os.Root) error {
	file, err := directory.Open(".")
	if err != nil {
		return err
	}
	err = file.Sync()
	if errors.Is(err, unix.EINVAL) { // a filesystem that cannot
		err = nil
	}
	return errors.Join(err, file.Close())
}
