package hostfs

import (
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// system is a way to open directories of the host. There are three: Linux with
// openat2, unix with openat, and os.Root.
type system interface {
	// open opens the directory at an absolute path without symbolic links.
	open(real string) (directory, error)
}

// directory is an open directory of the host. No method follows a symbolic link,
// and none is told anything but names below the directory that is held.
type directory interface {
	// child opens a directory below; path has one or more components.
	child(path string) (directory, error)

	// stat describes the directory itself.
	stat() (vfs.SourceEntry, error)

	// lstat describes an entry. What is neither a directory, a regular file nor a
	// symbolic link does not exist.
	lstat(name string) (vfs.SourceEntry, error)

	// open opens and describes a regular file.
	open(name string) (vfs.SourceFile, vfs.SourceEntry, error)

	// list returns the entries with names that guests may see.
	list() ([]vfs.SourceName, error)

	// bytewise says whether the filesystem is known not to normalize names. It may
	// still ignore case.
	bytewise() bool

	close()
}

// tries is how often a file or link that is replaced again and again is looked at
// before that counts as its absence.
const tries = 64

// notRegular is the error of opening something that is not a regular file.
func notRegular(kind fsapi.FileType) error {
	switch kind {
	case fsapi.TypeDirectory:
		return fsapi.EISDIR
	case fsapi.TypeSymbolicLink:
		return fsapi.ELOOP
	}
	return fsapi.ENOENT
}
