package hostfs

import (
	"io/fs"
	"os"
	"strings"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// rootSystem goes through os.Root, which keeps to a directory on every platform
// but follows symbolic links in it. So each component is looked at first, then
// opened, and then compared with what was seen.
type rootSystem struct{}

func (rootSystem) open(real string) (directory, error) {
	// os.OpenRoot opens whatever there is, and would wait for a FIFO.
	if info, err := os.Lstat(real); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fsapi.ENOTDIR
	}
	root, err := os.OpenRoot(real)
	if err != nil {
		return nil, err
	}
	return &rootDirectory{root}, nil
}

type rootDirectory struct{ root *os.Root }

func (d *rootDirectory) child(path string) (directory, error) {
	current := d
	for rest := path; rest != ""; {
		name, after, _ := strings.Cut(rest, "/")
		next, err := current.step(name)
		if current != d {
			current.close()
		}
		if err != nil {
			return nil, err
		}
		current, rest = next, after
	}
	return current, nil
}

func (d *rootDirectory) step(name string) (*rootDirectory, error) {
	for range tries {
		seen, err := d.root.Lstat(name)
		if err != nil {
			return nil, err
		}
		if typeOfMode(seen.Mode()) != fsapi.TypeDirectory {
			return nil, fsapi.ENOTDIR
		}
		root, err := d.root.OpenRoot(name)
		if err != nil {
			return nil, err
		}
		if opened, err := root.Stat("."); err == nil && os.SameFile(seen, opened) {
			return &rootDirectory{root}, nil
		}
		_ = root.Close()
	}
	return nil, fsapi.ENOENT
}

func (d *rootDirectory) stat() (vfs.SourceEntry, error) {
	info, err := d.root.Stat(".")
	if err != nil {
		return vfs.SourceEntry{}, err
	}
	return entryOfInfo(info), nil
}

func (d *rootDirectory) lstat(name string) (vfs.SourceEntry, error) {
	info, err := d.root.Lstat(name)
	if err != nil {
		return vfs.SourceEntry{}, err
	}
	entry := entryOfInfo(info)
	switch entry.Type {
	case fsapi.TypeUnknown:
		return vfs.SourceEntry{}, fsapi.ENOENT
	case fsapi.TypeSymbolicLink:
		entry.Target, err = d.root.Readlink(name)
	}
	return entry, err
}

func (d *rootDirectory) open(name string) (vfs.SourceFile, vfs.SourceEntry, error) {
	for range tries {
		seen, err := d.root.Lstat(name)
		if err != nil {
			return nil, vfs.SourceEntry{}, err
		}
		if kind := typeOfMode(seen.Mode()); kind != fsapi.TypeRegularFile {
			return nil, vfs.SourceEntry{}, notRegular(kind)
		}
		file, err := d.root.OpenFile(name, os.O_RDONLY|rootFlags, 0)
		if err != nil {
			return nil, vfs.SourceEntry{}, err
		}
		if opened, err := file.Stat(); err == nil && opened.Mode().IsRegular() && os.SameFile(seen, opened) {
			return rootFile{file}, entryOfInfo(opened), nil
		}
		_ = file.Close()
	}
	return nil, vfs.SourceEntry{}, fsapi.ENOENT
}

func (d *rootDirectory) list() ([]vfs.SourceName, error) {
	folder, err := d.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer func() { _ = folder.Close() }()
	return listFile(folder)
}

func (d *rootDirectory) bytewise() bool { return false }

func (d *rootDirectory) close() { _ = d.root.Close() }

type rootFile struct{ *os.File }

func (f rootFile) Stat() (vfs.SourceEntry, error) {
	info, err := f.File.Stat()
	if err != nil {
		return vfs.SourceEntry{}, err
	}
	return entryOfInfo(info), nil
}

// listFile lists an open directory with the standard library.
func listFile(folder *os.File) ([]vfs.SourceName, error) {
	entries, err := folder.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	names := make([]vfs.SourceName, 0, len(entries))
	for _, entry := range entries {
		kind := typeOfMode(entry.Type())
		if name := entry.Name(); kind != fsapi.TypeUnknown && listedName(name) {
			names = append(names, vfs.SourceName{Name: strings.Clone(name), Type: kind})
		}
	}
	return names, nil
}

func entryOfInfo(info fs.FileInfo) vfs.SourceEntry {
	entry := vfs.SourceEntry{
		Type: typeOfMode(info.Mode()), Mode: info.Mode().Perm(), ModTime: info.ModTime(),
	}
	if entry.Type != fsapi.TypeDirectory {
		entry.Size = info.Size()
	}
	return entry
}

// typeOfMode leaves out Windows' junctions and the like, which are irregular.
func typeOfMode(mode fs.FileMode) fsapi.FileType {
	switch mode.Type() {
	case fs.ModeDir:
		return fsapi.TypeDirectory
	case 0:
		return fsapi.TypeRegularFile
	case fs.ModeSymlink:
		return fsapi.TypeSymbolicLink
	}
	return fsapi.TypeUnknown
}
