package vfs

import (
	"slices"
	"strings"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Synced says that the changes of these paths were written to the host. What the host
// has at them now becomes the state that Changes compares with: so they are changes no
// longer, and take nothing of the budget. Contents are read from the host again when
// they are needed.
//
// What the guest has written since Changes was called stays, as a change of what the
// host has now. Paths in no Folder, and those whose directory is not on the host, are
// left as they are.
func (f *FS) Synced(paths []Path) {
	f.mu.Lock()
	defer f.unlock()
	if f.closed {
		return
	}
	paths = slices.Clone(paths)
	slices.Sort(paths) // directories before what is in them
	for _, path := range slices.Compact(paths) {
		f.synced(path)
	}
}

func (f *FS) synced(path Path) {
	above := f.originAt(path.Dir())
	if path == "/" || above == nil {
		return
	}
	name, below := path.Base(), joinSource(above.path, path.Base())
	entry, err := above.folder.source.Lstat(below)
	if err != nil && missing(err) != 0 {
		return
	}
	there := err == nil && validEntry(entry) && above.folder.admits(below, entry.Type)
	dir := f.nodeAt(path.Dir())
	if dir == nil || dir.origin != above {
		if !there { // in a directory that was removed or renamed
			delete(above.children, name)
		}
		return
	}
	n := f.known(dir, name)
	if n != nil && (n.mountPoint || n.virtual) {
		return
	}
	f.attend(above)
	f.relist(dir)
	fresh := &origin{folder: above.folder, path: below, entry: entry}
	switch {
	case n == nil:
		delete(above.children, name) // what is there by now, if anything, is not the guest's doing
	case !there:
		delete(above.children, name)
	case entry.Type == n.kind && f.rebase(n, fresh):
		above.add(name, n.origin)
	default:
		above.add(name, fresh)
	}
}

// rebase makes a node one of what the host has. It says no to what is something else
// there.
func (f *FS) rebase(n *node, fresh *origin) bool {
	old := n.origin
	switch n.kind {
	case fsapi.TypeSymbolicLink:
		if fresh.folder.shownTarget(fresh.entry) != n.target {
			return false
		}
	case fsapi.TypeDirectory:
		if old.ofSource() && old.folder == fresh.folder && old.path == fresh.path {
			old.entry = fresh.entry
			fresh = old
		}
	default:
		n.origin = fresh
		if !n.lazy && !n.shared { // written since Changes shared it
			n.written = true
			return true
		}
		f.closeSource(n)
		if old != nil && !n.written {
			f.dropKept(old)
		}
		n.data, n.shared, n.lazy, n.written = nil, false, true, false
	}
	n.origin = fresh
	f.used -= n.charged
	n.charged, n.contentCharge, n.timed = 0, 0, false
	n.describe()
	return true
}

// originAt returns what was at a path of a folder at the start; nil if nothing was
// touched there.
func (f *FS) originAt(path Path) *origin {
	var zone *folder
	for _, one := range f.folders {
		if path.Within(one.mount) && (zone == nil || len(one.mount) > len(zone.mount)) {
			zone = one
		}
	}
	if zone == nil {
		return nil
	}
	o := zone.node.origin
	if path == zone.mount {
		return o
	}
	rest := strings.TrimPrefix(strings.TrimPrefix(string(path), string(zone.mount)), "/")
	for name := range strings.SplitSeq(rest, "/") {
		if o = o.children[name]; !o.ofSource() {
			return nil
		}
	}
	return o
}

// nodeAt returns the directory at a path, through no symbolic link; nil if none was
// touched there.
func (f *FS) nodeAt(path Path) *node {
	n := f.root
	if path == "/" {
		return n
	}
	for name := range strings.SplitSeq(string(path[1:]), "/") {
		if n = f.known(n, name); n == nil || n.kind != fsapi.TypeDirectory || n.layer != nil {
			return nil
		}
	}
	return n
}
