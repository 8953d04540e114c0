package wasip1_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

func TestPathOpen(t *testing.T) {
	g := withFiles(t)
	g.mkdir("d")
	g.open("a", creat)
	for _, c := range []struct {
		name                    string
		lookup, opening, rights uint64
		flags                   uint64
		want                    fsapi.Errno
	}{
		{"a", 0, 0, rightRead, 0, 0},
		{"missing", 0, 0, rightRead, 0, fsapi.ENOENT},
		{"a", 0, creat | excl, rightRead, 0, fsapi.EEXIST},
		{"a", 0, directory, rightRead, 0, fsapi.ENOTDIR},
		{"a/", 0, 0, rightRead, 0, fsapi.ENOTDIR},
		{"d", 0, directory, rightRead, 0, 0},
		{"d", 0, directory, rightRead | rightWrite, 0, fsapi.EISDIR},
		{"d", 0, trunc, 0, 0, fsapi.EISDIR},
		{"new", 0, creat, 0, nonblock, 0},
		{"", 0, creat, 0, 0, fsapi.ENOENT},
		{"/a", 0, 0, rightRead, 0, fsapi.ENOTCAPABLE},
		{"../a", 0, 0, rightRead, 0, 0},
		{"a\x00", 0, 0, rightRead, 0, fsapi.EINVAL},
		{"a\xc3", 0, 0, rightRead, 0, fsapi.EILSEQ},
		{strings.Repeat("x", 256), 0, creat, 0, 0, fsapi.ENAMETOOLONG},
		{strings.Repeat("x", 5000), 0, creat, 0, 0, fsapi.ENAMETOOLONG},
		{"a", 2, 0, rightRead, 0, fsapi.EINVAL},
		{"a", 0, 16, rightRead, 0, fsapi.EINVAL},
		{"a", 0, 0, rightRead, 32, fsapi.EINVAL},
		{"a", 0, 0, math.MaxUint64, 0, 0}, // rights that do not exist are not missed
	} {
		_, errno := g.tryOpen(root, c.name, c.lookup, c.opening, c.rights, 0, c.flags)
		require.Equal(t, c.want.Name(), errno.Name(), "%+v", c)
	}
	g.is(fsapi.EFAULT, "path_open", root, 0, atEnd-1, 2, 0, 0, 0, 0, atResult)
	path, length := g.put(atPath, "never")
	g.is(fsapi.EFAULT, "path_open", root, 0, path, length, creat, 0, 0, 0, atEnd-3)
	g.is(fsapi.ENOENT, "path_filestat_get", root, 0, path, length, atResult)
	g.is(fsapi.ENOTDIR, "path_open", 4, 0, path, length, creat, 0, 0, 0, atResult)
}

func TestBelowADirectory(t *testing.T) {
	g := withFiles(t)
	g.mkdir("d")
	g.mkdir("d/e")
	g.open("a", creat)
	fd := g.openDir("d")
	for path, want := range map[string]fsapi.Errno{
		"e": 0, "e/..": 0, ".": 0, "..": fsapi.ENOTCAPABLE, "../a": fsapi.ENOTCAPABLE, "e/../../a": fsapi.ENOTCAPABLE,
	} {
		_, errno := g.tryOpen(fd, path, 0, 0, 0, 0, 0)
		require.Equal(t, want.Name(), errno.Name(), path)
	}
}

