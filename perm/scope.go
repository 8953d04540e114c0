package perm

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// scope is a mount point, as what tells which paths are at or below it.
type scope struct {
	mountPoint string // absolute and clean
	below      string // the mount point with one slash at its end
}

func newScope(mountPoint string) (scope, error) {
	if !isClean(mountPoint) {
		return scope{}, fmt.Errorf("mount point %q is no absolute path in its shortest form", mountPoint)
	}
	return scope{mountPoint: mountPoint, below: strings.TrimSuffix(mountPoint, "/") + "/"}, nil
}

// clean brings a path into its shortest form and tells whether it can be decided:
// whether it is one and at or below the mount point.
func (s *scope) clean(guestPath string) (string, bool) {
	if !isClean(guestPath) {
		if !strings.HasPrefix(guestPath, "/") {
			return guestPath, false
		}
		guestPath = path.Clean(guestPath)
	}
	inside := guestPath == s.mountPoint || strings.HasPrefix(guestPath, s.below)
	return guestPath, inside && utf8.ValidString(guestPath) && strings.IndexByte(guestPath, 0) < 0
}

// subjects returns what globs are matched against for a clean path: all of it and
// what is below the mount point, without a slash at the begin.
func (s *scope) subjects(guestPath string) (whole, relative string) {
	if len(guestPath) > len(s.below) {
		relative = guestPath[len(s.below):]
	}
	return guestPath[1:], relative
}

// isClean tells whether a path is absolute and in its shortest form.
func isClean(p string) bool {
	if p == "" || p[0] != '/' {
		return false
	}
	if p == "/" {
		return true
	}
	for rest, more := p[1:], true; more; {
		var name string
		name, rest, more = strings.Cut(rest, "/")
		if name == "" || name == "." || name == ".." {
			return false
		}
	}
	return true
}

// Matcher tells which paths match one of its patterns. It is immutable and safe for
// concurrent use.
type Matcher struct {
	scope
	globs globs
}

// NewMatcher compiles patterns as those of rules for a mount point. Without patterns
// nothing matches. Errors quote the pattern at fault.
func NewMatcher(mountPoint string, patterns ...string) (*Matcher, error) {
	where, err := newScope(mountPoint)
	if err != nil {
		return nil, err
	}
	m := &Matcher{scope: where}
	for _, pattern := range patterns {
		parsed, err := parsePattern(pattern)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", pattern, err)
		}
		m.globs.add(parsed, 0)
	}
	return m, nil
}

// Matches tells whether a path, as Policy.Allowed takes it, matches one of the
// patterns.
func (m *Matcher) Matches(guestPath string) bool {
	guestPath, found := m.clean(guestPath)
	if !found {
		return false
	}
	return m.globs.first(m.subjects(guestPath)) >= 0
}

// MayHold tells whether there can be a path below a directory that matches one of
// the patterns. A walk that looks for such paths need not go where it is false.
func (m *Matcher) MayHold(directory string) bool {
	directory, found := m.clean(directory)
	if !found {
		return false
	}
	whole, relative := m.subjects(directory)
	for i := range m.globs.list {
		subject := relative
		if m.globs.list[i].absolute {
			subject = whole
		}
		if m.globs.list[i].mayHold(subject) {
			return true
		}
	}
	return false
}

// mayHold is matches for a directory that the path shall be below.
func (g *glob) mayHold(directory string) bool {
	segments := g.segments
	for directory != "" {
		var name string
		name, directory = cutName(directory)
		if len(segments) == 0 {
			return false
		}
		if segments[0].kind == anyDirectories {
			return true
		}
		if !segments[0].matches(name) {
			return false
		}
		segments = segments[1:]
	}
	return len(segments) > 0
}
