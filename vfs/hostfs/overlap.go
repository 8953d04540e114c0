package hostfs

import (
	"os"
	"path"
	"path/filepath"
)

// Overlap says whether two folders of the host have files in common because they
// are the same one, or one of them lies in the other. Symbolic links are resolved
// first, and directories are compared by what they are, not only by their paths,
// so that another spelling or a second mount of the same folder is seen. What is
// not seen is a second mount of a folder inside of one of them. A path that leads to
// nothing is compared by its words alone.
func Overlap(a, b string) bool {
	realA, realB := resolved(a), resolved(b)
	slashA, slashB := path.Clean(filepath.ToSlash(realA)), path.Clean(filepath.ToSlash(realB))
	if _, found := below(slashA, slashB); found {
		return true
	}
	if _, found := below(slashB, slashA); found {
		return true
	}
	return hasAncestor(realA, realB) || hasAncestor(realB, realA)
}

// resolved is realPath, or the absolute path where there is nothing.
func resolved(folder string) string {
	if real, err := realPath(folder); err == nil {
		return real
	}
	if absolute, err := filepath.Abs(folder); err == nil {
		return absolute
	}
	return filepath.Clean(folder)
}

// hasAncestor says whether a folder or one of the folders it is in is the same
// directory as other.
func hasAncestor(folder, other string) bool {
	wanted, err := os.Stat(other)
	if err != nil {
		return false
	}
	for {
		if info, err := os.Stat(folder); err == nil && os.SameFile(info, wanted) {
			return true
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return false
		}
		folder = parent
	}
}
