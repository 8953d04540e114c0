package escapetest

import (
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/vfs/hostfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Direct is the driver that does the steps on a tree itself; view makes of the
// tree what they are done on.
func Direct(view func(t testing.TB, tree fsapi.FileSystem) fsapi.FileSystem) Driver {
	return func(t testing.TB, call Call) Outcome {
		t.Helper()
		tree := call.World.tree(t)
		defer func() { require.NoError(t, tree.Close()) }()
		root, errno := view(t, tree).Root()
		require.Zero(t, errno)
		d := &direct{root: root, workdir: "/workspace", files: map[any]fsapi.File{}, directories: map[string]fsapi.Directory{}, pause: call.Pause}
		defer d.close()
		var outcome Outcome
		for _, s := range call.Steps {
			outcome.Results = append(outcome.Results, d.do(s))
		}
		changes := tree.Changes()
		for _, list := range [][]vfs.Change{changes.Created, changes.Modified, changes.Deleted} {
			for _, change := range list {
				outcome.Changes = append(outcome.Changes, Change{string(change.Type), string(change.Path)})
			}
		}
		return outcome
	}
}

// tree mounts the world.
func (w *World) tree(t testing.TB) *vfs.FS {
	t.Helper()
	options := vfs.Options{Directories: []vfs.Path{"/workspace", "/tmp"}}
	for guest, host := range w.Mounts {
		source, err := hostfs.Open(host)
		require.NoError(t, err)
		t.Cleanup(func() { source.Close() })
		options.Folders = append(options.Folders, vfs.Folder{
			Path: vfs.Path(guest), HostPath: host, Source: source, Policy: w.policies[guest],
			OnDenied: w.Rules.OnDenied, Follow: w.Rules.Follow,
		})
	}
	tree, err := vfs.New(options)
	require.NoError(t, err)
	return tree
}

// direct does steps.
type direct struct {
	root        fsapi.Directory
	workdir     string
	files       map[any]fsapi.File
	directories map[string]fsapi.Directory
	pause       func()
}

func (d *direct) close() {
	for _, file := range d.files {
		file.Close()
	}
	for _, directory := range d.directories {
		directory.Close()
	}
	d.root.Close()
}

// nowhere is what a slot holds in which nothing was opened.
type nowhere struct{ fsapi.Directory }

func (nowhere) OpenAt(string, fsapi.OpenFlags) (fsapi.Directory, fsapi.File, fsapi.Errno) {
	return nil, nil, fsapi.EBADF
}
func (nowhere) StatAt(string, bool) (fsapi.Filestat, fsapi.Errno) {
	return fsapi.Filestat{}, fsapi.EBADF
}
func (nowhere) SetTimesAt(string, bool, fsapi.Times) fsapi.Errno         { return fsapi.EBADF }
func (nowhere) MkdirAt(string) fsapi.Errno                               { return fsapi.EBADF }
func (nowhere) RemoveDirectoryAt(string) fsapi.Errno                     { return fsapi.EBADF }
func (nowhere) UnlinkAt(string) fsapi.Errno                              { return fsapi.EBADF }
func (nowhere) RenameAt(string, fsapi.Directory, string) fsapi.Errno     { return fsapi.EBADF }
func (nowhere) SymlinkAt(string, string) fsapi.Errno                     { return fsapi.EBADF }
func (nowhere) ReadlinkAt(string) (string, fsapi.Errno)                  { return "", fsapi.EBADF }
func (nowhere) LinkAt(string, bool, fsapi.Directory, string) fsapi.Errno { return fsapi.EBADF }

// path is an argument as a directory and a path below it.
func (d *direct) path(arg any) (fsapi.Directory, string) {
	var path string
	switch arg := arg.(type) {
	case string:
		path = arg
	case []byte:
		path = string(arg)
	}
	if slot, rest, ok := strings.Cut(path, "/"); ok && strings.HasPrefix(slot, "@") {
		if held := d.directories[slot[1:]]; held != nil {
			return held, rest
		}
		return nowhere{}, rest
	}
	if path != "" && path[0] != '/' {
		path = d.workdir + "/" + path
	}
	return d.root, path
}

func (d *direct) open(arg any, flags fsapi.OpenFlags) (fsapi.File, fsapi.Errno) {
	at, path := d.path(arg)
	directory, file, errno := at.OpenAt(path, flags)
	if directory != nil {
		directory.Close()
		return nil, fsapi.EISDIR
	}
	return file, errno
}

const (
	reading   = fsapi.OpenRead | fsapi.OpenFollow
	writing   = fsapi.OpenWrite | fsapi.OpenFollow
	replacing = writing | fsapi.OpenCreate | fsapi.OpenTruncate
)

var modeFlags = map[any]fsapi.OpenFlags{
	"r": reading, "r+": reading | writing, "w": replacing, "w+": replacing | reading,
	"wx": replacing&^fsapi.OpenFollow | fsapi.OpenExclusive, "a": writing | fsapi.OpenCreate | fsapi.OpenAppend,
}

// do does a step and returns its result.
func (d *direct) do(s Step) string {
	value, errno := d.perform(s.Op, s.Args)
	switch {
	case errno != 0:
		return errno.Name()
	case value == nil:
		return "ok"
	}
	return "=" + *value
}

func (d *direct) perform(op string, args []any) (*string, fsapi.Errno) {
	switch op {
	case "read", "write", "append", "create", "truncate":
		return d.whole(op, args)
	case "open", "fread", "fwrite", "fsize", "fstat", "close":
		return d.slot(op, args)
	case "pause":
		d.pause()
		return nil, fsapi.ESUCCESS
	case "rename", "link":
		at, path := d.path(args[0])
		to, toPath := d.path(args[1])
		if op == "link" {
			return nil, at.LinkAt(path, false, to, toPath)
		}
		return nil, at.RenameAt(path, to, toPath)
	case "symlink":
		at, path := d.path(args[1])
		return nil, at.SymlinkAt(args[0].(string), path)
	}
	at, path := d.path(args[0])
	switch op {
	case "stat", "lstat":
		stat, errno := at.StatAt(path, op == "stat")
		return describe(stat), errno
	case "list":
		directory, _, errno := at.OpenAt(path, fsapi.OpenRead|fsapi.OpenFollow|fsapi.OpenDirectory)
		if errno != 0 {
			return nil, errno
		}
		defer directory.Close()
		return list(directory)
	case "opendir":
		directory, _, errno := at.OpenAt(path, fsapi.OpenRead|fsapi.OpenFollow|fsapi.OpenDirectory)
		if errno == 0 {
			if before := d.directories[args[1].(string)]; before != nil {
				before.Close()
			}
			d.directories[args[1].(string)] = directory
		}
		return nil, errno
	case "mkdir":
		return nil, at.MkdirAt(path)
	case "rmdir":
		return nil, at.RemoveDirectoryAt(path)
	case "unlink":
		return nil, at.UnlinkAt(path)
	case "readlink":
		target, errno := at.ReadlinkAt(path)
		return &target, errno
	case "utimes":
		return nil, at.SetTimesAt(path, true, fsapi.Times{SetAccess: true, SetModify: true, Access: 1e9, Modify: 1e9})
	case "chdir":
		stat, errno := at.StatAt(path, true)
		if errno == 0 && stat.Type != fsapi.TypeDirectory {
			errno = fsapi.ENOTDIR
		}
		if errno == 0 {
			d.workdir = path
		}
		return nil, errno
	}
	return nil, fsapi.ENOSYS
}

func describe(stat fsapi.Filestat) *string {
	text := "other"
	switch stat.Type {
	case fsapi.TypeRegularFile:
		text = fileOf(stat.Size)
	case fsapi.TypeDirectory:
		text = "dir"
	case fsapi.TypeSymbolicLink:
		text = "link"
	}
	return &text
}

func list(directory fsapi.Directory) (*string, fsapi.Errno) {
	var names []string
	entries := make([]fsapi.Dirent, 20)
	for cookie := uint64(0); ; {
		n, errno := directory.ReadDir(cookie, entries)
		if errno != 0 {
			return nil, errno
		}
		if n == 0 {
			break
		}
		for _, entry := range entries[:n] {
			if entry.Name != "." && entry.Name != ".." {
				names = append(names, entry.Name)
			}
		}
		cookie = entries[n-1].Next
	}
	sort.Strings(names)
	text := strings.Join(names, ",")
	return &text, fsapi.ESUCCESS
}
