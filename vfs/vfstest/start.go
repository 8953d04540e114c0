package vfstest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// bigContent is more than anybody reads at once.
var bigContent = pattern(200_003)

// startTime is a time that shows whether nanoseconds are kept.
const startTime = 1_500_000_000_123_456_789

// beginning is what the cases of reading, changing and moving begin with.
var beginning = func() []Entry {
	entries := []Entry{
		{Path: "dir/a.txt", Content: "alpha", Time: startTime},
		{Path: "dir/sub/b.txt", Content: "beta"},
		{Path: "dir/sub/deeper/c.txt", Content: "gamma"},
		{Path: "empty", Content: ""},
		{Path: "empty folder", Dir: true},
		{Path: "big", Content: bigContent},
		{Path: "run.sh", Content: "#!", Mode: 0o755},
		{Path: "own", Content: "mine", Mode: 0o600},
		{Path: "locked", Content: "read me", Mode: 0o444},
		{Path: "closed", Dir: true, Mode: 0o700},
		{Path: "closed/d.txt", Content: "delta"},
	}
	for i := range 120 {
		entries = append(entries, Entry{Path: fmt.Sprintf("many/file%03d", i), Content: fmt.Sprint(i)})
	}
	for _, name := range []string{"...", ".hidden", "a b", "-rf", "ü", "日本語", "~", "{a}", "[b]", "%2e%2e", strings.Repeat("n", 200)} {
		entries = append(entries, Entry{Path: "odd/" + name, Content: name})
	}
	return append(entries, Entry{Path: strings.Repeat("deep/", 40) + "bottom", Content: "down here"})
}()

// beginningLinks are symbolic links, all of which stay inside.
var beginningLinks = []Entry{
	{Path: "dir/link", Target: "a.txt"},
	{Path: "dir/up", Target: ".."},
	{Path: "to sub", Target: "dir/sub"},
	{Path: "dir/sub/deeper/far", Target: "../../../many/file007"},
	{Path: "chain", Target: "to sub/deeper/far"},
	{Path: "dangling", Target: "nowhere"},
	{Path: "loop", Target: "loop"},
}

// Populate writes entries into a folder of the host.
func Populate(t testing.TB, folder string, start []Entry) {
	t.Helper()
	for _, entry := range start {
		path := filepath.Join(folder, filepath.FromSlash(entry.Path))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		switch {
		case entry.Dir:
			require.NoError(t, os.MkdirAll(path, 0o755))
		case entry.Target != "":
			require.NoError(t, os.Symlink(filepath.FromSlash(entry.Target), path))
			continue
		default:
			require.NoError(t, os.WriteFile(path, []byte(entry.Content), 0o600))
		}
		require.NoError(t, os.Chmod(path, entry.mode()))
		if entry.Time != 0 {
			at := time.Unix(0, entry.Time)
			require.NoError(t, os.Chtimes(path, at, at))
		}
	}
}

// Unchanged requires that a folder of the host holds what Populate put there, and
// nothing else.
func Unchanged(t testing.TB, folder string, start []Entry) {
	t.Helper()
	known := map[string]bool{".": true}
	for _, entry := range start {
		path := filepath.Join(folder, filepath.FromSlash(entry.Path))
		for name := filepath.FromSlash(entry.Path); name != "."; name = filepath.Dir(name) {
			known[name] = true
		}
		info, err := os.Lstat(path)
		require.NoError(t, err)
		switch {
		case entry.Target != "":
			target, err := os.Readlink(path)
			require.NoError(t, err)
			require.Equal(t, filepath.FromSlash(entry.Target), target)
			continue
		case !entry.Dir:
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			require.True(t, entry.Content == string(content), entry.Path)
		}
		if filepath.Separator == '/' {
			require.Equal(t, entry.mode(), info.Mode().Perm(), entry.Path)
		}
		if entry.Time != 0 {
			require.Equal(t, entry.Time, info.ModTime().UnixNano(), entry.Path)
		}
	}
	require.NoError(t, filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		relative, _ := filepath.Rel(folder, path)
		require.True(t, known[relative], path)
		return err
	}))
}

func (e Entry) mode() fs.FileMode {
	switch {
	case e.Mode != 0:
		return e.Mode
	case e.Dir:
		return 0o755
	}
	return 0o644
}

// MapFS makes an fs.FS of entries.
func MapFS(start []Entry) fstest.MapFS {
	files := fstest.MapFS{}
	for _, entry := range start {
		file := &fstest.MapFile{Data: []byte(entry.Content), Mode: entry.mode()}
		switch {
		case entry.Dir:
			file.Mode |= fs.ModeDir
		case entry.Target != "":
			file.Mode, file.Data = fs.ModeSymlink|0o777, []byte(entry.Target)
		}
		if entry.Time != 0 {
			file.ModTime = time.Unix(0, entry.Time)
		}
		files[entry.Path] = file
	}
	return files
}

