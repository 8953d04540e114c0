package vfs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/vfs/vfstest"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

const (
	create = fsapi.OpenCreate
	none   = perm.Operations(0)
)

// open tries to open and closes again.
func open(x *vfstest.Tree, path string, flags fsapi.OpenFlags) fsapi.Errno {
	directory, file, errno := x.Root.OpenAt(path, flags|fsapi.OpenFollow)
	if directory != nil {
		directory.Close()
	}
	if file != nil {
		file.Close()
	}
	return errno
}

func stat(x *vfstest.Tree, path string) fsapi.Errno {
	_, errno := x.Root.StatAt(path, true)
	return errno
}

// attempts are everything that a guest can do to a file, with what is needed for it.
var attempts = []struct {
	name string
	op   perm.Operations
	do   func(x *vfstest.Tree, path string) fsapi.Errno
}{
	{"open for reading", perm.Read, func(x *vfstest.Tree, path string) fsapi.Errno { return open(x, path, fsapi.OpenRead) }},
	{"open for writing", perm.Modify, func(x *vfstest.Tree, path string) fsapi.Errno { return open(x, path, fsapi.OpenWrite) }},
	{"truncate", perm.Modify, func(x *vfstest.Tree, path string) fsapi.Errno {
		return open(x, path, fsapi.OpenTruncate|fsapi.OpenWrite)
	}},
	{"create where it exists", perm.Modify, func(x *vfstest.Tree, path string) fsapi.Errno { return open(x, path, fsapi.OpenWrite|create) }},
	{"set times", perm.Modify, func(x *vfstest.Tree, path string) fsapi.Errno {
		return x.Root.SetTimesAt(path, true, fsapi.Times{SetModify: true})
	}},
	{"unlink", perm.Delete, func(x *vfstest.Tree, path string) fsapi.Errno { return x.Root.UnlinkAt(path) }},
	{"rename", perm.Delete, func(x *vfstest.Tree, path string) fsapi.Errno { return x.Root.RenameAt(path, x.Root, "tmp/renamed") }},
	{"rename over", perm.Modify, func(x *vfstest.Tree, path string) fsapi.Errno {
		x.Write("tmp/mine", "mine")
		return x.Root.RenameAt("tmp/mine", x.Root, path)
	}},
}

func TestEveryOperationIsJudged(t *testing.T) {
	for _, mode := range []DeniedMode{Throw, Ignore, Virtual} {
		for _, c := range attempts {
			t.Run(fmt.Sprintf("%d %s", mode, c.name), func(t *testing.T) {
				make := func(allowed perm.Operations) (*FS, *vfstest.Tree) {
					return mounted(t, newHost(map[string]string{"d/a": "text"}), func(f *Folder) {
						f.Policy, f.OnDenied = rules(t, perm.Permissions{Default: &allowed}), mode
					})
				}
				files, x := make(c.op | perm.Read | perm.List)
				x.OK(c.do(x, "data/d/a"))
				denied, _ := files.Denied()
				require.Empty(t, denied)

				files, x = make(perm.All &^ c.op)
				errno := c.do(x, "data/d/a")
				denied, more := files.Denied()
				require.Len(t, denied, 1)
				require.Zero(t, more)
				require.Equal(t, Path("/data/d/a"), denied[0].Path)
				require.Equal(t, c.op, denied[0].Operation)
				require.Nil(t, denied[0].Rule)
				require.Equal(t, "by default", denied[0].Reason)
				switch {
				case mode == Throw:
					x.Is(fsapi.EACCES, errno)
				case c.op == perm.Read:
					x.Is(fsapi.ENOENT, errno)
				default:
					x.OK(errno)
				}
				changes := files.Changes()
				require.Empty(t, changes.Modified)
				require.Empty(t, changes.Deleted)
				for _, c := range changes.Created {
					require.Equal(t, Path("/tmp/mine"), c.Path)
				}
			})
		}
	}
}

