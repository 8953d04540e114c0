package vfs

import (
	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

func (d *directory) OpenAt(path string, flags fsapi.OpenFlags) (fsapi.Directory, fsapi.File, fsapi.Errno) {
	errno := d.begin()
	defer d.fs.unlock()
	if errno != 0 {
		return nil, nil, errno
	}
	create := flags&fsapi.OpenCreate != 0
	exclusive := create && flags&fsapi.OpenExclusive != 0
	mode := follow(flags&fsapi.OpenFollow != 0)
	if exclusive {
		mode = linkItself
	}
	p, errno := d.fs.resolve(d.node, path, mode)
	switch {
	case errno != 0:
		return nil, nil, errno
	case p.node == nil && create:
		file, errno := d.fs.openNew(p, flags)
		return nil, file, errno
	case p.node == nil:
		return nil, nil, d.fs.absent(p, wanted(flags), fsapi.ENOENT)
	case exclusive:
		how, errno := d.fs.present(p)
		if how == pretended && errno == 0 {
			return nil, d.fs.openPretended(flags), fsapi.ESUCCESS
		}
		return nil, nil, errno
	}
	return d.fs.openExisting(p, flags)
}

// wanted is the operation that opening is chiefly about.
func wanted(flags fsapi.OpenFlags) perm.Operations {
	if flags&(fsapi.OpenWrite|fsapi.OpenTruncate) != 0 && flags&fsapi.OpenRead == 0 {
		return perm.Modify
	}
	return perm.Read
}

// openNew creates a file and opens it.
func (f *FS) openNew(p place, flags fsapi.OpenFlags) (fsapi.File, fsapi.Errno) {
	// POSIX leaves O_CREAT|O_DIRECTORY open; as with a trailing slash, no directory
	// is ever made here.
	switch {
	case p.slash:
		return nil, f.absent(p, perm.Create, fsapi.EISDIR)
	case flags&fsapi.OpenDirectory != 0:
		return nil, f.absent(p, perm.Create, fsapi.ENOENT)
	}
	n, errno := f.make(p, fsapi.TypeRegularFile, "")
	switch {
	case errno != 0:
		return nil, errno
	case n == nil:
		return f.openPretended(flags), fsapi.ESUCCESS
	}
	h := f.openFile(n, flags)
	h.created = true
	return h, fsapi.ESUCCESS
}

// openPretended opens a file that nobody else will ever see, for who may not
// create one.
func (f *FS) openPretended(flags fsapi.OpenFlags) *file {
	n := f.newNode(fsapi.TypeRegularFile, now())
	n.removed, n.parent = true, f.root
	h := f.openFile(n, flags)
	h.drop = true
	return h
}

func (f *FS) openExisting(p place, flags fsapi.OpenFlags) (fsapi.Directory, fsapi.File, fsapi.Errno) {
	n := p.node
	r := f.judgePlace(p)
	reading, changing := flags&fsapi.OpenRead != 0, flags&(fsapi.OpenWrite|fsapi.OpenTruncate) != 0
	wrongKind := fsapi.ESUCCESS
	switch {
	case flags&fsapi.OpenDirectory != 0 && n.kind != fsapi.TypeDirectory:
		wrongKind = fsapi.ENOTDIR
	case n.kind == fsapi.TypeSymbolicLink:
		wrongKind = fsapi.ELOOP
	case n.kind == fsapi.TypeDirectory && (changing || flags&fsapi.OpenCreate != 0 && flags&fsapi.OpenDirectory == 0):
		wrongKind = fsapi.EISDIR
	}
	switch {
	case wrongKind != 0:
		if errno := f.mayKnow(&r, wanted(flags)); errno != 0 {
			return nil, nil, errno
		}
		return nil, nil, wrongKind
	case n.kind == fsapi.TypeDirectory && reading:
		if errno := f.mayRead(&r, perm.List); errno != 0 {
			return nil, nil, errno
		}
		return f.openDirectory(n), nil, fsapi.ESUCCESS
	case n.kind == fsapi.TypeDirectory:
		if errno := f.mayKnow(&r, perm.List); errno != 0 {
			return nil, nil, errno
		}
		return f.openDirectory(n), nil, fsapi.ESUCCESS
	case n.isDevice():
		return nil, f.openFile(n, flags), fsapi.ESUCCESS
	case n.layer != nil && changing:
		return nil, nil, fsapi.EROFS
	}
	h, errno := f.openRegular(n, &r, flags, reading, changing)
	if errno != 0 {
		return nil, nil, errno
	}
	return nil, h, fsapi.ESUCCESS
}

func (f *FS) openRegular(n *node, r *ruling, flags fsapi.OpenFlags, reading, changing bool) (*file, fsapi.Errno) {
	how := really
	if reading {
		if errno := f.mayRead(r, perm.Read); errno != 0 {
			return nil, errno
		}
	}
	if changing {
		judge := f.mayChangeExisting
		if flags&fsapi.OpenCreate != 0 {
			judge = f.mayChange // as if it was to be created
		}
		var errno fsapi.Errno
		if how, errno = judge(r, perm.Modify); errno != 0 {
			return nil, errno
		}
	} else if errno := f.mayKnow(r, perm.Read); errno != 0 {
		return nil, errno
	}
	truncate := flags&fsapi.OpenTruncate != 0 && how != pretended
	if how != really && !r.known() {
		// It looks as if it was missing, so what is opened is new: not even the size of
		// what is there may show.
		if how == pretended {
			return f.openPretended(flags), fsapi.ESUCCESS
		}
		truncate = true
	}
	h := f.openFile(n, flags)
	h.drop, h.virtual, h.judged = how == pretended, how == virtually, f.moves+1
	errno := fsapi.ESUCCESS
	if n.lazy && !truncate && (reading || changing) {
		if errno = f.admit(n.origin); errno == 0 && reading {
			_, errno = f.openSource(n)
		}
	}
	if truncate && errno == 0 {
		if errno = f.setSize(n, 0); errno == 0 && h.virtual {
			f.markVirtual(n)
		}
	}
	if errno != 0 {
		h.close()
		return nil, errno
	}
	return h, fsapi.ESUCCESS
}
