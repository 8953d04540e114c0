package sync

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/vfs"
)

// long ago, so that a time that was not put back differs.
var longAgo = time.Date(2020, 1, 2, 3, 4, 5, 678_000_000, time.UTC)

// makeFolder fills a folder: names that end in "/" are directories, " -> " in a name
// makes a symbolic link.
func makeFolder(t testing.TB, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		link, target, isLink := strings.Cut(name, " -> ")
		path := filepath.Join(folder, link)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		switch {
		case isLink:
			require.NoError(t, os.Symlink(target, path))
		case strings.HasSuffix(name, "/"):
			require.NoError(t, os.MkdirAll(path, 0o755))
		default:
			require.NoError(t, os.WriteFile(path, []byte(content), 0o640))
		}
	}
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type()&fs.ModeSymlink == 0 {
			err = os.Chtimes(path, longAgo, longAgo)
		}
		return err
	}))
	return folder
}

// state is all that can be seen of a path.
type state struct {
	mode    fs.FileMode
	modTime time.Time
	content string
}

// look reads a whole folder.
func look(t testing.TB, folder string) map[string]state {
	t.Helper()
	all := map[string]state{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		one := state{mode: info.Mode(), modTime: info.ModTime()}
		switch {
		case info.Mode().IsRegular():
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			one.content = string(content)
		case info.Mode()&fs.ModeSymlink != 0:
			one.modTime = time.Time{}
			if one.content, err = os.Readlink(path); err != nil {
				return err
			}
		}
		relative, err := filepath.Rel(folder, path)
		all[filepath.ToSlash(relative)] = one
		return err
	}))
	return all
}

// contents is look without modes and times.
func contents(t testing.TB, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for path, one := range look(t, folder) {
		switch {
		case one.mode.IsDir():
			if path != "." {
				all[path+"/"] = ""
			}
		case one.mode&fs.ModeSymlink != 0:
			all[path+" -> "+one.content] = ""
		default:
			all[path] = one.content
		}
	}
	return all
}

func bytesOf(content string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }
}

func create(path, content string) Change {
	return Change{Type: vfs.Create, Path: vfs.Path(path), Mode: 0o644, ModTime: longAgo.Add(time.Hour), Open: bytesOf(content)}
}

func makeDir(path string) Change {
	return Change{Type: vfs.Create, Path: vfs.Path(path), Mode: fs.ModeDir}
}

func makeLink(path, target string) Change {
	return Change{Type: vfs.Create, Path: vfs.Path(path), Mode: fs.ModeSymlink, Target: target}
}

// base is what makeFolder made.
func base(content string) *Base {
	hash := func() ([sha256.Size]byte, bool) { return sha256.Sum256([]byte(content)), true }
	return &Base{Size: int64(len(content)), ModTime: longAgo, Hash: hash}
}

func modify(path, old, content string) Change {
	c := create(path, content)
	c.Type, c.Base = vfs.Modify, base(old)
	return c
}

func remove(path, old string) Change {
	return Change{Type: vfs.Delete, Path: vfs.Path(path), Base: base(old)}
}

func removeDir(path string) Change {
	return Change{Type: vfs.Delete, Path: vfs.Path(path), Mode: fs.ModeDir}
}

func apply(t testing.TB, folder string, options Options, changes ...Change) (*Result, error) {
	t.Helper()
	return Apply(context.Background(), []Folder{{Path: "/data", HostPath: folder}}, changes, options)
}

var policies = map[string]ErrorPolicy{"rollback": Rollback, "continue": Continue, "abort": Abort}

