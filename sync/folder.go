package sync

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// maxOpenDirectories bounds the directories that a batch keeps open in one folder.
const maxOpenDirectories = 64

// folder is a host folder that a batch works in.
type folder struct {
	Folder
	root        *os.Root
	directories map[string]*os.Root // open ones by path below the folder, without the folder itself
	journal     *journal
	touched     map[string]bool // directories whose entries were changed
}

// openFolder opens a folder of the host; os.OpenRoot would wait for a FIFO.
func openFolder(path string) (*os.Root, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, &fs.PathError{Op: "open", Path: path, Err: errNoDirectory}
	}
	return os.OpenRoot(path)
}

func (f *folder) open() (err error) {
	if f.root, err = openFolder(f.HostPath); err != nil {
		return fmt.Errorf("the folder of mount %s: %w", f.Path, err)
	}
	return nil
}

func (f *folder) close() error {
	f.closeDirectories()
	if f.root == nil {
		return nil
	}
	return f.root.Close()
}

func (f *folder) closeDirectories() {
	for _, directory := range f.directories {
		_ = directory.Close() // nothing is written through a directory's handle
	}
	f.directories = nil
}

var (
	errLink        = errors.New("a symbolic link is in the way")
	errNoDirectory = errors.New("not a directory")
)

// directory opens a directory below the folder, by steps of which none is a
// symbolic link. What it returns stays open until the batch lets go of it.
func (f *folder) directory(relative string) (*os.Root, error) {
	if relative == "." {
		return f.root, nil
	}
	if found := f.directories[relative]; found != nil {
		return found, nil
	}
	up, name := split(relative)
	parent, err := f.directory(up)
	if err != nil {
		return nil, err
	}
	opened, err := enter(parent, name)
	if err != nil {
		return nil, err
	}
	if f.directories == nil {
		f.directories = make(map[string]*os.Root)
	}
	if len(f.directories) >= maxOpenDirectories {
		f.closeDirectories()
		f.directories = make(map[string]*os.Root)
	}
	f.directories[relative] = opened
	return opened, nil
}

// enter opens a directory in another one. os.Root would follow a link that stays
// below it, so what was opened has to be the directory that was seen.
func enter(parent *os.Root, name string) (*os.Root, error) {
	seen, err := parent.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case seen.Mode()&fs.ModeSymlink != 0:
		return nil, &fs.PathError{Op: "open", Path: name, Err: errLink}
	case !seen.IsDir():
		return nil, &fs.PathError{Op: "open", Path: name, Err: errNoDirectory}
	}
	opened, err := parent.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	is, err := opened.Stat(".")
	if err == nil && !os.SameFile(seen, is) {
		err = &fs.PathError{Op: "open", Path: name, Err: errLink}
	}
	if err != nil {
		_ = opened.Close()
		return nil, err
	}
	return opened, nil
}

// forget closes directories at and below a path, which is about to be removed:
// Windows removes no directory that is open.
func (f *folder) forget(relative string) {
	for path, directory := range f.directories {
		if path == relative || strings.HasPrefix(path, relative+"/") {
			_ = directory.Close()
			delete(f.directories, path)
		}
	}
}

// lstat describes what is at a name; nil if nothing is.
func lstat(directory *os.Root, name string) (fs.FileInfo, error) {
	info, err := directory.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return info, err
}
