package vfstest

import (
	"math"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

var openCases = map[string]func(*Tree){
	"missing": func(x *Tree) {
		x.OpenFails(fsapi.ENOENT, "a", fsapi.OpenRead)
		x.OpenFails(fsapi.ENOENT, "a/b", fsapi.OpenRead|fsapi.OpenCreate)
	},
	"create": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		stat, errno := file.Stat()
		x.OK(errno)
		require.Equal(x.T, fsapi.TypeRegularFile, stat.Type)
		require.Zero(x.T, stat.Size)
		require.NotZero(x.T, stat.Inode)
		require.Equal(x.T, x.Stat("a").Inode, stat.Inode)
	},
	"create keeps what exists": func(x *Tree) {
		x.Write("a", "text")
		x.Open("a", fsapi.OpenRead|fsapi.OpenCreate)
		require.Equal(x.T, "text", x.Read("a"))
	},
	"exclusive": func(x *Tree) {
		x.Open("a", readWrite|fsapi.OpenCreate|fsapi.OpenExclusive)
		x.OpenFails(fsapi.EEXIST, "a", readWrite|fsapi.OpenCreate|fsapi.OpenExclusive)
		x.Mkdir("d")
		x.OpenFails(fsapi.EEXIST, "d", fsapi.OpenRead|fsapi.OpenCreate|fsapi.OpenExclusive)
	},
	"exclusive does not follow": func(x *Tree) {
		x.Symlink("nowhere", "l")
		x.OpenFails(fsapi.EEXIST, "l", readWrite|fsapi.OpenCreate|fsapi.OpenExclusive|fsapi.OpenFollow)
		x.Missing("nowhere")
	},
	"create through a dangling link": func(x *Tree) {
		x.Mkdir("d")
		x.Symlink("d/new", "l")
		x.Write("l", "text")
		require.Equal(x.T, "text", x.Read("d/new"))
	},
	"truncate": func(x *Tree) {
		x.Write("a", "text")
		x.Open("a", readWrite|fsapi.OpenTruncate)
		require.Empty(x.T, x.Read("a"))
	},
	"directory wanted": func(x *Tree) {
		x.Write("a", "")
		x.OpenFails(fsapi.ENOTDIR, "a", fsapi.OpenRead|fsapi.OpenDirectory)
		x.OpenFails(fsapi.ENOENT, "b", fsapi.OpenRead|fsapi.OpenDirectory)
	},
	"directory for writing": func(x *Tree) {
		x.Mkdir("d")
		x.OpenFails(fsapi.EISDIR, "d", readWrite)
		x.OpenFails(fsapi.EISDIR, "d", fsapi.OpenRead|fsapi.OpenTruncate)
		x.OpenFails(fsapi.EISDIR, "d", fsapi.OpenRead|fsapi.OpenCreate)
		x.OpenFails(fsapi.EISDIR, ".", readWrite|fsapi.OpenDirectory)
	},
	"link not followed": func(x *Tree) {
		x.Write("a", "")
		x.Mkdir("d")
		x.Symlink("a", "la")
		x.Symlink("d", "ld")
		x.OpenFails(fsapi.ELOOP, "la", fsapi.OpenRead)
		x.OpenFails(fsapi.ELOOP, "ld", fsapi.OpenRead)
		x.OpenFails(fsapi.ENOTDIR, "ld", fsapi.OpenRead|fsapi.OpenDirectory)
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
		require.Equal(x.T, "text", x.Read("a"))
	},
}

