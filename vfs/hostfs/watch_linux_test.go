package hostfs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/vfs/vfstest"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// session is a tree over a folder of the host that others change.
type session struct {
	*vfstest.Tree
	folder string
	files  *vfs.FS
}

func newSession(t *testing.T, watch bool) *session {
	t.Helper()
	s := &session{folder: t.TempDir()}
	for name, content := range map[string]string{"a": "a", "b": "b", "d/c": "c", "d/e/f": "f", "g/h/i": "i"} {
		s.put(t, name, content)
	}
	source, err := Open(s.folder)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, source.Close()) })
	s.files, err = vfs.New(vfs.Options{
		Watch: watch, Folders: []vfs.Folder{{Path: "/data", Source: source, HostPath: s.folder, Follow: vfs.FollowRestricted}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.files.Close()) })
	s.Tree = vfstest.NewTree(t, s.files)
	return s
}

// put replaces a file, as a program that renames over it does.
func (s *session) put(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(s.folder, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path+".tmp", []byte(content), 0o644))
	require.NoError(t, os.Rename(path+".tmp", path))
}

// write writes to a file in place.
func (s *session) write(t *testing.T, name, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(s.folder, name), []byte(content), 0o644))
}

func (s *session) conflict(t *testing.T, path string) bool {
	t.Helper()
	changes := s.files.Changes()
	for _, list := range [][]vfs.Change{changes.Modified, changes.Deleted} {
		for _, change := range list {
			if string(change.Path) != path {
				continue
			}
			info, err := os.Stat(change.HostPath)
			return err != nil || info.Size() != change.Baseline.Entry.Size || !info.ModTime().Equal(change.Baseline.Entry.ModTime)
		}
	}
	require.Fail(t, "no change", path)
	return false
}

