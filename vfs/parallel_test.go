package vfs

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/vfs/vfstest"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Many trees over one Source do not see one another.
func TestTreesOverOneSource(t *testing.T) {
	content := map[string]string{"large": strings.Repeat("x", keptFileBytes+1)}
	for i := range 50 {
		content[fmt.Sprintf("d%d/f", i%5)+fmt.Sprint(i)] = fmt.Sprint(i)
	}
	h := newHost(content)
	policy := rules(t, perm.Filesystem())
	var group sync.WaitGroup
	for i := range 100 {
		group.Go(func() {
			files, err := New(Options{Folders: []Folder{{Path: "/data", Source: h, Policy: policy, Loading: Loading{Mode: LoadingMode(i % 2)}}}})
			require.NoError(t, err)
			root, _ := files.Root()
			x := &vfstest.Tree{T: t, Root: root}
			require.Equal(t, "7", x.Read("data/d2/f7"))
			x.Write("data/d2/f7", fmt.Sprint("mine ", i))
			x.Write(fmt.Sprintf("data/d%d/new", i%5), "new")
			x.OK(root.RenameAt("data/d0/f0", root, "data/d1/moved"))
			require.Len(t, x.Read("data/large"), keptFileBytes+1)
			require.Equal(t, fmt.Sprint("mine ", i), x.Read("data/d2/f7"))
			changes := files.Changes()
			require.Equal(t, []int{2, 1, 1}, []int{len(changes.Created), len(changes.Modified), len(changes.Deleted)})
			require.NoError(t, root.Close().Err())
			require.NoError(t, files.Close())
		})
	}
	group.Wait()
	require.Zero(t, h.opened)
}

// One tree used by a guest, by the host's view and for its changes at once.
func TestTreeUsedByMany(t *testing.T) {
	h := newHost(map[string]string{"a": "text", "d/b": strings.Repeat("x", keptFileBytes+1)})
	files, x := mounted(t, h, func(f *Folder) { f.Policy, f.OnDenied = rules(t, perm.ReadOnly()), Ignore })
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i := range 50 {
				directory, errno := files.Root()
				require.Zero(t, errno)
				_, file, errno := directory.OpenAt("data/d/b", fsapi.OpenRead|fsapi.OpenWrite)
				require.Zero(t, errno)
				_, _ = file.ReadAt(make([]byte, 100), int64(i))
				_, _ = file.WriteAt([]byte("x"), 0)
				file.Close()
				_ = directory.MkdirAt(fmt.Sprint("tmp/", i))
				_ = directory.RenameAt(fmt.Sprint("tmp/", i), directory, "tmp/x")
				directory.Close()
				files.Changes()
				files.Denied()
				seen, err := files.View().Open("data/a")
				require.NoError(t, err)
				seen.Close()
			}
		})
	}
	group.Wait()
	x.Has("data/a", "text")
}
