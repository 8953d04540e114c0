package vfs

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/vfs/vfstest"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

type brokenFS struct{}

func (brokenFS) Open(string) (fs.File, error) { return nil, errors.New("broken") }

// summary writes changes as lines such as "modify /a old>new".
func summary(c Changes) []string {
	lines := []string{}
	for _, list := range [][]Change{c.Created, c.Modified, c.Deleted} {
		for i := range list {
			change := &list[i]
			line := string(change.Type) + " " + string(change.Path)
			if change.IsDir() {
				line += "/"
			}
			if change.Mode&fs.ModeSymlink != 0 {
				line += " link"
			}
			content, err := change.Content()
			old, errOld := change.OldContent()
			switch {
			case err != nil || errOld != nil:
				line += " unreadable"
			case change.Target != "":
				line += " >" + change.Target
			case content != nil || old != nil:
				line += " " + string(old) + ">" + string(content)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

func TestChanges(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(x *vfstest.Tree)
		want []string
	}{
		{"nothing", func(*vfstest.Tree) {}, []string{}},
		{"create", func(x *vfstest.Tree) { x.Write("d/new", "text") }, []string{"create /d/new >text"}},
		{"create empty", func(x *vfstest.Tree) { x.Write("new", "") }, []string{"create /new >"}},
		{"modify", func(x *vfstest.Tree) { x.Write("d/a", "new") }, []string{"modify /d/a old>new"}},
		{"empty", func(x *vfstest.Tree) { x.Write("d/a", "") }, []string{"modify /d/a old>"}},
		{"same bytes", func(x *vfstest.Tree) { x.Write("d/a", "old") }, []string{}},
		{"same bytes in place", func(x *vfstest.Tree) {
			_, errno := x.Open("d/a", readWrite).WriteAt([]byte("ld"), 1)
			x.OK(errno)
		}, []string{}},
		{"times", func(x *vfstest.Tree) {
			x.OK(x.Root.SetTimesAt("d/a", true, fsapi.Times{SetModify: true, Modify: 1}))
		}, []string{}},
		{"delete", func(x *vfstest.Tree) { x.OK(x.Root.UnlinkAt("d/a")) }, []string{"delete /d/a old>"}},
		{"create and delete", func(x *vfstest.Tree) {
			x.Write("new", "text")
			x.OK(x.Root.UnlinkAt("new"))
		}, []string{}},
		{"delete and create the same", func(x *vfstest.Tree) {
			x.OK(x.Root.UnlinkAt("d/a"))
			x.Write("d/a", "old")
		}, []string{}},
		{"delete and create", func(x *vfstest.Tree) {
			x.OK(x.Root.UnlinkAt("d/a"))
			x.Write("d/a", "new")
		}, []string{"modify /d/a old>new"}},
		{"rename", func(x *vfstest.Tree) { x.OK(x.Root.RenameAt("d/a", x.Root, "b")) },
			[]string{"create /b >old", "delete /d/a old>"}},
		{"rename directory", func(x *vfstest.Tree) { x.OK(x.Root.RenameAt("d", x.Root, "e")) },
			[]string{"create /e/", "create /e/a >old", "delete /d/", "delete /d/a old>"}},
		{"rename there and back", func(x *vfstest.Tree) {
			x.OK(x.Root.RenameAt("d", x.Root, "e"))
			x.OK(x.Root.RenameAt("e", x.Root, "d"))
		}, []string{}},
		{"directories", func(x *vfstest.Tree) {
			x.Mkdir("n", "n/m")
			x.OK(x.Root.RemoveDirectoryAt("empty"))
		}, []string{"create /n/", "create /n/m/", "delete /empty/"}},
		{"file becomes directory", func(x *vfstest.Tree) {
			x.OK(x.Root.UnlinkAt("d/a"))
			x.Mkdir("d/a")
		}, []string{"create /d/a/", "delete /d/a old>"}},
		{"directory becomes file", func(x *vfstest.Tree) {
			x.OK(x.Root.RemoveDirectoryAt("empty"))
			x.Write("empty", "text")
		}, []string{"create /empty >text", "delete /empty/"}},
		{"link", func(x *vfstest.Tree) { x.Symlink("d/a", "l") }, []string{"create /l link >d/a"}},
		{"file becomes link", func(x *vfstest.Tree) {
			x.OK(x.Root.UnlinkAt("d/a"))
			x.Symlink("b", "d/a")
		}, []string{"create /d/a link >b", "delete /d/a old>"}},
		{"unlinked but open", func(x *vfstest.Tree) {
			x.Open("new", readWrite|fsapi.OpenCreate)
			x.OK(x.Root.UnlinkAt("new"))
		}, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files, x := newTree(t, Options{
				Files: map[Path][]byte{"/d/a": []byte("old")}, Directories: []Path{"/empty"},
			})
			c.do(x)
			got := summary(files.Changes())
			require.Equal(t, c.want, got)
			require.Equal(t, got, summary(files.Changes()), "asking changes nothing")
		})
	}
}

func TestChangesAreSortedAndComplete(t *testing.T) {
	files, x := newTree(t, Options{})
	for _, name := range []string{"z", "a", "m", "B"} {
		x.Write(name, "text of "+name)
	}
	changes := files.Changes()
	var paths []string
	for _, change := range changes.Created {
		paths = append(paths, string(change.Path))
		content, err := change.Content()
		require.NoError(t, err)
		require.EqualValues(t, len(content), change.Size)
		require.False(t, change.ModTime.IsZero())
	}
	require.Equal(t, []string{"/B", "/a", "/m", "/z"}, paths)
	require.False(t, changes.Incomplete)
}

func TestChangesStayAsTheyWere(t *testing.T) {
	files, x := newTree(t, Options{})
	file := x.Open("a", readWrite|fsapi.OpenCreate)
	_, errno := file.WriteAt([]byte("first"), 0)
	x.OK(errno)
	used := files.Used()
	before := files.Changes()
	_, errno = file.WriteAt([]byte("SECOND"), 0)
	x.OK(errno)
	content, err := before.Created[0].Content()
	require.NoError(t, err)
	require.Equal(t, "first", string(content))
	content, err = files.Changes().Created[0].Content()
	require.NoError(t, err)
	require.Equal(t, "SECOND", string(content))
	require.Equal(t, used+1, files.Used())
}

func TestChangesOfADeepTreeAreBounded(t *testing.T) {
	files, x := newTree(t, Options{Bytes: 16 << 20})
	directory := x.OpenDir(".")
	name := strings.Repeat("d", 200)
	for range 1000 {
		require.Equal(t, fsapi.ESUCCESS, directory.MkdirAt(name))
		next, _, errno := directory.OpenAt(name, fsapi.OpenRead|fsapi.OpenDirectory)
		require.Equal(t, fsapi.ESUCCESS, errno)
		directory.Close()
		directory = next
	}
	directory.Close()
	changes := files.Changes()
	require.True(t, changes.Incomplete)
	require.Len(t, changes.Created, fsapi.PathMax/201)
}
