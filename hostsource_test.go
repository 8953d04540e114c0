package funcbox

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

func TestHostSourceAtRest(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(root, "a"), []byte("alpha"), 0o600))
	source, err := openHostSource(root)
	require.NoError(t, err)
	read := func(from vfs.Source, path string) (string, error) {
		file, err := from.Open(path)
		if err != nil {
			return "", err
		}
		defer func() { _ = file.Close() }()
		data := make([]byte, 10)
		n, _ := file.ReadAt(data, 0)
		return string(data[:n]), nil
	}
	for range 2 { // open, then at rest
		names, err := source.ReadDir(".")
		require.NoError(t, err)
		require.Len(t, names, 1)
		entry, err := source.Lstat("a")
		require.NoError(t, err)
		require.Equal(t, int64(5), entry.Size)
		text, err := read(source, "a")
		require.NoError(t, err)
		require.Equal(t, "alpha", text)
		_, err = source.Lstat("none")
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.NoError(t, source.rest())
		require.NoError(t, source.Close())
	}

	// A file that was opened stays open when the folder is closed meanwhile.
	var wait sync.WaitGroup
	again, err := openHostSource(root)
	require.NoError(t, err)
	for range 8 {
		wait.Go(func() {
			for range 50 {
				if text, err := read(again, "a"); text != "alpha" && !errors.Is(err, fs.ErrClosed) {
					t.Error(text, err)
				}
			}
		})
	}
	require.NoError(t, again.rest())
	wait.Wait()

	require.NoError(t, os.Rename(root, root+"-old"))
	t.Cleanup(func() { _ = os.RemoveAll(root + "-old") })
	_, err = source.Lstat("a")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, os.Mkdir(root, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(root, "a"), []byte("other"), 0o600))
	if runtime.GOOS != "windows" { // where there may be no identity to tell
		_, err = source.Lstat("a")
		require.ErrorIs(t, err, fsapi.ESTALE)
	}
	_, err = openHostSource(filepath.Join(root, "none"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestOutsideSourceAtRest(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege")
	}
	root, outside, further := t.TempDir(), t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(further, "f"), []byte("far"), 0o600))
	require.NoError(t, os.Symlink(further, filepath.Join(outside, "on")))
	require.NoError(t, os.Symlink(outside, filepath.Join(root, "out")))
	source, err := openHostSource(root)
	require.NoError(t, err)
	first, path, err := source.Follow("out")
	require.NoError(t, err)
	require.Equal(t, ".", path)
	follower, can := first.(vfs.Follower)
	require.True(t, can)
	second, path, err := follower.Follow("on")
	require.NoError(t, err)
	require.Equal(t, ".", path)
	for range 2 { // open, then at rest
		names, err := first.ReadDir(".")
		require.NoError(t, err)
		require.Equal(t, "on", names[0].Name)
		entry, err := second.Lstat("f")
		require.NoError(t, err)
		require.Equal(t, int64(3), entry.Size)
		file, err := second.Open("f")
		require.NoError(t, err)
		require.NoError(t, file.Close())
		require.NoError(t, second.Close())
		require.NoError(t, source.rest())
	}
	require.NoError(t, os.Remove(filepath.Join(root, "out")))
	_, err = first.ReadDir(".")
	require.Error(t, err)
	_, _, err = source.Follow("out")
	require.Error(t, err)
}
