package wasm

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/tetratelabs/wazero"
)

// MemoryOnly as a cache folder keeps compiled code in memory and leaves the
// disk alone.
const MemoryOnly = "-"

// caches holds one wazero cache per folder for the life of the process: a cache
// owns the compiled code of every runtime that uses it, so two caches over one
// folder would hold that code twice.
var caches struct {
	sync.Mutex
	byDir map[string]wazero.CompilationCache
}

// sharedCache returns the process-wide cache of a folder and the folder's absolute
// path. Empty means the user's cache folder. A folder that cannot be used safely is
// replaced by memory (then the path is empty), with the reason logged: a missing
// cache costs time, never correctness.
func sharedCache(dir string, logger *slog.Logger) (wazero.CompilationCache, string) {
	caches.Lock()
	defer caches.Unlock()
	if caches.byDir == nil {
		caches.byDir = make(map[string]wazero.CompilationCache)
	}
	if dir != MemoryOnly {
		resolved, err := prepareCacheDir(dir)
		if err == nil {
			if cache, ok := caches.byDir[resolved]; ok {
				return cache, resolved
			}
			var cache wazero.CompilationCache
			if cache, err = wazero.NewCompilationCacheWithDir(resolved); err == nil {
				caches.byDir[resolved] = cache
				return cache, resolved
			}
		}
		logger.Warn("compiled code is kept in memory only: the cache folder cannot be used", "reason", err)
	}
	cache, ok := caches.byDir[MemoryOnly]
	if !ok {
		cache = wazero.NewCompilationCache()
		caches.byDir[MemoryOnly] = cache
	}
	return cache, ""
}

// DefaultCacheDir is where compiled code is kept unless told otherwise: the
// folder "funcbox" in the user's cache folder.
func DefaultCacheDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(base, "funcbox"), nil
}

// prepareCacheDir makes the folder with mode 0700 and refuses one that other
// users may write to: its files are machine code that this process will run.
func prepareCacheDir(dir string) (string, error) {
	if dir == "" {
		var err error
		if dir, err = DefaultCacheDir(); err != nil {
			return "", err
		}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return "", fmt.Errorf("%s is not a folder", dir)
	}
	if err := checkPrivate(dir, info); err != nil {
		return "", err
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return "", err
	}
	return dir, errors.Join(probe.Close(), os.Remove(probe.Name()))
}

var errSharedFolder = fmt.Errorf("%w: other users can write to it; use a folder of mode 0700", fs.ErrPermission)

// mendCache compiles a module whose entry in the cache cannot be read or written
// into a folder of its own and moves what appears there over the entry.
func mendCache(ctx context.Context, dir string, binary []byte) error {
	apart, err := os.MkdirTemp(dir, "mend-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(apart) }()
	cache, err := wazero.NewCompilationCacheWithDir(apart)
	if err != nil {
		return err
	}
	defer func() { _ = cache.Close(ctx) }()
	r := wazero.NewRuntimeWithConfig(ctx, runtimeConfig(cache))
	defer func() { _ = r.Close(ctx) }()
	compiled, err := compile(ctx, r, binary, 0)
	if err != nil {
		return err
	}
	if err := compiled.Close(ctx); err != nil {
		return err
	}
	return filepath.WalkDir(apart, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(apart, path)
		if err != nil {
			return err
		}
		return os.Rename(path, filepath.Join(dir, name))
	})
}
