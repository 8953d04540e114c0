package vfstest

import (
	"fmt"
	"math"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// pattern is text of that many bytes of which no two pieces look alike.
func pattern(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "%d,", i)
	}
	return b.String()[:size]
}

var contentCases = map[string]func(*Tree){
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
	"read nothing": func(x *Tree) {
		x.Write("a", "text")
		n, errno := x.Open("a", fsapi.OpenRead).ReadAt(nil, 0)
		x.OK(errno)
		require.Zero(x.T, n)
	},
	"read leaves the rest of the buffer": func(x *Tree) {
		x.Write("a", "text")
		p := []byte("........")
		n, errno := x.Open("a", fsapi.OpenRead).ReadAt(p, 2)
		x.OK(errno)
		require.Equal(x.T, "xt......", string(p))
		require.Equal(x.T, 2, n)
	},
	"every byte": func(x *Tree) {
		var b strings.Builder
		for i := range 256 {
			b.WriteByte(byte(i))
		}
		x.Write("a", b.String())
		x.Has("a", b.String())
	},
	"write in the middle": func(x *Tree) {
		x.Write("a", "0123456789")
		x.WriteAt(x.Open("a", readWrite), "abc", 3)
		x.Has("a", "012abc6789")
	},
	"write over the end": func(x *Tree) {
		x.Write("a", "0123456789")
		x.WriteAt(x.Open("a", readWrite), "abc", 8)
		x.Has("a", "01234567abc")
	},
	"write past the end": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		x.WriteAt(file, "x", 5)
		require.Equal(x.T, "\x00\x00\x00\x00\x00x", x.Contents(file))
	},
	"write far past the end": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		x.WriteAt(file, "x", 300_000)
		require.Equal(x.T, strings.Repeat("\x00", 300_000)+"x", x.Contents(file))
		x.WriteAt(file, "y", 150_000)
		require.Equal(x.T, strings.Repeat("\x00", 150_000)+"y"+strings.Repeat("\x00", 149_999)+"x", x.Contents(file))
	},
	"write nothing": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		n, errno := file.WriteAt(nil, 100)
		x.OK(errno)
		require.Zero(x.T, n)
		require.Empty(x.T, x.Contents(file))
	},
	"write backwards": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		want := pattern(1000)
		for i := len(want) - 1; i >= 0; i-- {
			x.WriteAt(file, want[i:i+1], int64(i))
		}
		x.Has("a", want)
	},
	"write round powers of two": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		want := []byte(strings.Repeat("\x00", 1<<17+5))
		for shift := range 18 {
			for _, text := range []string{"abc", "de"} {
				at := max(1<<shift-2, 0) + len(text)
				copy(want[at:], text)
				x.WriteAt(file, text, int64(at))
			}
		}
		got := x.Contents(file)
		require.True(x.T, string(want[:len(got)]) == got)
	},
	"large": func(x *Tree) {
		want := pattern(600_001)
		x.Write("a", want)
		require.True(x.T, want == x.Read("a"))
		file := x.Open("a", fsapi.OpenRead)
		for _, at := range []int64{0, 1, 4095, 4096, 65_535, 65_537, 599_000} {
			p := make([]byte, 1001)
			n, errno := file.ReadAt(p, at)
			x.OK(errno)
			require.Equal(x.T, want[at:at+int64(n)], string(p[:n]))
			require.Equal(x.T, 1001, n)
		}
	},
	"impossible offsets": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		for _, offset := range []int64{-1, math.MinInt64} {
			_, errno := file.ReadAt(make([]byte, 1), offset)
			x.Is(fsapi.EINVAL, errno)
			_, errno = file.WriteAt([]byte("x"), offset)
			x.Is(fsapi.EINVAL, errno)
		}
		_, errno := file.WriteAt([]byte("x"), math.MaxInt64)
		x.Is(fsapi.EFBIG, errno)
		_, errno = file.WriteAt([]byte("xyz"), math.MaxInt64-1)
		require.Contains(x.T, []fsapi.Errno{fsapi.EFBIG, fsapi.ENOSPC}, errno)
		require.Empty(x.T, x.Contents(file))
	},
	"no room": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		x.WriteAt(file, "text", 0)
		for _, offset := range []int64{1 << 40, 1 << 46, 1 << 62} {
			_, errno := file.WriteAt([]byte("x"), offset)
			x.Is(fsapi.ENOSPC, errno)
			x.Is(fsapi.ENOSPC, file.Allocate(offset, 1))
			x.Is(fsapi.ENOSPC, file.SetSize(offset))
		}
		x.Has("a", "text")
		x.WriteAt(file, "goes on", 0)
		x.Has("a", "goes on")
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
		x.Has("a", "onetwothree")
	},
	"append comes at the end": func(x *Tree) {
		appending, writing := x.Open("a", readWrite|fsapi.OpenCreate|fsapi.OpenAppend), x.Open("a", readWrite)
		x.Append(appending, "one")
		x.WriteAt(writing, "text and more", 0)
		x.Append(appending, "!")
		x.Has("a", "text and more!")
		x.OK(writing.SetSize(4))
		x.Append(appending, "?")
		x.Has("a", "text?")
	},
	"append nothing": func(x *Tree) {
		x.Write("a", "text")
		n, _, errno := x.Open("a", readWrite|fsapi.OpenAppend).Append(nil)
		x.OK(errno)
		require.Zero(x.T, n)
		x.Has("a", "text")
	},
	"many small writes": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		var want strings.Builder
		for i := range 3000 {
			piece := strings.Repeat(string(rune('a'+i%26)), i%17)
			want.WriteString(piece)
			x.Append(file, piece)
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
		_, errno = file.ReadAt(p, 0)
		x.OK(errno)
		p[0] = 'n'
		require.Equal(x.T, "text", x.Contents(file))
	},
	"unlinked": func(x *Tree) {
		x.Write("a", "text")
		file := x.Open("a", readWrite)
		x.Unlink("a")
		x.Missing("a")
		x.Append(file, " goes on")
		require.Equal(x.T, "text goes on", x.Contents(file))
		stat := x.FileStat(file)
		require.Zero(x.T, stat.Links)
		require.EqualValues(x.T, 12, stat.Size)
		x.Write("a", "new")
		require.Equal(x.T, "text goes on", x.Contents(file))
		require.NotEqual(x.T, stat.Inode, x.Stat("a").Inode)
		x.OK(file.SetSize(2))
		x.WriteAt(file, "n", 3)
		require.Equal(x.T, "te\x00n", x.Contents(file))
		x.Has("a", "new")
	},
	"seen through every handle": func(x *Tree) {
		writing, reading := x.Open("a", readWrite|fsapi.OpenCreate), x.Open("a", fsapi.OpenRead)
		x.WriteAt(writing, "text", 0)
		require.Equal(x.T, "text", x.Contents(reading))
		p := make([]byte, 4)
		n, errno := reading.ReadAt(p, 4)
		x.OK(errno)
		require.Zero(x.T, n)
		x.Append(writing, "more")
		_, errno = reading.ReadAt(p, 4)
		x.OK(errno)
		require.Equal(x.T, "more", string(p))
	},
	"sync": func(x *Tree) {
		x.OK(x.Open("a", readWrite|fsapi.OpenCreate).Sync())
		x.OK(x.Root.Sync())
	},
}

