package vfs

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"time"
	"unsafe"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// comparison walks the tree and its origins side by side. Where a directory still
// is what it was at the start, only what was touched is looked at.
type comparison struct {
	fs      *FS
	changes *Changes
	room    int64 // bytes of paths that may still be made
	at      spot
	free    int // more than 0: the policy was asked already
}

// spot is a path and the folder it is in.
type spot struct {
	path     Path
	folder   *folder // nil outside of folders
	hostPath string
}

// enter notes that a mount point begins here.
func (s *spot) enter(n *node) {
	if n.mountPoint {
		s.folder, s.hostPath = n.folder, ""
		if n.folder != nil {
			s.hostPath = n.folder.hostPath
		}
	}
}

// descend goes to an entry of the directory; it returns where it came from.
func (w *comparison) descend(name string, n *node) (back spot, ok bool) {
	back = w.at
	length := len(w.at.path) + 1 + len(name)
	if w.room -= int64(length); w.room < 0 || length > fsapi.PathMax {
		w.changes.Incomplete = true
		return back, false
	}
	w.at.path = w.at.path.join(name)
	if w.at.hostPath != "" {
		w.at.hostPath += string(filepath.Separator) + name
	}
	if n != nil {
		w.at.enter(n)
	}
	return back, true
}

// compare compares what was at a path with what is there; both may be nil.
func (w *comparison) compare(o *origin, n *node) {
	if n != nil && n.virtual && n.origin != o {
		n = nil
	}
	switch {
	case o == nil && n == nil:
	case n != nil && n.layer != nil:
	case n != nil && n.mountPoint:
		w.directory(n.origin, n)
	case n == nil:
		w.deleted(o)
	case o == nil:
		w.created(n)
	case o.entry.Type != n.kind:
		w.replaced(o, n)
	case n.kind == fsapi.TypeDirectory:
		w.directory(o, n)
	case n.kind == fsapi.TypeRegularFile:
		w.file(o, n)
	default:
		if o != n.origin && (!o.ofSource() || o.folder.shownTarget(o.entry) != n.target) {
			w.replaced(o, n)
			return
		}
		w.outside(n)
	}
}

// outside compares what a followed link led to.
func (w *comparison) outside(link *node) {
	if link.outside != nil {
		w.compare(link.outside.origin, link.outside)
	}
}

// directory compares the entries of a directory that was one at the start.
func (w *comparison) directory(o *origin, n *node) {
	if o != n.origin {
		done := map[string]bool{}
		for _, name := range w.namesAtStart(o) {
			if child := w.childAtStart(o, name); child != nil {
				done[name] = true
				w.entry(name, child, w.childNow(n, name))
			}
		}
		for _, name := range w.namesNow(n) {
			if !done[name] {
				w.entry(name, nil, w.childNow(n, name))
			}
		}
		return
	}
	if w.fs.continued {
		w.fs.useAll(n) // which may have changed before
	}
	for name, child := range o.children {
		if n.entries.get(name) == nil {
			w.entry(name, child, nil)
		}
	}
	if n.entries != nil {
		for name, one := range n.entries.byName {
			w.entry(name, o.child(name), one.node)
		}
	}
}

func (w *comparison) entry(name string, o *origin, n *node) {
	if back, ok := w.descend(name, n); ok {
		w.compare(o, n)
		w.at = back
	}
}

// namesAtStart are all names that a directory had at the start.
func (w *comparison) namesAtStart(o *origin) []string {
	var names []string
	for name := range o.children {
		names = append(names, name)
	}
	if o.pictured != nil {
		for i := range o.pictured.children {
			if name := o.pictured.children[i].name; o.children[name] == nil {
				names = append(names, name)
			}
		}
	}
	if !o.ofSource() {
		return names
	}
	list := o.listing
	if list == nil {
		read, errno := o.names()
		if errno != 0 {
			w.changes.Incomplete = true
		}
		list = &listing{names: read}
	}
	for _, one := range list.names {
		if o.children[one.Name] == nil {
			names = append(names, one.Name)
		}
	}
	return names
}

// childAtStart is what a directory had under a name; nil if it has gone from the
// host since then without ever being looked at.
func (w *comparison) childAtStart(o *origin, name string) *origin {
	if child := o.children[name]; child != nil {
		return child
	}
	if o.pictured != nil {
		if one := o.pictured.child(name); one != nil {
			return startOrigin(one.node)
		}
	}
	if !o.ofSource() {
		return nil
	}
	below := joinSource(o.path, name)
	entry, err := o.folder.source.Lstat(below)
	if err != nil || !validEntry(entry) {
		if missing(err) != 0 {
			w.changes.Incomplete = true
		}
		return nil
	}
	return &origin{folder: o.folder, path: below, entry: entry}
}

// namesNow are all names in a directory that is not where it was at the start.
func (w *comparison) namesNow(n *node) []string {
	var names []string
	w.fs.useAll(n)
	if n.entries != nil {
		for name := range n.entries.byName {
			names = append(names, name)
		}
	}
	if !n.origin.ofSource() {
		return names
	}
	list, errno := w.fs.list(n)
	if errno != 0 {
		w.changes.Incomplete = true
		return names
	}
	for _, one := range list.names {
		if n.origin.children[one.Name] == nil && n.entries.get(one.Name) == nil {
			names = append(names, one.Name)
		}
	}
	return names
}

