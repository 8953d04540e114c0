package vfs

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// fuzzHost are the files of the folder at /data. Each holds a capital letter of its
// own some times; what guests write has none.
var fuzzHost = []string{"a", "d/a", "d/e/b", "d/secret", "out/c", "secret/s", "l -> a", "ld -> d", "ls -> secret/s", "empty/"}

// fuzzPermissions are what the guest may do in /data.
var fuzzPermissions = []*perm.Permissions{
	nil,
	{},
	{Default: operations(perm.All), Rules: []perm.Rule{{Pattern: "**/secret", Deny: perm.Read}}, Exclude: []string{"/data/secret"}},
	{Rules: []perm.Rule{
		{Pattern: "out/**", Allow: perm.All}, {Pattern: "d/**", Allow: perm.Delete, Deny: perm.Read}, {Pattern: "a", Allow: perm.Modify},
	}},
	{Default: operations(perm.Create | perm.List), Rules: []perm.Rule{{Pattern: "d", Allow: perm.All}, {Pattern: "**/a", Allow: perm.Delete | perm.Read}}},
	{Default: operations(perm.Modify | perm.Delete), Rules: []perm.Rule{{Pattern: "{out,e,d/e}/**", Allow: perm.All}}},
}

var fuzzNames = []string{
	"a", "b", "d", "d/a", "d/e", "d/e/b", "l", "l/a", "../d", "e", "e/f", "e/f/", "/d/./a", ".", "d/..", "e/l",
	"/data", "/data/a", "/data/d", "/data/d/a", "/data/d/e", "/data/d/e/b", "/data/d/secret", "/data/secret", "/data/secret/s",
	"/data/out", "/data/out/c", "/data/out/x", "/data/l", "/data/ld/a", "/data/ls", "/data/e", "/data/new", "s", "secret", "c", "/e/secret",
}

// fuzzer is a tree under operations made from an input.
type fuzzer struct {
	*testing.T
	script      []byte
	files       *FS
	policy      *perm.Policy
	mode        DeniedMode
	base        *Options // of files; nil: no forks
	handles     []fsapi.File
	directories []fsapi.Directory
}

func (z *fuzzer) next() int {
	if len(z.script) == 0 {
		return 0
	}
	b := z.script[0]
	z.script = z.script[1:]
	return int(b)
}

func (z *fuzzer) name() string { return fuzzNames[z.next()%len(fuzzNames)] }

func (z *fuzzer) directory() fsapi.Directory { return z.directories[z.next()%len(z.directories)] }

// step does one operation.
func (z *fuzzer) step() {
	directory := z.directory()
	switch z.next() % 17 {
	case 0:
		directory.MkdirAt(z.name())
	case 1:
		directory.RemoveDirectoryAt(z.name())
	case 2:
		directory.UnlinkAt(z.name())
	case 3, 13:
		directory.RenameAt(z.name(), z.directory(), z.name())
	case 4:
		directory.SymlinkAt(z.name(), z.name())
	case 5, 6:
		d, file, errno := directory.OpenAt(z.name(), fsapi.OpenFlags(z.next())|fsapi.OpenFlags(z.next()%2)*fsapi.OpenRead)
		switch {
		case errno != 0:
		case file != nil:
			z.handles = append(z.handles, file)
		default:
			z.directories = append(z.directories, d)
		}
	case 7, 8:
		if len(z.handles) > 0 {
			z.use(z.handles[z.next()%len(z.handles)])
		}
	case 9:
		if len(z.handles) > 0 {
			i := z.next() % len(z.handles)
			z.handles[i].Close()
			z.handles = append(z.handles[:i], z.handles[i+1:]...)
		}
	case 10:
		if len(z.directories) > 1 {
			i := 1 + z.next()%(len(z.directories)-1)
			z.directories[i].Close()
			z.directories = append(z.directories[:i], z.directories[i+1:]...)
		}
	case 11:
		directory.StatAt(z.name(), z.next()%2 == 0)
	case 12:
		z.check(z.files.Changes())
	case 14:
		directory.ReadDir(uint64(z.next()), make([]fsapi.Dirent, 3))
	case 15:
		z.fork(z.next()%2 == 0)
	case 16:
		z.files.Refresh()
	}
	require.LessOrEqual(z, z.files.used, z.files.budget+int64(fsapi.NameMax))
}

