package vfs

import (
	"bytes"
	"crypto/sha256"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// ChangeType says what happened to a path.
type ChangeType string

// The types of change.
const (
	Create ChangeType = "create"
	Modify ChangeType = "modify"
	Delete ChangeType = "delete"
)

// Change is a path that differs from the state at the start.
type Change struct {
	Type ChangeType
	Path Path

	// HostPath is the path on the host, where Path is in a Folder that has one.
	HostPath string

	// Mode has fs.ModeDir for a directory, fs.ModeSymlink for a symbolic link,
	// neither for a regular file, and the permission bits. For a deletion it tells
	// what was deleted.
	Mode fs.FileMode

	Size    int64     // bytes now; for a deletion, bytes at the start
	OldSize int64     // bytes at the start; 0 for a creation
	ModTime time.Time // of the contents now; zero for a deletion
	Target  string    // of a symbolic link that was created

	// Baseline is the state of the host's file that the change goes out from; nil
	// for a creation, and for what was not on the host at the start.
	Baseline *Baseline

	content, oldContent content
}

// IsDir says whether a directory was created or deleted.
func (c *Change) IsDir() bool { return c.Mode.IsDir() }

// Content returns the contents now; nil if it is not a regular file, and for a
// deletion. They may be shared with the tree and must not be modified. It can fail
// only for a file that was renamed without being read, if it has changed on the
// host or cannot be read there any more.
func (c *Change) Content() ([]byte, error) { return c.content.all() }

// OldContent returns the contents at the start; nil if it was not a regular file,
// and for a creation. They may be shared with the tree and must not be modified.
// What was not read yet is read now, which fails if the file has changed on the
// host since it was first looked at.
func (c *Change) OldContent() ([]byte, error) { return c.oldContent.all() }

// ReadsFrom returns the path at the start of the file of a Source that Content
// reads, if it does: of a file that was moved without being read.
func (c *Change) ReadsFrom() (Path, bool) {
	if !c.content.present || c.content.origin == nil {
		return "", false
	}
	return c.content.origin.guestPath(), true
}

// Open opens the contents now for reading in pieces, as Content; nil if it is not
// a regular file, and for a deletion.
func (c *Change) Open() (io.ReadCloser, error) { return c.content.open() }

// Baseline is the state that a file of a Source had when it was loaded.
type Baseline struct {
	Entry  SourceEntry
	origin *origin
}

// Hash returns the SHA-256 of the contents, if they were read as a whole.
func (b *Baseline) Hash() (sum [sha256.Size]byte, known bool) {
	switch o := b.origin; {
	case o.loaded:
		return sha256.Sum256(o.data), true
	case o.hashed:
		return o.hash, true
	}
	return sum, false
}

// Changes are the differences between the tree and its state at the start, each
// list sorted by path.
//
// A file that was written with the same bytes is no change, nor are times. A rename
// is a deletion and a creation, of everything in a directory too. Where a file
// became a directory or a symbolic link, or the other way round, the path is both
// deleted and created. What a policy refused and was done in memory only (Virtual)
// is left out.
type Changes struct {
	Created, Modified, Deleted []Change

	// Incomplete is set when the guest made so many or so long paths that not all
	// changes are listed: paths of more than fsapi.PathMax bytes, and what comes
	// after all paths together have reached four times the tree's budget. It is also
	// set if a folder that was renamed or removed could not be listed.
	Incomplete bool
}

// Empty says whether nothing changed.
func (c *Changes) Empty() bool {
	return len(c.Created) == 0 && len(c.Modified) == 0 && len(c.Deleted) == 0
}

// Changes compares the tree with its state at the start. Layers are left out, and
// what was not touched costs nothing. It can be called at any time, after Close
// too; the tree can be used on.
func (f *FS) Changes() Changes {
	f.mu.Lock()
	defer f.mu.Unlock()
	var c Changes
	w := comparison{fs: f, changes: &c, room: 4*max(f.budget, 0) + 1<<20}
	w.at = spot{path: "/"}
	w.at.enter(f.root)
	w.compare(f.root.origin, f.root)
	for _, list := range [][]Change{c.Created, c.Modified, c.Deleted} {
		slices.SortFunc(list, func(a, b Change) int { return strings.Compare(string(a.Path), string(b.Path)) })
	}
	return c
}

// content is what a file holds: bytes, or the contents of something of a Source.
type content struct {
	data    []byte
	origin  *origin // if not nil, data is not used
	present bool
}

// contentOf returns the contents that a file has now, for keeping.
func contentOf(n *node) content {
	if n.lazy {
		return contentOfOrigin(n.origin)
	}
	return content{data: n.data, present: true}
}

// contentOfOrigin returns the contents that a file had at the start.
func contentOfOrigin(o *origin) content {
	if o.loaded {
		return content{data: o.data, present: true}
	}
	return content{origin: o, present: true}
}

func (c *content) size() int64 {
	if c.origin != nil {
		return c.origin.entry.Size
	}
	return int64(len(c.data))
}

func (c *content) all() ([]byte, error) {
	switch {
	case !c.present:
		return nil, nil
	case c.origin == nil && c.data == nil:
		return []byte{}, nil
	case c.origin == nil:
		return c.data, nil
	}
	file, err := c.open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data := make([]byte, c.origin.entry.Size)
	_, err = io.ReadFull(file, data)
	if err == nil {
		_, err = file.Read(make([]byte, 1)) // checks that nothing has changed
	}
	if err == nil || err == io.EOF {
		return data, nil
	}
	return nil, err
}

func (c *content) open() (io.ReadCloser, error) {
	switch {
	case !c.present:
		return nil, nil
	case c.origin == nil:
		return io.NopCloser(bytes.NewReader(c.data)), nil
	}
	file, err := c.origin.open()
	if err != nil {
		return nil, err
	}
	return &originReader{origin: c.origin, file: file}, nil
}

// originReader reads a file of a Source that has to be what it was at the start.
type originReader struct {
	origin *origin
	file   SourceFile
	offset int64
}

func (r *originReader) Read(p []byte) (int, error) {
	n, err := 0, error(nil)
	if left := r.origin.entry.Size - r.offset; left > 0 {
		n, err = r.file.ReadAt(p[:min(int64(len(p)), left, pieceBytes)], r.offset)
		if err == io.EOF && n > 0 {
			err = nil
		}
	} else if len(p) > 0 {
		err = io.EOF
	}
	if err != nil && err != io.EOF {
		return 0, err
	}
	entry, errStat := r.file.Stat()
	switch {
	case errStat != nil:
		return 0, errStat
	case !sameState(&entry, &r.origin.entry), err == io.EOF && r.offset < r.origin.entry.Size:
		return 0, r.origin.errChanged()
	}
	r.offset += int64(n)
	return n, err
}

func (r *originReader) Close() error { return r.file.Close() }
