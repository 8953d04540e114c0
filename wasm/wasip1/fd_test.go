package wasip1_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/guesttest"
	"github.com/funcbox/funcbox/wasm/fsapi"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

func TestStandardStreams(t *testing.T) {
	var stdout, stderr bytes.Buffer
	g := newGuest(t, wasip1.Config{Stdin: strings.NewReader("input"), Stdout: &stdout, Stderr: &stderr})
	require.Zero(t, g.write(1, "to stdout"))
	require.Zero(t, g.write(2, "to stderr"))
	require.Equal(t, "to stdout", stdout.String())
	require.Equal(t, "to stderr", stderr.String())
	require.Equal(t, "inp", g.mustRead(0, 6))
	require.Equal(t, "u", g.mustRead(0, 2))
	require.Equal(t, "t", g.mustRead(0, 10))
	require.Equal(t, "", g.mustRead(0, 10))

	for fd := range uint64(3) {
		g.ok("fd_fdstat_get", fd, atResult)
		require.EqualValues(t, fsapi.TypeCharacterDevice, g.bytes(0, 1)[0])
		require.Zero(t, g.u64(8)&(rightSeek|rightTell), "what wasi-libc takes for a terminal")
		g.ok("fd_filestat_get", fd, atResult)
		require.EqualValues(t, fsapi.TypeCharacterDevice, g.bytes(16, 1)[0])
		g.is(fsapi.ESPIPE, "fd_seek", fd, 0, 1, atResult)
		g.is(fsapi.ESPIPE, "fd_tell", fd, atResult)
		g.is(fsapi.ESPIPE, "fd_pread", fd, 0, 0, 0, 0)
		g.is(fsapi.ESPIPE, "fd_pwrite", fd, 0, 0, 0, 0)
		g.is(fsapi.ESPIPE, "fd_allocate", fd, 0, 1)
		g.is(fsapi.ESPIPE, "fd_advise", fd, 0, 1, 0)
		g.is(fsapi.EINVAL, "fd_sync", fd)
		g.is(fsapi.EINVAL, "fd_datasync", fd)
		g.is(fsapi.EINVAL, "fd_filestat_set_times", fd, 0, 0, 1)
		g.is(fsapi.ENOTDIR, "fd_readdir", fd, 0, 0, 0, 0)
		g.is(fsapi.ENOTDIR, "path_unlink_file", fd, 0, 0)
		g.is(fsapi.EBADF, "fd_prestat_get", fd, atResult)
		g.is(fsapi.ENOTSOCK, "sock_shutdown", fd, 0)
	}
	_, errno := g.read(1, 4)
	require.Equal(t, fsapi.ENOTCAPABLE, errno)
	require.Equal(t, fsapi.ENOTCAPABLE, g.write(0, "text"))

	g.ok("fd_close", 1)
	require.Equal(t, fsapi.EBADF, g.write(1, "text"))
	g.ok("fd_renumber", 2, 0)
	require.Zero(t, g.write(0, "again"))
	require.Equal(t, "to stderragain", stderr.String())
}

