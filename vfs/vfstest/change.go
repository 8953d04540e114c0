package vfstest

import (
	"fmt"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// without is a list without some of its names.
func without(names []string, gone ...string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(gone, name) })
}

var changingCases = map[string]func(*Tree){
	"replace": func(x *Tree) {
		x.Write("dir/a.txt", "new")
		x.Has("dir/a.txt", "new")
		require.EqualValues(x.T, 3, x.Stat("dir/a.txt").Size)
		x.Has("dir/sub/b.txt", "beta")
	},
	"write in the middle": func(x *Tree) {
		file := x.Open("big", readWrite)
		x.WriteAt(file, "XYZ", 100_000)
		want := bigContent[:100_000] + "XYZ" + bigContent[100_003:]
		require.True(x.T, want == x.Contents(file))
		require.True(x.T, want == x.Read("big"))
	},
	"write without reading": func(x *Tree) {
		x.WriteAt(x.Open("big", fsapi.OpenWrite), "XYZ", 7)
		require.True(x.T, bigContent[:7]+"XYZ"+bigContent[10:] == x.Read("big"))
	},
	"append": func(x *Tree) {
		x.Append(x.Open("dir/a.txt", fsapi.OpenWrite|fsapi.OpenAppend), "!")
		x.Has("dir/a.txt", "alpha!")
		x.Append(x.Open("empty", fsapi.OpenWrite|fsapi.OpenAppend), "no more")
		x.Has("empty", "no more")
	},
	"cut and extend": func(x *Tree) {
		file := x.Open("big", readWrite)
		x.OK(file.SetSize(10))
		x.Has("big", bigContent[:10])
		x.OK(file.SetSize(12))
		x.Has("big", bigContent[:10]+"\x00\x00")
		x.OK(x.Open("dir/a.txt", readWrite).Allocate(0, 7))
		x.Has("dir/a.txt", "alpha\x00\x00")
	},
	"write beyond": func(x *Tree) {
		x.WriteAt(x.Open("dir/a.txt", readWrite), "x", 7)
		x.Has("dir/a.txt", "alpha\x00\x00x")
	},
	"what others have open": func(x *Tree) {
		before := x.Open("dir/a.txt", fsapi.OpenRead)
		require.Equal(x.T, "alpha", x.Contents(before))
		unread := x.Open("dir/a.txt", fsapi.OpenRead)
		x.WriteAt(x.Open("dir/a.txt", readWrite), "OMEGA", 0)
		require.Equal(x.T, "OMEGA", x.Contents(before))
		require.Equal(x.T, "OMEGA", x.Contents(unread))
		x.Open("dir/a.txt", fsapi.OpenWrite|fsapi.OpenTruncate)
		require.Empty(x.T, x.Contents(before))
	},
	"a locked file": func(x *Tree) {
		// Permission bits are shown, not obeyed: what a guest may do is for policies.
		x.Write("locked", "written")
		x.Has("locked", "written")
	},
	"inodes stay": func(x *Tree) {
		file, folder := x.Stat("dir/a.txt").Inode, x.Stat("dir").Inode
		x.Write("dir/a.txt", "new")
		x.Write("dir/new", "")
		require.Equal(x.T, file, x.Stat("dir/a.txt").Inode)
		require.Equal(x.T, folder, x.Stat("dir").Inode)
	},
	"times": func(x *Tree) {
		x.OK(x.Root.SetTimesAt("dir/a.txt", true, old))
		require.EqualValues(x.T, 5, x.Stat("dir/a.txt").ModifyTime)
		x.Has("dir/a.txt", "alpha")
		x.OK(x.OpenDir("dir").SetTimes(old))
		require.EqualValues(x.T, 5, x.Stat("dir").ModifyTime)
		x.aged("dir/sub/b.txt", true, func() { x.Write("dir/sub/b.txt", "beta") })
	},
	"exclusive": func(x *Tree) {
		x.OpenFails(fsapi.EEXIST, "dir/a.txt", readWrite|fsapi.OpenCreate|fsapi.OpenExclusive)
		x.Is(fsapi.EEXIST, x.Root.MkdirAt("dir"))
		x.Is(fsapi.EEXIST, x.Root.MkdirAt("dir/a.txt"))
		x.Is(fsapi.EEXIST, x.Root.SymlinkAt("x", "dir/a.txt"))
	},
	"create beside": func(x *Tree) {
		x.Write("dir/new", "text")
		x.Mkdir("dir/sub/new", "empty folder/new")
		x.Symlink("../a.txt", "dir/sub/l")
		x.Has("dir/sub/l", "alpha")
		require.ElementsMatch(x.T, append(children("dir/"), "new"), x.Names("dir"))
		require.ElementsMatch(x.T, append(children("dir/sub/"), "new", "l"), x.Names("dir/sub"))
	},
	"unlink": func(x *Tree) {
		x.Unlink("dir/a.txt")
		x.Missing("dir/a.txt")
		x.OpenFails(fsapi.ENOENT, "dir/a.txt", readWrite)
		x.Is(fsapi.ENOENT, x.Root.UnlinkAt("dir/a.txt"))
		require.ElementsMatch(x.T, without(children("dir/"), "a.txt"), x.Names("dir"))
	},
	"unlink and create": func(x *Tree) {
		inode := x.Stat("dir/a.txt").Inode
		x.Unlink("dir/a.txt")
		x.Open("dir/a.txt", readWrite|fsapi.OpenCreate|fsapi.OpenExclusive)
		x.Has("dir/a.txt", "")
		require.NotEqual(x.T, inode, x.Stat("dir/a.txt").Inode)
		x.Write("dir/a.txt", "new")
		x.Has("dir/a.txt", "new")
		require.ElementsMatch(x.T, children("dir/"), x.Names("dir"))
	},
	"unlink what is open and not read": func(x *Tree) {
		file := x.Open("big", fsapi.OpenRead)
		x.Unlink("big")
		require.True(x.T, bigContent == x.Contents(file))
		require.Zero(x.T, x.FileStat(file).Links)
	},
	"unlink what is open and write": func(x *Tree) {
		file := x.Open("dir/a.txt", readWrite)
		x.Unlink("dir/a.txt")
		x.Append(file, "!")
		require.Equal(x.T, "alpha!", x.Contents(file))
		x.Missing("dir/a.txt")
	},
	"remove": func(x *Tree) {
		x.Is(fsapi.ENOTEMPTY, x.Root.RemoveDirectoryAt("dir"))
		x.Is(fsapi.ENOTEMPTY, x.Root.RemoveDirectoryAt("dir/sub"))
		x.Is(fsapi.ENOTDIR, x.Root.RemoveDirectoryAt("dir/a.txt"))
		x.Is(fsapi.EISDIR, x.Root.UnlinkAt("dir"))
		x.OK(x.Root.RemoveDirectoryAt("empty folder"))
		x.Missing("empty folder")
		x.Unlink("closed/d.txt")
		x.OK(x.Root.RemoveDirectoryAt("closed"))
		require.ElementsMatch(x.T, without(children(""), "empty folder", "closed"), x.Names("."))
	},
	"remove and make": func(x *Tree) {
		x.Unlink("closed/d.txt")
		x.OK(x.Root.RemoveDirectoryAt("closed"))
		x.Mkdir("closed")
		require.Empty(x.T, x.Names("closed"))
		x.Missing("closed/d.txt")
		x.OK(x.Root.RemoveDirectoryAt("closed"))
		x.Write("closed", "a file now")
		x.Has("closed", "a file now")
		x.StatFails(fsapi.ENOTDIR, "closed/d.txt")
	},
	"folder where a file was": func(x *Tree) {
		x.Unlink("dir/a.txt")
		x.Mkdir("dir/a.txt")
		x.Write("dir/a.txt/b", "text")
		x.Has("dir/a.txt/b", "text")
	},
	"all of a folder while it is listed": func(x *Tree) {
		directory, cookie := x.OpenDir("many"), uint64(0)
		for {
			entries := x.next(directory, cookie, 9)
			if len(entries) == 0 {
				break
			}
			for _, entry := range entries {
				cookie = entry.Next
				if entry.Name != "." && entry.Name != ".." {
					x.Unlink("many/" + entry.Name)
				}
			}
		}
		require.Empty(x.T, x.Names("many"))
		x.OK(x.Root.RemoveDirectoryAt("many"))
	},
	"new files while it is listed": func(x *Tree) {
		directory := x.OpenDir("many")
		seen := map[string]int{}
		cookie := uint64(0)
		for round := 0; ; round++ {
			entries := x.next(directory, cookie, 5)
			if len(entries) == 0 {
				break
			}
			for _, entry := range entries {
				seen[entry.Name]++
				cookie = entry.Next
			}
			if round < 20 {
				x.Write(fmt.Sprint("many/new", round), "")
				x.Write(fmt.Sprintf("many/file%03d", round), "changed")
			}
		}
		for i := range 120 {
			require.Equal(x.T, 1, seen[fmt.Sprintf("file%03d", i)])
		}
	},
	"many together": func(x *Tree) {
		for _, errno := range together(8, func(i int) fsapi.Errno {
			for j := range 15 {
				_, file, errno := x.Root.OpenAt(fmt.Sprintf("many/file%03d", 15*i+j), readWrite)
				if errno != 0 {
					return errno
				}
				_, _, errno = file.Append([]byte("!"))
				file.Close()
				if errno != 0 {
					return errno
				}
			}
			return fsapi.ESUCCESS
		}) {
			x.OK(errno)
		}
		for i := range 120 {
			x.Has(fmt.Sprintf("many/file%03d", i), fmt.Sprint(i, "!"))
		}
	},
	"one together": func(x *Tree) {
		for _, errno := range together(8, func(int) fsapi.Errno {
			_, file, errno := x.Root.OpenAt("dir/a.txt", readWrite)
			if errno != 0 {
				return errno
			}
			defer file.Close()
			_, _, errno = file.Append([]byte("!"))
			return errno
		}) {
			x.OK(errno)
		}
		x.Has("dir/a.txt", "alpha!!!!!!!!")
	},
}

