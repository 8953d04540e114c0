package hostfs

import (
	"container/list"
	"io/fs"
	"sync"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// maxIdle is how many root directories that Follow found stay open while nobody
// uses them. Links may lead to thousands of folders (pnpm's node_modules do), and
// a process has about as many descriptors.
const maxIdle = 64

// maxFollowed is how many results of Follow are remembered.
const maxFollowed = 1 << 14

// family is a Folder that was opened, and all that was found by following links
// out of it. They are closed together.
type family struct {
	system system

	mu       sync.Mutex
	closed   bool
	root     *anchor
	idle     *list.List // of *anchor: open, not in use, to be opened again; the oldest first
	followed map[string]*Folder
}

// anchor is the root directory of a Folder: held for as long as the family lives,
// or (for what Follow found) opened again by path and compared.
type anchor struct {
	family *family
	path   string
	id     vfs.FileID
	pinned bool

	// Guarded by family.mu.
	dir   directory // nil: not open
	users int
	idle  *list.Element
}

func newFamily(system system) *family {
	return &family{system: system, idle: list.New(), followed: map[string]*Folder{}}
}

// pin makes the anchor of the Folder that the family begins with.
func (f *family) pin(path string, id vfs.FileID, dir directory) *anchor {
	f.root = &anchor{family: f, path: path, id: id, pinned: true, dir: dir}
	return f.root
}

// acquire returns the directory and keeps it open until release.
func (a *anchor) acquire() (directory, error) {
	f := a.family
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, fs.ErrClosed
	}
	if a.dir == nil {
		f.mu.Unlock()
		dir, err := a.reopen()
		f.mu.Lock()
		switch {
		case err != nil:
			return nil, err
		case f.closed:
			dir.close()
			return nil, fs.ErrClosed
		case a.dir != nil: // another goroutine was quicker
			dir.close()
		default:
			a.dir = dir
		}
	}
	if a.idle != nil {
		f.idle.Remove(a.idle)
		a.idle = nil
	}
	a.users++
	return a.dir, nil
}

func (a *anchor) reopen() (directory, error) {
	dir, err := a.family.system.open(a.path)
	if err != nil {
		return nil, err
	}
	if entry, err := dir.stat(); err != nil || entry.ID != a.id {
		dir.close()
		return nil, fsapi.ENOENT // another directory has that name now
	}
	return dir, nil
}

// release ends what acquire began.
func (a *anchor) release() {
	f := a.family
	f.mu.Lock()
	defer f.mu.Unlock()
	a.users--
	if a.users == 0 {
		f.rest(a)
	}
}

// rest closes what nobody uses now: all of it once the family is closed, else what
// has been idle for longest.
func (f *family) rest(a *anchor) {
	switch {
	case f.closed:
		a.shut()
	case !a.pinned:
		a.idle = f.idle.PushBack(a)
		if f.idle.Len() > maxIdle {
			oldest := f.idle.Remove(f.idle.Front()).(*anchor)
			oldest.idle = nil
			oldest.shut()
		}
	}
}

func (a *anchor) shut() {
	a.dir.close()
	a.dir = nil
}

// close closes what is idle; the rest follows when it is released.
func (f *family) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	f.closed = true
	for f.idle.Len() > 0 {
		a := f.idle.Remove(f.idle.Front()).(*anchor)
		a.idle = nil
		a.shut()
	}
	if f.root != nil && f.root.users == 0 {
		f.root.shut()
	}
	f.followed = nil
}

// adopt makes a Folder of a directory outside, or returns the one that was made of
// the same directory before. It takes over dir.
func (f *family) adopt(real, only string, dir directory) (*Folder, error) {
	entry, err := dir.stat()
	if err != nil {
		dir.close()
		return nil, err
	}
	key := real + "\x00" + only
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		dir.close()
		return nil, fs.ErrClosed
	}
	if known := f.followed[key]; known != nil && known.anchor.id == entry.ID {
		dir.close()
		return known, nil
	}
	if len(f.followed) >= maxFollowed {
		clear(f.followed) // whoever holds one goes on using it
	}
	a := &anchor{family: f, path: real, id: entry.ID, dir: dir}
	folder := &Folder{real: real, only: only, family: f, anchor: a}
	f.followed[key] = folder
	f.rest(a)
	return folder, nil
}
