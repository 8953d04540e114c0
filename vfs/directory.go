package vfs

import (
	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// directory is an open directory.
type directory struct {
	fs     *FS
	node   *node
	closed bool
}

func (f *FS) openDirectory(n *node) *directory {
	n.handles++
	return &directory{fs: f, node: n}
}

// begin locks the tree; the caller unlocks it whatever begin returns.
func (d *directory) begin() fsapi.Errno {
	d.fs.mu.Lock()
	if d.closed || d.fs.closed {
		return fsapi.EBADF
	}
	if d.fs.stale.Load() {
		d.fs.refresh()
	}
	return fsapi.ESUCCESS
}

func (d *directory) StatAt(path string, followLast bool) (fsapi.Filestat, fsapi.Errno) {
	errno := d.begin()
	defer d.fs.unlock()
	if errno != 0 {
		return fsapi.Filestat{}, errno
	}
	p, errno := d.fs.existing(d.node, path, follow(followLast), perm.List)
	if errno != 0 {
		return fsapi.Filestat{}, errno
	}
	r := d.fs.judgePlace(p)
	if errno := d.fs.mayKnow(&r, perm.List); errno != 0 {
		return fsapi.Filestat{}, errno
	}
	defer d.fs.forget(p.node)
	return p.node.stat(), fsapi.ESUCCESS
}

func (d *directory) SetTimesAt(path string, followLast bool, times fsapi.Times) fsapi.Errno {
	errno := d.begin()
	defer d.fs.unlock()
	if errno != 0 {
		return errno
	}
	p, errno := d.fs.existing(d.node, path, follow(followLast), perm.Modify)
	if errno != 0 {
		return errno
	}
	return d.fs.setTimes(p.node, times)
}

// setTimes sets times of what is still somewhere only if it may be modified.
func (f *FS) setTimes(n *node, times fsapi.Times) fsapi.Errno {
	if n.layer != nil {
		return fsapi.EROFS
	}
	r := f.judgeNode(n)
	if how, errno := f.mayChangeExisting(&r, perm.Modify); how == pretended || errno != 0 {
		return errno
	}
	return n.setTimes(times)
}

func (d *directory) MkdirAt(path string) fsapi.Errno {
	errno := d.begin()
	defer d.fs.unlock()
	if errno != 0 {
		return errno
	}
	p, errno := d.fs.resolve(d.node, path, linkItself)
	switch {
	case errno == fsapi.ENOTDIR:
		// "file/" exists, though it is no directory.
		if p, again := d.fs.resolve(d.node, trimSlashes(path), linkItself); again == 0 && p.node != nil {
			_, errno = d.fs.present(p)
		}
		return errno
	case errno != 0:
		return errno
	}
	_, errno = d.fs.make(p, fsapi.TypeDirectory, "")
	return errno
}

func (d *directory) SymlinkAt(target, path string) fsapi.Errno {
	errno := d.begin()
	defer d.fs.unlock()
	if errno != 0 {
		return errno
	}
	if errno := checkTarget(target); errno != 0 {
		return errno
	}
	p, errno := d.fs.resolve(d.node, path, linkItself)
	switch {
	case errno != 0:
		return errno
	case p.node == nil && p.slash:
		return d.fs.absent(p, perm.Create, fsapi.ENOENT)
	}
	_, errno = d.fs.make(p, fsapi.TypeSymbolicLink, target)
	return errno
}

// make creates what a path leads to. The node is nil if it was only pretended.
func (f *FS) make(p place, kind fsapi.FileType, target string) (*node, fsapi.Errno) {
	if p.node != nil {
		_, errno := f.present(p)
		return nil, errno
	}
	if errno := p.dir.writable(); errno != 0 {
		return nil, errno
	}
	r := f.judgePlace(p)
	how, errno := f.mayChange(&r, perm.Create)
	if how == pretended || errno != 0 {
		return nil, errno
	}
	n, errno := f.create(p.dir, p.name, kind, target)
	if errno == 0 {
		n.virtual = how == virtually
	}
	return n, errno
}

func (d *directory) RemoveDirectoryAt(path string) fsapi.Errno {
	errno := d.begin()
	defer d.fs.unlock()
	if errno != 0 {
		return errno
	}
	p, errno := d.fs.existing(d.node, path, linkItself, perm.Delete)
	if errno != 0 {
		return errno
	}
	r := d.fs.judgePlace(p)
	if errno := d.fs.mayKnow(&r, perm.Delete); errno != 0 {
		return errno
	}
	switch {
	case p.node.kind != fsapi.TypeDirectory:
		return fsapi.ENOTDIR
	case p.node == d.fs.root || p.node.mountPoint:
		return fsapi.EBUSY
	case p.dir == nil && p.name == "..":
		return fsapi.ENOTEMPTY
	case p.dir == nil:
		return fsapi.EINVAL
	case p.dir.layer != nil:
		return fsapi.EROFS
	}
	if empty, errno := d.fs.emptyDirectory(p.node); errno != 0 {
		return errno
	} else if !empty {
		return fsapi.ENOTEMPTY
	}
	return d.fs.delete(p, &r)
}

func (d *directory) UnlinkAt(path string) fsapi.Errno {
	errno := d.begin()
	defer d.fs.unlock()
	if errno != 0 {
		return errno
	}
	p, errno := d.fs.existing(d.node, path, linkItself, perm.Delete)
	if errno != 0 {
		return errno
	}
	r := d.fs.judgePlace(p)
	if errno := d.fs.mayKnow(&r, perm.Delete); errno != 0 {
		return errno
	}
	switch {
	case p.node.kind == fsapi.TypeDirectory:
		return fsapi.EISDIR
	case p.node.isDevice():
		return fsapi.EPERM
	case p.dir.layer != nil:
		return fsapi.EROFS
	}
	return d.fs.delete(p, &r)
}

func (f *FS) delete(p place, r *ruling) fsapi.Errno {
	how, errno := f.mayChange(r, perm.Delete)
	if how == pretended || errno != 0 {
		return errno
	}
	if how == virtually {
		f.markVirtual(p.node)
	}
	f.remove(p.dir, p.name, p.node)
	return fsapi.ESUCCESS
}

func (d *directory) ReadlinkAt(path string) (string, fsapi.Errno) {
	errno := d.begin()
	defer d.fs.unlock()
	if errno != 0 {
		return "", errno
	}
	p, errno := d.fs.existing(d.node, path, linkBeforeSlash, perm.Read)
	if errno != 0 {
		return "", errno
	}
	r := d.fs.judgePlace(p)
	if errno := d.fs.mayRead(&r, perm.Read); errno != 0 {
		return "", errno
	}
	if p.node.kind != fsapi.TypeSymbolicLink {
		return "", fsapi.EINVAL
	}
	return p.node.target, fsapi.ESUCCESS
}

func (d *directory) LinkAt(path string, followLast bool, to fsapi.Directory, toPath string) fsapi.Errno {
	errno := d.begin()
	defer d.fs.unlock()
	if errno != 0 {
		return errno
	}
	target, errno := d.target(to)
	if errno != 0 {
		return errno
	}
	from, errno := d.fs.existing(d.node, path, follow(followLast), perm.List)
	if errno != 0 {
		return errno
	}
	r := d.fs.judgePlace(from)
	if errno := d.fs.mayKnow(&r, perm.List); errno != 0 {
		return errno
	}
	p, errno := d.fs.resolve(target, toPath, linkItself)
	switch {
	case errno != 0:
		return errno
	case p.node != nil:
		_, errno = d.fs.present(p)
		return errno
	case p.slash:
		return d.fs.absent(p, perm.Create, fsapi.ENOENT)
	}
	return d.fs.absent(p, perm.Create, fsapi.EPERM)
}

// target returns the node of the directory that a rename or link goes to.
func (d *directory) target(to fsapi.Directory) (*node, fsapi.Errno) {
	other, ok := to.(*directory)
	switch {
	case !ok || other.fs != d.fs:
		return nil, fsapi.EXDEV
	case other.closed:
		return nil, fsapi.EBADF
	}
	return other.node, fsapi.ESUCCESS
}

func (d *directory) Stat() (fsapi.Filestat, fsapi.Errno) {
	errno := d.begin()
	defer d.fs.unlock()
	if errno != 0 {
		return fsapi.Filestat{}, errno
	}
	return d.node.stat(), fsapi.ESUCCESS
}

func (d *directory) SetTimes(times fsapi.Times) fsapi.Errno {
	errno := d.begin()
	defer d.fs.unlock()
	if errno != 0 {
		return errno
	}
	return d.fs.setTimes(d.node, times)
}

func (d *directory) Sync() fsapi.Errno {
	errno := d.begin()
	defer d.fs.unlock()
	return errno
}

func (d *directory) Close() fsapi.Errno {
	d.fs.mu.Lock()
	defer d.fs.unlock()
	if d.closed {
		return fsapi.EBADF
	}
	d.closed = true
	d.node.handles--
	d.fs.free(d.node)
	return fsapi.ESUCCESS
}

// Path returns the path that the directory has at the moment, for messages.
func (d *directory) Path() string { return d.fs.pathNow(d.node) }
