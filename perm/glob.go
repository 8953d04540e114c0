package perm

import (
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// segmentKind says how a part of a pattern between two slashes is matched; all but
// globName need no look at single characters.
type segmentKind uint8

const (
	literalName    segmentKind = iota // text
	anyName                           // *
	prefixName                        // text*
	suffixName                        // *text
	globName                          // what doublestar must match
	anyDirectories                    // **
)

type segment struct {
	kind segmentKind
	text string
}

// matches tells whether one name of a path matches; not for anyDirectories.
func (s *segment) matches(name string) bool {
	switch s.kind {
	case literalName:
		return name == s.text
	case anyName:
		return true
	case prefixName:
		return strings.HasPrefix(name, s.text)
	case suffixName:
		return strings.HasSuffix(name, s.text)
	}
	return doublestar.MatchUnvalidated(s.text, name)
}

// glob is one compiled pattern without braces.
type glob struct {
	absolute bool // matched against the whole path
	segments []segment

	prefix string    // the literal names it begins with; a slash or the end follows
	rest   []segment // what comes after them
}

func newGlob(absolute bool, segments []segment) glob {
	g := glob{absolute: absolute, segments: segments, rest: segments}
	var names []string
	for len(g.rest) > 0 && g.rest[0].kind == literalName {
		names = append(names, g.rest[0].text)
		g.rest = g.rest[1:]
	}
	g.prefix = strings.Join(names, "/")
	return g
}

// matches tells whether a clean path without a slash at its begin matches; "" is
// the root. Nothing is allocated.
func (g *glob) matches(path string) bool {
	if g.prefix != "" {
		if !strings.HasPrefix(path, g.prefix) {
			return false
		}
		path = path[len(g.prefix):]
		if path != "" {
			if path[0] != '/' {
				return false
			}
			path = path[1:]
		}
	}
	return matchSegments(g.rest, path)
}

// matchSegments matches the names of a path one by one. As with stars within a name
// only the last "**" ever needs to be tried again, so the work is bounded by the
// product of the two lengths.
func matchSegments(segments []segment, path string) bool {
	i, retry, retryPath := 0, -1, ""
	for path != "" {
		if i < len(segments) && segments[i].kind == anyDirectories {
			i++
			if i == len(segments) {
				return true
			}
			retry, retryPath = i, path
			continue
		}
		name, after := cutName(path)
		switch {
		case i < len(segments) && segments[i].matches(name):
			i, path = i+1, after
		case retry >= 0:
			_, retryPath = cutName(retryPath)
			i, path = retry, retryPath
		default:
			return false
		}
	}
	for i < len(segments) && segments[i].kind == anyDirectories {
		i++
	}
	return i == len(segments)
}

// cutName splits off the first name of a path.
func cutName(path string) (name, rest string) {
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return path, ""
}
