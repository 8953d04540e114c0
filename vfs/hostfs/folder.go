package hostfs

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Folder is a folder of the host as a source of files. It only ever reads. It is
// safe for use by several goroutines.
type Folder struct {
	real     string // absolute path without symbolic links, as it was at Open
	only     string // the one name that is shown, "" for all of them
	anchor   *anchor
	family   *family
	spelling spelling
}

var (
	_ vfs.Source   = (*Folder)(nil)
	_ vfs.Follower = (*Folder)(nil)
	_ vfs.Watcher  = (*Folder)(nil)
)

// Open opens a folder of the host; a relative path starts at the process's
// working directory. Symbolic links in the path are resolved now and never again:
// the Folder stays the directory that was found, even when it is renamed.
//
// The error matches fs.ErrNotExist if there is nothing, fsapi.ENOTDIR if there is
// something else than a directory, and fs.ErrPermission if it may not be reached.
// It names the folder. The caller closes the Folder.
func Open(folder string) (*Folder, error) {
	return open(folder, platform())
}

func open(folder string, system system) (*Folder, error) {
	fail := func(err error) (*Folder, error) {
		return nil, &fs.PathError{Op: "open folder", Path: folder, Err: plainError(err)}
	}
	if folder == "" {
		return fail(fsapi.ENOENT)
	}
	real, err := realPath(folder)
	if err != nil {
		return fail(err)
	}
	dir, err := system.open(real)
	if err != nil {
		return fail(err)
	}
	entry, err := dir.stat()
	if err != nil {
		dir.close()
		return fail(err)
	}
	relatives := newFamily(system)
	return &Folder{real: real, family: relatives, anchor: relatives.pin(real, entry.ID, dir)}, nil
}

// realPath makes a path absolute and resolves its symbolic links.
func realPath(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(absolute)
}

// RealPath returns the absolute path that the folder had when it was opened,
// without symbolic links.
func (f *Folder) RealPath() string { return f.real }

// Close frees what the Folder and all that Follow returned hold. It does not wait:
// what other goroutines are just doing is finished first, and everything begun
// later fails with fs.ErrClosed. Open files stay open; whoever opened them closes
// them. Closing what Follow returned does nothing.
func (f *Folder) Close() error {
	if f.anchor.pinned {
		f.family.close()
	}
	return nil
}

// ReadDir lists the directories, regular files and symbolic links in a directory,
// in the host's order. It asks the host for nothing but the listing, unless the
// host's filesystem leaves out the types.
func (f *Folder) ReadDir(path string) ([]vfs.SourceName, error) {
	var names []vfs.SourceName
	err := f.with("readdir", path, func(root directory) error {
		if f.only != "" {
			if path != "." {
				return f.reachable(path)
			}
			if entry, err := root.lstat(f.only); err == nil {
				names = []vfs.SourceName{{Name: f.only, Type: entry.Type}}
			}
			return nil
		}
		dir, err := f.directory(root, path)
		if err != nil {
			return err
		}
		defer dir.done()
		names, err = dir.list()
		return err
	})
	return names, err
}

// Lstat describes what is at a path, a symbolic link itself. A link's Inside is
// found by looking at its target's words only: a relative target starts at the
// link's folder, an absolute one counts if it begins with RealPath, and ".." takes
// away the component before it, whatever that is on the host.
func (f *Folder) Lstat(path string) (vfs.SourceEntry, error) {
	var entry vfs.SourceEntry
	err := f.with("lstat", path, func(root directory) (err error) {
		if path == "." {
			entry, err = root.stat()
			return err
		}
		entry, err = f.lstat(root, path)
		if entry.Type == fsapi.TypeSymbolicLink {
			entry.Inside = f.inside(path, entry.Target)
			entry.Target = strings.ToValidUTF8(filepath.ToSlash(entry.Target), "\uFFFD")
		}
		return err
	})
	if err != nil {
		return vfs.SourceEntry{}, err
	}
	return entry, nil
}

// lstat describes what is at a path other than ".". The target is as the host has
// it.
func (f *Folder) lstat(root directory, path string) (vfs.SourceEntry, error) {
	if err := f.reachable(path); err != nil {
		return vfs.SourceEntry{}, err
	}
	at, name := split(path)
	dir, err := f.directory(root, at)
	if err != nil {
		return vfs.SourceEntry{}, err
	}
	defer dir.done()
	entry, err := dir.lstat(name)
	if err != nil {
		return vfs.SourceEntry{}, err
	}
	return entry, f.spelled(dir, at, name, entry.ID)
}

