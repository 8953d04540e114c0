package vfstest

import (
	"fmt"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

var directoryCases = map[string]func(*Tree){
	"make": func(x *Tree) {
		x.Mkdir("d", "d/e", "f/")
		require.Equal(x.T, fsapi.TypeDirectory, x.Stat("d/e").Type)
		require.Equal(x.T, fsapi.TypeDirectory, x.Stat("f").Type)
	},
	"make over something": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "")
		x.Symlink("nowhere", "l")
		for _, path := range []string{"d", "d/", "a", "a/", "l", ".", "..", "d/.", "d/.."} {
			x.Is(fsapi.EEXIST, x.Root.MkdirAt(path))
		}
	},
	"make below nothing": func(x *Tree) {
		x.Write("a", "")
		x.Is(fsapi.ENOENT, x.Root.MkdirAt("d/e"))
		x.Is(fsapi.ENOTDIR, x.Root.MkdirAt("a/e"))
	},
	"remove": func(x *Tree) {
		x.Mkdir("d", "e")
		x.OK(x.Root.RemoveDirectoryAt("d"))
		x.OK(x.Root.RemoveDirectoryAt("e/"))
		x.Missing("d")
		x.Missing("e")
		x.Is(fsapi.ENOENT, x.Root.RemoveDirectoryAt("d"))
	},
	"remove what is not empty": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Is(fsapi.ENOTEMPTY, x.Root.RemoveDirectoryAt("d"))
		x.OK(x.Root.RemoveDirectoryAt("d/e"))
		x.OK(x.Root.RemoveDirectoryAt("d"))
	},
	"remove what is no directory": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "")
		x.Symlink("d", "l")
		for _, path := range []string{"a", "a/", "l", "l/"} {
			x.Is(fsapi.ENOTDIR, x.Root.RemoveDirectoryAt(path))
		}
		x.Stat("d")
	},
	"remove dots": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Is(fsapi.EINVAL, x.Root.RemoveDirectoryAt("d/."))
		x.Is(fsapi.ENOTEMPTY, x.Root.RemoveDirectoryAt("d/e/.."))
		x.Is(fsapi.EBUSY, x.Root.RemoveDirectoryAt("."))
		x.Is(fsapi.EBUSY, x.Root.RemoveDirectoryAt("/"))
	},
	"unlink": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "")
		x.Is(fsapi.EISDIR, x.Root.UnlinkAt("d"))
		x.Is(fsapi.EISDIR, x.Root.UnlinkAt("d/"))
		x.Is(fsapi.EISDIR, x.Root.UnlinkAt("."))
		x.Is(fsapi.ENOTDIR, x.Root.UnlinkAt("a/"))
		x.Is(fsapi.ENOENT, x.Root.UnlinkAt("b"))
		x.OK(x.Root.UnlinkAt("a"))
		x.Missing("a")
	},
}

var listCases = map[string]func(*Tree){
	"empty": func(x *Tree) { require.Empty(x.T, x.Names(".")) },
	"types and inodes": func(x *Tree) {
		x.Mkdir("d")
		x.Write("d/a", "")
		x.Mkdir("d/b")
		x.Symlink("a", "d/c")
		types := map[string]fsapi.FileType{}
		for _, entry := range x.Entries(x.OpenDir("d"), 10) {
			types[entry.Name] = entry.Type
			require.Equal(x.T, x.Stat("d/"+entry.Name).Inode, entry.Inode)
		}
		require.Equal(x.T, map[string]fsapi.FileType{
			"a": fsapi.TypeRegularFile, "b": fsapi.TypeDirectory, "c": fsapi.TypeSymbolicLink,
		}, types)
	},
	"dots": func(x *Tree) {
		x.Mkdir("d")
		entries := make([]fsapi.Dirent, 5)
		n, errno := x.OpenDir("d").ReadDir(0, entries)
		x.OK(errno)
		require.Equal(x.T, 2, n)
		require.Equal(x.T, x.Stat("d").Inode, entries[0].Inode)
		require.Equal(x.T, x.Stat(".").Inode, entries[1].Inode)
	},
	"any batch": func(x *Tree) {
		var want []string
		for i := range 40 {
			name := fmt.Sprint("file", i)
			want = append(want, name)
			x.Write(name, "")
		}
		for _, batch := range []int{1, 2, 3, 41, 42, 43, 100} {
			var got []string
			for _, entry := range x.Entries(x.Root, batch) {
				got = append(got, entry.Name)
			}
			require.ElementsMatch(x.T, want, got)
		}
	},
	"cookies of the past and the future": func(x *Tree) {
		x.Write("a", "")
		entries := make([]fsapi.Dirent, 5)
		n, errno := x.Root.ReadDir(1<<63, entries)
		x.OK(errno)
		require.Zero(x.T, n)
		n, errno = x.Root.ReadDir(0, nil)
		x.OK(errno)
		require.Zero(x.T, n)
		n, errno = x.Root.ReadDir(1, entries)
		x.OK(errno)
		require.Equal(x.T, 2, n)
		require.Equal(x.T, "..", entries[0].Name)
	},
	"changes while it is read": func(x *Tree) {
		for i := range 100 {
			x.Write(fmt.Sprint("stay", i), "")
			x.Write(fmt.Sprint("go", i), "")
		}
		seen := map[string]int{}
		entries := make([]fsapi.Dirent, 3)
		cookie := uint64(0)
		for round := 0; ; round++ {
			n, errno := x.Root.ReadDir(cookie, entries)
			x.OK(errno)
			if n == 0 {
				break
			}
			for _, entry := range entries[:n] {
				seen[entry.Name]++
				cookie = entry.Next
			}
			if round < 100 {
				x.OK(x.Root.UnlinkAt(fmt.Sprint("go", round)))
				if round < 20 {
					x.Write(fmt.Sprint("new", round), "")
				}
			}
		}
		for i := range 100 {
			require.Equal(x.T, 1, seen[fmt.Sprint("stay", i)])
		}
		for name, times := range seen {
			require.Equal(x.T, 1, times, name)
		}
	},
}

