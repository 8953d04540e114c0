// Package vfs is the guest's filesystem: one tree at "/", held in memory, over
// read-only layers such as a language's library. It fulfills the interfaces of
// wasm/fsapi with the meaning that POSIX and WASI preview 1 give to them, and
// tells what changed since it was made. Guest paths are of type Path.
//
// What may not be here: descriptors, rights and anything else of WebAssembly
// (wasm/wasip1), and writing to the host (sync).
//
// Differences from POSIX: there are no owners and permission bits, no hard links
// (EPERM), and access times only change when they are set.
package vfs

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// DefaultBytes is the budget of a tree for which Options.Bytes is 0: 64 MiB.
const DefaultBytes = 64 << 20

// nodeCost is what a file, directory or symbolic link takes from the budget
// besides its name and contents, so that empty files cannot use up the host's
// memory either. It is about what the structures below take.
const nodeCost = 384

// Options says what a tree holds at its start.
type Options struct {
	// Bytes is the budget for what the guest adds: contents, names, and 384 bytes
	// for each node. Beyond it the guest gets ENOSPC. 0 means DefaultBytes; less
	// than 0 that nothing can be added. What is there at the start is free until
	// it is modified. (A file that grows step by step is allocated ahead, so the
	// host may hold up to twice the budget.)
	Bytes int64

	// Files are the regular files at the start; missing parent directories are
	// made. The contents are shared, not copied: they must not be modified as long
	// as the tree or its Changes are in use, and the tree never modifies them.
	Files map[Path][]byte

	// Directories are further directories at the start, with their parents.
	Directories []Path

	// Layers are read-only trees. Each is put at a directory of its own; what is in
	// it cannot be changed (EROFS) and is not part of Changes.
	Layers []Mount
}

// Mount says where in the tree a layer is.
type Mount struct {
	Path  Path
	Layer *Layer
}

// FS is a tree of files in memory. It fulfills fsapi.FileSystem. It is safe for
// use by several goroutines; one tree serves one call or one session.
type FS struct {
	mu        sync.Mutex
	root      *node
	budget    int64 // bytes the guest may add
	used      int64 // bytes the guest added
	lastInode uint64
	start     Options // the state at the start, for Changes; never modified
	created   int64   // nanoseconds since the Unix epoch: times of what was there at the start
}

var _ fsapi.FileSystem = (*FS)(nil)

// New makes a tree. It fails if a path is not clean or used for two things, such
// as a file below another file.
func New(options Options) (*FS, error) {
	f := &FS{budget: options.Bytes, start: options, created: time.Now().UnixNano()}
	if f.budget == 0 {
		f.budget = DefaultBytes
	}
	f.budget = min(f.budget, 1<<46) // more cannot be allocated
	f.root = f.newNode(fsapi.TypeDirectory, f.created)
	f.root.parent = f.root

	for _, path := range options.Directories {
		if _, err := f.place(path, fsapi.TypeDirectory); err != nil {
			return nil, err
		}
	}
	if len(options.Files) > 0 {
		// In order, so that inodes and listings do not vary from call to call.
		paths := make([]Path, 0, len(options.Files))
		for path := range options.Files {
			paths = append(paths, path)
		}
		slices.Sort(paths)
		for _, path := range paths {
			n, err := f.place(path, fsapi.TypeRegularFile)
			if err != nil {
				return nil, err
			}
			n.data, n.shared = options.Files[path], true
		}
	}
	for index, mount := range options.Layers {
		n, err := f.place(mount.Path, fsapi.TypeDirectory)
		if err != nil {
			return nil, err
		}
		if n == f.root || n.entries != nil || n.layer != nil {
			return nil, fmt.Errorf("vfs: layer at %s: %w", mount.Path, fsapi.ENOTEMPTY)
		}
		n.layer, n.layerIndex, n.mountPoint = &mount.Layer.root, index, true
	}
	return f, nil
}

// place makes the node that is at path at the start, with its parents. A
// directory may be there already.
func (f *FS) place(path Path, kind fsapi.FileType) (*node, error) {
	if clean, err := ParsePath(string(path), "/"); err != nil {
		return nil, err
	} else if clean != path {
		return nil, fmt.Errorf("vfs: guest path %q is not absolute and clean: %w", string(path), fsapi.EINVAL)
	}
	dir, rest := f.root, string(path[1:])
	for rest != "" {
		name, after := cutComponent(rest)
		wanted := fsapi.TypeDirectory
		if after == "" {
			wanted = kind
		}
		if dir.layer != nil {
			return nil, fmt.Errorf("vfs: %s is inside a read-only layer: %w", path, fsapi.EROFS)
		}
		child := dir.entries.get(name)
		switch {
		case child == nil:
			child = f.newNode(wanted, f.created)
			dir.link(name, child)
		case child.kind != fsapi.TypeDirectory || wanted != fsapi.TypeDirectory:
			return nil, fmt.Errorf("vfs: %s: %w", path, fsapi.EEXIST)
		}
		dir, rest = child, after
	}
	if dir.kind != kind {
		return nil, fmt.Errorf("vfs: %s: %w", path, fsapi.EISDIR)
	}
	return dir, nil
}

// Root opens the root directory.
func (f *FS) Root() (fsapi.Directory, fsapi.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.openDirectory(f.root), fsapi.ESUCCESS
}

// Used returns how many bytes of the budget are taken.
func (f *FS) Used() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.used
}

// charge takes bytes from the budget, or gives them back when less than 0.
func (f *FS) charge(bytes int64) fsapi.Errno {
	if bytes > 0 && bytes > f.budget-f.used {
		return fsapi.ENOSPC
	}
	f.used += bytes
	return fsapi.ESUCCESS
}

// available is what is left of the budget.
func (f *FS) available() int64 { return max(f.budget-f.used, 0) }