// children are the names that a directory has at the start.
func children(folder string) []string {
	found := map[string]bool{}
	for _, entry := range beginning {
		if rest, ok := strings.CutPrefix(entry.Path, folder); ok {
			name, _, _ := strings.Cut(rest, "/")
			found[name] = true
		}
	}
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

var readingCases = map[string]func(*Tree){
	"contents": func(x *Tree) {
		for _, entry := range beginning {
			if !entry.Dir {
				x.Has(entry.Path, entry.Content)
			}
		}
	},
	"contents again": func(x *Tree) {
		for range 3 {
			x.Has("dir/a.txt", "alpha")
			require.True(x.T, bigContent == x.Read("big"))
		}
	},
	"contents anywhere": func(x *Tree) {
		file := x.Open("big", fsapi.OpenRead)
		for _, at := range []int{0, 1, 4095, 4096, 65_535, 131_073, 199_990, 200_002, 200_003, 300_000} {
			p := make([]byte, 777)
			n, errno := file.ReadAt(p, int64(at))
			x.OK(errno)
			require.True(x.T, bigContent[min(at, len(bigContent)):min(at+777, len(bigContent))] == string(p[:n]), at)
		}
	},
	"stat": func(x *Tree) {
		for _, entry := range beginning {
			stat := x.Stat(entry.Path)
			if entry.Dir {
				require.Equal(x.T, fsapi.TypeDirectory, stat.Type)
				continue
			}
			require.Equal(x.T, fsapi.TypeRegularFile, stat.Type, entry.Path)
			require.EqualValues(x.T, len(entry.Content), stat.Size)
			require.NotZero(x.T, stat.Links)
		}
		require.Equal(x.T, fsapi.TypeDirectory, x.Stat("dir/sub").Type)
		require.Equal(x.T, x.FileStat(x.Root).Device, x.Stat("dir/sub/b.txt").Device)
	},
	"times": func(x *Tree) {
		require.EqualValues(x.T, startTime, x.Stat("dir/a.txt").ModifyTime)
		x.Has("dir/a.txt", "alpha")
		require.EqualValues(x.T, startTime, x.FileStat(x.Open("dir/a.txt", fsapi.OpenRead)).ModifyTime)
	},
	"list": func(x *Tree) {
		for folder, prefix := range map[string]string{".": "", "dir": "dir/", "dir/sub": "dir/sub/", "many": "many/", "odd": "odd/"} {
			require.ElementsMatch(x.T, children(prefix), x.Names(folder))
		}
		require.Empty(x.T, x.Names("empty folder"))
	},
	"list in any batch": func(x *Tree) {
		for _, batch := range []int{1, 3, 50, 121, 122, 123, 1000} {
			require.Len(x.T, x.Entries(x.OpenDir("many"), batch), 120)
		}
	},
	"list types and inodes": func(x *Tree) {
		inodes := map[uint64]string{}
		for _, folder := range []string{"dir", "many", "dir/sub"} {
			for _, entry := range x.Entries(x.OpenDir(folder), 10) {
				path := folder + "/" + entry.Name
				stat := x.Stat(path)
				require.Equal(x.T, stat.Type, entry.Type)
				require.Equal(x.T, stat.Inode, entry.Inode)
				require.Empty(x.T, inodes[stat.Inode])
				inodes[stat.Inode] = path
			}
		}
	},
	"inodes are stable": func(x *Tree) {
		before := x.Stat("dir/a.txt").Inode
		x.Has("dir/a.txt", "alpha")
		x.Names("dir")
		require.Equal(x.T, before, x.Stat("dir/a.txt").Inode)
		require.Equal(x.T, before, x.FileStat(x.Open("dir/a.txt", fsapi.OpenRead)).Inode)
	},
	"missing": func(x *Tree) {
		for _, path := range []string{"nothing", "dir/nothing", "Dir", "DIR/a.txt", "dir/A.txt", "empty folder/a", "odd/U\u0308"} {
			x.StatFails(fsapi.ENOENT, path)
			x.OpenFails(fsapi.ENOENT, path, fsapi.OpenRead)
		}
		x.StatFails(fsapi.ENOTDIR, "dir/a.txt/b")
		x.StatFails(fsapi.ENOTDIR, "dir/a.txt/")
		x.OpenFails(fsapi.ENOTDIR, "dir/a.txt", fsapi.OpenRead|fsapi.OpenDirectory)
	},
	"dots": func(x *Tree) {
		for _, path := range []string{"dir/sub/../a.txt", "./dir//a.txt", "dir/./sub/./../a.txt", "many/../dir/a.txt", x.Abs("dir/a.txt")} {
			x.Has(path, "alpha")
		}
		directory := x.OpenDir("dir/sub")
		_, errno := directory.StatAt("../a.txt", false)
		x.Is(fsapi.ENOTCAPABLE, errno)
		_, file, errno := directory.OpenAt("deeper/../b.txt", fsapi.OpenRead)
		x.OK(errno)
		require.Equal(x.T, "beta", x.Contents(file))
		x.OK(file.Close())
	},
	"together": func(x *Tree) {
		for _, errno := range together(8, func(i int) fsapi.Errno {
			for j := range 30 {
				k := (i*17 + j*7) % 120
				_, file, errno := x.Root.OpenAt(fmt.Sprintf("many/file%03d", k), fsapi.OpenRead)
				if errno != 0 {
					return errno
				}
				p := make([]byte, 8)
				n, errno := file.ReadAt(p, 0)
				file.Close()
				if errno != 0 {
					return errno
				}
				if string(p[:n]) != fmt.Sprint(k) {
					return fsapi.EIO
				}
			}
			return fsapi.ESUCCESS
		}) {
			x.OK(errno)
		}
	},
}

func readModes(x *Tree) {
	for _, entry := range beginning {
		if entry.Mode != 0 {
			require.Equal(x.T, entry.Mode, x.Stat(entry.Path).Mode, entry.Path)
		}
	}
	require.Equal(x.T, fs.FileMode(0o644), x.Stat("dir/a.txt").Mode)
}

var readingLinkCases = map[string]func(*Tree){
	"links": func(x *Tree) {
		for _, entry := range beginningLinks {
			stat := x.Stat(entry.Path)
			require.Equal(x.T, fsapi.TypeSymbolicLink, stat.Type)
			require.EqualValues(x.T, len(entry.Target), stat.Size)
			target, errno := x.Root.ReadlinkAt(entry.Path)
			x.OK(errno)
			require.Equal(x.T, entry.Target, target)
		}
	},
	"links are followed": func(x *Tree) {
		x.Has("dir/link", "alpha")
		x.Has("to sub/b.txt", "beta")
		x.Has("chain", "7")
		x.Has("dir/up/dir/up/empty", "")
		require.ElementsMatch(x.T, []string{"b.txt", "deeper"}, x.Names("to sub"))
		x.StatFails(fsapi.ENOENT, "dangling")
		x.StatFails(fsapi.ELOOP, "loop")
		x.OpenFails(fsapi.ELOOP, "dir/link", fsapi.OpenRead)
	},
	"links are listed": func(x *Tree) {
		for _, entry := range x.Entries(x.OpenDir("dir"), 10) {
			if entry.Name == "link" || entry.Name == "up" {
				require.Equal(x.T, fsapi.TypeSymbolicLink, entry.Type)
			}
		}
		require.ElementsMatch(x.T, append(children("dir/"), "link", "up"), x.Names("dir"))
	},
}

var readOnlyCases = func() map[string]func(*Tree) {
	cases := map[string]func(*Tree){}
	for name, change := range map[string]func(x *Tree) fsapi.Errno{
		"write":           func(x *Tree) fsapi.Errno { return x.tryOpen("dir/a.txt", readWrite) },
		"truncate":        func(x *Tree) fsapi.Errno { return x.tryOpen("dir/a.txt", fsapi.OpenRead|fsapi.OpenTruncate) },
		"create":          func(x *Tree) fsapi.Errno { return x.tryOpen("dir/new", fsapi.OpenRead|fsapi.OpenCreate) },
		"make":            func(x *Tree) fsapi.Errno { return x.Root.MkdirAt("dir/new") },
		"link":            func(x *Tree) fsapi.Errno { return x.Root.SymlinkAt("a.txt", "dir/new") },
		"unlink":          func(x *Tree) fsapi.Errno { return x.Root.UnlinkAt("dir/a.txt") },
		"remove":          func(x *Tree) fsapi.Errno { return x.Root.RemoveDirectoryAt("empty folder") },
		"rename":          func(x *Tree) fsapi.Errno { return x.Root.RenameAt("dir/a.txt", x.Root, "dir/new") },
		"rename a folder": func(x *Tree) fsapi.Errno { return x.Root.RenameAt("dir", x.Root, "new") },
		"rename over":     func(x *Tree) fsapi.Errno { return x.Root.RenameAt("dir/a.txt", x.Root, "empty") },
		"times":           func(x *Tree) fsapi.Errno { return x.Root.SetTimesAt("dir/a.txt", true, old) },
		"times of a handle": func(x *Tree) fsapi.Errno {
			return x.Open("dir/a.txt", fsapi.OpenRead).SetTimes(old)
		},
		"times of a folder": func(x *Tree) fsapi.Errno { return x.OpenDir("dir").SetTimes(old) },
	} {
		cases[name] = func(x *Tree) {
			x.Is(fsapi.EROFS, change(x))
			x.Has("dir/a.txt", "alpha")
			require.EqualValues(x.T, startTime, x.Stat("dir/a.txt").ModifyTime)
			require.ElementsMatch(x.T, children("dir/"), x.Names("dir"))
			require.ElementsMatch(x.T, children(""), x.Names("."))
		}
	}
	cases["what exists is said first"] = func(x *Tree) {
		x.Is(fsapi.EEXIST, x.Root.MkdirAt("dir"))
		x.Is(fsapi.EEXIST, x.Root.SymlinkAt("a", "dir/a.txt"))
		x.Is(fsapi.ENOENT, x.Root.UnlinkAt("nothing"))
		x.OpenFails(fsapi.EEXIST, "empty", readWrite|fsapi.OpenCreate|fsapi.OpenExclusive)
		x.OpenFails(fsapi.EISDIR, "dir", readWrite)
		x.Open("empty", fsapi.OpenRead|fsapi.OpenCreate)
	}
	return cases
}()
