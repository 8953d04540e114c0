package vfs

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// FuzzOperations runs operations made from the input and checks afterwards that
// the tree is sound: what is charged is what is there, names and parents agree,
// and replaying Changes on the files at the start gives the files at the end.
func FuzzOperations(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
	f.Add([]byte("\x03\x01\x04\x02\x00\x05\x09\x06\x05\x01\x03\x0a\x02\x02\x07\x05\x00\x04\x01"))
	names := []string{"a", "b", "d", "d/a", "d/e", "d/e/b", "l", "l/a", "../d", "e", "e/f", "e/f/", "/d/./a", ".", "d/..", "e/l"}
	f.Fuzz(func(t *testing.T, script []byte) {
		start := map[Path][]byte{"/a": []byte("start a"), "/d/a": []byte("start d/a")}
		files, err := New(Options{Bytes: 20_000, Files: start, Directories: []Path{"/e"}})
		require.NoError(t, err)
		root, _ := files.Root()
		handles := []fsapi.File{}
		directories := []fsapi.Directory{root}
		next := func() int {
			if len(script) == 0 {
				return 0
			}
			b := script[0]
			script = script[1:]
			return int(b)
		}
		name := func() string { return names[next()%len(names)] }
		for len(script) > 0 {
			directory := directories[next()%len(directories)]
			switch next() % 13 {
			case 0:
				directory.MkdirAt(name())
			case 1:
				directory.RemoveDirectoryAt(name())
			case 2:
				directory.UnlinkAt(name())
			case 3:
				directory.RenameAt(name(), directories[next()%len(directories)], name())
			case 4:
				directory.SymlinkAt(name(), name())
			case 5, 6:
				d, file, errno := directory.OpenAt(name(), fsapi.OpenFlags(next())|fsapi.OpenRead)
				switch {
				case errno != 0:
				case file != nil:
					handles = append(handles, file)
				default:
					directories = append(directories, d)
				}
			case 7, 8:
				if len(handles) > 0 {
					file, size := handles[next()%len(handles)], int64(next()*next())
					switch next() % 5 {
					case 0:
						file.WriteAt(make([]byte, next()), size)
					case 1:
						file.Append([]byte("appended"))
					case 2:
						file.SetSize(size)
					case 3:
						file.Allocate(size, int64(next()))
					case 4:
						file.WriteAt([]byte("x"), math.MaxInt64-size)
					}
				}
			case 9:
				if len(handles) > 0 {
					i := next() % len(handles)
					handles[i].Close()
					handles = append(handles[:i], handles[i+1:]...)
				}
			case 10:
				if len(directories) > 1 {
					i := 1 + next()%(len(directories)-1)
					directories[i].Close()
					directories = append(directories[:i], directories[i+1:]...)
				}
			case 11:
				directory.StatAt(name(), next()%2 == 0)
			case 12:
				files.Changes()
			}
			require.LessOrEqual(t, files.used, files.budget+int64(fsapi.NameMax))
		}
		for _, file := range handles {
			file.Close()
		}
		for _, directory := range directories {
			directory.Close()
		}

		contents := map[Path]string{}
		var charged int64
		var visit func(path Path, dir *node)
		visit = func(path Path, dir *node) {
			for name, entry := range dir.byName() {
				n, at := entry.node, path.join(name)
				require.Equal(t, name, entry.name)
				require.False(t, n.removed, at)
				require.Zero(t, n.handles, at)
				charged += n.charged
				switch n.kind {
				case fsapi.TypeDirectory:
					require.Same(t, dir, n.parent, at)
					visit(at, n)
				case fsapi.TypeRegularFile:
					contents[at] = string(n.data)
					require.LessOrEqual(t, int64(cap(n.data)), max(4*n.contentCharge+8192, int64(cap(start[at])), 16), at)
				default:
					contents[at] = "link to " + n.target
				}
			}
		}
		visit("/", files.root)
		require.Equal(t, charged, files.used)

		replayed := map[Path]string{}
		for path, content := range start {
			replayed[path] = string(content)
		}
		changes := files.Changes()
		require.False(t, changes.Incomplete)
		for _, change := range changes.Deleted {
			if !change.IsDir() {
				require.Equal(t, replayed[change.Path], string(change.OldContent))
				delete(replayed, change.Path)
			}
		}
		for _, change := range append(changes.Created, changes.Modified...) {
			switch {
			case change.IsDir():
			case change.Mode != 0:
				replayed[change.Path] = fmt.Sprintf("link to %s", change.Content)
			default:
				replayed[change.Path] = string(change.Content)
			}
		}
		require.Equal(t, contents, replayed)
		require.Equal(t, "start a", string(start["/a"]))
		require.Equal(t, "start d/a", string(start["/d/a"]))
	})
}

func (n *node) byName() map[string]*entry {
	if n.entries == nil {
		return nil
	}
	return n.entries.byName
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
