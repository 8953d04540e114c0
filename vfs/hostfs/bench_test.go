//go:build linux

package hostfs

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func everySystemBench(b *testing.B, root string, run func(f *Folder) error) {
	for name, one := range systems {
		b.Run(name, func(b *testing.B) {
			f, err := open(root, one)
			require.NoError(b, err)
			defer func() { _ = f.Close() }()
			b.ReportAllocs()
			for b.Loop() {
				if err := run(f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkReadDir100000(b *testing.B) {
	root := b.TempDir()
	for i := range 100_000 {
		require.NoError(b, os.WriteFile(filepath.Join(root, fmt.Sprintf("file-%06d.txt", i)), nil, 0o644))
	}
	everySystemBench(b, root, func(f *Folder) error {
		names, err := f.ReadDir(".")
		if err == nil && len(names) != 100_000 {
			err = fmt.Errorf("%d names", len(names))
		}
		return err
	})
}

func BenchmarkLstat(b *testing.B) {
	benchmarkFile(b, func(f *Folder) error { return second(f.Lstat("a/b/c/file")) })
}

func BenchmarkOpen(b *testing.B) {
	benchmarkFile(b, func(f *Folder) error {
		file, err := f.Open("a/b/c/file")
		if err == nil {
			err = file.Close()
		}
		return err
	})
}

func benchmarkFile(b *testing.B, run func(f *Folder) error) {
	root := b.TempDir()
	require.NoError(b, os.MkdirAll(root+"/a/b/c", 0o755))
	require.NoError(b, os.WriteFile(root+"/a/b/c/file", nil, 0o644))
	everySystemBench(b, root, run)
}
