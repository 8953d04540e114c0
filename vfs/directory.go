package vfs

import (
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
	if d.closed {
		return fsapi.EBADF
	}
	return fsapi.ESUCCESS
}

func (d *directory) OpenAt(path string, flags fsapi.OpenFlags) (fsapi.Directory, fsapi.File, fsapi.Errno) {
	errno := d.begin()
	defer d.fs.mu.Unlock()
	if errno != 0 {
		return nil, nil, errno
	}
	create := flags&fsapi.OpenCreate != 0
	exclusive := create && flags&fsapi.OpenExclusive != 0
	mode := follow(flags&fsapi.OpenFollow != 0)
	if exclusive {
		mode = followNever
	}
	p, errno := d.fs.resolve(d.node, path, mode)
	if errno != 0 {
		return nil, nil, errno
	}
	n := p.node
	switch {
	case n == nil && !create:
		return nil, nil, fsapi.ENOENT
	case n == nil && (p.slash || flags&fsapi.OpenDirectory != 0):
		// POSIX leaves O_CREAT|O_DIRECTORY open; as with a trailing slash, no
		// directory is ever made here.
		if p.slash {
			return nil, nil, fsapi.EISDIR
		}
		return nil, nil, fsapi.ENOENT
	case n == nil:
		if n, errno = d.fs.create(p.dir, p.name, fsapi.TypeRegularFile, ""); errno != 0 {
			return nil, nil, errno
		}
		return nil, d.fs.openFile(n, flags), fsapi.ESUCCESS
	case exclusive:
		return nil, nil, fsapi.EEXIST
	case flags&fsapi.OpenDirectory != 0 && n.kind != fsapi.TypeDirectory:
		return nil, nil, fsapi.ENOTDIR
	case n.kind == fsapi.TypeSymbolicLink:
		return nil, nil, fsapi.ELOOP
	case n.kind == fsapi.TypeDirectory:
		if create && flags&fsapi.OpenDirectory == 0 || flags&(fsapi.OpenWrite|fsapi.OpenTruncate) != 0 {
			return nil, nil, fsapi.EISDIR
		}
		return d.fs.openDirectory(n), nil, fsapi.ESUCCESS
	case n.layer != nil && flags&(fsapi.OpenWrite|fsapi.OpenTruncate) != 0:
		return nil, nil, fsapi.EROFS
	}
	if flags&fsapi.OpenTruncate != 0 {
		if errno := d.fs.setSize(n, 0); errno != 0 {
			return nil, nil, errno
		}
	}
	return nil, d.fs.openFile(n, flags), fsapi.ESUCCESS
}

func (d *directory) StatAt(path string, followLast bool) (fsapi.Filestat, fsapi.Errno) {
	errno := d.begin()
	defer d.fs.mu.Unlock()
	if errno != 0 {
		return fsapi.Filestat{}, errno
	}
	p, errno := d.fs.existing(d.node, path, follow(followLast))
	if errno != 0 {
		return fsapi.Filestat{}, errno
	}
	return p.node.stat(), fsapi.ESUCCESS
}

func (d *directory) SetTimesAt(path string, followLast bool, times fsapi.Times) fsapi.Errno {
	errno := d.begin()
	defer d.fs.mu.Unlock()
	if errno != 0 {
		return errno
	}
	p, errno := d.fs.existing(d.node, path, follow(followLast))
	if errno != 0 {
		return errno
	}
	return p.node.setTimes(times)
}

func (d *directory) MkdirAt(path string) fsapi.Errno {
	errno := d.begin()
	defer d.fs.mu.Unlock()
	if errno != 0 {
		return errno
	}
	p, errno := d.fs.resolve(d.node, path, followNever)
	switch {
	case errno == fsapi.ENOTDIR:
		// "file/" exists, though it is no directory.
		if p, again := d.fs.resolve(d.node, trimSlashes(path), followNever); again == 0 && p.node != nil {
			return fsapi.EEXIST
		}
		return errno
	case errno != 0:
		return errno
	case p.node != nil:
		return fsapi.EEXIST
	}
	_, errno = d.fs.create(p.dir, p.name, fsapi.TypeDirectory, "")
	return errno
}

