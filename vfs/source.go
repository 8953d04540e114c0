package vfs

import (
	"io"
	"io/fs"
	"time"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Source is a read-only tree that a directory of FS is backed by: a folder of the
// host (vfs/hostfs) or an fs.FS (FromFS). It is safe for use by several
// goroutines, and one Source may serve many trees at once; a tree never closes it.
//
// Paths are relative to its root, as fs.ValidPath wants them ("." is the root). No
// component of a path is ever followed if it is a symbolic link: where one is in
// the way, there is nothing (ENOTDIR, ELOOP and ErrNotExist are all fine).
//
// A path names what ReadDir gives under exactly these bytes. A Source over a
// filesystem that ignores case or normalizes names has to answer fs.ErrNotExist
// for any other spelling, or rules about paths could be walked round.
//
// What is neither a directory, nor a regular file, nor a symbolic link is not
// there at all. Errors match those of io/fs, or are an fsapi.Errno.
type Source interface {
	// ReadDir lists a directory: names and types only, in any order.
	ReadDir(path string) ([]SourceName, error)

	// Lstat describes what is at a path, a symbolic link itself.
	Lstat(path string) (SourceEntry, error)

	// Open opens a regular file for reading. It does not wait, whatever the file
	// was replaced by meanwhile.
	Open(path string) (SourceFile, error)

	// Close frees what the Source holds. Its owner calls it after the last tree is
	// done.
	Close() error
}

// SourceName is an entry of a directory of a Source.
type SourceName struct {
	Name string
	Type fsapi.FileType
}

// SourceEntry describes a directory, regular file or symbolic link of a Source.
type SourceEntry struct {
	Type       fsapi.FileType
	Size       int64       // bytes, of a regular file
	Mode       fs.FileMode // permission bits
	ModTime    time.Time
	AccessTime time.Time // zero if unknown
	ChangeTime time.Time // of the inode, where the host keeps one; zero if unknown
	ID         FileID    // zero if unknown

	// Target is where a symbolic link points to, as it stands there.
	Target string

	// Inside is where a symbolic link leads in the same Source: a path from its
	// root, not resolved further. It is "" if the link leads out of it.
	Inside string
}

// FileID tells the files of a host apart: device and inode, or the like.
type FileID struct {
	Device, Inode uint64
}

// SourceFile is an open regular file of a Source. It stays the file that was
// opened, whatever happens to its name.
type SourceFile interface {
	io.ReaderAt
	io.Closer

	// Stat describes the file as it is now. The tree compares what it returns with
	// earlier answers to find out that a file has changed.
	Stat() (SourceEntry, error)
}

// Follower is a Source that can also follow symbolic links that lead out of it,
// for FollowAlways.
type Follower interface {
	// Follow resolves the symbolic link at a path of this Source all the way, and
	// returns a Source that has what it leads to at path ("." if outside is itself
	// the directory). outside belongs to the Follower, which closes it together
	// with itself.
	Follow(link string) (outside Source, path string, err error)
}
