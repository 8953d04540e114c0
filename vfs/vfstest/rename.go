package vfstest

import (
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

var renameCases = map[string]func(*Tree){
	"file": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "text")
		inode := x.Stat("a").Inode
		x.OK(x.Root.RenameAt("a", x.OpenDir("d"), "b"))
		x.Missing("a")
		x.Has("d/b", "text")
		require.Equal(x.T, inode, x.Stat("d/b").Inode)
	},
	"between handles": func(x *Tree) {
		x.Mkdir("d", "e")
		x.Write("d/a", "text")
		d, e := x.OpenDir("d"), x.OpenDir("e")
		x.OK(d.RenameAt("a", e, "b"))
		x.OK(e.RenameAt("b", d, "c"))
		require.Equal(x.T, []string{"c"}, x.NamesIn(d))
		require.Empty(x.T, x.NamesIn(e))
		x.Is(fsapi.ENOENT, d.RenameAt("a", e, "b"))
	},
	"file over file": func(x *Tree) {
		x.Write("a", "new")
		x.Write("b", "old")
		open := x.Open("b", fsapi.OpenRead)
		x.Rename("a", "b")
		x.Has("b", "new")
		require.Equal(x.T, "old", x.Contents(open))
		require.Zero(x.T, x.FileStat(open).Links)
		require.Equal(x.T, []string{"b"}, x.Names("."))
	},
	"open file": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "text")
		open := x.Open("a", readWrite)
		x.Rename("a", "d/b")
		x.Append(open, " goes on")
		x.Has("d/b", "text goes on")
		require.EqualValues(x.T, 1, x.FileStat(open).Links)
	},
	"over itself": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "text")
		x.Symlink(".", "l")
		x.Rename("a", "a")
		x.Rename("a", "./d/../a")
		x.Rename("a", "l/a")
		x.Rename("d", "d/")
		x.Has("a", "text")
		x.Stat("d")
	},
	"letters": func(x *Tree) {
		x.Write("a", "text")
		x.Rename("a", "A")
		x.Missing("a")
		x.Has("A", "text")
		x.Rename("A", "ü")
		x.Rename("ü", "u\u0308")
		require.Equal(x.T, []string{"u\u0308"}, x.Names("."))
	},
	"swap": func(x *Tree) {
		x.Write("a", "1")
		x.Write("b", "2")
		x.Rename("a", "c")
		x.Rename("b", "a")
		x.Rename("c", "b")
		x.Has("a", "2")
		x.Has("b", "1")
	},
	"directory with all in it": func(x *Tree) {
		x.Mkdir("d", "d/e", "d/e/f", "g")
		x.Write("d/e/f/a", "text")
		x.Symlink("f/a", "d/e/l")
		inode := x.Stat("d/e/f").Inode
		x.Rename("d/e", "g/h")
		x.Has("g/h/f/a", "text")
		x.Has("g/h/l", "text")
		x.StatFails(fsapi.ENOENT, "d/e/f/a")
		require.Equal(x.T, inode, x.Stat("g/h/f").Inode)
	},
	"directory over empty directory": func(x *Tree) {
		x.Mkdir("d", "d/e", "f")
		replaced := x.OpenDir("f")
		x.Rename("d", "f")
		x.Missing("d")
		require.Equal(x.T, []string{"e"}, x.Names("f"))
		x.Is(fsapi.ENOENT, replaced.MkdirAt("new"))
		require.Empty(x.T, x.NamesIn(replaced))
	},
	"directory over full directory": func(x *Tree) {
		x.Mkdir("d", "f", "f/g")
		x.Is(fsapi.ENOTEMPTY, x.Root.RenameAt("d", x.Root, "f"))
		x.Mkdir("h")
		x.Symlink("nowhere", "h/l")
		x.Is(fsapi.ENOTEMPTY, x.Root.RenameAt("d", x.Root, "h"))
		x.Stat("d")
	},
	"different types": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "")
		x.Symlink("d", "l")
		x.Is(fsapi.ENOTDIR, x.Root.RenameAt("d", x.Root, "a"))
		x.Is(fsapi.EISDIR, x.Root.RenameAt("a", x.Root, "d"))
		x.Is(fsapi.ENOTDIR, x.Root.RenameAt("d", x.Root, "l"))
		x.Is(fsapi.EISDIR, x.Root.RenameAt("l", x.Root, "d"))
		require.ElementsMatch(x.T, []string{"d", "a", "l"}, x.Names("."))
	},
	"into itself": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Is(fsapi.EINVAL, x.Root.RenameAt("d", x.Root, "d/f"))
		x.Is(fsapi.EINVAL, x.Root.RenameAt("d", x.Root, "d/e"))
		x.Is(fsapi.EINVAL, x.Root.RenameAt("d", x.Root, "d/e/f"))
		x.Is(fsapi.ENOTEMPTY, x.Root.RenameAt("d/e", x.Root, "d"))
		x.Symlink("d", "l")
		x.Is(fsapi.EINVAL, x.Root.RenameAt("d", x.Root, "l/f"))
		x.Is(fsapi.EINVAL, x.Root.RenameAt("d", x.OpenDir("d/e"), "f"))
		require.Equal(x.T, []string{"e"}, x.Names("d"))
	},
	"parent of a moved directory": func(x *Tree) {
		x.Mkdir("d", "d/e", "f")
		x.Write("f/a", "text")
		x.Rename("d/e", "f/e")
		x.Has("f/e/../a", "text")
	},
	"trailing slashes": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "")
		x.Rename("d/", "e/")
		x.Stat("e")
		x.Rename("e", "f///")
		x.Rename("f", "e")
		x.Is(fsapi.ENOTDIR, x.Root.RenameAt("a/", x.Root, "b"))
		x.Is(fsapi.ENOTDIR, x.Root.RenameAt("a", x.Root, "b/"))
		x.Is(fsapi.ENOTDIR, x.Root.RenameAt("e", x.Root, "a/"))
		x.Missing("b")
	},
	"links themselves": func(x *Tree) {
		x.Write("a", "text")
		x.Symlink("a", "l")
		x.Rename("l", "m")
		require.Equal(x.T, fsapi.TypeSymbolicLink, x.Stat("m").Type)
		x.Write("b", "other")
		x.Rename("b", "m")
		require.Equal(x.T, fsapi.TypeRegularFile, x.Stat("m").Type)
		x.Has("a", "text")
		x.Mkdir("d")
		x.Symlink("d", "n")
		x.Is(fsapi.ENOTDIR, x.Root.RenameAt("n/", x.Root, "o"))
		x.Symlink("nowhere", "p")
		x.Rename("p", "a")
		require.Equal(x.T, fsapi.TypeSymbolicLink, x.Stat("a").Type)
	},
	"relative links move": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "outer")
		x.Write("d/a", "inner")
		x.Symlink("a", "l")
		x.Has("l", "outer")
		x.Rename("l", "d/l")
		x.Has("d/l", "inner")
	},
	"through links": func(x *Tree) {
		x.Mkdir("d", "e")
		x.Write("d/a", "text")
		x.Symlink("d", "l")
		x.Symlink("e", "m")
		x.Rename("l/a", "m/b")
		x.Has("e/b", "text")
		require.Empty(x.T, x.Names("d"))
	},
	"dots": func(x *Tree) {
		x.Mkdir("d")
		for _, path := range []string{".", "d/.", "d/.."} {
			x.Is(fsapi.EBUSY, x.Root.RenameAt(path, x.Root, "e"))
			x.Is(fsapi.EBUSY, x.Root.RenameAt("d", x.Root, path))
		}
		for _, path := range []string{".", "..", "/"} {
			x.Is(fsapi.EBUSY, x.Top.RenameAt(path, x.Root, "e"))
			x.Is(fsapi.EBUSY, x.Root.RenameAt("d", x.Top, path))
		}
		require.Equal(x.T, []string{"d"}, x.Names("."))
	},
	"missing": func(x *Tree) {
		x.Write("a", "")
		x.Is(fsapi.ENOENT, x.Root.RenameAt("b", x.Root, "c"))
		x.Is(fsapi.ENOENT, x.Root.RenameAt("b", x.Root, "a"))
		x.Is(fsapi.ENOENT, x.Root.RenameAt("a", x.Root, "d/c"))
		x.Is(fsapi.ENOTDIR, x.Root.RenameAt("a", x.Root, "a/c"))
		x.Stat("a")
	},
	"to a name that is too long": func(x *Tree) {
		x.Write("a", "text")
		x.Is(fsapi.ENAMETOOLONG, x.Root.RenameAt("a", x.Root, strings.Repeat("n", fsapi.NameMax+1)))
		x.Has("a", "text")
		x.Rename("a", strings.Repeat("n", fsapi.NameMax))
	},
	"and the name anew": func(x *Tree) {
		x.Write("a", "old")
		x.Rename("a", "b")
		x.Write("a", "new")
		x.Has("a", "new")
		x.Has("b", "old")
		require.NotEqual(x.T, x.Stat("a").Inode, x.Stat("b").Inode)
	},
	"another filesystem": func(x *Tree) {
		x.Write("a", "text")
		x.Is(fsapi.EXDEV, x.Root.RenameAt("a", foreign{}, "a"))
		x.Is(fsapi.EXDEV, x.Root.LinkAt("a", false, foreign{}, "a"))
		x.Has("a", "text")
	},
}

// foreign is a directory of another filesystem.
type foreign struct{ fsapi.Directory }

func (foreign) Close() fsapi.Errno { return fsapi.ESUCCESS }
