package vfs

import (
	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// maxMoved bounds how many names of a directory are judged when it is renamed.
// More is EXDEV, upon which programs copy.
const maxMoved = 100_000

func (d *directory) RenameAt(path string, to fsapi.Directory, toPath string) fsapi.Errno {
	errno := d.begin()
	defer d.fs.unlock()
	if errno != 0 {
		return errno
	}
	target, errno := d.target(to)
	if errno != 0 {
		return errno
	}
	from, errno := d.fs.existing(d.node, path, linkItself, perm.Delete)
	if errno != 0 {
		return errno
	}
	r := d.fs.judgePlace(from)
	if errno := d.fs.mayKnow(&r, perm.Delete); errno != 0 {
		return errno
	}
	into, errno := d.fs.resolve(target, toPath, linkItself)
	if errno != 0 {
		return errno
	}
	return d.fs.rename(from, into)
}

func (f *FS) rename(from, into place) fsapi.Errno {
	moved, replaced := from.node, into.node
	directory := moved.kind == fsapi.TypeDirectory
	switch {
	case from.dir == nil || into.dir == nil || f.holdsMount(moved) || replaced != nil && f.holdsMount(replaced):
		return fsapi.EBUSY
	case moved.isDevice() || replaced != nil && replaced.isDevice():
		return fsapi.EPERM
	case from.dir.layer != nil || into.dir.layer != nil:
		return fsapi.EROFS
	case into.dir.removed:
		return fsapi.ENOENT
	case moved == replaced:
		return fsapi.ESUCCESS
	case into.slash && !directory:
		return f.absent(into, perm.Create, fsapi.ENOTDIR)
	case directory && isBelow(into.dir, moved):
		return fsapi.EINVAL
	}
	if replaced != nil {
		if r := f.judgePlace(into); !r.known() && !r.allowed.Has(perm.Modify) {
			// As if nothing was there.
			how, errno := f.mayChange(&r, perm.Create)
			if how == virtually {
				errno = fsapi.EACCES
			}
			return errno
		}
		if errno := f.replaceable(moved, into); errno != 0 {
			return errno
		}
	}
	how, errno := f.mayRename(from, into)
	if how == pretended || errno != 0 {
		return errno
	}
	// A node's charge holds the length of its name; what was there at the start
	// has no charge and gets none for a longer name than it had.
	if moved.charged > moved.contentCharge {
		cost := int64(len(into.name) - len(from.name))
		if replaced == nil {
			if errno := f.charge(cost); errno != 0 {
				return errno
			}
		} else {
			f.used += cost
		}
		moved.charged += cost
	}
	if how == virtually {
		f.markVirtual(moved)
		if replaced != nil {
			f.markVirtual(replaced)
		}
	}
	if replaced != nil {
		f.remove(into.dir, into.name, replaced)
	}
	from.dir.entries.remove(from.name)
	into.dir.link(into.name, moved)
	at := now()
	moved.changeTime = at
	from.dir.touch(at)
	into.dir.touch(at)
	f.moves++
	return fsapi.ESUCCESS
}

// replaceable says whether something may take the place of what is there.
func (f *FS) replaceable(moved *node, into place) fsapi.Errno {
	directory, wrong := moved.kind == fsapi.TypeDirectory, fsapi.ESUCCESS
	switch {
	case directory && into.node.kind != fsapi.TypeDirectory:
		wrong = fsapi.ENOTDIR
	case !directory && into.node.kind == fsapi.TypeDirectory:
		wrong = fsapi.EISDIR
	case directory:
		empty, errno := f.emptyDirectory(into.node)
		if wrong = errno; errno == 0 && !empty {
			wrong = fsapi.ENOTEMPTY
		}
	}
	if wrong == 0 {
		return fsapi.ESUCCESS
	}
	return f.absent(into, perm.Modify, wrong)
}

// holdsMount says whether n is a mount point, or one is below it: paths of folders
// never change.
func (f *FS) holdsMount(n *node) bool {
	if n.kind != fsapi.TypeDirectory {
		return false
	}
	for _, mount := range f.mounts {
		if isBelow(mount, n) {
			return true
		}
	}
	return false
}

// isBelow says whether n is dir or below it.
func isBelow(n, dir *node) bool {
	for n != dir {
		if n == n.parent {
			return false
		}
		n = n.parent
	}
	return true
}

// move is what has to be judged when something is renamed.
type move struct {
	fs             *FS
	count          int
	how            verdict
	errno          fsapi.Errno
	fromZone, zone *folder
}

// mayRename judges both ends of a rename, and for a directory everything in it.
func (f *FS) mayRename(from, into place) (verdict, fsapi.Errno) {
	if !f.guarded || f.trusted {
		return really, fsapi.ESUCCESS
	}
	m := move{fs: f}
	var oldPath, newPath Path
	m.fromZone, oldPath = f.locate(from.node)
	if m.zone, newPath = f.locate(into.dir); m.zone != nil {
		newPath = newPath.join(into.name)
	}
	op := perm.Create
	if into.node != nil {
		op = perm.Modify
	}
	m.one(oldPath, newPath, op, from.node, nil, "")
	if from.node.kind == fsapi.TypeDirectory && (m.fromZone != nil || m.zone != nil) {
		m.below(from.node, oldPath, newPath)
	}
	return m.how, m.errno
}

// done says whether the answer is known.
func (m *move) done() bool { return m.how == pretended || m.errno != 0 }

// one judges one path. n may be nil if it has no node yet; then it is name in dir.
func (m *move) one(oldPath, newPath Path, op perm.Operations, n, dir *node, name string) {
	if m.done() {
		return
	}
	old, fresh := m.fs.judgePath(m.fromZone, oldPath, n), m.fs.judgePath(m.zone, newPath, nil)
	if n == nil && dir.origin.ofSource() {
		m.fs.judgeOrigin(&old, dir.origin, joinSource(dir.origin.path, name))
	}
	for _, one := range []struct {
		*ruling
		perm.Operations
	}{{&old, perm.Delete}, {&fresh, op}} {
		var how verdict
		how, m.errno = m.fs.mayChange(one.ruling, one.Operations)
		if m.how = max(m.how, how); m.done() {
			return
		}
	}
	gained := fresh.allowed &^ old.allowed
	for _, right := range []perm.Operations{perm.Read, perm.List} {
		if gained.Has(right) {
			m.fs.denied(&old, right)
			switch mode := old.mode(); {
			case mode == Ignore:
				m.how = pretended
			case mode == Virtual && dir == nil:
				m.errno = fsapi.ENOENT
			default:
				m.errno = fsapi.EACCES
			}
			return
		}
	}
}

// below judges everything below a directory.
func (m *move) below(dir *node, oldPath, newPath Path) {
	join := func(path Path, zone *folder, name string) Path {
		if zone == nil {
			return ""
		}
		return path.join(name)
	}
	one := func(name string, kind fsapi.FileType, n *node) {
		if m.count++; m.count > maxMoved {
			m.errno = fsapi.EXDEV
		}
		from, to := join(oldPath, m.fromZone, name), join(newPath, m.zone, name)
		m.one(from, to, perm.Create, n, dir, name)
		if m.done() || kind != fsapi.TypeDirectory {
			return
		}
		if n == nil {
			if n, m.errno = m.fs.child(dir, name); n == nil || m.done() {
				return
			}
		}
		if n.kind == fsapi.TypeDirectory {
			m.below(n, from, to)
		}
	}
	if dir.entries != nil {
		m.fs.useAll(dir)
		for name, entry := range dir.entries.byName {
			if m.done() {
				return
			}
			one(name, entry.node.kind, entry.node)
		}
	}
	if dir.origin.ofSource() {
		l, errno := m.fs.list(dir)
		if errno != 0 {
			m.errno = errno
			return
		}
		for _, name := range l.names {
			if m.done() {
				return
			}
			if dir.entries.get(name.Name) == nil && dir.origin.children[name.Name] == nil {
				one(name.Name, name.Type, nil)
			}
		}
	}
}
