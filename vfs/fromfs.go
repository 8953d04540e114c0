package vfs

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"sync"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// FromFS makes a Source of an fs.FS, so that an embed.FS or a zip.Reader can be
// mounted. files must be safe for use by several goroutines, as those two are; what
// it holds should not change while trees use it, but a change of size or time is
// noticed. Symbolic links are shown if it is an fs.ReadLinkFS. Files that can only
// be read from front to back are opened anew for going back.
func FromFS(files fs.FS) Source { return fsSource{files} }

type fsSource struct{ files fs.FS }

func (s fsSource) Close() error { return nil }

func (s fsSource) ReadDir(name string) ([]SourceName, error) {
	if err := s.checkWay(name); err != nil {
		return nil, err
	}
	list, err := fs.ReadDir(s.files, name)
	if err != nil {
		return nil, err
	}
	_, links := s.files.(fs.ReadLinkFS)
	names := make([]SourceName, 0, len(list))
	for _, one := range list {
		kind := typeOf(one.Type())
		if kind != fsapi.TypeUnknown && (kind != fsapi.TypeSymbolicLink || links) {
			names = append(names, SourceName{Name: one.Name(), Type: kind})
		}
	}
	return names, nil
}

func typeOf(mode fs.FileMode) fsapi.FileType {
	switch mode.Type() {
	case 0:
		return fsapi.TypeRegularFile
	case fs.ModeDir:
		return fsapi.TypeDirectory
	case fs.ModeSymlink:
		return fsapi.TypeSymbolicLink
	}
	return fsapi.TypeUnknown
}

func (s fsSource) Lstat(name string) (SourceEntry, error) {
	if err := s.checkWay(name); err != nil {
		return SourceEntry{}, err
	}
	info, err := fs.Lstat(s.files, name)
	if err != nil {
		return SourceEntry{}, err
	}
	entry := entryOf(info)
	if entry.Type == fsapi.TypeSymbolicLink {
		links, ok := s.files.(fs.ReadLinkFS)
		if !ok {
			return SourceEntry{}, fs.ErrNotExist
		}
		if entry.Target, err = links.ReadLink(name); err != nil {
			return SourceEntry{}, err
		}
		if inside := path.Join(path.Dir(name), entry.Target); !path.IsAbs(entry.Target) && fs.ValidPath(inside) {
			entry.Inside = inside
		}
	}
	if entry.Type == fsapi.TypeUnknown {
		return SourceEntry{}, fs.ErrNotExist
	}
	return entry, nil
}

// checkWay refuses paths on whose way there is a symbolic link, which many fs.FS
// would follow.
func (s fsSource) checkWay(name string) error {
	if !fs.ValidPath(name) {
		return fs.ErrInvalid
	}
	links, ok := s.files.(fs.ReadLinkFS)
	if !ok {
		return nil
	}
	for i := range len(name) {
		if name[i] != '/' {
			continue
		}
		if info, err := links.Lstat(name[:i]); err != nil {
			return err
		} else if !info.IsDir() {
			return fs.ErrNotExist
		}
	}
	return nil
}

func entryOf(info fs.FileInfo) SourceEntry {
	entry := SourceEntry{Type: typeOf(info.Mode()), Mode: info.Mode().Perm(), ModTime: info.ModTime()}
	if entry.Type == fsapi.TypeRegularFile {
		entry.Size = info.Size()
	}
	return entry
}

func (s fsSource) Open(name string) (SourceFile, error) {
	entry, err := s.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case entry.Type != fsapi.TypeRegularFile:
		return nil, fs.ErrInvalid
	}
	file, err := s.files.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		_ = file.Close()
		return nil, errors.Join(err, fs.ErrInvalid)
	}
	opened := &fsFile{source: s, name: name, file: file}
	opened.at, _ = file.(io.ReaderAt)
	return opened, nil
}

// fsFile is an open file of an fs.FS.
type fsFile struct {
	source fsSource
	name   string

	mu     sync.Mutex
	file   fs.File
	at     io.ReaderAt // file, if it can
	offset int64       // where reading from front to back has come to
}

func (f *fsFile) Stat() (SourceEntry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := f.file.Stat()
	if err != nil {
		return SourceEntry{}, err
	}
	return entryOf(info), nil
}

func (f *fsFile) ReadAt(p []byte, offset int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.at != nil {
		return f.at.ReadAt(p, offset)
	}
	if offset < 0 {
		return 0, fs.ErrInvalid
	}
	if err := f.seek(offset); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(f.file, p)
	f.offset += int64(n)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

// seek makes offset the next byte that is read.
func (f *fsFile) seek(offset int64) error {
	if seeker, ok := f.file.(io.Seeker); ok {
		_, err := seeker.Seek(offset, io.SeekStart)
		if err == nil {
			f.offset = offset
		}
		return err
	}
	if offset < f.offset {
		file, err := f.source.files.Open(f.name)
		if err != nil {
			return err
		}
		_ = f.file.Close()
		f.file, f.offset = file, 0
	}
	n, err := io.CopyN(io.Discard, f.file, offset-f.offset)
	f.offset += n
	return err
}

func (f *fsFile) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.file.Close()
}
