package vfs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Image returns a picture of the tree as it is. The tree can be used on; what is
// written from then on is copied first. It costs time for each node that was touched,
// and does not wait for anything but the lock.
//
// It fails if a file that was renamed out of its Folder without being read cannot be
// read now or is larger than the budget, since the image has to hold its contents;
// and if something was changed that only a symbolic link out of its Source leads to.
func (f *FS) Image() (*Image, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, fmt.Errorf("image of a filesystem: %w", fsapi.EBADF)
	}
	p := picture{fs: f, image: &Image{lastInode: f.lastInode, created: f.created}, live: map[*origin]bool{}, places: map[*origin]int{}}
	if err := p.gather(f.root, f.root.mountPoint); err != nil {
		return nil, fmt.Errorf("image of a filesystem: %w", err)
	}
	if f.root.mountPoint {
		p.image.root = p.plain(&node{inode: f.root.inode, kind: fsapi.TypeDirectory})
	} else {
		p.image.root = p.node(f.root, false)
		p.attach(f.root, p.image.root)
	}
	for _, one := range f.folders {
		root := p.node(one.node, true)
		p.attach(one.node, root)
		p.image.folders = append(p.image.folders, imageFolder{mount: one.mount, root: root})
	}
	p.finishOrigins()
	return p.image, nil
}

// picture makes an image.
type picture struct {
	fs    *FS
	image *Image
	live  map[*origin]bool // those that a node has
	// places are the origins that the image needs, and their places in it.
	places map[*origin]int
	order  []*origin
	loaded int64 // bytes that were read for the image
}

// gather makes sure that everything is there that the image needs: nodes that are in
// an earlier image so far, and what is of a Source but not in its folder any more.
func (p *picture) gather(n *node, inFolder bool) error {
	p.fs.useAll(n)
	if n.origin != nil {
		p.live[n.origin] = true
	}
	if n.outside != nil && changedBelow(n.outside) {
		return fmt.Errorf("%s was changed, which only a symbolic link out of its folder leads to: %w", p.fs.pathOf(n), fsapi.ENOTSUP)
	}
	if !inFolder && n.origin.ofSource() {
		if err := p.fetch(n); err != nil {
			return fmt.Errorf("%s: %w", p.fs.pathOf(n), err)
		}
	}
	if n.entries != nil {
		for _, one := range n.entries.byName {
			child := one.node
			if child.layer != nil {
				continue
			}
			if err := p.gather(child, child.mountPoint || inFolder); err != nil {
				return err
			}
		}
	}
	return nil
}

// fetch reads what is outside of its folder, where the image may be used without it.
func (p *picture) fetch(n *node) error {
	switch {
	case n.lazy:
		size := n.origin.entry.Size
		if p.loaded += size; p.loaded > max(p.fs.budget, 0) {
			return fmt.Errorf("it was not read yet, and is too large for an image: %w", fsapi.EFBIG)
		}
		n.handles++
		errno := p.fs.loadWhole(n)
		if n.handles--; n.handles == 0 {
			p.fs.closeSource(n)
		}
		return errno.Err()
	case n.kind == fsapi.TypeDirectory && !n.removed:
		list, errno := p.fs.list(n)
		if errno != 0 {
			return errno
		}
		for _, one := range list.names {
			if _, errno := p.fs.child(n, one.Name); errno != 0 {
				return errno
			}
		}
	}
	return nil
}

// node pictures a node with all below it. In a folder it leaves out what can be
// looked up again.
func (p *picture) node(n *node, inFolder bool) *imageNode {
	to := p.plain(n)
	if n.entries == nil {
		return to
	}
	to.last = n.entries.last
	for name, one := range n.entries.byName {
		child := one.node
		if child.layer != nil || child.mountPoint {
			continue
		}
		below := p.node(child, inFolder)
		if inFolder && p.untouched(n, one, below) {
			p.image.nodes--
			p.image.bytes -= nodeCost + int64(len(below.data)+len(below.target))
			continue
		}
		p.attach(child, below)
		to.children = append(to.children, imageEntry{name: name, number: one.number, node: below})
		p.image.bytes += int64(len(name))
	}
	slices.SortFunc(to.children, func(a, b imageEntry) int { return strings.Compare(a.name, b.name) })
	return to
}

// attach notes the origin of a node that is in the image, and those of what is
// missing in it.
func (p *picture) attach(n *node, to *imageNode) {
	if n.origin == nil {
		return
	}
	to.origin = p.place(n.origin) + 1
	for name, child := range n.origin.children {
		if missingIn(n, name, child) {
			p.gone(child)
		}
	}
}

// missingIn says whether what a directory had is not there any more.
func missingIn(dir *node, name string, was *origin) bool {
	found := dir.entries.get(name)
	return found == nil || found.origin != was && !found.mountPoint
}

// plain pictures what is in the node itself.
func (p *picture) plain(n *node) *imageNode {
	p.image.nodes++
	p.image.used += n.charged
	p.image.bytes += nodeCost + int64(len(n.data)+len(n.target))
	if n.kind == fsapi.TypeRegularFile {
		n.shared = true // from now on the image holds the contents too
	}
	return &imageNode{
		inode: n.inode, kind: n.kind, mode: n.mode, accessTime: n.accessTime, modifyTime: n.modifyTime, changeTime: n.changeTime,
		data: n.data, target: n.target, lazy: n.lazy, written: n.written, timed: n.timed, virtual: n.virtual,
		charged: n.charged, contentCharge: n.contentCharge,
	}
}

// untouched says whether an entry is as the Source has it, and nothing that was read
// of it has to be remembered: it can be looked up again.
func (p *picture) untouched(dir *node, one *entry, pictured *imageNode) bool {
	n := one.node
	o := n.origin
	if one.number > 0 || !dir.origin.ofSource() || !o.ofSource() || dir.origin.children[one.name] != o ||
		n.timed || n.virtual || o.virtual || o.read || o.loaded || o.hashed {
		return false
	}
	switch n.kind {
	case fsapi.TypeRegularFile:
		return n.lazy
	case fsapi.TypeDirectory:
		return len(pictured.children) == 0 && !lost(n)
	}
	return true
}

// lost says whether something was removed from a directory, or renamed.
func lost(dir *node) bool {
	for name, child := range dir.origin.children {
		if missingIn(dir, name, child) {
			return true
		}
	}
	return false
}

// place notes that the image needs an origin.
func (p *picture) place(o *origin) int {
	if at, known := p.places[o]; known {
		return at
	}
	at := len(p.order)
	p.order = append(p.order, o)
	p.places[o] = at
	return at
}

// gone notes an origin that has no node where it was. One that was removed leaves
// all below it behind.
func (p *picture) gone(o *origin) {
	p.place(o)
	if p.live[o] {
		return // renamed: its node tells of what is below it
	}
	for _, child := range o.children {
		p.gone(child)
	}
}

// finishOrigins puts the origins that are needed into the image.
func (p *picture) finishOrigins() {
	folders := map[*folder]int{}
	for i, one := range p.fs.folders {
		folders[one] = i + 1
	}
	p.image.origins = make([]imageOrigin, len(p.order))
	for at, o := range p.order {
		to := &p.image.origins[at]
		*to = imageOrigin{
			folder: folders[o.folder], path: o.path, entry: o.entry, virtual: o.virtual, read: o.read, loaded: o.loaded, hashed: o.hashed,
			data: o.data, hash: o.hash,
		}
		p.image.bytes += nodeCost
		for name, child := range o.children {
			if place, needed := p.places[child]; needed {
				to.children = append(to.children, imageOriginChild{name: name, place: place})
			}
		}
	}
}
