package wasm

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCacheFolder(t *testing.T) {
	module := guest{Call: echo}.Module(t)
	use := func(t *testing.T, dir string) (logged string) {
		t.Helper()
		var log bytes.Buffer
		engine, err := NewEngine(context.Background(), Config{CacheDir: dir, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		require.NoError(t, err)
		defer func() { require.NoError(t, engine.Close(context.Background())) }()
		m := engine.Module(ModuleSpec{Name: "guest", Binary: packed(t, module)})
		require.Equal(t, "hello", string(run(t, m, "hello").Reply))
		return log.String()
	}
	files := func(t *testing.T, dir string) (n int) {
		t.Helper()
		require.NoError(t, filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() {
				n++
			}
			return err
		}))
		return n
	}

	t.Run("made with mode 0700 and filled", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "a", "b")
		require.Empty(t, use(t, dir))
		info, err := os.Stat(dir)
		require.NoError(t, err)
		if runtime.GOOS != "windows" {
			require.Equal(t, fs.FileMode(0o700), info.Mode().Perm())
		}
		require.Positive(t, files(t, dir))
		require.Empty(t, use(t, dir), "a second engine shares the cache")
	})
	t.Run("a file in its place", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		require.Contains(t, use(t, path), "kept in memory only")
	})
	t.Run("writable to others", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("mode bits mean nothing here")
		}
		dir := t.TempDir()
		require.NoError(t, os.Chmod(dir, 0o777))
		require.Contains(t, use(t, dir), "other users can write to it")
		require.Zero(t, files(t, dir))
	})
	t.Run("damaged entries", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "cache")
		require.Empty(t, use(t, dir))
		// Another process that finds the entries cut short; this one would take
		// the compiled code from its memory.
		require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() {
				return os.Truncate(path, 10)
			}
			return err
		}))
		caches.Lock()
		delete(caches.byDir, dir)
		caches.Unlock()
		require.Contains(t, use(t, dir), "has been replaced")
		caches.Lock()
		delete(caches.byDir, dir)
		caches.Unlock()
		require.Empty(t, use(t, dir), "mended for good")
	})
	t.Run("entries that cannot be written", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "cache")
		require.Empty(t, use(t, dir))
		// A folder where the entry should be can neither be read nor replaced.
		require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() {
				require.NoError(t, os.Remove(path))
				require.NoError(t, os.MkdirAll(filepath.Join(path, "x"), 0o700))
			}
			return err
		}))
		caches.Lock()
		delete(caches.byDir, dir)
		caches.Unlock()
		require.Contains(t, use(t, dir), "kept in memory")
	})
}
