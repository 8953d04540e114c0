package vfstest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

var directoryCases = map[string]func(*Tree){
	"make": func(x *Tree) {
		x.Mkdir("d", "d/e", "f/")
		require.Equal(x.T, fsapi.TypeDirectory, x.Stat("d/e").Type)
		require.Equal(x.T, fsapi.TypeDirectory, x.Stat("f").Type)
		require.NotZero(x.T, x.Stat("f").Links)
	},
	"make in roundabout ways": func(x *Tree) {
		x.Mkdir("d")
		x.Symlink("d", "l")
		x.Mkdir("d/../e", "./f", "l/g", "d//h///", "l/../i")
		require.ElementsMatch(x.T, []string{"d", "l", "e", "f", "i"}, x.Names("."))
		require.ElementsMatch(x.T, []string{"g", "h"}, x.Names("d"))
	},
	"make through a handle": func(x *Tree) {
		x.Mkdir("d")
		directory := x.OpenDir("d")
		x.OK(directory.MkdirAt("e"))
		x.Is(fsapi.EEXIST, directory.MkdirAt("e"))
		require.Equal(x.T, fsapi.TypeDirectory, x.Stat("d/e").Type)
	},
	"make over something": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "")
		x.Symlink("nowhere", "l")
		x.Symlink("d", "m")
		for _, path := range []string{"d", "d/", "a", "a/", "l", "m", "m/", ".", "d/.", "d/.."} {
			x.Is(fsapi.EEXIST, x.Root.MkdirAt(path))
		}
		for _, path := range []string{".", "..", "/"} {
			x.Is(fsapi.EEXIST, x.Top.MkdirAt(path))
		}
		x.Missing("nowhere")
	},
	"make below nothing": func(x *Tree) {
		x.Write("a", "")
		x.Symlink("nowhere", "l")
		x.Is(fsapi.ENOENT, x.Root.MkdirAt("d/e"))
		x.Is(fsapi.ENOTDIR, x.Root.MkdirAt("a/e"))
		x.Is(fsapi.ENOENT, x.Root.MkdirAt("l/e"))
	},
	"remove": func(x *Tree) {
		x.Mkdir("d", "e")
		x.OK(x.Root.RemoveDirectoryAt("d"))
		x.OK(x.Root.RemoveDirectoryAt("e/"))
		x.Missing("d")
		x.Missing("e")
		x.Is(fsapi.ENOENT, x.Root.RemoveDirectoryAt("d"))
	},
	"remove through a link": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Symlink("d", "l")
		x.OK(x.Root.RemoveDirectoryAt("l/e"))
		x.Missing("d/e")
	},
	"remove and make": func(x *Tree) {
		x.Mkdir("d")
		inode := x.Stat("d").Inode
		x.OK(x.Root.RemoveDirectoryAt("d"))
		x.Mkdir("d")
		require.NotEqual(x.T, inode, x.Stat("d").Inode)
		require.Empty(x.T, x.Names("d"))
	},
	"remove what is not empty": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Is(fsapi.ENOTEMPTY, x.Root.RemoveDirectoryAt("d"))
		x.OK(x.Root.RemoveDirectoryAt("d/e"))
		x.Symlink("nowhere", "d/l")
		x.Is(fsapi.ENOTEMPTY, x.Root.RemoveDirectoryAt("d"))
		x.Unlink("d/l")
		x.Write("d/a", "")
		x.Is(fsapi.ENOTEMPTY, x.Root.RemoveDirectoryAt("d"))
		x.Unlink("d/a")
		x.OK(x.Root.RemoveDirectoryAt("d"))
	},
	"remove what has an open file that is gone": func(x *Tree) {
		x.Mkdir("d")
		file := x.Open("d/a", readWrite|fsapi.OpenCreate)
		x.Unlink("d/a")
		x.OK(x.Root.RemoveDirectoryAt("d"))
		x.WriteAt(file, "text", 0)
		require.Equal(x.T, "text", x.Contents(file))
	},
	"remove what is no directory": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "")
		x.Symlink("d", "l")
		x.Symlink("nowhere", "m")
		for _, path := range []string{"a", "a/", "l", "l/", "m"} {
			x.Is(fsapi.ENOTDIR, x.Root.RemoveDirectoryAt(path))
		}
		x.Stat("d")
	},
	"remove dots": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Is(fsapi.EINVAL, x.Root.RemoveDirectoryAt("d/."))
		x.Is(fsapi.ENOTEMPTY, x.Root.RemoveDirectoryAt("d/e/.."))
		x.Is(fsapi.EBUSY, x.Top.RemoveDirectoryAt("."))
		x.Is(fsapi.EBUSY, x.Top.RemoveDirectoryAt("/"))
		x.Stat("d/e")
	},
	"unlink": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "")
		x.Is(fsapi.EISDIR, x.Root.UnlinkAt("d"))
		x.Is(fsapi.EISDIR, x.Root.UnlinkAt("d/"))
		x.Is(fsapi.EISDIR, x.Root.UnlinkAt("."))
		x.Is(fsapi.EISDIR, x.Root.UnlinkAt("d/."))
		x.Is(fsapi.ENOTDIR, x.Root.UnlinkAt("a/"))
		x.Is(fsapi.ENOENT, x.Root.UnlinkAt("b"))
		x.Unlink("a")
		x.Missing("a")
	},
	"unlink links": func(x *Tree) {
		x.Mkdir("d")
		x.Write("d/a", "text")
		x.Symlink("d", "l")
		x.Symlink("nowhere", "m")
		x.Symlink("n", "n")
		x.Is(fsapi.ENOTDIR, x.Root.UnlinkAt("l/"))
		x.Unlink("l", "m", "n")
		require.Equal(x.T, []string{"d"}, x.Names("."))
		x.Symlink("d", "l")
		x.Unlink("l/a")
		x.Missing("d/a")
	},
	"many": func(x *Tree) {
		x.Mkdir("d")
		for i := range 800 {
			x.Write(fmt.Sprint("d/", i), "")
		}
		require.Len(x.T, x.Names("d"), 800)
		for i := range 800 {
			x.Is(fsapi.ENOTEMPTY, x.Root.RemoveDirectoryAt("d"))
			x.Unlink(fmt.Sprint("d/", i))
		}
		x.OK(x.Root.RemoveDirectoryAt("d"))
	},
}

