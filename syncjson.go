package funcbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"time"

	"github.com/funcbox/funcbox/vfs"
)

// FileBase is what a path of the host was when the guest saw it first. A sync takes
// a path that is something else by then for a conflict.
type FileBase struct {
	// Size in bytes.
	Size int64
	// ModTime is the time of modification.
	ModTime time.Time

	hash func() (sum [sha256.Size]byte, known bool)
}

// SHA256 returns the checksum of the contents in hexadecimal; empty if they were not
// read as a whole.
func (b *FileBase) SHA256() string {
	if b.hash == nil {
		return ""
	}
	sum, known := b.hash()
	if !known {
		return ""
	}
	return hex.EncodeToString(sum[:])
}

func baseOf(b *vfs.Baseline) *FileBase {
	if b == nil {
		return nil
	}
	return &FileBase{Size: b.Entry.Size, ModTime: b.Entry.ModTime, hash: b.Hash}
}

type baseJSON struct {
	Size    int64     `json:"size"`
	ModTime time.Time `json:"modTime"`
	SHA256  string    `json:"sha256,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (b *FileBase) MarshalJSON() ([]byte, error) {
	return marshalPlainly(baseJSON{b.Size, b.ModTime, b.SHA256()})
}

// UnmarshalJSON implements json.Unmarshaler.
func (b *FileBase) UnmarshalJSON(data []byte) error {
	var form baseJSON
	if err := json.Unmarshal(data, &form); err != nil {
		return err
	}
	*b = FileBase{Size: form.Size, ModTime: form.ModTime}
	if form.SHA256 == "" {
		return nil
	}
	sum, err := hex.DecodeString(form.SHA256)
	if err != nil || len(sum) != sha256.Size {
		return fmt.Errorf("sha256 is no checksum: %.80q", form.SHA256)
	}
	b.hash = func() ([sha256.Size]byte, bool) { return [sha256.Size]byte(sum), true }
	return nil
}

// fileContents is where a FileChange has its contents from.
type fileContents interface {
	Content() ([]byte, error)
	OldContent() ([]byte, error)
	Open() (io.ReadCloser, error)
}

// givenContents are those of a change that was made by hand or read from JSON.
type givenContents struct{ content, old []byte }

func (c *givenContents) Content() ([]byte, error)    { return c.content, nil }
func (c *givenContents) OldContent() ([]byte, error) { return c.old, nil }

func (c *givenContents) Open() (io.ReadCloser, error) {
	if c.content == nil {
		return nil, nil
	}
	return io.NopCloser(bytes.NewReader(c.content)), nil
}

// WithContent returns the change with other contents, for changes made by hand. They
// are not copied.
func (c FileChange) WithContent(content []byte) FileChange {
	given := &givenContents{content: content}
	if content == nil {
		given.content = []byte{}
	}
	c.contents, c.Size = given, int64(len(content))
	return c
}

// UnmarshalJSON implements json.Unmarshaler: it reads what MarshalJSON gives, so that
// changes can be synced by another process.
func (c *FileChange) UnmarshalJSON(data []byte) error {
	var form struct {
		fileChangeJSON
		Content    *json.RawMessage `json:"content"`
		OldContent *json.RawMessage `json:"oldContent"`
	}
	if err := json.Unmarshal(data, &form); err != nil {
		return fmt.Errorf("change: %w", err)
	}
	*c = FileChange{
		Type: form.Type, Path: form.Path, HostPath: form.HostPath, IsDir: form.IsDir, Symlink: form.Symlink, Size: form.Size, Base: form.Base,
	}
	switch {
	case form.IsDir:
		c.Mode = fs.ModeDir
	case form.Symlink != "", form.IsLink:
		c.Mode = fs.ModeSymlink
	}
	if form.Mode != "" {
		bits, err := strconv.ParseUint(form.Mode, 8, 12)
		if err != nil {
			return fmt.Errorf("change of %s: mode %q is no number in octal", form.Path, form.Mode)
		}
		c.Mode |= fs.FileMode(bits).Perm()
	}
	if form.OldSize != nil {
		c.OldSize = *form.OldSize
	}
	if form.Timestamp != nil {
		c.ModTime = *form.Timestamp
	}
	var given givenContents
	for _, part := range []struct {
		from *json.RawMessage
		into *[]byte
	}{{form.Content, &given.content}, {form.OldContent, &given.old}} {
		if part.from == nil {
			continue
		}
		content, err := contentFromJSON(*part.from)
		if err != nil {
			return fmt.Errorf("change of %s: %w", form.Path, err)
		}
		*part.into = content
	}
	if given.content != nil || given.old != nil {
		c.contents = &given
	}
	return nil
}

// contentFromJSON is the reverse of contentJSON.
func contentFromJSON(data []byte) ([]byte, error) {
	var text string
	if json.Unmarshal(data, &text) == nil {
		return []byte(text), nil
	}
	var coded struct {
		Bytes *string `json:"$bytes"`
	}
	if err := json.Unmarshal(data, &coded); err != nil || coded.Bytes == nil {
		return nil, errors.New(`contents must be text or {"$bytes": "<base64>"}`)
	}
	content, err := base64.StdEncoding.DecodeString(*coded.Bytes)
	if err != nil {
		return nil, fmt.Errorf("contents: %w", err)
	}
	return content, nil
}

// MarshalJSON implements json.Marshaler.
func (r *SyncResult) MarshalJSON() ([]byte, error) {
	return marshalPlainly(struct {
		Synced     []string       `json:"synced"`
		Skipped    []SyncSkipped  `json:"skipped"`
		Failed     []SyncFailed   `json:"failed"`
		Conflicts  []SyncConflict `json:"conflicts"`
		RolledBack []string       `json:"rolledBack"`
	}{notNil(r.Synced), notNil(r.Skipped), notNil(r.Failed), notNil(r.Conflicts), notNil(r.RolledBack)})
}

// MarshalJSON implements json.Marshaler.
func (f SyncFailed) MarshalJSON() ([]byte, error) {
	return marshalPlainly(struct {
		Path  string `json:"path"`
		Error string `json:"error"`
	}{f.Path, f.Err.Error()})
}
