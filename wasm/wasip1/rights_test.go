package wasip1_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

func TestRights(t *testing.T) {
	list, count := uint64(atVectors), uint64(0)
	for _, c := range []struct {
		name   string
		rights uint64
		args   []uint64
	}{
		{"fd_read", rightRead, []uint64{list, count, atResult}},
		{"fd_pread", rightRead | rightSeek, []uint64{list, count, 0, atResult}},
		{"fd_write", rightWrite, []uint64{list, count, atResult}},
		{"fd_pwrite", rightWrite | rightSeek, []uint64{list, count, 0, atResult}},
		{"fd_seek", rightSeek, []uint64{1, 0, atResult}},
		{"fd_seek", rightTell, []uint64{0, 1, atResult}},
		{"fd_tell", rightTell, []uint64{atResult}},
		{"fd_sync", rightSync, nil},
		{"fd_datasync", rightDatasync, nil},
		{"fd_advise", 1 << 7, []uint64{0, 0, 0}},
		{"fd_allocate", rightAllocate, []uint64{0, 1}},
		{"fd_filestat_get", rightFilestat, []uint64{atData}},
		{"fd_filestat_set_size", rightSetSize | rightWrite, []uint64{1}},
		{"fd_filestat_set_times", 1 << 23, []uint64{0, 0, 2}},
		{"fd_fdstat_set_flags", rightSetFlags, []uint64{0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := withFiles(t)
			g.open("a", creat)
			with, errno := g.tryOpen(root, "a", 0, 0, c.rights, 0, 0)
			require.Zero(t, errno)
			g.ok(c.name, append([]uint64{with}, c.args...)...)
			without, errno := g.tryOpen(root, "a", 0, 0, allFile&^c.rights, 0, 0)
			require.Zero(t, errno)
			if c.rights == rightTell { // the right to seek implies it
				g.ok(c.name, append([]uint64{without}, c.args...)...)
				g.ok("fd_fdstat_set_rights", without, allFile&^(rightTell|rightSeek), 0)
			}
			g.is(fsapi.ENOTCAPABLE, c.name, append([]uint64{without}, c.args...)...)
		})
	}
	for i, c := range []struct {
		name  string
		right uint64
		args  func(p, n uint64, fd uint64) []uint64
	}{
		{"path_create_directory", 9, func(p, n, fd uint64) []uint64 { return []uint64{fd, p, n} }},
		{"path_open", 13, func(p, n, fd uint64) []uint64 { return []uint64{fd, 0, p, n, 0, 0, 0, 0, atResult} }},
		{"path_open", 10, func(p, n, fd uint64) []uint64 { return []uint64{fd, 0, p, n, creat, 0, 0, 0, atResult} }},
		{"path_open", 19, func(p, n, fd uint64) []uint64 { return []uint64{fd, 0, p, n, trunc, 0, 0, 0, atResult} }},
		{"path_link", 11, func(p, n, fd uint64) []uint64 { return []uint64{fd, 0, p, n, root, p, n} }},
		{"path_link", 12, func(p, n, fd uint64) []uint64 { return []uint64{root, 0, p, n, fd, p, n} }},
		{"fd_readdir", 14, func(p, n, fd uint64) []uint64 { return []uint64{fd, atData, 100, 0, atResult} }},
		{"path_readlink", 15, func(p, n, fd uint64) []uint64 { return []uint64{fd, p, n, atData, 100, atResult} }},
		{"path_rename", 16, func(p, n, fd uint64) []uint64 { return []uint64{fd, p, n, root, p, n} }},
		{"path_rename", 17, func(p, n, fd uint64) []uint64 { return []uint64{root, p, n, fd, p, n} }},
		{"path_filestat_get", 18, func(p, n, fd uint64) []uint64 { return []uint64{fd, 0, p, n, atData} }},
		{"path_filestat_set_times", 20, func(p, n, fd uint64) []uint64 { return []uint64{fd, 0, p, n, 0, 0, 0} }},
		{"path_symlink", 24, func(p, n, fd uint64) []uint64 { return []uint64{p, n, fd, p, n} }},
		{"path_remove_directory", 25, func(p, n, fd uint64) []uint64 { return []uint64{fd, p, n} }},
		{"path_unlink_file", 26, func(p, n, fd uint64) []uint64 { return []uint64{fd, p, n} }},
	} {
		t.Run(fmt.Sprint(c.name, i), func(t *testing.T) {
			g := withFiles(t)
			fd := g.openDir(".")
			g.ok("fd_fdstat_set_rights", fd, allDirectory&^(1<<c.right), allFile)
			p, n := g.put(atPath, "a")
			g.is(fsapi.ENOTCAPABLE, c.name, c.args(p, n, fd)...)
		})
	}
}

