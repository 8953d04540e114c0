package vfs

import (
	"errors"
	"io/fs"
	"slices"
	"sync"
)

// Watcher is a Source that can tell of changes made to it from outside.
type Watcher interface {
	// Watch begins to watch; what, is said with Add. report is called with the path of
	// what was made, changed, renamed or removed, or with "" if anything may have
	// changed: when events were lost, or directories renamed. It may be called by any
	// goroutine and more often than needed, and does not wait. It is not called any
	// more once Close has returned.
	Watch(report func(path string)) (Watch, error)
}

// Watch is what Watcher.Watch began. Its methods may be called from any goroutine.
type Watch interface {
	// Add has the entries of a directory watched, not what is further below; again
	// does no harm. An error that does not match fs.ErrNotExist says that watching
	// came to its bounds.
	Add(directory string) error

	// Flush returns once everything has been reported that happened before it was
	// called. An error says that this cannot be known.
	Flush() error

	Close() error
}

// maxReported is how many paths are remembered until the tree is used next. Beyond
// it, everything is compared.
const maxReported = 10_000

// folderWatch collects what is reported of a folder.
type folderWatch struct {
	fs     *FS
	folder *folder
	watch  Watch // nil: there is none, or not any more. FS.mu guards it.

	mu    sync.Mutex
	paths map[string]struct{}
	all   bool
}

// watch begins to watch the folders that can be watched.
func (f *FS) watch() {
	for _, one := range f.folders {
		watcher, can := one.source.(Watcher)
		if !can {
			continue
		}
		w := &folderWatch{fs: f, folder: one}
		watch, err := watcher.Watch(w.report)
		if err != nil {
			continue // Refresh compares
		}
		w.watch, one.watch = watch, w
		f.watches = append(f.watches, w)
		if f.continued { // what is known is from before
			w.report("")
		}
	}
}

func (w *folderWatch) report(path string) {
	w.mu.Lock()
	switch {
	case path == "" || len(w.paths) >= maxReported:
		w.all, w.paths = true, nil
	case !w.all:
		if w.paths == nil {
			w.paths = make(map[string]struct{})
		}
		w.paths[path] = struct{}{}
	}
	w.mu.Unlock()
	w.fs.stale.Store(true)
}

// take returns what was reported since the last time, parents first.
func (w *folderWatch) take() (paths []string, all bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for path := range w.paths {
		paths = append(paths, path)
	}
	all = w.all
	w.paths, w.all = nil, false
	slices.Sort(paths)
	return paths, all
}

// close ends watching; from then on Refresh compares.
func (w *folderWatch) close() error {
	if w.watch == nil {
		return nil
	}
	watch := w.watch
	w.watch, w.folder.watch = nil, nil
	return watch.Close()
}

// attend has a directory of a Source watched, before anything is remembered of it.
func (f *FS) attend(dir *origin) {
	w := dir.folder.watch
	if w == nil || dir.watched {
		return
	}
	switch err := w.watch.Add(dir.path); {
	case err == nil:
		dir.watched = true
	case errors.Is(err, fs.ErrNotExist):
		if _, err := dir.folder.source.Lstat(dir.path); err == nil {
			_ = w.close() // the folder has another path by now
		}
	default:
		_ = w.close()
	}
}

// Refresh looks at what has changed outside, so that from here on the guest sees of
// folders what is there now: except what it has changed itself, which stays, and is a
// conflict for whoever syncs. A file that is open and was read stays until it is
// closed. To be called before each call of a session.
//
// Where folders are watched (Options.Watch), only what was reported is looked at, and
// the guest also sees what changes later, at its next access. Folders that are not,
// and those with too many directories, are compared: each thing that was touched is
// described anew.
func (f *FS) Refresh() {
	f.mu.Lock()
	defer f.unlock()
	if f.closed {
		return
	}
	for _, one := range f.folders {
		if one.watch != nil && one.watch.watch.Flush() != nil {
			_ = one.watch.close()
		}
	}
	f.refresh()
	for _, one := range f.folders {
		if one.watch == nil {
			f.compareFolder(one)
		}
	}
	f.followed = slices.DeleteFunc(f.followed, func(link *node) bool {
		if link.outside != nil && !changedBelow(link.outside) {
			f.dropOutside(link)
		}
		return link.outside == nil
	})
}

// refresh looks at what was reported.
func (f *FS) refresh() {
	f.stale.Store(false)
	for _, w := range f.watches {
		switch paths, all := w.take(); {
		case all:
			f.compareFolder(w.folder)
		default:
			for _, path := range paths {
				f.lookAgain(w.folder, path)
			}
		}
	}
}