func TestCreatingIsJudged(t *testing.T) {
	for name, do := range map[string]func(x *vfstest.Tree, path string) fsapi.Errno{
		"open": func(x *vfstest.Tree, path string) fsapi.Errno { return open(x, path, fsapi.OpenWrite|create) },
		"exclusive": func(x *vfstest.Tree, path string) fsapi.Errno {
			return open(x, path, fsapi.OpenWrite|create|fsapi.OpenExclusive)
		},
		"mkdir":   func(x *vfstest.Tree, path string) fsapi.Errno { return x.Root.MkdirAt(path) },
		"symlink": func(x *vfstest.Tree, path string) fsapi.Errno { return x.Root.SymlinkAt("/tmp", path) },
		"rename": func(x *vfstest.Tree, path string) fsapi.Errno {
			x.Write("tmp/mine", "")
			return x.Root.RenameAt("tmp/mine", x.Root, path)
		},
		"rename a directory": func(x *vfstest.Tree, path string) fsapi.Errno {
			x.Mkdir("tmp/mine")
			return x.Root.RenameAt("tmp/mine", x.Root, path)
		},
		"through a link": func(x *vfstest.Tree, path string) fsapi.Errno {
			x.Symlink("/"+path, "tmp/link")
			return open(x, "tmp/link", fsapi.OpenWrite|create)
		},
	} {
		for _, mode := range []DeniedMode{Throw, Ignore, Virtual} {
			t.Run(fmt.Sprintf("%d %s", mode, name), func(t *testing.T) {
				allowed := perm.All &^ perm.Create
				files, x := mounted(t, newHost(nil), func(f *Folder) {
					f.Policy, f.OnDenied = rules(t, perm.Permissions{Default: &allowed}), mode
				})
				errno := do(x, "data/new")
				denied, _ := files.Denied()
				require.Len(t, denied, 1)
				require.Equal(t, perm.Create, denied[0].Operation)
				require.Equal(t, Path("/data/new"), denied[0].Path)
				if mode == Throw {
					x.Is(fsapi.EACCES, errno)
				} else {
					x.OK(errno)
				}
				if mode == Virtual {
					require.Equal(t, []string{"new"}, x.Names("data"))
				} else {
					require.Empty(t, x.Names("data"))
				}
				for _, c := range files.Changes().Created {
					require.True(t, strings.HasPrefix(string(c.Path), "/tmp/"), c.Path)
				}
			})
		}
	}
}

func TestIgnoredWritesGoNowhere(t *testing.T) {
	files, x := mounted(t, newHost(map[string]string{"a": "text"}), func(f *Folder) {
		f.Policy, f.OnDenied = rules(t, perm.ReadOnly()), Ignore
	})
	file := x.Open("data/a", readWrite|fsapi.OpenTruncate)
	n, errno := file.WriteAt([]byte("other"), 0)
	x.OK(errno)
	require.Equal(t, 5, n)
	n, size, errno := file.Append([]byte("more"))
	x.OK(errno)
	require.Equal(t, 4, n)
	require.EqualValues(t, 8, size)
	x.OK(file.SetSize(1))
	x.OK(file.Allocate(0, 1<<40))
	x.OK(file.SetTimes(fsapi.Times{SetModify: true, Modify: 5}))
	_, errno = file.WriteAt([]byte("x"), -1)
	x.Is(fsapi.EINVAL, errno)
	require.Equal(t, "text", x.Contents(file))
	require.Equal(t, "text", x.Read("data/a"))
	require.NotEqualValues(t, 5, x.Stat("data/a").ModifyTime)

	created := x.Open("data/new", readWrite|create)
	n, errno = created.WriteAt(make([]byte, 10<<20), 0)
	x.OK(errno)
	require.Equal(t, 10<<20, n)
	require.Empty(t, x.Contents(created))
	x.Missing("data/new")
	x.OK(created.Close())
	x.OK(file.Close())
	require.Zero(t, files.Used())
}

func TestVirtualIsNeverAChange(t *testing.T) {
	files, x := mounted(t, newHost(map[string]string{"a": "text", "d/b": "more", "out/": ""}), func(f *Folder) {
		f.Policy, f.OnDenied = rules(t, perm.Permissions{Rules: []perm.Rule{{Pattern: "out/**", Allow: perm.All}}}), Virtual
	})
	x.Write("data/a", "new")
	x.Write("data/created", "created")
	x.OK(x.Root.RenameAt("data/d", x.Root, "data/e"))
	require.Equal(t, "new", x.Read("data/a"))
	require.Equal(t, "created", x.Read("data/created"))
	require.Equal(t, "more", x.Read("data/e/b"))
	x.Missing("data/d")
	require.Equal(t, []string{}, summary(files.Changes()))
	x.OK(x.Root.RenameAt("data/e/b", x.Root, "data/out/b"))
	x.Write("data/out/c", "")
	require.Equal(t, []string{"create /data/out/c >"}, summary(files.Changes()))
}

