package vfs

import (
	"path"
	"strings"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// linkStep is where a symbolic link leads: to node, or else along path, which
// begins at from, or where the link is if that is nil.
type linkStep struct {
	node *node
	from *node
	path string
}

// follow follows one symbolic link.
func (f *FS) follow(link *node) (linkStep, fsapi.Errno) {
	r := f.judgeNode(link)
	if errno := f.mayKnow(&r, perm.Read); errno != 0 {
		return linkStep{}, errno
	}
	if !link.origin.ofSource() {
		if link.target[0] == '/' {
			return linkStep{from: f.root, path: link.target}, fsapi.ESUCCESS
		}
		return linkStep{path: link.target}, fsapi.ESUCCESS
	}
	o := link.origin
	switch o.folder.follow {
	case FollowRestricted, FollowAlways:
		if inside, ok := cleanInside(o.entry.Inside); ok {
			return f.followInside(link, inside)
		}
		if o.folder.follow == FollowAlways {
			return f.followOutside(link)
		}
		return linkStep{}, f.refuseLink(link, "the symbolic link leads out of the folder")
	}
	return linkStep{}, f.refuseLink(link, "symbolic links are not followed")
}

// refuseLink records that a link is not followed, unless it is the host that looks.
func (f *FS) refuseLink(link *node, reason string) fsapi.Errno {
	if !f.trusted {
		f.record(Denial{Path: f.pathOf(link), Operation: perm.Read, Reason: reason})
	}
	return fsapi.EACCES
}

// followInside follows a link that stays in its Source.
func (f *FS) followInside(link *node, inside string) (linkStep, fsapi.Errno) {
	o := link.origin
	// A relative link goes on being one, so that it still holds when the guest
	// renames the directory that it and its target are in.
	target := o.entry.Target
	if !path.IsAbs(target) && path.Join(path.Dir(o.path), target) == inside &&
		!strings.HasPrefix(path.Join(path.Dir(o.path), target), "..") && o.folder.root == "." {
		return linkStep{path: target}, fsapi.ESUCCESS
	}
	if o.folder.node != nil {
		return linkStep{from: o.folder.node, path: inside}, fsapi.ESUCCESS
	}
	// In what is outside of any folder there is no place for the target but that of
	// the link.
	return f.outside(link, o.folder.source, inside)
}

func (f *FS) followOutside(link *node) (linkStep, fsapi.Errno) {
	if link.outside != nil {
		return linkStep{node: link.outside}, fsapi.ESUCCESS
	}
	follower, ok := link.origin.folder.source.(Follower)
	if !ok {
		return linkStep{}, f.refuseLink(link, "the symbolic link leads out of the folder")
	}
	source, at, err := follower.Follow(link.origin.path)
	if err != nil {
		return linkStep{}, errnoOf(err)
	}
	return f.outside(link, source, at)
}

// outside makes the node of what a link leads to that has no place in the tree but
// that of the link.
func (f *FS) outside(link *node, source Source, at string) (linkStep, fsapi.Errno) {
	if link.outside != nil {
		return linkStep{node: link.outside}, fsapi.ESUCCESS
	}
	entry, err := source.Lstat(at)
	if follower, ok := source.(Follower); ok && err == nil && entry.Type == fsapi.TypeSymbolicLink {
		if source, at, err = follower.Follow(at); err == nil {
			entry, err = source.Lstat(at)
		}
	}
	if err != nil {
		return linkStep{}, errnoOf(err)
	}
	switch {
	case entry.Type == fsapi.TypeSymbolicLink:
		return linkStep{}, fsapi.ELOOP // it was to be resolved all the way
	case !validEntry(entry):
		return linkStep{}, fsapi.ENOENT
	}
	// Links to places above themselves make a tree without end.
	if errno := f.charge(nodeCost); errno != 0 {
		return linkStep{}, errno
	}
	inner := *link.origin.folder
	inner.mount, inner.root, inner.source = link.origin.guestPath(), at, source
	inner.hostPath = link.origin.folder.hostPathOf(link.origin.path)
	inner.node, inner.include, inner.loaded, inner.charged, inner.watch = nil, nil, 0, true, nil
	n := f.newSourceNode(&origin{folder: &inner, path: at, entry: entry})
	n.charged = nodeCost
	n.parent, n.name, link.outside = link.parent, link.name, n
	f.followed = append(f.followed, link)
	return linkStep{node: n}, fsapi.ESUCCESS
}

// pathOf returns the path of a node.
func (f *FS) pathOf(n *node) Path {
	var names []string
	for ; n != f.root; n = n.parent {
		names = append(names, n.name)
	}
	path := Path("/")
	for i := len(names) - 1; i >= 0; i-- {
		path = path.join(names[i])
	}
	return path
}

// pathNow is pathOf for messages, also about what was removed.
func (f *FS) pathNow(n *node) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n.removed {
		return n.name + " (removed)"
	}
	return string(f.pathOf(n))
}
