//go:build funcbox_failpoints && unix

package sync

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func init() {
	child["apply"] = func() {
		diesAt()
		_, err := Apply(context.Background(), foldersOf(1), killChanges(), Options{OnError: killPolicy()})
		report(err)
	}
	child["recover"] = func() {
		diesAt()
		for _, folder := range foldersOf(1) {
			_, err := Recover(context.Background(), folder.HostPath)
			report(err)
		}
	}
}

// Arguments of a child: the step at which it dies, the policy, the folders.
func killPolicy() ErrorPolicy {
	policy, _ := strconv.Atoi(os.Args[2])
	return ErrorPolicy(policy)
}

func foldersOf(first int) (folders []Folder) {
	for i, path := range os.Args[first+2:] {
		folders = append(folders, Folder{Path: "/data", HostPath: path})
		if i > 0 {
			folders[i].Path = "/other"
		}
	}
	return folders
}

func killChanges() []Change {
	_, changes, _ := everything()
	_, others, _ := everything()
	for i := range others {
		others[i].Path = "/other" + others[i].Path[len("/data"):]
		if others[i].Source != "" {
			others[i].Source = "/other/mod"
		}
	}
	return append(changes, others...)
}

func report(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// diesAt kills the process, as kill -9 would, at its n-th failpoint.
func diesAt() {
	n, _ := strconv.Atoi(os.Args[1])
	atFailpoint = func(string) {
		if n--; n == 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
}

// TestKilled kills a process at every step of a batch over two folders.
func TestKilled(t *testing.T) {
	before, _, after := everything()
	steps := 0
	for _, policy := range []ErrorPolicy{Rollback, Continue} {
		for n := 1; ; n++ {
			one, two := makeFolder(t, before), makeFolder(t, before)
			was := look(t, one)
			err := startChild(t, "apply", strconv.Itoa(n), strconv.Itoa(int(policy)), one, two).Run()
			if err == nil {
				require.Equal(t, after, contents(t, one))
				require.Equal(t, after, contents(t, two))
				require.Greater(t, n, 100, "there are more steps than that")
				break
			}
			steps++
			wholeFiles(t, before, after, one)
			wholeFiles(t, before, after, two)

			// The other order of recovery must come to the same end.
			folders := []string{one, two}
			if n%2 == 0 {
				folders = []string{two, one}
			}
			dead := recoverWithDeaths(t, n%3, folders)
			if policy != Rollback {
				wholeFiles(t, before, after, one)
				noneLeft(t, one)
				noneLeft(t, two)
				continue
			}
			first, second := look(t, one), look(t, two)
			if maps.Equal(was, first) {
				require.Equal(t, was, second, "step %d: the folders are at different sides (%d deaths)", n, dead)
			} else {
				require.Equal(t, after, contents(t, one), "step %d", n)
				require.Equal(t, after, contents(t, two), "step %d", n)
			}
		}
	}
	t.Logf("killed at %d steps", steps)
}

// recoverWithDeaths recovers the folders in a process that is killed a few times
// while it does so.
func recoverWithDeaths(t *testing.T, deaths int, folders []string) (dead int) {
	t.Helper()
	for step := 3; deaths > 0; deaths, step = deaths-1, step+7 {
		if startChild(t, "recover", append([]string{strconv.Itoa(step), "0"}, folders...)...).Run() != nil {
			dead++
		}
	}
	// Twice: a journal that decides for other folders goes after them.
	for range 2 {
		for _, folder := range folders {
			_, err := Recover(context.Background(), folder)
			require.NoError(t, err)
		}
	}
	return dead
}

// wholeFiles: each file is the old one or the new one.
func wholeFiles(t *testing.T, before, after map[string]string, folder string) {
	t.Helper()
	for path, content := range contents(t, folder) {
		if Reserved(filepath.Base(path)) || len(content) == 0 {
			continue
		}
		old, was := before[path]
		fresh, is := after[path]
		require.True(t, was && content == old || is && content == fresh || underKept(path), "%s has %q", path, content)
	}
}

// underKept says whether a path is in a directory that has been put aside.
func underKept(path string) bool {
	for ; path != "."; path = filepath.Dir(path) {
		if Reserved(filepath.Base(path)) {
			return true
		}
	}
	return false
}

func noneLeft(t *testing.T, folder string) {
	t.Helper()
	for path := range contents(t, folder) {
		require.False(t, underKept(filepath.Clean(path)), path)
	}
}
