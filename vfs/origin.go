package vfs

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// origin is what was at a path at the start: a file or directory of Options, or
// something of a Source that has been touched. Origins form a tree of their own
// that never loses anything, which Changes compares the nodes with.
type origin struct {
	folder *folder // nil: of Options
	path   string  // in the folder's Source
	entry  SourceEntry

	// children are those of a directory that were touched. One that is here and has
	// no node in the directory any more was removed or renamed.
	children map[string]*origin
	listing  *listing   // nil: not listed yet
	pictured *imageNode // of an Image that is the state at the start: more children

	watched bool // changes in this directory are reported
	virtual bool // where it has gone was done in memory only; it is still there

	// A regular file. entry must not change any more once anything of the contents
	// was read.
	read    bool
	loaded  bool // data are the contents
	data    []byte
	hashed  bool
	hash    [sha256.Size]byte
	kept    bool // data is in FS.kept
	counted bool // its size is in folder.loaded
	skipped bool // it is in FS.skipped
}

// listing are the names in a directory of a Source as they were when they were
// first needed, sorted.
type listing struct {
	names      []SourceName
	firstInode uint64
}

func (l *listing) find(name string) (int, bool) {
	return slices.BinarySearchFunc(l.names, name, func(a SourceName, b string) int { return strings.Compare(a.Name, b) })
}

func (o *origin) child(name string) *origin {
	if o == nil {
		return nil
	}
	return o.children[name]
}

func (o *origin) add(name string, child *origin) {
	if o.children == nil {
		o.children = make(map[string]*origin)
	}
	o.children[name] = child
}

// ofSource says whether the origin is something of a Source.
func (o *origin) ofSource() bool { return o != nil && o.folder != nil }

// guestPath is where in the tree the origin was.
func (o *origin) guestPath() Path { return o.folder.guestPath(o.path) }

func joinSource(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}

// child returns what has the name in a directory, nil if nothing has.
func (f *FS) child(dir *node, name string) (*node, fsapi.Errno) {
	if n := dir.entries.get(name); n != nil || dir.removed {
		return n, fsapi.ESUCCESS
	}
	switch {
	case dir.layer != nil:
		return f.layerChild(dir, name)
	case dir.entries.pictures():
		if one := dir.entries.picturedChild(name); one != nil {
			return f.use(dir, one), fsapi.ESUCCESS
		}
	}
	if dir.origin.ofSource() {
		return f.sourceChild(dir, name)
	}
	return nil, fsapi.ESUCCESS
}

// sourceChild makes the node of something of a Source when it is first touched.
func (f *FS) sourceChild(dir *node, name string) (*node, fsapi.Errno) {
	o := dir.origin
	if o.children[name] != nil {
		return nil, fsapi.ESUCCESS // removed or renamed
	}
	position := -1
	if o.listing != nil {
		var listed bool
		if position, listed = o.listing.find(name); !listed {
			return nil, fsapi.ESUCCESS
		}
	}
	f.attend(o)
	below := joinSource(o.path, name)
	entry, err := o.folder.source.Lstat(below)
	if errno := missing(err); err != nil {
		return nil, errno
	}
	return f.adoptSource(dir, name, below, entry, position)
}

// adoptSource makes a node of an entry of a Source.
func (f *FS) adoptSource(dir *node, name, below string, entry SourceEntry, position int) (*node, fsapi.Errno) {
	o := dir.origin
	if !validEntry(entry) || !o.folder.admits(below, entry.Type) {
		return nil, fsapi.ESUCCESS
	}
	if o.folder.charged {
		if errno := f.charge(nodeCost); errno != 0 {
			return nil, errno
		}
	}
	n := f.newSourceNode(&origin{folder: o.folder, path: below, entry: entry})
	if o.folder.charged {
		n.charged = nodeCost
	}
	if position >= 0 {
		n.inode = o.listing.firstInode + uint64(position)
	}
	o.add(name, n.origin)
	dir.linkUnnumbered(name, n)
	f.touched++
	return n, fsapi.ESUCCESS
}