var movingCases = map[string]func(*Tree){
	"file": func(x *Tree) {
		inode := x.Stat("dir/a.txt").Inode
		x.Rename("dir/a.txt", "many/a.txt")
		x.Missing("dir/a.txt")
		x.Has("many/a.txt", "alpha")
		require.Equal(x.T, inode, x.Stat("many/a.txt").Inode)
		require.EqualValues(x.T, startTime, x.Stat("many/a.txt").ModifyTime)
	},
	"file over file": func(x *Tree) {
		replaced := x.Open("big", fsapi.OpenRead)
		x.Rename("dir/a.txt", "big")
		x.Has("big", "alpha")
		require.True(x.T, bigContent == x.Contents(replaced))
		x.Missing("dir/a.txt")
	},
	"new file over file": func(x *Tree) {
		x.Write("new", "text")
		x.Rename("new", "dir/a.txt")
		x.Has("dir/a.txt", "text")
		require.ElementsMatch(x.T, children("dir/"), x.Names("dir"))
	},
	"open file": func(x *Tree) {
		file := x.Open("big", fsapi.OpenRead)
		x.Rename("big", "dir/big")
		require.True(x.T, bigContent == x.Contents(file))
		require.True(x.T, bigContent == x.Read("dir/big"))
	},
	"and write": func(x *Tree) {
		file := x.Open("dir/a.txt", readWrite)
		x.Rename("dir/a.txt", "b.txt")
		x.Append(file, "!")
		x.Has("b.txt", "alpha!")
		x.Write("dir/a.txt", "another")
		x.Has("b.txt", "alpha!")
	},
	"and back": func(x *Tree) {
		x.Rename("dir/a.txt", "x")
		x.Rename("x", "dir/a.txt")
		x.Has("dir/a.txt", "alpha")
		x.Rename("dir", "y")
		x.Rename("y", "dir")
		x.Has("dir/sub/deeper/c.txt", "gamma")
		require.ElementsMatch(x.T, children(""), x.Names("."))
	},
	"folder": func(x *Tree) {
		x.Rename("dir", "moved")
		x.Missing("dir")
		x.StatFails(fsapi.ENOENT, "dir/a.txt")
		x.Has("moved/a.txt", "alpha")
		x.Has("moved/sub/deeper/c.txt", "gamma")
		require.ElementsMatch(x.T, children("dir/sub/"), x.Names("moved/sub"))
		require.Equal(x.T, fsapi.TypeDirectory, x.Stat("moved/sub/..").Type)
	},
	"folder that was never looked at": func(x *Tree) {
		x.Rename("dir/sub", "s")
		x.Rename("s/deeper", "many/deeper")
		x.Has("many/deeper/c.txt", "gamma")
		x.Has("s/b.txt", "beta")
		require.Equal(x.T, []string{"b.txt"}, x.Names("s"))
	},
	"folder over empty folder": func(x *Tree) {
		x.Rename("dir", "empty folder")
		x.Has("empty folder/sub/b.txt", "beta")
		require.ElementsMatch(x.T, children("dir/"), x.Names("empty folder"))
	},
	"folder over full folder": func(x *Tree) {
		x.Is(fsapi.ENOTEMPTY, x.Root.RenameAt("dir", x.Root, "closed"))
		x.Is(fsapi.ENOTEMPTY, x.Root.RenameAt("empty folder", x.Root, "dir"))
		x.Is(fsapi.EINVAL, x.Root.RenameAt("dir", x.Root, "dir/sub/dir"))
		x.Is(fsapi.ENOTDIR, x.Root.RenameAt("dir", x.Root, "empty"))
		x.Is(fsapi.EISDIR, x.Root.RenameAt("empty", x.Root, "dir"))
	},
	"folder and make it anew": func(x *Tree) {
		x.Rename("dir", "moved")
		x.Mkdir("dir", "dir/sub")
		require.Equal(x.T, []string{"sub"}, x.Names("dir"))
		require.Empty(x.T, x.Names("dir/sub"))
		x.Has("moved/sub/b.txt", "beta")
	},
	"folder under open handles": func(x *Tree) {
		directory := x.OpenDir("dir/sub")
		x.Rename("dir", "moved")
		_, file, errno := directory.OpenAt("b.txt", fsapi.OpenRead)
		x.OK(errno)
		require.Equal(x.T, "beta", x.Contents(file))
		x.OK(file.Close())
		x.OK(directory.MkdirAt("new"))
		require.ElementsMatch(x.T, append(children("dir/sub/"), "new"), x.Names("moved/sub"))
	},
	"swap folders": func(x *Tree) {
		x.Rename("dir", "t")
		x.Rename("many", "dir")
		x.Rename("t", "many")
		x.Has("dir/file001", "1")
		x.Has("many/a.txt", "alpha")
	},
	"out of a folder and remove it": func(x *Tree) {
		x.Rename("closed/d.txt", "d.txt")
		x.OK(x.Root.RemoveDirectoryAt("closed"))
		x.Has("d.txt", "delta")
	},
	"changed file": func(x *Tree) {
		x.Write("dir/a.txt", "changed")
		x.Rename("dir", "moved")
		x.Has("moved/a.txt", "changed")
	},
	"deep folder up": func(x *Tree) {
		x.Rename("deep/deep/deep", "up")
		require.Equal(x.T, []string{"deep"}, x.Names("up"))
		require.Empty(x.T, x.Names("deep/deep"))
	},
}

