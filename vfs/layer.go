package vfs

import (
	"io/fs"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Layer is a read-only tree that many file systems share, such as the library of
// a language. Listings and contents are read from the fs.FS when they are first
// needed and kept as long as the Layer lives; the fs.FS should not change.
// Directories and regular files are shown, nothing else. It is safe for use by
// several goroutines.
type Layer struct {
	files   fs.FS
	root    layerNode
	numbers atomic.Uint64
}

// NewLayer makes a layer of the tree of files. It reads nothing yet.
func NewLayer(files fs.FS) *Layer {
	l := &Layer{files: files}
	l.root = layerNode{layer: l, path: ".", kind: fsapi.TypeDirectory, number: l.numbers.Add(1)}
	return l
}

type layerNode struct {
	layer      *Layer
	path       string // in the fs.FS
	name       string
	number     uint64
	kind       fsapi.FileType
	size       int64
	modifyTime int64
	device     device

	once  sync.Once
	errno fsapi.Errno
	list  []*layerNode // sorted by name
	data  []byte
}

// layerInode keeps the inodes of layers apart from those of the memory tree and
// from each other.
func layerInode(index int, number uint64) uint64 { return uint64(index+1)<<48 | number }

// load reads a listing or contents, once.
func (n *layerNode) load() fsapi.Errno {
	n.once.Do(func() {
		if n.kind == fsapi.TypeRegularFile {
			data, err := fs.ReadFile(n.layer.files, n.path)
			if n.errno = errnoOf(err); err == nil {
				n.data = data
			}
			return
		}
		if n.kind != fsapi.TypeDirectory {
			return
		}
		list, err := fs.ReadDir(n.layer.files, n.path)
		if err != nil {
			n.errno = errnoOf(err)
			return
		}
		for _, one := range list {
			info, err := one.Info()
			if err != nil || !info.Mode().IsRegular() && !info.IsDir() {
				continue
			}
			child := &layerNode{
				layer: n.layer, name: one.Name(), path: one.Name(), number: n.layer.numbers.Add(1),
				kind: fsapi.TypeRegularFile, size: info.Size(), modifyTime: max(info.ModTime().UnixNano(), 0),
			}
			if n.path != "." {
				child.path = n.path + "/" + child.path
			}
			if info.IsDir() {
				child.kind, child.size = fsapi.TypeDirectory, 0
			}
			n.list = append(n.list, child)
		}
		sort.Slice(n.list, func(i, j int) bool { return n.list[i].name < n.list[j].name })
	})
	return n.errno
}

// child returns the node of that name in a directory, nil if there is none.
func (n *layerNode) child(name string) (*layerNode, fsapi.Errno) {
	if errno := n.load(); errno != 0 {
		return nil, errno
	}
	if i, found := sort.Find(len(n.list), func(i int) int { return strings.Compare(name, n.list[i].name) }); found {
		return n.list[i], fsapi.ESUCCESS
	}
	return nil, fsapi.ESUCCESS
}

// layerChild makes the node of something of a layer when it is first used.
func (f *FS) layerChild(dir *node, name string) (*node, fsapi.Errno) {
	below, errno := dir.layer.child(name)
	if below == nil || errno != 0 {
		return nil, errno
	}
	n := &node{
		inode: layerInode(dir.layerIndex, below.number), kind: below.kind,
		layer: below, layerIndex: dir.layerIndex,
		accessTime: below.modifyTime, modifyTime: below.modifyTime, changeTime: below.modifyTime,
	}
	if n.isDevice() {
		n.accessTime, n.modifyTime, n.changeTime = f.created, f.created, f.created
	}
	dir.linkUnnumbered(name, n)
	return n, fsapi.ESUCCESS
}
