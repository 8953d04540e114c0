package vfstest

import (
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

var pathCases = map[string]func(*Tree){
	"spellings": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Write("d/a", "text")
		for _, path := range []string{"d/a", "d//a", "d/./a", "./d/a", ".//d///a", "d/e/../a", "d/../d/a", x.Abs("d/a"), "/" + x.Abs("d//a"), "/.." + x.Abs("d/a")} {
			x.Has(path, "text")
		}
	},
	"above the root": func(x *Tree) {
		x.Write("a", "text")
		for _, path := range []string{"../a", "../../a", "/../a", "/../../a", "./../a"} {
			path = strings.Replace(path, "/a", x.Abs("a"), 1)
			_, file, errno := x.Top.OpenAt(path, fsapi.OpenRead)
			x.OK(errno)
			require.Equal(x.T, "text", x.Contents(file))
			x.OK(file.Close())
		}
	},
	"root": func(x *Tree) {
		for _, path := range []string{".", "/", "..", "//", "./", "../.."} {
			stat, errno := x.Top.StatAt(path, false)
			x.OK(errno)
			require.Equal(x.T, x.FileStat(x.Top).Inode, stat.Inode, path)
		}
	},
	"through a file": func(x *Tree) {
		x.Write("a", "")
		for _, path := range []string{"a/b", "a/.", "a/..", "a/", "a//", "a/../a"} {
			x.StatFails(fsapi.ENOTDIR, path)
		}
	},
	"dots do not undo what is missing": func(x *Tree) {
		x.Write("a", "")
		x.StatFails(fsapi.ENOENT, "missing/../a")
		x.StatFails(fsapi.ENOENT, "missing/.")
	},
	"long names": func(x *Tree) {
		for _, name := range []string{strings.Repeat("n", fsapi.NameMax), strings.Repeat("ü", fsapi.NameMax/2)} {
			x.Write(name, "text")
			x.Has(name, "text")
			x.OpenFails(fsapi.ENAMETOOLONG, name+"ü", readWrite|fsapi.OpenCreate)
			x.StatFails(fsapi.ENAMETOOLONG, name+"nn/a")
		}
	},
	"long paths": func(x *Tree) {
		x.Write("a", "text")
		path := strings.Repeat("./", fsapi.PathMax/2-1) + "/a"
		require.Len(x.T, path, fsapi.PathMax)
		x.Has(path, "text")
		x.OpenFails(fsapi.ENAMETOOLONG, "."+path, fsapi.OpenRead)
	},
	"many components": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "text")
		x.Has(strings.Repeat("d/../", 800)+"a", "text")
	},
	"deep": func(x *Tree) {
		directory := x.OpenDir(".")
		for range 300 {
			x.OK(directory.MkdirAt("d"))
			next, _, errno := directory.OpenAt("d", fsapi.OpenRead|fsapi.OpenDirectory)
			x.OK(errno)
			x.OK(directory.Close())
			directory = next
		}
		x.OK(directory.Close())
		require.Equal(x.T, fsapi.TypeDirectory, x.Stat(strings.Repeat("d/", 300)).Type)
		x.Symlink(strings.Repeat("d/", 200), "l")
		require.Equal(x.T, fsapi.TypeDirectory, x.Stat("l/"+strings.Repeat("d/", 100)).Type)
		x.StatFails(fsapi.ENOENT, "l/"+strings.Repeat("d/", 101))
	},
	"deeper than a path": func(x *Tree) {
		name := strings.Repeat("n", 250)
		directory := x.OpenDir(".")
		for i := range 20 {
			errno := directory.MkdirAt(name)
			if x.guarded && len(x.At)+(i+1)*(len(name)+1) > fsapi.PathMax {
				x.Is(fsapi.EACCES, errno)
				x.OK(directory.Close())
				return
			}
			x.OK(errno)
			next, _, errno := directory.OpenAt(name, fsapi.OpenRead|fsapi.OpenDirectory)
			x.OK(errno)
			x.OK(directory.Close())
			directory = next
		}
		_, file, errno := directory.OpenAt("a", readWrite|fsapi.OpenCreate)
		x.OK(errno)
		x.WriteAt(file, "text", 0)
		require.Equal(x.T, "text", x.Contents(file))
		x.OK(file.Close())
		x.OK(directory.Close())
	},
	"unicode": func(x *Tree) {
		x.Write("ü", "composed")
		x.Write("u\u0308", "combined")
		x.Write("Ü", "capital")
		x.Has("ü", "composed")
		x.Has("u\u0308", "combined")
		require.Len(x.T, x.Names("."), 3)
		x.StatFails(fsapi.ENOENT, "\uff55\u0308")
	},
	"dots that are none": func(x *Tree) {
		x.Mkdir("d")
		x.Write("a", "text")
		for _, path := range []string{"d/\uff0e\uff0e/a", "d/\u2025/a", "d/... /a", "d/.../a", "d/..\u200b/a", "d/%2e%2e/a", "d\\..\\a", "d/. ./a", "d/.. /a"} {
			x.StatFails(fsapi.ENOENT, path)
		}
		_, errno := x.Root.StatAt("d/\xc0\xae\xc0\xae/a", true)
		x.Is(fsapi.EILSEQ, errno)
	},
	"below a directory": func(x *Tree) {
		x.Mkdir("d", "d/e")
		x.Write("a", "text")
		x.Symlink("../a", "d/l")
		x.Symlink("..", "d/up")
		directory := x.OpenDir("d")
		for _, path := range []string{"..", "../a", "e/../../a", "e/../..", "./../a", "../d/e", "e/../../d"} {
			_, errno := directory.StatAt(path, true)
			x.Is(fsapi.ENOTCAPABLE, errno)
			_, _, errno = directory.OpenAt(path, fsapi.OpenRead)
			x.Is(fsapi.ENOTCAPABLE, errno)
			x.Is(fsapi.ENOTCAPABLE, directory.RenameAt(path, x.Root, "b"))
			x.Is(fsapi.ENOTCAPABLE, x.Root.RenameAt("a", directory, path))
		}
		for _, path := range []string{"e/..", "l", "up/a", "up/d/l", "e/../l", x.Abs("a"), x.Abs("d/../a")} {
			_, errno := directory.StatAt(path, true)
			require.Equal(x.T, fsapi.ESUCCESS.Name(), errno.Name(), path)
		}
	},
}

