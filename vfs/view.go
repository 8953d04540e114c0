package vfs

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// View returns the tree for reading from Go, as it is at each moment. It implements
// fs.FS, fs.ReadDirFS, fs.ReadFileFS, fs.StatFS and fs.ReadLinkFS. The host sees
// everything but devices: policies are for guests. Symbolic links are followed as
// they are for guests.
//
// It is safe for use by several goroutines, also while a guest uses the tree, and
// works until Close.
func (f *FS) View() fs.FS { return view{f} }

type view struct{ fs *FS }

var (
	_ fs.ReadDirFS  = view{}
	_ fs.ReadFileFS = view{}
	_ fs.StatFS     = view{}
	_ fs.ReadLinkFS = view{}
)

// find locks the tree and resolves a name; the caller unlocks it with done whatever
// find returns.
func (v view) find(op, name string, mode linkMode) (*node, error) {
	v.fs.mu.Lock()
	v.fs.trusted = true
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	if v.fs.closed {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrClosed}
	}
	if v.fs.stale.Load() {
		v.fs.refresh()
	}
	p, errno := v.fs.existing(v.fs.root, name, mode, 0)
	if errno == 0 && hiddenFromView(p.node) {
		errno = fsapi.ENOENT
	}
	return p.node, pathError(op, name, errno)
}

func (v view) done() {
	v.fs.trusted = false
	v.fs.unlock()
}

func hiddenFromView(n *node) bool { return n.layer != nil && n.layerIndex == deviceIndex }

func pathError(op, name string, errno fsapi.Errno) error {
	if errno == 0 {
		return nil
	}
	return &fs.PathError{Op: op, Path: name, Err: errno}
}

func (v view) Open(name string) (fs.File, error) {
	n, err := v.find("open", name, linkFollowed)
	defer v.done()
	if err != nil {
		return nil, err
	}
	info := v.info(path.Base(name), n)
	if n.kind == fsapi.TypeDirectory {
		list, err := v.list(name, n)
		if err != nil {
			return nil, err
		}
		return &viewDirectory{name: name, info: info, rest: list}, nil
	}
	file := v.fs.openFile(n, fsapi.OpenRead)
	if n.lazy {
		if _, errno := v.fs.openSource(n); errno != 0 {
			file.close()
			return nil, pathError("open", name, errno)
		}
	}
	return &viewFile{name: name, file: file}, nil
}

func (v view) ReadFile(name string) ([]byte, error) {
	file, err := v.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, pathError("read", name, fsapi.EISDIR)
	}
	return io.ReadAll(file)
}

func (v view) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := v.find("readdir", name, linkFollowed)
	defer v.done()
	if err != nil {
		return nil, err
	}
	if n.kind != fsapi.TypeDirectory {
		return nil, pathError("readdir", name, fsapi.ENOTDIR)
	}
	return v.list(name, n)
}

func (v view) Stat(name string) (fs.FileInfo, error) {
	n, err := v.find("stat", name, linkFollowed)
	defer v.done()
	if err != nil {
		return nil, err
	}
	return v.info(path.Base(name), n), nil
}

func (v view) Lstat(name string) (fs.FileInfo, error) {
	n, err := v.find("lstat", name, linkItself)
	defer v.done()
	if err != nil {
		return nil, err
	}
	return v.info(path.Base(name), n), nil
}

func (v view) ReadLink(name string) (string, error) {
	n, err := v.find("readlink", name, linkItself)
	defer v.done()
	switch {
	case err != nil:
		return "", err
	case n.kind != fsapi.TypeSymbolicLink:
		return "", pathError("readlink", name, fsapi.EINVAL)
	}
	return n.target, nil
}

