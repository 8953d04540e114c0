package c

import (
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// lateFile is a file whose content is not known yet when a tool begins to run. The tool
// waits for it where it opens the file.
type lateFile struct {
	path vfs.Path
	// content waits. Without a content the file is not there.
	content func() ([]byte, bool)
}

// lateFS is a filesystem with a late file.
type lateFS struct {
	fsapi.FileSystem
	late *lateFile
}

func (f *lateFS) Root() (fsapi.Directory, fsapi.Errno) {
	root, errno := f.FileSystem.Root()
	if errno != 0 {
		return nil, errno
	}
	return &lateRoot{Directory: root, fs: f}, 0
}

// lateRoot is the root of a lateFS, by which tools open all that has an absolute path.
type lateRoot struct {
	fsapi.Directory
	fs *lateFS
}

// settle makes the late file if it is the one that is asked for.
func (r *lateRoot) settle(path string) fsapi.Errno {
	late := r.fs.late
	if late == nil || path != string(late.path[1:]) {
		return 0
	}
	r.fs.late = nil
	content, ok := late.content()
	if !ok {
		return 0
	}
	_, file, errno := r.Directory.OpenAt(path, fsapi.OpenCreate|fsapi.OpenExclusive|fsapi.OpenWrite)
	if errno != 0 {
		return errno
	}
	defer func() { _ = file.Close() }()
	for offset := 0; offset < len(content); {
		n, errno := file.WriteAt(content[offset:], int64(offset))
		if errno != 0 {
			return errno
		}
		offset += n
	}
	return 0
}

func (r *lateRoot) OpenAt(path string, flags fsapi.OpenFlags) (fsapi.Directory, fsapi.File, fsapi.Errno) {
	if errno := r.settle(path); errno != 0 {
		return nil, nil, errno
	}
	return r.Directory.OpenAt(path, flags)
}

func (r *lateRoot) StatAt(path string, follow bool) (fsapi.Filestat, fsapi.Errno) {
	if errno := r.settle(path); errno != 0 {
		return fsapi.Filestat{}, errno
	}
	return r.Directory.StatAt(path, follow)
}

func (r *lateRoot) RenameAt(path string, to fsapi.Directory, toPath string) fsapi.Errno {
	return r.Directory.RenameAt(path, within(to), toPath)
}

func (r *lateRoot) LinkAt(path string, follow bool, to fsapi.Directory, toPath string) fsapi.Errno {
	return r.Directory.LinkAt(path, follow, within(to), toPath)
}

// within returns the directory that a filesystem knows as its own.
func within(d fsapi.Directory) fsapi.Directory {
	if r, ok := d.(*lateRoot); ok {
		return r.Directory
	}
	return d
}
