package vfs

import (
	"strings"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// The parts of a tree that come from Sources are brought up to date here. What the
// guest did not change becomes what the host has. What it did is left alone: its
// baseline is the state that the guest went out from, by which a conflict is found.

// lookAgain brings a path of a folder up to date that was reported as changed.
func (f *FS) lookAgain(one *folder, path string) {
	dir := one.node
	if path == "." {
		f.relist(dir)
		return
	}
	for {
		name, after, more := strings.Cut(path, "/")
		n, was := f.known(dir, name), dir.origin.child(name)
		switch {
		case was == nil: // not touched yet, or the guest made something of that name
			f.relist(dir)
			return
		case n == nil || n.origin != was:
			return // removed, renamed or replaced by the guest
		case !more:
			f.compareEntry(dir, n, true)
			return
		case n.kind != fsapi.TypeDirectory:
			return
		}
		dir, path = n, after
	}
}

// known returns the node of an entry, if it has one.
func (f *FS) known(dir *node, name string) *node {
	if n := dir.entries.get(name); n != nil {
		return n
	}
	if dir.entries.pictures() {
		if one := dir.entries.picturedChild(name); one != nil {
			return f.use(dir, one)
		}
	}
	return nil
}

// relist has a directory listed anew.
func (f *FS) relist(dir *node) {
	o := dir.origin
	o.listing = nil
	if entry, err := o.folder.source.Lstat(o.path); err == nil && entry.Type == fsapi.TypeDirectory {
		o.entry = entry
		dir.describe()
	}
}

// compareFolder compares everything that was touched in a folder.
func (f *FS) compareFolder(one *folder) {
	f.relist(one.node)
	f.compareBelow(one.node)
}

// compareBelow compares what was touched below a directory.
func (f *FS) compareBelow(dir *node) {
	o := dir.origin
	o.listing, o.watched = nil, false
	f.useAll(dir)
	if dir.entries == nil {
		return
	}
	f.attend(o)
	for name, one := range dir.entries.byName {
		n := one.node
		if was := o.children[name]; was != nil && n.origin == was && was.ofSource() {
			f.compareEntry(dir, n, false)
		}
	}
}

// compareEntry brings an entry that is where it was at the start up to date, with all
// below it unless told, which says that the change of just this one was reported.
func (f *FS) compareEntry(dir, n *node, told bool) {
	o := n.origin
	entry, err := o.folder.source.Lstat(o.path)
	switch {
	case err != nil && missing(err) != 0:
		return // nobody knows
	case err != nil || !validEntry(entry) || entry.Type != n.kind || !o.folder.admits(o.path, entry.Type):
		f.vanish(dir, n)
		return
	}
	switch n.kind {
	case fsapi.TypeRegularFile:
		if told || !sameState(&entry, &o.entry) {
			f.renewFile(n, entry)
		}
	case fsapi.TypeSymbolicLink:
		f.renewLink(n, entry)
	case fsapi.TypeDirectory:
		another := entry.ID != o.entry.ID
		o.entry, o.listing = entry, nil
		n.describe()
		if another || !told {
			f.compareBelow(n)
		}
	}
}

// renewFile makes a file that the guest did not change what it is on the host.
func (f *FS) renewFile(n *node, entry SourceEntry) {
	o := n.origin
	switch {
	case n.written || n.virtual || o.virtual:
		return
	case n.handles > 0 && (o.read || !n.lazy):
		n.outdated = true // until it is closed
		return
	}
	f.closeSource(n)
	f.dropKept(o)
	if o.counted {
		o.folder.loaded -= o.entry.Size
	}
	n.data, n.shared, n.lazy = nil, false, true
	o.data, o.loaded, o.read, o.hashed, o.counted, o.skipped = nil, false, false, false, false, false
	o.entry = entry
	n.describe()
}

// dropKept notes that contents that were kept are kept no longer.
func (f *FS) dropKept(o *origin) {
	if o.kept {
		f.kept -= int64(len(o.data))
		o.kept = false
	}
}

func (f *FS) renewLink(n *node, entry SourceEntry) {
	o := n.origin
	if entry.Target == o.entry.Target && entry.Inside == o.entry.Inside || n.virtual || n.outside != nil && changedBelow(n.outside) {
		return
	}
	if n.outside != nil {
		f.dropOutside(n)
	}
	o.entry = entry
	n.target = o.folder.shownTarget(entry)
	n.describe()
}

// dropOutside forgets what a link led to.
func (f *FS) dropOutside(link *node) {
	f.removeOutside(link.outside, now())
	link.outside = nil
}

// vanish takes away what is not on the host any more, or is something else there. It
// leaves what the guest changed, and the directories that leads through.
func (f *FS) vanish(dir, n *node) {
	if n.kind == fsapi.TypeDirectory {
		f.compareBelow(n)
	}
	if n.virtual || changedBelow(n) {
		return
	}
	f.dropKept(n.origin)
	delete(dir.origin.children, n.name)
	dir.origin.listing = nil
	dir.entries.remove(n.name)
	n.removed = true
	if n.outside != nil {
		f.dropOutside(n)
	}
	f.free(n)
	f.touched--
}

// changedBelow says whether the guest changed a node that is where it was at the
// start, or something below it.
func changedBelow(n *node) bool {
	if n.written || n.virtual || !n.origin.ofSource() || lost(n) || n.outside != nil && changedBelow(n.outside) {
		return true
	}
	if n.entries != nil {
		for _, one := range n.entries.byName {
			if one.number > 0 || one.node.mountPoint || changedBelow(one.node) {
				return true
			}
		}
	}
	return false
}
