package wasm

import (
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

// sharedCache returns the process-wide cache of a folder. Empty means the user's
// cache folder. A folder that cannot be used safely is replaced by memory, with
// the reason logged: a missing cache costs time, never correctness.
func sharedCache(dir string, logger *slog.Logger) wazero.CompilationCache {
	caches.Lock()
	defer caches.Unlock()
	if caches.byDir == nil {
		caches.byDir = make(map[string]wazero.CompilationCache)
	}
	if dir != MemoryOnly {
		resolved, err := prepareCacheDir(dir)
		if err == nil {
			if cache, ok := caches.byDir[resolved]; ok {
				return cache
			}
			var cache wazero.CompilationCache
			if cache, err = wazero.NewCompilationCacheWithDir(resolved); err == nil {
				caches.byDir[resolved] = cache
				return cache
			}
		}
		logger.Warn("compiled code is kept in memory only: the cache folder cannot be used", "reason", err)
	}
	cache, ok := caches.byDir[MemoryOnly]
	if !ok {
		cache = wazero.NewCompilationCache()
		caches.byDir[MemoryOnly] = cache
	}
	return cache
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
