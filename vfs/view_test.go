package vfs

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"io"
	"io/fs"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

func TestView(t *testing.T) {
	h := newHost(map[string]string{"a": "text", "d/b": "more", "d/e/c": "", "l -> a": "", "secret": "secret", "out -> /x": ""})
	files, x := newTree(t, Options{
		Folders: []Folder{{
			Path: "/data", Source: h, Follow: FollowRestricted, Policy: rules(t, perm.Permissions{Rules: []perm.Rule{
				{Pattern: "secret", Deny: perm.All}, {Pattern: "**", Allow: perm.All},
			}}),
		}},
		Files:  map[Path][]byte{"/given/file": []byte("given")},
		Layers: []Mount{{"/lib", NewLayer(fstest.MapFS{"x/y": {Data: []byte("library")}})}},
	})
	x.Write("data/new", "new")
	x.Write("data/a", "changed")
	x.Symlink("given/file", "link")
	x.Symlink("nowhere", "dangling")
	view := files.View()
	x.OK(x.Root.UnlinkAt("data/out"))
	x.OK(x.Root.UnlinkAt("dangling"))
	require.NoError(t, fstest.TestFS(view, "data/a", "data/new", "data/d/e/c", "given/file", "lib/x/y", "link", "data/l"))
	content, err := fs.ReadFile(view, "data/l")
	require.NoError(t, err)
	require.Equal(t, "changed", string(content))
	content, err = fs.ReadFile(view, "data/secret")
	require.NoError(t, err)
	require.Equal(t, "secret", string(content), "policies are for guests")
	_, err = fs.Stat(view, "dev/null")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = fs.ReadFile(view, "data")
	require.Error(t, err)
	_, err = fs.ReadDir(view, "data/a")
	require.Error(t, err)
	_, err = view.(fs.ReadLinkFS).ReadLink("data/a")
	require.ErrorIs(t, err, fs.ErrInvalid)
	target, err := view.(fs.ReadLinkFS).ReadLink("link")
	require.NoError(t, err)
	require.Equal(t, "given/file", target)
	denied, _ := files.Denied()
	require.Empty(t, denied)

	file, err := view.Open("given/file")
	require.NoError(t, err)
	require.NoError(t, iotest.TestReader(file, []byte("given")))
	require.NoError(t, file.Close())
	require.Error(t, file.Close())
	require.NoError(t, files.Close())
	_, err = view.Open("given/file")
	require.ErrorIs(t, err, fs.ErrClosed)
}

func TestZip(t *testing.T) {
	random := make([]byte, keptFileBytes+100_000)
	_, _ = rand.Read(random)
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	for name, content := range map[string][]byte{"a.txt": []byte("text"), "d/large": random, "d/e/c": nil} {
		f, err := w.Create(name)
		require.NoError(t, err)
		_, err = f.Write(content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	r, err := zip.NewReader(bytes.NewReader(buffer.Bytes()), int64(buffer.Len()))
	require.NoError(t, err)
	files, x := newTree(t, Options{Bytes: 1 << 24, Folders: []Folder{{Path: "/zip", Source: FromFS(r)}}})
	require.Equal(t, []string{"a.txt", "d"}, x.Names("zip"))
	require.Equal(t, "text", x.Read("zip/a.txt"))
	file := x.Open("zip/d/large", readWrite)
	for _, offset := range []int64{1 << 20, 5, 70_000, 0, int64(len(random)) - 3} {
		p := make([]byte, 1000)
		n, errno := file.ReadAt(p, offset)
		x.OK(errno)
		require.Equal(t, random[offset:min(int(offset)+1000, len(random))], p[:n])
	}
	_, errno := file.WriteAt([]byte("x"), 7)
	x.OK(errno)
	changes := files.Changes()
	require.Len(t, changes.Modified, 1)
	old, err := changes.Modified[0].OldContent()
	require.NoError(t, err)
	require.True(t, bytes.Equal(random, old))
	require.NoError(t, fstest.TestFS(files.View(), "zip/d/large", "zip/d/e/c"))
}

func TestDevices(t *testing.T) {
	files, x := newTree(t, Options{})
	require.Equal(t, []string{"null", "random", "urandom", "zero"}, x.Names("dev"))
	for _, name := range []string{"null", "zero", "random", "urandom"} {
		file := x.Open("dev/"+name, readWrite|fsapi.OpenTruncate|fsapi.OpenCreate|fsapi.OpenAppend)
		n, errno := file.WriteAt(make([]byte, 100<<20), 1<<40)
		x.OK(errno)
		require.Equal(t, 100<<20, n)
		_, _, errno = file.Append([]byte("x"))
		x.OK(errno)
		p := bytes.Repeat([]byte{1}, 100)
		n, errno = file.ReadAt(p, 1<<50)
		x.OK(errno)
		switch name {
		case "null":
			require.Zero(t, n)
		case "zero":
			require.Equal(t, make([]byte, 100), p)
		default:
			require.Equal(t, 100, n)
			q := make([]byte, 100)
			_, _ = file.ReadAt(q, 0)
			require.NotEqual(t, p, q)
		}
		stat, errno := file.Stat()
		x.OK(errno)
		require.Equal(t, fsapi.TypeCharacterDevice, stat.Type)
		require.Equal(t, x.Stat("dev/"+name), stat)
		x.Is(fsapi.EINVAL, file.SetSize(0))
		x.Is(fsapi.EPERM, x.Root.UnlinkAt("dev/"+name))
		x.Is(fsapi.EPERM, x.Root.RenameAt("dev/"+name, x.Root, "x"))
		x.OpenFails(fsapi.ENOTDIR, "dev/"+name, fsapi.OpenRead|fsapi.OpenDirectory)
		x.OpenFails(fsapi.EEXIST, "dev/"+name, fsapi.OpenRead|fsapi.OpenCreate|fsapi.OpenExclusive)
		x.OpenFails(fsapi.ENOTDIR, "dev/"+name+"/x", fsapi.OpenRead)
	}
	x.Is(fsapi.EBUSY, x.Root.RemoveDirectoryAt("dev"))
	x.Is(fsapi.EBUSY, x.Root.RenameAt("dev", x.Root, "x"))
	x.OpenFails(fsapi.EROFS, "dev/new", readWrite|fsapi.OpenCreate)
	require.True(t, unchanged(files))
	require.Zero(t, files.Used())
}

func TestChangesCanBeReadInPieces(t *testing.T) {
	h := newHost(nil)
	h.sparse("large", 5<<20)
	files, x := mounted(t, h, nil)
	x.OK(x.Root.RenameAt("data/large", x.Root, "data/moved"))
	changes := files.Changes()
	reader, err := changes.Created[0].Open()
	require.NoError(t, err)
	n, err := io.Copy(io.Discard, reader)
	require.NoError(t, err)
	require.EqualValues(t, 5<<20, n)
	require.NoError(t, reader.Close())
	reader, err = changes.Created[0].Open()
	require.NoError(t, err)
	_, err = io.ReadFull(reader, make([]byte, 1000))
	require.NoError(t, err)
	h.modify("large", "short")
	_, err = io.Copy(io.Discard, reader)
	require.ErrorIs(t, err, fsapi.ESTALE)
	require.NoError(t, reader.Close())
	_, err = changes.Created[0].Content()
	require.ErrorIs(t, err, fsapi.ESTALE)
}
