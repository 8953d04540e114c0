package vfstest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Tree is a filesystem with a directory open, and shorthands that fail the test
// when something unexpected happens. Paths are relative to that directory.
type Tree struct {
	T    *testing.T
	FS   fsapi.FileSystem
	Top  fsapi.Directory // the root of the filesystem
	Root fsapi.Directory // where cases work
	At   string          // the absolute path of Root; empty if it is Top

	guarded bool
}

// NewTree opens the root; it is closed when the test ends.
func NewTree(t *testing.T, files fsapi.FileSystem) *Tree {
	t.Helper()
	root, errno := files.Root()
	require.Equal(t, fsapi.ESUCCESS, errno)
	t.Cleanup(func() { root.Close() })
	return &Tree{T: t, FS: files, Top: root, Root: root}
}

// Abs returns the absolute form of a path.
func (x *Tree) Abs(path string) string { return x.At + "/" + path }

// OK requires success.
func (x *Tree) OK(errno fsapi.Errno) {
	x.T.Helper()
	x.Is(fsapi.ESUCCESS, errno)
}

// Is requires an errno.
func (x *Tree) Is(want, got fsapi.Errno) {
	x.T.Helper()
	require.Equal(x.T, want.Name(), got.Name())
}

const readWrite = fsapi.OpenRead | fsapi.OpenWrite

// Open opens a file.
func (x *Tree) Open(path string, flags fsapi.OpenFlags) fsapi.File {
	x.T.Helper()
	directory, file, errno := x.Root.OpenAt(path, flags)
	x.OK(errno)
	require.Nil(x.T, directory)
	require.NotNil(x.T, file)
	x.T.Cleanup(func() { file.Close() })
	return file
}

// OpenFails requires that opening fails with an errno.
func (x *Tree) OpenFails(want fsapi.Errno, path string, flags fsapi.OpenFlags) {
	x.T.Helper()
	directory, file, errno := x.Root.OpenAt(path, flags)
	x.Is(want, errno)
	require.Nil(x.T, directory)
	require.Nil(x.T, file)
}

// OpenDir opens a directory.
func (x *Tree) OpenDir(path string) fsapi.Directory {
	x.T.Helper()
	directory, file, errno := x.Root.OpenAt(path, fsapi.OpenDirectory|fsapi.OpenFollow|fsapi.OpenRead)
	x.OK(errno)
	require.Nil(x.T, file)
	require.NotNil(x.T, directory)
	x.T.Cleanup(func() { directory.Close() })
	return directory
}

// Mkdir creates directories.
func (x *Tree) Mkdir(paths ...string) {
	x.T.Helper()
	for _, path := range paths {
		x.OK(x.Root.MkdirAt(path))
	}
}

// Symlink creates a symbolic link.
func (x *Tree) Symlink(target, path string) {
	x.T.Helper()
	x.OK(x.Root.SymlinkAt(target, path))
}

// Rename renames.
func (x *Tree) Rename(from, to string) {
	x.T.Helper()
	x.OK(x.Root.RenameAt(from, x.Root, to))
}

// Unlink removes files and symbolic links.
func (x *Tree) Unlink(paths ...string) {
	x.T.Helper()
	for _, path := range paths {
		x.OK(x.Root.UnlinkAt(path))
	}
}

// Write creates a file, or replaces its contents.
func (x *Tree) Write(path, content string) {
	x.T.Helper()
	file := x.Open(path, readWrite|fsapi.OpenCreate|fsapi.OpenTruncate|fsapi.OpenFollow)
	x.WriteAt(file, content, 0)
	x.OK(file.Close())
}

// WriteAt writes all of a text into an open file.
func (x *Tree) WriteAt(file fsapi.File, content string, offset int64) {
	x.T.Helper()
	n, errno := file.WriteAt([]byte(content), offset)
	x.OK(errno)
	require.Equal(x.T, len(content), n)
}

// Append appends all of a text to an open file.
func (x *Tree) Append(file fsapi.File, content string) {
	x.T.Helper()
	n, _, errno := file.Append([]byte(content))
	x.OK(errno)
	require.Equal(x.T, len(content), n)
}

// Read returns the contents of a file.
func (x *Tree) Read(path string) string {
	x.T.Helper()
	file := x.Open(path, fsapi.OpenRead|fsapi.OpenFollow)
	content := x.Contents(file)
	x.OK(file.Close())
	return content
}

// Contents returns the contents of an open file.
func (x *Tree) Contents(file fsapi.File) string {
	x.T.Helper()
	var all []byte
	p := make([]byte, 1000)
	for {
		n, errno := file.ReadAt(p, int64(len(all)))
		x.OK(errno)
		if n == 0 {
			return string(all)
		}
		all = append(all, p[:n]...)
		p = p[:cap(p)]
		if len(all) >= 1<<13 {
			p = make([]byte, 1<<15)
		}
	}
}

// Has requires that a file has these contents.
func (x *Tree) Has(path, content string) {
	x.T.Helper()
	require.Equal(x.T, content, x.Read(path), path)
}

// Stat describes what path names, without following a symbolic link.
func (x *Tree) Stat(path string) fsapi.Filestat {
	x.T.Helper()
	stat, errno := x.Root.StatAt(path, false)
	x.OK(errno)
	return stat
}

// StatFails requires that following path to its end fails with an errno.
func (x *Tree) StatFails(want fsapi.Errno, path string) {
	x.T.Helper()
	_, errno := x.Root.StatAt(path, true)
	require.Equal(x.T, want.Name(), errno.Name(), path)
}

// FileStat describes an open file or directory.
func (x *Tree) FileStat(open interface {
	Stat() (fsapi.Filestat, fsapi.Errno)
}) fsapi.Filestat {
	x.T.Helper()
	stat, errno := open.Stat()
	x.OK(errno)
	return stat
}

// Missing requires that nothing is at path.
func (x *Tree) Missing(path string) {
	x.T.Helper()
	_, errno := x.Root.StatAt(path, false)
	x.Is(fsapi.ENOENT, errno)
}

// Entries lists a directory, batch entries at a time, without "." and "..", which
// it requires to come first.
func (x *Tree) Entries(directory fsapi.Directory, batch int) []fsapi.Dirent {
	x.T.Helper()
	var all []fsapi.Dirent
	entries := make([]fsapi.Dirent, batch)
	for cookie := uint64(0); ; cookie = all[len(all)-1].Next {
		n, errno := directory.ReadDir(cookie, entries)
		x.OK(errno)
		if n == 0 {
			break
		}
		all = append(all, entries[:n]...)
	}
	require.GreaterOrEqual(x.T, len(all), 2)
	require.Equal(x.T, ".", all[0].Name)
	require.Equal(x.T, "..", all[1].Name)
	return all[2:]
}

// Names lists the names in the directory at path.
func (x *Tree) Names(path string) []string {
	x.T.Helper()
	directory := x.OpenDir(path)
	names := x.NamesIn(directory)
	x.OK(directory.Close())
	return names
}

// NamesIn lists the names in an open directory.
func (x *Tree) NamesIn(directory fsapi.Directory) []string {
	x.T.Helper()
	names := []string{}
	for _, entry := range x.Entries(directory, 7) {
		names = append(names, entry.Name)
	}
	return names
}