// fork goes on with a tree made from an image, which must be the same.
func (z *fuzzer) fork(save bool) {
	if z.base == nil {
		return
	}
	for _, file := range z.handles {
		file.Close()
	}
	for _, directory := range z.directories {
		directory.Close()
	}
	image, err := z.files.Image()
	if errors.Is(err, fsapi.EFBIG) || errors.Is(err, fsapi.EACCES) {
		image = nil
	} else {
		require.NoError(z, err)
	}
	if image != nil {
		if save {
			image = saved(z, image)
		}
		changes, contents, used := summary(z.files.Changes()), z.contents(), z.files.used
		z.files, err = New(Options{Bytes: z.base.Bytes, Base: image, BaseAs: BaseSession, Folders: z.base.Folders})
		require.NoError(z, err)
		require.Equal(z, used, z.files.used)
		require.Equal(z, changes, summary(z.files.Changes()))
		require.Equal(z, contents, z.contents())
		z.files, err = New(Options{Bytes: z.base.Bytes, Base: image, BaseAs: BaseSession, Folders: z.base.Folders})
		require.NoError(z, err) // one of which nothing is in use yet

		start, err := New(Options{Bytes: z.base.Bytes, Base: image})
		require.NoError(z, err)
		inner := &fuzzer{T: z.T, files: start}
		require.Zero(z, start.used)
		for path, content := range inner.contents() {
			require.Equal(z, contents[path], content, path)
		}
		require.Empty(z, summary(start.Changes()))
	}
	z.handles, z.directories = nil, nil
	root, _ := z.files.Root()
	z.directories = append(z.directories, root)
}

func (z *fuzzer) use(file fsapi.File) {
	size := int64(z.next() * z.next())
	switch z.next() % 7 {
	case 0:
		file.WriteAt(make([]byte, z.next()), size)
	case 1:
		file.Append([]byte("appended"))
	case 2:
		file.SetSize(size)
	case 3:
		file.Allocate(size, int64(z.next()))
	case 4:
		file.WriteAt([]byte("x"), math.MaxInt64-size)
	case 5:
		file.SetTimes(fsapi.Times{SetModify: true, Modify: size})
	case 6:
		z.read(file)
	}
}

// read reads what the guest can read and makes sure that it may.
func (z *fuzzer) read(file fsapi.File) {
	p := make([]byte, 1000)
	n, errno := file.ReadAt(p, 0)
	require.Contains(z, []fsapi.Errno{fsapi.ESUCCESS, fsapi.EBADF}, errno)
	for _, letter := range p[:n] {
		if letter >= 'A' && letter <= 'Z' {
			name := fuzzHost[letter-'A']
			require.True(z, z.policy.Allowed("/data/"+name).Has(perm.Read), "the contents of %s were read", name)
		}
	}
}

// readEverything does so with all that the guest finds.
func (z *fuzzer) readEverything(dir fsapi.Directory, depth int) {
	entries := make([]fsapi.Dirent, 100)
	n, _ := dir.ReadDir(2, entries)
	for _, entry := range entries[:n] {
		if entry.Name == "dev" || depth > 10 {
			continue
		}
		d, file, errno := dir.OpenAt(entry.Name, fsapi.OpenRead|fsapi.OpenFollow)
		switch {
		case errno != 0:
		case d != nil:
			if entry.Type == fsapi.TypeDirectory {
				z.readEverything(d, depth+1)
			}
			d.Close()
		default:
			z.read(file)
			file.Close()
		}
	}
}

// check makes sure that the policy allows every change.
func (z *fuzzer) check(c Changes) {
	require.False(z, c.Incomplete)
	allowed := func(change Change) perm.Operations {
		if strings.HasPrefix(string(change.Path), "/data/") {
			return z.policy.Allowed(string(change.Path))
		}
		return perm.All
	}
	both := map[Path]int{} // replaced by something of another type
	for _, change := range append(c.Created[:len(c.Created):len(c.Created)], c.Deleted...) {
		both[change.Path]++
	}
	may := func(change Change, op perm.Operations) bool {
		now := allowed(change)
		return now.Has(op) || now.Has(perm.Modify) && both[change.Path] == 2
	}
	for _, change := range c.Created {
		require.True(z, may(change, perm.Create), "%s was created", change.Path)
	}
	for _, change := range c.Deleted {
		require.True(z, may(change, perm.Delete), "%s was deleted", change.Path)
	}
	for _, change := range c.Modified {
		now := allowed(change)
		require.True(z, now.Has(perm.Modify) || now.Has(perm.Create|perm.Delete), "%s was modified", change.Path)
	}
}

