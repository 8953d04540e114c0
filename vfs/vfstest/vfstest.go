// Package vfstest is a conformance suite for filesystems that fulfill wasm/fsapi:
// what POSIX and WASI preview 1 ask of them. It says nothing about budgets,
// layers and changes, which are vfs's own.
package vfstest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Run runs all cases, each on a tree of its own that create makes: empty and
// writable, with room for at least 1 MiB.
func Run(t *testing.T, create func(t *testing.T) fsapi.FileSystem) {
	t.Helper()
	for _, group := range []struct {
		name  string
		cases map[string]func(*Tree)
	}{
		{"open", openCases},
		{"file", fileCases},
		{"directory", directoryCases},
		{"list", listCases},
		{"rename", renameCases},
		{"link", linkCases},
		{"path", pathCases},
		{"times", timesCases},
		{"handle", handleCases},
	} {
		t.Run(group.name, func(t *testing.T) {
			for name, run := range group.cases {
				t.Run(name, func(t *testing.T) { run(NewTree(t, create(t))) })
			}
		})
	}
}

// Tree is a filesystem with its root open, and shorthands that fail the test when
// something unexpected happens.
type Tree struct {
	T    *testing.T
	FS   fsapi.FileSystem
	Root fsapi.Directory
}

// NewTree opens the root; it is closed when the test ends.
func NewTree(t *testing.T, files fsapi.FileSystem) *Tree {
	t.Helper()
	root, errno := files.Root()
	require.Equal(t, fsapi.ESUCCESS, errno)
	t.Cleanup(func() { root.Close() })
	return &Tree{T: t, FS: files, Root: root}
}

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

// Write creates a file, or replaces its contents.
func (x *Tree) Write(path, content string) {
	x.T.Helper()
	file := x.Open(path, readWrite|fsapi.OpenCreate|fsapi.OpenTruncate|fsapi.OpenFollow)
	n, errno := file.WriteAt([]byte(content), 0)
	x.OK(errno)
	require.Equal(x.T, len(content), n)
	x.OK(file.Close())
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
	}
}

// Stat describes what path names, without following a symbolic link.
func (x *Tree) Stat(path string) fsapi.Filestat {
	x.T.Helper()
	stat, errno := x.Root.StatAt(path, false)
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
	names := []string{}
	for _, entry := range x.Entries(directory, 7) {
		names = append(names, entry.Name)
	}
	x.OK(directory.Close())
	return names
}