var changingLinkCases = map[string]func(*Tree){
	"write through a link": func(x *Tree) {
		x.Write("dir/link", "new")
		x.Has("dir/a.txt", "new")
		require.Equal(x.T, fsapi.TypeSymbolicLink, x.Stat("dir/link").Type)
	},
	"create through a dangling link": func(x *Tree) {
		x.Write("dangling", "text")
		x.Has("nowhere", "text")
	},
	"create through a link to a folder": func(x *Tree) {
		x.Write("to sub/new", "text")
		x.Has("dir/sub/new", "text")
		x.Mkdir("dir/up/folder")
		x.Stat("folder")
	},
	"unlink a link": func(x *Tree) {
		x.Unlink("dir/link", "to sub", "loop", "dangling")
		x.Has("dir/a.txt", "alpha")
		x.Has("dir/sub/b.txt", "beta")
		x.Missing("dir/link")
		x.StatFails(fsapi.ENOENT, "chain")
	},
	"replace a link": func(x *Tree) {
		x.Rename("empty", "dir/link")
		require.Equal(x.T, fsapi.TypeRegularFile, x.Stat("dir/link").Type)
		x.Has("dir/a.txt", "alpha")
	},
	"move a link": func(x *Tree) {
		x.Rename("dir/link", "link")
		x.StatFails(fsapi.ENOENT, "link")
		x.Write("a.txt", "here")
		x.Has("link", "here")
	},
	"move a folder with links": func(x *Tree) {
		x.Rename("dir", "moved")
		x.Has("moved/link", "alpha")
		x.Has("moved/sub/deeper/far", "7")
		x.StatFails(fsapi.ENOENT, "to sub")
	},
	"remove through links": func(x *Tree) {
		x.Unlink("to sub/b.txt", "dir/up/empty")
		x.Missing("dir/sub/b.txt")
		x.Missing("empty")
		x.Is(fsapi.ENOTDIR, x.Root.RemoveDirectoryAt("to sub"))
	},
}
