//go:build linux

package hostfs

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

func TestInside(t *testing.T) {
	everySystem(t, func(t *testing.T, system system) {
		for _, c := range []struct{ link, target, inside string }{
			{"l", "file", "file"}, {"l", "./d//file", "d/file"}, {"l", "missing", "missing"}, {"l", "d/", "d"}, {"l", ".", "."},
			{"l", "l", "l"}, {"a/b/l", "file", "a/b/file"}, {"a/b/l", "../file", "a/file"}, {"a/b/l", "../..", "."},
			{"a/b/l", "../../../folder/file", "file"}, {"a/b/l", "../../../folder", "."},
			{"l", "ROOT/file", "file"}, {"l", "ROOT", "."}, {"l", "ROOT/../folder/file", "file"}, {"l", "/..ROOT/file", "file"},
			{"l", "..", ""}, {"l", "../file", ""}, {"a/b/l", "../../../file", ""}, {"l", "/", ""}, {"l", "/etc/passwd", ""},
			{"l", "ROOT2/file", ""}, {"l", "ROOT/../file", ""}, {"l", "../folder2/file", ""}, {"l", "/proc/self/root", ""},
		} {
			root := build(t, c.link+" -> "+c.target)
			entry, err := opened(t, system, root).Lstat(c.link)
			require.NoError(t, err)
			target, err := os.Readlink(filepath.Join(root, c.link))
			require.NoError(t, err)
			require.Equal(t, target, entry.Target)
			require.Equal(t, c.inside, entry.Inside, "%s -> %s", c.link, c.target)
			require.EqualValues(t, len(target), entry.Size)
		}
	})
}

func TestInsideOfRoot(t *testing.T) {
	f := &Folder{real: "/"}
	require.Equal(t, "etc/passwd", f.inside("a/l", "/etc/passwd"))
	require.Equal(t, "etc", f.inside("a/l", "../../../etc"))
	require.Equal(t, ".", f.inside("l", "/"))
	require.Empty(t, f.inside("l", "\xff"))
	require.Empty(t, f.inside("l", ""))
}

func TestTargetNotUTF8(t *testing.T) {
	f := opened(t, platform(), build(t, "l -> a\xffb"))
	entry, err := f.Lstat("l")
	require.NoError(t, err)
	require.Equal(t, "a\uFFFDb", entry.Target)
	require.Empty(t, entry.Inside)
}

func TestFollow(t *testing.T) {
	everySystem(t, func(t *testing.T, system system) {
		root := build(t, "file", "d/l -> ../../outside", "l -> ../outside/d/file", "chain -> ../outside/chain", "loop -> ../outside/loop",
			"missing -> ../outside/missing", "fifo -> ../outside/fifo", "null -> /dev/null", "slash -> ../outside/",
			"through -> ../outside/up/../seen", "home -> ROOT/file")
		base := filepath.Dir(root)
		outside := filepath.Join(base, "outside")
		require.NoError(t, os.MkdirAll(outside+"/d/e", 0o755))
		require.NoError(t, os.WriteFile(outside+"/d/file", []byte("outside"), 0o644))
		require.NoError(t, os.WriteFile(outside+"/d/other", []byte("other"), 0o644))
		require.NoError(t, os.WriteFile(outside+"/d/seen", []byte("seen"), 0o644))
		require.NoError(t, os.Symlink("../outside/loop", outside+"/loop"))
		require.NoError(t, os.Symlink("chain2", outside+"/chain"))
		require.NoError(t, os.Symlink(outside+"/d", outside+"/chain2"))
		require.NoError(t, os.Symlink("d/e", outside+"/up"))
		require.NoError(t, unix.Mkfifo(outside+"/fifo", 0o666))
		f := opened(t, system, root)

		source, at, err := f.Follow("d/l")
		require.NoError(t, err)
		require.Equal(t, ".", at)
		text, err := readAll(source, "d/file")
		require.NoError(t, err)
		require.Equal(t, "outside", text)
		_, err = source.Lstat("../folder/file")
		require.Error(t, err)
		again, _, err := f.Follow("slash")
		require.NoError(t, err)
		require.Same(t, source, again)
		entry, err := source.Lstat("chain2")
		require.NoError(t, err)
		require.Equal(t, "d", entry.Inside)
		require.NoError(t, source.Close())
		_, err = source.ReadDir(".")
		require.NoError(t, err, "the folder that was opened closes it")

		source, at, err = f.Follow("l")
		require.NoError(t, err)
		require.Equal(t, "file", at)
		text, err = readAll(source, at)
		require.NoError(t, err)
		require.Equal(t, "outside", text)
		names, err := source.ReadDir(".")
		require.NoError(t, err)
		require.Len(t, names, 1)
		for _, path := range []string{"other", "e", "seen", "file/x"} {
			_, err = source.Lstat(path)
			require.ErrorIs(t, err, fs.ErrNotExist, path)
			_, err = source.Open(path)
			require.ErrorIs(t, err, fs.ErrNotExist, path)
			_, err = source.ReadDir(path)
			require.ErrorIs(t, err, fs.ErrNotExist, path)
		}

		source, at, err = f.Follow("through")
		require.NoError(t, err)
		text, err = readAll(source, at)
		require.NoError(t, err)
		require.Equal(t, "seen", text, `".." of what the link leads to`)

		source, at, err = f.Follow("chain")
		require.NoError(t, err)
		require.Equal(t, ".", at)
		_, err = source.Lstat("file")
		require.NoError(t, err)

		for link, want := range map[string]error{
			"missing": fs.ErrNotExist, "fifo": fs.ErrNotExist, "null": fs.ErrNotExist, "loop": fsapi.ELOOP,
			"file": fsapi.EINVAL, ".": fsapi.EINVAL, "nothing": fs.ErrNotExist,
		} {
			_, _, err = f.Follow(link)
			require.ErrorIs(t, err, want, link)
		}
	})
}