// charged sums up what nodes are charged with.
func (z *fuzzer) charged(path Path, dir *node) int64 {
	sum := int64(0)
	z.files.useAll(dir)
	for name, entry := range dir.byName() {
		n, at := entry.node, path.join(name)
		if n.layer != nil {
			continue
		}
		require.Equal(z, name, entry.name)
		require.Equal(z, name, n.name)
		require.Same(z, dir, n.parent, at)
		require.False(z, n.removed, at)
		require.Zero(z, n.handles, at)
		require.Nil(z, n.file, at)
		if !n.shared {
			require.LessOrEqual(z, int64(cap(n.data)), 4*n.contentCharge+8192, at)
		}
		sum += n.charged + z.charged(at, n)
	}
	return sum
}

// contents describes the whole tree as the host sees it.
func (z *fuzzer) contents() map[Path]string {
	view, all := z.files.View(), map[Path]string{}
	require.NoError(z, fs.WalkDir(view, ".", func(path string, d fs.DirEntry, err error) error {
		require.NoError(z, err)
		at := Path("/" + path)
		switch {
		case path == ".":
		case d.IsDir():
			all[at] = "directory"
		case d.Type() == fs.ModeSymlink:
			target, err := view.(fs.ReadLinkFS).ReadLink(path)
			require.NoError(z, err)
			all[at] = "link to " + target
		default:
			content, err := fs.ReadFile(view, path)
			require.NoError(z, err)
			all[at] = string(content)
		}
		return nil
	}))
	return all
}

// FuzzOperations runs operations made from the input and checks that the tree is
// sound afterwards: what is charged is what is there, names and parents agree, and
// replaying Changes on the state at the start gives the state at the end; and that
// whatever the sequence nothing happens that the policy denies: no contents of the
// host are read, and no change is listed, that it does not allow.
func FuzzOperations(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
	f.Add([]byte("\x03\x01\x04\x02\x00\x05\x09\x06\x05\x01\x03\x0a\x02\x02\x07\x05\x00\x04\x01"))
	for i := range byte(18) {
		// Renames of a secret, of its folder, and reading.
		f.Add([]byte{i, 0, 3, 22, 0, 0, 0, 3, 18, 0, 9, 0, 5, 36, 64, 1, 0, 7, 0, 1, 1, 6})
		f.Add([]byte{i, 0, 5, 17, 97, 1, 0, 3, 17, 0, 27, 0, 7, 0, 1, 1, 0, 9, 0, 12})
		// Renames and forks.
		f.Add([]byte{i, 0, 3, 18, 0, 9, 0, 15, i, 0, 0, 31, 0, 15, 0, 0, 2, 17, 0, 3, 9, 0, 27, 0, 15, 1, 0, 5, 31, 97, 1, 0, 7, 0, 3, 4, 0, 9, 0, 0, 15, 0})
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		start := map[Path][]byte{"/a": []byte("start a"), "/d/a": []byte("start d/a")}
		z := &fuzzer{T: t, script: script}
		config := z.next()
		h := newHost(nil)
		for i, name := range fuzzHost {
			h.put(name, strings.Repeat(string(rune('A'+i)), 10+i))
		}
		if permissions := fuzzPermissions[config%len(fuzzPermissions)]; permissions != nil {
			z.policy = rules(t, *permissions)
		}
		z.mode = DeniedMode(config / len(fuzzPermissions) % 3)
		z.base = &Options{
			Bytes: 20_000, Files: start, Directories: []Path{"/e"},
			Folders: []Folder{{Path: "/data", Source: h, Policy: z.policy, OnDenied: z.mode, Follow: FollowRestricted}},
		}
		make := func() *FS {
			files, err := New(*z.base)
			require.NoError(t, err)
			return files
		}
		z.files = make()
		before := z.contents()
		z.files = make()
		root, _ := z.files.Root()
		z.directories = append(z.directories, root)
		for len(z.script) > 0 {
			z.step()
		}
		for _, file := range z.handles {
			z.read(file)
			file.Close()
		}
		if root, errno := z.files.Root(); errno == 0 { // it may be another tree by now
			z.readEverything(root, 0)
			root.Close()
		}
		for _, directory := range z.directories {
			directory.Close()
		}
		require.Equal(t, z.charged("/", z.files.root), z.files.used)
		require.Zero(t, h.opened)

		changes := z.files.Changes()
		z.check(changes)
		if z.mode != Virtual {
			require.Equal(t, z.contents(), replay(t, before, changes))
			require.Equal(t, summary(changes), summary(z.files.Changes()))
		}
		require.Equal(t, "start a", string(start["/a"]))
		require.Equal(t, "start d/a", string(start["/d/a"]))
	})
}

