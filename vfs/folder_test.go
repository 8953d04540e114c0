package vfs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/vfs/vfstest"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

func TestFolder(t *testing.T) {
	h := newHost(map[string]string{"a": "text", "d/b": "more", "d/e/c": "", "empty/": ""})
	files, x := mounted(t, h, nil)
	require.Equal(t, []string{"a", "d", "empty"}, x.Names("data"))
	require.Equal(t, "text", x.Read("data/a"))
	require.Equal(t, "more", x.Read("data/d/b"))
	stat := x.Stat("data/a")
	require.EqualValues(t, 0o640, stat.Mode)
	require.Equal(t, h.files["a"].entry.ModTime.UnixNano(), stat.ModifyTime)
	require.EqualValues(t, 0o750, x.Stat("data").Mode)
	for _, entry := range x.Entries(x.OpenDir("data"), 1) {
		require.Equal(t, x.Stat("data/"+entry.Name).Inode, entry.Inode, entry.Name)
	}
	x.Missing("data/nothing")
	x.OpenFails(fsapi.ENOTDIR, "data/a/b", fsapi.OpenRead)
	require.True(t, unchanged(files))
	require.Zero(t, files.Used())
}

// unchanged says that there are no changes.
func unchanged(files *FS) bool {
	changes := files.Changes()
	return changes.Empty() && !changes.Incomplete
}

func TestNothingIsReadUntilItIsTouched(t *testing.T) {
	content := map[string]string{}
	for i := range 1000 {
		content[fmt.Sprintf("d%d/f%d", i%10, i)] = "x"
	}
	h := newHost(content)
	files, x := mounted(t, h, nil)
	require.Equal(t, map[string]int{"Lstat": 1}, h.calls)
	require.Equal(t, "x", x.Read("data/d7/f17"))
	require.Equal(t, map[string]int{"Lstat": 3, "Open": 1, "ReadAt": 1}, h.calls)
	x.Write("data/d7/new", "text")
	require.Equal(t, 4, h.calls["Lstat"])
	require.Len(t, x.Names("data/d7"), 101)
	require.Equal(t, 1, h.calls["ReadDir"])
	require.Equal(t, 4, h.calls["Lstat"], "listing describes nothing")
	require.Equal(t, []string{"create /data/d7/new >text"}, summary(files.Changes()))
	require.Equal(t, 1, h.calls["ReadDir"])
	require.Equal(t, 4, h.calls["Lstat"], "changes look at nothing that was not touched")
}

func TestCopyOnWrite(t *testing.T) {
	h := newHost(map[string]string{"a": "text", "b": "other", "d/c": "deep"})
	files, x := mounted(t, h, nil)
	_, errno := x.Open("data/a", readWrite).WriteAt([]byte("E"), 1)
	x.OK(errno)
	_, _, errno = x.Open("data/b", fsapi.OpenWrite).Append([]byte("!"))
	x.OK(errno)
	x.Open("data/d/c", readWrite|fsapi.OpenTruncate)
	require.Equal(t, "tExt", x.Read("data/a"))
	require.Equal(t, "other!", x.Read("data/b"))
	require.EqualValues(t, 10, files.Used())
	require.Equal(t, "text", string(h.files["a"].data))

	changes := files.Changes()
	require.Equal(t, []string{"modify /data/a text>tExt", "modify /data/b other>other!", "modify /data/d/c deep>"}, summary(changes))
	for _, c := range changes.Modified {
		require.Equal(t, strings.Replace(string(c.Path), "/data", "/host", 1), c.HostPath)
		require.EqualValues(t, 0o640, c.Mode)
		require.NotNil(t, c.Baseline)
		require.Equal(t, c.OldSize, c.Baseline.Entry.Size)
		_, hashed := c.Baseline.Hash()
		require.Equal(t, c.Path != "/data/d/c", hashed, "what was only truncated was never read")
	}
	x.OK(x.Root.UnlinkAt("data/a"))
	x.OK(x.Root.UnlinkAt("data/b"))
	x.OK(x.Root.RenameAt("data/d/c", x.Root, "tmp/c"))
	require.Equal(t, []string{"create /tmp/c >", "delete /data/a text>", "delete /data/b other>", "delete /data/d/c deep>"}, summary(files.Changes()))
}

