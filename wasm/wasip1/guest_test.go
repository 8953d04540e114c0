package wasip1_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/funcbox/funcbox/internal/guesttest"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// pages is the size of a guest's memory, in 64 KiB.
const pages = 4

// guest is an instance with one System.
type guest struct {
	t        testing.TB
	ctx      context.Context
	module   api.Module
	system   *wasip1.System
	exported map[string]api.Function
}

func instantiate(t testing.TB, withMemory bool) api.Module {
	t.Helper()
	ctx := context.Background()
	runtime := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	t.Cleanup(func() { runtime.Close(ctx) })
	_, err := wasip1.Instantiate(ctx, runtime)
	require.NoError(t, err)
	size := 0
	if withMemory {
		size = pages
	}
	instance, err := runtime.Instantiate(ctx, guesttest.Passthrough(size))
	require.NoError(t, err)
	return instance
}

func newGuest(t testing.TB, config wasip1.Config) *guest {
	t.Helper()
	g := &guest{t: t, module: instantiate(t, true), exported: map[string]api.Function{}}
	g.use(config)
	return g
}

// use starts a new call: a new System over the same memory.
func (g *guest) use(config wasip1.Config) {
	if g.system != nil {
		g.system.Close()
	}
	g.system = wasip1.NewSystem(config)
	g.ctx = wasip1.WithSystem(context.Background(), g.system)
	g.t.Cleanup(g.system.Close)
}

// withFiles is a guest with an empty tree.
func withFiles(t testing.TB) *guest {
	t.Helper()
	return newGuest(t, wasip1.Config{FS: newFS(t, vfs.Options{})})
}

func newFS(t testing.TB, options vfs.Options) *vfs.FS {
	t.Helper()
	files, err := vfs.New(options)
	require.NoError(t, err)
	return files
}

func (g *guest) call(name string, args ...uint64) fsapi.Errno {
	g.t.Helper()
	f := g.exported[name]
	if f == nil {
		f = g.module.ExportedFunction(name)
		require.NotNil(g.t, f, name)
		g.exported[name] = f
	}
	results, err := f.Call(g.ctx, args...)
	require.NoError(g.t, err, name)
	if len(results) == 0 {
		return 0
	}
	return fsapi.Errno(results[0])
}

func (g *guest) ok(name string, args ...uint64) {
	g.t.Helper()
	g.is(fsapi.ESUCCESS, name, args...)
}

func (g *guest) is(want fsapi.Errno, name string, args ...uint64) {
	g.t.Helper()
	require.Equal(g.t, want.Name(), g.call(name, args...).Name(), "%s%v", name, args)
}

// Where the tests put things in the guest's memory.
const (
	atResult  = 0
	atPath    = 1024
	atPath2   = 8192
	atVectors = 16384
	atData    = 32768
	atEnd     = pages << 16
)

func (g *guest) put(at uint32, s string) (pointer, length uint64) {
	require.True(g.t, g.module.Memory().WriteString(at, s))
	return uint64(at), uint64(len(s))
}

func (g *guest) u32(at uint32) uint32 {
	v, ok := g.module.Memory().ReadUint32Le(at)
	require.True(g.t, ok)
	return v
}

func (g *guest) u64(at uint32) uint64 {
	v, ok := g.module.Memory().ReadUint64Le(at)
	require.True(g.t, ok)
	return v
}

func (g *guest) bytes(at, length uint32) []byte {
	b, ok := g.module.Memory().Read(at, length)
	require.True(g.t, ok)
	return b
}

// vectors lays out buffers of these sizes from atData on, and returns the list.
func (g *guest) vectors(sizes ...uint32) (pointer, count uint64) {
	data := uint32(atData)
	for i, size := range sizes {
		g.module.Memory().WriteUint32Le(uint32(atVectors+8*i), data)
		g.module.Memory().WriteUint32Le(uint32(atVectors+8*i+4), size)
		data += size
	}
	return atVectors, uint64(len(sizes))
}

// write writes in two pieces.
func (g *guest) write(fd uint64, s string) fsapi.Errno {
	g.put(atData, s)
	half := uint32(len(s) / 2)
	list, count := g.vectors(half, uint32(len(s))-half)
	errno := g.call("fd_write", fd, list, count, atResult)
	if errno == 0 {
		require.EqualValues(g.t, len(s), g.u32(atResult))
	}
	return errno
}

// read reads up to n bytes, in two pieces.
func (g *guest) read(fd uint64, n uint32) (string, fsapi.Errno) {
	list, count := g.vectors(n/2, n-n/2)
	if errno := g.call("fd_read", fd, list, count, atResult); errno != 0 {
		return "", errno
	}
	return string(g.bytes(atData, g.u32(atResult))), 0
}

func (g *guest) mustRead(fd uint64, n uint32) string {
	g.t.Helper()
	s, errno := g.read(fd, n)
	require.Equal(g.t, fsapi.ESUCCESS, errno)
	return s
}

// Rights and flags as the specification numbers them.
const (
	rightDatasync    = 1 << 0
	rightRead        = 1 << 1
	rightSeek        = 1 << 2
	rightSetFlags    = 1 << 3
	rightSync        = 1 << 4
	rightTell        = 1 << 5
	rightWrite       = 1 << 6
	rightAllocate    = 1 << 8
	rightCreateDir   = 1 << 9
	rightCreateFile  = 1 << 10
	rightOpen        = 1 << 13
	rightReaddir     = 1 << 14
	rightPathSetSize = 1 << 19
	rightFilestat    = 1 << 21
	rightSetSize     = 1 << 22
	rightPoll        = 1 << 27

	allFile = rightDatasync | rightRead | rightSeek | rightSetFlags | rightSync | rightTell | rightWrite | 1<<7 |
		rightAllocate | rightFilestat | rightSetSize | 1<<23 | rightPoll
	allDirectory = rightDatasync | rightSetFlags | rightSync | 0x1ff<<9 | 0x3<<18 | 1<<20 | rightFilestat | 1<<23 | 0x7<<24

	creat, directory, excl, trunc = 1, 2, 4, 8
	appending, nonblock           = 1, 4
	root                          = 3
)

// open opens below the root with all rights of files.
func (g *guest) open(path string, opening uint64) uint64 {
	g.t.Helper()
	fd, errno := g.tryOpen(root, path, 1, opening, allFile, allFile, 0)
	require.Equal(g.t, fsapi.ESUCCESS, errno)
	return fd
}

func (g *guest) openDir(path string) uint64 {
	g.t.Helper()
	fd, errno := g.tryOpen(root, path, 1, directory, allDirectory, allDirectory|allFile, 0)
	require.Equal(g.t, fsapi.ESUCCESS, errno)
	return fd
}

func (g *guest) tryOpen(fd uint64, path string, lookup, opening, rights, inheriting, flags uint64) (uint64, fsapi.Errno) {
	g.t.Helper()
	pointer, length := g.put(atPath, path)
	errno := g.call("path_open", fd, lookup, pointer, length, opening, rights, inheriting, flags, atResult)
	return uint64(g.u32(atResult)), errno
}

func (g *guest) mkdir(path string) {
	g.t.Helper()
	pointer, length := g.put(atPath, path)
	g.ok("path_create_directory", root, pointer, length)
}
