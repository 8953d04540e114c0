package sync

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if run := child[os.Getenv(childVariable)]; run != nil {
		run()
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// child are what this program does instead of testing when a test starts it.
var child = map[string]func(){"hold": holdLock}

const childVariable = "FUNCBOX_SYNC_CHILD"

func startChild(t *testing.T, what string, arguments ...string) *exec.Cmd {
	t.Helper()
	command := exec.Command(os.Args[0], arguments...)
	command.Env = append(os.Environ(), childVariable+"="+what)
	command.Stderr = os.Stderr
	return command
}

func mustWrite(t testing.TB, path, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
}

func mustRemove(t testing.TB, path string) {
	t.Helper()
	require.NoError(t, os.Remove(path))
}

// TestSerial: batches that run at once leave what some order of them would.
func TestSerial(t *testing.T) {
	const batches, files = 8, 20
	folder := makeFolder(t, nil)
	var group sync.WaitGroup
	for n := range batches {
		group.Go(func() {
			var changes []Change
			for i := range files {
				changes = append(changes, create(fmt.Sprintf("/data/%02d", i), fmt.Sprint(n)))
			}
			// All of them replace whatever is there.
			_, err := apply(t, folder, Options{Overwrite: true}, changes...)
			require.NoError(t, err)
		})
	}
	group.Wait()
	all := contents(t, folder)
	require.Len(t, all, files)
	for path, content := range all {
		require.Equal(t, all["00"], content, path)
	}
}

// TestOneWins: of two batches that saw the same file, the second is in conflict.
func TestOneWins(t *testing.T) {
	folder := makeFolder(t, map[string]string{"a": "old"})
	errs := make([]error, 8)
	var group sync.WaitGroup
	for n := range errs {
		group.Go(func() { _, errs[n] = apply(t, folder, Options{}, modify("/data/a", "old", fmt.Sprint("new", n))) })
	}
	group.Wait()
	won := 0
	for n, err := range errs {
		if err == nil {
			won++
			require.Equal(t, fmt.Sprint("new", n), contents(t, folder)["a"])
		} else {
			require.ErrorIs(t, err, ErrConflict)
		}
	}
	require.Equal(t, 1, won)
}

func TestLocks(t *testing.T) {
	folder := makeFolder(t, map[string]string{"a/b/": "", "c/": ""})
	at := func(name string) string { return filepath.Join(folder, name) }
	for _, test := range []struct {
		first, second []string
		together      bool
	}{
		{[]string{"a"}, []string{"a"}, false},
		{[]string{"a"}, []string{"a/b"}, false},
		{[]string{"a/b"}, []string{"a"}, false},
		{[]string{"a"}, []string{"c"}, true},
		{[]string{"a", "c"}, []string{"c"}, false},
		{[]string{"a", "a/b"}, []string{"c"}, true},
	} {
		paths := func(names []string) (list []string) {
			for _, name := range names {
				list = append(list, at(name))
			}
			return list
		}
		first, err := lock(context.Background(), paths(test.first))
		require.NoError(t, err)
		ctx, cancel := context.WithCancelCause(context.Background())
		ended := errors.New("no longer")
		if !test.together {
			time.AfterFunc(20*time.Millisecond, func() { cancel(ended) })
		}
		second, err := lock(ctx, paths(test.second))
		if test.together {
			require.NoError(t, err)
			require.NoError(t, second.release())
		} else {
			require.ErrorIs(t, err, ended)
		}
		cancel(nil)
		require.NoError(t, first.release())
		again, err := lock(context.Background(), paths(test.second))
		require.NoError(t, err)
		require.NoError(t, again.release())
	}
	require.Empty(t, process.byPath)
}

// holdLock holds the lock of a folder until its standard input ends.
func holdLock() {
	held, err := lock(context.Background(), os.Args[1:])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("held")
	_, _ = os.Stdin.Read(make([]byte, 1))
	_ = held.release()
}

// TestLockOfAnotherProcess waits for another process, and for one that is killed.
func TestLockOfAnotherProcess(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("directories cannot be locked here")
	}
	folder := makeFolder(t, nil)
	for _, kill := range []bool{false, true} {
		holder := startChild(t, "hold", folder)
		input, err := holder.StdinPipe()
		require.NoError(t, err)
		output, err := holder.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, holder.Start())
		line := make([]byte, 100)
		n, err := output.Read(line)
		require.NoError(t, err)
		require.Equal(t, "held", strings.TrimSpace(string(line[:n])))

		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		_, err = Apply(ctx, []Folder{{Path: "/data", HostPath: folder}}, []Change{create("/data/a", "")}, Options{})
		cancel()
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Empty(t, contents(t, folder))

		done := make(chan error)
		go func() {
			_, err := Apply(context.Background(), []Folder{{Path: "/data", HostPath: folder}}, []Change{create("/data/a", "")}, Options{})
			done <- err
		}()
		if kill {
			require.NoError(t, holder.Process.Kill())
		}
		require.NoError(t, input.Close())
		_ = holder.Wait()
		require.NoError(t, <-done)
		require.Equal(t, map[string]string{"a": ""}, contents(t, folder))
		mustRemove(t, filepath.Join(folder, "a"))
	}
}