func TestApply(t *testing.T) {
	for _, test := range []struct {
		name    string
		before  map[string]string
		changes []Change
		after   map[string]string
	}{
		{"nothing", map[string]string{"a": "1"}, nil, map[string]string{"a": "1"}},
		{"create", nil, []Change{create("/data/a", "1")}, map[string]string{"a": "1"}},
		{"create an empty file", nil, []Change{create("/data/a", "")}, map[string]string{"a": ""}},
		{"create in new directories, in any order", nil,
			[]Change{create("/data/d/e/a", "1"), makeDir("/data/d/e"), create("/data/d/b", "2"), makeDir("/data/d")},
			map[string]string{"d/": "", "d/e/": "", "d/e/a": "1", "d/b": "2"}},
		{"modify", map[string]string{"a": "1", "b": "2"}, []Change{modify("/data/a", "1", "one")}, map[string]string{"a": "one", "b": "2"}},
		{"delete", map[string]string{"a": "1", "b": "2"}, []Change{remove("/data/a", "1")}, map[string]string{"b": "2"}},
		{"delete a tree", map[string]string{"d/e/a": "1", "d/b": "2", "c": "3"},
			[]Change{removeDir("/data/d"), remove("/data/d/b", "2"), removeDir("/data/d/e"), remove("/data/d/e/a", "1")},
			map[string]string{"c": "3"}},
		{"rename", map[string]string{"a": "1"}, []Change{remove("/data/a", "1"), create("/data/b", "1")}, map[string]string{"b": "1"}},
		{"a file becomes a directory", map[string]string{"a": "1"},
			[]Change{create("/data/a/b", "2"), makeDir("/data/a"), remove("/data/a", "1")}, map[string]string{"a/": "", "a/b": "2"}},
		{"a directory becomes a file", map[string]string{"a/b/c": "1", "a/d": "2"},
			[]Change{create("/data/a", "3"), remove("/data/a/b/c", "1"), remove("/data/a/d", "2"), removeDir("/data/a/b"), removeDir("/data/a")},
			map[string]string{"a": "3"}},
		{"swap a file and a directory", map[string]string{"a": "1", "b/c": "2"},
			[]Change{remove("/data/a", "1"), makeDir("/data/a"), create("/data/a/c", "2"), remove("/data/b/c", "2"), removeDir("/data/b"), create("/data/b", "1")},
			map[string]string{"a/": "", "a/c": "2", "b": "1"}},
		{"a symbolic link", map[string]string{"d/": ""}, []Change{makeLink("/data/l", "d/a"), makeLink("/data/d/m", "../x")},
			map[string]string{"d/": "", "l -> d/a": "", "d/m -> ../x": ""}},
		{"an absolute link into the mount", map[string]string{"d/e/": ""}, []Change{makeLink("/data/d/e/l", "/data/x/y")},
			map[string]string{"d/": "", "d/e/": "", "d/e/l -> ../../x/y": ""}},
		{"delete a link", map[string]string{"l -> /etc": ""}, []Change{{Type: vfs.Delete, Path: "/data/l", Mode: fs.ModeSymlink}}, nil},
		{"what is as wanted already", map[string]string{"d/": ""}, []Change{makeDir("/data/d"), remove("/data/gone", "x"), removeDir("/data/e"), remove("/data/e/f", "x")},
			map[string]string{"d/": ""}},
	} {
		for name, policy := range policies {
			t.Run(test.name+"/"+name, func(t *testing.T) {
				folder := makeFolder(t, test.before)
				result, err := apply(t, folder, Options{OnError: policy, Durable: name == "abort"}, test.changes...)
				require.NoError(t, err)
				require.Empty(t, result.Failed)
				require.Empty(t, result.Conflicts)
				require.Empty(t, result.Skipped)
				require.Len(t, result.Synced, len(test.changes))
				if test.after == nil {
					test.after = map[string]string{}
				}
				require.Equal(t, test.after, contents(t, folder))
			})
		}
	}
}

func TestModesAndTimes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("mode bits mean nothing here")
	}
	folder := makeFolder(t, map[string]string{"old": "1"})
	require.NoError(t, os.Chmod(filepath.Join(folder, "old"), 0o751))
	_, err := apply(t, folder, Options{}, modify("/data/old", "1", "2"), create("/data/new", "3"))
	require.NoError(t, err)
	now := look(t, folder)
	require.Equal(t, fs.FileMode(0o751), now["old"].mode)
	require.True(t, longAgo.Add(time.Hour).Equal(now["old"].modTime))
	require.True(t, longAgo.Add(time.Hour).Equal(now["new"].modTime))
	probe, err := os.OpenFile(filepath.Join(t.TempDir(), "probe"), os.O_CREATE, 0o666)
	require.NoError(t, err)
	info, err := probe.Stat()
	require.NoError(t, errors.Join(err, probe.Close()))
	require.Equal(t, info.Mode(), now["new"].mode, "as any program's new file")
}

