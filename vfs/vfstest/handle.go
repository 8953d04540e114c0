package vfstest

import (
	"fmt"
	"strings"
	"sync"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

var handleCases = map[string]func(*Tree){
	"closed": func(x *Tree) {
		x.Mkdir("d")
		file, directory := x.Open("a", readWrite|fsapi.OpenCreate), x.OpenDir("d")
		x.OK(file.Close())
		x.OK(directory.Close())
		_, readErrno := file.ReadAt(make([]byte, 1), 0)
		_, writeErrno := file.WriteAt(make([]byte, 1), 0)
		_, _, appendErrno := file.Append(make([]byte, 1))
		_, statErrno := file.Stat()
		_, _, openErrno := directory.OpenAt("a", fsapi.OpenRead)
		_, statAtErrno := directory.StatAt(".", false)
		_, readlinkErrno := directory.ReadlinkAt("a")
		_, listErrno := directory.ReadDir(0, make([]fsapi.Dirent, 1))
		_, directoryStatErrno := directory.Stat()
		for i, errno := range []fsapi.Errno{
			readErrno, writeErrno, appendErrno, statErrno, file.SetSize(1), file.Allocate(0, 1), file.SetTimes(fsapi.Times{}),
			file.Sync(), file.Close(),
			openErrno, statAtErrno, readlinkErrno, listErrno, directoryStatErrno, directory.SetTimesAt(".", false, fsapi.Times{}),
			directory.MkdirAt("x"), directory.RemoveDirectoryAt("x"), directory.UnlinkAt("x"), directory.SymlinkAt("a", "x"),
			directory.RenameAt("x", x.Root, "y"), x.Root.RenameAt("a", directory, "y"), directory.LinkAt("x", false, x.Root, "y"),
			directory.SetTimes(fsapi.Times{}), directory.Sync(), directory.Close(),
		} {
			require.Equal(x.T, fsapi.EBADF, errno, "number %d", i)
		}
	},
	"one of two closed": func(x *Tree) {
		x.Write("a", "text")
		first, second := x.Open("a", readWrite), x.Open("a", readWrite)
		x.OK(first.Close())
		x.WriteAt(second, "next", 0)
		x.Unlink("a")
		require.Equal(x.T, "next", x.Contents(second))
	},
	"roots": func(x *Tree) {
		other, errno := x.FS.Root()
		x.OK(errno)
		require.Equal(x.T, x.FileStat(x.Top), x.FileStat(other))
		x.OK(other.Close())
		x.FileStat(x.Top)
	},
	"directory kept over a rename": func(x *Tree) {
		x.Mkdir("d", "e")
		x.Write("e/outside", "")
		directory := x.OpenDir("d")
		x.Rename("d", "e/f")
		x.OK(directory.MkdirAt("new"))
		require.Equal(x.T, []string{"new"}, x.Names("e/f"))
		_, errno := directory.StatAt("../outside", false)
		x.Is(fsapi.ENOTCAPABLE, errno)
	},
	"directory kept while another takes its name": func(x *Tree) {
		x.Mkdir("d")
		x.Write("d/a", "old")
		directory := x.OpenDir("d")
		x.Rename("d", "e")
		x.Mkdir("d")
		x.Write("d/a", "new")
		_, file, errno := directory.OpenAt("a", fsapi.OpenRead)
		x.OK(errno)
		require.Equal(x.T, "old", x.Contents(file))
		x.OK(file.Close())
	},
	"removed directory": func(x *Tree) {
		x.Mkdir("d")
		directory := x.OpenDir("d")
		x.OK(x.Root.RemoveDirectoryAt("d"))
		x.Is(fsapi.ENOENT, directory.MkdirAt("new"))
		_, _, errno := directory.OpenAt("new", readWrite|fsapi.OpenCreate)
		x.Is(fsapi.ENOENT, errno)
		x.Is(fsapi.ENOENT, directory.SymlinkAt("a", "new"))
		x.Write("a", "")
		x.Is(fsapi.ENOENT, x.Root.RenameAt("a", directory, "new"))
		require.Zero(x.T, x.FileStat(directory).Links)
		require.Empty(x.T, x.Entries(directory, 3))
		x.Mkdir("d")
		x.Write("d/a", "")
		require.Empty(x.T, x.Entries(directory, 3), "another directory has the name")
		x.Is(fsapi.ENOENT, directory.MkdirAt("new"))
	},
	"removed parent": func(x *Tree) {
		x.Mkdir("d", "d/e")
		inner := x.OpenDir("d/e")
		x.OK(x.Root.RemoveDirectoryAt("d/e"))
		x.OK(x.Root.RemoveDirectoryAt("d"))
		_, errno := inner.StatAt("..", false)
		x.Is(fsapi.ENOTCAPABLE, errno)
		x.Is(fsapi.ENOENT, inner.MkdirAt("new"))
	},
	"file kept while another takes its name": func(x *Tree) {
		x.Write("a", "old")
		x.Write("b", "new")
		file := x.Open("a", readWrite)
		x.Rename("b", "a")
		x.WriteAt(file, "OLD", 0)
		x.Has("a", "new")
		require.Equal(x.T, "OLD", x.Contents(file))
	},
	"file kept while its directory moves": func(x *Tree) {
		x.Mkdir("d")
		x.Write("d/a", "text")
		file := x.Open("d/a", readWrite)
		x.Rename("d", "e")
		x.Append(file, "!")
		x.Has("e/a", "text!")
	},
	"many": func(x *Tree) {
		x.Write("a", "text")
		var open []fsapi.File
		for range 300 {
			open = append(open, x.Open("a", readWrite))
		}
		x.Unlink("a")
		for i, file := range open {
			x.WriteAt(file, fmt.Sprintf("%04d", i), 0)
		}
		for _, file := range open {
			require.Equal(x.T, "0299", x.Contents(file))
			x.OK(file.Close())
		}
	},
	"inodes": func(x *Tree) {
		x.Mkdir("d")
		x.Write("d/a", "1")
		x.Write("d/b", "2")
		x.Symlink("a", "d/c")
		inodes := map[uint64]bool{}
		for _, path := range []string{".", "d", "d/a", "d/b", "d/c"} {
			inodes[x.Stat(path).Inode] = true
		}
		require.Len(x.T, inodes, 5)
		before := x.Stat("d/a").Inode
		x.Write("d/a", "more")
		x.Rename("d/a", "c")
		require.Equal(x.T, before, x.Stat("c").Inode)
		require.Equal(x.T, x.Stat("c").Device, x.Stat("d").Device)
	},
	"inodes are not used again": func(x *Tree) {
		seen := map[uint64]bool{}
		for range 100 {
			x.Write("a", "")
			seen[x.Stat("a").Inode] = true
			x.Unlink("a")
		}
		require.Len(x.T, seen, 100)
	},
}

// together runs f in that many goroutines and returns what each came to.
func together(n int, f func(i int) fsapi.Errno) []fsapi.Errno {
	var wait sync.WaitGroup
	results := make([]fsapi.Errno, n)
	for i := range n {
		wait.Go(func() { results[i] = f(i) })
	}
	wait.Wait()
	return results
}

// successes is how many of the results are one; all others must be an errno.
func (x *Tree) successes(results []fsapi.Errno, other fsapi.Errno) int {
	x.T.Helper()
	n := 0
	for _, result := range results {
		if result == fsapi.ESUCCESS {
			n++
		} else {
			x.Is(other, result)
		}
	}
	return n
}

var parallelCases = map[string]func(*Tree){
	"appends": func(x *Tree) {
		for _, errno := range together(8, func(int) fsapi.Errno {
			for range 50 {
				_, file, errno := x.Root.OpenAt("a", readWrite|fsapi.OpenCreate)
				if errno != 0 {
					return errno
				}
				_, _, errno = file.Append([]byte("0123456789"))
				file.Close()
				if errno != 0 {
					return errno
				}
			}
			return fsapi.ESUCCESS
		}) {
			x.OK(errno)
		}
		x.Has("a", strings.Repeat("0123456789", 8*50))
	},
	"exclusive creation": func(x *Tree) {
		for i := range 20 {
			results := together(8, func(int) fsapi.Errno {
				return x.tryOpen(fmt.Sprint("a", i), readWrite|fsapi.OpenCreate|fsapi.OpenExclusive)
			})
			require.Equal(x.T, 1, x.successes(results, fsapi.EEXIST))
		}
	},
	"directories": func(x *Tree) {
		for i := range 20 {
			results := together(8, func(int) fsapi.Errno { return x.Root.MkdirAt(fmt.Sprint("d", i)) })
			require.Equal(x.T, 1, x.successes(results, fsapi.EEXIST))
			results = together(8, func(int) fsapi.Errno { return x.Root.RemoveDirectoryAt(fmt.Sprint("d", i)) })
			require.Equal(x.T, 1, x.successes(results, fsapi.ENOENT))
		}
	},
	"renames": func(x *Tree) {
		for i := range 20 {
			x.Write("a", "text")
			results := together(8, func(j int) fsapi.Errno { return x.Root.RenameAt("a", x.Root, fmt.Sprint("b", i, j)) })
			require.Equal(x.T, 1, x.successes(results, fsapi.ENOENT))
		}
		require.Len(x.T, x.Names("."), 20)
	},
	"renames into each other": func(x *Tree) {
		x.Mkdir("d", "e")
		for _, errno := range together(8, func(i int) fsapi.Errno {
			inner, outer := "d", "e"
			if i%2 == 0 {
				inner, outer = outer, inner
			}
			for range 50 {
				for _, errno := range []fsapi.Errno{
					x.Root.RenameAt(inner, x.Root, outer+"/"+inner), x.Root.RenameAt(outer+"/"+inner, x.Root, inner),
				} {
					if errno != 0 && errno != fsapi.ENOENT {
						return errno
					}
				}
			}
			return fsapi.ESUCCESS
		}) {
			x.OK(errno)
		}
		// Whatever happened, both are still there, and neither is inside itself.
		total := 0
		for _, path := range []string{"d", "e", "d/e", "e/d"} {
			if _, errno := x.Root.StatAt(path, false); errno == 0 {
				total++
			}
		}
		require.Equal(x.T, 2, total)
	},
	"listing": func(x *Tree) {
		for i := range 30 {
			x.Write(fmt.Sprint("stay", i), "")
		}
		for _, errno := range together(6, func(i int) fsapi.Errno {
			for j := range 30 {
				if i%2 == 0 {
					name := fmt.Sprint("go", i, "-", j)
					if errno := x.tryOpen(name, readWrite|fsapi.OpenCreate); errno != 0 {
						return errno
					}
					if errno := x.Root.UnlinkAt(name); errno != 0 {
						return errno
					}
					continue
				}
				stayed := 0
				entries := make([]fsapi.Dirent, 10)
				for cookie := uint64(0); ; {
					n, errno := x.Root.ReadDir(cookie, entries)
					if errno != 0 {
						return errno
					}
					if n == 0 {
						break
					}
					for _, entry := range entries[:n] {
						if strings.HasPrefix(entry.Name, "stay") {
							stayed++
						}
					}
					cookie = entries[n-1].Next
				}
				if stayed != 30 {
					return fsapi.EIO
				}
			}
			return fsapi.ESUCCESS
		}) {
			x.OK(errno)
		}
	},
}
