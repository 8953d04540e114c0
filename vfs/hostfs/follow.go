package hostfs

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Follow resolves a symbolic link all the way, wherever on the host it leads: to a
// directory, which becomes the root of a Folder of its own, or to a regular file,
// of which a Folder is made that shows nothing but this file. Links on the way are
// the host's, so whoever allows this trusts those who can make links in the
// folder. A relative target starts where the folder was when it was opened. What is
// returned shows symbolic links in it as links again.
//
// The same directory gives the same Folder. It is closed together with the one
// that was opened first, and holds no descriptor while it is not used. It finds
// nothing any more (fs.ErrNotExist) once the directory was moved or replaced.
// Chains of more than 255 links are an error (filepath.EvalSymlinks).
func (f *Folder) Follow(link string) (vfs.Source, string, error) {
	var outside *Folder
	err := f.with("follow", link, func(root directory) error {
		if link == "." {
			return fsapi.EINVAL
		}
		entry, err := f.lstat(root, link)
		if err != nil {
			return err
		}
		if entry.Type != fsapi.TypeSymbolicLink {
			return fsapi.EINVAL
		}
		outside, err = f.family.follow(f.start(link, entry.Target))
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if outside.only != "" {
		return outside, outside.only, nil
	}
	return outside, ".", nil
}

// start returns the host path at which a link's target begins to be resolved. It
// is not cleaned: what ".." means depends on where the components before it lead.
func (f *Folder) start(link, target string) string {
	switch {
	case filepath.IsAbs(target):
		return target
	case target != "" && os.IsPathSeparator(target[0]): // of the same drive
		return filepath.VolumeName(f.real) + target
	}
	at, _ := split(link)
	return filepath.Join(f.real, filepath.FromSlash(at)) + string(filepath.Separator) + target
}

// follow opens what a host path leads to. The links are resolved first, and the
// path without links is opened without following any; if it has got one meanwhile,
// everything begins anew.
func (f *family) follow(start string) (*Folder, error) {
	for range tries {
		real, err := filepath.EvalSymlinks(start)
		if err != nil {
			if _, statErr := os.Lstat(start); statErr == nil && systemErrno(plainError(err)) == fsapi.ESUCCESS && !os.IsNotExist(err) && !os.IsPermission(err) {
				err = fsapi.ELOOP
			}
			return nil, err
		}
		dir, err := f.system.open(real)
		if err == nil {
			return f.adopt(real, "", dir)
		}
		switch plainError(err) {
		case fsapi.ENOTDIR, fsapi.ELOOP:
		default:
			return nil, err
		}
		name := filepath.Base(real)
		if !listedName(name) {
			return nil, fsapi.ENOENT
		}
		parent, err := f.system.open(filepath.Dir(real))
		if err != nil {
			if plainError(err) == fsapi.ELOOP {
				continue
			}
			return nil, err
		}
		entry, err := parent.lstat(name)
		if err == nil && entry.Type == fsapi.TypeRegularFile {
			return f.adopt(filepath.Dir(real), name, parent)
		}
		parent.close()
		if err != nil {
			return nil, err
		}
	}
	return nil, fsapi.ELOOP
}

// inside returns where a link leads in the folder, "" if it leads out.
func (f *Folder) inside(link, target string) string {
	if target == "" || !utf8.ValidString(target) {
		return ""
	}
	root := path.Clean(filepath.ToSlash(f.real))
	rest, ok := below(root, path.Clean(filepath.ToSlash(f.start(link, target))))
	if !ok || f.only != "" && rest != f.only || validPath(rest) != nil {
		return ""
	}
	return rest
}

// below returns the path of a file from a folder, both of them absolute, clean and
// with slashes.
func below(folder, file string) (string, bool) {
	if file == folder {
		return ".", true
	}
	rest, ok := strings.CutPrefix(file, strings.TrimSuffix(folder, "/")+"/")
	return rest, ok && rest != ""
}
