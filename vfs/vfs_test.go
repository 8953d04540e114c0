package vfs

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/vfs/vfstest"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

const readWrite = fsapi.OpenRead | fsapi.OpenWrite

func newTree(t *testing.T, options Options) (*FS, *vfstest.Tree) {
	t.Helper()
	files, err := New(options)
	require.NoError(t, err)
	return files, vfstest.NewTree(t, files)
}

func TestNew(t *testing.T) {
	original := []byte("text")
	_, x := newTree(t, Options{
		Files:       map[Path][]byte{"/d/e/a": original, "/b": nil, "/d/c": []byte("c")},
		Directories: []Path{"/d", "/tmp/x", "/"},
	})
	require.Equal(t, "text", x.Read("d/e/a"))
	require.Equal(t, "", x.Read("b"))
	require.Equal(t, []string{"d", "tmp", "b", "dev"}, x.Names("/"))
	require.Equal(t, []string{"c", "e"}, x.Names("/d"))
}

func TestNewRefuses(t *testing.T) {
	layer := NewLayer(fstest.MapFS{})
	for name, options := range map[string]Options{
		"relative":           {Files: map[Path][]byte{"a": nil}},
		"empty":              {Files: map[Path][]byte{"": nil}},
		"root is a file":     {Files: map[Path][]byte{"/": nil}},
		"not clean":          {Files: map[Path][]byte{"/a/../b": nil}},
		"slash":              {Directories: []Path{"/a/"}},
		"NUL":                {Directories: []Path{"/a\x00"}},
		"below a file":       {Files: map[Path][]byte{"/a": nil, "/a/b": nil}},
		"file and directory": {Files: map[Path][]byte{"/a": nil}, Directories: []Path{"/a"}},
		"layer over a file":  {Files: map[Path][]byte{"/a": nil}, Layers: []Mount{{"/a", layer}}},
		"layer over files":   {Files: map[Path][]byte{"/a/b": nil}, Layers: []Mount{{"/a", layer}}},
		"layer at the root":  {Layers: []Mount{{"/", layer}}},
		"layer in a layer":   {Layers: []Mount{{"/a", layer}, {"/a/b", layer}}},
		"two layers":         {Layers: []Mount{{"/a", layer}, {"/a", layer}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(options)
			require.Error(t, err)
		})
	}
}

func TestParsePath(t *testing.T) {
	for _, c := range []struct {
		s, base, want string
	}{
		{"a", "/w", "/w/a"},
		{"a/./b//c/", "/w", "/w/a/b/c"},
		{"../a", "/w", "/a"},
		{"../../../a", "/w", "/a"},
		{"/a/../..", "/w", "/"},
		{"/a", "/w", "/a"},
		{"a", "", "/a"},
		{".", "/", "/"},
	} {
		got, err := ParsePath(c.s, Path(c.base))
		require.NoError(t, err)
		require.Equal(t, Path(c.want), got, "%q in %q", c.s, c.base)
	}
	for _, s := range []string{"", "a\x00", "a\xff", string(make([]byte, 300)), "/" + longString(256), longString(5000)} {
		_, err := ParsePath(s, "/")
		require.Error(t, err, "%q", s)
	}
}

func longString(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'x'
	}
	return string(b)
}

func TestSharedContentsAreNotModified(t *testing.T) {
	for name, change := range map[string]func(x *vfstest.Tree, file fsapi.File){
		"write":  func(x *vfstest.Tree, file fsapi.File) { _, errno := file.WriteAt([]byte("X"), 0); x.OK(errno) },
		"append": func(x *vfstest.Tree, file fsapi.File) { _, _, errno := file.Append([]byte("X")); x.OK(errno) },
		"cut and write": func(x *vfstest.Tree, file fsapi.File) {
			x.OK(file.SetSize(2))
			_, _, errno := file.Append([]byte("X"))
			x.OK(errno)
		},
	} {
		t.Run(name, func(t *testing.T) {
			backing := []byte("text and what comes after it")
			content := backing[:4]
			_, x := newTree(t, Options{Files: map[Path][]byte{"/a": content}})
			change(x, x.Open("a", readWrite))
			require.Equal(t, "text and what comes after it", string(backing))
		})
	}
}

