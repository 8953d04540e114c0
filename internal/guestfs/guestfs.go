// Package guestfs shows a filesystem as a WebAssembly guest sees it: each method
// of the interface of wasm/fsapi is a call of WASI preview 1 from inside a guest,
// over wasm/wasip1. So what tests a filesystem (vfs/vfstest, internal/escapetest)
// tests descriptors, rights and encodings as well.
//
// It is for tests. What preview 1 has no place for gets lost: permission bits.
package guestfs

import (
	"context"
	"encoding/binary"
	"strings"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/funcbox/funcbox/internal/guesttest"
	"github.com/funcbox/funcbox/wasm/fsapi"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// Where things are in the guest's memory, of which data takes the rest.
const (
	atResult  = 0
	atList    = 1024
	atPath    = 4096
	atPath2   = atPath + pathRoom
	atData    = atPath2 + pathRoom
	pathRoom  = 96 << 10
	dataBytes = pages<<16 - atData
	pages     = 16

	rootDescriptor = 3
)

var le = binary.LittleEndian

// guests makes the guests of this process: one runtime, one compiled module.
var guests = sync.OnceValues(func() (func() (api.Module, error), error) {
	ctx := context.Background()
	runtime := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	if _, err := wasip1.Instantiate(ctx, runtime); err != nil {
		return nil, err
	}
	compiled, err := runtime.CompileModule(ctx, guesttest.Passthrough(pages))
	return func() (api.Module, error) {
		return runtime.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName(""))
	}, err
})

// FS is a filesystem seen from inside a guest. Its methods wait for each other:
// a guest is one thread.
type FS struct {
	t       testing.TB
	mu      sync.Mutex
	ctx     context.Context
	module  api.Module
	exports map[string]api.Function
	open    map[uint32]bool
	turn    int // of the two ways to read and to write
}

