package vfs

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/vfs/vfstest"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

func TestEager(t *testing.T) {
	large := strings.Repeat("x", keptFileBytes+1)
	h := newHost(map[string]string{
		"a": "text", "d/b": "more", "d/e/large": large, "secret/s": "", "l -> a": "", "given": "host's", "gone": "",
	})
	delete(h.files, "gone")
	files, x := newTree(t, Options{
		Folders: []Folder{{
			Path: "/data", Source: h, Loading: Loading{Mode: Eager}, Policy: rules(t, perm.Permissions{Exclude: []string{"secret"}}),
		}},
		Files: map[Path][]byte{"/data/given": []byte("given")},
	})
	require.Equal(t, 3, h.calls["Open"], "what may not be read is not read")
	require.Zero(t, h.opened)
	h.remove("a")
	h.modify("d/b", "changed")
	h.remove("d/e")
	require.Equal(t, "text", x.Read("data/a"))
	require.Equal(t, "more", x.Read("data/d/b"))
	require.Equal(t, large, x.Read("data/d/e/large"))
	require.Equal(t, "given", x.Read("data/given"))
	require.Equal(t, []string{"a", "d", "l", "given"}, x.Names("data"))
	require.Equal(t, 3, h.calls["Open"])
	require.Zero(t, files.Used())
	require.Empty(t, files.Skipped())
	require.True(t, unchanged(files))
}

func TestInclude(t *testing.T) {
	content := map[string]string{
		"main.py": "", "src/a.py": "", "src/b.txt": "", "src/deep/c.py": "", "data/x.csv": "", "data/y/z.csv": "",
		"node_modules/m/index.js": "", "l.py -> main.py": "", "empty/": "",
	}
	for _, c := range []struct {
		include []string
		want    []string
	}{
		{[]string{"main.py"}, []string{"main.py"}},
		{[]string{"src/*.py", "data/*.csv"}, []string{"data", "data/x.csv", "src", "src/a.py"}},
		{[]string{"src/**/*.py"}, []string{"src", "src/a.py", "src/deep", "src/deep/c.py"}},
		{[]string{"/data/src/{a.py,deep/*.py}"}, []string{
			"data", "data/y", "empty", "node_modules", "node_modules/m", "src", "src/a.py", "src/deep", "src/deep/c.py",
		}},
		{[]string{"/data/data/y/z.csv", "l.py"}, []string{"data", "data/y", "data/y/z.csv", "l.py"}},
		{[]string{"./src//b.txt"}, []string{"src", "src/b.txt"}},
		{nil, []string{}},
	} {
		for _, mode := range []LoadingMode{Explicit, Lazy, Eager} {
			if c.include == nil && mode != Explicit {
				continue
			}
			t.Run(fmt.Sprintf("%d %v", mode, c.include), func(t *testing.T) {
				_, x := mounted(t, newHost(content), func(f *Folder) { f.Loading = Loading{Mode: mode, Include: c.include} })
				got := []string{}
				var visit func(dir, below string)
				visit = func(dir, below string) {
					for _, entry := range x.Entries(x.OpenDir(dir), 10) {
						if entry.Name == "." || entry.Name == ".." {
							continue
						}
						got = append(got, below+entry.Name)
						if entry.Type == fsapi.TypeDirectory {
							visit(dir+"/"+entry.Name, below+entry.Name+"/")
						}
					}
				}
				visit("data", "")
				require.ElementsMatch(t, c.want, got)
				exists := map[string]bool{}
				for _, path := range got {
					exists[path] = true
				}
				for path := range content {
					path, _, _ = strings.Cut(strings.TrimSuffix(path, "/"), " ")
					_, errno := x.Root.StatAt("data/"+path, false)
					require.Equal(t, exists[path], errno == 0, path)
				}
			})
		}
	}
}