func (d *directory) RemoveDirectoryAt(path string) fsapi.Errno {
	errno := d.begin()
	defer d.fs.mu.Unlock()
	if errno != 0 {
		return errno
	}
	p, errno := d.fs.existing(d.node, path, followNever)
	switch {
	case errno != 0:
		return errno
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
	case p.node.entries.len() > 0:
		return fsapi.ENOTEMPTY
	}
	d.fs.remove(p.dir, p.name, p.node)
	return fsapi.ESUCCESS
}

func (d *directory) UnlinkAt(path string) fsapi.Errno {
	errno := d.begin()
	defer d.fs.mu.Unlock()
	if errno != 0 {
		return errno
	}
	p, errno := d.fs.existing(d.node, path, followNever)
	switch {
	case errno != 0:
		return errno
	case p.node.kind == fsapi.TypeDirectory:
		return fsapi.EISDIR
	case p.dir.layer != nil:
		return fsapi.EROFS
	}
	d.fs.remove(p.dir, p.name, p.node)
	return fsapi.ESUCCESS
}

func (d *directory) SymlinkAt(target, path string) fsapi.Errno {
	errno := d.begin()
	defer d.fs.mu.Unlock()
	if errno != 0 {
		return errno
	}
	if errno := checkTarget(target); errno != 0 {
		return errno
	}
	p, errno := d.fs.resolve(d.node, path, followNever)
	switch {
	case errno != 0:
		return errno
	case p.node != nil:
		return fsapi.EEXIST
	case p.slash:
		return fsapi.ENOENT
	}
	_, errno = d.fs.create(p.dir, p.name, fsapi.TypeSymbolicLink, target)
	return errno
}

func (d *directory) ReadlinkAt(path string) (string, fsapi.Errno) {
	errno := d.begin()
	defer d.fs.mu.Unlock()
	if errno != 0 {
		return "", errno
	}
	p, errno := d.fs.existing(d.node, path, followSlash)
	switch {
	case errno != 0:
		return "", errno
	case p.node.kind != fsapi.TypeSymbolicLink:
		return "", fsapi.EINVAL
	}
	return p.node.target, fsapi.ESUCCESS
}

