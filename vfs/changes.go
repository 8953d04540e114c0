package vfs

import (
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// ChangeType says what happened to a path.
type ChangeType string

// The types of change.
const (
	Create ChangeType = "create"
	Modify ChangeType = "modify"
	Delete ChangeType = "delete"
)

// Change is a path that differs from the state at the start.
type Change struct {
	Type ChangeType
	Path Path

	// Mode has fs.ModeDir for a directory, fs.ModeSymlink for a symbolic link,
	// neither for a regular file. For a deletion it tells what was deleted.
	Mode fs.FileMode

	Size       int64     // bytes now; for a deletion, bytes at the start
	Content    []byte    // contents now, for a symbolic link its target; nil for deletions and directories
	OldContent []byte    // contents at the start; nil for creations and directories
	ModTime    time.Time // of the contents now; zero for a deletion
}

// IsDir says whether a directory was created or deleted.
func (c Change) IsDir() bool { return c.Mode.IsDir() }

// Changes are the differences between the tree and its state at the start, each
// list sorted by path. Contents are shared with the tree and must not be modified.
//
// A file that was written with the same bytes is no change. A rename is a deletion
// and a creation. Where a file became a directory or a symbolic link, or the other
// way round, the path is both deleted and created.
type Changes struct {
	Created, Modified, Deleted []Change

	// Incomplete is set when the guest made so many or so long paths that not all
	// changes are listed: paths of more than fsapi.PathMax bytes, and what comes
	// after all paths together have reached four times the tree's budget.
	Incomplete bool
}

// Empty says whether nothing changed.
func (c *Changes) Empty() bool {
	return len(c.Created) == 0 && len(c.Modified) == 0 && len(c.Deleted) == 0
}

// Changes compares the tree with its state at the start. Layers are left out. It
// can be called at any time; the tree can be used on.
func (f *FS) Changes() Changes {
	f.mu.Lock()
	defer f.mu.Unlock()
	var c Changes
	w := walk{fs: f, changes: &c, room: 4*f.budget + 1<<20}
	w.directory("/", f.root)
	w.deletions()
	for _, list := range [][]Change{c.Created, c.Modified, c.Deleted} {
		slices.SortFunc(list, func(a, b Change) int { return strings.Compare(string(a.Path), string(b.Path)) })
	}
	return c
}

type walk struct {
	fs          *FS
	changes     *Changes
	room        int64             // bytes of paths that may still be made
	directories map[Path]struct{} // directories at the start; made when first needed
}

func (w *walk) directory(path Path, dir *node) {
	if dir.entries == nil {
		return
	}
	for _, entry := range dir.entries.list {
		n := entry.node
		if n == nil {
			continue
		}
		length := len(path) + 1 + len(entry.name)
		if w.room -= int64(length); w.room < 0 || length > fsapi.PathMax {
			w.changes.Incomplete = true
			continue
		}
		at := path.join(entry.name)
		switch {
		case n.mountPoint:
			if !w.wasDirectory(at) {
				w.created(at, n)
			}
		case n.kind == fsapi.TypeDirectory:
			if !w.wasDirectory(at) {
				w.created(at, n)
			}
			w.directory(at, n)
		case n.kind == fsapi.TypeRegularFile:
			old, existed := w.fs.start.Files[at]
			if !existed {
				w.created(at, n)
			} else if !same(old, n.data) {
				change := w.change(Modify, at, n)
				change.OldContent = old
				w.changes.Modified = append(w.changes.Modified, change)
			}
		default:
			w.created(at, n)
		}
	}
}

func (w *walk) created(path Path, n *node) {
	w.changes.Created = append(w.changes.Created, w.change(Create, path, n))
}

func (w *walk) change(kind ChangeType, path Path, n *node) Change {
	c := Change{Type: kind, Path: path, ModTime: time.Unix(0, n.modifyTime).UTC()}
	switch n.kind {
	case fsapi.TypeDirectory:
		c.Mode = fs.ModeDir
	case fsapi.TypeSymbolicLink:
		c.Mode, c.Content, c.Size = fs.ModeSymlink, []byte(n.target), int64(len(n.target))
	default:
		n.shared = true // from now on the caller holds the contents too
		c.Content, c.Size = n.data, int64(len(n.data))
		if c.Content == nil {
			c.Content = []byte{}
		}
	}
	return c
}

// wasDirectory says whether there was a directory at the start.
func (w *walk) wasDirectory(path Path) bool {
	if w.directories == nil {
		w.directories = map[Path]struct{}{}
		add := func(path Path) {
			for ; path != "/"; path = path.Dir() {
				if _, there := w.directories[path]; there {
					return
				}
				w.directories[path] = struct{}{}
			}
		}
		for _, path := range w.fs.start.Directories {
			add(path)
		}
		for path := range w.fs.start.Files {
			add(path.Dir())
		}
		for _, mount := range w.fs.start.Layers {
			add(mount.Path)
		}
	}
	_, was := w.directories[path]
	return was
}

// deletions finds what was there at the start and is no longer, or is something
// else now.
func (w *walk) deletions() {
	for path, old := range w.fs.start.Files {
		if w.now(path) != fsapi.TypeRegularFile {
			w.changes.Deleted = append(w.changes.Deleted, Change{
				Type: Delete, Path: path, Size: int64(len(old)), OldContent: old,
			})
		}
	}
	w.wasDirectory("/") // makes the list
	for path := range w.directories {
		if w.now(path) != fsapi.TypeDirectory {
			w.changes.Deleted = append(w.changes.Deleted, Change{Type: Delete, Path: path, Mode: fs.ModeDir})
		}
	}
}

// now returns the type of what is at a path, without following symbolic links.
func (w *walk) now(path Path) fsapi.FileType {
	n := w.fs.root
	for rest := string(path[1:]); rest != "" && n != nil; {
		var name string
		name, rest = cutComponent(rest)
		n = n.entries.get(name)
	}
	if n == nil {
		return fsapi.TypeUnknown
	}
	return n.kind
}

// same compares contents, at no cost where they are the same memory.
func same(a, b []byte) bool {
	return len(a) == len(b) && (unsafe.SliceData(a) == unsafe.SliceData(b) || bytes.Equal(a, b))
}