func TestPathFunctions(t *testing.T) {
	g := withFiles(t)
	g.mkdir("d")
	fd := g.open("d/a", creat)
	require.Zero(t, g.write(fd, "text"))

	from, fromLength := g.put(atPath, "d/a")
	to, toLength := g.put(atPath2, "b")
	g.ok("path_rename", root, from, fromLength, root, to, toLength)
	g.is(fsapi.ENOENT, "path_unlink_file", root, from, fromLength)
	g.is(fsapi.EPERM, "path_link", root, 0, to, toLength, root, from, fromLength)
	g.ok("path_symlink", to, toLength, root, from, fromLength)
	g.ok("path_filestat_get", root, 0, from, fromLength, atData)
	require.EqualValues(t, fsapi.TypeSymbolicLink, g.u64(atData+16))
	require.EqualValues(t, 1, g.u64(atData+32))
	g.is(fsapi.ENOENT, "path_filestat_get", root, 1, from, fromLength, atData) // d/b
	g.ok("path_readlink", root, from, fromLength, atData, 10, atResult)
	require.EqualValues(t, 1, g.u32(atResult))
	require.EqualValues(t, 'b', g.bytes(atData, 1)[0])
	g.is(fsapi.EINVAL, "path_readlink", root, from, fromLength, atData, 0, atResult)
	g.is(fsapi.EFAULT, "path_readlink", root, from, fromLength, atEnd, 1, atResult)
	g.is(fsapi.EFAULT, "path_readlink", root, from, fromLength, atData, 1, atEnd)
	g.is(fsapi.EINVAL, "path_readlink", root, to, toLength, atData, 10, atResult)

	directory, directoryLength := g.put(atPath2, "d")
	g.is(fsapi.ENOTEMPTY, "path_remove_directory", root, directory, directoryLength)
	g.is(fsapi.EISDIR, "path_unlink_file", root, directory, directoryLength)
	g.ok("path_unlink_file", root, from, fromLength)
	g.ok("path_remove_directory", root, directory, directoryLength)
	dot, dotLength := g.put(atPath, ".")
	g.is(fsapi.EFAULT, "path_filestat_get", root, 0, dot, dotLength, atEnd-63)
	g.is(fsapi.EFAULT, "path_create_directory", root, math.MaxUint32, 10)
}

func TestReadlinkCuts(t *testing.T) {
	g := withFiles(t)
	target, targetLength := g.put(atPath, "target")
	path, length := g.put(atPath2, "l")
	g.ok("path_symlink", target, targetLength, root, path, length)
	g.put(atData, "......")
	g.ok("path_readlink", root, path, length, atData, 4, atResult)
	require.EqualValues(t, 4, g.u32(atResult))
	require.Equal(t, "targ..", string(g.bytes(atData, 6)))
}

// list reads a directory with a buffer of size bytes, as wasi-libc does.
func (g *guest) list(fd uint64, size uint32) []string {
	g.t.Helper()
	var names []string
	for cookie := uint64(0); ; {
		g.ok("fd_readdir", fd, atData, uint64(size), cookie, atResult)
		used := g.u32(atResult)
		b := g.bytes(atData, used)
		progress := false
		for len(b) >= 24 {
			length := int(b[16]) | int(b[17])<<8
			if len(b) < 24+length {
				break
			}
			names = append(names, string(b[24:24+length]))
			cookie = uint64(b[0]) | uint64(b[1])<<8
			b, progress = b[24+length:], true
		}
		if used < size {
			return names
		}
		require.True(g.t, progress, "buffer too small for an entry")
	}
}

func TestReaddir(t *testing.T) {
	g := withFiles(t)
	want := []string{".", ".."}
	for i := range 100 {
		name := fmt.Sprint("file-", i)
		want = append(want, name)
		g.ok("fd_close", g.open(name, creat))
	}
	for _, size := range []uint32{31, 32, 33, 64, 100, 1000, 4096, 60000} {
		require.Equal(t, want, g.list(root, size), size)
	}

	// An entry that does not fit is cut, header and name alike.
	for size := range uint64(25 + 26) {
		g.put(atData, strings.Repeat("x", 60))
		g.ok("fd_readdir", root, atData, size, 0, atResult)
		require.EqualValues(t, size, g.u32(atResult))
		require.EqualValues(t, 'x', g.bytes(atData+uint32(size), 1)[0])
	}
	g.ok("fd_readdir", root, atData, 100, math.MaxUint64, atResult)
	require.Zero(t, g.u32(atResult))
	g.is(fsapi.EFAULT, "fd_readdir", root, atEnd-10, 11, 0, atResult)
	g.is(fsapi.EFAULT, "fd_readdir", root, atData, 10, 0, atEnd)
	g.is(fsapi.EFAULT, "fd_readdir", root, 0, math.MaxUint32, 0, atResult)
}
