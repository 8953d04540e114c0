package vfs

import (
	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Cookies: 1 comes after ".", 2 after "..", 2+n after the n-th name in the listing
// of a Source or a layer, and 2+memoryEntries+n after the entry with number n.
const (
	dotEntries    = 2
	memoryEntries = 1 << 40
)

func (d *directory) ReadDir(cookie uint64, entries []fsapi.Dirent) (int, fsapi.Errno) {
	errno := d.begin()
	defer d.fs.unlock()
	if errno != 0 {
		return 0, errno
	}
	return d.read(cookie, entries)
}

func (d *directory) read(cookie uint64, entries []fsapi.Dirent) (int, fsapi.Errno) {
	n := d.node
	d.fs.useAll(n)
	var v viewer
	if d.fs.guarded && !d.fs.trusted && !n.removed {
		r := d.fs.judgeNode(n)
		if errno := d.fs.mayRead(&r, perm.List); errno != 0 {
			return 0, errno
		}
		v = d.fs.viewerOf(n)
	}
	count := 0
	for count < len(entries) && cookie < dotEntries {
		entry := fsapi.Dirent{Next: cookie + 1, Type: fsapi.TypeDirectory, Name: "..", Inode: n.parent.inode}
		if cookie == 0 {
			entry.Name, entry.Inode = ".", n.inode
		}
		entries[count] = entry
		count, cookie = count+1, cookie+1
	}
	if n.removed || count == len(entries) {
		return count, fsapi.ESUCCESS
	}
	if cookie -= dotEntries; cookie < memoryEntries {
		switch {
		case n.layer != nil:
			more, errno := n.readLayer(cookie, entries[count:])
			return count + more, errno
		case n.origin.ofSource():
			more, errno := d.fs.readListing(n, cookie, entries[count:], &v)
			if count += more; errno != 0 {
				return count, errno
			}
		}
		cookie = memoryEntries
	}
	return count + n.readEntries(cookie-memoryEntries, entries[count:], &v), fsapi.ESUCCESS
}

// readEntries lists what has numbers.
func (n *node) readEntries(number uint64, entries []fsapi.Dirent, v *viewer) int {
	count := 0
	for _, one := range n.entries.after(number) {
		if count == len(entries) {
			break
		}
		if one.node != nil && v.sees(one.name, one.node) {
			entries[count] = fsapi.Dirent{
				Next: dotEntries + memoryEntries + one.number, Inode: one.node.inode, Type: one.node.kind, Name: one.name,
			}
			count++
		}
	}
	return count
}

// readListing lists what is still as a Source has it.
func (f *FS) readListing(n *node, position uint64, entries []fsapi.Dirent, v *viewer) (int, fsapi.Errno) {
	l, errno := f.list(n)
	if errno != 0 {
		return 0, errno
	}
	count := 0
	for ; position < uint64(len(l.names)) && count < len(entries); position++ {
		one := &l.names[position]
		entry := fsapi.Dirent{
			Next: dotEntries + position + 1, Inode: l.firstInode + position, Type: one.Type, Name: one.Name,
		}
		found := n.entries.find(one.Name)
		switch {
		case found != nil && found.number != 0:
			continue // something else has its name
		case found != nil:
			entry.Inode, entry.Type = found.node.inode, found.node.kind
			if !v.sees(one.Name, found.node) {
				continue
			}
		case n.origin.children[one.Name] != nil || !v.sees(one.Name, nil):
			continue
		}
		entries[count] = entry
		count++
	}
	return count, fsapi.ESUCCESS
}

// readLayer lists a directory of a layer, whose entries never change.
func (n *node) readLayer(position uint64, entries []fsapi.Dirent) (int, fsapi.Errno) {
	if errno := n.layer.load(); errno != 0 {
		return 0, errno
	}
	list := n.layer.list
	count := 0
	for position = min(position, uint64(len(list))); position < uint64(len(list)) && count < len(entries); position++ {
		one := list[position]
		entries[count] = fsapi.Dirent{
			Next: dotEntries + position + 1, Inode: layerInode(n.layerIndex, one.number), Type: one.kind, Name: one.name,
		}
		count++
	}
	return count, fsapi.ESUCCESS
}

// viewer tells which names of one directory are shown. The zero value shows all.
type viewer struct {
	fs   *FS
	dir  *node
	zone *folder
	path Path
}

func (f *FS) viewerOf(dir *node) viewer {
	v := viewer{fs: f, dir: dir}
	v.zone, v.path = f.locate(dir)
	return v
}

// sees says whether a name is shown; n is nil if it was not touched yet.
func (v *viewer) sees(name string, n *node) bool {
	if v.fs == nil {
		return true
	}
	zone, path := v.zone, Path("")
	if n != nil && n.mountPoint {
		zone, path = v.fs.locate(n)
	} else if zone != nil {
		path = v.path.join(name)
	}
	r := v.fs.judgePath(zone, path, n)
	if n == nil && v.dir.origin.ofSource() {
		v.fs.judgeOrigin(&r, v.dir.origin, joinSource(v.dir.origin.path, name))
	}
	return r.allowed.Has(perm.List)
}
