package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/lang/js"
)

// readerFunc is the guest's standard input, read in the middle of a call.
type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// runWith runs the command in this process.
func runWith(t *testing.T, a *app, cache string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	a.stdout, a.stderr = &out, &err
	if a.stdin == nil {
		a.stdin = strings.NewReader("")
	}
	code = a.main(t.Context(), append([]string{"run", "--cache-dir", cache, "--lang", "js", "--allow", "**=*"}, args...), []*lang.Language{js.Language()})
	return code, out.String(), err.String()
}

// TestSyncConflict changes a file of the host while the guest runs.
func TestSyncConflict(t *testing.T) {
	cache := warmCache(t)
	const code = `const fs = require("fs");
		fs.writeFileSync("/data/a", fs.readFileSync("/data/a", "utf8") + "more");
		fs.writeFileSync("/data/b", "new");
		fs.readFileSync(0)`
	for _, test := range []struct {
		name    string
		flags   []string
		code    int
		a, b    string
		stderr  []string
		printed string // beginning of the standard output
	}{
		{"rollback", nil, exitUsage, "meanwhile", "", []string{"sync /data/a: conflict: changed on the host", "rolled back"}, ""},
		{"continue", []string{"--on-error", "continue"}, exitUsage, "meanwhile", "new", []string{"sync /data/a: conflict"}, ""},
		{"abort", []string{"--on-error", "abort"}, exitUsage, "meanwhile", "", []string{"sync /data/a: conflict", "aborted: 0 changes written, 2 not"}, ""},
		{"overwrite", []string{"--overwrite"}, 0, "oldmore", "new", nil, ""},
		{"plan", []string{"--sync", "plan"}, exitUsage, "meanwhile", "", []string{"sync /data/a: conflict", "would be rolled back"}, "--- /dev/null\n"},
		{"plan with overwrite", []string{"--sync", "plan", "--overwrite"}, 0, "meanwhile", "", nil, "--- "},
		{"plan of an abort", []string{"--sync", "plan", "--on-error", "abort"}, exitUsage, "meanwhile", "", []string{"conflict", "would be aborted there"}, "--- /dev/null\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			file := filepath.Join(folder, "a")
			require.NoError(t, os.WriteFile(file, []byte("old"), 0o600))
			a := &app{stdin: readerFunc(func([]byte) (int, error) {
				if err := os.WriteFile(file, []byte("meanwhile"), 0o600); err != nil {
					return 0, err
				}
				return 0, io.EOF
			})}
			exit, stdout, stderr := runWith(t, a, cache, append(append([]string{"--mount", folder + ":/data", "--sync", "batch", "--stdin", "-"}, test.flags...), "-e", code)...)
			require.Equal(t, test.code, exit, stderr)
			for _, line := range test.stderr {
				require.Contains(t, stderr, line)
			}
			if test.stderr == nil {
				require.Empty(t, stderr)
			}
			require.True(t, strings.HasPrefix(stdout, test.printed), stdout)
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, test.a, string(content))
			content, err = os.ReadFile(filepath.Join(folder, "b"))
			require.Equal(t, test.b == "", err != nil)
			require.Equal(t, test.b, string(content))
		})
	}
}

// TestSyncKeepsModes: a file that is replaced keeps its permissions.
func TestSyncKeepsModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("mode bits mean nothing here")
	}
	folder := t.TempDir()
	file := filepath.Join(folder, "run.sh")
	require.NoError(t, os.WriteFile(file, []byte("old"), 0o600))
	require.NoError(t, os.Chmod(file, 0o751))
	code, _, stderr := runWith(t, &app{}, warmCache(t), "--mount", folder+":/data", "--sync", "batch", "-e", `require("fs").writeFileSync("/data/run.sh", "new")`)
	require.Zero(t, code, stderr)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o751), info.Mode())
}