var renameCases = map[string]func(*Tree){
	"file": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "text")
		x.OK(x.Root.RenameAt("a", x.OpenDir("d"), "b"))
		x.Missing("a")
		require.Equal(x.T, "text", x.Read("d/b"))
	},
	"file over file": func(x *Tree) {
		x.Write("a", "new")
		x.Write("b", "old")
		open := x.Open("b", fsapi.OpenRead)
		x.OK(x.Root.RenameAt("a", x.Root, "b"))
		require.Equal(x.T, "new", x.Read("b"))
		require.Equal(x.T, "old", x.Contents(open))
		require.Equal(x.T, []string{"b"}, x.Names("."))
	},
	"over itself": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "text")
		x.OK(x.Root.RenameAt("a", x.Root, "a"))
		x.OK(x.Root.RenameAt("d", x.Root, "d/"))
		require.Equal(x.T, "text", x.Read("a"))
	},
	"directory over empty directory": func(x *Tree) {
		x.Mkdir("d", "d/e", "f")
		x.OK(x.Root.RenameAt("d", x.Root, "f"))
		x.Missing("d")
		require.Equal(x.T, []string{"e"}, x.Names("f"))
	},
	"directory over full directory": func(x *Tree) {
		x.Mkdir("d", "f", "f/g")
		x.Is(fsapi.ENOTEMPTY, x.Root.RenameAt("d", x.Root, "f"))
	},
	"different types": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "")
		x.Is(fsapi.ENOTDIR, x.Root.RenameAt("d", x.Root, "a"))
		x.Is(fsapi.EISDIR, x.Root.RenameAt("a", x.Root, "d"))
	},
	"into itself": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Is(fsapi.EINVAL, x.Root.RenameAt("d", x.Root, "d/f"))
		x.Is(fsapi.EINVAL, x.Root.RenameAt("d", x.Root, "d/e/f"))
		x.Is(fsapi.ENOTEMPTY, x.Root.RenameAt("d/e", x.Root, "d"))
	},
	"parent of a moved directory": func(x *Tree) {
		x.Mkdir("d", "d/e", "f")
		x.Write("f/a", "text")
		x.OK(x.Root.RenameAt("d/e", x.Root, "f/e"))
		require.Equal(x.T, "text", x.Read("f/e/../a"))
	},
	"trailing slashes": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "")
		x.OK(x.Root.RenameAt("d/", x.Root, "e/"))
		x.Stat("e")
		x.Is(fsapi.ENOTDIR, x.Root.RenameAt("a/", x.Root, "b"))
		x.Is(fsapi.ENOTDIR, x.Root.RenameAt("a", x.Root, "b/"))
	},
	"links themselves": func(x *Tree) {
		x.Write("a", "text")
		x.Symlink("a", "l")
		x.OK(x.Root.RenameAt("l", x.Root, "m"))
		require.Equal(x.T, fsapi.TypeSymbolicLink, x.Stat("m").Type)
		x.Write("b", "other")
		x.OK(x.Root.RenameAt("b", x.Root, "m"))
		require.Equal(x.T, fsapi.TypeRegularFile, x.Stat("m").Type)
		require.Equal(x.T, "text", x.Read("a"))
		x.Mkdir("d")
		x.Symlink("d", "n")
		x.Is(fsapi.ENOTDIR, x.Root.RenameAt("n/", x.Root, "o"))
	},
	"dots": func(x *Tree) {
		x.Mkdir("d")
		for _, path := range []string{".", "..", "/", "d/.", "d/.."} {
			x.Is(fsapi.EBUSY, x.Root.RenameAt(path, x.Root, "e"))
			x.Is(fsapi.EBUSY, x.Root.RenameAt("d", x.Root, path))
		}
	},
	"missing": func(x *Tree) {
		x.Write("a", "")
		x.Is(fsapi.ENOENT, x.Root.RenameAt("b", x.Root, "c"))
		x.Is(fsapi.ENOENT, x.Root.RenameAt("a", x.Root, "d/c"))
		x.Is(fsapi.ENOTDIR, x.Root.RenameAt("a", x.Root, "a/c"))
	},
}

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
	"read what is none": func(x *Tree) {
		x.Write("a", "")
		for path, want := range map[string]fsapi.Errno{".": fsapi.EINVAL, "a": fsapi.EINVAL, "b": fsapi.ENOENT, "a/": fsapi.ENOTDIR} {
			_, errno := x.Root.ReadlinkAt(path)
			x.Is(want, errno)
		}
	},
	"create over something": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "")
		for _, path := range []string{"d", "d/", "a", "."} {
			x.Is(fsapi.EEXIST, x.Root.SymlinkAt("x", path))
		}
		x.Is(fsapi.ENOENT, x.Root.SymlinkAt("x", "new/"))
		x.Is(fsapi.ENOTDIR, x.Root.SymlinkAt("x", "a/"))
	},
	"impossible targets": func(x *Tree) {
		x.Is(fsapi.ENOENT, x.Root.SymlinkAt("", "l"))
		x.Is(fsapi.ENAMETOOLONG, x.Root.SymlinkAt(strings.Repeat("x", fsapi.PathMax+1), "l"))
		x.Is(fsapi.EINVAL, x.Root.SymlinkAt("a\x00b", "l"))
	},
	"relative": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Write("d/a", "text")
		x.Symlink("../a", "d/e/l")
		require.Equal(x.T, "text", x.Read("d/e/l"))
	},
	"absolute": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Write("d/a", "text")
		x.Symlink("/d/a", "d/e/l")
		x.Symlink("/", "d/root")
		require.Equal(x.T, "text", x.Read("d/e/l"))
		require.Equal(x.T, []string{"d"}, x.Names("d/root"))
		require.Equal(x.T, "text", x.Read("d/root/d/e/l"))
	},
	"never out of the tree": func(x *Tree) {
		x.Mkdir("d")
		x.Symlink("../../../../../..", "d/l")
		x.Symlink("/../../..", "d/m")
		require.Equal(x.T, []string{"d"}, x.Names("d/l"))
		require.Equal(x.T, []string{"d"}, x.Names("d/m"))
	},
	"in the middle": func(x *Tree) {
		x.Mkdir("d")
		x.Write("d/a", "text")
		x.Symlink("d", "l")
		require.Equal(x.T, "text", x.Read("l/a"))
		require.Equal(x.T, "text", x.Read("l/../d/a"))
		x.Symlink("d/", "m")
		require.Equal(x.T, "text", x.Read("m//a"))
	},
	"dots after a link mean its target": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Write("d/a", "text")
		x.Symlink("d/e", "l")
		require.Equal(x.T, "text", x.Read("l/../a"))
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
		_, errno := x.Root.StatAt("l", true)
		x.Is(fsapi.ENOTDIR, errno)
	},
	"loop": func(x *Tree) {
		x.Symlink("m", "l")
		x.Symlink("l", "m")
		x.Symlink("self", "self")
		for _, path := range []string{"l", "m", "self", "l/a"} {
			_, errno := x.Root.StatAt(path, true)
			x.Is(fsapi.ELOOP, errno)
		}
		x.OpenFails(fsapi.ELOOP, "self", fsapi.OpenRead|fsapi.OpenFollow)
		require.Equal(x.T, fsapi.TypeSymbolicLink, x.Stat("self").Type)
	},
	"chain": func(x *Tree) {
		x.Write("l0", "text")
		for i := range fsapi.SymlinkMax + 1 {
			x.Symlink(fmt.Sprint("l", i), fmt.Sprint("l", i+1))
		}
		require.Equal(x.T, "text", x.Read(fmt.Sprint("l", fsapi.SymlinkMax)))
		_, errno := x.Root.StatAt(fmt.Sprint("l", fsapi.SymlinkMax+1), true)
		x.Is(fsapi.ELOOP, errno)
	},
	"bomb": func(x *Tree) {
		// Each link names the one before it many times over.
		x.Mkdir("l0")
		for i := range 30 {
			x.Symlink(strings.Repeat(fmt.Sprint("l", i, "/../"), 50)+fmt.Sprint("l", i), fmt.Sprint("l", i+1))
		}
		_, errno := x.Root.StatAt("l30", true)
		x.Is(fsapi.ELOOP, errno)
	},
	"unlink": func(x *Tree) {
		x.Write("a", "text")
		x.Symlink("a", "l")
		x.OK(x.Root.UnlinkAt("l"))
		require.Equal(x.T, "text", x.Read("a"))
	},
	"hard links": func(x *Tree) {
		x.Write("a", "")
		x.Write("b", "")
		x.Is(fsapi.ENOENT, x.Root.LinkAt("c", false, x.Root, "d"))
		x.Is(fsapi.EEXIST, x.Root.LinkAt("a", false, x.Root, "b"))
		x.Is(fsapi.EPERM, x.Root.LinkAt("a", false, x.Root, "c"))
		x.Missing("c")
	},
}