func (w *comparison) childNow(n *node, name string) *node {
	child, errno := w.fs.child(n, name)
	if errno != 0 {
		w.changes.Incomplete = true
	}
	return child
}

// replaced notes that something of another type is there now.
func (w *comparison) replaced(o *origin, n *node) {
	switch {
	case o.entry.Type == fsapi.TypeDirectory || n.kind == fsapi.TypeDirectory:
		if o.virtual {
			return // it is still there
		}
	case !w.mayReplace(o):
		return
	default:
		w.free++
		defer func() { w.free-- }()
	}
	w.deleted(o)
	w.created(n)
}

// mayReplace says whether what was here may be something else now: it was modified
// or renamed over, or deleted and created anew.
func (w *comparison) mayReplace(o *origin) bool {
	allowed := w.allowed()
	return allowed.Has(perm.Modify) || !o.virtual && allowed.Has(perm.Delete|perm.Create)
}

// allowed are the operations whose outcome may be listed here.
func (w *comparison) allowed() perm.Operations {
	if w.at.folder == nil || w.free > 0 {
		return perm.All
	}
	return w.at.folder.policy.Allowed(string(w.at.path))
}

// created notes what is there now and was not, with all below it.
func (w *comparison) created(n *node) {
	if w.allowed().Has(perm.Create) {
		w.changes.Created = append(w.changes.Created, w.change(Create, n))
	}
	if n.kind == fsapi.TypeSymbolicLink {
		w.outside(n)
	}
	if n.kind != fsapi.TypeDirectory {
		return
	}
	for _, name := range w.namesNow(n) {
		if child := w.childNow(n, name); child != nil {
			w.entry(name, nil, child)
		}
	}
}

// deleted notes what was there and is not any more, with all below it.
func (w *comparison) deleted(o *origin) {
	if o.virtual && w.free == 0 {
		return
	}
	if w.allowed().Has(perm.Delete) {
		c := Change{Type: Delete, Path: w.at.path, HostPath: w.at.hostPath, Mode: o.mode(), Baseline: o.baseline()}
		if o.entry.Type == fsapi.TypeRegularFile {
			c.oldContent = contentOfOrigin(o)
			c.OldSize = o.entry.Size
			c.Size = c.OldSize
		}
		w.changes.Deleted = append(w.changes.Deleted, c)
	}
	if o.entry.Type != fsapi.TypeDirectory {
		return
	}
	for _, name := range w.namesAtStart(o) {
		if child := w.childAtStart(o, name); child != nil {
			w.entry(name, child, nil)
		}
	}
}

// file compares regular files.
func (w *comparison) file(o *origin, n *node) {
	if o == n.origin && (!n.written || n.virtual) || !w.mayReplace(o) {
		return
	}
	old, fresh := contentOfOrigin(o), contentOf(n)
	if same(&old, &fresh) {
		return
	}
	c := w.change(Modify, n)
	c.OldSize, c.oldContent, c.Baseline = o.entry.Size, old, o.baseline()
	if o.ofSource() {
		c.Mode = o.mode()
	}
	w.changes.Modified = append(w.changes.Modified, c)
}

func (w *comparison) change(kind ChangeType, n *node) Change {
	c := Change{
		Type: kind, Path: w.at.path, HostPath: w.at.hostPath, Mode: n.permissions(),
		Size: n.size(), ModTime: time.Unix(0, n.modifyTime).UTC(),
	}
	switch n.kind {
	case fsapi.TypeDirectory:
		c.Mode |= fs.ModeDir
	case fsapi.TypeSymbolicLink:
		c.Mode |= fs.ModeSymlink
		c.Target = n.target
	default:
		c.content = contentOf(n)
		n.shared = true // from now on the caller holds the contents too
	}
	return c
}

func (o *origin) mode() fs.FileMode {
	mode := o.entry.Mode.Perm()
	switch o.entry.Type {
	case fsapi.TypeDirectory:
		mode |= fs.ModeDir
	case fsapi.TypeSymbolicLink:
		mode |= fs.ModeSymlink
	}
	return mode
}

func (o *origin) baseline() *Baseline {
	if !o.ofSource() {
		return nil
	}
	return &Baseline{Entry: o.entry, origin: o}
}

// same compares contents, at no cost where they are the same memory or of different
// sizes. What cannot be read any more is not the same.
func same(a, b *content) bool {
	switch {
	case a.size() != b.size():
		return false
	case a.origin != nil && a.origin == b.origin:
		return true
	case a.origin == nil && b.origin == nil:
		return unsafe.SliceData(a.data) == unsafe.SliceData(b.data) || bytes.Equal(a.data, b.data)
	}
	equal, err := sameBytes(a, b)
	return equal && err == nil
}

// sameBytes compares contents of the same size one of which at least is in a
// Source.
func sameBytes(a, b *content) (bool, error) {
	readA, err := a.open()
	if err != nil {
		return false, err
	}
	defer readA.Close()
	readB, err := b.open()
	if err != nil {
		return false, err
	}
	defer readB.Close()
	pieceA, pieceB := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errA := io.ReadFull(readA, pieceA)
		m, errB := io.ReadFull(readB, pieceB)
		switch {
		case !bytes.Equal(pieceA[:n], pieceB[:m]):
			return false, nil
		case ended(errA) && ended(errB):
			return true, nil
		case errA != nil:
			return false, errA
		case errB != nil:
			return false, errB
		}
	}
}

func ended(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
