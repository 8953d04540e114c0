package funcbox

import (
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/funcbox/funcbox/vfs"
)

// tmpDir exists in every guest's filesystem.
const tmpDir vfs.Path = "/tmp"

// FileChange is one path of the guest's filesystem that differs from the
// request.
type FileChange struct {
	// Type is "create", "modify" or "delete".
	Type string
	// Path is the absolute guest path.
	Path string
	// IsDir tells that a directory was created or deleted.
	IsDir bool
	// Symlink is the target of a symbolic link that was created.
	Symlink string
	// Size in bytes; of a deleted file, what it had.
	Size int64
	// Content now; nil for deletions, directories and symbolic links.
	Content []byte
	// OldContent is what the request gave; nil for creations.
	OldContent []byte
	// ModTime is the guest's time of modification; zero for deletions.
	ModTime time.Time
}

// FileChanges are the differences between the guest's filesystem and the request's
// Files, each list sorted by path. A file that was written with the same bytes is
// no change; a rename is a deletion and a creation.
type FileChanges struct {
	Created, Modified, Deleted []FileChange
	// Incomplete tells that the guest made more paths than are listed.
	Incomplete bool
}

// HasChanges tells whether anything changed.
func (c FileChanges) HasChanges() bool {
	return len(c.Created)+len(c.Modified)+len(c.Deleted) > 0
}

// All returns every change, sorted by path; a deletion comes before a creation of
// the same path.
func (c FileChanges) All() []FileChange {
	all := slices.Concat(c.Deleted, c.Created, c.Modified)
	slices.SortStableFunc(all, func(a, b FileChange) int {
		switch {
		case a.Path < b.Path:
			return -1
		case a.Path > b.Path:
			return 1
		}
		return 0
	})
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

// MarshalJSON implements json.Marshaler.
func (c FileChanges) MarshalJSON() ([]byte, error) {
	return marshalPlainly(struct {
		Created  []FileChange `json:"created"`
		Modified []FileChange `json:"modified"`
		Deleted  []FileChange `json:"deleted"`
	}{notNil(c.Created), notNil(c.Modified), notNil(c.Deleted)})
}

func notNil(changes []FileChange) []FileChange {
	if changes == nil {
		return []FileChange{}
	}
	return changes
}

// MarshalJSON implements json.Marshaler. Contents that are not UTF-8 become
// {"$bytes": "<base64>"}.
func (c FileChange) MarshalJSON() ([]byte, error) {
	form := struct {
		Type       string     `json:"type"`
		Path       string     `json:"path"`
		IsDir      bool       `json:"isDir,omitempty"`
		Symlink    string     `json:"symlink,omitempty"`
		Size       int64      `json:"size"`
		Content    any        `json:"content,omitempty"`
		OldContent any        `json:"oldContent,omitempty"`
		Timestamp  *time.Time `json:"timestamp,omitempty"`
	}{Type: c.Type, Path: c.Path, IsDir: c.IsDir, Symlink: c.Symlink, Size: c.Size}
	if c.Content != nil {
		form.Content = contentJSON(c.Content)
	}
	if c.OldContent != nil {
		form.OldContent = contentJSON(c.OldContent)
	}
	if !c.ModTime.IsZero() {
		form.Timestamp = &c.ModTime
	}
	return marshalPlainly(form)
}

// filesystem makes the guest's filesystem for one call.
func (r *Request) filesystem(workdir vfs.Path, budget int64, layers []vfs.Mount) (*vfs.FS, error) {
	options := vfs.Options{Bytes: budget, Directories: []vfs.Path{workdir, tmpDir}, Layers: layers}
	if len(r.Files) > 0 {
		options.Files = make(map[vfs.Path][]byte, len(r.Files))
	}
	for name, content := range r.Files {
		path, err := vfs.ParsePath(name, workdir)
		if err != nil {
			return nil, fmt.Errorf("%w: Files: %w", ErrBadRequest, err)
		}
		if _, twice := options.Files[path]; twice {
			return nil, fmt.Errorf("%w: Files: %s is there twice, in two spellings", ErrBadRequest, path)
		}
		options.Files[path] = content
	}
	files, err := vfs.New(options)
	if err != nil {
		return nil, fmt.Errorf("%w: Files: %w", ErrBadRequest, err)
	}
	return files, nil
}

// changesOf renders the changes of a guest's filesystem.
func changesOf(files *vfs.FS) FileChanges {
	changes := files.Changes()
	return FileChanges{
		Created:    fileChanges(changes.Created),
		Modified:   fileChanges(changes.Modified),
		Deleted:    fileChanges(changes.Deleted),
		Incomplete: changes.Incomplete,
	}
}

func fileChanges(changes []vfs.Change) []FileChange {
	if len(changes) == 0 {
		return nil
	}
	list := make([]FileChange, len(changes))
	for i, c := range changes {
		list[i] = FileChange{
			Type: string(c.Type), Path: string(c.Path), IsDir: c.IsDir(), Size: c.Size,
			Content: c.Content, OldContent: c.OldContent, ModTime: c.ModTime,
		}
		if c.Mode&fs.ModeSymlink != 0 {
			list[i].Symlink, list[i].Content = string(c.Content), nil
		}
	}
	return list
}