func TestRightsOnlyShrink(t *testing.T) {
	g := withFiles(t)
	g.mkdir("d")
	dir, errno := g.tryOpen(root, "d", 0, directory, rightOpen|rightCreateFile|rightPathSetSize, rightRead|rightSeek|rightOpen, 0)
	require.Zero(t, errno)

	_, errno = g.tryOpen(dir, "a", 0, creat, rightRead|rightWrite, 0, 0)
	require.Equal(t, fsapi.ENOTCAPABLE, errno)
	_, errno = g.tryOpen(dir, "a", 0, creat, rightRead, rightWrite, 0)
	require.Equal(t, fsapi.ENOTCAPABLE, errno)
	_, errno = g.tryOpen(dir, "a", 0, creat, rightRead, 0, 16) // FDFLAGS_SYNC
	require.Equal(t, fsapi.ENOTCAPABLE, errno)
	fd, errno := g.tryOpen(dir, "a", 0, creat, rightRead, 0, 0)
	require.Zero(t, errno)
	require.Equal(t, fsapi.ENOTCAPABLE, g.write(fd, "text"))

	g.ok("fd_fdstat_get", fd, atResult)
	require.EqualValues(t, fsapi.TypeRegularFile, g.bytes(0, 1)[0])
	require.EqualValues(t, rightRead, g.u64(8))
	require.Zero(t, g.u64(16))
	g.is(fsapi.ENOTCAPABLE, "fd_fdstat_set_rights", fd, rightRead|rightWrite, 0)
	g.is(fsapi.ENOTCAPABLE, "fd_fdstat_set_rights", fd, rightRead, rightRead)
	g.ok("fd_fdstat_set_rights", fd, 0, 0)
	_, errno = g.read(fd, 4)
	require.Equal(t, fsapi.ENOTCAPABLE, errno)

	g.ok("fd_fdstat_get", root, atResult)
	require.EqualValues(t, allDirectory, g.u64(8))
	require.EqualValues(t, allDirectory|allFile, g.u64(16))
	require.Zero(t, g.u64(8)&(rightSeek|rightSetSize), "directories can be neither seeked nor sized")
}

// rightsOf returns what fd_fdstat_get tells.
func (g *guest) rightsOf(fd uint64) (base, inheriting uint64) {
	g.t.Helper()
	g.ok("fd_fdstat_get", fd, atResult)
	return g.u64(8), g.u64(16)
}

