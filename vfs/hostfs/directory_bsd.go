//go:build darwin || freebsd || netbsd || openbsd

package hostfs

import (
	"os"

	"golang.org/x/sys/unix"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// directoryFlags opens directories to go through them. There is no way to do so
// on all of these systems without the right to list them.
const directoryFlags = listFlags

type unixSystem struct{}

func platform() system { return &unixSystem{} }

// openRoot does not go component by component, since that would take the right to
// list every folder above.
func (*unixSystem) openRoot(real string) (int, error) {
	return retry(func() (int, error) { return unix.Open(real, directoryFlags, 0) })
}

func (*unixSystem) openBelow(fd int, path string) (int, error) { return walk(fd, path) }

// open looks at the file, opens it, and compares what it got.
func (d *unixDirectory) open(name string) (vfs.SourceFile, vfs.SourceEntry, error) {
	for range tries {
		entry, err := d.lstat(name)
		if err != nil {
			return nil, entry, err
		}
		if entry.Type != fsapi.TypeRegularFile {
			return nil, entry, notRegular(entry.Type)
		}
		file, same, err := openSame(func() (int, error) { return unix.Openat(d.fd, name, fileFlags, 0) }, entry)
		if err == unix.ELOOP || err == unix.EMLINK || err == unix.ENXIO || err == unix.EOPNOTSUPP {
			continue // replaced since; look again what it is
		}
		if err != nil || same {
			return file, entry, err
		}
	}
	return nil, vfs.SourceEntry{}, fsapi.ENOENT
}

func (d *unixDirectory) bytewise() bool { return false }

func (d *unixDirectory) list() ([]vfs.SourceName, error) {
	fd, err := retry(func() (int, error) { return unix.Openat(d.fd, ".", listFlags, 0) })
	if err != nil {
		return nil, err
	}
	folder := os.NewFile(uintptr(fd), "folder")
	defer func() { _ = folder.Close() }()
	return listFile(folder)
}
