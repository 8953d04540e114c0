package vfs

import (
	"strings"
	"unicode/utf8"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// linkMode says what happens to a symbolic link in the last component.
type linkMode uint8

const (
	linkItself      linkMode = iota // it is what is meant, with a trailing slash too
	linkBeforeSlash                 // followed if a slash comes after it
	linkFollowed
)

func follow(yes bool) linkMode {
	if yes {
		return linkFollowed
	}
	return linkBeforeSlash
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
func (f *FS) resolve(start *node, path string, mode linkMode) (place, fsapi.Errno) {
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
			return place{}, f.absent(place{dir: current, name: name}, perm.List, errno)
		}
		if child == nil {
			switch {
			case current.removed:
				return place{}, fsapi.ENOENT
			case !last:
				return place{}, f.absent(place{dir: current, name: name}, perm.List, fsapi.ENOENT)
			}
			return place{dir: current, name: name, slash: slash}, fsapi.ESUCCESS
		}
		if child.kind == fsapi.TypeSymbolicLink && (!last || mode == linkFollowed || mode == linkBeforeSlash && slash) {
			if links++; links > fsapi.SymlinkMax {
				return place{}, fsapi.ELOOP
			}
			step, errno := f.follow(child)
			if errno != 0 {
				return place{}, errno
			}
			if step.node == nil {
				written = min(written, len(after))
				if step.from != nil {
					current = step.from
				}
				rest = step.path
				if slash {
					rest += "/" + after
				}
				if rest = strings.TrimLeft(rest, "/"); rest == "" {
					return place{node: current, slash: true}, fsapi.ESUCCESS
				}
				continue
			}
			child = step.node
		}
		if last {
			p := place{node: child, dir: current, name: name, slash: slash}
			if slash && child.kind != fsapi.TypeDirectory {
				return place{}, f.absent(p, perm.List, fsapi.ENOTDIR)
			}
			return p, fsapi.ESUCCESS
		}
		if child.kind != fsapi.TypeDirectory {
			return place{}, f.absent(place{node: child}, perm.List, fsapi.ENOTDIR)
		}
		current, rest = child, after
	}
}

// existing is resolve for paths that must lead to something, for op.
func (f *FS) existing(start *node, path string, mode linkMode, op perm.Operations) (place, fsapi.Errno) {
	p, errno := f.resolve(start, path, mode)
	if errno == 0 && p.node == nil {
		errno = f.absent(p, op, fsapi.ENOENT)
	}
	return p, errno
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
