package vfs

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/vfs/vfstest"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// imageOf pictures a tree.
func imageOf(t testing.TB, files *FS) *Image {
	t.Helper()
	image, err := files.Image()
	require.NoError(t, err)
	return image
}

// busy makes a tree in which all kinds of things have happened.
func busy(t *testing.T, h *host) *FS {
	t.Helper()
	files, x := newTree(t, Options{
		Bytes: 1 << 20, Directories: []Path{"/tmp", "/empty"},
		Files:   map[Path][]byte{"/work/kept": []byte("kept"), "/work/changed": []byte("old"), "/work/gone": []byte("gone"), "/work/moved": []byte("moved")},
		Folders: []Folder{{Path: "/data", Source: h, HostPath: "/host"}},
	})
	x.Write("work/changed", "new")
	x.Write("tmp/made", "made")
	x.Mkdir("tmp/d", "tmp/d/e")
	x.Write("tmp/d/e/deep", "deep")
	x.Symlink("made", "tmp/link")
	x.Unlink("work/gone")
	x.Rename("work/moved", "tmp/moved")
	x.OK(x.Root.RemoveDirectoryAt("empty"))
	x.Write("data/a", "changed a")
	x.Read("data/d/b")
	x.Unlink("data/d/c")
	x.Rename("data/d/e", "data/e")
	x.Rename("data/lazy", "data/still lazy")
	x.Write("data/new", "new")
	x.Stat("data/seen")
	x.OK(x.Root.SetTimesAt("tmp/made", false, fsapi.Times{SetModify: true, Modify: 77}))
	return files
}

func busyHost() *host {
	return newHost(map[string]string{
		"a": "a", "d/b": "b", "d/c": "c", "d/e/f": "f", "d/e/g/h": "h", "lazy": "lazy", "seen": "seen", "unseen/x": "x",
	})
}

func TestImageAsSession(t *testing.T) {
	h := busyHost()
	files := busy(t, h)
	image := imageOf(t, files)
	before, used := (&fuzzer{T: t, files: files}).contents(), files.Used()
	changes := summary(files.Changes())
	options := Options{Bytes: 1 << 20, Base: image, BaseAs: BaseSession, Folders: []Folder{{Path: "/data", Source: h, HostPath: "/host"}}}
	for range 2 { // what one tree does another one does not see
		fork, x := newTree(t, options)
		require.Equal(t, used, fork.Used())
		require.Equal(t, changes, summary(fork.Changes()))
		require.Equal(t, before, (&fuzzer{T: t, files: fork}).contents())
		require.Equal(t, changes, summary(fork.Changes()))
		require.EqualValues(t, 77, x.Stat("tmp/made").ModifyTime)
		require.Equal(t, (&fuzzer{T: t, files: fork}).charged("/", fork.root), fork.used)

		x.Write("tmp/made", "made again")
		x.Write("data/a", "a")
		x.Unlink("tmp/d/e/deep")
		x.OK(x.Root.RemoveDirectoryAt("tmp/d/e"))
		x.Rename("tmp/d", "d")
		x.Rename("data/e", "data/f")
		require.Equal(t, (&fuzzer{T: t, files: fork}).charged("/", fork.root), fork.used)
	}
	require.Equal(t, before, (&fuzzer{T: t, files: files}).contents())
	require.Equal(t, changes, summary(files.Changes()))
}

// What was saved and read again is the same to a session.
func TestImageSaved(t *testing.T) {
	h := busyHost()
	files := busy(t, h)
	before, changes, used := (&fuzzer{T: t, files: files}).contents(), summary(files.Changes()), files.Used()
	image := saved(t, imageOf(t, files))
	fork, x := newTree(t, Options{Base: image, BaseAs: BaseSession, Folders: []Folder{{Path: "/data", Source: h, HostPath: "/host"}}})
	require.Equal(t, used, fork.Used())
	require.Equal(t, changes, summary(fork.Changes()))
	require.Equal(t, before, (&fuzzer{T: t, files: fork}).contents())
	require.EqualValues(t, 77, x.Stat("tmp/made").ModifyTime)

	start, y := newTree(t, Options{Base: image})
	require.Empty(t, summary(start.Changes()))
	y.Has("tmp/d/e/deep", "deep")
	require.Empty(t, summary(start.Changes()))
}