func TestChangesOfFolders(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(x *vfstest.Tree)
		want []string
	}{
		{"read only", func(x *vfstest.Tree) { x.Read("data/a"); x.Names("data/d") }, []string{}},
		{"same bytes", func(x *vfstest.Tree) { x.Write("data/a", "text") }, []string{}},
		{"same size", func(x *vfstest.Tree) { x.Write("data/a", "TEXT") }, []string{"modify /data/a text>TEXT"}},
		{"times", func(x *vfstest.Tree) {
			x.OK(x.Root.SetTimesAt("data/a", true, fsapi.Times{SetModify: true, Modify: 1}))
		}, []string{}},
		{"delete", func(x *vfstest.Tree) { x.OK(x.Root.UnlinkAt("data/a")) }, []string{"delete /data/a text>"}},
		{"delete and create the same", func(x *vfstest.Tree) {
			x.OK(x.Root.UnlinkAt("data/a"))
			x.Write("data/a", "text")
		}, []string{}},
		{"delete and create", func(x *vfstest.Tree) {
			x.OK(x.Root.UnlinkAt("data/a"))
			x.Missing("data/a")
			x.Write("data/a", "new")
		}, []string{"modify /data/a text>new"}},
		{"create and delete", func(x *vfstest.Tree) {
			x.Write("data/new", "")
			x.OK(x.Root.UnlinkAt("data/new"))
		}, []string{}},
		{"rename", func(x *vfstest.Tree) { x.OK(x.Root.RenameAt("data/a", x.Root, "data/z")) },
			[]string{"create /data/z >text", "delete /data/a text>"}},
		{"rename over", func(x *vfstest.Tree) { x.OK(x.Root.RenameAt("data/a", x.Root, "data/d/b")) },
			[]string{"modify /data/d/b more>text", "delete /data/a text>"}},
		{"rename over the same", func(x *vfstest.Tree) {
			x.Write("tmp/x", "more")
			x.OK(x.Root.RenameAt("tmp/x", x.Root, "data/d/b"))
		}, []string{}},
		{"rename there and back", func(x *vfstest.Tree) {
			x.OK(x.Root.RenameAt("data/a", x.Root, "tmp/a"))
			x.Missing("data/a")
			x.OK(x.Root.RenameAt("tmp/a", x.Root, "data/a"))
			require.Equal(x.T, []string{"d", "empty", "l", "a"}, x.Names("data"))
		}, []string{}},
		{"rename a directory", func(x *vfstest.Tree) { x.OK(x.Root.RenameAt("data/d", x.Root, "data/n")) },
			[]string{
				"create /data/n/", "create /data/n/b >more", "create /data/n/e/", "create /data/n/e/c >",
				"delete /data/d/", "delete /data/d/b more>", "delete /data/d/e/", "delete /data/d/e/c >",
			}},
		{"rename a directory there and back", func(x *vfstest.Tree) {
			x.OK(x.Root.RenameAt("data/d", x.Root, "tmp/d"))
			require.Equal(x.T, "more", x.Read("tmp/d/b"))
			x.OK(x.Root.RenameAt("tmp/d", x.Root, "data/d"))
		}, []string{}},
		{"replace a directory", func(x *vfstest.Tree) {
			x.OK(x.Root.RenameAt("data/d", x.Root, "tmp/d"))
			x.Mkdir("data/d")
			x.Write("data/d/b", "new")
			x.OK(x.Root.RenameAt("tmp/d/e", x.Root, "data/d/e"))
		}, []string{"create /tmp/d/", "create /tmp/d/b >more", "modify /data/d/b more>new"}},
		{"remove a tree", func(x *vfstest.Tree) {
			x.Is(fsapi.ENOTEMPTY, x.Root.RemoveDirectoryAt("data/d"))
			x.OK(x.Root.UnlinkAt("data/d/b"))
			x.OK(x.Root.UnlinkAt("data/d/e/c"))
			x.OK(x.Root.RemoveDirectoryAt("data/d/e"))
			x.OK(x.Root.RemoveDirectoryAt("data/d"))
		}, []string{"delete /data/d/", "delete /data/d/b more>", "delete /data/d/e/", "delete /data/d/e/c >"}},
		{"directory becomes file", func(x *vfstest.Tree) {
			x.OK(x.Root.RemoveDirectoryAt("data/empty"))
			x.Write("data/empty", "text")
		}, []string{"create /data/empty >text", "delete /data/empty/"}},
		{"link replaced by itself", func(x *vfstest.Tree) {
			x.OK(x.Root.UnlinkAt("data/l"))
			x.Symlink("a", "data/l")
		}, []string{}},
		{"link replaced", func(x *vfstest.Tree) {
			x.OK(x.Root.UnlinkAt("data/l"))
			x.Symlink("d", "data/l")
		}, []string{"create /data/l link >d", "delete /data/l link"}},
		{"two files change places", func(x *vfstest.Tree) {
			x.OK(x.Root.RenameAt("data/a", x.Root, "tmp/x"))
			x.OK(x.Root.RenameAt("data/d/b", x.Root, "data/a"))
			x.OK(x.Root.RenameAt("tmp/x", x.Root, "data/d/b"))
		}, []string{"modify /data/a text>more", "modify /data/d/b more>text"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files, x := mounted(t, newHost(map[string]string{
				"a": "text", "d/b": "more", "d/e/c": "", "empty/": "", "l -> a": "",
			}), nil)
			c.do(x)
			got := summary(files.Changes())
			require.Equal(t, c.want, got)
			require.Equal(t, got, summary(files.Changes()), "asking changes nothing")
			require.NoError(t, files.Close())
			require.Equal(t, got, summary(files.Changes()), "closing changes nothing")
		})
	}
}