// TestInheritance: what a descriptor may do is what was asked for, as far as it
// means something for its kind; asking for more than the directory hands on is
// refused, and so is getting it through another directory.
func TestInheritance(t *testing.T) {
	const opening = rightOpen | rightCreateFile | rightPathSetSize
	for _, c := range []struct {
		name                string
		parent              uint64 // what the directory hands on
		path                string
		base, inheriting    uint64
		want                fsapi.Errno
		wantBase, wantInher uint64
	}{
		{"file", allFile, "a", rightRead | rightSeek, 0, 0, rightRead | rightSeek, 0},
		{"file, nothing asked", allFile, "a", 0, 0, 0, 0, 0},
		{"file, exactly what there is", rightRead, "a", rightRead, rightRead, 0, rightRead, rightRead},
		{"file, base beyond", rightRead, "a", rightRead | rightWrite, 0, fsapi.ENOTCAPABLE, 0, 0},
		{"file, inheriting beyond", rightRead, "a", rightRead, rightSeek, fsapi.ENOTCAPABLE, 0, 0},
		{"file, both beyond", 0, "a", allFile, allFile, fsapi.ENOTCAPABLE, 0, 0},
		{"file, rights of directories mean nothing", allFile | allDirectory, "a", rightRead | rightReaddir | rightOpen, 0, 0, rightRead, 0},
		{"file, rights of sockets are neither granted nor missed", rightRead, "a", rightRead | 3<<28, 3 << 28, 0, rightRead, 0},
		{"directory", allDirectory, "e", rightOpen | rightReaddir, rightOpen, 0, rightOpen | rightReaddir, rightOpen},
		{"directory, rights of files mean nothing", allFile | allDirectory, "e", rightReaddir | rightRead | rightSeek, allFile, 0, rightReaddir, allFile},
		{"directory, inheriting beyond", allDirectory, "e", rightReaddir, allDirectory | rightRead, fsapi.ENOTCAPABLE, 0, 0},
		{"directory, itself by a dot", rightReaddir, ".", opening, 0, fsapi.ENOTCAPABLE, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := withFiles(t)
			g.mkdir("d")
			g.mkdir("d/e")
			g.open("d/a", creat)
			parent, errno := g.tryOpen(root, "d", 0, directory, opening, c.parent, 0)
			require.Zero(t, errno)
			fd, errno := g.tryOpen(parent, c.path, 0, 0, c.base, c.inheriting, 0)
			require.Equal(t, c.want.Name(), errno.Name())
			if errno != 0 {
				return
			}
			base, inheriting := g.rightsOf(fd)
			require.Equal(t, c.wantBase, base)
			require.Equal(t, c.wantInher, inheriting)
		})
	}
}

// TestRightsAreLostForGood: neither a directory below nor opening anew gives back
// what was taken away.
func TestRightsAreLostForGood(t *testing.T) {
	g := withFiles(t)
	g.mkdir("d")
	g.mkdir("d/e")
	g.open("d/e/a", creat)
	const handed = rightOpen | rightRead | rightReaddir
	outer, errno := g.tryOpen(root, "d", 0, directory, rightOpen, handed, 0)
	require.Zero(t, errno)
	inner, errno := g.tryOpen(outer, "e", 0, directory, rightOpen, handed, 0)
	require.Zero(t, errno)
	_, errno = g.tryOpen(inner, "a", 0, 0, rightRead|rightWrite, 0, 0)
	require.Equal(t, fsapi.ENOTCAPABLE, errno)
	_, errno = g.tryOpen(inner, "a", 0, trunc, rightRead, 0, 0)
	require.Equal(t, fsapi.ENOTCAPABLE, errno, "truncating is a right of its own")
	_, errno = g.tryOpen(inner, "b", 0, creat, rightRead, 0, 0)
	require.Equal(t, fsapi.ENOTCAPABLE, errno, "creating, too")
	path, length := g.put(atPath, "a")
	for _, name := range []string{"path_unlink_file", "path_create_directory", "path_remove_directory"} {
		g.is(fsapi.ENOTCAPABLE, name, inner, path, length)
	}
	g.is(fsapi.ENOTCAPABLE, "fd_readdir", inner, atData, 100, 0, atResult)
	again, errno := g.tryOpen(inner, ".", 0, directory, rightReaddir, 0, 0)
	require.Zero(t, errno, "it was handed on")
	g.ok("fd_readdir", again, atData, 100, 0, atResult)
	_, errno = g.tryOpen(again, "a", 0, 0, rightRead, 0, 0)
	require.Equal(t, fsapi.ENOTCAPABLE, errno)

	g.ok("fd_fdstat_set_rights", inner, rightOpen, 0)
	_, errno = g.tryOpen(inner, "a", 0, 0, rightRead, 0, 0)
	require.Equal(t, fsapi.ENOTCAPABLE, errno)
	_, errno = g.tryOpen(inner, "a", 0, 0, 0, 0, 0)
	require.Zero(t, errno)
	g.is(fsapi.ENOTCAPABLE, "fd_fdstat_set_rights", inner, rightOpen, rightRead)
}
