//go:build unix

package sync

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func init() { child["limited"] = applyLimited }

// applyLimited applies everything to a folder in a process that can write files of
// so many bytes only, which fails as a full disk does. It prints how that ended.
func applyLimited() {
	signal.Ignore(syscall.SIGXFSZ)
	bytes, _ := strconv.ParseUint(os.Args[1], 10, 64)
	_, changes, _ := everything()
	if bytes > 0 {
		limit := unix.Rlimit{Cur: bytes, Max: bytes}
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
			fmt.Println(err)
			return
		}
	}
	result, err := Apply(context.Background(), []Folder{{Path: "/data", HostPath: os.Args[2]}}, changes, Options{})
	switch {
	case err == nil:
		fmt.Print("applied")
	case errors.Is(err, ErrNotUndone):
		fmt.Print("not undone ", err, result)
	default:
		fmt.Print(err)
	}
}

// TestDiskFull: wherever writing fails, in a file or in the journal, the folder is as
// it was.
func TestDiskFull(t *testing.T) {
	before, _, after := everything()
	failed := 0
	for bytes := 1; ; bytes = bytes*5/4 + 1 {
		folder := makeFolder(t, before)
		was := look(t, folder)
		output, err := startChild(t, "limited", strconv.Itoa(bytes), folder).Output()
		require.NoError(t, err)
		if string(output) == "applied" {
			require.Equal(t, after, contents(t, folder))
			break
		}
		failed++
		require.Contains(t, string(output), "file too large")
		require.Equal(t, was, look(t, folder), "%d bytes: %s", bytes, output)
	}
	require.Greater(t, failed, 10)
}

// TestPermissionDenied runs as a user who may not write some of the directories.
func TestPermissionDenied(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to become another user")
	}
	const nobody = 65534
	before, _, _ := everything()
	for _, locked := range []string{".", "sub", "tree/deep", "tofile/x"} {
		folder, err := os.MkdirTemp("", "funcbox-sync-test-")
		require.NoError(t, err)
		t.Cleanup(func() { _ = os.RemoveAll(folder) })
		require.NoError(t, os.RemoveAll(folder))
		require.NoError(t, os.Rename(makeFolder(t, before), folder))
		require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			return errors.Join(err, os.Lchown(path, nobody, nobody))
		}))
		require.NoError(t, os.Chown(filepath.Join(folder, locked), 0, 0))
		was := look(t, folder)
		command := exec.Command("/proc/self/exe", "0", folder)
		command.Env = append(os.Environ(), childVariable+"=limited")
		command.Stderr = os.Stderr
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		output, err := command.Output()
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
			t.Skipf("another user cannot run this program: %v", err)
		}
		require.NoError(t, err)
		require.Contains(t, string(output), "permission denied")
		require.Equal(t, was, look(t, folder), "%s: %s", locked, output)
	}
}

// TestSpecialFiles: nobody wants a pipe replaced, nor opened.
func TestSpecialFiles(t *testing.T) {
	folder := makeFolder(t, map[string]string{"a": "1", "d/": ""})
	for _, name := range []string{"pipe", "d/pipe"} {
		require.NoError(t, unix.Mkfifo(filepath.Join(folder, name), 0o600))
	}
	result, err := apply(t, folder, Options{OnError: Continue, Overwrite: true},
		create("/data/pipe", ""), modify("/data/pipe", "", "1"), remove("/data/pipe", ""), removeDir("/data/d"))
	require.NoError(t, err)
	require.Len(t, result.Conflicts, 3)
	require.Contains(t, result.Conflicts[0].Reason, "it is a special file now")
	require.Len(t, result.Skipped, 1)
	require.NotZero(t, look(t, folder)["pipe"].mode&fs.ModeNamedPipe)
}

func TestFolderVanishes(t *testing.T) {
	before, changes, _ := everything()
	gone := filepath.Join(t.TempDir(), "gone")
	_, err := apply(t, gone, Options{}, changes...)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, gone)

	for name, policy := range policies {
		t.Run(name, func(t *testing.T) {
			folder := makeFolder(t, before)
			removed := false
			result, err := apply(t, folder, Options{OnError: policy, Hooks: Hooks{
				AfterSync: func(context.Context, Change, error) {
					if !removed {
						removed = true
						require.NoError(t, os.RemoveAll(folder))
					}
				},
			}}, changes...)
			require.Error(t, err)
			require.NotEmpty(t, append(result.Failed, Failed{}))
			require.NoDirExists(t, folder)
		})
	}
	file := filepath.Join(t.TempDir(), "file")
	mustWrite(t, file, "")
	_, err = apply(t, file, Options{}, changes...)
	require.Error(t, err)
}