// list returns the entries of a directory, sorted.
func (v view) list(name string, n *node) ([]fs.DirEntry, error) {
	d := v.fs.openDirectory(n)
	defer func() { n.handles-- }()
	var list []fs.DirEntry
	buffer, cookie := make([]fsapi.Dirent, 128), uint64(dotEntries)
	for {
		count, errno := d.read(cookie, buffer)
		if errno != 0 {
			return nil, pathError("readdir", name, errno)
		}
		if count == 0 {
			break
		}
		for _, one := range buffer[:count] {
			if child := n.entries.get(one.Name); child == nil || !hiddenFromView(child) {
				list = append(list, viewEntry{view: v, name: one.Name, path: path.Join(name, one.Name), mode: modeOf(one.Type)})
			}
		}
		cookie = buffer[count-1].Next
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}

func modeOf(kind fsapi.FileType) fs.FileMode {
	switch kind {
	case fsapi.TypeDirectory:
		return fs.ModeDir
	case fsapi.TypeSymbolicLink:
		return fs.ModeSymlink
	}
	return 0
}

func (v view) info(name string, n *node) fs.FileInfo {
	return viewInfo{
		name: name, size: n.size(), mode: modeOf(n.kind) | n.permissions(), modTime: time.Unix(0, n.modifyTime),
	}
}

// viewEntry is an entry of a directory, described when that is asked for.
type viewEntry struct {
	view       view
	name, path string
	mode       fs.FileMode
}

func (e viewEntry) Name() string               { return e.name }
func (e viewEntry) IsDir() bool                { return e.mode.IsDir() }
func (e viewEntry) Type() fs.FileMode          { return e.mode }
func (e viewEntry) Info() (fs.FileInfo, error) { return e.view.Lstat(e.path) }
func (e viewEntry) String() string             { return fs.FormatDirEntry(e) }

type viewInfo struct {
	name    string
	size    int64
	mode    fs.FileMode
	modTime time.Time
}

func (i viewInfo) Name() string       { return i.name }
func (i viewInfo) Size() int64        { return i.size }
func (i viewInfo) Mode() fs.FileMode  { return i.mode }
func (i viewInfo) ModTime() time.Time { return i.modTime }
func (i viewInfo) IsDir() bool        { return i.mode.IsDir() }
func (i viewInfo) Sys() any           { return nil }
func (i viewInfo) String() string     { return fs.FormatFileInfo(i) }

// viewFile is an open file. It also implements io.ReaderAt and io.Seeker.
type viewFile struct {
	name   string
	file   *file
	offset int64
}

func (f *viewFile) Stat() (fs.FileInfo, error) {
	errno := f.file.begin(true)
	defer f.file.fs.unlock()
	if errno != 0 {
		return nil, pathError("stat", f.name, errno)
	}
	return view{f.file.fs}.info(path.Base(f.name), f.file.node), nil
}

func (f *viewFile) Read(p []byte) (int, error) {
	n, errno := f.file.ReadAt(p, f.offset)
	f.offset += int64(n)
	if errno == 0 && n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, pathError("read", f.name, errno)
}

func (f *viewFile) ReadAt(p []byte, offset int64) (int, error) {
	n, errno := f.file.ReadAt(p, offset)
	if errno == 0 && n < len(p) {
		return n, io.EOF
	}
	return n, pathError("read", f.name, errno)
}

func (f *viewFile) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += f.offset
	case io.SeekEnd:
		info, err := f.Stat()
		if err != nil {
			return 0, err
		}
		offset += info.Size()
	default:
		return 0, pathError("seek", f.name, fsapi.EINVAL)
	}
	if offset < 0 {
		return 0, pathError("seek", f.name, fsapi.EINVAL)
	}
	f.offset = offset
	return offset, nil
}

func (f *viewFile) Close() error { return pathError("close", f.name, f.file.Close()) }

// viewDirectory is an open directory, listed when it was opened.
type viewDirectory struct {
	name   string
	info   fs.FileInfo
	rest   []fs.DirEntry
	closed bool
}

func (d *viewDirectory) Stat() (fs.FileInfo, error) { return d.info, nil }

func (d *viewDirectory) Read([]byte) (int, error) {
	return 0, pathError("read", d.name, fsapi.EISDIR)
}

func (d *viewDirectory) ReadDir(n int) ([]fs.DirEntry, error) {
	if d.closed {
		return nil, &fs.PathError{Op: "readdir", Path: d.name, Err: fs.ErrClosed}
	}
	if n > 0 && len(d.rest) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(d.rest) {
		n = len(d.rest)
	}
	list := d.rest[:n:n]
	d.rest = d.rest[n:]
	return list, nil
}

func (d *viewDirectory) Close() error {
	if d.closed {
		return &fs.PathError{Op: "close", Path: d.name, Err: fs.ErrClosed}
	}
	d.closed = true
	return nil
}