// TestSyncBar: only a terminal, and only more than a hundred changes have one.
func TestSyncBar(t *testing.T) {
	cache := warmCache(t)
	for _, test := range []struct {
		columns, files int
		shown          bool
	}{{80, 101, true}, {80, 100, false}, {0, 101, false}} {
		folder := t.TempDir()
		code, _, stderr := runWith(t, &app{columns: test.columns}, cache, "--mount", folder+":/data", "--sync", "batch",
			"-e", fmt.Sprintf(`for (let i = 0; i < %d; i++) require("fs").writeFileSync("/data/" + i, "x"); console.error("no end of line"); null`, test.files))
		require.Zero(t, code, stderr)
		entries, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.Len(t, entries, test.files)
		require.Equal(t, test.shown, strings.Contains(stderr, "\rsyncing [================] 101 of 101 changes\r"), stderr)
	}
	require.Equal(t, "syncing [========        ] 100 of 200 changes", syncLine(100, 200))
	require.Less(t, len(syncLine(1e9, 1e9)), progressColumns)

	var out bytes.Buffer
	bar := &syncBar{to: &lineWriter{to: &out, unfinished: true}}
	bar.update(1, 101)
	bar.stop()
	bar.stop()
	require.Equal(t, "\n\r"+syncLine(1, 101)+"\r"+strings.Repeat(" ", progressColumns-1)+"\r", out.String())
}

func TestPrintSync(t *testing.T) {
	many := &funcbox.SyncResult{}
	for i := range 12 {
		path := fmt.Sprintf("/data/%02d", i)
		many.Conflicts = append(many.Conflicts, funcbox.SyncConflict{Path: path, Reason: "c"})
		many.Failed = append(many.Failed, funcbox.SyncFailed{Path: path, Err: errors.New("f")})
		many.Skipped = append(many.Skipped, funcbox.SyncSkipped{Path: path, Reason: "s"})
	}
	for _, test := range []struct {
		name    string
		outcome syncOutcome
		lines   int
		last    string
	}{
		{"nothing to tell", syncOutcome{result: &funcbox.SyncResult{Synced: []string{"/a"}}}, 0, ""},
		{"no sync, no changes", syncOutcome{}, 0, ""},
		{"many", syncOutcome{result: many}, 33, "funcbox: sync: 2 more skipped; --json lists them"},
		{"many, rolled back", syncOutcome{result: many, err: funcbox.ErrRolledBack}, 23, "funcbox: the sync was rolled back: the host is as it was"},
		{"not begun", syncOutcome{result: &funcbox.SyncResult{}, err: errors.New("funcbox: no folder")}, 1, "funcbox: the sync failed: no folder"},
		{"not undone", syncOutcome{result: many, err: errors.Join(funcbox.ErrNotUndone, funcbox.ErrRolledBack)}, 23, "funcbox: the sync failed, and could not be undone completely; the next run with this mount tries again"},
		{
			"a name on two lines", syncOutcome{result: &funcbox.SyncResult{Conflicts: []funcbox.SyncConflict{{Path: "/a\nb", Reason: "c\x1bd"}}}}, 1,
			`funcbox: sync "/a\nb": conflict: c?d`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			require.NoError(t, test.outcome.print(&lineWriter{to: &out}))
			require.Equal(t, test.lines, strings.Count(out.String(), "\n"), out.String())
			require.True(t, strings.HasSuffix(out.String(), test.last+"\n") || test.lines == 0, out.String())
		})
	}
}

func TestDescribe(t *testing.T) {
	large := strings.Repeat("x", maxDiffBytes+1)
	of := func(text string) (change funcbox.FileChange) {
		require.NoError(t, json.Unmarshal([]byte(text), &change))
		return change
	}
	for want, change := range map[string]funcbox.FileChange{
		"create directory p\n":                                                    of(`{"type":"create","path":"/p","isDir":true}`),
		"create symbolic link p -> q\n":                                           of(`{"type":"create","path":"/p","symlink":"q"}`),
		"delete symbolic link p\n":                                                of(`{"type":"delete","path":"/p","isLink":true}`),
		"create p (binary, 1 bytes)\n":                                            of(`{"type":"create","path":"/p","size":1,"content":{"$bytes":"/w=="}}`),
		"modify p (binary, 1 to 2 bytes)\n":                                       of(`{"type":"modify","path":"/p","size":2,"oldSize":1,"content":"ok","oldContent":"\u0000"}`),
		"modify p (not readable, 1 to 2 bytes)\n":                                 of(`{"type":"modify","path":"/p","size":2,"oldSize":1}`),
		fmt.Sprintf("create p (large, %d bytes)\n", 1<<20+1):                      funcbox.FileChange{Type: "create", Path: "/p"}.WithContent([]byte(large)),
		"--- p\n+++ p\n@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n": of(`{"type":"modify","path":"/p","content":"a\nb\n","oldContent":"a"}`),
	} {
		require.Equal(t, want, describe(change, "p"))
	}
}
