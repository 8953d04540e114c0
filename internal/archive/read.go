package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
)

// FS serves an archive. It implements [fs.ReadDirFS], [fs.ReadFileFS] and
// [fs.StatFS] and is safe for concurrent use. A group is unpacked when one of its
// files is first read, and kept.
type FS struct {
	entries map[string]*entry // by path; "." is the root
}

type group struct {
	compressed []byte
	size       int
	once       sync.Once
	content    []byte
	err        error
}

// entry is a file or, without a group, a directory.
type entry struct {
	name         string
	group        *group
	offset, size int
	children     []fs.DirEntry // sorted by name
}

var errDamaged = errors.New("the archive is damaged")

// decoder is shared: EncodeAll and DecodeAll may be used concurrently.
var decoder = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxGroupBytes))
})

// Open reads the index of an archive. It keeps data, which must not change.
func Open(data []byte) (*FS, error) {
	if len(data) < trailerBytes || string(data[len(data)-len(magic):]) != magic {
		return nil, errDamaged
	}
	body := data[:len(data)-trailerBytes]
	size := uint64(binary.LittleEndian.Uint32(data[len(body):]))
	if size > uint64(len(body)) {
		return nil, errDamaged
	}
	groups, compressed := body[:uint64(len(body))-size], body[uint64(len(body))-size:]
	unpack, err := decoder()
	if err != nil {
		return nil, err
	}
	index, err := unpack.DecodeAll(compressed, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: its index: %w", errDamaged, err)
	}
	f := &FS{entries: map[string]*entry{".": {name: "."}}}
	if err := f.readIndex(string(index), groups); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *FS) readIndex(index string, groups []byte) error {
	var current *group
	for line := range strings.Lines(index) {
		first, second, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok {
			return errDamaged
		}
		if first == "group" {
			size, err := strconv.Atoi(second)
			if err != nil || size < 0 || size > len(groups) {
				return errDamaged
			}
			current = &group{compressed: groups[:size:size]}
			groups = groups[size:]
			continue
		}
		size, err := strconv.Atoi(first)
		if err != nil || size < 0 || current == nil || size > maxGroupBytes-current.size || !fs.ValidPath(second) {
			return errDamaged
		}
		if !f.add(second, &entry{name: path.Base(second), group: current, offset: current.size, size: size}) {
			return errDamaged
		}
		current.size += size
	}
	for _, e := range f.entries {
		slices.SortFunc(e.children, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	}
	return nil
}

// add puts an entry and the directories above it into the tree; false if something
// else has its place.
func (f *FS) add(at string, e *entry) bool {
	if f.entries[at] != nil {
		return false
	}
	parent := path.Dir(at)
	above := f.entries[parent]
	if above == nil {
		above = &entry{name: path.Base(parent)}
		if !f.add(parent, above) {
			return false
		}
	}
	if above.group != nil {
		return false
	}
	f.entries[at] = e
	above.children = append(above.children, e)
	return true
}

func (g *group) unpack() ([]byte, error) {
	g.once.Do(func() {
		unpack, err := decoder()
		if err == nil {
			g.content, err = unpack.DecodeAll(g.compressed, make([]byte, 0, g.size))
		}
		if err == nil && len(g.content) != g.size {
			err = fmt.Errorf("%d bytes instead of %d", len(g.content), g.size)
		}
		if err != nil {
			g.content, g.err = nil, fmt.Errorf("%w: %w", errDamaged, err)
		}
	})
	return g.content, g.err
}

func (f *FS) find(operation, name string) (*entry, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: operation, Path: name, Err: fs.ErrInvalid}
	}
	e := f.entries[name]
	if e == nil {
		return nil, &fs.PathError{Op: operation, Path: name, Err: fs.ErrNotExist}
	}
	return e, nil
}

// Stat implements [fs.StatFS].
func (f *FS) Stat(name string) (fs.FileInfo, error) {
	e, err := f.find("stat", name)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// ReadDir implements [fs.ReadDirFS].
func (f *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	e, err := f.find("readdir", name)
	if err == nil && e.group != nil {
		err = &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
	}
	if err != nil {
		return nil, err
	}
	return slices.Clone(e.children), nil
}

// ReadFile implements [fs.ReadFileFS], except that what it returns is shared: it
// must not be changed.
func (f *FS) ReadFile(name string) ([]byte, error) {
	e, err := f.find("open", name)
	if err != nil {
		return nil, err
	}
	content, err := e.content()
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return content, nil
}

// Open implements [fs.FS].
func (f *FS) Open(name string) (fs.File, error) {
	e, err := f.find("open", name)
	if err != nil {
		return nil, err
	}
	if e.group == nil {
		return &directory{entry: e}, nil
	}
	content, err := e.content()
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &file{Reader: bytes.NewReader(content), entry: e}, nil
}

func (e *entry) content() ([]byte, error) {
	if e.group == nil {
		return nil, errors.New("is a directory")
	}
	all, err := e.group.unpack()
	if err != nil {
		return nil, err
	}
	return all[e.offset : e.offset+e.size : e.offset+e.size], nil
}

// An entry is its own fs.FileInfo and fs.DirEntry.

func (e *entry) Name() string               { return e.name }
func (e *entry) Size() int64                { return int64(e.size) }
func (e *entry) ModTime() time.Time         { return time.Time{} }
func (e *entry) IsDir() bool                { return e.group == nil }
func (e *entry) Sys() any                   { return nil }
func (e *entry) Type() fs.FileMode          { return e.Mode().Type() }
func (e *entry) Info() (fs.FileInfo, error) { return e, nil }

func (e *entry) Mode() fs.FileMode {
	if e.IsDir() {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

type file struct {
	*bytes.Reader
	entry *entry
}

func (f *file) Stat() (fs.FileInfo, error) { return f.entry, nil }
func (f *file) Close() error               { return nil }

type directory struct {
	entry *entry
	read  int
}

func (d *directory) Stat() (fs.FileInfo, error) { return d.entry, nil }
func (d *directory) Close() error               { return nil }

func (d *directory) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.entry.name, Err: errors.New("is a directory")}
}

func (d *directory) ReadDir(n int) ([]fs.DirEntry, error) {
	rest := d.entry.children[d.read:]
	if n > 0 {
		if len(rest) == 0 {
			return nil, io.EOF
		}
		rest = rest[:min(n, len(rest))]
	}
	d.read += len(rest)
	return slices.Clone(rest), nil
}
