package sync

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// A batch holds an exclusive lock on each of its folders and a shared one on every
// folder above, so that batches into folders inside one another exclude each other
// too. Locks are taken from the root of the filesystem downwards, all batches in the
// same order, so that none waits for another in a circle.
//
// There are two kinds at once: one of this process, and one that the system keeps on
// the directory itself, which other processes see and which dies with its owner.
type locks []*held

type held struct {
	path      string
	exclusive bool
	directory *os.File // nil: the system has no lock for it
}

// process are the locks of this process: -1 is exclusive, else the number of
// shared ones.
var process = struct {
	sync.Mutex
	byPath map[string]int
}{byPath: make(map[string]int)}

// Waiting for a lock begins with the first pause, which is doubled up to the last.
const (
	firstPause = 200 * time.Microsecond
	lastPause  = 20 * time.Millisecond
)

// lock takes the locks for folders; it waits until ctx ends.
func lock(ctx context.Context, folders []string) (locks, error) {
	wanted := make(map[string]bool) // whether exclusive
	for _, folder := range folders {
		real, err := filepath.EvalSymlinks(folder)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(real)
		switch {
		case err != nil:
			return nil, err
		case !info.IsDir(): // opening a FIFO would wait
			return nil, &fs.PathError{Op: "lock", Path: folder, Err: errNoDirectory}
		}
		wanted[real] = true
		for path := filepath.Dir(real); ; path = filepath.Dir(path) {
			if !wanted[path] {
				wanted[path] = false
			}
			if path == filepath.Dir(path) {
				break
			}
		}
	}
	paths := make([]string, 0, len(wanted))
	for path := range wanted {
		paths = append(paths, path)
	}
	slices.Sort(paths) // a folder comes before what is in it
	var taken locks
	for _, path := range paths {
		one, err := wait(ctx, path, wanted[path])
		if err != nil {
			return nil, errors.Join(err, taken.release())
		}
		taken = append(taken, one)
	}
	return taken, nil
}

func wait(ctx context.Context, path string, exclusive bool) (*held, error) {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		one, err := try(path, exclusive)
		if one != nil || err != nil {
			return one, err
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, context.Cause(ctx)
		}
	}
}

// try takes one lock; nil without an error if another one is in the way.
func try(path string, exclusive bool) (*held, error) {
	if !processTry(path, exclusive) {
		return nil, nil
	}
	one := &held{path: path, exclusive: exclusive}
	directory, free, err := lockDirectory(path, exclusive)
	if err != nil || !free {
		processRelease(path)
		return nil, err
	}
	one.directory = directory
	return one, nil
}

func processTry(path string, exclusive bool) bool {
	process.Lock()
	defer process.Unlock()
	switch holders := process.byPath[path]; {
	case holders < 0, exclusive && holders > 0:
		return false
	case exclusive:
		process.byPath[path] = -1
	default:
		process.byPath[path] = holders + 1
	}
	return true
}

func processRelease(path string) {
	process.Lock()
	defer process.Unlock()
	if process.byPath[path] <= 1 {
		delete(process.byPath, path)
	} else {
		process.byPath[path]--
	}
}

// release gives all locks back.
func (l locks) release() error {
	var errs []error
	for _, one := range slices.Backward(l) {
		if one.directory != nil {
			errs = append(errs, one.directory.Close())
		}
		processRelease(one.path)
	}
	return errors.Join(errs...)
}