// outsideCases change the folder under a tree that has looked at all of it.
var outsideCases = map[string]func(t *testing.T, s *session){
	"nothing": func(t *testing.T, s *session) {
		s.files.Refresh()
		s.Has("data/a", "a")
		require.ElementsMatch(t, []string{"a", "b", "d", "g"}, s.Names("data"))
	},
	"a file is written": func(_ *testing.T, s *session) {
		s.write(s.T, "a", "A")
		s.write(s.T, "d/e/f", "longer")
		s.files.Refresh()
		s.Has("data/a", "A")
		s.Has("data/d/e/f", "longer")
		require.EqualValues(s.T, 6, s.Stat("data/d/e/f").Size)
	},
	"a file is replaced": func(t *testing.T, s *session) {
		s.put(t, "d/c", "C2")
		s.files.Refresh()
		require.EqualValues(t, 2, s.Stat("data/d/c").Size)
		s.Has("data/d/c", "C2")
	},
	"a file comes and one goes": func(t *testing.T, s *session) {
		s.put(t, "d/new", "new")
		require.NoError(t, os.Remove(filepath.Join(s.folder, "d/c")))
		s.files.Refresh()
		require.ElementsMatch(t, []string{"e", "new"}, s.Names("data/d"))
		s.Missing("data/d/c")
		s.Has("data/d/new", "new")
	},
	"folders come": func(t *testing.T, s *session) {
		s.put(t, "x/y/z", "z")
		s.files.Refresh()
		s.Has("data/x/y/z", "z")
		s.put(t, "x/y/z", "Z")
		s.files.Refresh()
		s.Has("data/x/y/z", "Z")
	},
	"a folder is removed": func(t *testing.T, s *session) {
		require.NoError(t, os.RemoveAll(filepath.Join(s.folder, "d")))
		s.files.Refresh()
		s.Missing("data/d")
		require.ElementsMatch(t, []string{"a", "b", "g"}, s.Names("data"))
		s.put(t, "d/other", "other")
		s.files.Refresh()
		require.Equal(t, []string{"other"}, s.Names("data/d"))
		s.write(t, "d/other", "again")
		s.files.Refresh()
		s.Has("data/d/other", "again")
	},
	"a folder is renamed": func(t *testing.T, s *session) {
		require.NoError(t, os.Rename(filepath.Join(s.folder, "d"), filepath.Join(s.folder, "renamed")))
		s.files.Refresh()
		s.Missing("data/d")
		s.Has("data/renamed/e/f", "f")
		s.write(t, "renamed/e/f", "changed after")
		s.files.Refresh()
		s.Has("data/renamed/e/f", "changed after")
	},
	"folders change places": func(t *testing.T, s *session) {
		at := func(name string) string { return filepath.Join(s.folder, name) }
		s.put(t, "g/c", "from g")
		s.files.Refresh()
		s.Has("data/g/c", "from g")
		require.NoError(t, os.Rename(at("d"), at("tmp")))
		require.NoError(t, os.Rename(at("g"), at("d")))
		require.NoError(t, os.Rename(at("tmp"), at("g")))
		s.files.Refresh()
		s.Has("data/d/c", "from g")
		s.Has("data/g/c", "c")
		s.write(t, "d/h/i", "deep")
		s.files.Refresh()
		s.Has("data/d/h/i", "deep")
	},
	"a file becomes a folder": func(t *testing.T, s *session) {
		require.NoError(t, os.Remove(filepath.Join(s.folder, "a")))
		s.put(t, "a/inside", "inside")
		s.files.Refresh()
		s.Has("data/a/inside", "inside")
	},
	"what the guest wrote stays, and is a conflict": func(t *testing.T, s *session) {
		s.Write("data/a", "guest")
		s.write(t, "a", "host's")
		s.write(t, "b", "seen")
		s.files.Refresh()
		s.Has("data/a", "guest")
		s.Has("data/b", "seen")
		require.True(t, s.conflict(t, "/data/a"))
	},
	"what the guest removed stays away": func(t *testing.T, s *session) {
		s.Unlink("data/a", "data/b")
		s.write(t, "a", "host's")
		s.files.Refresh()
		s.Missing("data/a")
		require.True(t, s.conflict(t, "/data/a"))
		require.False(t, s.conflict(t, "/data/b"))
	},
	"a folder goes in which the guest changed something": func(t *testing.T, s *session) {
		s.Write("data/d/c", "guest")
		require.NoError(t, os.RemoveAll(filepath.Join(s.folder, "d")))
		s.files.Refresh()
		s.Has("data/d/c", "guest")
		s.Missing("data/d/e")
		require.True(t, s.conflict(t, "/data/d/c"))
	},
	"what the guest made hides what comes": func(t *testing.T, s *session) {
		s.Write("data/new", "guest")
		s.put(t, "new", "host")
		s.files.Refresh()
		s.Has("data/new", "guest")
		require.ElementsMatch(t, []string{"a", "b", "d", "g", "new"}, s.Names("data"))
	},
	"an open file stays until it is closed": func(t *testing.T, s *session) {
		file := s.Open("data/a", fsapi.OpenRead)
		require.Equal(t, "a", s.Contents(file))
		s.put(t, "a", "another")
		s.files.Refresh()
		require.Equal(t, "a", s.Contents(file))
		s.OK(file.Close())
		s.Has("data/a", "another")
	},
	"an open file that goes can be read on": func(t *testing.T, s *session) {
		file := s.Open("data/a", fsapi.OpenRead)
		require.Equal(t, "a", s.Contents(file))
		require.NoError(t, os.Remove(filepath.Join(s.folder, "a")))
		s.files.Refresh()
		s.Missing("data/a")
		require.Equal(t, "a", s.Contents(file))
	},
	"synced, and then changed outside": func(t *testing.T, s *session) {
		s.Write("data/a", "guest")
		s.files.Changes()
		s.put(t, "a", "guest")
		s.files.Synced([]vfs.Path{"/data/a"})
		require.Empty(t, s.files.Changes().Modified)
		s.Has("data/a", "guest")
		s.write(t, "a", "outside")
		s.files.Refresh()
		s.Has("data/a", "outside")
	},
	"a link": func(t *testing.T, s *session) {
		link := filepath.Join(s.folder, "link")
		require.NoError(t, os.Symlink("a", link))
		s.files.Refresh()
		s.Has("data/link", "a")
		require.NoError(t, os.Remove(link))
		require.NoError(t, os.Symlink("b", link))
		s.files.Refresh()
		s.Has("data/link", "b")
	},
}

