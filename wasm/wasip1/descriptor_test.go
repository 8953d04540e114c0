package wasip1_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

func TestDescriptorLimit(t *testing.T) {
	g := newGuest(t, wasip1.Config{FS: newFS(t, vfs.Options{}), OpenFiles: 10})
	g.open("a", creat)
	for g.system.OpenFiles() < 10 {
		g.open("a", 0)
	}
	_, errno := g.tryOpen(root, "a", 0, 0, 0, 0, 0)
	require.Equal(t, fsapi.EMFILE, errno)
	_, errno = g.tryOpen(root, "new", 0, creat, 0, 0, 0)
	require.Equal(t, fsapi.EMFILE, errno)
	pointer, length := g.put(atPath, "new")
	g.is(fsapi.ENOENT, "path_unlink_file", root, pointer, length)
	g.ok("fd_close", 1)
	g.ok("fd_close", 7)
	require.EqualValues(t, 1, g.open("a", 0), "the lowest free number")
	require.EqualValues(t, 7, g.open("a", 0))
	g.is(fsapi.EBADF, "fd_renumber", 4, 10)
	g.ok("fd_renumber", 4, 5)
	g.ok("fd_renumber", 5, 5)
	require.Equal(t, 9, g.system.OpenFiles())
	require.EqualValues(t, 4, g.open("a", 0))

	g.system.Close()
	require.Zero(t, g.system.OpenFiles())
	g.is(fsapi.EBADF, "fd_close", 4)
	g.is(fsapi.EBADF, "fd_close", root)
}

func TestCallsDoNotShareDescriptors(t *testing.T) {
	g := withFiles(t)
	fd := g.open("a", creat)
	g.ok("fd_close", root)
	g.use(wasip1.Config{FS: newFS(t, vfs.Options{})})
	g.is(fsapi.EBADF, "fd_close", fd)
	g.ok("fd_prestat_get", root, atResult)
}

func TestRenumber(t *testing.T) {
	var stdout bytes.Buffer
	g := newGuest(t, wasip1.Config{FS: newFS(t, vfs.Options{}), Stdout: &stdout})
	a, b := g.open("a", creat), g.open("b", creat)
	require.Zero(t, g.write(a, "in a"))
	g.ok("fd_fdstat_set_flags", a, appending)
	open := g.system.OpenFiles()

	g.ok("fd_renumber", a, b)
	require.Equal(t, open-1, g.system.OpenFiles())
	g.is(fsapi.EBADF, "fd_close", a)
	g.ok("fd_tell", b, atResult)
	require.EqualValues(t, 4, g.u64(atResult), "the position moves with it")
	g.ok("fd_fdstat_get", b, atResult)
	require.EqualValues(t, appending, g.u32(2), "and the flags")

	g.ok("fd_renumber", b, b)
	require.Equal(t, open-1, g.system.OpenFiles())
	for _, c := range [][2]uint64{{b, a}, {a, b}, {b, 1000}, {1000, b}, {b, math.MaxUint32}, {math.MaxUint32, b}} {
		g.is(fsapi.EBADF, "fd_renumber", c[0], c[1])
	}
	g.ok("fd_renumber", b, 1)
	require.Zero(t, g.write(1, "more"))
	require.Empty(t, stdout.String(), "standard output is a file now")
	g.ok("fd_filestat_get", 1, atResult)
	require.EqualValues(t, 8, g.u64(32))

	moved := g.openDir(".")
	g.ok("fd_renumber", root, moved)
	g.is(fsapi.EBADF, "fd_prestat_get", root, atResult)
	g.ok("fd_prestat_get", moved, atResult)
	g.ok("fd_renumber", 1, moved)
	g.is(fsapi.EBADF, "fd_prestat_get", moved, atResult)
	require.Zero(t, g.write(moved, "!"))
}

func TestFlags(t *testing.T) {
	const dsync, rsync, syncing = 2, 8, 16
	g := withFiles(t)
	for _, flags := range []uint64{0, appending, dsync, nonblock, rsync, syncing, 31} {
		fd, errno := g.tryOpen(root, "a", 0, creat, allFile, 0, flags)
		require.Zero(t, errno)
		g.ok("fd_fdstat_get", fd, atResult)
		require.EqualValues(t, flags, uint16(g.u32(2)))
		g.ok("fd_fdstat_set_flags", fd, 0)
		g.ok("fd_fdstat_set_flags", fd, flags)
		g.ok("fd_fdstat_get", fd, atResult)
		require.EqualValues(t, flags, uint16(g.u32(2)))
		for _, invalid := range []uint64{32, 1 << 15, 1 << 16, math.MaxUint32} {
			g.is(fsapi.EINVAL, "fd_fdstat_set_flags", fd, invalid)
		}
		g.ok("fd_close", fd)
	}
	g.ok("fd_fdstat_set_flags", 0, nonblock)
	g.ok("fd_fdstat_set_flags", 1, appending)
	g.ok("fd_fdstat_set_flags", root, 0)
}

func TestAppendFlag(t *testing.T) {
	g := withFiles(t)
	fd, errno := g.tryOpen(root, "a", 0, creat, allFile, 0, appending)
	require.Zero(t, errno)
	require.Zero(t, g.write(fd, "one"))
	g.ok("fd_seek", fd, 0, 0, atResult)
	require.Zero(t, g.write(fd, "two"))
	g.ok("fd_tell", fd, atResult)
	require.EqualValues(t, 6, g.u64(atResult), "writing leaves the position at the end")
	g.ok("fd_seek", fd, 1, 0, atResult)
	require.Equal(t, "netwo", g.mustRead(fd, 10), "reading heeds the position")
	g.put(atData, "ONE")
	list, count := g.vectors(3)
	g.ok("fd_pwrite", fd, list, count, 0, atResult)
	g.ok("fd_seek", fd, 0, 0, atResult)
	require.Equal(t, "ONEtwo", g.mustRead(fd, 10), "so does fd_pwrite, as POSIX has it")
}

func TestDevices(t *testing.T) {
	g := withFiles(t)
	for _, name := range []string{"dev/null", "dev/zero", "dev/random", "dev/urandom"} {
		fd, errno := g.tryOpen(root, name, 0, 0, allFile, 0, 0)
		require.Zero(t, errno)
		g.ok("fd_fdstat_get", fd, atResult)
		require.EqualValues(t, fsapi.TypeCharacterDevice, g.bytes(0, 1)[0])
		base, _ := g.rightsOf(fd)
		require.NotZero(t, base&rightSeek, "or it would be taken for a terminal")
		g.ok("fd_filestat_get", fd, atResult)
		require.EqualValues(t, fsapi.TypeCharacterDevice, g.u64(16))
		require.Zero(t, g.write(fd, "text"))
		text, errno := g.read(fd, 16)
		require.Zero(t, errno)
		if name == "dev/null" {
			require.Empty(t, text)
		} else {
			require.Len(t, text, 16)
		}
		path, length := g.put(atPath, name)
		g.is(fsapi.EPERM, "path_unlink_file", root, path, length)
		g.is(fsapi.ENOTDIR, "path_remove_directory", root, path, length)
		g.is(fsapi.ENOTDIR, "fd_readdir", fd, atData, 100, 0, atResult)
	}
}