func TestListingSurvivesChanges(t *testing.T) {
	content := map[string]string{}
	for i := range 300 {
		content[fmt.Sprintf("f%03d", i)] = ""
	}
	_, x := mounted(t, newHost(content), nil)
	x.Stat("data/f100")
	dir := x.OpenDir("data")
	seen := map[string]int{}
	buffer := make([]fsapi.Dirent, 7)
	cookie := uint64(0)
	for round := 0; ; round++ {
		n, errno := dir.ReadDir(cookie, buffer)
		x.OK(errno)
		if n == 0 {
			break
		}
		for _, entry := range buffer[:n] {
			seen[entry.Name]++
		}
		cookie = buffer[n-1].Next
		x.Write(fmt.Sprintf("data/new%d", round), "")
		if round < 20 {
			x.OK(x.Root.UnlinkAt(fmt.Sprintf("data/f%03d", 299-round)))
			x.OK(x.Root.RenameAt(fmt.Sprintf("data/f%03d", 200-round), x.Root, fmt.Sprintf("data/moved%d", round)))
		}
		if round > 200 {
			break
		}
	}
	for i := range 180 {
		require.Equal(t, 1, seen[fmt.Sprintf("f%03d", i)], i)
	}
	for name, n := range seen {
		require.Equal(t, 1, n, name)
	}
}

