// Package vfs is the guest's filesystem: one tree at "/", held in memory, over
// read-only layers such as a language's library and over folders of a Source such
// as those of the host. It fulfills the interfaces of wasm/fsapi with the meaning
// that POSIX and WASI preview 1 give to them, holds the guest to the policies of
// its folders, and tells what changed since it was made. Guest paths are of type
// Path.
//
// What may not be here: descriptors, rights and anything else of WebAssembly
// (wasm/wasip1), access to the host (vfs/hostfs) and writing to it (sync).
//
// Differences from POSIX: there are no owners and permission bits are only shown,
// there are no hard links (EPERM), access times only change when they are set, and
// /dev holds null, zero, random and urandom, always.
//
// # Folders
//
// What a folder holds is looked up when it is touched and then stays as it was for
// this tree, unless FS.Refresh is called or Options.Watch is set: directories are
// listed once, files described once (but anew if a guest looks at more than 10,000
// without opening them). Small files are kept once they were read; of a large one
// pieces are read as they are asked for, and reading fails (ESTALE) when the file has
// changed since the first piece. The first modification copies a file into memory, for
// which the guest is charged. Names that are not UTF-8 or too long are not there.
//
// # Images
//
// An Image is what a tree held at one moment. Other trees can begin with it, as with
// something that has always been there (a program's calls) or to go on (a session's
// fork), and it can be saved. Nodes are made of it when they are touched.
//
// # Policies
//
// A policy judges the path at which something is at the moment, however it was
// reached. Opening a file wants read for reading, modify for writing or
// truncating, and create where nothing exists; the handle that created a file may
// read and write it. Opening a directory for listing, and listing it, want list;
// names that list is denied for are left out. To be described (stat), to be opened
// for neither reading nor writing, and to be followed as a symbolic link want read
// or list, readlink wants read. Setting times is modify, removing is delete.
// Directories can be walked through without any permission.
//
// Renaming is delete at the old path and create at the new one, or modify where
// something is replaced; in a directory for everything in it. What the guest could
// not read or list it cannot rename to where it could.
//
// Where neither read nor list is allowed the guest does not learn whether anything
// is there: it gets the same answer either way.
package vfs

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
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
	// as the tree or its Changes are in use, and the tree never modifies them. In a
	// Folder they hide what it has at their paths.
	Files map[Path][]byte

	// Directories are further directories at the start, with their parents.
	Directories []Path

	// Layers are read-only trees. Each is put at a directory of its own; what is in
	// it cannot be changed (EROFS) and is not part of Changes.
	Layers []Mount

	// Folders are trees that the guest may modify, in memory only.
	Folders []Folder

	// Base is what the tree begins with; nil: nothing. It is shared and read as it is
	// needed, so that a large one costs no more than a small one.
	Base *Image

	// BaseAs says what Base means to Changes.
	BaseAs BaseMode

	// Watch has Folders followed for changes from outside, for trees that live on:
	// see FS.Refresh.
	Watch bool

	// OnDenied, if not nil, is called for every operation that a policy refused,
	// by the goroutine that tried it. It may use the tree.
	OnDenied func(Denial)
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
	created   int64  // nanoseconds since the Unix epoch: times of what was there at the start
	moves     uint64 // how often something was renamed: what was judged before may be elsewhere
	closed    bool

	mounts  []*node // mount points of folders and layers
	folders []*folder
	open    map[*node]struct{} // with an open file of a Source
	kept    int64              // bytes of files of Sources that are kept
	touched int                // nodes of Sources
	skipped []Skipped

	based      bool      // on an Image, which is the state at the start
	continued  bool      // a session goes on: origins are those of its Image
	origins    []*origin // those, by their place in Image.origins
	bound      []*folder // what the folders of its Image are here
	boundRoots []imageFolder

	watches  []*folderWatch
	stale    atomic.Bool // watches have something to tell
	followed []*node     // links that were followed out of their Source

	guarded     bool // there are policies
	trusted     bool // it is the host that looks, through View
	onDenied    func(Denial)
	denials     []Denial
	moreDenials int      // denials beyond MaxDenials
	pending     []Denial // for onDenied, once the lock is released
}

var _ fsapi.FileSystem = (*FS)(nil)

