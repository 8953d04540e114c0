package sync

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/vfs"
)

// ReservedPrefix begins the names that a batch uses for itself in host folders.
// Guests are not shown them.
const ReservedPrefix = ".funcbox-sync"

// Reserved says whether a name in a host folder belongs to this package.
func Reserved(name string) bool { return strings.HasPrefix(name, ReservedPrefix) }

// step is one change with its place on the host.
type step struct {
	Change
	folder *folder
	// relative is the path below the folder, with slashes; dir and name are its
	// parts.
	relative, dir, name string
	early               bool // a deletion that makes room for a creation
	// replaces is set for a creation where something else is deleted by the same
	// batch, replaced once that is done.
	replaces, replaced bool
	inNew              bool // the batch makes the directory it is in
}

// plan sorts out what cannot be applied and puts the rest in order.
func (b *batch) plan(folders []Folder, changes []Change) error {
	for _, one := range folders {
		if !filepath.IsAbs(one.HostPath) {
			absolute, err := filepath.Abs(one.HostPath)
			if err != nil {
				return err
			}
			one.HostPath = absolute
		}
		b.folders = append(b.folders, &folder{Folder: one})
	}
	for _, change := range changes {
		s := &step{Change: change}
		switch skip, err := b.locate(s); {
		case err != nil:
			b.result.fail(change.Path, err)
		case skip != "":
			b.result.skip(change.Path, skip)
		default:
			b.steps = append(b.steps, s)
		}
	}
	if len(b.result.Failed) > 0 && b.options.OnError != Continue {
		b.steps = nil
		return fmt.Errorf("%w before anything was done: %w", b.ending(), b.result.Failed[0].Err)
	}
	b.order()
	return nil
}

// ending is the error for a batch that stops.
func (b *batch) ending() error {
	if b.options.OnError == Rollback {
		return ErrRolledBack
	}
	return ErrAborted
}

// locate finds the folder of a change and judges the path; skip is a reason not to
// apply it.
func (b *batch) locate(s *step) (skip string, err error) {
	clean, err := vfs.ParsePath(string(s.Path), "/")
	switch {
	case err != nil:
		return "", err
	case clean != s.Path:
		return "", fmt.Errorf("%q is not a clean absolute path: %w", string(s.Path), fs.ErrInvalid)
	}
	for _, one := range b.folders {
		if s.Path.Within(one.Path) && (s.folder == nil || len(one.Path) > len(s.folder.Path)) {
			s.folder = one
		}
	}
	switch {
	case s.folder == nil:
		return "it is under no mount", nil
	case s.Path == s.folder.Path:
		return "it is the mount point itself", nil
	}
	s.relative = strings.TrimPrefix(strings.TrimPrefix(string(s.Path), string(s.folder.Path)), "/")
	// The names that no platform's folder holds, such as NUL on Windows.
	if _, err := filepath.Localize(s.relative); err != nil {
		return "", fmt.Errorf("the host cannot hold the name %q: %w", s.relative, err)
	}
	for _, name := range strings.Split(s.relative, "/") {
		if Reserved(name) {
			return "", fmt.Errorf("%q is a name that only batches use: %w", name, fs.ErrPermission)
		}
	}
	s.dir, s.name = split(s.relative)
	needed := map[vfs.ChangeType]perm.Operations{vfs.Create: perm.Create, vfs.Modify: perm.Modify, vfs.Delete: perm.Delete}[s.Type]
	switch {
	case needed == 0:
		return "", fmt.Errorf("%q is no type of change", string(s.Type))
	case s.Type == vfs.Modify && !s.Mode.IsRegular():
		return "", errors.New("only regular files can be modified")
	case s.Mode.Type()&^(fs.ModeDir|fs.ModeSymlink) != 0:
		return "", fmt.Errorf("a change of type %v is not possible", s.Mode.Type())
	}
	if decision := s.folder.Policy.Explain(string(s.Path), needed); !decision.Allowed {
		return decision.String(), nil
	}
	return "", nil
}

func split(relative string) (dir, name string) {
	if at := strings.LastIndexByte(relative, '/'); at >= 0 {
		return relative[:at], relative[at+1:]
	}
	return ".", relative
}

// order sorts the steps: deletions that make room, new directories from the top
// down, files and links, other deletions from the bottom up.
func (b *batch) order() {
	created := make(map[vfs.Path]bool) // whether it is a directory
	for _, s := range b.steps {
		if s.Type != vfs.Delete {
			created[s.Path] = s.Mode.IsDir()
		}
	}
	deleted := make(map[vfs.Path]bool)
	for _, s := range b.steps {
		if s.Type != vfs.Delete {
			continue
		}
		deleted[s.Path] = true
		_, s.early = created[s.Path]
		for path := s.Path; !s.early && path != "/"; path = path.Dir() {
			isDir, is := created[path]
			s.early = is && !isDir
		}
	}
	for _, s := range b.steps {
		s.replaces = s.Type != vfs.Delete && deleted[s.Path]
		s.inNew = created[s.Path.Dir()]
	}
	rank := func(s *step) int {
		switch {
		case s.early:
			return 0
		case s.Type == vfs.Delete:
			return 3
		case s.Mode.IsDir():
			return 1
		}
		return 2
	}
	slices.SortStableFunc(b.steps, func(x, y *step) int {
		if byRank := rank(x) - rank(y); byRank != 0 {
			return byRank
		}
		byPath := strings.Compare(string(x.Path), string(y.Path))
		if x.Type == vfs.Delete {
			return -byPath // what is in a directory before the directory
		}
		return byPath
	})
}