var pathCases = map[string]func(*Tree){
	"spellings": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Write("d/a", "text")
		for _, path := range []string{
			"d/a", "d//a", "d/./a", "./d/a", ".//d///a", "d/e/../a", "d/../d/a", "/d/a", "//d/a", "../d/a", "../../d/a", "/../d/a",
		} {
			require.Equal(x.T, "text", x.Read(path), path)
		}
	},
	"empty": func(x *Tree) {
		x.OpenFails(fsapi.ENOENT, "", fsapi.OpenRead|fsapi.OpenCreate)
		x.Is(fsapi.ENOENT, x.Root.MkdirAt(""))
		x.Is(fsapi.ENOENT, x.Root.UnlinkAt(""))
	},
	"root": func(x *Tree) {
		for _, path := range []string{".", "/", "..", "//", "./", "../.."} {
			require.Equal(x.T, x.Stat(".").Inode, x.Stat(path).Inode, path)
		}
	},
	"through a file": func(x *Tree) {
		x.Write("a", "")
		for _, path := range []string{"a/b", "a/.", "a/..", "a/"} {
			_, errno := x.Root.StatAt(path, true)
			x.Is(fsapi.ENOTDIR, errno)
		}
	},
	"dots do not undo what is missing": func(x *Tree) {
		x.Write("a", "")
		_, errno := x.Root.StatAt("missing/../a", true)
		x.Is(fsapi.ENOENT, errno)
	},
	"create with a slash": func(x *Tree) {
		x.OpenFails(fsapi.EISDIR, "a/", readWrite|fsapi.OpenCreate)
		x.Write("a", "")
		x.OpenFails(fsapi.ENOTDIR, "a/", fsapi.OpenRead)
	},
	"long names": func(x *Tree) {
		name := strings.Repeat("n", fsapi.NameMax)
		x.Write(name, "text")
		require.Equal(x.T, "text", x.Read(name))
		x.OpenFails(fsapi.ENAMETOOLONG, name+"n", readWrite|fsapi.OpenCreate)
		_, errno := x.Root.StatAt(name+"n/a", true)
		x.Is(fsapi.ENAMETOOLONG, errno)
	},
	"long paths": func(x *Tree) {
		x.Write("a", "text")
		path := strings.Repeat("/", fsapi.PathMax-1) + "a"
		require.Equal(x.T, "text", x.Read(path))
		x.OpenFails(fsapi.ENAMETOOLONG, "/"+path, fsapi.OpenRead)
	},
	"deep": func(x *Tree) {
		directory := x.OpenDir(".")
		for range 300 {
			x.OK(directory.MkdirAt("d"))
			next, _, errno := directory.OpenAt("d", fsapi.OpenRead|fsapi.OpenDirectory)
			x.OK(errno)
			x.OK(directory.Close())
			directory = next
		}
		x.OK(directory.Close())
		require.Equal(x.T, fsapi.TypeDirectory, x.Stat(strings.Repeat("d/", 300)).Type)
	},
	"invalid": func(x *Tree) {
		x.OpenFails(fsapi.EINVAL, "a\x00b", readWrite|fsapi.OpenCreate)
		x.OpenFails(fsapi.EILSEQ, "a\xff", readWrite|fsapi.OpenCreate)
	},
	"unicode": func(x *Tree) {
		x.Write("ü", "composed")
		x.Write("u\u0308", "combined")
		x.Write("Ü", "capital")
		require.Equal(x.T, "composed", x.Read("ü"))
		require.Len(x.T, x.Names("."), 3)
	},
	"below a directory": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Write("a", "text")
		x.Symlink("../a", "d/l")
		directory := x.OpenDir("d")
		for _, path := range []string{"..", "../a", "e/../../a", "e/../..", "./../a"} {
			_, errno := directory.StatAt(path, true)
			x.Is(fsapi.ENOTCAPABLE, errno)
		}
		_, errno := directory.StatAt("e/..", true)
		x.OK(errno)
		_, errno = directory.StatAt("l", true)
		x.OK(errno)
		_, errno = directory.StatAt("/a", true)
		x.OK(errno)
	},
}