func TestDeniedReadsTellNothing(t *testing.T) {
	// Whether anything is at a path that may be neither read nor listed cannot be
	// found out.
	probes := map[string]func(x *vfstest.Tree, path string) fsapi.Errno{
		"stat":         stat,
		"lstat":        func(x *vfstest.Tree, path string) fsapi.Errno { _, errno := x.Root.StatAt(path, false); return errno },
		"stat slash":   func(x *vfstest.Tree, path string) fsapi.Errno { return stat(x, path+"/") },
		"stat below":   func(x *vfstest.Tree, path string) fsapi.Errno { return stat(x, path+"/x") },
		"stat dot dot": func(x *vfstest.Tree, path string) fsapi.Errno { return stat(x, path+"/x/../y") },
		"open":         func(x *vfstest.Tree, path string) fsapi.Errno { return open(x, path, fsapi.OpenRead) },
		"open directory": func(x *vfstest.Tree, path string) fsapi.Errno {
			return open(x, path, fsapi.OpenRead|fsapi.OpenDirectory)
		},
		"open nothing": func(x *vfstest.Tree, path string) fsapi.Errno { return open(x, path, 0) },
		"write":        func(x *vfstest.Tree, path string) fsapi.Errno { return open(x, path, fsapi.OpenWrite) },
		"create": func(x *vfstest.Tree, path string) fsapi.Errno {
			return open(x, path, fsapi.OpenWrite|create|fsapi.OpenExclusive)
		},
		"unlink":   func(x *vfstest.Tree, path string) fsapi.Errno { return x.Root.UnlinkAt(path) },
		"rmdir":    func(x *vfstest.Tree, path string) fsapi.Errno { return x.Root.RemoveDirectoryAt(path) },
		"mkdir":    func(x *vfstest.Tree, path string) fsapi.Errno { return x.Root.MkdirAt(path) },
		"symlink":  func(x *vfstest.Tree, path string) fsapi.Errno { return x.Root.SymlinkAt("x", path) },
		"readlink": func(x *vfstest.Tree, path string) fsapi.Errno { _, errno := x.Root.ReadlinkAt(path); return errno },
		"link":     func(x *vfstest.Tree, path string) fsapi.Errno { return x.Root.LinkAt(path, false, x.Root, "tmp/l") },
		"times":    func(x *vfstest.Tree, path string) fsapi.Errno { return x.Root.SetTimesAt(path, true, fsapi.Times{}) },
		"rename":   func(x *vfstest.Tree, path string) fsapi.Errno { return x.Root.RenameAt(path, x.Root, "tmp/r") },
		"rename to": func(x *vfstest.Tree, path string) fsapi.Errno {
			x.Write("tmp/f", "")
			return x.Root.RenameAt("tmp/f", x.Root, path)
		},
		"rename dir": func(x *vfstest.Tree, path string) fsapi.Errno {
			x.Mkdir("tmp/d")
			return x.Root.RenameAt("tmp/d", x.Root, path)
		},
	}
	for _, mode := range []DeniedMode{Throw, Ignore} {
		for name, probe := range probes {
			t.Run(fmt.Sprintf("%d %s", mode, name), func(t *testing.T) {
				answers := map[fsapi.Errno]bool{}
				for _, start := range []map[string]string{
					{}, {"secret/": ""}, {"secret/x": ""}, {"secret/x/y": ""}, {"secret": "text"}, {"secret -> a": "", "a": ""},
					{"secret -> nowhere": ""}, {"secret -> secret": ""},
				} {
					_, x := mounted(t, newHost(start), func(f *Folder) {
						f.Policy, f.OnDenied, f.Follow = rules(t, perm.Permissions{Exclude: []string{"secret"}}), mode, FollowRestricted
					})
					answers[probe(x, "data/secret")] = true
				}
				require.Len(t, answers, 1, "%v", answers)
				if mode == Throw {
					require.Contains(t, answers, fsapi.EACCES)
				}
			})
		}
	}
}