// TestLeftOut: what may not be done is skipped with a reason, or fails the batch, and
// nothing outside is touched.
func TestLeftOut(t *testing.T) {
	rules := perm.Permissions{
		Default: new(perm.All),
		Rules:   []perm.Rule{{Pattern: "ro/**", Deny: perm.Create | perm.Modify | perm.Delete}},
		Exclude: []string{".git"},
	}
	policy, err := rules.Compile("/data")
	require.NoError(t, err)
	outside := makeFolder(t, map[string]string{"secret": "s"})
	for _, test := range []struct {
		name   string
		change Change
		skip   string // else it fails
		fail   string
	}{
		{"create by the rules", create("/data/ro/new", ""), `denied by rule "ro/**"`, ""},
		{"modify by the rules", modify("/data/ro/a", "1", "2"), `denied by rule "ro/**"`, ""},
		{"delete by the rules", remove("/data/ro/a", "1"), `denied by rule "ro/**"`, ""},
		{"excluded", create("/data/.git/config", ""), `denied by exclude ".git"`, ""},
		{"under no mount", create("/tmp/a", ""), "under no mount", ""},
		{"a neighbor", create("/database", ""), "under no mount", ""},
		{"the mount point", removeDir("/data"), "the mount point itself", ""},
		{"a link that leads out", makeLink("/data/l", "../x"), "leads out", ""},
		{"a link that leads out deeper", makeLink("/data/d/l", "../../x"), "leads out", ""},
		{"a link over a link", makeLink("/data/l", "d/link/../../x"), "leads out", ""},
		{"a link to the outside", makeLink("/data/l", "/etc/passwd"), "leads out", ""},
		{"a link to the neighbor", makeLink("/data/l", "/database/x"), "leads out", ""},
		{"a directory with something in it", removeDir("/data/full"), `not empty on the host: it has "file"`, ""},
		{"dots", create("/data/../etc/x", ""), "", "not a clean absolute path"},
		{"relative", create("data/x", ""), "", "not a clean absolute path"},
		{"NUL", create("/data/a\x00b", ""), "", ""},
		{"a name too long", create("/data/"+strings.Repeat("x", 300), ""), "", ""},
		{"a name of ours", create("/data/d/.funcbox-sync-1", ""), "", "only batches use"},
		{"through a link out", create("/data/link/x", ""), "", "symbolic link is in the way"},
		{"through a link inside", create("/data/inner/x", ""), "", "symbolic link is in the way"},
		{"through a file", create("/data/file/x", ""), "", "not a directory"},
		{"where no directory is", create("/data/none/x", ""), "", "no such file"},
		{"no type", Change{Type: "move", Path: "/data/x"}, "", "no type of change"},
		{"a device", Change{Type: vfs.Create, Path: "/data/x", Mode: fs.ModeDevice}, "", "is not possible"},
		{"modify a directory", Change{Type: vfs.Modify, Path: "/data/d", Mode: fs.ModeDir}, "", "only regular files"},
		{"no contents", Change{Type: vfs.Create, Path: "/data/x"}, "", "no contents"},
		{"contents that fail", Change{Type: vfs.Create, Path: "/data/x", Open: func() (io.ReadCloser, error) { return nil, errors.New("gone") }}, "", "gone"},
		{"contents that panic", Change{Type: vfs.Create, Path: "/data/x", Open: func() (io.ReadCloser, error) { panic("oh") }}, "", "panic: oh"},
	} {
		for name, onError := range policies {
			t.Run(test.name+"/"+name, func(t *testing.T) {
				folder := makeFolder(t, map[string]string{
					"ro/a": "1", "d/": "", "full/file": "", "file": "f", "link -> " + outside: "", "inner -> d": "",
				})
				before, beyond := look(t, folder), look(t, outside)
				result, err := Apply(context.Background(), []Folder{{Path: "/data", HostPath: folder, Policy: policy}},
					[]Change{test.change, create("/data/zz", "last")}, Options{OnError: onError})
				require.Equal(t, beyond, look(t, outside))
				after := look(t, folder)
				if test.skip != "" {
					require.NoError(t, err)
					require.Len(t, result.Skipped, 1)
					require.Equal(t, test.change.Path, result.Skipped[0].Path)
					require.Contains(t, result.Skipped[0].Reason, test.skip)
					require.Equal(t, []vfs.Path{"/data/zz"}, result.Synced)
					require.Equal(t, "last", after["zz"].content)
					return
				}
				require.NotEmpty(t, result.Failed)
				require.Equal(t, test.change.Path, result.Failed[0].Path)
				require.ErrorContains(t, result.Failed[0].Err, test.fail)
				if slices.Contains([]string{"through a link out", "through a link inside", "through a file", "where no directory is"}, test.name) {
					planned, err := Apply(context.Background(), []Folder{{Path: "/data", HostPath: makeFolder(t, map[string]string{
						"file": "", "link -> " + outside: "", "inner -> d": "", "d/": "",
					})}}, []Change{test.change}, Options{OnError: onError, DryRun: true})
					require.NoError(t, err)
					require.Empty(t, planned.Synced)
					require.Len(t, planned.Failed, 1, "a dry run knows, too")
				}
				switch onError {
				case Rollback:
					require.ErrorIs(t, err, ErrRolledBack)
					require.Equal(t, before, after)
				case Abort:
					require.ErrorIs(t, err, ErrAborted)
				case Continue:
					require.NoError(t, err)
					require.Equal(t, "last", after["zz"].content)
					delete(after, "zz")
					before["."], after["."] = state{}, state{}
					require.Equal(t, before, after)
				}
			})
		}
	}
}