// maxDescribed is how many nodes of Sources may be kept only because they were
// described; a guest that looks at each of a million files shall not take the
// host's memory.
const maxDescribed = 10_000

// forget lets go of a node that was only described, if there are many of them. It
// will be described anew, under the same inode.
func (f *FS) forget(n *node) {
	if f.touched <= maxDescribed || !n.origin.ofSource() || n.kind == fsapi.TypeDirectory || n.outside != nil ||
		n.handles > 0 || n.timed || n.virtual || n.kind == fsapi.TypeRegularFile && !n.lazy {
		return
	}
	o, dir := n.origin, n.parent
	one := dir.entries.find(n.name)
	if one == nil || one.node != n || one.number != 0 || !dir.origin.ofSource() || dir.origin.listing == nil ||
		o.read || o.counted || o.skipped || o.virtual || o.folder.charged {
		return
	}
	if position, listed := dir.origin.listing.find(n.name); !listed || n.inode != dir.origin.listing.firstInode+uint64(position) {
		return
	}
	dir.entries.remove(n.name)
	delete(dir.origin.children, n.name)
	f.touched--
}

func (f *FS) newSourceNode(o *origin) *node {
	n := f.newNode(o.entry.Type, f.created)
	n.origin, n.lazy = o, o.entry.Type == fsapi.TypeRegularFile
	n.describe()
	if o.entry.Type == fsapi.TypeSymbolicLink {
		n.target = o.folder.shownTarget(o.entry)
	}
	return n
}

// describe takes times and permissions from the origin.
func (n *node) describe() {
	e := &n.origin.entry
	n.mode = e.Mode.Perm()
	if n.timed {
		return
	}
	n.modifyTime = nanoseconds(e.ModTime, n.modifyTime)
	n.accessTime = nanoseconds(e.AccessTime, n.modifyTime)
	n.changeTime = nanoseconds(e.ChangeTime, n.modifyTime)
}

// nanoseconds is a time in WASI's form, which has no room before 1970 and after
// 2262.
func nanoseconds(t time.Time, unknown int64) int64 {
	switch {
	case t.IsZero():
		return unknown
	case t.Unix() < 0:
		return 0
	case t.Unix() > 9_223_372_035:
		return 9_223_372_035_999_999_999
	}
	return t.UnixNano()
}

// validEntry refuses what has no place in a tree.
func validEntry(e SourceEntry) bool {
	switch e.Type {
	case fsapi.TypeDirectory:
		return true
	case fsapi.TypeRegularFile:
		return e.Size >= 0
	case fsapi.TypeSymbolicLink:
		return checkTarget(e.Target) == 0
	}
	return false
}

func validName(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) <= fsapi.NameMax &&
		utf8.ValidString(name) && !strings.ContainsAny(name, "/\x00")
}

// list reads the names of a directory of a Source, once.
func (f *FS) list(dir *node) (*listing, fsapi.Errno) {
	if dir.origin.listing != nil {
		return dir.origin.listing, fsapi.ESUCCESS
	}
	f.attend(dir.origin)
	names, errno := dir.origin.names()
	if errno != 0 {
		return nil, errno
	}
	// What was touched and is there still belongs to it, even if it is gone from the
	// host by now.
	added := false
	if dir.entries != nil {
		f.useAll(dir)
		for name, one := range dir.entries.byName {
			if one.number == 0 {
				if _, there := (&listing{names: names}).find(name); !there {
					names, added = append(slices.Clip(names), SourceName{Name: name, Type: one.node.kind}), true
				}
			}
		}
	}
	if added {
		sortNames(names)
	}
	l := &listing{names: names, firstInode: f.lastInode + 1}
	f.lastInode += uint64(len(names))
	dir.origin.listing = l
	return l, fsapi.ESUCCESS
}