func TestNestedFolders(t *testing.T) {
	outer := newHost(map[string]string{"a": "outer a", "sub/hidden": "hidden", "sub/b": "outer b", "deep/x": "x"})
	inner := newHost(map[string]string{"b": "inner b"})
	base := newHost(map[string]string{"f": "database"})
	files, x := newTree(t, Options{
		Folders: []Folder{
			{Path: "/data/deep/in/the/tree", Source: inner, HostPath: "/i2"},
			{Path: "/data/sub", Source: inner, HostPath: "/i"},
			{Path: "/data", Source: outer, HostPath: "/o"},
			{Path: "/database", Source: base, HostPath: "/b"},
		},
		Files:       map[Path][]byte{"/data/a": []byte("given a"), "/data/g": []byte("given")},
		Directories: []Path{"/data/work"},
	})
	require.ElementsMatch(t, []string{"sub", "deep", "work", "a", "g"}, x.Names("data"))
	require.Equal(t, []string{"b"}, x.Names("data/sub"))
	require.Equal(t, "inner b", x.Read("data/sub/b"))
	require.Equal(t, "given a", x.Read("data/a"))
	require.Equal(t, "database", x.Read("database/f"))
	require.Equal(t, []string{"x", "in"}, x.Names("data/deep"))
	require.Equal(t, "inner b", x.Read("data/deep/in/the/tree/b"))

	for _, path := range []string{"data", "data/sub", "data/deep/in/the/tree"} {
		x.Is(fsapi.EBUSY, x.Root.RemoveDirectoryAt(path))
		x.Is(fsapi.EBUSY, x.Root.RenameAt(path, x.Root, "elsewhere"))
	}
	x.Is(fsapi.EBUSY, x.Root.RenameAt("data/deep", x.Root, "elsewhere"))
	x.Is(fsapi.ENOTEMPTY, x.Root.RemoveDirectoryAt("data/deep/in"))
	require.True(t, unchanged(files))

	x.Write("data/sub/new", "")
	x.Write("data/a", "new")
	x.Write("data/deep/in/new", "")
	changes := files.Changes()
	require.Equal(t, []string{"create /data/deep/in/new >", "create /data/sub/new >", "modify /data/a given a>new"}, summary(changes))
	require.Equal(t, "/o/deep/in/new", changes.Created[0].HostPath)
	require.Equal(t, "/i/new", changes.Created[1].HostPath)
	require.Equal(t, "/o/a", changes.Modified[0].HostPath)
	require.Nil(t, changes.Modified[0].Baseline, "it was the request's, not the host's")
}

func TestFolderAtTheRoot(t *testing.T) {
	h := newHost(map[string]string{"a": "text", "dev/sda": "never", "tmp/t": ""})
	files, x := newTree(t, Options{Folders: []Folder{{Path: "/", Source: h, HostPath: "/host"}}, Directories: []Path{"/tmp", "/work"}})
	require.Equal(t, "text", x.Read("a"))
	require.Equal(t, []string{"a", "dev", "tmp", "work"}, x.Names("/"))
	require.Equal(t, []string{"null", "random", "urandom", "zero"}, x.Names("dev"))
	x.Write("tmp/t", "new")
	x.Write("work/w", "")
	changes := files.Changes()
	require.Equal(t, []string{"create /work/w >", "modify /tmp/t >new"}, summary(changes))
	require.Equal(t, "/host/work/w", changes.Created[0].HostPath)
}

func TestFoldersRefused(t *testing.T) {
	h := newHost(map[string]string{"file": "", "d/": "", "l -> d": ""})
	for name, folders := range map[string][]Folder{
		"no source":            {{Path: "/data"}},
		"path not clean":       {{Path: "/data/", Source: h}},
		"twice":                {{Path: "/data", Source: h}, {Path: "/data", Source: h}},
		"below a file":         {{Path: "/data", Source: h}, {Path: "/data/file/x", Source: h}},
		"over a file":          {{Path: "/data", Source: h}, {Path: "/data/file", Source: h}},
		"below a link":         {{Path: "/data", Source: h}, {Path: "/data/l/x", Source: h}},
		"same host folder":     {{Path: "/a", Source: h, HostPath: "/x"}, {Path: "/b", Source: h, HostPath: "/x"}},
		"overlapping":          {{Path: "/a", Source: h, HostPath: "/x/y"}, {Path: "/b", Source: h, HostPath: "/x"}},
		"in the devices":       {{Path: "/dev/x", Source: h}},
		"gone":                 {{Path: "/data", Source: newHostWithoutRoot()}},
		"a file":               {{Path: "/data", Source: newHostThatIsAFile()}},
		"invalid pattern":      {{Path: "/data", Source: h, Loading: Loading{Include: []string{"[a"}}}},
		"pattern with dot dot": {{Path: "/data", Source: h, Loading: Loading{Include: []string{"../a"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(Options{Folders: folders})
			require.Error(t, err)
		})
	}
	_, err := New(Options{Folders: []Folder{{Path: "/a", Source: h, HostPath: "/x"}, {Path: "/b", Source: h, HostPath: "/xy"}}})
	require.NoError(t, err, "names that begin alike do not overlap")
}

func newHostWithoutRoot() *host {
	h := newHost(nil)
	h.remove(".")
	return h
}

func newHostThatIsAFile() *host {
	h := newHost(nil)
	h.put(".", "")
	return h
}