// TestFollowManyLinks has more links out of the folder than descriptors may stay
// open for.
func TestFollowManyLinks(t *testing.T) {
	everySystem(t, func(t *testing.T, system system) {
		root := build(t)
		const links = 3 * maxIdle
		for i := range links {
			outside := fmt.Sprintf("%s/../o%d", root, i)
			require.NoError(t, os.Mkdir(outside, 0o755))
			require.NoError(t, os.WriteFile(outside+"/file", []byte(fmt.Sprint(i)), 0o644))
			require.NoError(t, os.Symlink(outside, fmt.Sprintf("%s/l%d", root, i)))
		}
		before := descriptors(t)
		f, err := open(root, system)
		require.NoError(t, err)
		for round := range 2 {
			for i := range links {
				source, at, err := f.Follow(fmt.Sprintf("l%d", i))
				require.NoError(t, err)
				require.Equal(t, ".", at)
				text, err := readAll(source, "file")
				require.NoError(t, err)
				require.Equal(t, fmt.Sprint(i), text, round)
			}
			require.LessOrEqual(t, descriptors(t), before+1+maxIdle)
		}
		require.NoError(t, f.Close())
		require.Equal(t, before, descriptors(t))
	})
}

func TestFollowedFolderIsReplaced(t *testing.T) {
	root := build(t, "l -> ../outside")
	outside := filepath.Join(filepath.Dir(root), "outside")
	require.NoError(t, os.Mkdir(outside, 0o755))
	f := opened(t, platform(), root)
	first, _, err := f.Follow("l")
	require.NoError(t, err)
	require.NoError(t, os.Rename(outside, outside+"-old"))
	require.NoError(t, os.MkdirAll(outside+"/new", 0o755))
	_, err = first.Lstat("new")
	require.ErrorIs(t, err, fs.ErrNotExist)
	f.family.mu.Lock() // as if many others had been used since
	f.family.idle.Remove(first.(*Folder).anchor.idle)
	first.(*Folder).anchor.idle = nil
	first.(*Folder).anchor.shut()
	f.family.mu.Unlock()
	_, err = first.Lstat(".")
	require.ErrorIs(t, err, fs.ErrNotExist, "another directory must not take its place unseen")
	second, _, err := f.Follow("l")
	require.NoError(t, err)
	_, err = second.Lstat("new")
	require.NoError(t, err)
}

func TestOverlap(t *testing.T) {
	root := build(t, "a/b/c/", "ab/", "link -> a/b", "file")
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"a", "a", true}, {"a", "a/b", true}, {"a/b/c", "a", true}, {"a", "ab", false}, {"ab", "a/b", false},
		{"link", "a", true}, {"link", "a/b/c", true}, {"link", "ab", false}, {"a/b/../../ab", "ab", true}, {".", "a", true},
		{"missing", "a", false}, {"a/missing", "a", true}, {"missing", "missing/x", true},
	} {
		require.Equal(t, c.want, Overlap(filepath.Join(root, c.a), root+"/"+c.b), "%s %s", c.a, c.b)
		require.Equal(t, c.want, Overlap(root+"/"+c.b, filepath.Join(root, c.a)), "%s %s", c.b, c.a)
	}
	require.True(t, Overlap("/", root))
	t.Chdir(root)
	require.True(t, Overlap("a", filepath.Join(root, "a/b")))
}

func TestOverlapOfMounts(t *testing.T) {
	root := build(t, "a/b/", "mounted/", "other/")
	if err := unix.Mount(root+"/a", root+"/mounted", "", unix.MS_BIND, ""); err != nil {
		t.Skip("cannot mount: ", err)
	}
	defer func() { require.NoError(t, unix.Unmount(root+"/mounted", unix.MNT_DETACH)) }()
	require.True(t, Overlap(root+"/a", root+"/mounted"))
	require.True(t, Overlap(root+"/a/b", root+"/mounted"))
	require.True(t, Overlap(root+"/a", root+"/mounted/b"))
	require.False(t, Overlap(root+"/other", root+"/mounted"))
	f := opened(t, platform(), root)
	_, err := f.Lstat("mounted/b")
	require.NoError(t, err, "mount points are part of the folder")
}
