//go:build linux

package hostfs

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestRaces changes a folder all the time so that what was looked at is something
// else when it is opened. What lies outside must never come out.
func TestRaces(t *testing.T) {
	everySystem(t, func(t *testing.T, system system) {
		root := build(t, "d/file", "d/e/file", "file")
		outside := filepath.Join(filepath.Dir(root), "outside")
		for _, dir := range []string{outside, outside + "/e", root + "/rules"} {
			require.NoError(t, os.MkdirAll(dir, 0o755))
		}
		// secret is outside; hidden is inside, at a path that nobody asks for.
		for _, name := range []string{outside + "/file", outside + "/e/file"} {
			require.NoError(t, os.WriteFile(name, []byte("secret"), 0o644))
		}
		require.NoError(t, os.WriteFile(root+"/rules/file", []byte("hidden"), 0o644))
		at := func(name string) string { return filepath.Join(root, name) }
		require.NoError(t, os.Symlink(outside, at("swap-d")))
		require.NoError(t, os.Symlink("rules", at("swap-inside")))
		require.NoError(t, os.Symlink(outside+"/file", at("swap-file")))
		require.NoError(t, unix.Mkfifo(at("swap-fifo"), 0o666))

		var stop atomic.Bool
		swapping := make(chan error)
		go func() {
			exchange := func(a, b string) error {
				return unix.Renameat2(unix.AT_FDCWD, at(a), unix.AT_FDCWD, at(b), unix.RENAME_EXCHANGE)
			}
			var err error
			for round := 0; err == nil && !stop.Load(); round++ {
				for _, pair := range [][2]string{{"d", "swap-d"}, {"d", "swap-inside"}, {"file", "swap-file"}, {"file", "swap-fifo"}} {
					for range 2 {
						if err == nil {
							err = exchange(pair[0], pair[1])
						}
					}
				}
			}
			swapping <- err
		}()

		f, err := open(root, system)
		require.NoError(t, err)
		const rounds = 3000
		seen := map[string]int{}
		for range rounds {
			for _, path := range []string{"d/file", "d/e/file", "file"} {
				text, err := readAll(f, path)
				switch {
				case err != nil:
					seen["error"]++
				case strings.HasPrefix(text, "content of"):
					seen["content"]++
				default:
					seen[text]++
				}
			}
			names, err := f.ReadDir("d")
			if err == nil && len(names) != 2 {
				seen["listing"]++
			}
		}
		stop.Store(true)
		require.NoError(t, <-swapping)
		require.NoError(t, f.Close())
		require.Positive(t, seen["content"])
		require.Positive(t, seen["error"], "nothing was ever swapped")
		delete(seen, "content")
		delete(seen, "error")
		require.Empty(t, seen)
	})
}