func TestConflicts(t *testing.T) {
	touch := func(path string) error { return os.Chtimes(path, longAgo, longAgo.Add(time.Minute)) }
	write := func(content string) func(string) error {
		return func(path string) error { return os.WriteFile(path, []byte(content), 0o600) }
	}
	withoutHash := modify("/data/a", "old", "new")
	withoutHash.Base.Hash = nil
	for _, test := range []struct {
		name      string
		change    Change
		meanwhile func(path string) error
		conflict  string // "": none
		never     bool   // not even with Overwrite
	}{
		{"modify what is as it was", modify("/data/a", "old", "new"), nil, "", false},
		{"modify what was touched", modify("/data/a", "old", "new"), touch, "", false},
		{"modify what was touched, without a hash", withoutHash, touch, "its time is another", false},
		{"modify what has the same size", modify("/data/a", "old", "new"), write("odd"), "its contents are others", false},
		{"modify what has another size", modify("/data/a", "old", "new"), write("longer"), "its size is another", false},
		{"modify what was deleted", modify("/data/a", "old", "new"), os.Remove, "it was deleted", true},
		{"modify what became a directory", modify("/data/a", "old", "new"), func(path string) error {
			return errors.Join(os.Remove(path), os.Mkdir(path, 0o700))
		}, "it is a directory now", true},
		{"modify what became a link", modify("/data/a", "old", "new"), func(path string) error {
			return errors.Join(os.Rename(path, path+"2"), os.Symlink("a2", path))
		}, "it is a symbolic link now", true},
		{"modify without a base", Change{Type: vfs.Modify, Path: "/data/a", Open: bytesOf("new")}, nil, "not known what it was", false},
		{"delete what was written", remove("/data/a", "old"), write("odd"), "its contents are others", false},
		{"delete what is gone", remove("/data/a", "old"), os.Remove, "", false},
		{"create what is there", create("/data/a", "new"), nil, "it was created", false},
		{"create where a directory is", create("/data/d", "new"), nil, "it is a directory now", true},
		{"create where a link is", create("/data/a", "new"), func(path string) error {
			return errors.Join(os.Rename(path, path+"2"), os.Symlink("a2", path))
		}, "it is a symbolic link now", false},
		{"make a directory where a file is", makeDir("/data/a"), nil, "it is a file now", true},
	} {
		for name, policy := range policies {
			t.Run(test.name+"/"+name, func(t *testing.T) {
				for _, overwrite := range []bool{false, true} {
					folder := makeFolder(t, map[string]string{"a": "old", "d/": ""})
					if test.meanwhile != nil {
						require.NoError(t, test.meanwhile(filepath.Join(folder, "a")))
					}
					before := look(t, folder)
					result, err := apply(t, folder, Options{OnError: policy, Overwrite: overwrite}, create("/data/0", ""), test.change)
					if test.conflict == "" || overwrite && !test.never {
						require.NoError(t, err)
						require.Empty(t, result.Conflicts)
						require.Len(t, result.Synced, 2)
						if test.change.Type != vfs.Delete {
							require.Equal(t, "new", look(t, folder)[test.change.Path.Base()].content)
						}
						continue
					}
					require.Len(t, result.Conflicts, 1)
					require.Equal(t, test.change.Path, result.Conflicts[0].Path)
					require.Contains(t, result.Conflicts[0].Reason, test.conflict)
					after := look(t, folder)
					if policy == Rollback {
						require.ErrorIs(t, err, ErrRolledBack)
						require.ErrorIs(t, err, ErrConflict)
						require.Equal(t, before, after)
						continue
					}
					require.Equal(t, policy == Continue, err == nil, "%v", err)
					require.Equal(t, before[test.change.Path.Base()], after[test.change.Path.Base()])
				}
			})
		}
	}
}

