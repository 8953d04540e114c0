package vfstest

import (
	"math"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// old is a time that no clock shows any more.
var old = fsapi.Times{SetAccess: true, Access: 7, SetModify: true, Modify: 5}

// aged requires that change sets the time of path's last modification, or that it
// does not.
func (x *Tree) aged(path string, changes bool, change func()) {
	x.T.Helper()
	x.OK(x.Root.SetTimesAt(path, true, old))
	change()
	stat, errno := x.Root.StatAt(path, true)
	x.OK(errno)
	if changes {
		require.NotEqualValues(x.T, old.Modify, stat.ModifyTime)
	} else {
		require.EqualValues(x.T, old.Modify, stat.ModifyTime)
	}
}

var timesCases = map[string]func(*Tree){
	"set and kept": func(x *Tree) {
		x.Write("a", "text")
		file := x.Open("a", readWrite)
		x.OK(file.SetTimes(fsapi.Times{SetAccess: true, Access: 1_000_000_001, SetModify: true, Modify: 2_000_000_002}))
		stat := x.Stat("a")
		require.EqualValues(x.T, 1_000_000_001, stat.AccessTime)
		require.EqualValues(x.T, 2_000_000_002, stat.ModifyTime)
		x.OK(x.Root.SetTimesAt("a", true, fsapi.Times{SetAccess: true, Access: 3_000_000_003}))
		x.OK(file.Close())
		stat = x.FileStat(x.Open("a", fsapi.OpenRead))
		require.EqualValues(x.T, 3_000_000_003, stat.AccessTime)
		require.EqualValues(x.T, 2_000_000_002, stat.ModifyTime)
	},
	"any": func(x *Tree) {
		x.Write("a", "")
		for _, at := range []int64{0, 1, math.MaxInt32, 1 << 33 * 1_000_000_000, math.MaxInt64} {
			x.OK(x.Root.SetTimesAt("a", true, fsapi.Times{SetModify: true, Modify: at}))
			require.Equal(x.T, at, x.Stat("a").ModifyTime)
		}
	},
	"none": func(x *Tree) {
		x.Write("a", "")
		x.OK(x.Root.SetTimesAt("a", true, old))
		x.OK(x.Root.SetTimesAt("a", true, fsapi.Times{Access: 1, Modify: 1}))
		require.EqualValues(x.T, 7, x.Stat("a").AccessTime)
		require.EqualValues(x.T, 5, x.Stat("a").ModifyTime)
	},
	"of what is new": func(x *Tree) {
		x.Write("a", "")
		x.Mkdir("d")
		x.Symlink("a", "l")
		for _, path := range []string{"a", "d", "l"} {
			stat := x.Stat(path)
			require.Greater(x.T, stat.ModifyTime, int64(1e18), path)
			require.Greater(x.T, stat.ChangeTime, int64(1e18), path)
			require.Greater(x.T, stat.AccessTime, int64(1e18), path)
		}
	},
	"of contents": func(x *Tree) {
		x.Write("a", "text")
		file := x.Open("a", readWrite)
		for name, change := range map[string]func(){
			"write":    func() { x.WriteAt(file, "x", 0) },
			"append":   func() { x.Append(file, "x") },
			"cut":      func() { x.OK(file.SetSize(2)) },
			"extend":   func() { x.OK(file.SetSize(20)) },
			"truncate": func() { x.Open("a", readWrite|fsapi.OpenTruncate) },
		} {
			x.T.Log(name)
			x.aged("a", true, change)
		}
	},
	"left alone": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "text")
		x.aged("a", false, func() {
			file := x.Open("a", readWrite)
			_, errno := file.WriteAt(nil, 0)
			x.OK(errno)
			x.Contents(file)
			x.FileStat(file)
			x.OK(file.Sync())
			x.Open("a", readWrite|fsapi.OpenCreate)
			x.Rename("a", "d/a")
			x.Rename("d/a", "a")
		})
		x.aged("d", false, func() {
			x.Names("d")
			x.Rename("d", "e")
			x.Rename("e", "d")
		})
	},
	"of a directory": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "")
		for _, change := range []func(){
			func() { x.Write("d/a", "") },
			func() { x.Mkdir("d/e") },
			func() { x.Symlink("a", "d/l") },
			func() { x.Rename("d/a", "d/b") },
			func() { x.Unlink("d/b", "d/l") },
			func() { x.OK(x.Root.RemoveDirectoryAt("d/e")) },
			func() { x.Rename("a", "d/a") },
			func() { x.Rename("d/a", "a") },
		} {
			x.aged("d", true, change)
		}
		x.Write("d/a", "")
		x.aged("d", false, func() { x.Write("d/a", "contents are the file's own") })
	},
	"through a handle of a directory": func(x *Tree) {
		x.Mkdir("d")
		directory := x.OpenDir("d")
		x.OK(directory.SetTimes(old))
		require.EqualValues(x.T, 5, x.Stat("d").ModifyTime)
		x.OK(directory.SetTimesAt(".", false, fsapi.Times{SetModify: true, Modify: 6}))
		require.EqualValues(x.T, 6, x.FileStat(directory).ModifyTime)
	},
	"of a link": func(x *Tree) {
		x.Write("a", "")
		x.Symlink("a", "l")
		x.OK(x.Root.SetTimesAt("l", false, fsapi.Times{SetModify: true, Modify: 5}))
		x.OK(x.Root.SetTimesAt("l", true, fsapi.Times{SetModify: true, Modify: 6}))
		require.EqualValues(x.T, 5, x.Stat("l").ModifyTime)
		require.EqualValues(x.T, 6, x.Stat("a").ModifyTime)
	},
	"of an unlinked file": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		x.Unlink("a")
		x.OK(file.SetTimes(old))
		require.EqualValues(x.T, 5, x.FileStat(file).ModifyTime)
	},
	"change": func(x *Tree) {
		x.Write("a", "")
		before := x.Stat("a").ChangeTime
		x.OK(x.Root.SetTimesAt("a", true, old))
		require.GreaterOrEqual(x.T, x.Stat("a").ChangeTime, before, "which nobody can set")
	},
	"missing": func(x *Tree) {
		x.Is(fsapi.ENOENT, x.Root.SetTimesAt("a", true, fsapi.Times{}))
		x.Write("a", "")
		x.Is(fsapi.ENOTDIR, x.Root.SetTimesAt("a/", true, fsapi.Times{}))
		x.Symlink("nowhere", "l")
		x.Is(fsapi.ENOENT, x.Root.SetTimesAt("l", true, fsapi.Times{}))
		x.OK(x.Root.SetTimesAt("l", false, fsapi.Times{}))
	},
}
