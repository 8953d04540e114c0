//go:build linux

package hostfs

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzPaths asks for any path. What is found is in the folder's listings, all
// systems agree, and nothing outside comes out.
func FuzzPaths(f *testing.F) {
	for _, path := range []string{".", "file", "d/file", "d/../file", "../outside", "link", "out/outside", "/etc/passwd", "d//file",
		"FILE", "d/link", "\xff", "a\x00b", strings.Repeat("x", 256), strings.Repeat("d/", 2100), "out", "\u00e9", "e\u0301", "file~1"} {
		f.Add(path)
	}
	base, err := filepath.EvalSymlinks(f.TempDir())
	require.NoError(f, err)
	root := filepath.Join(base, "folder")
	require.NoError(f, os.MkdirAll(root+"/d", 0o755))
	for name, text := range map[string]string{"outside": "secret", "folder/file": "inside", "folder/d/file": "inside", "folder/\u00e9": "inside"} {
		require.NoError(f, os.WriteFile(filepath.Join(base, name), []byte(text), 0o644))
	}
	require.NoError(f, os.Symlink("d/file", root+"/link"))
	require.NoError(f, os.Symlink("..", root+"/out"))
	require.NoError(f, os.Symlink("../../outside", root+"/d/link"))
	var folders []*Folder
	for _, one := range systems {
		folder, err := open(root, one)
		require.NoError(f, err)
		f.Cleanup(func() { _ = folder.Close() })
		folders = append(folders, folder)
	}
	f.Fuzz(func(t *testing.T, path string) {
		var kinds []any
		for _, folder := range folders {
			entry, err := folder.Lstat(path)
			if err == nil {
				require.True(t, fs.ValidPath(path))
				if path != "." {
					at, name := split(path)
					names, err := folder.ReadDir(at)
					require.NoError(t, err)
					found := false
					for _, one := range names {
						found = found || one.Name == name && one.Type == entry.Type
					}
					require.True(t, found)
				}
			}
			require.True(t, entry.Inside == "" || fs.ValidPath(entry.Inside))
			kinds = append(kinds, entry.Type)
			if text, err := readAll(folder, path); err == nil {
				require.Equal(t, "inside", text)
			}
			_, _ = folder.ReadDir(path)
		}
		for _, kind := range kinds {
			require.Equal(t, kinds[0], kind)
		}
	})
}

// FuzzInside looks at the words of link targets.
func FuzzInside(f *testing.F) {
	f.Add("a/b/l", "../c")
	f.Add("l", "/folder/x")
	f.Add("l", "../folder")
	f.Fuzz(func(t *testing.T, link, target string) {
		if validPath(link) != nil || link == "." {
			t.Skip()
		}
		folder := &Folder{real: "/base/folder"}
		inside := folder.inside(link, target)
		require.True(t, inside == "" || fs.ValidPath(inside), inside)
		if inside == "" {
			return
		}
		if clean := filepath.Clean(folder.start(link, target)); inside == "." {
			require.Equal(t, "/base/folder", clean)
		} else {
			require.Equal(t, "/base/folder/"+inside, clean)
		}
	})
}
