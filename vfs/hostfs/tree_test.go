//go:build linux

package hostfs_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/vfs/hostfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// state describes all of a host folder except for access times.
func state(t *testing.T, root string) map[string]string {
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		var status unix.Stat_t
		require.NoError(t, unix.Lstat(path, &status))
		text := fmt.Sprint(status.Ino, status.Mode, status.Nlink, status.Size, status.Mtim, status.Ctim)
		switch entry.Type() {
		case 0:
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			text += string(data)
		case fs.ModeSymlink:
			target, err := os.Readlink(path)
			require.NoError(t, err)
			text += target
		}
		all[path] = text
		return nil
	}))
	return all
}

// TestTreeOverAFolder does everything that a guest can do to a tree over a host
// folder, and looks whether the host has noticed.
func TestTreeOverAFolder(t *testing.T) {
	base, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	root := filepath.Join(base, "folder")
	require.NoError(t, os.MkdirAll(root+"/d/e", 0o755))
	for name, text := range map[string]string{"folder/a": "text", "folder/d/b": "more", "folder/d/e/c": "", "outside": "secret"} {
		require.NoError(t, os.WriteFile(filepath.Join(base, name), []byte(text), 0o644))
	}
	for name, target := range map[string]string{"in": "d/b", "in-absolute": root + "/d", "out": "../outside", "out-absolute": base, "up": ".."} {
		require.NoError(t, os.Symlink(target, filepath.Join(root, name)))
	}
	require.NoError(t, unix.Mkfifo(root+"/fifo", 0o666))
	before := state(t, base)

	for _, mode := range []vfs.LoadingMode{vfs.Lazy, vfs.Eager} {
		for _, follow := range []vfs.FollowMode{vfs.FollowNever, vfs.FollowRestricted, vfs.FollowAlways} {
			t.Run(fmt.Sprint("loading ", mode, " follow ", follow), func(t *testing.T) {
				source, err := hostfs.Open(root)
				require.NoError(t, err)
				defer func() { require.NoError(t, source.Close()) }()
				tree, err := vfs.New(vfs.Options{Folders: []vfs.Folder{{
					Path: "/data", Source: source, HostPath: source.RealPath(), Follow: follow, Loading: vfs.Loading{Mode: mode},
				}}})
				require.NoError(t, err)
				defer func() { require.NoError(t, tree.Close()) }()
				everyOperation(t, tree, follow)
				require.Equal(t, before, state(t, base))
			})
		}
	}
}

func everyOperation(t *testing.T, tree *vfs.FS, follow vfs.FollowMode) {
	dir, errno := tree.Root()
	require.Zero(t, errno)
	defer dir.Close()
	read := func(path string) string {
		_, file, errno := dir.OpenAt(path, fsapi.OpenRead|fsapi.OpenFollow)
		if errno != 0 {
			return errno.Name()
		}
		defer file.Close()
		p := make([]byte, 64)
		n, errno := file.ReadAt(p, 0)
		require.Zero(t, errno)
		return string(p[:n])
	}
	inside, outside := "EACCES", "EACCES"
	if follow != vfs.FollowNever {
		inside = "more"
	}
	if follow == vfs.FollowAlways {
		outside = "secret"
	}
	for path, want := range map[string]string{
		"data/a": "text", "data/in": inside, "data/in-absolute/b": inside, "data/out": outside, "data/out-absolute/outside": outside,
		"data/up/outside": outside, "data/fifo": "ENOENT", "data/missing": "ENOENT", "data/../../outside": "ENOENT", "data/A": "ENOENT",
	} {
		require.Equal(t, want, read(path), path)
	}

	write := func(path string, flags fsapi.OpenFlags) {
		_, file, errno := dir.OpenAt(path, flags|fsapi.OpenWrite|fsapi.OpenFollow)
		if errno == 0 {
			_, errno = file.WriteAt([]byte("written"), 0)
			require.Zero(t, errno)
			_, _, errno = file.Append([]byte("appended"))
			require.Zero(t, errno)
			require.Zero(t, file.SetTimes(fsapi.Times{SetModify: true, SetAccess: true}))
			require.Zero(t, file.Sync())
			require.Zero(t, file.Close())
		}
	}
	for _, path := range []string{"data/a", "data/in", "data/out", "data/up/outside", "data/out-absolute/outside", "data/new", "data/d/new", "data/fifo"} {
		write(path, 0)
		write(path, fsapi.OpenCreate)
		write(path, fsapi.OpenTruncate)
		_ = dir.SetTimesAt(path, true, fsapi.Times{SetModify: true})
	}
	require.Zero(t, dir.MkdirAt("data/made"))
	require.Zero(t, dir.SymlinkAt("/data/d", "data/made/link"))
	require.Zero(t, dir.RenameAt("data/d", dir, "data/made/moved"))
	require.Zero(t, dir.RenameAt("data/in", dir, "data/in2"))
	require.Zero(t, dir.UnlinkAt("data/made/moved/b"))
	require.Zero(t, dir.UnlinkAt("data/out"))
	require.Zero(t, dir.UnlinkAt("data/made/moved/e/c"))
	require.Zero(t, dir.RemoveDirectoryAt("data/made/moved/e"))
	_ = dir.LinkAt("data/a", true, dir, "data/hard")
	changes := tree.Changes()
	require.NotEmpty(t, changes.Created)
	require.NotEmpty(t, changes.Modified)
	require.NotEmpty(t, changes.Deleted)
}
