package vfs

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Path is a guest path: absolute, with slashes, clean (no empty component, no
// "." or "..", no slash at the end except for the root), valid UTF-8 without NUL.
// It is a type of its own so that it is never mistaken for a path of the host.
type Path string

// ParsePath makes a Path from s as a guest would read it: relative to base unless
// it begins with a slash; ".." of the root is the root. An empty base is the root.
func ParsePath(s string, base Path) (Path, error) {
	switch {
	case s == "":
		return "", fmt.Errorf("guest path is empty: %w", fsapi.ENOENT)
	case !utf8.ValidString(s):
		return "", fmt.Errorf("guest path %q: %w", s, fsapi.EILSEQ)
	case strings.IndexByte(s, 0) >= 0:
		return "", fmt.Errorf("guest path %q has a NUL: %w", s, fsapi.EINVAL)
	}
	clean := path.Clean("/" + s)
	if s[0] != '/' {
		clean = path.Clean("/" + string(base) + "/" + s)
	}
	if len(clean) > fsapi.PathMax {
		return "", fmt.Errorf("guest path of %d bytes: %w", len(clean), fsapi.ENAMETOOLONG)
	}
	for name := range strings.SplitSeq(clean[1:], "/") {
		if len(name) > fsapi.NameMax {
			return "", fmt.Errorf("guest path with a component of %d bytes: %w", len(name), fsapi.ENAMETOOLONG)
		}
	}
	return Path(clean), nil
}

// Dir returns the parent directory; the root is its own.
func (p Path) Dir() Path { return Path(path.Dir(string(p))) }

// Base returns the last component, "/" for the root.
func (p Path) Base() string { return path.Base(string(p)) }

// Within tells whether the path is folder or below it: /data/a is within /data, and
// /database is not.
func (p Path) Within(folder Path) bool {
	return p == folder || folder == "/" || strings.HasPrefix(string(p), string(folder)+"/")
}

// join appends a component.
func (p Path) join(name string) Path {
	if p == "/" {
		return p + Path(name)
	}
	return p + "/" + Path(name)
}
