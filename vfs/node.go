package vfs

import (
	"sort"
	"time"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// node is a directory, a regular file or a symbolic link. FS.mu guards it.
type node struct {
	inode   uint64
	kind    fsapi.FileType
	removed bool  // has no name any more
	handles int   // open handles
	charged int64 // what of the budget it holds: cost, name, target and contents

	accessTime, modifyTime, changeTime int64

	// Regular file.
	data   []byte
	shared bool // others hold data too: copy before the first write
	// contentCharge is the part of charged that is for data: its length, or 0 as
	// long as data is what was there at the start.
	contentCharge int64

	// Symbolic link.
	target string

	// Directory. It is its own parent if it is the root.
	parent     *node
	entries    *entries
	layer      *layerNode // with it everything is read-only; entries are those used so far
	layerIndex int
	mountPoint bool
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
	dir.modifyTime, dir.changeTime = at, at
	return n, fsapi.ESUCCESS
}

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
	if child.kind == fsapi.TypeDirectory {
		child.parent = n
	}
}

// remove takes the name of child away, for good.
func (f *FS) remove(dir *node, name string, child *node) {
	at := now()
	dir.entries.remove(name)
	dir.modifyTime, dir.changeTime = at, at
	child.removed, child.changeTime = true, at
	f.free(child)
}

// free gives the bytes of a node back when nothing can reach it any more.
func (f *FS) free(n *node) {
	if n.removed && n.handles == 0 {
		f.used -= n.charged
		n.charged, n.contentCharge, n.data, n.entries = 0, 0, nil, nil
	}
}

func (n *node) stat() fsapi.Filestat {
	s := fsapi.Filestat{
		Device: 1, Inode: n.inode, Type: n.kind, Links: 1, Mode: 0o666,
		AccessTime: n.accessTime, ModifyTime: n.modifyTime, ChangeTime: n.changeTime,
	}
	switch n.kind {
	case fsapi.TypeDirectory:
		s.Mode = 0o777
	case fsapi.TypeSymbolicLink:
		s.Size, s.Mode = int64(len(n.target)), 0o777
	default:
		s.Size = int64(len(n.data))
	}
	if n.layer != nil {
		s.Mode &^= 0o222
		if n.kind == fsapi.TypeRegularFile {
			s.Size = n.layer.size
		}
	}
	if n.removed {
		s.Links = 0
	}
	return s
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
	n.changeTime = now()
	return fsapi.ESUCCESS
}

// entries are the names in a directory, found by name and listed in the order in
// which they came.
type entries struct {
	byName map[string]*entry
	list   []*entry // by number; removed ones stay as holes until there are many
	holes  int
	last   uint64
}

type entry struct {
	name   string
	node   *node // nil: removed
	number uint64
}

func (e *entries) get(name string) *node {
	if e == nil {
		return nil
	}
	if found := e.byName[name]; found != nil {
		return found.node
	}
	return nil
}

func (e *entries) len() int {
	if e == nil {
		return 0
	}
	return len(e.byName)
}

func (e *entries) add(name string, child *node) {
	if e.byName == nil {
		e.byName = make(map[string]*entry)
	}
	e.last++
	added := &entry{name: name, node: child, number: e.last}
	e.byName[name] = added
	e.list = append(e.list, added)
}

func (e *entries) remove(name string) {
	e.byName[name].node = nil
	delete(e.byName, name)
	if e.holes++; e.holes > 16 && e.holes > len(e.byName) {
		kept := make([]*entry, 0, len(e.byName))
		for _, one := range e.list {
			if one.node != nil {
				kept = append(kept, one)
			}
		}
		e.list, e.holes = kept, 0
	}
}

// after returns the entries with numbers greater than number, with holes.
func (e *entries) after(number uint64) []*entry {
	if e == nil {
		return nil
	}
	return e.list[sort.Search(len(e.list), func(i int) bool { return e.list[i].number > number }):]
}
