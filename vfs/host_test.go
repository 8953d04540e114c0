package vfs

import (
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/vfs/vfstest"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// host is a Source in memory that tests change under the tree, and that counts.
type host struct {
	mu     sync.Mutex
	files  map[string]*hostFile
	clock  int64
	inodes uint64
	calls  map[string]int // by method
	opened int            // files open now
	away   map[string]*host
}

type hostFile struct {
	entry SourceEntry
	data  []byte
	size  int64 // of a file without data: it is full of its offsets
}

// newHost makes a host of paths and contents. "a -> b" is a symbolic link, a path
// that ends with a slash a directory; parents are made.
func newHost(files map[string]string) *host {
	h := &host{files: map[string]*hostFile{}, calls: map[string]int{}, away: map[string]*host{}, clock: 1_700_000_000}
	h.mkdir(".")
	for name, content := range files {
		h.put(name, content)
	}
	return h
}

func (h *host) next() (time.Time, FileID) {
	h.clock++
	h.inodes++
	return time.Unix(h.clock, 500), FileID{1, h.inodes}
}

func (h *host) mkdir(dir string) {
	if h.files[dir] != nil {
		return
	}
	if dir != "." {
		h.mkdir(path.Dir(dir))
	}
	at, id := h.next()
	h.files[dir] = &hostFile{entry: SourceEntry{Type: fsapi.TypeDirectory, Mode: 0o750, ModTime: at, ChangeTime: at, ID: id}}
}

// put writes a file anew, as a program that renames over it does.
func (h *host) put(name, content string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if strings.HasSuffix(name, "/") {
		h.mkdir(strings.TrimSuffix(name, "/"))
		return
	}
	link, target, isLink := strings.Cut(name, " -> ")
	h.mkdir(path.Dir(link))
	at, id := h.next()
	file := &hostFile{entry: SourceEntry{Mode: 0o640, ModTime: at, ChangeTime: at, ID: id, Type: fsapi.TypeRegularFile}}
	if isLink {
		file.entry.Type, file.entry.Target = fsapi.TypeSymbolicLink, target
		inside := path.Join(path.Dir(link), target)
		if path.IsAbs(target) {
			inside, _ = strings.CutPrefix(target, "/host/") // as if the folder were there
		}
		if fs.ValidPath(inside) {
			file.entry.Inside = inside
		}
	} else {
		file.data, file.entry.Size = []byte(content), int64(len(content))
	}
	h.files[link] = file
}

// sparse makes a file that is too large to be in memory.
func (h *host) sparse(name string, size int64) {
	h.put(name, "")
	h.files[name].size, h.files[name].entry.Size = size, size
}

// modify writes to a file in place.
func (h *host) modify(name, content string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at, _ := h.next()
	file := h.files[name]
	file.data, file.size = []byte(content), 0
	file.entry.Size, file.entry.ModTime, file.entry.ChangeTime = int64(len(content)), at, at
}

func (h *host) remove(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for other := range h.files {
		if other == name || strings.HasPrefix(other, name+"/") {
			delete(h.files, other)
		}
	}
}

func (h *host) find(method, name string) (*hostFile, error) {
	h.calls[method]++
	if !fs.ValidPath(name) {
		return nil, fs.ErrInvalid
	}
	if file := h.files[name]; file != nil {
		return file, nil
	}
	return nil, fs.ErrNotExist
}

func (h *host) ReadDir(dir string) ([]SourceName, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, err := h.find("ReadDir", dir); err != nil {
		return nil, err
	}
	var names []SourceName
	for name, file := range h.files {
		if name != "." && path.Dir(name) == dir {
			names = append(names, SourceName{path.Base(name), file.entry.Type})
		}
	}
	return names, nil
}

func (h *host) Lstat(name string) (SourceEntry, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	file, err := h.find("Lstat", name)
	if err != nil {
		return SourceEntry{}, err
	}
	return file.entry, nil
}

func (h *host) Open(name string) (SourceFile, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	file, err := h.find("Open", name)
	switch {
	case err != nil:
		return nil, err
	case file.entry.Type != fsapi.TypeRegularFile:
		return nil, fs.ErrInvalid
	}
	h.opened++
	return &hostHandle{host: h, file: file}, nil
}

func (h *host) Close() error { return nil }

// Follow leads to another host.
func (h *host) Follow(link string) (Source, string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	file, err := h.find("Follow", link)
	if err != nil {
		return nil, "", err
	}
	for prefix, other := range h.away {
		if rest, ok := strings.CutPrefix(file.entry.Target, prefix); ok {
			return other, path.Clean("./" + rest), nil
		}
	}
	return nil, "", fs.ErrNotExist
}

type hostHandle struct {
	host *host
	file *hostFile
}

func (h *hostHandle) Stat() (SourceEntry, error) {
	h.host.mu.Lock()
	defer h.host.mu.Unlock()
	return h.file.entry, nil
}

func (h *hostHandle) ReadAt(p []byte, offset int64) (int, error) {
	h.host.mu.Lock()
	defer h.host.mu.Unlock()
	h.host.calls["ReadAt"]++
	if h.file.size > 0 {
		n := int(max(0, min(int64(len(p)), h.file.size-offset)))
		for i := range p[:n] {
			p[i] = byte((offset + int64(i)) / 1000)
		}
		if n < len(p) {
			return n, io.EOF
		}
		return n, nil
	}
	return strings.NewReader(string(h.file.data)).ReadAt(p, offset)
}

func (h *hostHandle) Close() error {
	h.host.mu.Lock()
	defer h.host.mu.Unlock()
	h.host.opened--
	return nil
}

// rules compiles a policy for /data. Without defaults, read and list are allowed.
func rules(t testing.TB, p perm.Permissions) *perm.Policy {
	t.Helper()
	policy, err := p.Compile("/data")
	require.NoError(t, err)
	return policy
}

func operations(o perm.Operations) *perm.Operations { return &o }

// mounted makes a tree with a host at /data and a budget of 1 MiB.
func mounted(t *testing.T, h *host, change func(*Folder)) (*FS, *vfstest.Tree) {
	t.Helper()
	folder := Folder{Path: "/data", Source: h, HostPath: "/host"}
	if change != nil {
		change(&folder)
	}
	files, x := newTree(t, Options{Bytes: 1 << 20, Folders: []Folder{folder}, Directories: []Path{"/tmp"}})
	t.Cleanup(func() {
		require.NoError(t, files.Close())
		require.Zero(t, h.opened, "host files that are still open")
	})
	return files, x
}