// TestHostileJournal: a journal decides over files, so one that this package cannot
// have written is refused and stays.
func TestHostileJournal(t *testing.T) {
	outside := makeFolder(t, map[string]string{"secret": "s"})
	batch := `{"kind":"batch","version":1,"rollback":true}` + "\n"
	for name, content := range map[string]string{
		"no JSON":           "nonsense\n",
		"another version":   `{"kind":"batch","version":2}` + "\n",
		"no batch":          `{"kind":"commit"}` + "\n",
		"a path out":        batch + `{"kind":"replace","path":"../x","old":".funcbox-sync-1-1"}` + "\n",
		"an absolute path":  batch + `{"kind":"make","path":"/etc"}` + "\n",
		"an old name out":   batch + `{"kind":"replace","path":"a","old":"../x"}` + "\n",
		"a name of others":  batch + `{"kind":"create","path":"a","new":"b"}` + "\n",
		"a reserved slash":  batch + `{"kind":"create","path":"a","new":".funcbox-sync-/../../x"}` + "\n",
		"an empty old path": batch + `{"kind":"remove","path":"","old":".funcbox-sync-1-1"}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			folder := makeFolder(t, map[string]string{"a": "1", "b": "2", "link -> " + outside: ""})
			mustWrite(t, filepath.Join(folder, journalFile), content)
			was, beyond := look(t, folder), look(t, outside)
			_, err := Recover(context.Background(), folder)
			require.Error(t, err)
			_, err = apply(t, folder, Options{}, create("/data/x", ""))
			require.ErrorContains(t, err, folder)
			require.Equal(t, was, look(t, folder))
			require.Equal(t, beyond, look(t, outside))
		})
	}
	t.Run("through a link", func(t *testing.T) {
		folder := makeFolder(t, map[string]string{"link -> " + outside: ""})
		mustWrite(t, filepath.Join(folder, journalFile), batch+`{"kind":"link","path":"link/secret"}`+"\n"+`{"kind":"make","path":"link/d"}`+"\n")
		recovered, err := Recover(context.Background(), folder)
		require.NoError(t, err)
		require.Equal(t, Recovered{Undone: 1}, recovered)
		require.Equal(t, map[string]string{"secret": "s"}, contents(t, outside))
	})
	t.Run("a journal that is no file", func(t *testing.T) {
		folder := makeFolder(t, nil)
		require.NoError(t, unix.Mkfifo(filepath.Join(folder, journalFile), 0o600))
		_, err := Recover(context.Background(), folder)
		require.ErrorContains(t, err, "not a regular file")
	})
}

// TestForgedCommit: a journal decides only for folders whose own journals say so.
func TestForgedCommit(t *testing.T) {
	for _, honest := range []bool{false, true} {
		one, two := makeFolder(t, nil), makeFolder(t, map[string]string{"a": "new", ".funcbox-sync-1-1": "old"})
		primary := filepath.Dir(one)
		if honest {
			primary = one
		}
		write := func(folder string, lines ...string) {
			mustWrite(t, filepath.Join(folder, journalFile), strings.Join(lines, "\n")+"\n")
		}
		write(one, fmt.Sprintf(`{"kind":"batch","version":1,"id":"1","rollback":true,"others":[%q]}`, two), `{"kind":"commit"}`)
		write(two, fmt.Sprintf(`{"kind":"batch","version":1,"id":"1","rollback":true,"primary":%q}`, primary), `{"kind":"replace","path":"a","old":".funcbox-sync-1-1"}`)
		_, err := Recover(context.Background(), one)
		require.NoError(t, err)
		recovered, err := Recover(context.Background(), two)
		require.NoError(t, err)
		if honest {
			require.Equal(t, Recovered{Completed: 1}, recovered)
			require.Equal(t, map[string]string{"a": "new"}, contents(t, two))
		} else {
			require.Equal(t, Recovered{Undone: 1}, recovered)
			require.Equal(t, map[string]string{"a": "old"}, contents(t, two))
		}
	}
}