// saved writes an image and reads it again.
func saved(t testing.TB, image *Image) *Image {
	t.Helper()
	var b bytes.Buffer
	n, err := image.WriteTo(&b)
	require.NoError(t, err)
	require.EqualValues(t, b.Len(), n)
	b.WriteString("what follows")
	for _, r := range []io.Reader{bytes.NewReader(b.Bytes()), struct{ io.Reader }{&b}} {
		image, err = ReadImage(r, 0)
		require.NoError(t, err)
		rest, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, "what follows", string(rest))
	}
	return image
}

// A file that the session had read and that is another one by the time it is restored
// is no longer what the session goes out from.
func TestImageSavedAndTheHostChanged(t *testing.T) {
	h := newHost(map[string]string{"read": "old", "changed": "old", "unread": "old", "moved": "old"})
	files, x := mounted(t, h, nil)
	x.Has("data/read", "old")
	x.Stat("data/unread")
	x.Rename("data/moved", "data/there")
	file := x.Open("data/changed", fsapi.OpenWrite)
	x.Append(file, " and new")
	x.OK(file.Close())
	image := saved(t, imageOf(t, files))
	for _, name := range []string{"read", "changed", "unread", "moved"} {
		h.put(name, "another")
	}
	fork, y := newTree(t, Options{Base: image, BaseAs: BaseSession, Folders: []Folder{{Path: "/data", Source: h, HostPath: "/host"}}})
	y.Has("data/unread", "another")
	y.Has("data/changed", "old and new")
	_, _, errno := y.Root.OpenAt("data/read", fsapi.OpenRead)
	y.Is(fsapi.ESTALE, errno)
	changes := fork.Changes()
	require.Len(t, changes.Modified, 1)
	require.EqualValues(t, 3, changes.Modified[0].Baseline.Entry.Size) // which a sync takes for a conflict
	sum, known := changes.Modified[0].Baseline.Hash()
	require.True(t, known)
	require.Equal(t, sha256.Sum256([]byte("old")), sum)
	_, err := changes.Modified[0].OldContent()
	require.ErrorIs(t, err, fsapi.ESTALE)

	// To bring it up to date is to look at the host anew.
	fork.Refresh()
	y.Has("data/read", "another")
	y.Has("data/changed", "old and new")
}

func TestImageErrors(t *testing.T) {
	h := newHost(map[string]string{"a": "a", "d/large": strings.Repeat("x", 3000), "link -> /away/x": ""})
	other := newHost(map[string]string{"x/f": "f"})
	h.away["/away/"] = other
	folder := Folder{Path: "/data", Source: h, HostPath: "/host", Follow: FollowAlways}
	for name, c := range map[string]struct {
		run  func(x *vfstest.Tree)
		fail string
	}{
		"moved out unread, too large": {func(x *vfstest.Tree) { x.Rename("data/d", "tmp/d") }, "/tmp/d/large: it was not read yet"},
		"moved out unread, gone": {func(x *vfstest.Tree) {
			x.Rename("data/a", "tmp/a")
			h.remove("a")
		}, "/tmp/a"},
		"changed outside of the folder": {func(x *vfstest.Tree) { x.Write("data/link/f", "changed") }, "/data/link was changed"},
	} {
		t.Run(name, func(t *testing.T) {
			files, x := newTree(t, Options{Bytes: 2000, Folders: []Folder{folder}, Directories: []Path{"/tmp"}})
			c.run(x)
			_, err := files.Image()
			require.ErrorContains(t, err, c.fail)
		})
	}
	files, x := newTree(t, Options{Folders: []Folder{folder}, Directories: []Path{"/tmp"}})
	x.Rename("data/d", "tmp/d")
	x.Has("data/link/f", "f") // followed, but not changed
	image := imageOf(t, files)
	_, y := newTree(t, Options{Base: image})
	y.Has("tmp/d/large", strings.Repeat("x", 3000))

	_, err := New(Options{Base: image, BaseAs: BaseSession})
	require.ErrorContains(t, err, "the session had a folder at /data")
	_, err = New(Options{Base: image, BaseAs: BaseSession, Folders: []Folder{folder}, Directories: []Path{"/tmp"}})
	require.ErrorContains(t, err, "has its files and directories already")
	_, err = New(Options{Base: image, Files: map[Path][]byte{"/tmp": nil}})
	require.ErrorIs(t, err, fsapi.EEXIST)
	require.NoError(t, files.Close())
	_, err = files.Image()
	require.ErrorIs(t, err, fsapi.EBADF)
}