// methods are all that take a path. Each is called with a path that cannot be
// used, so that nothing comes of it.
var methods = map[string]func(x *Tree, path string) fsapi.Errno{
	"open":        func(x *Tree, path string) fsapi.Errno { return x.tryOpen(path, fsapi.OpenRead|fsapi.OpenFollow) },
	"create":      func(x *Tree, path string) fsapi.Errno { return x.tryOpen(path, readWrite|fsapi.OpenCreate) },
	"open folder": func(x *Tree, path string) fsapi.Errno { return x.tryOpen(path, fsapi.OpenDirectory) },
	"stat":        func(x *Tree, path string) fsapi.Errno { _, errno := x.Root.StatAt(path, true); return errno },
	"lstat":       func(x *Tree, path string) fsapi.Errno { _, errno := x.Root.StatAt(path, false); return errno },
	"times":       func(x *Tree, path string) fsapi.Errno { return x.Root.SetTimesAt(path, true, old) },
	"mkdir":       func(x *Tree, path string) fsapi.Errno { return x.Root.MkdirAt(path) },
	"rmdir":       func(x *Tree, path string) fsapi.Errno { return x.Root.RemoveDirectoryAt(path) },
	"unlink":      func(x *Tree, path string) fsapi.Errno { return x.Root.UnlinkAt(path) },
	"rename":      func(x *Tree, path string) fsapi.Errno { return x.Root.RenameAt(path, x.Root, "new") },
	"rename to":   func(x *Tree, path string) fsapi.Errno { return x.Root.RenameAt("a", x.Root, path) },
	"symlink":     func(x *Tree, path string) fsapi.Errno { return x.Root.SymlinkAt("a", path) },
	"readlink":    func(x *Tree, path string) fsapi.Errno { _, errno := x.Root.ReadlinkAt(path); return errno },
	"link":        func(x *Tree, path string) fsapi.Errno { return x.Root.LinkAt(path, false, x.Root, "new") },
	"link to":     func(x *Tree, path string) fsapi.Errno { return x.Root.LinkAt("a", false, x.Root, path) },
}

func (x *Tree) tryOpen(path string, flags fsapi.OpenFlags) fsapi.Errno {
	directory, file, errno := x.Root.OpenAt(path, flags)
	if directory != nil {
		directory.Close()
	}
	if file != nil {
		file.Close()
	}
	return errno
}

// pathTableCases are paths that no method accepts, for each method.
func pathTableCases() map[string]func(*Tree) {
	cases := map[string]func(*Tree){}
	for method, call := range methods {
		cases[method] = func(x *Tree) {
			x.Write("a", "text")
			x.Mkdir("d")
			x.Symlink("l", "l")
			x.Symlink("nowhere", "dangling")
			for _, c := range []struct {
				path string
				want fsapi.Errno
			}{
				{"", fsapi.ENOENT},
				{"missing/a", fsapi.ENOENT},
				{"missing/../a", fsapi.ENOENT},
				{"dangling/a", fsapi.ENOENT},
				{"a/b", fsapi.ENOTDIR},
				{"a/../b", fsapi.ENOTDIR},
				{"l/b", fsapi.ELOOP},
				{"d\x00", fsapi.EINVAL},
				{"\x00", fsapi.EINVAL},
				{"a\xff", fsapi.EILSEQ},
				{"\xed\xa0\x80", fsapi.EILSEQ},   // half of a surrogate pair
				{"d/\xc0\xae/a", fsapi.EILSEQ},   // an overlong dot
				{"d\xe0\x80\xafa", fsapi.EILSEQ}, // an overlong slash
				{strings.Repeat("n", fsapi.NameMax+1), fsapi.ENAMETOOLONG},
				{"d/" + strings.Repeat("n", fsapi.NameMax+1) + "/b", fsapi.ENAMETOOLONG},
				{strings.Repeat("d/../", fsapi.PathMax/5+1) + "b", fsapi.ENAMETOOLONG},
				{strings.Repeat("n", 70_000), fsapi.ENAMETOOLONG},
			} {
				require.Equal(x.T, c.want.Name(), call(x, c.path).Name(), "%.40q", c.path)
			}
			x.Has("a", "text")
			require.ElementsMatch(x.T, []string{"a", "d", "l", "dangling"}, x.Names("."))
		}
	}
	return cases
}
