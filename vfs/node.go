package vfs

import (
	"io/fs"
	"time"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// node is a directory, a regular file, a symbolic link or a device. FS.mu guards
// it.
type node struct {
	inode    uint64
	kind     fsapi.FileType
	removed  bool // has no name any more
	shared   bool // others hold data too: copy before the first write
	lazy     bool // a regular file whose contents are still in origin's Source; data is not used
	written  bool // contents may differ from origin's
	timed    bool // the guest set or changed times
	outdated bool // the host has another file by now, but this one is open
	virtual  bool // what is here was done in memory only and is no change
	mode     fs.FileMode
	handles  int   // open handles
	charged  int64 // what of the budget it holds: cost, name, target and contents

	accessTime, modifyTime, changeTime int64

	// Where it is. The root is its own parent.
	name   string
	parent *node

	// origin is what it was at the start; nil if it was made since then.
	origin *origin

	// Regular file.
	data []byte
	// contentCharge is the part of charged that is for data: its length, or 0 as
	// long as data is what was there at the start.
	contentCharge int64
	file          SourceFile // open as long as there are handles and lazy is set

	// Symbolic link.
	target  string
	outside *node // what a link of a Source leads to outside of it, once it was followed

	// Directory.
	entries    *entries   // of a Source and of a layer those used so far
	layer      *layerNode // with it everything is read-only
	layerIndex int
	mountPoint bool
	folder     *folder // of a mount point: what begins here, nil for a layer
}

func now() int64 { return time.Now().UnixNano() }

func (f *FS) newNode(kind fsapi.FileType, at int64) *node {
	f.lastInode++
	return &node{inode: f.lastInode, kind: kind, accessTime: at, modifyTime: at, changeTime: at}
}

// create makes a node with a name in dir and charges for it.
func (f *FS) create(dir *node, name string, kind fsapi.FileType, target string) (*node, fsapi.Errno) {
	if errno := dir.writable(); errno != 0 {
		return nil, errno
	}
	cost := int64(nodeCost + len(name) + len(target))
	if errno := f.charge(cost); errno != 0 {
		return nil, errno
	}
	at := now()
	n := f.newNode(kind, at)
	n.target, n.charged = target, cost
	dir.link(name, n)
	dir.touch(at)
	return n, fsapi.ESUCCESS
}

// touch notes that the entries of a directory or the contents of a file changed.
func (n *node) touch(at int64) { n.modifyTime, n.changeTime, n.timed = at, at, true }

// writable says whether entries of the directory can be changed.
func (n *node) writable() fsapi.Errno {
	switch {
	case n.layer != nil:
		return fsapi.EROFS
	case n.removed:
		return fsapi.ENOENT
	}
	return fsapi.ESUCCESS
}

// link gives child a name in the directory.
func (n *node) link(name string, child *node) {
	if n.entries == nil {
		n.entries = &entries{}
	}
	n.entries.add(name, child)
	n.adopt(name, child)
}

// linkUnnumbered is link for what has its place in the listing of a Source or a
// layer.
func (n *node) linkUnnumbered(name string, child *node) {
	if n.entries == nil {
		n.entries = &entries{}
	}
	n.entries.addUnnumbered(name, child)
	n.adopt(name, child)
}

func (n *node) adopt(name string, child *node) {
	child.parent, child.name = n, name
	if child.outside != nil {
		child.outside.parent, child.outside.name = n, name
	}
}

// remove takes the name of child away, for good.
func (f *FS) remove(dir *node, name string, child *node) {
	at := now()
	dir.entries.remove(name)
	dir.touch(at)
	child.removed, child.changeTime, child.timed = true, at, true
	if child.outside != nil {
		f.removeOutside(child.outside, at)
	}
	f.free(child)
}

// removeOutside lets go of what a removed link led to.
func (f *FS) removeOutside(n *node, at int64) {
	n.removed, n.changeTime = true, at
	f.free(n)
}

// free gives the bytes of a node back when nothing can reach it any more.
func (f *FS) free(n *node) {
	if n.handles == 0 {
		f.closeSource(n)
	}
	if n.removed && n.handles == 0 {
		if n.entries != nil {
			// Only what a removed link led to can still have entries.
			for _, one := range n.entries.byName {
				one.node.removed = true
				f.free(one.node)
			}
		}
		f.used -= n.charged
		n.charged, n.contentCharge, n.data, n.lazy, n.entries, n.outside = 0, 0, nil, false, nil, nil
	}
}

// markVirtual notes that something was done to the node in memory only. What it was
// at the start does not count as gone then either: it might be lost.
func (f *FS) markVirtual(n *node) {
	n.virtual = true
	if n.origin != nil {
		n.origin.virtual = true
	}
	if n.entries != nil {
		f.useAll(n)
		for _, one := range n.entries.byName {
			f.markVirtual(one.node)
		}
	}
}

// size of a regular file or a symbolic link.
func (n *node) size() int64 {
	switch {
	case n.kind == fsapi.TypeSymbolicLink:
		return int64(len(n.target))
	case n.kind != fsapi.TypeRegularFile:
		return 0
	case n.layer != nil:
		return n.layer.size
	case n.lazy:
		return n.origin.entry.Size
	}
	return int64(len(n.data))
}

func (n *node) stat() fsapi.Filestat {
	s := fsapi.Filestat{
		Device: 1, Inode: n.inode, Type: n.kind, Links: 1, Mode: n.permissions(), Size: n.size(),
		AccessTime: n.accessTime, ModifyTime: n.modifyTime, ChangeTime: n.changeTime,
	}
	if n.removed {
		s.Links = 0
	}
	return s
}

// permissions are the bits to show: those of the host, or what everybody may do.
func (n *node) permissions() fs.FileMode {
	switch {
	case n.mode != 0:
		return n.mode
	case n.kind == fsapi.TypeCharacterDevice:
		return 0o666
	case n.layer != nil && n.kind == fsapi.TypeDirectory:
		return 0o555
	case n.layer != nil:
		return 0o444
	case n.kind == fsapi.TypeRegularFile:
		return 0o666
	}
	return 0o777
}

func (n *node) setTimes(times fsapi.Times) fsapi.Errno {
	if n.layer != nil {
		return fsapi.EROFS
	}
	if times.SetAccess {
		n.accessTime = times.Access
	}
	if times.SetModify {
		n.modifyTime = times.Modify
	}
	n.changeTime, n.timed = now(), true
	return fsapi.ESUCCESS
}
