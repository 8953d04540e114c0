package c

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

func TestLateFile(t *testing.T) {
	root := func(content func() ([]byte, bool)) fsapi.Directory {
		tree, err := vfs.New(vfs.Options{Files: map[vfs.Path][]byte{"/a": []byte("there")}, Directories: []vfs.Path{outputPath}})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, tree.Close()) })
		late := &lateFile{path: outputPath + "/late", content: content}
		opened, errno := (&lateFS{FileSystem: tree, late: late}).Root()
		require.Zero(t, errno)
		t.Cleanup(func() { opened.Close() })
		return opened
	}
	read := func(dir fsapi.Directory, path string) (string, fsapi.Errno) {
		_, file, errno := dir.OpenAt(path, fsapi.OpenRead)
		if errno != 0 {
			return "", errno
		}
		defer file.Close()
		buffer := make([]byte, 100)
		n, errno := file.ReadAt(buffer, 0)
		return string(buffer[:n]), errno
	}

	const late = ".funcbox/late"
	asked := 0
	dir := root(func() ([]byte, bool) { asked++; return []byte("written now"), true })
	got, errno := read(dir, "a")
	require.Zero(t, errno)
	require.Equal(t, "there", got)
	require.Zero(t, asked, "only for the file itself")
	for range 2 {
		got, errno = read(dir, late)
		require.Zero(t, errno)
		require.Equal(t, "written now", got)
	}
	stat, errno := dir.StatAt(late, true)
	require.Zero(t, errno)
	require.EqualValues(t, len("written now"), stat.Size)
	require.Equal(t, 1, asked, "once")
	require.Zero(t, dir.RenameAt("a", dir, "b"), "to a directory of its own")
	got, errno = read(dir, "b")
	require.Zero(t, errno)
	require.Equal(t, "there", got)

	_, errno = read(root(func() ([]byte, bool) { return nil, false }), late)
	require.Equal(t, fsapi.ENOENT, errno)
	_, errno = root(func() ([]byte, bool) { return nil, true }).StatAt(late, true)
	require.Zero(t, errno, "an empty one is there")
}