// New starts a guest that has files as its preopened directory. It ends with the
// test.
func New(t testing.TB, files fsapi.FileSystem) *FS {
	t.Helper()
	instantiate, err := guests()
	if err != nil {
		t.Fatal(err)
	}
	module, err := instantiate()
	if err != nil {
		t.Fatal(err)
	}
	system := wasip1.NewSystem(wasip1.Config{FS: files, OpenFiles: 4096})
	ctx := context.Background()
	t.Cleanup(func() {
		system.Close()
		if err := module.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return &FS{
		t: t, ctx: wasip1.WithSystem(ctx, system), module: module,
		exports: map[string]api.Function{}, open: map[uint32]bool{rootDescriptor: true},
	}
}

// Root implements fsapi.FileSystem.
func (f *FS) Root() (fsapi.Directory, fsapi.Errno) {
	top := &directory{handle{fs: f, fd: rootDescriptor}}
	opened, _, errno := top.OpenAt(".", fsapi.OpenDirectory|fsapi.OpenRead)
	return opened, errno
}

// call calls a function of WASI.
func (f *FS) call(name string, args ...uint64) fsapi.Errno {
	function := f.exports[name]
	if function == nil {
		function = f.module.ExportedFunction(name)
		f.exports[name] = function
	}
	results, err := function.Call(f.ctx, args...)
	if err != nil {
		f.t.Errorf("%s: %v", name, err)
		return fsapi.EIO
	}
	return fsapi.Errno(results[0])
}

// memory is a piece of the guest's memory, which is known to be there.
func (f *FS) memory(at, length uint32) []byte {
	b, ok := f.module.Memory().Read(at, length)
	if !ok {
		panic("guestfs: outside of the guest's memory")
	}
	return b
}

func (f *FS) u32() uint32 { return le.Uint32(f.memory(atResult, 4)) }
func (f *FS) u64() uint64 { return le.Uint64(f.memory(atResult, 8)) }

// put writes text, which is cut where the room for it ends: it is far too long for
// a path then anyhow.
func (f *FS) put(at uint32, text string) (pointer, length uint64) {
	text = text[:min(len(text), pathRoom)]
	copy(f.memory(at, pathRoom), text)
	return uint64(at), uint64(len(text))
}

// vector writes a list of two buffers that together are the first n bytes of the
// data.
func (f *FS) vector(n int) (pointer, count uint64) {
	b, first := f.memory(atList, 16), uint32(n/3)
	le.PutUint32(b, atData)
	le.PutUint32(b[4:], first)
	le.PutUint32(b[8:], atData+first)
	le.PutUint32(b[12:], uint32(n)-first)
	return atList, 2
}

func (f *FS) filestat(at uint32) fsapi.Filestat {
	b := f.memory(at, 64)
	return fsapi.Filestat{
		Device: le.Uint64(b), Inode: le.Uint64(b[8:]), Type: fsapi.FileType(b[16]), Links: le.Uint64(b[24:]),
		Size: int64(le.Uint64(b[32:])), AccessTime: int64(le.Uint64(b[40:])), ModifyTime: int64(le.Uint64(b[48:])),
		ChangeTime: int64(le.Uint64(b[56:])),
	}
}

// handle is a descriptor.
type handle struct {
	fs     *FS
	fd     uint32
	closed bool
}

// lock begins a call of a method; it returns what ends it, and false if the
// descriptor was closed and its number is another's by now.
func (h *handle) lock() (unlock func(), ok bool) {
	h.fs.mu.Lock()
	return h.fs.mu.Unlock, !h.closed || !h.fs.open[h.fd]
}

// base is the descriptor and the path with which a guest reaches path: one that
// begins with a slash is relative to the preopened directory.
func (h *handle) base(path string) (fd uint64, relative string) {
	if !strings.HasPrefix(path, "/") {
		return uint64(h.fd), path
	}
	if path = strings.TrimLeft(path, "/"); path == "" {
		path = "."
	}
	return rootDescriptor, path
}

// at calls a function that takes a descriptor and a path.
func (h *handle) at(name, path string) fsapi.Errno {
	unlock, ok := h.lock()
	defer unlock()
	if !ok {
		return fsapi.EBADF
	}
	fd, path := h.base(path)
	pointer, length := h.fs.put(atPath, path)
	return h.fs.call(name, fd, pointer, length)
}

// Stat implements fsapi.Directory and fsapi.File.
func (h *handle) Stat() (fsapi.Filestat, fsapi.Errno) {
	unlock, ok := h.lock()
	defer unlock()
	if !ok {
		return fsapi.Filestat{}, fsapi.EBADF
	}
	if errno := h.fs.call("fd_filestat_get", uint64(h.fd), atData); errno != 0 {
		return fsapi.Filestat{}, errno
	}
	return h.fs.filestat(atData), fsapi.ESUCCESS
}

// timeFlags are the flags that go with times.
func timeFlags(times fsapi.Times) uint64 {
	flags := uint64(0)
	if times.SetAccess {
		flags |= 1
	}
	if times.SetModify {
		flags |= 4
	}
	return flags
}

// SetTimes implements fsapi.Directory and fsapi.File.
func (h *handle) SetTimes(times fsapi.Times) fsapi.Errno {
	unlock, ok := h.lock()
	defer unlock()
	if !ok {
		return fsapi.EBADF
	}
	return h.fs.call("fd_filestat_set_times", uint64(h.fd), uint64(times.Access), uint64(times.Modify), timeFlags(times))
}

// Sync implements fsapi.Directory and fsapi.File.
func (h *handle) Sync() fsapi.Errno {
	unlock, ok := h.lock()
	defer unlock()
	if !ok {
		return fsapi.EBADF
	}
	if errno := h.fs.call("fd_datasync", uint64(h.fd)); errno != 0 {
		return errno
	}
	return h.fs.call("fd_sync", uint64(h.fd))
}

// Close implements fsapi.Directory and fsapi.File.
func (h *handle) Close() fsapi.Errno {
	unlock, ok := h.lock()
	defer unlock()
	if !ok {
		return fsapi.EBADF
	}
	errno := h.fs.call("fd_close", uint64(h.fd))
	if !h.closed {
		h.closed = true
		delete(h.fs.open, h.fd)
	}
	return errno
}
