package funcbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/perm"
)

// batchMount mounts a folder at /data, writable and synced.
func batchMount(root string) *funcbox.Mount {
	return &funcbox.Mount{Dirs: map[string]string{"/data": root}, Permissions: perm.Full(), Sync: funcbox.Sync{Mode: funcbox.SyncBatch}}
}

// onHost reads a folder: contents of files, "" for directories.
func onHost(t testing.TB, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		switch {
		case entry.IsDir():
			found[relative+"/"] = ""
		case entry.Type()&fs.ModeSymlink != 0:
			found[relative], err = os.Readlink(path)
		default:
			var data []byte
			data, err = os.ReadFile(path)
			found[relative] = string(data)
		}
		return err
	}))
	return found
}

const everyChange = `
	fs.writeFileSync('/data/mod', 'after');
	fs.writeFileSync('/data/same', 'same');
	fs.unlinkSync('/data/gone');
	fs.renameSync('/data/big', '/data/dir/big');
	fs.renameSync('/data/tree', '/data/moved');
	fs.mkdirSync('/data/new/deep', { recursive: true }); fs.writeFileSync('/data/new/deep/file', new Uint8Array([255]));
	fs.symlinkSync('../mod', '/data/new/link');
	fs.renameSync('/data/swap1', '/tmp/x'); fs.renameSync('/data/swap2', '/data/swap1'); fs.renameSync('/tmp/x', '/data/swap2');
	fs.writeFileSync('/tmp/elsewhere', 'e');`

func everyFile() (before, after map[string]string) {
	big := strings.Repeat("large", 1<<19) // more than is kept when it is read
	before = map[string]string{"mod": "before", "same": "same", "gone": "gone", "big": big, "dir/x": "x", "tree/a/b": "ab", "tree/c": "c", "swap1": "1" + big, "swap2": "2" + big}
	after = map[string]string{
		"mod": "after", "same": "same", "dir/": "", "dir/x": "x", "dir/big": big, "moved/": "", "moved/a/": "", "moved/a/b": "ab", "moved/c": "c",
		"new/": "", "new/deep/": "", "new/deep/file": "\xff", "new/link": "../mod", "swap1": "2" + big, "swap2": "1" + big,
	}
	return before, after
}

func TestSyncBatch(t *testing.T) {
	ex := newExecutor(t)
	before, after := everyFile()
	for _, policy := range []funcbox.SyncPolicy{funcbox.SyncRollback, funcbox.SyncContinue, funcbox.SyncAbort} {
		root := hostFolder(t, before)
		mount := batchMount(root)
		mount.Sync.OnError = policy
		res := inMount(t, ex, mount, everyChange)
		require.True(t, res.Sync.Complete(), "%+v", res.Sync)
		require.Empty(t, res.Sync.Skipped)
		require.Equal(t, after, onHost(t, root))
		require.Contains(t, res.Sync.Synced, "/data/mod")
		require.NotContains(t, res.Sync.Synced, "/tmp/elsewhere")
		require.Equal(t, len(res.Files.All())-1, len(res.Sync.Synced))

		again := inMount(t, ex, mount, "return fs.readFileSync('/data/mod', 'utf8')")
		require.Equal(t, "after", again.Value)
		require.NotNil(t, again.Sync)
		require.Empty(t, again.Sync.Synced)
	}
}

func TestSyncManualFromJSON(t *testing.T) {
	ex := newExecutor(t)
	before, after := everyFile()
	root := hostFolder(t, before)
	mount := batchMount(root)
	mount.Sync.Mode = funcbox.SyncManual
	res := inMount(t, ex, mount, everyChange)
	require.Nil(t, res.Sync)

	// Another process gets the changes as JSON, and the mount.
	encoded, err := json.Marshal(res.Files.All())
	require.NoError(t, err)
	var changes []funcbox.FileChange
	require.NoError(t, json.Unmarshal(encoded, &changes))
	again, err := json.Marshal(changes)
	require.NoError(t, err)
	require.Equal(t, string(encoded), string(again))
	form, err := json.Marshal(mount)
	require.NoError(t, err)
	var other funcbox.Mount
	require.NoError(t, json.Unmarshal(form, &other))

	ctx := context.Background()
	dry, err := ex.SyncFiles(ctx, changes, &other, funcbox.SyncOptions{DryRun: true})
	require.NoError(t, err)
	require.Equal(t, onHost(t, hostFolder(t, before)), onHost(t, root))
	done, err := ex.SyncFiles(ctx, changes, &other, funcbox.SyncOptions{})
	require.NoError(t, err)
	require.True(t, done.Complete(), "%+v", done)
	require.Equal(t, dry.Synced, done.Synced)
	require.Equal(t, []funcbox.SyncSkipped{{Path: "/tmp/elsewhere", Reason: "it is in no mount"}}, done.Skipped)
	require.Equal(t, after, onHost(t, root))

	twice, err := ex.SyncFiles(ctx, changes, &other, funcbox.SyncOptions{})
	require.ErrorIs(t, err, funcbox.ErrRolledBack)
	require.ErrorIs(t, err, funcbox.ErrConflict)
	require.NotEmpty(t, twice.Conflicts)
	require.Equal(t, after, onHost(t, root))
}

