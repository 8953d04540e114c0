package vfs

import (
	"strings"
	"unicode/utf8"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// followMode says what happens to a symbolic link in the last component.
type followMode uint8

const (
	followNever followMode = iota // it is what is meant, with a trailing slash too
	followSlash                   // followed if a slash comes after it
	followAlways
)

func follow(yes bool) followMode {
	if yes {
		return followAlways
	}
	return followSlash
}

// place is where a path leads.
type place struct {
	node *node // nil: nothing there, but its directory exists
	dir  *node // the directory that has the name; nil if the path ends in ".", ".." or is the root
	name string
	// slash: the path ends with a slash. Then node is a directory or nil.
	slash bool
}

// cutComponent splits a path without leading slash after its first component;
// after has no leading slash either.
func cutComponent(path string) (name, after string) {
	i := strings.IndexByte(path, '/')
	if i < 0 {
		return path, ""
	}
	return path[:i], strings.TrimLeft(path[i:], "/")
}

// resolve walks path from start, component by component, as the package doc of
// fsapi says.
func (f *FS) resolve(start *node, path string, mode followMode) (place, fsapi.Errno) {
	switch {
	case path == "":
		return place{}, fsapi.ENOENT
	case len(path) > fsapi.PathMax:
		return place{}, fsapi.ENAMETOOLONG
	case strings.IndexByte(path, 0) >= 0:
		return place{}, fsapi.EINVAL
	case !utf8.ValidString(path):
		return place{}, fsapi.EILSEQ
	}
	if path[0] == '/' {
		start = f.root
	}
	current := start
	rest := strings.TrimLeft(path, "/")
	written := len(rest) // the last so many bytes of rest are the caller's, what is before them comes from symbolic links
	links := 0
	if rest == "" {
		return place{node: f.root, slash: true}, fsapi.ESUCCESS
	}
	for {
		name, after := cutComponent(rest)
		slash := len(name) < len(rest)
		last := after == ""

		switch name {
		case "..":
			if current == start && start != f.root && len(rest) <= written {
				return place{}, fsapi.ENOTCAPABLE
			}
			current = current.parent
			fallthrough
		case ".":
			if last {
				return place{node: current, name: name, slash: slash}, fsapi.ESUCCESS
			}
			rest = after
			continue
		}

		if len(name) > fsapi.NameMax {
			return place{}, fsapi.ENAMETOOLONG
		}
		child, errno := f.child(current, name)
		if errno != 0 {
			return place{}, errno
		}
		if child == nil {
			if !last || current.removed {
				return place{}, fsapi.ENOENT
			}
			return place{dir: current, name: name, slash: slash}, fsapi.ESUCCESS
		}
		if child.kind == fsapi.TypeSymbolicLink && (!last || mode == followAlways || mode == followSlash && slash) {
			if links++; links > fsapi.SymlinkMax {
				return place{}, fsapi.ELOOP
			}
			written = min(written, len(after))
			if child.target[0] == '/' {
				current = f.root
			}
			rest = strings.TrimLeft(child.target, "/")
			if slash {
				rest += "/" + after
			}
			if rest = strings.TrimLeft(rest, "/"); rest == "" {
				return place{node: f.root, slash: true}, fsapi.ESUCCESS
			}
			continue
		}
		if last {
			if slash && child.kind != fsapi.TypeDirectory {
				return place{}, fsapi.ENOTDIR
			}
			return place{node: child, dir: current, name: name, slash: slash}, fsapi.ESUCCESS
		}
		if child.kind != fsapi.TypeDirectory {
			return place{}, fsapi.ENOTDIR
		}
		current, rest = child, after
	}
}

// existing is resolve for paths that must lead to something.
func (f *FS) existing(start *node, path string, mode followMode) (place, fsapi.Errno) {
	p, errno := f.resolve(start, path, mode)
	if errno == 0 && p.node == nil {
		errno = fsapi.ENOENT
	}
	return p, errno
}

// child returns what has the name in a directory, nil if nothing has.
func (f *FS) child(dir *node, name string) (*node, fsapi.Errno) {
	if n := dir.entries.get(name); n != nil || dir.layer == nil {
		return n, fsapi.ESUCCESS
	}
	below, errno := dir.layer.child(name)
	if below == nil || errno != 0 {
		return nil, errno
	}
	n := &node{
		inode: layerInode(dir.layerIndex, below.number), kind: below.kind,
		layer: below, layerIndex: dir.layerIndex,
		accessTime: below.modifyTime, modifyTime: below.modifyTime, changeTime: below.modifyTime,
	}
	dir.link(name, n)
	return n, fsapi.ESUCCESS
}

// checkTarget checks the target of a symbolic link.
func checkTarget(target string) fsapi.Errno {
	switch {
	case target == "":
		return fsapi.ENOENT
	case len(target) > fsapi.PathMax:
		return fsapi.ENAMETOOLONG
	case strings.IndexByte(target, 0) >= 0:
		return fsapi.EINVAL
	case !utf8.ValidString(target):
		return fsapi.EILSEQ
	}
	return fsapi.ESUCCESS
}

func trimSlashes(path string) string { return strings.TrimRight(path, "/") }
