package vfstest

import (
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

var openCases = map[string]func(*Tree){
	"missing": func(x *Tree) {
		x.OpenFails(fsapi.ENOENT, "a", fsapi.OpenRead)
		x.OpenFails(fsapi.ENOENT, "a/b", fsapi.OpenRead|fsapi.OpenCreate)
	},
	"for nothing": func(x *Tree) {
		x.Write("a", "text")
		file := x.Open("a", 0)
		require.EqualValues(x.T, 4, x.FileStat(file).Size)
		_, errno := file.ReadAt(make([]byte, 1), 0)
		x.Is(fsapi.EBADF, errno)
		_, errno = file.WriteAt(make([]byte, 1), 0)
		x.Is(fsapi.EBADF, errno)
	},
	"truncate": func(x *Tree) {
		x.Write("a", "text")
		x.Open("a", readWrite|fsapi.OpenTruncate)
		x.Has("a", "")
	},
	"truncate keeps the node": func(x *Tree) {
		x.Write("a", "text")
		open, inode := x.Open("a", readWrite), x.Stat("a").Inode
		x.Open("a", fsapi.OpenWrite|fsapi.OpenCreate|fsapi.OpenTruncate)
		require.Empty(x.T, x.Contents(open))
		require.Equal(x.T, inode, x.Stat("a").Inode)
	},
	"truncate through a link": func(x *Tree) {
		x.Write("a", "text")
		x.Symlink("a", "l")
		x.Open("l", fsapi.OpenWrite|fsapi.OpenTruncate|fsapi.OpenFollow)
		x.Has("a", "")
		require.Equal(x.T, fsapi.TypeSymbolicLink, x.Stat("l").Type)
	},
	"directory": func(x *Tree) {
		x.Mkdir("d")
		require.Equal(x.T, x.Stat("d").Inode, x.FileStat(x.OpenDir("d")).Inode)
		require.Equal(x.T, x.Stat("d").Inode, x.FileStat(x.OpenDir("d/")).Inode)
		require.Equal(x.T, x.Stat("d").Inode, x.FileStat(x.OpenDir("d/.")).Inode)
		require.Equal(x.T, x.FileStat(x.Root).Inode, x.FileStat(x.OpenDir(".")).Inode)
	},
	"directory without saying so": func(x *Tree) {
		x.Mkdir("d")
		directory, file, errno := x.Root.OpenAt("d", fsapi.OpenRead)
		x.OK(errno)
		require.Nil(x.T, file)
		require.Empty(x.T, x.NamesIn(directory))
		x.OK(directory.Close())
	},
	"directory wanted": func(x *Tree) {
		x.Write("a", "")
		x.OpenFails(fsapi.ENOTDIR, "a", fsapi.OpenRead|fsapi.OpenDirectory)
		x.OpenFails(fsapi.ENOENT, "b", fsapi.OpenRead|fsapi.OpenDirectory)
		x.Symlink("a", "l")
		x.OpenFails(fsapi.ENOTDIR, "l", fsapi.OpenRead|fsapi.OpenDirectory|fsapi.OpenFollow)
	},
	"directory wanted and truncated": func(x *Tree) {
		x.Write("a", "text")
		x.OpenFails(fsapi.ENOTDIR, "a", readWrite|fsapi.OpenDirectory|fsapi.OpenTruncate)
		x.Has("a", "text")
	},
	"directory through a link": func(x *Tree) {
		x.Mkdir("d")
		x.Symlink("d", "l")
		require.Equal(x.T, x.Stat("d").Inode, x.FileStat(x.OpenDir("l")).Inode)
	},
	"directory for writing": func(x *Tree) {
		x.Mkdir("d")
		x.OpenFails(fsapi.EISDIR, "d", readWrite)
		x.OpenFails(fsapi.EISDIR, "d", fsapi.OpenWrite)
		x.OpenFails(fsapi.EISDIR, "d", fsapi.OpenRead|fsapi.OpenTruncate)
		x.OpenFails(fsapi.EISDIR, "d", fsapi.OpenRead|fsapi.OpenCreate)
		x.OpenFails(fsapi.EISDIR, ".", readWrite|fsapi.OpenDirectory)
		x.OpenFails(fsapi.EISDIR, "d/", readWrite|fsapi.OpenAppend)
	},
	"link not followed": func(x *Tree) {
		x.Write("a", "")
		x.Mkdir("d")
		x.Symlink("a", "la")
		x.Symlink("d", "ld")
		x.OpenFails(fsapi.ELOOP, "la", fsapi.OpenRead)
		x.OpenFails(fsapi.ELOOP, "ld", fsapi.OpenRead)
		x.OpenFails(fsapi.ELOOP, "la", readWrite|fsapi.OpenCreate|fsapi.OpenTruncate)
		x.OpenFails(fsapi.ENOTDIR, "ld", fsapi.OpenRead|fsapi.OpenDirectory)
	},
	"link before the last component is followed": func(x *Tree) {
		x.Mkdir("d")
		x.Write("d/a", "text")
		x.Symlink("d", "l")
		require.Equal(x.T, "text", x.Contents(x.Open("l/a", fsapi.OpenRead)))
	},
	"link with a slash is followed": func(x *Tree) {
		x.Mkdir("d")
		x.Symlink("d", "l")
		directory, _, errno := x.Root.OpenAt("l/", fsapi.OpenRead|fsapi.OpenDirectory)
		x.OK(errno)
		require.Equal(x.T, x.Stat("d").Inode, x.FileStat(directory).Inode)
		x.OK(directory.Close())
	},
	"access": func(x *Tree) {
		x.Write("a", "text")
		reading := x.Open("a", fsapi.OpenRead)
		_, errno := reading.WriteAt([]byte("x"), 0)
		x.Is(fsapi.EBADF, errno)
		_, _, errno = reading.Append([]byte("x"))
		x.Is(fsapi.EBADF, errno)
		x.Is(fsapi.EBADF, reading.SetSize(0))
		x.Is(fsapi.EBADF, reading.Allocate(0, 10))
		writing := x.Open("a", fsapi.OpenWrite)
		_, errno = writing.ReadAt(make([]byte, 4), 0)
		x.Is(fsapi.EBADF, errno)
		x.Has("a", "text")
	},
	"appending needs writing": func(x *Tree) {
		x.Write("a", "text")
		_, _, errno := x.Open("a", fsapi.OpenRead|fsapi.OpenAppend).Append([]byte("x"))
		x.Is(fsapi.EBADF, errno)
		x.Has("a", "text")
	},
	"access is each handle's own": func(x *Tree) {
		x.Write("a", "text")
		reading, writing := x.Open("a", fsapi.OpenRead), x.Open("a", fsapi.OpenWrite)
		x.WriteAt(writing, "next", 0)
		require.Equal(x.T, "next", x.Contents(reading))
		x.OK(writing.Close())
		_, errno := reading.WriteAt([]byte("x"), 0)
		x.Is(fsapi.EBADF, errno)
	},
}

var createCases = map[string]func(*Tree){
	"create": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		stat := x.FileStat(file)
		require.Equal(x.T, fsapi.TypeRegularFile, stat.Type)
		require.Zero(x.T, stat.Size)
		require.NotZero(x.T, stat.Inode)
		require.EqualValues(x.T, 1, stat.Links)
		require.Equal(x.T, x.Stat("a").Inode, stat.Inode)
	},
	"create for reading": func(x *Tree) {
		file := x.Open("a", fsapi.OpenRead|fsapi.OpenCreate)
		require.Empty(x.T, x.Contents(file))
		_, errno := file.WriteAt([]byte("x"), 0)
		x.Is(fsapi.EBADF, errno)
	},
	"keeps what exists": func(x *Tree) {
		x.Write("a", "text")
		x.Open("a", fsapi.OpenRead|fsapi.OpenCreate)
		x.Has("a", "text")
	},
	"exclusive": func(x *Tree) {
		x.Open("a", readWrite|fsapi.OpenCreate|fsapi.OpenExclusive)
		x.OpenFails(fsapi.EEXIST, "a", readWrite|fsapi.OpenCreate|fsapi.OpenExclusive)
		x.Mkdir("d")
		x.OpenFails(fsapi.EEXIST, "d", fsapi.OpenRead|fsapi.OpenCreate|fsapi.OpenExclusive)
	},
	"exclusive does not truncate": func(x *Tree) {
		x.Write("a", "text")
		x.OpenFails(fsapi.EEXIST, "a", readWrite|fsapi.OpenCreate|fsapi.OpenExclusive|fsapi.OpenTruncate)
		x.Has("a", "text")
	},
	"exclusive does not follow": func(x *Tree) {
		x.Symlink("nowhere", "l")
		x.OpenFails(fsapi.EEXIST, "l", readWrite|fsapi.OpenCreate|fsapi.OpenExclusive|fsapi.OpenFollow)
		x.Missing("nowhere")
		x.Write("a", "text")
		x.Symlink("a", "m")
		x.OpenFails(fsapi.EEXIST, "m", readWrite|fsapi.OpenCreate|fsapi.OpenExclusive|fsapi.OpenFollow)
	},
	"exclusive where something was": func(x *Tree) {
		x.Write("a", "text")
		x.Unlink("a")
		x.Open("a", readWrite|fsapi.OpenCreate|fsapi.OpenExclusive)
		x.Has("a", "")
	},
	"through a dangling link": func(x *Tree) {
		x.Mkdir("d")
		x.Symlink("d/new", "l")
		x.Write("l", "text")
		x.Has("d/new", "text")
		require.Equal(x.T, fsapi.TypeSymbolicLink, x.Stat("l").Type)
	},
	"through a chain of dangling links": func(x *Tree) {
		x.Mkdir("d")
		x.Symlink("d/m", "l")
		x.Symlink("../n", "d/m")
		x.Symlink("new", "n")
		x.Write("l", "text")
		x.Has("new", "text")
	},
	"through a link whose directory is missing": func(x *Tree) {
		x.Symlink("d/new", "l")
		x.OpenFails(fsapi.ENOENT, "l", readWrite|fsapi.OpenCreate|fsapi.OpenFollow)
	},
	"through a loop": func(x *Tree) {
		x.Symlink("l", "l")
		x.OpenFails(fsapi.ELOOP, "l", readWrite|fsapi.OpenCreate|fsapi.OpenFollow)
	},
	"dangling link not followed": func(x *Tree) {
		x.Symlink("new", "l")
		x.OpenFails(fsapi.ELOOP, "l", readWrite|fsapi.OpenCreate)
		x.Missing("new")
	},
	"below a file": func(x *Tree) {
		x.Write("a", "")
		x.OpenFails(fsapi.ENOTDIR, "a/b", readWrite|fsapi.OpenCreate)
		x.OpenFails(fsapi.ENOTDIR, "a/b/c", readWrite|fsapi.OpenCreate)
	},
	"with a slash": func(x *Tree) {
		x.OpenFails(fsapi.EISDIR, "a/", readWrite|fsapi.OpenCreate)
		x.Missing("a")
		x.Write("a", "")
		x.OpenFails(fsapi.ENOTDIR, "a/", fsapi.OpenRead)
	},
	"a directory": func(x *Tree) {
		// Linux says ENOTDIR or EINVAL, by its version; nothing may come of it.
		_, _, errno := x.Root.OpenAt("new", fsapi.OpenRead|fsapi.OpenCreate|fsapi.OpenDirectory)
		require.Contains(x.T, []fsapi.Errno{fsapi.ENOTDIR, fsapi.EINVAL, fsapi.ENOENT}, errno)
	},
	"many": func(x *Tree) {
		for i := range 500 {
			x.OK(x.Open(strings.Repeat("n", i%200+1)+string(rune('a'+i%7)), readWrite|fsapi.OpenCreate).Close())
		}
		require.NotEmpty(x.T, x.Names("."))
	},
	"odd names": func(x *Tree) {
		for i, name := range OddNames {
			x.Write(name, name)
			require.Len(x.T, x.Names("."), i+1)
		}
		for _, name := range OddNames {
			x.Has(name, name)
		}
		require.ElementsMatch(x.T, OddNames, x.Names("."))
		x.Unlink(OddNames...)
		require.Empty(x.T, x.Names("."))
	},
}

// OddNames are names that mean something somewhere, and nothing here.
var OddNames = []string{
	"...", "..a", ".hidden", "a.", "a ", " ", "-rf", "~", "*", "?", "[a]", "{a,b}", "a\\b", "c:", "CON", "nul.txt", "%2e%2e", "a\nb", "a\tb",
	"\x7f", "\x01", "'", `"`, "`id`", "$HOME", "ü", "u\u0308", "Ü", "\u202e", "\uff0e\uff0e", "\u2025", "日本語", "👩\u200d👩",
	".wh.a", ".wh..wh..opq", ".nfs0001",
}