// One image is used by many calls at once.
func TestImageUsedByMany(t *testing.T) {
	image := imageOf(t, busy(t, busyHost()))
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() {
			files, err := New(Options{Base: image, Files: map[Path][]byte{"/own": []byte(fmt.Sprint(i))}})
			require.NoError(t, err)
			root, _ := files.Root()
			x := &vfstest.Tree{T: t, Root: root}
			x.Has("own", fmt.Sprint(i))
			x.Has("tmp/d/e/deep", "deep")
			file := x.Open("tmp/made", fsapi.OpenRead|fsapi.OpenWrite)
			x.WriteAt(file, fmt.Sprint(i%10), 0)
			x.Has("tmp/made", fmt.Sprint(i%10, "ade")[:1]+"ade")
			x.Unlink("tmp/moved")
			x.Rename("tmp/d", "d")
			require.Len(t, x.Names("tmp"), 2)
			require.Len(t, files.Changes().Modified, 1)
			_, err = image.WriteTo(io.Discard)
			require.NoError(t, err)
			again, err := files.Image()
			require.NoError(t, err)
			require.Positive(t, again.Nodes())
			require.NoError(t, files.Close())
		})
	}
	group.Wait()
	_, x := newTree(t, Options{Base: image})
	x.Has("tmp/made", "made")
}

// Many names come and go in a directory of an image without it being listed.
func TestImageDirectoryInUse(t *testing.T) {
	first, x := newTree(t, Options{Directories: []Path{"/d"}})
	for i := range 100 {
		x.Write(fmt.Sprintf("d/f%02d", i), "text")
	}
	files, y := newTree(t, Options{Base: imageOf(t, first)})
	for i := range 1000 {
		y.Write("d/new", "new")
		y.Unlink("d/new")
		if i < 50 {
			y.Unlink(fmt.Sprintf("d/f%02d", i*2))
			y.Write(fmt.Sprintf("d/f%02d", i*2), "again")
		}
	}
	directory := files.root.entries.get("d")
	require.Less(t, len(directory.entries.list), 200)
	names := y.Names("d")
	require.Len(t, names, 100)
	require.Equal(t, "f01", names[0])
	require.Equal(t, "f98", names[99])
	y.Is(fsapi.ENOTEMPTY, y.Root.RemoveDirectoryAt("d"))
	for _, name := range names {
		y.Unlink("d/" + name)
	}
	y.OK(y.Root.RemoveDirectoryAt("d"))
	require.Zero(t, files.Used())
	require.Len(t, files.Changes().Deleted, 101)
}

func TestImageAsStart(t *testing.T) {
	h := busyHost()
	image := imageOf(t, busy(t, h))
	for range 2 {
		files, x := newTree(t, Options{
			Bytes: 1 << 20, Base: image, Directories: []Path{"/work"}, Files: map[Path][]byte{"/work/kept": []byte("given"), "/more/file": nil},
		})
		require.Zero(t, files.Used())
		require.Empty(t, summary(files.Changes()))
		x.Missing("data")
		x.Missing("work/gone")
		x.Has("work/kept", "given")
		x.Has("work/changed", "new")
		x.Has("tmp/link", "made")
		require.ElementsMatch(t, []string{"made", "d", "link", "moved"}, x.Names("tmp"))
		require.Empty(t, summary(files.Changes()))

		x.Write("work/changed", "newer")
		x.Write("tmp/made", "made")
		x.Unlink("tmp/moved")
		x.Rename("tmp/d", "moved")
		require.Equal(t, []string{
			"create /moved/", "create /moved/e/", "create /moved/e/deep >deep", "modify /work/changed new>newer",
			"delete /tmp/d/", "delete /tmp/d/e/", "delete /tmp/d/e/deep deep>", "delete /tmp/moved moved>",
		}, summary(files.Changes()))
	}
}