// New makes a tree. It fails if a path is not clean or used for two things, such
// as a file below another file, if a Source is not a directory, and if
// Loading.Include is invalid. Nothing of a Source is read that is not Eager, but
// for what is in the way of other paths.
func New(options Options) (*FS, error) {
	f := &FS{budget: options.Bytes, created: time.Now().UnixNano(), onDenied: options.OnDenied}
	if f.budget == 0 {
		f.budget = DefaultBytes
	}
	f.budget = min(f.budget, 1<<46) // more cannot be allocated
	if err := f.fill(&options); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// fill puts into the tree what it holds at its start.
func (f *FS) fill(options *Options) error {
	if err := f.begin(options); err != nil {
		return err
	}
	if err := f.mountFolders(options.Folders); err != nil {
		return err
	}
	if options.Watch {
		f.watch()
	}
	for _, path := range options.Directories {
		if _, err := f.place(path, fsapi.TypeDirectory); err != nil {
			return err
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
				return err
			}
			content := options.Files[path]
			n.data, n.shared = content, true
			n.origin.data, n.origin.loaded, n.origin.entry.Size = content, true, int64(len(content))
		}
	}
	for index, mount := range options.Layers {
		if err := f.mountLayer(mount.Path, mount.Layer, index); err != nil {
			return err
		}
	}
	if err := f.mountLayer(devicePath, devices, deviceIndex); err != nil {
		return err
	}
	if err := f.checkBound(); err != nil {
		return err
	}
	return f.loadEagerly()
}

func (f *FS) mountLayer(path Path, layer *Layer, index int) error {
	n, err := f.place(path, fsapi.TypeDirectory)
	if err != nil {
		return err
	}
	if n == f.root || n.mountPoint || n.entries.len() > 0 {
		return fmt.Errorf("layer at %s: %w", path, fsapi.ENOTEMPTY)
	}
	n.layer, n.layerIndex, n.mountPoint, n.mode = &layer.root, index, true, 0
	f.mounts = append(f.mounts, n)
	return nil
}

// place makes the node that is at path at the start, with its parents. A
// directory may be there already.
func (f *FS) place(path Path, kind fsapi.FileType) (*node, error) {
	if clean, err := ParsePath(string(path), "/"); err != nil {
		return nil, err
	} else if clean != path {
		return nil, fmt.Errorf("guest path %q is not absolute and clean: %w", string(path), fsapi.EINVAL)
	}
	dir, rest := f.root, string(path[1:])
	for rest != "" {
		name, after := cutComponent(rest)
		wanted := fsapi.TypeDirectory
		if after == "" {
			wanted = kind
		}
		if dir.layer != nil {
			return nil, fmt.Errorf("%s is inside a read-only layer: %w", path, fsapi.EROFS)
		}
		child, errno := f.child(dir, name)
		if errno != 0 {
			return nil, fmt.Errorf("%s: %w", path, errno)
		}
		if child != nil && (child.lazy || f.based && child.kind == fsapi.TypeRegularFile) && wanted == fsapi.TypeRegularFile {
			dir.entries.remove(name) // hidden
			child = nil
		}
		switch {
		case child == nil:
			child = f.newNode(wanted, f.created)
			child.origin = &origin{entry: SourceEntry{Type: wanted}}
			dir.link(name, child)
			if dir.origin != nil { // the guest of an earlier session may have made it
				dir.origin.add(name, child.origin)
			}
		case child.kind != fsapi.TypeDirectory || wanted != fsapi.TypeDirectory:
			return nil, fmt.Errorf("%s: %w", path, fsapi.EEXIST)
		}
		dir, rest = child, after
	}
	if dir.kind != kind {
		return nil, fmt.Errorf("%s: %w", path, fsapi.EISDIR)
	}
	return dir, nil
}

// Root opens the root directory.
func (f *FS) Root() (fsapi.Directory, fsapi.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, fsapi.EBADF
	}
	return f.openDirectory(f.root), fsapi.ESUCCESS
}

// Used returns how many bytes of the budget are taken.
func (f *FS) Used() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.used
}

// Skipped returns the files that were not loaded since they are too large or could
// not be read.
func (f *FS) Skipped() []Skipped {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.skipped)
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