func (d *directory) LinkAt(path string, followLast bool, to fsapi.Directory, toPath string) fsapi.Errno {
	errno := d.begin()
	defer d.fs.mu.Unlock()
	if errno != 0 {
		return errno
	}
	target, errno := d.target(to)
	if errno != 0 {
		return errno
	}
	if _, errno := d.fs.existing(d.node, path, follow(followLast)); errno != 0 {
		return errno
	}
	p, errno := d.fs.resolve(target, toPath, followNever)
	switch {
	case errno != 0:
		return errno
	case p.node != nil:
		return fsapi.EEXIST
	case p.slash:
		return fsapi.ENOENT
	}
	return fsapi.EPERM
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

func (d *directory) RenameAt(path string, to fsapi.Directory, toPath string) fsapi.Errno {
	errno := d.begin()
	defer d.fs.mu.Unlock()
	if errno != 0 {
		return errno
	}
	target, errno := d.target(to)
	if errno != 0 {
		return errno
	}
	from, errno := d.fs.existing(d.node, path, followNever)
	if errno != 0 {
		return errno
	}
	into, errno := d.fs.resolve(target, toPath, followNever)
	if errno != 0 {
		return errno
	}
	return d.fs.rename(from, into)
}

func (f *FS) rename(from, into place) fsapi.Errno {
	moved, replaced := from.node, into.node
	directory := moved.kind == fsapi.TypeDirectory
	switch {
	case from.dir == nil || into.dir == nil || moved.mountPoint || replaced != nil && replaced.mountPoint:
		return fsapi.EBUSY
	case from.dir.layer != nil || into.dir.layer != nil:
		return fsapi.EROFS
	case into.dir.removed:
		return fsapi.ENOENT
	case moved == replaced:
		return fsapi.ESUCCESS
	case into.slash && !directory:
		return fsapi.ENOTDIR
	case directory && isBelow(into.dir, moved):
		return fsapi.EINVAL
	}
	if replaced != nil {
		switch {
		case directory && replaced.kind != fsapi.TypeDirectory:
			return fsapi.ENOTDIR
		case !directory && replaced.kind == fsapi.TypeDirectory:
			return fsapi.EISDIR
		case replaced.entries.len() > 0:
			return fsapi.ENOTEMPTY
		}
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
	if replaced != nil {
		f.remove(into.dir, into.name, replaced)
	}
	from.dir.entries.remove(from.name)
	into.dir.link(into.name, moved)
	at := now()
	moved.changeTime = at
	from.dir.modifyTime, from.dir.changeTime = at, at
	into.dir.modifyTime, into.dir.changeTime = at, at
	return fsapi.ESUCCESS
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

// Cookies: 1 comes after ".", 2 after "..", 2+n after the entry with number n.
const dotEntries = 2

func (d *directory) ReadDir(cookie uint64, entries []fsapi.Dirent) (int, fsapi.Errno) {
	errno := d.begin()
	defer d.fs.mu.Unlock()
	if errno != 0 {
		return 0, errno
	}
	count := 0
	for count < len(entries) && cookie < dotEntries {
		entry := fsapi.Dirent{Next: cookie + 1, Type: fsapi.TypeDirectory, Name: "..", Inode: d.node.parent.inode}
		if cookie == 0 {
			entry.Name, entry.Inode = ".", d.node.inode
		}
		entries[count] = entry
		count, cookie = count+1, cookie+1
	}
	if d.node.layer != nil {
		n, errno := d.readLayer(cookie, entries[count:])
		return count + n, errno
	}
	if count == len(entries) {
		return count, fsapi.ESUCCESS
	}
	for _, entry := range d.node.entries.after(cookie - dotEntries) {
		if count == len(entries) {
			break
		}
		if entry.node != nil {
			entries[count] = fsapi.Dirent{
				Next: dotEntries + entry.number, Inode: entry.node.inode, Type: entry.node.kind, Name: entry.name,
			}
			count++
		}
	}
	return count, fsapi.ESUCCESS
}

// readLayer lists a directory of a layer, whose entries never change: the cookie
// is a position.
func (d *directory) readLayer(cookie uint64, entries []fsapi.Dirent) (int, fsapi.Errno) {
	if len(entries) == 0 {
		return 0, fsapi.ESUCCESS
	}
	if errno := d.node.layer.load(); errno != 0 {
		return 0, errno
	}
	list := d.node.layer.list
	position := min(cookie-dotEntries, uint64(len(list)))
	count := 0
	for _, one := range list[position:] {
		if count == len(entries) {
			break
		}
		position++
		entries[count] = fsapi.Dirent{
			Next: dotEntries + position, Inode: layerInode(d.node.layerIndex, one.number), Type: one.kind, Name: one.name,
		}
		count++
	}
	return count, fsapi.ESUCCESS
}

func (d *directory) Stat() (fsapi.Filestat, fsapi.Errno) {
	errno := d.begin()
	defer d.fs.mu.Unlock()
	if errno != 0 {
		return fsapi.Filestat{}, errno
	}
	return d.node.stat(), fsapi.ESUCCESS
}

func (d *directory) SetTimes(times fsapi.Times) fsapi.Errno {
	errno := d.begin()
	defer d.fs.mu.Unlock()
	if errno != 0 {
		return errno
	}
	return d.node.setTimes(times)
}

func (d *directory) Sync() fsapi.Errno {
	errno := d.begin()
	defer d.fs.mu.Unlock()
	return errno
}

func (d *directory) Close() fsapi.Errno {
	errno := d.begin()
	defer d.fs.mu.Unlock()
	if errno != 0 {
		return errno
	}
	d.closed = true
	d.node.handles--
	d.fs.free(d.node)
	return fsapi.ESUCCESS
}