// TestOverwriteLink: a file in place of a symbolic link is as any new file, and what
// the link led to stays.
func TestOverwriteLink(t *testing.T) {
	folder := makeFolder(t, map[string]string{"a -> b": "", "b": "old"})
	before := look(t, folder)
	_, err := apply(t, folder, Options{Overwrite: true}, create("/data/a", "new"), create("/data/c", "new"))
	require.NoError(t, err)
	after := look(t, folder)
	require.Equal(t, after["c"], after["a"])
	require.Equal(t, before["b"], after["b"])
}

// TestMoved: contents that are read from the host when it is their turn are not
// lost to the batch itself.
func TestMoved(t *testing.T) {
	for name, policy := range policies {
		t.Run(name, func(t *testing.T) {
			folder := makeFolder(t, map[string]string{"a": "1", "b": "2", "c": "3", "d/e": "4"})
			from := func(change Change, source string) Change {
				change.Source = vfs.Path("/data/" + source)
				change.Open = func() (io.ReadCloser, error) { return os.Open(filepath.Join(folder, source)) }
				return change
			}
			result, err := apply(t, folder, Options{OnError: policy},
				from(modify("/data/a", "1", ""), "b"), from(modify("/data/b", "2", ""), "a"), // swapped
				from(create("/data/moved", ""), "c"), makeDir("/data/c"), remove("/data/c", "3"), // with something else in its place
				from(create("/data/d2", ""), "d/e"), remove("/data/d/e", "4"), removeDir("/data/d"), // simply moved
			)
			require.NoError(t, err)
			require.Empty(t, result.Failed)
			require.Equal(t, map[string]string{"a": "2", "b": "1", "moved": "3", "c/": "", "d2": "4"}, contents(t, folder))
		})
	}
}

// TestMovedAndLost: contents that cannot be set aside.
func TestMovedAndLost(t *testing.T) {
	for name, policy := range policies {
		t.Run(name, func(t *testing.T) {
			folder := makeFolder(t, map[string]string{"a": "1", "b": "2"})
			lost := modify("/data/a", "1", "")
			lost.Source = "/data/b"
			lost.Open = func() (io.ReadCloser, error) { return nil, errors.New("gone") }
			result, err := apply(t, folder, Options{OnError: policy}, lost, modify("/data/b", "2", "two"))
			require.Len(t, result.Failed, 1)
			require.Equal(t, vfs.Path("/data/a"), result.Failed[0].Path)
			if policy == Continue {
				require.NoError(t, err)
				require.Equal(t, map[string]string{"a": "1", "b": "two"}, contents(t, folder))
				return
			}
			require.ErrorContains(t, err, "gone")
			require.Equal(t, map[string]string{"a": "1", "b": "2"}, contents(t, folder))
		})
	}
}
