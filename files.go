package funcbox

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/funcbox/funcbox/vfs"
)

// FileChange is one path of the guest's filesystem that differs from what it was
// before the call.
type FileChange struct {
	// Type is "create", "modify" or "delete".
	Type string
	// Path is the absolute guest path.
	Path string
	// HostPath is the path on the host, where Path is in a folder of Mount.Dirs.
	// Nothing has been written there.
	HostPath string
	// IsDir tells that a directory was created or deleted.
	IsDir bool
	// Symlink is the target of a symbolic link that was created.
	Symlink string
	// Size in bytes; of a deleted file, what it had.
	Size int64
	// OldSize is the size before the call; 0 for creations.
	OldSize int64
	// Mode holds the type and, of what was on the host, the permission bits.
	Mode fs.FileMode
	// ModTime is the guest's time of modification; zero for deletions.
	ModTime time.Time
	// Base is what was on the host when the guest saw the path first; nil if nothing
	// was. Of a change made by hand it must be set where something is to be replaced or
	// deleted, or the change is taken for a conflict.
	Base *FileBase

	contents fileContents // nil where they were not included
}

// errNoContents is for results that were asked not to hold them.
var errNoContents = errors.New("funcbox: the result holds no contents; see Request.Include")

// Content returns what is in the file now; nil for deletions, directories and
// symbolic links. The bytes are shared and must not be modified.
//
// What the guest wrote is there at once. What it only moved is read from the host
// now, which fails if the file has changed there since the guest saw it.
func (c FileChange) Content() ([]byte, error) {
	if c.contents == nil {
		return nil, errNoContents
	}
	return c.contents.Content()
}

// OldContent returns what was in the file before the call; nil for creations,
// directories and symbolic links. The bytes are shared and must not be modified. Of
// a mounted file they are read from the host now, unless the guest has read all of
// it, which fails if the file has changed there since the guest saw it.
func (c FileChange) OldContent() ([]byte, error) {
	if c.contents == nil {
		return nil, errNoContents
	}
	return c.contents.OldContent()
}

// Open opens what Content returns, for reading it in pieces. For what has no
// content the error matches fs.ErrNotExist.
func (c FileChange) Open() (io.ReadCloser, error) {
	if c.contents == nil {
		return nil, errNoContents
	}
	file, err := c.contents.Open()
	if err == nil && file == nil {
		return nil, &fs.PathError{Op: "open", Path: c.Path, Err: fs.ErrNotExist}
	}
	return file, err
}

// FileChanges are the differences between the guest's filesystem and what it was
// before the call, each list sorted by path. A file that was written with the same
// bytes is no change; a rename is a deletion and a creation.
type FileChanges struct {
	Created, Modified, Deleted []FileChange
	// Incomplete tells that the guest made more paths than are listed.
	Incomplete bool
	// Denied is what the permissions of the mount refused, in the order it happened, at
	// most MaxDenied of it. What is merely left out of a listing does not count.
	Denied []Denial
	// MoreDenied is how many refusals there were beyond those.
	MoreDenied int
	// Skipped are files of the mount that the guest could not read for their size, or
	// since they could not be read on the host.
	Skipped []SkippedFile

	files fs.FS // nil: not included
}

// SkippedFile is a file of a mount that was not loaded.
type SkippedFile struct {
	// Path is the absolute guest path.
	Path string
	// HostPath is the path on the host, if there is one.
	HostPath string
	// Size in bytes.
	Size int64
	// Reason in words.
	Reason string
}

// HasChanges tells whether anything changed.
func (c FileChanges) HasChanges() bool {
	return len(c.Created)+len(c.Modified)+len(c.Deleted) > 0
}

// All returns every change, sorted by path; a deletion comes before a creation of
// the same path.
func (c FileChanges) All() []FileChange {
	all := slices.Concat(c.Deleted, c.Created, c.Modified)
	slices.SortStableFunc(all, func(a, b FileChange) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// ByPath returns the change of an absolute guest path, where there are two the
// creation.
func (c FileChanges) ByPath(path string) (FileChange, bool) {
	for _, list := range [][]FileChange{c.Created, c.Modified, c.Deleted} {
		for _, change := range list {
			if change.Path == path {
				return change, true
			}
		}
	}
	return FileChange{}, false
}

// FS returns the guest's whole filesystem as the call left it, for reading: the files
// of the request and of mounts with what was changed, and the language's library.
// "data/a.txt" is the guest's /data/a.txt. What is mounted and was not read during
// the call is read from its source now. It implements fs.ReadDirFS, fs.ReadFileFS,
// fs.StatFS and fs.ReadLinkFS, holds nothing open between operations but the files
// that were opened, and is safe for concurrent use. Permissions are for guests: they
// do not hold here, but FollowSymlinks does.
func (c FileChanges) FS() fs.FS {
	if c.files == nil {
		return noFiles{}
	}
	return c.files
}

// noFiles is the filesystem of a result that was asked to hold none.
type noFiles struct{}

func (noFiles) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: errNoContents}
}

// takeFiles fills in what the result is to tell of the guest's files.
func (r *ExecutionResult) takeFiles(files *vfs.FS, include Include) {
	if include.has(IncludeDenied) {
		denials, more := files.Denied()
		for _, d := range denials {
			r.Files.Denied = append(r.Files.Denied, denialOf(d))
		}
		r.Files.MoreDenied = more
	}
	contents := include.has(IncludeContents)
	if contents {
		r.Files.files = files.View()
	}
	if include.has(IncludeChanges) {
		changes := files.Changes()
		r.Files.Created = fileChanges(changes.Created, contents)
		r.Files.Modified = fileChanges(changes.Modified, contents)
		r.Files.Deleted = fileChanges(changes.Deleted, contents)
		r.Files.Incomplete = changes.Incomplete
		for _, s := range files.Skipped() {
			r.Files.Skipped = append(r.Files.Skipped, SkippedFile{Path: string(s.Path), HostPath: s.HostPath, Size: s.Size, Reason: s.Reason})
		}
	}
}

func fileChanges(changes []vfs.Change, contents bool) []FileChange {
	if len(changes) == 0 {
		return nil
	}
	list := make([]FileChange, len(changes))
	for i := range changes {
		c := &changes[i]
		list[i] = FileChange{
			Type: string(c.Type), Path: string(c.Path), HostPath: c.HostPath, IsDir: c.IsDir(), Symlink: c.Target,
			Size: c.Size, OldSize: c.OldSize, Mode: c.Mode, ModTime: c.ModTime, Base: baseOf(c.Baseline),
		}
		if contents {
			list[i].contents = c
		}
	}
	return list
}

func denialOf(d vfs.Denial) Denial {
	return Denial{Path: string(d.Path), Operation: d.Operation, Rule: d.Rule, Reason: d.Reason, Time: d.Time}
}