var sizeCases = map[string]func(*Tree){
	"cut and extend": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		x.OK(file.SetSize(3))
		require.Equal(x.T, "\x00\x00\x00", x.Contents(file))
		x.WriteAt(file, "text", 0)
		x.OK(file.SetSize(2))
		require.Equal(x.T, "te", x.Contents(file))
		x.OK(file.SetSize(5))
		require.Equal(x.T, "te\x00\x00\x00", x.Contents(file), "what was cut off must not come back")
		require.EqualValues(x.T, 5, x.Stat("a").Size)
	},
	"the same": func(x *Tree) {
		x.Write("a", "text")
		x.OK(x.Open("a", readWrite).SetSize(4))
		x.Has("a", "text")
	},
	"nothing and on": func(x *Tree) {
		x.Write("a", "text")
		file := x.Open("a", readWrite)
		x.OK(file.SetSize(0))
		require.Empty(x.T, x.Contents(file))
		x.Append(file, "new")
		x.Has("a", "new")
	},
	"impossible": func(x *Tree) {
		x.Write("a", "text")
		file := x.Open("a", readWrite)
		x.Is(fsapi.EINVAL, file.SetSize(-1))
		x.Is(fsapi.EINVAL, file.SetSize(math.MinInt64))
		x.Is(fsapi.ENOSPC, file.SetSize(math.MaxInt64))
		x.Is(fsapi.EINVAL, file.Allocate(-1, 1))
		x.Is(fsapi.EINVAL, file.Allocate(0, 0))
		x.Is(fsapi.EINVAL, file.Allocate(0, -1))
		x.Is(fsapi.EFBIG, file.Allocate(math.MaxInt64, 1))
		x.Is(fsapi.EFBIG, file.Allocate(1, math.MaxInt64))
		x.Has("a", "text")
	},
	"cut and write beyond": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		x.WriteAt(file, strings.Repeat("x", 5000), 0)
		x.OK(file.SetSize(1))
		x.WriteAt(file, "y", 4000)
		require.Equal(x.T, "x"+strings.Repeat("\x00", 3999)+"y", x.Contents(file))
	},
	"cut many times": func(x *Tree) {
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		text := pattern(100_000)
		x.WriteAt(file, text, 0)
		for _, size := range []int{99_999, 65_537, 65_536, 65_535, 4097, 4096, 1, 0} {
			x.OK(file.SetSize(int64(size)))
			require.True(x.T, text[:size] == x.Contents(file), size)
		}
		x.OK(file.SetSize(100_000))
		require.True(x.T, strings.Repeat("\x00", 100_000) == x.Contents(file))
	},
	"allocate": func(x *Tree) {
		x.Write("a", "text")
		file := x.Open("a", readWrite)
		x.OK(file.Allocate(0, 2))
		require.Equal(x.T, "text", x.Contents(file))
		x.OK(file.Allocate(2, 4))
		require.Equal(x.T, "text\x00\x00", x.Contents(file))
		x.OK(file.Allocate(10, 1))
		require.EqualValues(x.T, 11, x.Stat("a").Size)
	},
	"of a link": func(x *Tree) {
		x.Symlink("somewhere", "l")
		require.EqualValues(x.T, len("somewhere"), x.Stat("l").Size)
	},
}