// Open opens a regular file for reading. The file is looked at before it is
// opened, so that nothing else is, and again afterwards; neither waits. A
// symbolic link is ELOOP, a directory EISDIR, anything else does not exist.
func (f *Folder) Open(path string) (vfs.SourceFile, error) {
	var file vfs.SourceFile
	err := f.with("open", path, func(root directory) error {
		if path == "." {
			return fsapi.EISDIR
		}
		if err := f.reachable(path); err != nil {
			return err
		}
		at, name := split(path)
		dir, err := f.directory(root, at)
		if err != nil {
			return err
		}
		defer dir.done()
		opened, entry, err := dir.open(name)
		if err != nil {
			// Why it cannot be opened is told about the right name only.
			if entry, lookErr := dir.lstat(name); lookErr == nil {
				if wrong := f.spelled(dir, at, name, entry.ID); wrong != nil {
					return wrong
				}
			}
			return err
		}
		if err := f.spelled(dir, at, name, entry.ID); err != nil {
			_ = opened.Close()
			return err
		}
		file = opened
		return nil
	})
	return file, err
}

// with runs one operation with the root directory held, and says in errors which
// one it was.
func (f *Folder) with(operation, path string, run func(root directory) error) error {
	err := validPath(path)
	if err == nil {
		var root directory
		if root, err = f.anchor.acquire(); err == nil {
			err = run(root)
			f.anchor.release()
		}
	}
	if err != nil {
		return &fs.PathError{Op: operation, Path: path, Err: plainError(err)}
	}
	return nil
}

// reachable says no for everything but the file of a Folder that shows one only.
func (f *Folder) reachable(path string) error {
	if f.only == "" || path == f.only {
		return nil
	}
	return fsapi.ENOENT
}

// located is a directory that an operation goes through, and whether it is to be
// closed after that.
type located struct {
	directory
	borrowed bool
}

func (l located) done() {
	if !l.borrowed {
		l.close()
	}
}

// directory opens the directory at a path. Each component of it is spelled as the
// host lists it.
func (f *Folder) directory(root directory, path string) (located, error) {
	current := located{root, true}
	if path == "." {
		return current, nil
	}
	if f.spelling.known(path) {
		dir, err := root.child(path)
		return located{dir, false}, err
	}
	at, rest := ".", path
	for rest != "" {
		name, after, _ := strings.Cut(rest, "/")
		next, err := f.step(current, at, name)
		current.done()
		if err != nil {
			return located{}, err
		}
		current = located{next, false}
		at, rest = join(at, name), after
	}
	return current, nil
}

// step opens one directory in another one.
func (f *Folder) step(dir directory, at, name string) (directory, error) {
	next, err := dir.child(name)
	if err != nil {
		return nil, err
	}
	entry, err := next.stat()
	if err == nil {
		var stays bool
		stays, err = f.spelledFor(dir, at, name, entry.ID)
		if stays && (at == "." || f.spelling.known(at)) {
			f.spelling.learn(join(at, name), unknown)
		}
	}
	if err != nil {
		next.close()
		return nil, err
	}
	return next, nil
}

// split cuts a path into its folder and its last component.
func split(path string) (at, name string) {
	if cut := strings.LastIndexByte(path, '/'); cut >= 0 {
		return path[:cut], path[cut+1:]
	}
	return ".", path
}

func join(at, name string) string {
	if at == "." {
		return name
	}
	return at + "/" + name
}

// plainError takes away the context that the standard library puts around an
// error, paths of the host among it, and turns what POSIX knows into an
// fsapi.Errno.
func plainError(err error) error {
	for {
		var inner error
		if path := (*fs.PathError)(nil); errors.As(err, &path) {
			inner = path.Err
		}
		if inner == nil {
			break
		}
		err = inner
	}
	var errno fsapi.Errno
	if errors.As(err, &errno) || errors.Is(err, fs.ErrClosed) {
		return err
	}
	if errno := systemErrno(err); errno != fsapi.ESUCCESS {
		return errno
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fsapi.ENOENT
	case errors.Is(err, fs.ErrPermission):
		return fsapi.EACCES
	}
	return err
}