func TestSkipped(t *testing.T) {
	content := map[string]string{"a": "12345", "b": "123456", "c": "1234", "d": "1", "e": "12345"}
	for _, mode := range []LoadingMode{Lazy, Eager} {
		t.Run(fmt.Sprint(mode), func(t *testing.T) {
			files, x := mounted(t, newHost(content), func(f *Folder) {
				f.Loading = Loading{Mode: mode, MaxFileBytes: 5, MaxTotalBytes: 10}
			})
			for range 2 {
				for _, name := range []string{"a", "b", "c", "d", "e"} {
					want := fsapi.ESUCCESS
					if name == "b" || name == "e" {
						want = fsapi.EFBIG
					}
					x.Is(want, open(x, "data/"+name, fsapi.OpenRead))
				}
			}
			require.EqualValues(t, 6, x.Stat("data/b").Size)
			skipped := files.Skipped()
			require.Len(t, skipped, 2)
			require.Equal(t, Skipped{
				Path: "/data/b", HostPath: "/host/b", Size: 6, Reason: "it is larger than the limit of 5 bytes for a file",
			}, skipped[0])
			require.Equal(t, Path("/data/e"), skipped[1].Path)
			require.Contains(t, skipped[1].Reason, "limit of 10 bytes for all files")
			x.Is(fsapi.EFBIG, open(x, "data/b", fsapi.OpenWrite))
			x.OK(open(x, "data/b", fsapi.OpenWrite|fsapi.OpenTruncate))
			x.OK(x.Root.UnlinkAt("data/e"))
			require.Equal(t, []string{"modify /data/b 123456>", "delete /data/e 12345>"}, summary(files.Changes()))
		})
	}
}

// unreadable is a host some of whose files and directories cannot be read.
type unreadable struct{ *host }

var errUnreadable = errors.New("unreadable")

func (u unreadable) Open(name string) (SourceFile, error) {
	if strings.HasSuffix(name, "bad") {
		return nil, errUnreadable
	}
	return u.host.Open(name)
}

func (u unreadable) ReadDir(name string) ([]SourceName, error) {
	if strings.HasSuffix(name, "closed") {
		return nil, errUnreadable
	}
	return u.host.ReadDir(name)
}

func TestWhatCannotBeRead(t *testing.T) {
	for _, mode := range []LoadingMode{Lazy, Eager} {
		files, err := New(Options{Folders: []Folder{{
			Path: "/data", Source: unreadable{newHost(map[string]string{"bad": "x", "good": "text", "closed/f": "inside"})},
			Loading: Loading{Mode: mode},
		}}})
		require.NoError(t, err)
		x := vfstest.NewTree(t, files)
		require.Equal(t, "text", x.Read("data/good"))
		x.Is(fsapi.EIO, open(x, "data/bad", fsapi.OpenRead))
		require.Equal(t, "inside", x.Read("data/closed/f"))
		_, errno := x.OpenDir("data/closed").ReadDir(2, make([]fsapi.Dirent, 1))
		x.Is(fsapi.EIO, errno)
		x.Is(fsapi.ENOTEMPTY, x.Root.RemoveDirectoryAt("data/closed/"))
		require.Len(t, files.Skipped(), map[LoadingMode]int{Lazy: 0, Eager: 2}[mode])
		require.True(t, unchanged(files))
		x.OK(x.Root.RenameAt("data/closed", x.Root, "tmp"))
		require.True(t, files.Changes().Incomplete)
	}
}

func TestKeptFilesAreBounded(t *testing.T) {
	h := newHost(nil)
	content := strings.Repeat("x", keptFileBytes)
	for i := range keptBytes/keptFileBytes + 2 {
		h.put(fmt.Sprint(i), content)
	}
	files, x := mounted(t, h, nil)
	for range 2 {
		for i := range keptBytes/keptFileBytes + 2 {
			file := x.Open(fmt.Sprintf("data/%d", i), fsapi.OpenRead)
			p := make([]byte, 10)
			n, errno := file.ReadAt(p, 5)
			x.OK(errno)
			require.Equal(t, 10, n)
			x.OK(file.Close())
		}
	}
	require.EqualValues(t, keptBytes, files.kept)
	require.Equal(t, keptBytes/keptFileBytes+2+2, h.calls["Open"])
}
