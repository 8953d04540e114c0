package vfs

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Image is what a tree held at one moment, for other trees to begin with
// (Options.Base): files, directories and symbolic links in memory with their times
// and modes, and for each Folder what was changed over it. Layers are no part of it,
// nor is what is open. It never changes, so that any number of trees may use it at
// once; contents are shared with the tree that it was taken of and with all others.
type Image struct {
	root      *imageNode
	folders   []imageFolder
	origins   []imageOrigin // what was there before, for BaseSession
	lastInode uint64
	created   int64
	used      int64 // of the budget
	bytes     int64
	nodes     int
}

// BaseMode says what Options.Base means to Changes.
type BaseMode uint8

const (
	// BaseStart makes the image the state at the start: nothing in it is a change, and
	// none of it is charged for. What it holds of Folders is left out.
	BaseStart BaseMode = iota

	// BaseSession goes on where the image was taken: what had changed by then is still
	// a change, and what was charged for still is. Each of its Folders must be there
	// again, at the same path. Options.Files and Directories must be empty: the image
	// has them.
	BaseSession
)

// Bytes returns about how much memory the image holds: contents, names and nodes.
func (i *Image) Bytes() int64 { return i.bytes }

// Nodes returns how many files, directories and symbolic links the image holds.
func (i *Image) Nodes() int { return i.nodes }

// imageNode is a node as it was.
type imageNode struct {
	inode uint64
	kind  fsapi.FileType
	mode  fs.FileMode

	accessTime, modifyTime, changeTime int64

	data   []byte
	target string

	// For BaseSession, as in node.
	lazy, written, timed, virtual bool
	charged, contentCharge        int64
	origin                        int // its place in Image.origins, plus 1; 0: none

	children []imageEntry // sorted by name
	last     uint64       // the greatest number in children, or one that was given before
}

type imageEntry struct {
	name   string
	number uint64 // as in entry
	node   *imageNode
}

// child finds an entry of a directory.
func (n *imageNode) child(name string) *imageEntry {
	i, found := slices.BinarySearchFunc(n.children, name, func(one imageEntry, name string) int {
		return strings.Compare(one.name, name)
	})
	if !found {
		return nil
	}
	return &n.children[i]
}

// imageFolder is what was changed over a Folder.
type imageFolder struct {
	mount Path
	root  *imageNode // what begins at mount
}

// imageOrigin is an origin as it was.
type imageOrigin struct {
	folder   int // its place in Image.folders, plus 1; 0: of Options
	path     string
	entry    SourceEntry
	children []imageOriginChild

	virtual, read, loaded, hashed bool
	data                          []byte
	hash                          [sha256.Size]byte
}

type imageOriginChild struct {
	name  string
	place int // in Image.origins
}

// begin makes the root, with what the tree begins with.
func (f *FS) begin(options *Options) error {
	base := options.Base
	switch {
	case base == nil:
		f.root = f.newNode(fsapi.TypeDirectory, f.created)
		f.root.origin = &origin{entry: SourceEntry{Type: fsapi.TypeDirectory}}
	case options.BaseAs == BaseSession:
		if len(options.Files)+len(options.Directories) > 0 {
			return fmt.Errorf("a session that goes on has its files and directories already: %w", fsapi.EINVAL)
		}
		f.continued, f.used, f.lastInode, f.created = true, base.used, base.lastInode, base.created
		f.takeOrigins(base)
		f.root = f.restore(base.root)
	default:
		f.based, f.lastInode = true, base.lastInode
		f.root = f.restore(base.root)
		f.root.origin = startOrigin(base.root)
	}
	f.root.parent = f.root
	return nil
}

// takeOrigins makes the origins of a session that goes on. Their folders are filled
// in when they are mounted.
func (f *FS) takeOrigins(base *Image) {
	f.bound = make([]*folder, len(base.folders))
	f.boundRoots = base.folders
	for i := range f.bound {
		f.bound[i] = &folder{mount: base.folders[i].mount}
	}
	all := make([]origin, len(base.origins))
	f.origins = make([]*origin, len(base.origins))
	for i := range base.origins {
		from, o := &base.origins[i], &all[i]
		f.origins[i] = o
		o.path, o.entry, o.virtual, o.read, o.loaded, o.hashed = from.path, from.entry, from.virtual, from.read, from.loaded, from.hashed
		o.data, o.hash = from.data, from.hash
		if from.folder > 0 {
			o.folder = f.bound[from.folder-1]
			if o.loaded {
				f.kept += int64(len(o.data))
				o.kept = true
			}
		}
		if len(from.children) > 0 {
			o.children = make(map[string]*origin, len(from.children))
			for _, child := range from.children {
				o.children[child.name] = &all[child.place]
			}
		}
	}
}

// boundTo is the folder of the image that was mounted at a path, and what was
// changed over it; nil if there was none.
func (f *FS) boundTo(mount Path) (*folder, *imageNode) {
	for i, one := range f.bound {
		if one.mount == mount {
			return one, f.boundRoots[i].root
		}
	}
	return nil, nil
}

// checkBound makes sure that all folders of the image are there again.
func (f *FS) checkBound() error {
	for _, one := range f.bound {
		if one.source == nil {
			return fmt.Errorf("the session had a folder at %s, which is not mounted now: %w", one.mount, fsapi.ENOENT)
		}
	}
	return nil
}

// restore makes a node of one of an image.
func (f *FS) restore(from *imageNode) *node {
	n := &node{
		inode: from.inode, kind: from.kind, mode: from.mode, target: from.target, data: from.data, shared: true,
		accessTime: from.accessTime, modifyTime: from.modifyTime, changeTime: from.changeTime,
	}
	if f.continued {
		n.lazy, n.written, n.timed, n.virtual = from.lazy, from.written, from.timed, from.virtual
		n.charged, n.contentCharge = from.charged, from.contentCharge
		if from.origin > 0 {
			n.origin = f.origins[from.origin-1]
		}
	}
	n.takeEntries(from)
	return n
}

// takeEntries gives a directory without entries those of an image.
func (n *node) takeEntries(from *imageNode) {
	if len(from.children) > 0 || from.last > 0 {
		n.entries = &entries{pictured: from, unused: len(from.children), last: from.last}
	}
}

// use makes the node of an entry of an image when it is first used.
func (f *FS) use(dir *node, one *imageEntry) *node {
	if dir.origin.ofSource() {
		f.attend(dir.origin)
	}
	n := f.restore(one.node)
	dir.entries.use(one, n)
	dir.adopt(one.name, n)
	if !f.continued {
		n.origin = startOrigin(one.node)
		dir.origin.add(one.name, n.origin)
	}
	return n
}

// useAll makes the nodes of all entries of a directory, which are in order then.
func (f *FS) useAll(dir *node) {
	e := dir.entries
	if e == nil || e.pictured == nil {
		return
	}
	if e.unused > 0 {
		for i := range e.pictured.children {
			one := &e.pictured.children[i]
			if e.picturedChild(one.name) != nil {
				f.use(dir, one)
			}
		}
	}
	e.complete()
}

// startOrigin is the origin of something of an image that is the state at the start.
func startOrigin(from *imageNode) *origin {
	o := &origin{entry: SourceEntry{Type: from.kind, Mode: from.mode, ModTime: time.Unix(0, from.modifyTime), Target: from.target}}
	switch from.kind {
	case fsapi.TypeDirectory:
		o.pictured = from
	case fsapi.TypeRegularFile:
		o.data, o.loaded, o.entry.Size = from.data, true, int64(len(from.data))
	}
	return o
}
