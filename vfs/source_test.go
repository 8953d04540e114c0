package vfs

import (
	"fmt"
	"io/fs"
	"math"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

func TestHostChangesWhileTheTreeLives(t *testing.T) {
	large := strings.Repeat("0123456789", keptFileBytes/10+1)
	t.Run("what was read stays", func(t *testing.T) {
		h := newHost(map[string]string{"a": "first"})
		_, x := mounted(t, h, nil)
		require.Equal(t, "first", x.Read("data/a"))
		h.modify("a", "second")
		require.Equal(t, "first", x.Read("data/a"))
		h.remove("a")
		require.Equal(t, "first", x.Read("data/a"))
		require.EqualValues(t, 5, x.Stat("data/a").Size)
	})
	t.Run("what was listed stays listed", func(t *testing.T) {
		h := newHost(map[string]string{"a": "", "b": ""})
		_, x := mounted(t, h, nil)
		require.Equal(t, []string{"a", "b"}, x.Names("data"))
		h.put("c", "")
		h.remove("b")
		require.Equal(t, []string{"a", "b"}, x.Names("data"))
		x.Missing("data/c")
	})
	t.Run("described but not read yet", func(t *testing.T) {
		h := newHost(map[string]string{"a": "first"})
		_, x := mounted(t, h, nil)
		require.EqualValues(t, 5, x.Stat("data/a").Size)
		h.modify("a", "second")
		require.Equal(t, "second", x.Read("data/a"))
		require.EqualValues(t, 6, x.Stat("data/a").Size)
	})
	for name, change := range map[string]func(h *host){
		"modified": func(h *host) { h.modify("a", "X"+large[1:]) },
		"shorter":  func(h *host) { h.modify("a", "short") },
		"touched":  func(h *host) { h.modify("a", large) },
	} {
		t.Run("large and "+name, func(t *testing.T) {
			h := newHost(map[string]string{"a": large})
			files, x := mounted(t, h, nil)
			file := x.Open("data/a", readWrite)
			p := make([]byte, 10)
			_, errno := file.ReadAt(p, 0)
			x.OK(errno)
			change(h)
			_, errno = file.ReadAt(p, 10)
			x.Is(fsapi.ESTALE, errno)
			_, errno = file.WriteAt([]byte("x"), 0)
			require.Contains(t, []fsapi.Errno{fsapi.ESTALE, fsapi.ENOSPC}, errno)
			require.True(t, unchanged(files))
		})
	}
	t.Run("large and replaced", func(t *testing.T) {
		h := newHost(map[string]string{"a": large})
		_, x := mounted(t, h, nil)
		file := x.Open("data/a", fsapi.OpenRead)
		p := make([]byte, 10)
		_, errno := file.ReadAt(p, 0)
		x.OK(errno)
		h.put("a", "another file")
		_, errno = file.ReadAt(p, 10)
		x.OK(errno)
		require.Equal(t, large[10:20], string(p), "the handle keeps what it was opened on")
		x.OK(file.Close())
		x.OpenFails(fsapi.ESTALE, "data/a", fsapi.OpenRead)
		h.remove("a")
		x.OpenFails(fsapi.ESTALE, "data/a", fsapi.OpenRead)
	})
	t.Run("old contents", func(t *testing.T) {
		h := newHost(map[string]string{"a": "first", "b": "first"})
		files, x := mounted(t, h, nil)
		x.Write("data/a", "12345")
		x.Write("data/b", "other size")
		h.modify("a", "second")
		h.remove("b")
		changes := files.Changes()
		require.Len(t, changes.Modified, 2)
		for i := range changes.Modified {
			_, err := changes.Modified[i].OldContent()
			require.Error(t, err)
			require.EqualValues(t, 5, changes.Modified[i].Baseline.Entry.Size, "for finding the conflict")
		}
		_, err := changes.Modified[0].OldContent()
		require.ErrorIs(t, err, fsapi.ESTALE)
		require.ErrorContains(t, err, "/host/a has changed")
		_, err = changes.Modified[1].OldContent()
		require.ErrorIs(t, err, fs.ErrNotExist)
	})
	t.Run("file becomes something else", func(t *testing.T) {
		h := newHost(map[string]string{"a": large, "b": "", "d/f": ""})
		_, x := mounted(t, h, nil)
		x.Names("data")
		x.Stat("data/b")
		h.remove("b")
		h.put("b -> /etc/passwd", "")
		x.OpenFails(fsapi.ESTALE, "data/b", fsapi.OpenRead)
		h.remove("a")
		h.put("a/x", "")
		require.Equal(t, []string{"x"}, x.Names("data/a"))
	})
}

func TestLargeFile(t *testing.T) {
	h := newHost(nil)
	h.sparse("large", 1<<30)
	h.sparse("endless", math.MaxInt64)
	files, x := mounted(t, h, nil)
	file := x.Open("data/large", readWrite)
	total, p := int64(0), make([]byte, 3<<20)
	for offset := int64(0); offset < 1<<30; offset += 64 << 20 {
		n, errno := file.ReadAt(p, offset)
		x.OK(errno)
		require.Equal(t, byte(offset/1000), p[0])
		require.Equal(t, byte((offset+int64(n)-1)/1000), p[n-1])
		total += int64(n)
	}
	require.EqualValues(t, 16*len(p), total)
	n, errno := file.ReadAt(p, 1<<30-5)
	x.OK(errno)
	require.Equal(t, 5, n)
	_, errno = file.WriteAt([]byte("x"), 0)
	x.Is(fsapi.ENOSPC, errno)
	require.Zero(t, files.Used())
	x.OK(file.SetSize(1000))
	require.EqualValues(t, 1000, files.Used())
	_, errno = file.WriteAt([]byte("x"), 999)
	x.OK(errno)

	require.EqualValues(t, math.MaxInt64, x.Stat("data/endless").Size)
	endless := x.Open("data/endless", readWrite)
	n, errno = endless.ReadAt(p, math.MaxInt64-2)
	x.OK(errno)
	require.Equal(t, 2, n)
	_, _, errno = endless.Append([]byte("x"))
	x.Is(fsapi.EFBIG, errno)
	_, errno = endless.WriteAt([]byte("x"), 0)
	x.Is(fsapi.ENOSPC, errno)
	require.Equal(t, 1, len(files.Changes().Modified))
}

func TestFilesOpenOnTheHost(t *testing.T) {
	content := strings.Repeat("x", keptFileBytes+1)
	h := newHost(map[string]string{"a": content, "b": content, "small": "x"})
	files, x := mounted(t, h, nil)
	one, two := x.Open("data/a", fsapi.OpenRead), x.Open("data/a", fsapi.OpenRead)
	require.Equal(t, 1, h.opened, "shared")
	x.Open("data/b", fsapi.OpenWrite)
	require.Equal(t, 1, h.opened, "not read")
	small := x.Open("data/small", fsapi.OpenRead)
	require.Equal(t, 2, h.opened)
	_, errno := small.ReadAt(make([]byte, 1), 0)
	x.OK(errno)
	require.Equal(t, 1, h.opened, "kept")
	x.OK(one.Close())
	require.Equal(t, 1, h.opened)
	x.OK(two.Close())
	require.Equal(t, 0, h.opened)
	last := x.Open("data/a", fsapi.OpenRead)
	require.NoError(t, files.Close())
	require.Equal(t, 0, h.opened)
	_, errno = last.ReadAt(make([]byte, 1), 0)
	x.Is(fsapi.EBADF, errno)
	_, errno = x.Root.StatAt("data", true)
	x.Is(fsapi.EBADF, errno)
}

func TestFromFS(t *testing.T) {
	when := time.Unix(1_000_000, 0)
	source := FromFS(fstest.MapFS{
		"a":    {Data: []byte("text"), Mode: 0o600, ModTime: when},
		"d/b":  {Data: []byte("more")},
		"l":    {Data: []byte("d"), Mode: fs.ModeSymlink | 0o777},
		"out":  {Data: []byte("../x"), Mode: fs.ModeSymlink | 0o777},
		"pipe": {Mode: fs.ModeNamedPipe},
	})
	files, x := newTree(t, Options{Folders: []Folder{{Path: "/data", Source: source, Follow: FollowRestricted}}})
	require.Equal(t, []string{"a", "d", "l", "out"}, x.Names("data"))
	require.Equal(t, "text", x.Read("data/a"))
	require.Equal(t, "more", x.Read("data/l/b"))
	require.Equal(t, when.UnixNano(), x.Stat("data/a").ModifyTime)
	require.EqualValues(t, 0o600, x.Stat("data/a").Mode)
	x.Missing("data/pipe")
	x.OpenFails(fsapi.EACCES, "data/out", fsapi.OpenRead|fsapi.OpenFollow)
	_, err := source.Lstat("l/b")
	require.ErrorIs(t, err, fs.ErrNotExist, "no link on the way is followed")
	x.Write("data/a", "new")
	x.Write("data/l/n", "")
	require.Equal(t, []string{"create /data/d/n >", "modify /data/a text>new"}, summary(files.Changes()))
}

func TestDescriptorsOfTheHostAreBounded(t *testing.T) {
	h := newHost(nil)
	for i := range 3 * maxOpenSources {
		h.put(fmt.Sprint(i), strings.Repeat("x", keptFileBytes+1))
	}
	_, x := mounted(t, h, nil)
	var handles []fsapi.File
	p := make([]byte, 10)
	for i := range 3 * maxOpenSources {
		handles = append(handles, x.Open(fmt.Sprintf("data/%d", i), fsapi.OpenRead))
		_, errno := handles[i].ReadAt(p, 0)
		x.OK(errno)
		require.LessOrEqual(t, h.opened, maxOpenSources)
	}
	for i, handle := range handles {
		n, errno := handle.ReadAt(p, 100)
		x.OK(errno)
		require.Equal(t, 10, n)
		require.LessOrEqual(t, h.opened, maxOpenSources)
		if i == maxOpenSources {
			for j := range handles {
				h.put(fmt.Sprint(j), "replaced")
			}
			break
		}
	}
	stale := 0
	for _, handle := range handles {
		_, errno := handle.ReadAt(p, 200)
		if errno != 0 {
			x.Is(fsapi.ESTALE, errno)
			stale++
		}
	}
	require.GreaterOrEqual(t, stale, 2*maxOpenSources)
}

func TestLookingAtManyFilesIsCheap(t *testing.T) {
	const count = maxDescribed + 2000
	h := newHost(nil)
	for i := range count {
		h.put(fmt.Sprintf("d/f%05d", i), "text")
	}
	files, x := mounted(t, h, nil)
	inodes := map[string]uint64{}
	entries := x.Entries(x.OpenDir("data/d"), 1000)
	for range 2 {
		for _, entry := range entries {
			stat := x.Stat("data/d/" + entry.Name)
			require.Equal(t, entry.Inode, stat.Inode)
			inodes[entry.Name] = stat.Inode
		}
	}
	require.Equal(t, count, len(inodes))
	require.Less(t, files.touched, maxDescribed+10)
	last := fmt.Sprintf("data/d/f%05d", count-1)
	require.Equal(t, "text", x.Read(last))
	h.remove(strings.TrimPrefix(last, "data/"))
	require.EqualValues(t, 4, x.Stat(last).Size, "what was read stays")
	x.OK(x.Root.UnlinkAt(last))
	x.Missing(last)
	x.Missing(last)
	require.Len(t, files.Changes().Deleted, 1)
}
