package vfstest

import (
	"fmt"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

var linkCases = map[string]func(*Tree){
	"read": func(x *Tree) {
		x.Symlink("some/where", "l")
		target, errno := x.Root.ReadlinkAt("l")
		x.OK(errno)
		require.Equal(x.T, "some/where", target)
		stat := x.Stat("l")
		require.Equal(x.T, fsapi.TypeSymbolicLink, stat.Type)
		require.EqualValues(x.T, len("some/where"), stat.Size)
	},
	"any target": func(x *Tree) {
		for i, target := range []string{
			".", "..", "/", "//", "a//b", "./a/.", "../../..", "/etc/passwd", "ü 日本", "a\nb", "...", strings.Repeat("t", fsapi.PathMax),
		} {
			path := fmt.Sprint("l", i)
			x.Symlink(target, path)
			got, errno := x.Root.ReadlinkAt(path)
			x.OK(errno)
			require.Equal(x.T, target, got)
		}
	},
	"read what is none": func(x *Tree) {
		x.Write("a", "")
		for path, want := range map[string]fsapi.Errno{".": fsapi.EINVAL, "a": fsapi.EINVAL, "b": fsapi.ENOENT, "a/": fsapi.ENOTDIR} {
			_, errno := x.Root.ReadlinkAt(path)
			x.Is(want, errno)
		}
	},
	"read with a slash": func(x *Tree) {
		x.Mkdir("d")
		x.Symlink("d", "l")
		_, errno := x.Root.ReadlinkAt("l/")
		x.Is(fsapi.EINVAL, errno)
	},
	"create over something": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "")
		x.Symlink("nowhere", "l")
		for _, path := range []string{"d", "d/", "a", ".", "l"} {
			x.Is(fsapi.EEXIST, x.Root.SymlinkAt("x", path))
		}
		x.Is(fsapi.ENOENT, x.Root.SymlinkAt("x", "new/"))
		x.Is(fsapi.ENOENT, x.Root.SymlinkAt("x", "new/l"))
		x.Is(fsapi.ENOTDIR, x.Root.SymlinkAt("x", "a/"))
		x.Is(fsapi.ENOTDIR, x.Root.SymlinkAt("x", "a/l"))
	},
	"impossible targets": func(x *Tree) {
		x.Is(fsapi.ENOENT, x.Root.SymlinkAt("", "l"))
		x.Is(fsapi.ENAMETOOLONG, x.Root.SymlinkAt(strings.Repeat("x", fsapi.PathMax+1), "l"))
		x.Is(fsapi.EINVAL, x.Root.SymlinkAt("a\x00b", "l"))
		x.Is(fsapi.EILSEQ, x.Root.SymlinkAt("a\xc0\xaf", "l"))
		x.Missing("l")
	},
	"relative": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Write("d/a", "text")
		x.Write("a", "not this one")
		x.Symlink("../a", "d/e/l")
		x.Symlink("a", "d/m")
		x.Has("d/e/l", "text")
		x.Has("d/m", "text")
	},
	"absolute": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Write("d/a", "text")
		x.Symlink(x.Abs("d/a"), "d/e/l")
		x.Symlink("/", "d/root")
		x.Has("d/e/l", "text")
		x.Has("d/root"+x.Abs("d/a"), "text")
		x.Has("d/root/.."+x.Abs("d/e/l"), "text")
	},
	"never out of the tree": func(x *Tree) {
		x.Mkdir("d")
		x.Symlink("../../../../../..", "d/l")
		x.Symlink("/../../..", "d/m")
		for _, path := range []string{"d/l", "d/m", "d/l/..", "d/m/../.."} {
			stat, errno := x.Root.StatAt(path, true)
			x.OK(errno)
			require.Equal(x.T, x.FileStat(x.Top).Inode, stat.Inode)
		}
	},
	"in the middle": func(x *Tree) {
		x.Mkdir("d")
		x.Write("d/a", "text")
		x.Symlink("d", "l")
		x.Symlink("d/", "m")
		x.Symlink(".", "d/here")
		for _, path := range []string{"l/a", "l/../d/a", "m//a", "d/here/here/here/a", "l/here/../d/a"} {
			x.Has(path, "text")
		}
	},
	"dots after a link mean its target": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Write("d/a", "text")
		x.Symlink("d/e", "l")
		x.Has("l/../a", "text")
	},
	"dots in targets": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Write("a", "text")
		x.Symlink("../../d/./e/../../a", "d/e/l")
		x.Has("d/e/l", "text")
		x.Symlink("missing/../a", "m")
		x.StatFails(fsapi.ENOENT, "m")
		x.Symlink("a/../a", "n")
		x.StatFails(fsapi.ENOTDIR, "n")
	},
	"dangling": func(x *Tree) {
		x.Symlink("nowhere", "l")
		x.StatFails(fsapi.ENOENT, "l")
		x.StatFails(fsapi.ENOENT, "l/a")
		x.OpenFails(fsapi.ENOENT, "l", fsapi.OpenRead|fsapi.OpenFollow)
		require.Equal(x.T, fsapi.TypeSymbolicLink, x.Stat("l").Type)
		x.Write("nowhere", "text")
		x.Has("l", "text")
	},
	"trailing slash": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "")
		x.Symlink("d", "ld")
		x.Symlink("a", "la")
		require.Equal(x.T, fsapi.TypeDirectory, x.Stat("ld/").Type)
		_, errno := x.Root.StatAt("la/", false)
		x.Is(fsapi.ENOTDIR, errno)
		x.Is(fsapi.ENOTDIR, x.Root.UnlinkAt("ld/"))
		x.Stat("d")
	},
	"target with a slash": func(x *Tree) {
		x.Write("a", "")
		x.Symlink("a/", "l")
		x.StatFails(fsapi.ENOTDIR, "l")
	},
	"through a file": func(x *Tree) {
		x.Write("a", "")
		x.Symlink("a/b", "l")
		x.StatFails(fsapi.ENOTDIR, "l")
		x.Symlink("a", "m")
		x.StatFails(fsapi.ENOTDIR, "m/b")
		x.StatFails(fsapi.ENOTDIR, "m/..")
	},
	"loop": func(x *Tree) {
		x.Symlink("m", "l")
		x.Symlink("l", "m")
		x.Symlink("self", "self")
		x.Symlink("grows/a", "grows")
		for _, path := range []string{"l", "m", "self", "l/a", "self/", "grows"} {
			x.StatFails(fsapi.ELOOP, path)
		}
		x.OpenFails(fsapi.ELOOP, "self", fsapi.OpenRead|fsapi.OpenFollow)
		require.Equal(x.T, fsapi.TypeSymbolicLink, x.Stat("self").Type)
		x.Unlink("self", "l", "m", "grows")
	},
	"chain": func(x *Tree) {
		x.Write("l0", "text")
		for i := range fsapi.SymlinkMax + 1 {
			x.Symlink(fmt.Sprint("l", i), fmt.Sprint("l", i+1))
		}
		x.Has(fmt.Sprint("l", fsapi.SymlinkMax), "text")
		x.StatFails(fsapi.ELOOP, fmt.Sprint("l", fsapi.SymlinkMax+1))
	},
	"bomb": func(x *Tree) {
		// Each link names the one before it many times over.
		x.Mkdir("l0")
		for i := range 30 {
			x.Symlink(strings.Repeat(fmt.Sprint("l", i, "/../"), 50)+fmt.Sprint("l", i), fmt.Sprint("l", i+1))
		}
		x.StatFails(fsapi.ELOOP, "l30")
	},
	"long names in targets": func(x *Tree) {
		x.Symlink(strings.Repeat("n", fsapi.NameMax+1), "l")
		x.StatFails(fsapi.ENAMETOOLONG, "l")
	},
	"unlink": func(x *Tree) {
		x.Write("a", "text")
		x.Symlink("a", "l")
		x.Unlink("l")
		x.Has("a", "text")
	},
	"target replaced": func(x *Tree) {
		x.Write("a", "one")
		x.Symlink("a", "l")
		x.Unlink("a")
		x.Mkdir("a")
		x.Write("l/b", "two")
		x.Has("a/b", "two")
	},
	"hard links": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "")
		x.Write("b", "")
		x.Symlink("a", "l")
		x.Is(fsapi.ENOENT, x.Root.LinkAt("c", false, x.Root, "d"))
		x.Is(fsapi.EEXIST, x.Root.LinkAt("a", false, x.Root, "b"))
		for _, path := range []string{"a", "l", "d"} {
			for _, follow := range []bool{false, true} {
				x.Is(fsapi.EPERM, x.Root.LinkAt(path, follow, x.Root, "c"))
				x.Is(fsapi.EPERM, x.Root.LinkAt(path, follow, x.OpenDir("d"), "c"))
			}
		}
		x.Missing("c")
		x.Missing("d/c")
	},
}