// TestSyncStatus: only what a call finished is synced.
func TestSyncStatus(t *testing.T) {
	ex := newExecutor(t)
	for _, test := range []struct {
		name, code string
		errors     bool // Sync.AfterErrors
		synced     bool
	}{
		{"success", "", false, true},
		{"error", "throw new Error('no')", false, false},
		{"error, if asked for", "throw new Error('no')", true, true},
		{"exit", "process.exit(3)", true, true},
		{"fuel", "for (;;) ;", true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := hostFolder(t, map[string]string{"a": "1"})
			mount := batchMount(root)
			mount.Sync.AfterErrors = test.errors
			res, err := ex.Execute(context.Background(), funcbox.Request{
				Language: "js", Mount: mount, Limits: funcbox.Limits{Fuel: 50_000_000},
				Code: "require('fs').writeFileSync('/data/a', '2');" + test.code,
			})
			require.NoError(t, err)
			require.Equal(t, test.synced, res.Sync != nil)
			want := "1"
			if test.synced {
				want = "2"
			}
			require.Equal(t, map[string]string{"a": want}, onHost(t, root))
		})
	}
	t.Run("canceled", func(t *testing.T) {
		root := hostFolder(t, map[string]string{"a": "1"})
		ctx, cancel := context.WithCancel(context.Background())
		stdout := writerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil })
		res, err := ex.Execute(ctx, funcbox.Request{
			Language: "js", Mount: batchMount(root), Stdout: stdout,
			Code: "require('fs').writeFileSync('/data/a', '2'); console.log('now'); for (;;) ;",
		})
		require.NoError(t, err)
		require.Equal(t, funcbox.StatusTerminated, res.Status)
		require.Nil(t, res.Sync)
		require.Equal(t, map[string]string{"a": "1"}, onHost(t, root))
	})
}

// TestSyncRefusals: permissions hold again, virtual changes and other trees are left
// out, and a hand-made list goes round nothing.
func TestSyncRefusals(t *testing.T) {
	ex := newExecutor(t)
	root := hostFolder(t, map[string]string{"ro/a": "1", "out/": "", "secret": "s"})
	mount := &funcbox.Mount{
		Dirs: map[string]string{"/data": root}, FS: map[string]fs.FS{"/zip": fstest.MapFS{"a": {Data: []byte("1")}}},
		Permissions: perm.Permissions{Rules: []perm.Rule{{Pattern: "out/**", Allow: perm.All}, {Pattern: "/zip/**", Allow: perm.All}}, Exclude: []string{"secret"}},
		Sync:        funcbox.Sync{Mode: funcbox.SyncBatch}, OnPermissionDenied: funcbox.DeniedVirtual,
	}
	res := inMount(t, ex, mount, `
		fs.writeFileSync('/data/ro/a', 'virtual'); fs.writeFileSync('/data/new', 'virtual'); fs.writeFileSync('/data/out/b', '2'); fs.writeFileSync('/zip/b', '2');`)
	require.Equal(t, []string{"/data/out/b"}, res.Sync.Synced)
	require.NotEmpty(t, res.Files.Denied)
	want := map[string]string{"ro/": "", "ro/a": "1", "out/": "", "out/b": "2", "secret": "s"}
	require.Equal(t, want, onHost(t, root))

	hand := func(kind, path string) funcbox.FileChange {
		return funcbox.FileChange{Type: kind, Path: path}.WithContent([]byte("x"))
	}
	mount.Sync.Overwrite, mount.Sync.OnError = true, funcbox.SyncContinue
	done, err := ex.SyncFiles(context.Background(), []funcbox.FileChange{
		hand("create", "/data/ro/b"), hand("modify", "/data/ro/a"), hand("delete", "/data/secret"), hand("create", "/zip/c"), hand("create", "/etc/x"),
		hand("create", "/data/../x"), hand("create", "/data/out/../../x"), hand("create", "data/out/x"), hand("destroy", "/data/out/b"),
		hand("create", "/data/out/c"),
	}, mount, funcbox.SyncOptions{})
	require.NoError(t, err)
	require.Len(t, done.Skipped, 6)
	require.Len(t, done.Failed, 3)
	require.Equal(t, []string{"/data/out/c"}, done.Synced)
	want["out/c"] = "x"
	require.Equal(t, want, onHost(t, root))
}