func TestBudget(t *testing.T) {
	t.Run("contents", func(t *testing.T) {
		files, x := newTree(t, Options{Bytes: 10_000})
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		room := 10_000 - files.Used()
		n, errno := file.WriteAt(make([]byte, 20_000), 0)
		x.OK(errno)
		require.EqualValues(t, room, n, "what fits is written")
		_, _, errno = file.Append([]byte("x"))
		x.Is(fsapi.ENOSPC, errno)
		n, errno = file.WriteAt([]byte("xy"), room-1)
		x.OK(errno)
		require.Equal(t, 1, n)
		x.OpenFails(fsapi.ENOSPC, "b", readWrite|fsapi.OpenCreate)
		x.Is(fsapi.ENOSPC, x.Root.MkdirAt("d"))
		x.Is(fsapi.ENOSPC, x.Root.SymlinkAt("a", "l"))
		x.Is(fsapi.ENOSPC, x.Root.RenameAt("a", x.Root, "longer"))
		x.OK(x.Root.UnlinkAt("a"))
		require.EqualValues(t, 10_000, files.Used(), "still open")
		x.OK(file.Close())
		require.Zero(t, files.Used())
	})
	t.Run("gap", func(t *testing.T) {
		_, x := newTree(t, Options{Bytes: 10_000})
		file := x.Open("a", readWrite|fsapi.OpenCreate)
		_, errno := file.WriteAt([]byte("x"), 20_000)
		x.Is(fsapi.ENOSPC, errno)
		require.Zero(t, x.Stat("a").Size)
	})
	t.Run("nodes", func(t *testing.T) {
		_, x := newTree(t, Options{Bytes: 100_000})
		errno, count := fsapi.ESUCCESS, 0
		for ; errno == 0; count++ {
			errno = x.Root.MkdirAt(longString(count + 1)[:1+count%200] + string(rune('0'+count)))
		}
		x.Is(fsapi.ENOSPC, errno)
		require.Less(t, count, 100_000/nodeCost+1)
	})
	t.Run("what was there is free until it is written", func(t *testing.T) {
		files, x := newTree(t, Options{Bytes: 1000, Files: map[Path][]byte{"/a": make([]byte, 5000), "/b": make([]byte, 100)}})
		require.Zero(t, files.Used())
		file := x.Open("a", readWrite)
		_, errno := file.WriteAt([]byte("x"), 0)
		x.Is(fsapi.ENOSPC, errno)
		_, _, errno = file.Append([]byte("x"))
		x.Is(fsapi.ENOSPC, errno)
		x.OK(file.SetSize(500))
		require.EqualValues(t, 500, files.Used())
		_, errno = file.WriteAt([]byte("x"), 0)
		x.OK(errno)
		x.OK(x.Root.RenameAt("b", x.Root, "longer name"))
		require.EqualValues(t, 500, files.Used())
		x.OK(x.Root.UnlinkAt("longer name"))
		x.OK(x.Root.UnlinkAt("a"))
		x.OK(file.Close())
		require.Zero(t, files.Used())
	})
	t.Run("none", func(t *testing.T) {
		_, x := newTree(t, Options{Bytes: -1, Files: map[Path][]byte{"/a": []byte("a")}})
		require.Equal(t, "a", x.Read("a"))
		x.Is(fsapi.ENOSPC, x.Root.MkdirAt("d"))
	})
	t.Run("renamed over", func(t *testing.T) {
		files, x := newTree(t, Options{})
		x.Write("a", "text")
		x.Write("b", "other text")
		x.OK(x.Root.RenameAt("a", x.Root, "b"))
		x.OK(x.Root.UnlinkAt("b"))
		require.Zero(t, files.Used())
	})
}