// readAll looks at everything, so that the tree has something to forget.
func (s *session) readAll() {
	s.T.Helper()
	for _, name := range []string{"a", "b", "d/c", "d/e/f", "g/h/i"} {
		s.Read("data/" + name)
	}
	for _, name := range []string{"", "d", "d/e", "g", "g/h"} {
		s.Names(strings.TrimSuffix("data/"+name, "/"))
	}
}

func TestOutsideChanges(t *testing.T) {
	for name, run := range outsideCases {
		for _, watch := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, watched %v", name, watch), func(t *testing.T) {
				s := newSession(t, watch)
				s.readAll()
				run(t, s)
			})
			t.Run(fmt.Sprintf("%s, untouched, watched %v", name, watch), func(t *testing.T) { run(t, newSession(t, watch)) })
		}
	}
	require.Zero(t, watching.users)
	require.Nil(t, watching.notifier)
}

// Without Refresh a guest sees what happens as it is reported.
func TestOutsideChangesWhileRunning(t *testing.T) {
	s := newSession(t, true)
	s.readAll()
	s.write(t, "d/e/f", "now")
	require.Eventually(t, func() bool { return s.Read("data/d/e/f") == "now" }, 10*time.Second, time.Millisecond)
}

// The folder itself gets another name: nothing can be watched by path then.
func TestFolderRenamed(t *testing.T) {
	s := newSession(t, true)
	s.readAll()
	renamed := s.folder + "-renamed"
	require.NoError(t, os.Rename(s.folder, renamed))
	t.Cleanup(func() { _ = os.RemoveAll(renamed) })
	require.NoError(t, os.MkdirAll(filepath.Join(s.folder, "d"), 0o755))
	s.folder = renamed
	s.files.Refresh()
	s.write(t, "d/c", "written there")
	s.put(t, "d/new", "new")
	s.files.Refresh()
	s.Has("data/d/c", "written there")
	s.Has("data/d/new", "new")
}

// More directories than are watched are compared.
func TestTooManyDirectories(t *testing.T) {
	s := newSession(t, true)
	for i := range maxWatched + 10 {
		require.NoError(t, os.Mkdir(filepath.Join(s.folder, fmt.Sprintf("g/%d", i)), 0o755))
	}
	s.put(t, "g/7/file", "seven")
	for _, name := range s.Names("data/g") {
		s.Names("data/g/" + name)
	}
	s.Has("data/g/7/file", "seven")
	require.Zero(t, watching.users)
	s.write(t, "g/7/file", "seventy")
	s.put(t, "g/8/file", "eight")
	s.files.Refresh()
	s.Has("data/g/7/file", "seventy")
	s.Has("data/g/8/file", "eight")
}

// When the kernel's queue has run over, everything is compared.
func TestLostEvents(t *testing.T) {
	s := newSession(t, true)
	s.readAll()
	watching.notifier.tellAll()
	s.write(t, "a", "A")
	s.files.Refresh()
	s.Has("data/a", "A")
	s.write(t, "d/c", "C") // and everything is still watched
	s.files.Refresh()
	s.Has("data/d/c", "C")
	require.Equal(t, 1, watching.users)
}

// Many sessions over one folder share what watches it.
func TestWatchesAreShared(t *testing.T) {
	s := newSession(t, true)
	source, err := Open(s.folder)
	require.NoError(t, err)
	defer source.Close()
	var all []*session
	for range 300 { // more than a user may have inotify instances
		files, err := vfs.New(vfs.Options{Watch: true, Folders: []vfs.Folder{{Path: "/data", Source: source}}})
		require.NoError(t, err)
		other := &session{Tree: vfstest.NewTree(t, files), folder: s.folder, files: files}
		other.readAll()
		all = append(all, other)
	}
	s.write(t, "d/e/f", "for all")
	for i, other := range all {
		other.files.Refresh()
		other.Has("data/d/e/f", "for all")
		if i%2 == 0 {
			require.NoError(t, other.files.Close())
		}
	}
	s.write(t, "d/e/f", "for the rest")
	for i, other := range all {
		if i%2 == 1 {
			other.files.Refresh()
			other.Has("data/d/e/f", "for the rest")
			require.NoError(t, other.files.Close())
		}
	}
	require.Equal(t, 1, watching.users)
}
