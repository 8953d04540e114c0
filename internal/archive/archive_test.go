package archive_test

import (
	"bytes"
	"io/fs"
	"math/rand"
	"testing"
	"testing/fstest"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/archive"
)

func pack(t testing.TB, files fs.FS, paths []string, groupBytes int) []byte {
	encoder, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	packed, err := archive.Write(files, paths, groupBytes, func(content []byte) ([]byte, error) {
		return encoder.EncodeAll(content, nil), nil
	})
	require.NoError(t, err)
	return packed
}

// random is content that does not compress, so that its groups are as large as it.
func random(size int) []byte {
	content := make([]byte, size)
	_, _ = rand.New(rand.NewSource(1)).Read(content)
	return content
}

func example() (fs.FS, []string) {
	return fstest.MapFS{
		"top.txt":        {Data: []byte("top")},
		"empty":          {Data: nil},
		"a/b/deep.bin":   {Data: random(3000)},
		"a/b/with space": {Data: []byte("space")},
		"a/c":            {Data: bytes.Repeat([]byte("c"), 5000)},
		"größe/名":        {Data: []byte("unicode")},
	}, []string{"a/c", "top.txt", "a/b/deep.bin", "empty", "größe/名", "a/b/with space"}
}

// opener hides ReadFile, whose result is shared on purpose.
type opener struct{ fs.FS }

func TestFS(t *testing.T) {
	files, paths := example()
	for _, groupBytes := range []int{1, 4000, 1 << 20} {
		packed, err := archive.Open(pack(t, files, paths, groupBytes))
		require.NoError(t, err)
		require.NoError(t, fstest.TestFS(opener{packed}, paths...))
		for _, path := range paths {
			want, err := fs.ReadFile(files, path)
			require.NoError(t, err)
			got, err := packed.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got), path)
		}
		below, err := fs.Sub(packed, "a")
		require.NoError(t, err)
		require.NoError(t, fstest.TestFS(opener{below}, "c", "b/deep.bin"))
	}
}

// TestUnpacksWhatIsRead: damage in one group is met by those who read it only.
func TestUnpacksWhatIsRead(t *testing.T) {
	files, paths := example()
	data := pack(t, files, paths, 1)
	at := bytes.Index(data, random(3000)[1000:1100])
	require.Positive(t, at)
	data[at]++
	packed, err := archive.Open(data)
	require.NoError(t, err)
	_, err = packed.ReadFile("a/c")
	require.NoError(t, err)
	_, err = packed.ReadFile("a/b/deep.bin")
	require.ErrorContains(t, err, "the archive is damaged")
	_, err = packed.Open("a/b/deep.bin")
	require.ErrorContains(t, err, "the archive is damaged")
}

func TestErrors(t *testing.T) {
	files, paths := example()
	packed, err := archive.Open(pack(t, files, paths, 1<<20))
	require.NoError(t, err)
	_, err = packed.ReadFile("missing")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = packed.ReadFile("../top.txt")
	require.ErrorIs(t, err, fs.ErrInvalid)
	_, err = packed.ReadFile("a")
	require.Error(t, err)
	_, err = packed.ReadDir("a/c")
	require.Error(t, err)
	_, err = packed.Stat("a/c/d")
	require.ErrorIs(t, err, fs.ErrNotExist)

	_, err = archive.Write(files, []string{"missing"}, 1, nil)
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = archive.Write(fstest.MapFS{"a\nb": {}}, []string{"a\nb"}, 1, nil)
	require.Error(t, err)
	twice := pack(t, files, []string{"a/c", "a/c"}, 1<<20)
	_, err = archive.Open(twice)
	require.Error(t, err)
	inside := fstest.MapFS{"a": {Data: []byte("a")}}
	_, err = archive.Open(append(pack(t, inside, []string{"a"}, 1), 0))
	require.Error(t, err)
}

func FuzzOpen(f *testing.F) {
	files, paths := example()
	f.Add(pack(f, files, paths, 4000))
	f.Add([]byte("\x00\x00\x00\x00fba1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		packed, err := archive.Open(data)
		if err != nil {
			return
		}
		_ = fs.WalkDir(packed, ".", func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				_, _ = packed.ReadFile(path)
			}
			return nil
		})
	})
}