func TestSyncHooks(t *testing.T) {
	var heard []string
	say := func(who string) funcbox.Hooks {
		return funcbox.Hooks{
			BeforeSync: func(_ context.Context, c funcbox.FileChange) funcbox.SyncDecision {
				data, err := c.Content()
				heard = append(heard, who+" before "+c.Type+" "+c.Path+" "+string(data)+errorText(err))
				switch {
				case strings.HasSuffix(c.Path, "skip") && who == "mount":
					return funcbox.SkipSync("no " + c.Path)
				case strings.HasSuffix(c.Path, "stop"):
					return funcbox.AbortSync("stop")
				case strings.HasSuffix(c.Path, "panic"):
					panic("oh no")
				}
				return funcbox.SyncDecision{}
			},
			AfterSync: func(_ context.Context, c funcbox.FileChange, err error) {
				heard = append(heard, who+" after "+c.Path+errorText(err))
			},
			OnSyncError: func(_ context.Context, c funcbox.FileChange, err error) {
				heard = append(heard, who+" error "+c.Path+errorText(err))
			},
		}
	}
	ex := newExecutor(t, funcbox.WithHooks(say("executor")))
	root := hostFolder(t, map[string]string{"a": "1"})
	mount := batchMount(root)
	mount.Hooks = say("mount")
	mount.Sync.OnError = funcbox.SyncContinue
	write := func(names ...string) string {
		var code strings.Builder
		for _, name := range names {
			code.WriteString("fs.writeFileSync('/data/" + name + "', 'new');")
		}
		return code.String()
	}
	res := inMount(t, ex, mount, write("a", "b.panic", "c.skip", "d.stop"))
	require.Equal(t, []string{
		"mount before modify /data/a new", "executor before modify /data/a new", "mount after /data/a", "executor after /data/a",
		"mount before create /data/b.panic new", "mount error /data/b.panic: hook BeforeSync: panic: oh no", "executor error /data/b.panic: hook BeforeSync: panic: oh no",
		"mount before create /data/c.skip new", "mount before create /data/d.stop new",
	}, heard)
	require.Equal(t, []string{"/data/a"}, res.Sync.Synced)
	require.Equal(t, "no /data/c.skip", res.Sync.Skipped[0].Reason)
	require.Contains(t, res.Sync.Skipped[1].Reason, "Sync.AllowAbort does not allow")
	require.Len(t, res.Sync.Failed, 1)
	require.Equal(t, map[string]string{"a": "new"}, onHost(t, root))

	// With the permission to abort, and rollback.
	mount.Sync.AllowAbort, mount.Sync.OnError = true, funcbox.SyncRollback
	before := snapshot(t, root)
	res, err := ex.Execute(context.Background(), funcbox.Request{
		Language: "js", Mount: mount, Code: "const fs = require('fs');" + write("a2", "b2", "d.stop"),
	})
	require.ErrorIs(t, err, funcbox.ErrRolledBack)
	require.True(t, res.Success(), "the call itself went well")
	require.Equal(t, []string{"/data/a2", "/data/b2"}, res.Sync.RolledBack)
	require.Equal(t, before, snapshot(t, root))

	var text bytes.Buffer
	encoded, err := json.Marshal(res)
	require.NoError(t, err)
	require.NoError(t, json.Indent(&text, encoded, "", " "))
	require.Contains(t, string(encoded), `"sync":{"synced":[],"skipped":[{"path":"/data/d.stop","reason":"stop"}],"failed":[],"conflicts":[],"rolledBack":["/data/a2","/data/b2"]}`)
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

// TestSyncConflict: what changed on the host between the call and its sync is left
// alone.
func TestSyncConflict(t *testing.T) {
	ex := newExecutor(t)
	root := hostFolder(t, map[string]string{"a": "1", "b": "1"})
	mount := batchMount(root)
	mount.Sync.OnError = funcbox.SyncContinue
	mount.Hooks.BeforeSync = func(_ context.Context, c funcbox.FileChange) funcbox.SyncDecision {
		if c.Path == "/data/a" {
			require.NoError(t, os.WriteFile(filepath.Join(root, "a"), []byte("meanwhile"), 0o600))
		}
		return funcbox.SyncDecision{}
	}
	res := inMount(t, ex, mount, "fs.writeFileSync('/data/a', '2'); fs.writeFileSync('/data/b', '2')")
	require.Equal(t, "/data/a", res.Sync.Conflicts[0].Path)
	require.Equal(t, []string{"/data/b"}, res.Sync.Synced)
	require.False(t, res.Sync.Complete())
	require.Equal(t, map[string]string{"a": "meanwhile", "b": "2"}, onHost(t, root))
}

// TestSyncRecovery: a folder in which a sync was cut short is mended when it is
// mounted, and guests never see what lies there.
func TestSyncRecovery(t *testing.T) {
	ex := newExecutor(t)
	root := hostFolder(t, map[string]string{"a": "new", ".funcbox-sync-1-1": "old", ".funcbox-sync-0-1.new": ""})
	require.NoError(t, os.WriteFile(filepath.Join(root, ".funcbox-sync.journal"), []byte(
		`{"kind":"batch","version":1,"id":"1","rollback":true,"modTime":"2020-01-01T00:00:00Z"}`+"\n"+
			`{"kind":"replace","path":"a","new":".funcbox-sync-1-2","old":".funcbox-sync-1-1","size":3,"modTime":"2020-01-01T00:00:00Z"}`+"\n"), 0o600))
	res := inMount(t, ex, &funcbox.Mount{Dirs: map[string]string{"/data": root}, Permissions: perm.Full()}, `
		return [fs.readdirSync('/data').join(), fs.readFileSync('/data/a', 'utf8'), attempt(() => fs.readFileSync('/data/.funcbox-sync-0-1.new')),
			attempt(() => fs.writeFileSync('/data/.funcbox-sync-x', ''))]`)
	require.Equal(t, []any{"a", "old", "ENOENT", "ok"}, res.Value)
	require.NoError(t, funcbox.Recover(context.Background(), root))
	require.Equal(t, map[string]string{"a": "old"}, onHost(t, root))
	info, err := os.Stat(root)
	require.NoError(t, err)
	require.True(t, time.Unix(0, 1).Equal(info.ModTime()), "the time that the beginning of a journal holds")

	require.NoError(t, os.WriteFile(filepath.Join(root, ".funcbox-sync.journal"), []byte("nonsense\n"), 0o600))
	_, err = ex.Execute(context.Background(), funcbox.Request{Language: "js", Code: "1", Mount: &funcbox.Mount{Dirs: map[string]string{"/data": root}}})
	require.ErrorContains(t, err, "mount /data")
	require.ErrorContains(t, err, ".funcbox-sync.journal, line 1")
	require.ErrorIs(t, funcbox.Recover(context.Background(), filepath.Join(root, "none")), fs.ErrNotExist)
}

func TestSyncFilesMisused(t *testing.T) {
	ex := newExecutor(t)
	ctx := context.Background()
	root := hostFolder(t, nil)
	change := []funcbox.FileChange{{Type: "create", Path: "/data/a"}}
	for name, mount := range map[string]*funcbox.Mount{
		"no mount": nil, "no folders": {}, "an unknown mode": {Dirs: map[string]string{"/data": root}, Sync: funcbox.Sync{OnError: 9}},
	} {
		result, err := ex.SyncFiles(ctx, change, mount, funcbox.SyncOptions{})
		require.ErrorIs(t, err, funcbox.ErrBadRequest, name)
		require.NotNil(t, result)
	}
	_, err := ex.SyncFiles(ctx, change, &funcbox.Mount{Dirs: map[string]string{"/data": filepath.Join(root, "none")}}, funcbox.SyncOptions{})
	require.ErrorIs(t, err, fs.ErrNotExist)
	// A change whose result was asked to hold no contents.
	result, err := ex.SyncFiles(ctx, change, &funcbox.Mount{Dirs: map[string]string{"/data": root}, Permissions: perm.Full()}, funcbox.SyncOptions{})
	require.ErrorIs(t, err, funcbox.ErrRolledBack)
	require.ErrorContains(t, result.Failed[0].Err, "Request.Include")

	closed, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()))
	require.NoError(t, err)
	require.NoError(t, closed.Close(ctx))
	_, err = closed.SyncFiles(ctx, change, batchMount(root), funcbox.SyncOptions{})
	require.ErrorIs(t, err, funcbox.ErrClosed)

	for name, text := range map[string]string{
		"mode": `{"type":"create","path":"/a","mode":"rw"}`, "content": `{"type":"create","path":"/a","content":5}`,
		"base64": `{"type":"create","path":"/a","content":{"$bytes":"?"}}`, "sum": `{"type":"delete","path":"/a","base":{"size":1,"modTime":"2020-01-01T00:00:00Z","sha256":"zz"}}`,
	} {
		var c funcbox.FileChange
		require.Error(t, json.Unmarshal([]byte(text), &c), name)
	}
	require.False(t, errors.Is(funcbox.ErrRolledBack, funcbox.ErrConflict))
}
