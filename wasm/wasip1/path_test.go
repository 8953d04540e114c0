package wasip1_test

import (
	"encoding/binary"
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
			cookie = binary.LittleEndian.Uint64(b)
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
	g.mkdir("d")
	fd := g.openDir("d")
	want := []string{".", ".."}
	for i := range 100 {
		name := fmt.Sprint("file-", i)
		want = append(want, name)
		g.ok("fd_close", g.open("d/"+name, creat))
	}
	for _, size := range []uint32{31, 32, 33, 64, 100, 1000, 4096, 60000} {
		require.Equal(t, want, g.list(fd, size), size)
	}

	// An entry that does not fit is cut, header and name alike.
	for size := range uint64(25 + 26) {
		g.put(atData, strings.Repeat("x", 60))
		g.ok("fd_readdir", fd, atData, size, 0, atResult)
		require.EqualValues(t, size, g.u32(atResult))
		require.EqualValues(t, 'x', g.bytes(atData+uint32(size), 1)[0])
	}
	g.ok("fd_readdir", fd, atData, 100, math.MaxUint64, atResult)
	require.Zero(t, g.u32(atResult))
	g.is(fsapi.EFAULT, "fd_readdir", fd, atEnd-10, 11, 0, atResult)
	g.is(fsapi.EFAULT, "fd_readdir", fd, atData, 10, 0, atEnd)
	g.is(fsapi.EFAULT, "fd_readdir", fd, 0, math.MaxUint32, 0, atResult)
}

// TestReaddirCookies: every cookie goes on where its entry ended, in any order and
// after what was before or behind it has gone.
func TestReaddirCookies(t *testing.T) {
	g := withFiles(t)
	g.mkdir("d")
	for i := range 20 {
		g.ok("fd_close", g.open(fmt.Sprint("d/", i), creat))
	}
	fd := g.openDir("d")
	cookies := []uint64{0}
	for len(cookies) < 23 {
		g.ok("fd_readdir", fd, atData, 24, cookies[len(cookies)-1], atResult)
		require.EqualValues(t, 24, g.u32(atResult))
		cookies = append(cookies, binary.LittleEndian.Uint64(g.bytes(atData, 8)))
	}
	count := func(cookie uint64) int {
		g.ok("fd_readdir", fd, atData, 10_000, cookie, atResult)
		n := 0
		for b := g.bytes(atData, g.u32(atResult)); len(b) > 0; n++ {
			b = b[24+binary.LittleEndian.Uint32(b[16:]):]
		}
		return n
	}
	for _, i := range []int{22, 0, 11, 1, 21, 2} {
		require.Equal(t, 22-i, count(cookies[i]))
	}
	for i := range 20 {
		path, length := g.put(atPath, fmt.Sprint("d/", i))
		g.ok("path_unlink_file", root, path, length)
		require.Equal(t, 21-i, count(0))
		require.LessOrEqual(t, count(cookies[12]), 10)
	}
	require.Zero(t, count(cookies[2]))
	require.Zero(t, count(cookies[22]))
}

// TestOpeningFlags: combinations of lookup flags, open flags and rights.
func TestOpeningFlags(t *testing.T) {
	for _, c := range []struct {
		path                    string
		lookup, opening, rights uint64
		want                    fsapi.Errno
	}{
		{"la", 0, 0, rightRead, fsapi.ELOOP},
		{"la", 1, 0, rightRead, 0},
		{"la", 0, directory, rightRead, fsapi.ENOTDIR},
		{"la", 1, directory, rightRead, fsapi.ENOTDIR},
		{"la", 0, creat, rightRead, fsapi.ELOOP},
		{"la", 0, trunc, rightWrite, fsapi.ELOOP},
		{"la/", 0, 0, rightRead, fsapi.ENOTDIR},
		{"ld", 0, 0, rightRead, fsapi.ELOOP},
		{"ld", 0, directory, rightRead, fsapi.ENOTDIR},
		{"ld", 1, directory, rightRead, 0},
		{"ld/", 0, 0, rightRead, 0},
		{"ld/", 0, directory, rightRead, 0},
		{"ld/b", 0, 0, rightRead, 0},
		{"dangling", 0, 0, rightRead, fsapi.ELOOP},
		{"dangling", 1, 0, rightRead, fsapi.ENOENT},
		{"dangling", 0, creat, rightRead, fsapi.ELOOP},
		{"dangling", 1, creat | excl, rightRead, fsapi.EEXIST},
		{"dangling", 1, creat, rightRead, 0},
		{"loop", 1, 0, rightRead, fsapi.ELOOP},
		{"loop", 0, creat | excl, rightRead, fsapi.EEXIST},
		{"a", 0, excl, rightRead, 0},
		{"new", 0, excl, rightRead, fsapi.ENOENT},
		{"a", 0, trunc, rightRead, 0},
		{"a", 0, directory | trunc, rightRead, fsapi.ENOTDIR},
		{"d", 0, creat, rightRead, fsapi.EISDIR},
		{"d", 0, creat | excl, rightRead, fsapi.EEXIST},
		{"d", 0, 0, rightWrite, fsapi.EISDIR},
		{"d", 0, 0, rightSeek, 0},
		{"d/", 0, creat, rightRead, fsapi.EISDIR},
		{"new/", 0, creat, rightRead, fsapi.EISDIR},
		{"d/../a", 0, 0, rightRead, 0},
		{"d/../../a", 0, 0, rightRead, 0},
		{".", 0, directory, rightRead, 0},
		{".", 0, 0, rightWrite, fsapi.EISDIR},
	} {
		g := withFiles(t)
		g.mkdir("d")
		g.open("a", creat)
		g.open("d/b", creat)
		for link, target := range map[string]string{"la": "a", "ld": "d", "dangling": "nothing", "loop": "loop"} {
			to, toLength := g.put(atPath2, target)
			path, length := g.put(atPath, link)
			g.ok("path_symlink", to, toLength, root, path, length)
		}
		_, errno := g.tryOpen(root, c.path, c.lookup, c.opening, c.rights, 0, 0)
		require.Equal(t, c.want.Name(), errno.Name(), "%+v", c)
	}
}
