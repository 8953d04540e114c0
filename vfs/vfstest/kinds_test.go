package vfstest_test

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/guestfs"
	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/vfs/hostfs"
	"github.com/funcbox/funcbox/vfs/vfstest"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// kinds are the trees that must pass. Each is run directly and through a guest.
func kinds(t *testing.T) map[string]vfstest.Kind {
	hostFolder := hostFolders(t)
	return map[string]vfstest.Kind{
		"memory": {At: "/work/here", Create: memory("/work/here")},
		// Begun with an image of another tree, of which nothing is in use yet.
		"image":         {At: "/work/here", Create: pictured(memory("/work/here"), vfs.BaseStart)},
		"image, forked": {At: "/work/here", Create: pictured(memory("/work/here"), vfs.BaseSession)},
		"host folder, forked": {At: "/data", Modes: true, Create: func(t *testing.T, start []vfstest.Entry) fsapi.FileSystem {
			options := vfs.Options{Folders: []vfs.Folder{folder("/data", hostFolder(t, start))}}
			first := newFS(t, options)
			vfstest.NewTree(t, first).Names("data")
			options.Base, options.BaseAs, options.Watch = imageOf(t, first), vfs.BaseSession, true
			return newFS(t, options)
		}},
		"fs.FS": {At: "/data", Modes: true, Create: func(t *testing.T, start []vfstest.Entry) fsapi.FileSystem {
			return newFS(t, vfs.Options{Folders: []vfs.Folder{folder("/data", vfs.FromFS(vfstest.MapFS(start)))}})
		}},
		"host folder": {At: "/data", Modes: true, Create: func(t *testing.T, start []vfstest.Entry) fsapi.FileSystem {
			return newFS(t, vfs.Options{Folders: []vfs.Folder{folder("/data", hostFolder(t, start))}})
		}},
		"host folder, loaded before": {At: "/data", Create: func(t *testing.T, start []vfstest.Entry) fsapi.FileSystem {
			mount := folder("/data", hostFolder(t, start))
			mount.Loading.Mode = vfs.Eager
			return newFS(t, vfs.Options{Folders: []vfs.Folder{mount}})
		}},
		// With a policy that refuses nothing, and everything listed that is to be there.
		"guarded": {At: "/data", Modes: true, Guarded: true, Create: func(t *testing.T, start []vfstest.Entry) fsapi.FileSystem {
			mount := folder("/data", vfs.FromFS(vfstest.MapFS(start)))
			policy, err := perm.Full().Compile("/data")
			require.NoError(t, err)
			mount.Policy = policy
			mount.Loading = vfs.Loading{Mode: vfs.Explicit, Include: []string{"**"}}
			return newFS(t, vfs.Options{Folders: []vfs.Folder{mount}})
		}},
		// A mount inside of a mount, with another one beside it whose name begins alike.
		"nested": {At: "/data/inner", Modes: true, Create: func(t *testing.T, start []vfstest.Entry) fsapi.FileSystem {
			hidden := vfs.FromFS(fstest.MapFS{"inner/hidden": &fstest.MapFile{}, "outer": &fstest.MapFile{}})
			return newFS(t, vfs.Options{Folders: []vfs.Folder{
				folder("/data/inn", hidden), folder("/data/inner", vfs.FromFS(vfstest.MapFS(start))), folder("/data", hidden),
			}})
		}},
		"layer": {At: "/usr/share/layer", ReadOnly: true, NoLinks: true, Create: func(t *testing.T, start []vfstest.Entry) fsapi.FileSystem {
			return newFS(t, vfs.Options{Layers: []vfs.Mount{{Path: "/usr/share/layer", Layer: vfs.NewLayer(vfstest.MapFS(start))}}})
		}},
	}
}

// hostFolders makes folders of the host, one for each start. They must be as they
// were when the test ends.
func hostFolders(t *testing.T) func(t *testing.T, start []vfstest.Entry) vfs.Source {
	made := map[int]string{} // by the number of entries
	return func(inner *testing.T, start []vfstest.Entry) vfs.Source {
		inner.Helper()
		path := made[len(start)]
		if path == "" {
			path = t.TempDir()
			made[len(start)] = path
			vfstest.Populate(t, path, start)
			t.Cleanup(func() { vfstest.Unchanged(t, path, start) })
		}
		source, err := hostfs.Open(path)
		require.NoError(inner, err)
		inner.Cleanup(func() { require.NoError(inner, source.Close()) })
		return source
	}
}

func folder(at vfs.Path, source vfs.Source) vfs.Folder {
	return vfs.Folder{Path: at, Source: source, Follow: vfs.FollowRestricted}
}

func TestKinds(t *testing.T) {
	all := kinds(t)
	require.GreaterOrEqual(t, vfstest.Count(all["memory"]), 150)
	for name, kind := range all {
		if runtime.GOOS == "windows" && strings.HasPrefix(name, "host") {
			continue // which knows neither those names nor permission bits
		}
		t.Run(name, func(t *testing.T) { vfstest.Run(t, kind) })
		t.Run(name+" in a guest", func(t *testing.T) {
			create := kind.Create
			kind.Modes = false // for which preview 1 has no place
			kind.Create = func(t *testing.T, start []vfstest.Entry) fsapi.FileSystem {
				return guestfs.New(t, create(t, start))
			}
			vfstest.Run(t, kind)
		})
	}
}

func newFS(t *testing.T, options vfs.Options) *vfs.FS {
	t.Helper()
	files, err := vfs.New(options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, files.Close()) })
	return files
}

// imageOf pictures a tree, which goes through its saved form.
func imageOf(t *testing.T, files *vfs.FS) *vfs.Image {
	t.Helper()
	image, err := files.Image()
	require.NoError(t, err)
	var b bytes.Buffer
	_, err = image.WriteTo(&b)
	require.NoError(t, err)
	image, err = vfs.ReadImage(&b, 0)
	require.NoError(t, err)
	return image
}

// pictured makes trees that begin with an image of what another kind makes.
func pictured(create func(*testing.T, []vfstest.Entry) fsapi.FileSystem, mode vfs.BaseMode) func(*testing.T, []vfstest.Entry) fsapi.FileSystem {
	return func(t *testing.T, start []vfstest.Entry) fsapi.FileSystem {
		return newFS(t, vfs.Options{Base: imageOf(t, create(t, start).(*vfs.FS)), BaseAs: mode})
	}
}

// memory makes trees whose start is in memory.
func memory(at string) func(*testing.T, []vfstest.Entry) fsapi.FileSystem {
	return func(t *testing.T, start []vfstest.Entry) fsapi.FileSystem {
		options := vfs.Options{Files: map[vfs.Path][]byte{}}
		if at != "" {
			options.Directories = append(options.Directories, vfs.Path(at))
		}
		for _, entry := range start {
			path := vfs.Path(at + "/" + entry.Path)
			switch {
			case entry.Dir:
				options.Directories = append(options.Directories, path)
			case entry.Target == "":
				options.Files[path] = []byte(entry.Content)
			}
		}
		files := newFS(t, options)
		root, errno := files.Root()
		require.Zero(t, errno)
		defer root.Close()
		for _, entry := range start {
			path := at + "/" + entry.Path
			if entry.Target != "" {
				require.Zero(t, root.SymlinkAt(entry.Target, path))
			}
			if entry.Time != 0 {
				require.Zero(t, root.SetTimesAt(path, false, fsapi.Times{SetModify: true, Modify: entry.Time}))
			}
		}
		return files
	}
}