// next reads the entries after cookie, up to n of them.
func (x *Tree) next(directory fsapi.Directory, cookie uint64, n int) []fsapi.Dirent {
	x.T.Helper()
	entries := make([]fsapi.Dirent, n)
	n, errno := directory.ReadDir(cookie, entries)
	x.OK(errno)
	return entries[:n]
}

var listCases = map[string]func(*Tree){
	"empty": func(x *Tree) {
		x.Mkdir("d")
		require.Empty(x.T, x.Names("d"))
	},
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
		x.Mkdir("d", "e")
		entries := x.next(x.OpenDir("d"), 0, 5)
		require.Len(x.T, entries, 2)
		require.Equal(x.T, x.Stat("d").Inode, entries[0].Inode)
		require.Equal(x.T, x.Stat(".").Inode, entries[1].Inode)
		for _, entry := range entries {
			require.Equal(x.T, fsapi.TypeDirectory, entry.Type)
		}
		x.Rename("d", "e/d")
		require.Equal(x.T, x.Stat("e").Inode, x.next(x.OpenDir("e/d"), 0, 5)[1].Inode)
	},
	"dots of the root": func(x *Tree) {
		entries := x.next(x.Top, 0, 2)
		inode := x.FileStat(x.Top).Inode
		require.Equal(x.T, []uint64{inode, inode}, []uint64{entries[0].Inode, entries[1].Inode})
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
	"the same twice": func(x *Tree) {
		for i := range 30 {
			x.Write(fmt.Sprint(i), "")
		}
		require.Equal(x.T, x.Names("."), x.Names("."))
	},
	"long names": func(x *Tree) {
		var want []string
		for i := range 40 {
			want = append(want, fmt.Sprint(i, strings.Repeat("n", fsapi.NameMax))[:fsapi.NameMax])
			x.Write(want[i], "")
		}
		require.ElementsMatch(x.T, want, x.Names("."))
	},
	"cookies of the past and the future": func(x *Tree) {
		x.Write("a", "")
		require.Empty(x.T, x.next(x.Root, 1<<63, 5))
		require.Empty(x.T, x.next(x.Root, 0, 0))
		first := x.next(x.Root, 0, 1)
		entries := x.next(x.Root, first[0].Next, 5)
		require.Len(x.T, entries, 2)
		require.Equal(x.T, "..", entries[0].Name)
	},
	"cookies of entries that went": func(x *Tree) {
		var names []string
		for i := range 60 {
			names = append(names, fmt.Sprint("file", i))
			x.Write(names[i], "")
		}
		listed := x.next(x.Root, 0, 22)
		for _, entry := range listed[2:] {
			x.Unlink(entry.Name)
			names = slices.DeleteFunc(names, func(name string) bool { return name == entry.Name })
		}
		var rest []string
		for _, entry := range x.next(x.Root, listed[21].Next, 100) {
			rest = append(rest, entry.Name)
		}
		require.ElementsMatch(x.T, names, rest)
		require.Len(x.T, rest, 40)
	},
	"what came meanwhile": func(x *Tree) {
		x.Write("a", "")
		listed := x.next(x.Root, 0, 3)
		x.Write("b", "")
		x.Unlink("a")
		x.Write("a", "again")
		for _, entry := range x.next(x.Root, listed[2].Next, 10) {
			require.Contains(x.T, []string{"a", "b"}, entry.Name)
		}
		require.ElementsMatch(x.T, []string{"a", "b"}, x.NamesIn(x.Root), "from the start")
	},
	"handles do not disturb each other": func(x *Tree) {
		for i := range 20 {
			x.Write(fmt.Sprint(i), "")
		}
		first, second := x.OpenDir("."), x.OpenDir(".")
		a := x.next(first, 0, 7)
		require.Len(x.T, x.NamesIn(second), 20)
		b := x.next(first, a[6].Next, 100)
		require.Len(x.T, append(a, b...), 22)
	},
	"changes while it is read": func(x *Tree) {
		for i := range 100 {
			x.Write(fmt.Sprint("stay", i), "")
			x.Write(fmt.Sprint("go", i), "")
		}
		seen := map[string]int{}
		cookie := uint64(0)
		for round := 0; ; round++ {
			entries := x.next(x.Root, cookie, 3)
			if len(entries) == 0 {
				break
			}
			for _, entry := range entries {
				seen[entry.Name]++
				cookie = entry.Next
			}
			if round < 100 {
				x.Unlink(fmt.Sprint("go", round))
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
	"renames while it is read": func(x *Tree) {
		x.Mkdir("d")
		for i := range 50 {
			x.Write(fmt.Sprint("d/stay", i), "")
			x.Write(fmt.Sprint("d/go", i), "")
		}
		directory, seen, cookie := x.OpenDir("d"), map[string]int{}, uint64(0)
		for round := 0; ; round++ {
			entries := x.next(directory, cookie, 4)
			if len(entries) == 0 {
				break
			}
			for _, entry := range entries {
				seen[entry.Name]++
				cookie = entry.Next
			}
			if round < 20 {
				x.Rename(fmt.Sprint("d/go", round), fmt.Sprint("d/went", round))
			}
			if round == 10 {
				x.Rename("d", "e")
				x.Rename("e", "d")
			}
		}
		for i := range 50 {
			require.Equal(x.T, 1, seen[fmt.Sprint("stay", i)], i)
		}
	},
	"everything goes while it is read": func(x *Tree) {
		x.Mkdir("d")
		for i := range 40 {
			x.Write(fmt.Sprint("d/", i), "")
		}
		directory := x.OpenDir("d")
		listed := x.next(directory, 0, 12)
		for i := range 40 {
			x.Unlink(fmt.Sprint("d/", i))
		}
		require.Empty(x.T, x.next(directory, listed[11].Next, 12))
		x.OK(x.Root.RemoveDirectoryAt("d"))
		require.Empty(x.T, x.next(directory, listed[11].Next, 12))
	},
	"deleting all that is listed": func(x *Tree) {
		x.Mkdir("d")
		for i := range 150 {
			x.Write(fmt.Sprint("d/", i), "")
		}
		directory, cookie := x.OpenDir("d"), uint64(0)
		for {
			entries := x.next(directory, cookie, 10)
			if len(entries) == 0 {
				break
			}
			for _, entry := range entries {
				cookie = entry.Next
				if entry.Name != "." && entry.Name != ".." {
					x.Unlink("d/" + entry.Name)
				}
			}
		}
		x.OK(x.Root.RemoveDirectoryAt("d"))
	},
}