// names reads the names of a directory that are admitted, sorted.
func (o *origin) names() ([]SourceName, fsapi.Errno) {
	names, err := o.folder.source.ReadDir(o.path)
	if err != nil {
		return nil, errnoOf(err)
	}
	kept := make([]SourceName, 0, len(names))
	for _, one := range names {
		switch one.Type {
		case fsapi.TypeDirectory, fsapi.TypeRegularFile, fsapi.TypeSymbolicLink:
		default:
			continue
		}
		if validName(one.Name) && (o.folder.include == nil || o.folder.admits(joinSource(o.path, one.Name), one.Type)) {
			kept = append(kept, one)
		}
	}
	sortNames(kept)
	return slices.CompactFunc(kept, func(a, b SourceName) bool { return a.Name == b.Name }), fsapi.ESUCCESS
}

func sortNames(names []SourceName) {
	if !slices.IsSortedFunc(names, byName) {
		slices.SortFunc(names, byName)
	}
}

func byName(a, b SourceName) int { return strings.Compare(a.Name, b.Name) }

// emptyDirectory says whether nothing is in a directory.
func (f *FS) emptyDirectory(dir *node) (bool, fsapi.Errno) {
	if dir.entries.len() > 0 {
		return false, fsapi.ESUCCESS
	}
	if dir.layer != nil {
		errno := dir.layer.load()
		return len(dir.layer.list) == 0, errno
	}
	if !dir.origin.ofSource() {
		return true, fsapi.ESUCCESS
	}
	l, errno := f.list(dir)
	if errno != 0 {
		return false, errno
	}
	for _, one := range l.names {
		if dir.origin.children[one.Name] == nil {
			return false, fsapi.ESUCCESS
		}
	}
	return true, fsapi.ESUCCESS
}

// sameState says whether two descriptions are those of one file that has not
// changed in between.
func sameState(a, b *SourceEntry) bool {
	return a.Type == b.Type && a.Size == b.Size && a.ModTime.Equal(b.ModTime) &&
		(a.ID == b.ID || a.ID == FileID{} || b.ID == FileID{}) &&
		(a.ChangeTime.Equal(b.ChangeTime) || a.ChangeTime.IsZero() || b.ChangeTime.IsZero())
}

// errChanged is what reading gives that finds the file of a Source changed.
func (o *origin) errChanged() error {
	return fmt.Errorf("%s has changed since it was loaded: %w", o.where(), fsapi.ESTALE)
}

// where names the origin for people.
func (o *origin) where() string {
	if hostPath := o.folder.hostPathOf(o.path); hostPath != "" {
		return hostPath
	}
	return string(o.guestPath())
}

// open opens a regular file of a Source for Go, as it was at the start.
func (o *origin) open() (SourceFile, error) {
	file, err := o.folder.source.Open(o.path)
	if err != nil {
		return nil, err
	}
	entry, err := file.Stat()
	if err == nil && !sameState(&entry, &o.entry) {
		err = o.errChanged()
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

// missing is the errno of a look-up that failed: success if there is simply
// nothing.
func missing(err error) fsapi.Errno {
	if errno := errnoOf(err); errno != fsapi.ENOENT && errno != fsapi.ENOTDIR && errno != fsapi.ELOOP {
		return errno
	}
	return fsapi.ESUCCESS
}

func errnoOf(err error) fsapi.Errno {
	var errno fsapi.Errno
	switch {
	case err == nil:
		return fsapi.ESUCCESS
	case errors.As(err, &errno):
		return errno
	case errors.Is(err, fs.ErrNotExist):
		return fsapi.ENOENT
	case errors.Is(err, fs.ErrPermission):
		return fsapi.EACCES
	case errors.Is(err, syscall.ENOTDIR):
		return fsapi.ENOTDIR
	case errors.Is(err, syscall.ELOOP):
		return fsapi.ELOOP
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return fsapi.ENFILE
	}
	return fsapi.EIO
}

// cleanInside checks what a Source says about where a link leads.
func cleanInside(inside string) (string, bool) {
	return inside, inside != "" && fs.ValidPath(inside) && path.Clean(inside) == inside
}