func TestListing(t *testing.T) {
	files, x := mounted(t, newHost(map[string]string{
		"a": "", "b.key": "", "d/c": "", "hidden/x": "", ".git/config": "",
	}), func(f *Folder) {
		f.Policy = rules(t, perm.Permissions{
			Rules:   []perm.Rule{{Pattern: "*.key", Deny: perm.List}, {Pattern: "hidden", Deny: perm.List}, {Pattern: "hidden/*", Allow: perm.Read}},
			Exclude: []string{".git"},
		})
	})
	require.Equal(t, []string{"a", "d"}, x.Names("data"))
	denied, _ := files.Denied()
	require.Empty(t, denied, "names that are left out are no refusals")
	x.Is(fsapi.EACCES, open(x, "data/hidden", fsapi.OpenRead|fsapi.OpenDirectory))
	x.OK(open(x, "data/hidden", fsapi.OpenDirectory))
	x.Is(fsapi.EACCES, open(x, "data/.git/config", fsapi.OpenRead))
	require.Empty(t, x.Read("data/b.key"), "reading is another permission")
	require.Empty(t, x.Read("data/hidden/x"), "walking through needs none")
	x.Write("tmp/x", "")
	x.Is(fsapi.EACCES, x.Root.RenameAt("tmp/x", x.Root, "data/.git/config"))
}

func TestDenials(t *testing.T) {
	var told []Denial
	var files *FS
	h := newHost(map[string]string{"a": "", "secret": ""})
	files, err := New(Options{
		Folders: []Folder{{Path: "/data", Source: h, Policy: rules(t, perm.Permissions{
			Rules: []perm.Rule{{Pattern: "sec*", Deny: perm.Read, Priority: 7}},
		})}},
		OnDenied: func(d Denial) {
			told = append(told, d)
			files.Used() // the lock is free
		},
	})
	require.NoError(t, err)
	x := vfstest.NewTree(t, files)
	x.Is(fsapi.EACCES, open(x, "data/secret", fsapi.OpenRead))
	denied, _ := files.Denied()
	require.Equal(t, told, denied)
	require.Equal(t, perm.Rule{Pattern: "sec*", Deny: perm.Read, Priority: 7}, *told[0].Rule)
	require.Equal(t, `by rule "sec*" (priority 7)`, told[0].Reason)
	require.False(t, told[0].Time.IsZero())
	for range MaxDenials + 10 {
		x.Is(fsapi.EACCES, open(x, "data/a", fsapi.OpenWrite))
	}
	denied, more := files.Denied()
	require.Len(t, denied, MaxDenials)
	require.Equal(t, 11, more)
	require.Len(t, told, MaxDenials+11)
}

func TestNestedPolicies(t *testing.T) {
	inner := newHost(map[string]string{"a": "inner"})
	_, x := newTree(t, Options{Folders: []Folder{
		{Path: "/data", Source: newHost(map[string]string{"a": "outer", "in/a": ""}), Policy: rules(t, perm.None())},
		{Path: "/data/in", Source: inner},
	}})
	x.Is(fsapi.EACCES, open(x, "data/a", fsapi.OpenRead))
	x.Is(fsapi.EACCES, open(x, "data", fsapi.OpenRead))
	x.Write("data/in/a", "new")
	x.Is(fsapi.EACCES, x.Root.RenameAt("data/in/a", x.Root, "data/b"))
	x.Is(fsapi.EACCES, stat(x, "data/in/../a"))
}

func TestPathsTooLongForPolicies(t *testing.T) {
	files, x := mounted(t, newHost(nil), func(f *Folder) { f.Policy = rules(t, perm.Full()) })
	directory, errno := x.OpenDir("data"), fsapi.ESUCCESS
	depth := 0
	for ; errno == 0 && depth < 2*fsapi.PathMax; depth++ {
		if errno = directory.MkdirAt(longString(100)); errno == 0 {
			next, _, errno := directory.OpenAt(longString(100), fsapi.OpenDirectory)
			x.OK(errno)
			directory = next
		}
	}
	x.Is(fsapi.EACCES, errno)
	require.Equal(t, fsapi.PathMax/101+1, depth)
	denied, _ := files.Denied()
	require.Len(t, denied, 1)
	require.Len(t, denied[0].Path, fsapi.PathMax)
	require.Equal(t, "the path is too long", denied[0].Reason)
	require.False(t, files.Changes().Incomplete)
}