func TestStreamsThatAreNotGiven(t *testing.T) {
	g := newGuest(t, wasip1.Config{})
	require.Zero(t, g.write(1, "text"))
	require.Zero(t, g.write(2, "text"))
	require.Equal(t, "", g.mustRead(0, 10))
	g.is(fsapi.EBADF, "fd_prestat_get", 3, atResult)
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestOutputThatFails(t *testing.T) {
	for _, c := range []struct {
		n     int
		err   error
		want  fsapi.Errno
		count uint32
	}{
		{0, errors.New("full"), fsapi.EIO, 0},
		{0, fmt.Errorf("full: %w", fsapi.ENOSPC), fsapi.ENOSPC, 0},
		{0, io.ErrClosedPipe, fsapi.EPIPE, 0},
		{2, errors.New("full"), fsapi.ESUCCESS, 2},
		{1000, nil, fsapi.ESUCCESS, 8},
		{-5, nil, fsapi.ESUCCESS, 0},
	} {
		g := newGuest(t, wasip1.Config{Stdout: writerFunc(func([]byte) (int, error) { return c.n, c.err })})
		list, count := g.vectors(4, 4)
		g.is(c.want, "fd_write", 1, list, count, atResult)
		if c.want == 0 {
			require.Equal(t, c.count, g.u32(atResult))
		}
	}
}

func TestEveryFunctionOnABadDescriptor(t *testing.T) {
	g := withFiles(t)
	for _, s := range guesttest.Signatures {
		if !strings.HasPrefix(s.Name, "fd_") && !strings.HasPrefix(s.Name, "sock_") &&
			(!strings.HasPrefix(s.Name, "path_") || s.Name == "path_symlink") {
			continue
		}
		for _, fd := range []uint64{4, 255, 256, 1 << 31, math.MaxUint32} {
			args := make([]uint64, len(s.Parameters))
			args[0] = fd
			g.is(fsapi.EBADF, s.Name, args...)
		}
	}
	pointer, length := g.put(atPath, "a")
	g.is(fsapi.EBADF, "path_symlink", pointer, length, 99, pointer, length)
	g.is(fsapi.EBADF, "path_rename", root, pointer, length, 99, pointer, length)
	g.is(fsapi.EBADF, "path_link", root, 0, pointer, length, 99, pointer, length)
	g.is(fsapi.EBADF, "fd_renumber", root, 99)
}

func TestPreopen(t *testing.T) {
	g := withFiles(t)
	g.ok("fd_prestat_get", root, atResult)
	require.Equal(t, []byte{0, 0, 0, 0, 1, 0, 0, 0}, g.bytes(atResult, 8))
	g.ok("fd_prestat_dir_name", root, atData, 1)
	require.Equal(t, "/", string(g.bytes(atData, 1)))
	g.is(fsapi.ENAMETOOLONG, "fd_prestat_dir_name", root, atData, 0)
	g.is(fsapi.EFAULT, "fd_prestat_dir_name", root, atEnd, 1)
	g.is(fsapi.EFAULT, "fd_prestat_get", root, atEnd-7)
	g.is(fsapi.EBADF, "fd_prestat_get", 1, atResult)
	g.is(fsapi.EBADF, "fd_prestat_dir_name", 1, atResult, 1)
	require.Equal(t, uint64(4), g.openDir("."))
	g.is(fsapi.EBADF, "fd_prestat_get", 4, atResult)
	g.ok("fd_close", root)
	g.is(fsapi.EBADF, "fd_prestat_get", root, atResult)
}

func TestReadAndWrite(t *testing.T) {
	g := withFiles(t)
	fd := g.open("a", creat)
	require.Zero(t, g.write(fd, "0123456789"))
	g.ok("fd_tell", fd, atResult)
	require.EqualValues(t, 10, g.u64(atResult))
	require.Equal(t, "", g.mustRead(fd, 4))

	g.ok("fd_seek", fd, 2, 0, atResult)
	require.EqualValues(t, 2, g.u64(atResult))
	require.Equal(t, "23456", g.mustRead(fd, 5))
	require.Equal(t, "789", g.mustRead(fd, 50))

	list, count := g.vectors(1, 0, 2)
	g.ok("fd_pread", fd, list, count, 4, atResult)
	require.EqualValues(t, 3, g.u32(atResult))
	require.Equal(t, "456", string(g.bytes(atData, 3)))
	g.put(atData, "xyz")
	g.ok("fd_pwrite", fd, list, count, 12, atResult)
	g.ok("fd_tell", fd, atResult)
	require.EqualValues(t, 10, g.u64(atResult), "pread and pwrite leave the position alone")
	require.Equal(t, "\x00\x00xyz", g.mustRead(fd, 50))

	negative := uint64(math.MaxUint64)
	g.is(fsapi.EINVAL, "fd_pread", fd, list, count, negative, atResult)
	g.is(fsapi.EINVAL, "fd_pwrite", fd, list, count, negative, atResult)
	g.is(fsapi.ENOSPC, "fd_pwrite", fd, list, count, 1<<40, atResult)
	g.is(fsapi.EFBIG, "fd_pwrite", fd, list, count, math.MaxInt64, atResult)
	g.ok("fd_pread", fd, list, count, math.MaxInt64, atResult)
	require.Zero(t, g.u32(atResult))
}

func TestSeek(t *testing.T) {
	g := withFiles(t)
	fd := g.open("a", creat)
	require.Zero(t, g.write(fd, "0123456789"))
	signed := func(n int64) uint64 { return uint64(n) }
	for _, c := range []struct {
		offset uint64
		whence uint64
		want   uint64
		errno  fsapi.Errno
	}{
		{0, 1, 10, 0}, {signed(-3), 1, 7, 0}, {signed(-10), 2, 0, 0}, {5, 2, 15, 0}, {math.MaxInt64, 0, math.MaxInt64, 0},
		{1, 1, 0, fsapi.EOVERFLOW}, {1, 2, 11, 0}, {math.MaxInt64, 2, 0, fsapi.EOVERFLOW},
		{signed(-1), 0, 0, fsapi.EINVAL}, {signed(-12), 1, 0, fsapi.EINVAL}, {signed(math.MinInt64), 2, 0, fsapi.EINVAL},
		{0, 3, 0, fsapi.EINVAL}, {0, math.MaxUint32, 0, fsapi.EINVAL},
	} {
		g.is(c.errno, "fd_seek", fd, c.offset, c.whence, atResult)
		if c.errno == 0 {
			require.Equal(t, c.want, g.u64(atResult))
		}
	}
	g.is(fsapi.EFAULT, "fd_seek", fd, 0, 0, atEnd-7)
	g.ok("fd_tell", fd, atResult)
	require.EqualValues(t, 11, g.u64(atResult), "a failed seek does not move")
}

func TestAppend(t *testing.T) {
	g := withFiles(t)
	fd, errno := g.tryOpen(root, "a", 0, creat, allFile, 0, appending)
	require.Zero(t, errno)
	other := g.open("a", 0)
	require.Zero(t, g.write(fd, "one"))
	g.ok("fd_seek", fd, 0, 0, atResult)
	g.ok("fd_seek", other, 3, 0, atResult)
	require.Zero(t, g.write(other, "two"))
	require.Zero(t, g.write(fd, "three"))
	g.ok("fd_tell", fd, atResult)
	require.EqualValues(t, 11, g.u64(atResult))
	g.ok("fd_fdstat_get", fd, atResult)
	require.EqualValues(t, appending, g.u32(2))

	g.ok("fd_fdstat_set_flags", fd, 0)
	g.ok("fd_seek", fd, 0, 0, atResult)
	require.Zero(t, g.write(fd, "ONE"))
	g.ok("fd_seek", fd, 0, 0, atResult)
	require.Equal(t, "ONEtwothree", g.mustRead(fd, 50))
	g.ok("fd_fdstat_set_flags", fd, appending|nonblock)
	require.Zero(t, g.write(fd, "4"))
	g.is(fsapi.EINVAL, "fd_fdstat_set_flags", fd, 32)
}

func TestVectors(t *testing.T) {
	g := withFiles(t)
	fd := g.open("a", creat)
	memory := g.module.Memory()

	g.is(fsapi.EINVAL, "fd_write", fd, atVectors, 1025, atResult)
	g.is(fsapi.EINVAL, "fd_write", fd, atVectors, math.MaxUint32, atResult)
	g.is(fsapi.EFAULT, "fd_write", fd, atEnd-4, 1, atResult)
	g.is(fsapi.EFAULT, "fd_write", fd, math.MaxUint32, 1, atResult)
	list, count := g.vectors(4)
	g.is(fsapi.EFAULT, "fd_write", fd, list, count, atEnd-3)
	g.is(fsapi.EFAULT, "fd_read", fd, list, count, math.MaxUint32)
	memory.WriteUint32Le(atVectors+4, math.MaxUint32)
	g.is(fsapi.EFAULT, "fd_write", fd, list, count, atResult)
	memory.WriteUint32Le(atVectors, math.MaxUint32)
	g.is(fsapi.EFAULT, "fd_read", fd, list, count, atResult)
	g.ok("fd_write", fd, atVectors, 0, atResult)
	require.Zero(t, g.u32(atResult))

	// A second buffer that is wrong is found before the first one is written.
	g.vectors(4, 4)
	memory.WriteUint32Le(atVectors+8, atEnd-3)
	g.is(fsapi.EFAULT, "fd_write", fd, list, 2, atResult)
	g.ok("fd_filestat_get", fd, atResult)
	require.Zero(t, g.u64(32))

	// The same buffer 1024 times, and more bytes in all than can be returned.
	for i := range uint32(1024) {
		memory.WriteUint32Le(atVectors+8*i, 0)
		memory.WriteUint32Le(atVectors+8*i+4, 16)
	}
	g.ok("fd_write", fd, atVectors, 1024, atResult)
	require.EqualValues(t, 16384, g.u32(atResult))

	// Reading over the list itself: what comes after is checked again.
	fd = g.open("b", creat)
	require.Zero(t, g.write(fd, strings.Repeat("\xff", 64)))
	g.ok("fd_seek", fd, 0, 0, atResult)
	memory.WriteUint32Le(atVectors, atVectors)
	memory.WriteUint32Le(atVectors+4, 16)
	memory.WriteUint32Le(atVectors+8, atData)
	memory.WriteUint32Le(atVectors+12, 16)
	g.ok("fd_read", fd, atVectors, 2, atResult)
	require.EqualValues(t, 16, g.u32(atResult))
}

func TestDirectoriesAreNoFiles(t *testing.T) {
	g := withFiles(t)
	list, count := g.vectors(4)
	g.is(fsapi.EISDIR, "fd_read", root, list, count, atResult)
	g.is(fsapi.EISDIR, "fd_write", root, list, count, atResult)
	g.is(fsapi.EISDIR, "fd_pread", root, list, count, 0, atResult)
	g.is(fsapi.EISDIR, "fd_pwrite", root, list, count, 0, atResult)
	g.is(fsapi.EISDIR, "fd_seek", root, 0, 0, atResult)
	g.is(fsapi.EISDIR, "fd_tell", root, atResult)
	g.is(fsapi.EISDIR, "fd_allocate", root, 0, 1)
	g.is(fsapi.EISDIR, "fd_filestat_set_size", root, 0)
	g.ok("fd_sync", root)
	g.ok("fd_datasync", root)
}

func TestSizes(t *testing.T) {
	g := withFiles(t)
	fd := g.open("a", creat)
	g.ok("fd_filestat_set_size", fd, 5)
	g.ok("fd_allocate", fd, 0, 3)
	g.ok("fd_filestat_get", fd, atResult)
	require.EqualValues(t, 5, g.u64(32))
	require.EqualValues(t, fsapi.TypeRegularFile, g.u64(16))
	require.EqualValues(t, 1, g.u64(24))
	g.ok("fd_allocate", fd, 4, 3)
	g.ok("fd_filestat_get", fd, atResult)
	require.EqualValues(t, 7, g.u64(32))
	for _, size := range []uint64{1 << 63, math.MaxUint64} {
		g.is(fsapi.EINVAL, "fd_filestat_set_size", fd, size)
		g.is(fsapi.EINVAL, "fd_allocate", fd, size, 1)
		g.is(fsapi.EINVAL, "fd_allocate", fd, 0, size)
		g.is(fsapi.EINVAL, "fd_advise", fd, 0, size, 0)
	}
	g.is(fsapi.EFBIG, "fd_allocate", fd, math.MaxInt64, math.MaxInt64)
	g.is(fsapi.ENOSPC, "fd_filestat_set_size", fd, math.MaxInt64)
	g.is(fsapi.EINVAL, "fd_advise", fd, 0, 0, 6)
	g.ok("fd_advise", fd, 0, 0, 5)
	g.is(fsapi.EFAULT, "fd_filestat_get", fd, atEnd-63)
	g.is(fsapi.EFAULT, "fd_fdstat_get", fd, atEnd-23)
}

func TestTimes(t *testing.T) {
	g := withFiles(t)
	g.open("a", creat)
	fd := g.open("a", 0)
	path, length := g.put(atPath, "a")
	times := func() (uint64, uint64) {
		g.ok("path_filestat_get", root, 0, path, length, atResult)
		return g.u64(40), g.u64(48)
	}
	g.ok("fd_filestat_set_times", fd, 100, 200, 1|4)
	access, modify := times()
	require.EqualValues(t, []uint64{100, 200}, []uint64{access, modify})
	g.ok("path_filestat_set_times", root, 1, path, length, 300, 400, 1)
	access, modify = times()
	require.EqualValues(t, []uint64{300, 200}, []uint64{access, modify})
	g.ok("fd_filestat_set_times", root, 100, 200, 4)
	g.ok("fd_filestat_set_times", fd, 0, 0, 2|8)
	access, modify = times()
	require.Greater(t, access, uint64(300))
	require.Equal(t, access, modify)
	for _, flags := range []uint64{3, 12, 16, 1 << 31} {
		g.is(fsapi.EINVAL, "fd_filestat_set_times", fd, 0, 0, flags)
		g.is(fsapi.EINVAL, "path_filestat_set_times", root, 0, path, length, 0, 0, flags)
	}
	g.is(fsapi.EINVAL, "fd_filestat_set_times", fd, math.MaxUint64, 0, 1)
	g.is(fsapi.EINVAL, "fd_filestat_set_times", fd, 0, math.MaxUint64, 4)
	g.is(fsapi.EINVAL, "path_filestat_get", root, 2, path, length, atResult)
}
