package vfs

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// apply brings changes to a host, as a sync does, and returns their paths.
func (h *host) apply(t *testing.T, changes Changes) []Path {
	t.Helper()
	var paths []Path
	name := func(c *Change) string { return strings.TrimPrefix(string(c.Path), "/data/") }
	type write struct{ name, content string }
	var writes []write
	for _, list := range [][]Change{changes.Created, changes.Modified} {
		for i := range list {
			c := &list[i]
			if !c.Path.Within("/data") {
				continue
			}
			paths = append(paths, c.Path)
			switch {
			case c.IsDir():
				writes = append(writes, write{name(c) + "/", ""})
			case c.Target != "":
				writes = append(writes, write{name(c) + " -> " + c.Target, ""})
			default:
				file, err := c.Open()
				require.NoError(t, err)
				content, err := io.ReadAll(file)
				require.NoError(t, err)
				require.NoError(t, file.Close())
				writes = append(writes, write{name(c), string(content)})
			}
		}
	}
	for i := range changes.Deleted {
		if c := &changes.Deleted[i]; c.Path.Within("/data") {
			paths = append(paths, c.Path)
			h.remove(name(c))
		}
	}
	for _, one := range writes {
		h.put(one.name, one.content)
	}
	return paths
}

func TestSynced(t *testing.T) {
	h := busyHost()
	files, x := mounted(t, h, nil)
	x.Write("tmp/own", "own")
	x.Write("data/a", "changed a")
	x.Unlink("data/d/c")
	x.Mkdir("data/new", "data/new/er")
	x.Write("data/new/er/file", "made")
	x.Symlink("a", "data/link")
	x.Rename("data/d/e", "data/e") // a folder, in part not even looked at
	x.Rename("data/lazy", "data/e/lazy")
	x.Unlink("data/seen")
	x.Mkdir("data/seen")
	before := (&fuzzer{T: t, files: files}).contents()
	open := x.Open("data/a", fsapi.OpenRead|fsapi.OpenWrite)
	files.Synced(h.apply(t, files.Changes()))

	require.Equal(t, []string{"create /tmp/own >own"}, summary(files.Changes()))
	require.Equal(t, before, (&fuzzer{T: t, files: files}).contents())
	require.Equal(t, []string{"create /tmp/own >own"}, summary(files.Changes()))
	require.EqualValues(t, nodeCost+len("own")*2, files.Used())
	require.Equal(t, "changed a", x.Contents(open))

	// What happens now is told relative to that.
	x.WriteAt(open, "again", 0)
	x.OK(open.Close())
	x.Unlink("data/new/er/file")
	x.Rename("data/e", "data/d/e")
	require.Equal(t, []string{
		"create /data/d/e/", "create /data/d/e/f >f", "create /data/d/e/g/", "create /data/d/e/g/h >h", "create /data/d/e/lazy >lazy",
		"create /tmp/own >own", "modify /data/a changed a>agained a",
		"delete /data/e/", "delete /data/e/f f>", "delete /data/e/g/", "delete /data/e/g/h h>", "delete /data/e/lazy lazy>",
		"delete /data/new/er/file made>",
	}, summary(files.Changes()))
	files.Synced(h.apply(t, files.Changes()))
	require.Equal(t, []string{"create /tmp/own >own"}, summary(files.Changes()))
	x.Has("data/d/e/g/h", "h")
	x.Has("data/a", "agained a")
	require.Equal(t, (&fuzzer{T: t, files: files}).charged("/", files.root), files.used)

	h.put("a", "the host's") // and a guest sees what comes after
	h.put("d/e/more", "more")
	files.Refresh()
	x.Has("data/a", "the host's")
	x.Has("data/d/e/more", "more")
}

// A sync that was done in part: the rest stays a change.
func TestSyncedInPart(t *testing.T) {
	h := newHost(map[string]string{"a": "a", "b": "b", "d/c": "c", "d/e": "e"})
	files, x := mounted(t, h, nil)
	x.Write("data/a", "A")
	x.Write("data/b", "B")
	x.Unlink("data/d/c", "data/d/e")
	x.OK(x.Root.RemoveDirectoryAt("data/d"))
	files.Changes()
	h.put("a", "A")
	h.remove("d/c")
	files.Synced([]Path{"/data/a", "/data/d/c", "/data/none", "/nowhere/else", "/", "/data"})
	require.Equal(t, []string{"modify /data/b b>B", "delete /data/d/", "delete /data/d/e e>"}, summary(files.Changes()))

	// What the guest wrote after the changes were told stays a change.
	changes := files.Changes()
	file := x.Open("data/b", fsapi.OpenWrite)
	x.Append(file, "!")
	x.OK(file.Close())
	h.put("b", "B")
	files.Synced([]Path{changes.Modified[0].Path})
	require.Equal(t, []string{"modify /data/b B>B!", "delete /data/d/", "delete /data/d/e e>"}, summary(files.Changes()))
	require.Equal(t, (&fuzzer{T: t, files: files}).charged("/", files.root), files.used)

	// A file that was deleted and is there again is seen.
	x.Unlink("data/a")
	h.put("a", "came back")
	files.Synced([]Path{"/data/a"})
	x.Has("data/a", "came back")

	// What somebody has put in the place of what was written is not the guest's.
	x.Write("data/new", "new")
	files.Changes()
	h.put("new/file", "")
	files.Synced([]Path{"/data/new"})
	require.Contains(t, summary(files.Changes()), "delete /data/new/")
}

// Policies hold for what was synced as for the rest.
func TestSyncedWithPolicy(t *testing.T) {
	h := newHost(map[string]string{"a": "a"})
	files, x := mounted(t, h, func(f *Folder) {
		f.Policy = rules(t, perm.Permissions{Default: operations(perm.All), Rules: []perm.Rule{{Pattern: "secret/**", Deny: perm.Read}}})
	})
	x.Mkdir("data/secret")
	file := x.Open("data/secret/s", fsapi.OpenWrite|fsapi.OpenCreate)
	x.Append(file, "text")
	x.OK(file.Close())
	files.Synced(h.apply(t, files.Changes()))
	require.Empty(t, summary(files.Changes()))
	x.OpenFails(fsapi.EACCES, "data/secret/s", fsapi.OpenRead)
	x.Is(fsapi.EACCES, x.Root.RenameAt("data/secret/s", x.Root, "data/open"))
}