// replay applies changes to a description of a tree.
func replay(t *testing.T, state map[Path]string, changes Changes) map[Path]string {
	for i := range changes.Deleted {
		change := &changes.Deleted[i]
		old, err := change.OldContent()
		require.NoError(t, err)
		if change.Mode.IsRegular() {
			require.Equal(t, state[change.Path], string(old), change.Path)
		}
		require.Contains(t, state, change.Path)
		delete(state, change.Path)
	}
	for i := range changes.Modified {
		change := &changes.Modified[i]
		old, err := change.OldContent()
		require.NoError(t, err)
		content, err := change.Content()
		require.NoError(t, err)
		require.Equal(t, state[change.Path], string(old), change.Path)
		require.NotEqual(t, old, content, change.Path)
		state[change.Path] = string(content)
	}
	for i := range changes.Created {
		change := &changes.Created[i]
		require.NotContains(t, state, change.Path)
		content, err := change.Content()
		require.NoError(t, err)
		switch {
		case change.IsDir():
			state[change.Path] = "directory"
		case change.Target != "":
			state[change.Path] = fmt.Sprintf("link to %s", change.Target)
		default:
			state[change.Path] = string(content)
		}
	}
	return state
}

func (n *node) byName() map[string]*entry {
	if n.entries == nil {
		return nil
	}
	return n.entries.byName
}

// FuzzReadImage reads images that were saved and tampered with: whatever they hold, a
// tree of them works, and is within the limit.
func FuzzReadImage(f *testing.F) {
	add := func(files *FS) {
		image, err := files.Image()
		require.NoError(f, err)
		var b bytes.Buffer
		_, err = image.WriteTo(&b)
		require.NoError(f, err)
		f.Add(b.Bytes())
	}
	t := &testing.T{}
	add(busy(t, busyHost()))
	empty, err := New(Options{})
	require.NoError(f, err)
	add(empty)
	f.Add([]byte(imageMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 20
		image, err := ReadImage(bytes.NewReader(data), limit)
		if err != nil {
			require.ErrorIs(t, err, ErrImage)
			return
		}
		require.LessOrEqual(t, image.Bytes(), int64(limit))
		try(t, image)
	})
}

// try uses an image in all ways.
func try(t *testing.T, image *Image) {
	t.Helper()
	for _, mode := range []BaseMode{BaseStart, BaseSession} {
		options := Options{Base: image, BaseAs: mode}
		for _, one := range image.folders {
			options.Folders = append(options.Folders, Folder{Path: one.mount, Source: busyHost()})
		}
		files, err := New(options)
		if err != nil {
			continue
		}
		files.Changes()
		view := files.View()
		_ = fs.WalkDir(view, ".", func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				_, _ = fs.ReadFile(view, path)
			}
			return nil
		})
		root, _ := files.Root()
		for _, name := range fuzzNames {
			root.RenameAt(name, root, "renamed")
			root.UnlinkAt(name)
		}
		files.Refresh()
		files.Synced([]Path{"/data/a", "/data/e", "/data/new"})
		files.Changes()
		if again, err := files.Image(); err == nil {
			saved(t, again)
		}
		require.NoError(t, files.Close())
	}
}