func TestLayer(t *testing.T) {
	library := fstest.MapFS{
		"a.js":       {Data: []byte("module a")},
		"lib/b.js":   {Data: []byte("module b")},
		"lib/c/d.js": {Data: []byte("module d")},
		"link":       {Mode: 1 << 27, Data: []byte("a.js")}, // fs.ModeSymlink: not shown
	}
	layer := NewLayer(library)
	for range 2 { // shared by two trees
		files, x := newTree(t, Options{Layers: []Mount{{"/usr/lib/js", layer}}, Directories: []Path{"/w"}})
		require.Equal(t, []string{"a.js", "lib"}, x.Names("usr/lib/js"))
		require.Equal(t, "module d", x.Read("usr/lib/js/lib/c/d.js"))
		require.Equal(t, "module a", x.Read("usr/lib/js/lib/../a.js"))
		require.EqualValues(t, 8, x.Stat("usr/lib/js/a.js").Size)
		for _, entry := range x.Entries(x.OpenDir("usr/lib/js"), 1) {
			require.Equal(t, x.Stat("usr/lib/js/"+entry.Name).Inode, entry.Inode)
		}
		require.Equal(t, x.Stat("usr/lib/js/lib").Inode, x.Stat("usr/lib/js/lib/c/..").Inode)

		x.Write("w/mine", "")
		x.OpenFails(fsapi.EROFS, "usr/lib/js/a.js", readWrite)
		x.OpenFails(fsapi.EROFS, "usr/lib/js/a.js", fsapi.OpenRead|fsapi.OpenTruncate)
		x.OpenFails(fsapi.EROFS, "usr/lib/js/new", readWrite|fsapi.OpenCreate)
		x.OpenFails(fsapi.ENOENT, "usr/lib/js/link", fsapi.OpenRead)
		x.Is(fsapi.EROFS, x.Root.MkdirAt("usr/lib/js/new"))
		x.Is(fsapi.EEXIST, x.Root.MkdirAt("usr/lib/js/lib"))
		x.Is(fsapi.EROFS, x.Root.SymlinkAt("a", "usr/lib/js/new"))
		x.Is(fsapi.EROFS, x.Root.UnlinkAt("usr/lib/js/a.js"))
		x.Is(fsapi.EROFS, x.Root.RemoveDirectoryAt("usr/lib/js/lib"))
		x.Is(fsapi.EROFS, x.Root.RenameAt("usr/lib/js/a.js", x.Root, "b"))
		x.Is(fsapi.EROFS, x.Root.RenameAt("w/mine", x.Root, "usr/lib/js/b"))
		x.Is(fsapi.EROFS, x.Root.RenameAt("w/mine", x.Root, "usr/lib/js/a.js"))
		x.Is(fsapi.EBUSY, x.Root.RemoveDirectoryAt("usr/lib/js"))
		x.Is(fsapi.EBUSY, x.Root.RenameAt("usr/lib/js", x.Root, "b"))
		x.Is(fsapi.EROFS, x.Root.SetTimesAt("usr/lib/js/a.js", true, fsapi.Times{SetModify: true}))
		x.OK(x.Root.UnlinkAt("w/mine"))
		changes := files.Changes()
		require.True(t, changes.Empty())
		require.Zero(t, files.Used())
	}
}

func TestLayerThatCannotBeRead(t *testing.T) {
	layer := NewLayer(brokenFS{})
	_, x := newTree(t, Options{Layers: []Mount{{"/l", layer}}})
	_, errno := x.Root.StatAt("l/a", true)
	x.Is(fsapi.EIO, errno)
	_, errno = x.OpenDir("l").ReadDir(2, make([]fsapi.Dirent, 1))
	x.Is(fsapi.EIO, errno)
}

func TestLayerInParallel(t *testing.T) {
	library := fstest.MapFS{"a": {Data: []byte("module a")}, "d/b": {Data: []byte("module b")}}
	layer := NewLayer(library)
	t.Run("group", func(t *testing.T) {
		for range 8 {
			t.Run("tree", func(t *testing.T) {
				t.Parallel()
				_, x := newTree(t, Options{Layers: []Mount{{"/l", layer}}})
				require.Equal(t, "module b", x.Read("l/d/b"))
				require.Equal(t, []string{"a", "d"}, x.Names("l"))
			})
		}
	})
}