var fileCases = map[string]func(*Tree){
	"read past the end": func(x *Tree) {
		x.Write("a", "text")
		file := x.Open("a", fsapi.OpenRead)
		p := make([]byte, 10)
		for offset, want := range map[int64]int{0: 4, 3: 1, 4: 0, 5: 0, math.MaxInt64: 0} {
			n, errno := file.ReadAt(p, offset)
			x.OK(errno)
			require.Equal(x.T, want, n)
		}
	},
	"write in the middle": func(x *Tree) {
		x.Write("a", "0123456789")
		file := x.Open("a", readWrite)
		_, errno := file.WriteAt([]byte("abc"), 3)
		x.OK(errno)
		require.Equal(x.T, "012abc6789", x.Read("a"))
	},
	"write past the end": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		_, errno := file.WriteAt([]byte("x"), 5)
		x.OK(errno)
		require.Equal(x.T, "\x00\x00\x00\x00\x00x", x.Contents(file))
	},
	"write nothing": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		n, errno := file.WriteAt(nil, 100)
		x.OK(errno)
		require.Zero(x.T, n)
		require.Empty(x.T, x.Contents(file))
	},
	"impossible offsets": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		_, errno := file.ReadAt(make([]byte, 1), -1)
		x.Is(fsapi.EINVAL, errno)
		_, errno = file.WriteAt([]byte("x"), -1)
		x.Is(fsapi.EINVAL, errno)
		x.Is(fsapi.EINVAL, file.SetSize(-1))
		x.Is(fsapi.EINVAL, file.Allocate(-1, 1))
		x.Is(fsapi.EINVAL, file.Allocate(0, 0))
		x.Is(fsapi.EFBIG, file.Allocate(math.MaxInt64, 1))
		_, errno = file.WriteAt([]byte("x"), math.MaxInt64)
		x.Is(fsapi.EFBIG, errno)
		require.Empty(x.T, x.Contents(file))
	},
	"no room": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		_, errno := file.WriteAt([]byte("x"), 1<<46)
		x.Is(fsapi.ENOSPC, errno)
		x.Is(fsapi.ENOSPC, file.SetSize(math.MaxInt64))
		x.Is(fsapi.ENOSPC, file.Allocate(1<<46, 1))
		require.Empty(x.T, x.Contents(file))
	},
	"append": func(x *Tree) {
		x.Write("a", "one")
		first, second := x.Open("a", readWrite|fsapi.OpenAppend), x.Open("a", readWrite|fsapi.OpenAppend)
		n, size, errno := first.Append([]byte("two"))
		x.OK(errno)
		require.Equal(x.T, 3, n)
		require.EqualValues(x.T, 6, size)
		_, size, errno = second.Append([]byte("three"))
		x.OK(errno)
		require.EqualValues(x.T, 11, size)
		require.Equal(x.T, "onetwothree", x.Read("a"))
	},
	"size": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		x.OK(file.SetSize(3))
		require.Equal(x.T, "\x00\x00\x00", x.Contents(file))
		_, errno := file.WriteAt([]byte("text"), 0)
		x.OK(errno)
		x.OK(file.SetSize(2))
		require.Equal(x.T, "te", x.Contents(file))
		x.OK(file.SetSize(5))
		require.Equal(x.T, "te\x00\x00\x00", x.Contents(file), "what was cut off must not come back")
		require.EqualValues(x.T, 5, x.Stat("a").Size)
	},
	"cut and write beyond": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		_, errno := file.WriteAt([]byte(strings.Repeat("x", 5000)), 0)
		x.OK(errno)
		x.OK(file.SetSize(1))
		_, errno = file.WriteAt([]byte("y"), 4000)
		x.OK(errno)
		require.Equal(x.T, "x"+strings.Repeat("\x00", 3999)+"y", x.Contents(file))
	},
	"allocate": func(x *Tree) {
		x.Write("a", "text")
		file := x.Open("a", readWrite)
		x.OK(file.Allocate(0, 2))
		require.Equal(x.T, "text", x.Contents(file))
		x.OK(file.Allocate(2, 4))
		require.Equal(x.T, "text\x00\x00", x.Contents(file))
	},
	"many small writes": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		var want strings.Builder
		for i := range 3000 {
			piece := strings.Repeat(string(rune('a'+i%26)), i%17)
			want.WriteString(piece)
			_, _, errno := file.Append([]byte(piece))
			x.OK(errno)
		}
		require.Equal(x.T, want.String(), x.Contents(file))
	},
	"the caller keeps its buffer": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		p := []byte("text")
		_, errno := file.WriteAt(p, 0)
		x.OK(errno)
		p[0] = 'n'
		require.Equal(x.T, "text", x.Contents(file))
	},
	"unlinked": func(x *Tree) {
		x.Write("a", "text")
		file := x.Open("a", readWrite)
		x.OK(x.Root.UnlinkAt("a"))
		x.Missing("a")
		_, _, errno := file.Append([]byte(" goes on"))
		x.OK(errno)
		require.Equal(x.T, "text goes on", x.Contents(file))
		stat, errno := file.Stat()
		x.OK(errno)
		require.Zero(x.T, stat.Links)
		x.Write("a", "new")
		require.Equal(x.T, "text goes on", x.Contents(file))
		require.NotEqual(x.T, stat.Inode, x.Stat("a").Inode)
	},
	"seen through every handle": func(x *Tree) {
		writing, reading := x.Open("a", readWrite|fsapi.OpenCreate), x.Open("a", fsapi.OpenRead)
		_, errno := writing.WriteAt([]byte("text"), 0)
		x.OK(errno)
		require.Equal(x.T, "text", x.Contents(reading))
	},
	"sync": func(x *Tree) {
		x.OK(x.Open("a", readWrite|fsapi.OpenCreate).Sync())
		x.OK(x.Root.Sync())
	},
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
		stat = x.Stat("a")
		require.EqualValues(x.T, 3_000_000_003, stat.AccessTime)
		require.EqualValues(x.T, 2_000_000_002, stat.ModifyTime)
	},
	"write": func(x *Tree) {
		x.Write("a", "text")
		file := x.Open("a", readWrite)
		for name, change := range map[string]func() fsapi.Errno{
			"write":  func() fsapi.Errno { _, errno := file.WriteAt([]byte("x"), 0); return errno },
			"append": func() fsapi.Errno { _, _, errno := file.Append([]byte("x")); return errno },
			"size":   func() fsapi.Errno { return file.SetSize(2) },
		} {
			x.OK(file.SetTimes(fsapi.Times{SetModify: true, Modify: 5}))
			x.OK(change())
			require.NotEqualValues(x.T, 5, x.Stat("a").ModifyTime, name)
		}
	},
	"directory": func(x *Tree) {
		x.Mkdir("d")
		directory := x.OpenDir("d")
		old := fsapi.Times{SetModify: true, Modify: 5}
		x.OK(directory.SetTimes(old))
		require.EqualValues(x.T, 5, x.Stat("d").ModifyTime)
		x.Write("d/a", "")
		require.NotEqualValues(x.T, 5, x.Stat("d").ModifyTime)
		x.OK(directory.SetTimes(old))
		x.OK(x.Root.UnlinkAt("d/a"))
		require.NotEqualValues(x.T, 5, x.Stat("d").ModifyTime)
	},
	"link": func(x *Tree) {
		x.Write("a", "")
		x.Symlink("a", "l")
		x.OK(x.Root.SetTimesAt("l", false, fsapi.Times{SetModify: true, Modify: 5}))
		x.OK(x.Root.SetTimesAt("l", true, fsapi.Times{SetModify: true, Modify: 6}))
		require.EqualValues(x.T, 5, x.Stat("l").ModifyTime)
		require.EqualValues(x.T, 6, x.Stat("a").ModifyTime)
	},
	"missing": func(x *Tree) {
		x.Is(fsapi.ENOENT, x.Root.SetTimesAt("a", true, fsapi.Times{}))
	},
}

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
	"directory kept over a rename": func(x *Tree) {
		x.Mkdir("d", "e")
		directory := x.OpenDir("d")
		x.OK(x.Root.RenameAt("d", x.Root, "e/f"))
		x.OK(directory.MkdirAt("new"))
		require.Equal(x.T, []string{"new"}, x.Names("e/f"))
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
		stat, errno := directory.Stat()
		x.OK(errno)
		require.Zero(x.T, stat.Links)
		require.Empty(x.T, x.Entries(directory, 3))
	},
	"inodes": func(x *Tree) {
		x.Mkdir("d")
		x.Write("d/a", "1")
		x.Write("d/b", "2")
		inodes := map[uint64]bool{}
		for _, path := range []string{".", "d", "d/a", "d/b"} {
			inodes[x.Stat(path).Inode] = true
		}
		require.Len(x.T, inodes, 4)
		before := x.Stat("d/a").Inode
		x.Write("d/a", "more")
		x.OK(x.Root.RenameAt("d/a", x.Root, "c"))
		require.Equal(x.T, before, x.Stat("c").Inode)
	},
	"parallel": func(x *Tree) {
		const workers = 8
		finished := make(chan fsapi.Errno, workers)
		for range workers {
			go func() {
				file, errno := fsapi.File(nil), fsapi.ESUCCESS
				for i := 0; i < 50 && errno == 0; i++ {
					if _, file, errno = x.Root.OpenAt("a", readWrite|fsapi.OpenCreate); errno == 0 {
						_, _, errno = file.Append([]byte("0123456789"))
						file.Close()
					}
				}
				finished <- errno
			}()
		}
		for range workers {
			x.OK(<-finished)
		}
		require.Equal(x.T, strings.Repeat("0123456789", workers*50), x.Read("a"))
	},
}
