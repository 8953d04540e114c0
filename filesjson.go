package funcbox

import (
	"fmt"
	"io/fs"
	"time"
)

// MarshalJSON implements json.Marshaler.
func (c FileChanges) MarshalJSON() ([]byte, error) {
	return marshalPlainly(struct {
		Created    []FileChange  `json:"created"`
		Modified   []FileChange  `json:"modified"`
		Deleted    []FileChange  `json:"deleted"`
		Skipped    []SkippedFile `json:"skipped"`
		Denied     []Denial      `json:"denied"`
		MoreDenied int           `json:"moreDenied,omitempty"`
		Incomplete bool          `json:"incomplete,omitempty"`
	}{notNil(c.Created), notNil(c.Modified), notNil(c.Deleted), notNil(c.Skipped), notNil(c.Denied), c.MoreDenied, c.Incomplete})
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// fileChangeJSON is a FileChange in JSON.
type fileChangeJSON struct {
	Type         string     `json:"type"`
	Path         string     `json:"path"`
	HostPath     string     `json:"realPath,omitempty"`
	IsDir        bool       `json:"isDir,omitempty"`
	IsLink       bool       `json:"isLink,omitempty"` // a symbolic link whose target is not told
	Symlink      string     `json:"symlink,omitempty"`
	Size         int64      `json:"size"`
	OldSize      *int64     `json:"oldSize,omitempty"`
	Mode         string     `json:"mode,omitempty"`
	Content      any        `json:"content,omitempty"`
	OldContent   any        `json:"oldContent,omitempty"`
	ContentError string     `json:"contentError,omitempty"`
	Timestamp    *time.Time `json:"timestamp,omitempty"`
	Base         *FileBase  `json:"base,omitempty"`
}

// MarshalJSON implements json.Marshaler. Contents, if the result holds them, are
// text; those that are not UTF-8 become {"$bytes": "<base64>"}. Where they cannot be
// read from the host any more, "contentError" says why.
func (c FileChange) MarshalJSON() ([]byte, error) {
	form := fileChangeJSON{
		Type: c.Type, Path: c.Path, HostPath: c.HostPath, IsDir: c.IsDir, Symlink: c.Symlink, Size: c.Size, Base: c.Base,
		IsLink: c.Mode&fs.ModeSymlink != 0 && c.Symlink == "",
	}
	if c.Type == "modify" {
		form.OldSize = &c.OldSize
	}
	if c.Type != "create" && c.Mode.Perm() != 0 {
		form.Mode = fmt.Sprintf("%04o", c.Mode.Perm())
	}
	if c.contents != nil {
		for _, part := range []struct {
			read func() ([]byte, error)
			into *any
		}{{c.Content, &form.Content}, {c.OldContent, &form.OldContent}} {
			content, err := part.read()
			switch {
			case err != nil:
				form.ContentError = err.Error()
			case content != nil:
				*part.into = contentJSON(content)
			}
		}
	}
	if !c.ModTime.IsZero() {
		form.Timestamp = &c.ModTime
	}
	return marshalPlainly(form)
}

// MarshalJSON implements json.Marshaler.
func (s SkippedFile) MarshalJSON() ([]byte, error) {
	return marshalPlainly(struct {
		Path     string `json:"path"`
		HostPath string `json:"realPath,omitempty"`
		Size     int64  `json:"size"`
		Reason   string `json:"reason"`
	}{s.Path, s.HostPath, s.Size, s.Reason})
}
