package funcbox_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/perm"
)

// steward is a session whose functions read and write files.
func steward(t *testing.T, executor *funcbox.Executor, options funcbox.SessionOptions) *funcbox.Session {
	t.Helper()
	options.Language = "js"
	session, err := executor.NewSession(context.Background(), options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, session.Close(context.Background())) })
	res, err := session.Execute(context.Background(), funcbox.Request{Code: `
		const fs = require('fs');
		function read(path) { return fs.readFileSync(path, 'utf8') }
		function write(path, text) { fs.writeFileSync(path, text) }
		function remove(path) { fs.unlinkSync(path) }
		function list(path) { return fs.readdirSync(path).sort() }`})
	require.NoError(t, err)
	require.NoError(t, res.Err())
	return session
}

func called(t *testing.T, session *funcbox.Session, function string, args ...any) any {
	t.Helper()
	res, err := session.Call(context.Background(), function, args...)
	require.NoError(t, err)
	require.NoError(t, res.Err())
	return res.Value
}

func changesOf(t *testing.T, session *funcbox.Session) []string {
	t.Helper()
	files, err := session.Files()
	require.NoError(t, err)
	names := []string{}
	for _, change := range files.All() {
		names = append(names, change.Type+" "+change.Path)
	}
	return names
}

func put(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
}

func TestSessionMount(t *testing.T) {
	executor := newExecutor(t)
	ctx := context.Background()
	root := t.TempDir()
	put(t, filepath.Join(root, "a.txt"), "one")
	mount := &funcbox.Mount{Dirs: map[string]string{"/data": root}, Permissions: perm.Full()}
	session := steward(t, executor, funcbox.SessionOptions{Mount: mount})

	require.Equal(t, "one", called(t, session, "read", "/data/a.txt"))
	put(t, filepath.Join(root, "a.txt"), "from outside")
	put(t, filepath.Join(root, "b.txt"), "new")
	require.Equal(t, "from outside", called(t, session, "read", "/data/a.txt"), "what changes outside is seen")
	require.Equal(t, []any{"a.txt", "b.txt"}, called(t, session, "list", "/data"))

	called(t, session, "write", "/data/a.txt", "guest's")
	called(t, session, "write", "/data/c.txt", "guest's too")
	require.Equal(t, []string{"modify /data/a.txt", "create /data/c.txt"}, changesOf(t, session))
	require.Equal(t, map[string]string{"a.txt": "from outside", "b.txt": "new"}, onHost(t, root), "nothing is written unasked")

	fork, err := session.Fork(ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, fork.Close(ctx)) }()
	require.Equal(t, "guest's", called(t, fork, "read", "/data/a.txt"))
	called(t, fork, "remove", "/data/c.txt")
	require.Equal(t, []string{"modify /data/a.txt"}, changesOf(t, fork))

	result, err := session.Sync(ctx, funcbox.SyncOptions{})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"/data/a.txt", "/data/c.txt"}, result.Synced)
	require.Empty(t, changesOf(t, session), "what was synced is no change any more")
	require.Equal(t, map[string]string{"a.txt": "guest's", "b.txt": "new", "c.txt": "guest's too"}, onHost(t, root))
	called(t, session, "write", "/data/a.txt", "again")
	_, err = session.Sync(ctx, funcbox.SyncOptions{})
	require.NoError(t, err)
	require.Equal(t, "again", onHost(t, root)["a.txt"])

	t.Run("a path changed on both sides is a conflict", func(t *testing.T) {
		result, err := fork.Sync(ctx, funcbox.SyncOptions{})
		require.ErrorIs(t, err, funcbox.ErrConflict)
		require.Len(t, result.Conflicts, 1)
		require.Equal(t, "again", onHost(t, root)["a.txt"])
	})
	t.Run("in another process", func(t *testing.T) {
		called(t, session, "write", "/data/d.txt", "unsynced")
		var snapshot bytes.Buffer
		require.NoError(t, session.Snapshot(ctx, &snapshot))
		_, err := executor.RestoreSession(ctx, bytes.NewReader(snapshot.Bytes()), funcbox.SessionOptions{})
		require.Error(t, err, "it had a mount")
		restored, err := executor.RestoreSession(ctx, &snapshot, funcbox.SessionOptions{Mount: mount})
		require.NoError(t, err)
		require.Equal(t, "unsynced", called(t, restored, "read", "/data/d.txt"))
		_, err = restored.Sync(ctx, funcbox.SyncOptions{})
		require.NoError(t, err)
		require.Equal(t, "unsynced", onHost(t, root)["d.txt"])
		require.NoError(t, restored.Close(ctx))
	})
}

func TestSessionBatch(t *testing.T) {
	executor := newExecutor(t)
	root := t.TempDir()
	session := steward(t, executor, funcbox.SessionOptions{Mount: batchMount(root)})
	for _, text := range []string{"one", "two", "three"} {
		res, err := session.Call(context.Background(), "write", "/data/a.txt", text)
		require.NoError(t, err)
		require.Equal(t, []string{"/data/a.txt"}, res.Sync.Synced)
		require.Equal(t, map[string]string{"a.txt": text}, onHost(t, root))
	}
	require.Empty(t, changesOf(t, session))
}

func TestSessionRules(t *testing.T) {
	ctx := context.Background()
	executor := newExecutor(t, funcbox.WithHostFunc("nothing", func(context.Context, []any, map[string]any) (any, error) { return nil, nil }))
	session := steward(t, executor, funcbox.SessionOptions{
		Files: map[string][]byte{"/in/a.txt": []byte("given")}, Workdir: "/in", Env: map[string]string{"NAME": "x"}, Argv: []string{"one"},
		Limits: funcbox.Limits{MemoryBytes: 32 << 20, FilesystemBytes: 1 << 20},
	})
	require.Equal(t, "given", called(t, session, "read", "a.txt"))
	run := func(code string) *funcbox.ExecutionResult {
		t.Helper()
		res, err := session.Execute(ctx, funcbox.Request{Code: code})
		require.NoError(t, err)
		return res
	}
	require.Equal(t, []any{"x", "one"}, run(`[process.env.NAME, process.argv[2]]`).Value)
	run(`process.chdir('/tmp'); process.env.NAME = 'changed'`)
	require.Equal(t, []any{"/tmp", "changed"}, run(`[process.cwd(), process.env.NAME]`).Value)

	t.Run("a copy goes on in the same surroundings", func(t *testing.T) {
		fork, err := session.Fork(ctx)
		require.NoError(t, err)
		res, err := fork.Execute(ctx, funcbox.Request{Code: `[process.cwd(), process.env.NAME, process.argv[2]]`})
		require.NoError(t, err)
		require.Equal(t, []any{"/tmp", "changed", "one"}, res.Value)
		require.NoError(t, fork.Close(ctx))
	})
	t.Run("files of a call are written first", func(t *testing.T) {
		res, err := session.Execute(ctx, funcbox.Request{Function: "read", Args: []any{"/new/b.txt"}, Files: map[string][]byte{"/new/b.txt": []byte("later")}})
		require.NoError(t, err)
		require.Equal(t, "later", res.Value)
	})
	t.Run("code and a function", func(t *testing.T) {
		res, err := session.Execute(ctx, funcbox.Request{Code: `function triple(n) { return 3 * n }`, Function: "triple", Args: []any{5}})
		require.NoError(t, err)
		require.Equal(t, int64(15), res.Value)
		res, err = session.Execute(ctx, funcbox.Request{Code: `throw new TypeError('first')`, Function: "triple", Args: []any{5}})
		require.NoError(t, err)
		require.Equal(t, "first", res.Error.Message)
	})
	t.Run("limits cannot be raised", func(t *testing.T) {
		res, err := session.Execute(ctx, funcbox.Request{Code: `new Uint8Array(64 << 20).length`, Limits: funcbox.Limits{MemoryBytes: 512 << 20}})
		require.NoError(t, err)
		require.False(t, res.Success())
		res, err = session.Execute(ctx, funcbox.Request{Function: "write", Args: []any{"/tmp/big", string(make([]byte, 2<<20))}, Limits: funcbox.Limits{FilesystemBytes: 8 << 20}})
		require.NoError(t, err)
		require.Contains(t, res.Error.Message, "ENOSPC")
		called(t, session, "remove", "/tmp/big")
	})
	t.Run("an open file", func(t *testing.T) {
		require.NoError(t, run(`var held = fs.openSync('/tmp/held', 'w')`).Err())
		_, err := session.Fork(ctx)
		require.ErrorIs(t, err, funcbox.ErrOpenFiles)
		require.ErrorContains(t, err, "/tmp/held")
		run(`fs.writeSync(held, 'kept'); fs.closeSync(held)`)
		require.Equal(t, "kept", called(t, session, "read", "/tmp/held"), "it stayed open from call to call")
		fork, err := session.Fork(ctx)
		require.NoError(t, err)
		require.NoError(t, fork.Close(ctx))
	})
	t.Run("what is the session's", func(t *testing.T) {
		for _, req := range []funcbox.Request{
			{Function: "read", Workdir: "/x"}, {Function: "read", Mount: &funcbox.Mount{}}, {Function: "read", Env: map[string]string{}},
			{Language: "python", Function: "read"}, {}, {Code: "1", Compile: funcbox.CompileOptions{Optimize: "2"}},
		} {
			_, err := session.Execute(ctx, req)
			require.ErrorIs(t, err, funcbox.ErrBadRequest)
		}
		_, err := executor.NewSession(ctx, funcbox.SessionOptions{Language: "cobol"})
		require.ErrorIs(t, err, funcbox.ErrUnknownLanguage)
	})
	t.Run("busy", func(t *testing.T) {
		running, release := make(chan struct{}), make(chan struct{})
		busy, err := executor.NewSession(ctx, funcbox.SessionOptions{Language: "js", RefuseWhenBusy: true, HostFuncs: map[string]funcbox.HostFunc{
			"wait": func(ctx context.Context, _ []any, _ map[string]any) (any, error) {
				close(running)
				<-release
				return nil, nil
			},
		}})
		require.NoError(t, err)
		done := make(chan error)
		go func() {
			_, err := busy.Execute(ctx, funcbox.Request{Code: `require('funcbox').host.wait()`})
			done <- err
		}()
		<-running
		_, err = busy.Execute(ctx, funcbox.Request{Code: "1"})
		require.ErrorIs(t, err, funcbox.ErrSessionBusy)
		close(release)
		require.NoError(t, <-done)
		require.NoError(t, busy.Close(ctx))
	})
	t.Run("it does not wait for itself", func(t *testing.T) {
		var own *funcbox.Session
		own, err := executor.NewSession(ctx, funcbox.SessionOptions{Language: "js", HostFuncs: map[string]funcbox.HostFunc{
			"again": func(ctx context.Context, _ []any, _ map[string]any) (any, error) {
				_, err := own.Execute(ctx, funcbox.Request{Code: "1"})
				return nil, err
			},
		}})
		require.NoError(t, err)
		res, err := own.Execute(ctx, funcbox.Request{Code: `require('funcbox').host.again()`})
		require.NoError(t, err)
		require.Contains(t, res.Error.Message, "the session is busy")
		require.NoError(t, own.Close(ctx))
	})
	t.Run("a wait that is given up", func(t *testing.T) {
		running, release := make(chan struct{}), make(chan struct{})
		s, err := executor.NewSession(ctx, funcbox.SessionOptions{Language: "js", HostFuncs: map[string]funcbox.HostFunc{
			"wait": func(ctx context.Context, _ []any, _ map[string]any) (any, error) {
				close(running)
				<-release
				return nil, nil
			},
		}})
		require.NoError(t, err)
		done := make(chan error)
		go func() {
			_, err := s.Execute(ctx, funcbox.Request{Code: `require('funcbox').host.wait()`})
			done <- err
		}()
		<-running
		short, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
		defer cancel()
		_, err = s.Execute(short, funcbox.Request{Code: "1"})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		close(release)
		require.NoError(t, <-done)
		require.NoError(t, s.Close(ctx))
	})
}

func TestSessionsOfAClosedExecutor(t *testing.T) {
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()))
	require.NoError(t, err)
	session, err := executor.NewSession(ctx, funcbox.SessionOptions{Language: "js"})
	require.NoError(t, err)
	_, err = session.Execute(ctx, funcbox.Request{Code: "1"})
	require.NoError(t, err)
	program, err := executor.Load(ctx, funcbox.Request{Language: "js", Code: "function f() {}"})
	require.NoError(t, err)
	require.NoError(t, executor.Close(ctx))
	_, err = session.Execute(ctx, funcbox.Request{Code: "1"})
	require.Error(t, err)
	_, err = program.Call(ctx, "f")
	require.Error(t, err)
	require.NoError(t, session.Close(ctx))
	require.NoError(t, program.Close())
}

func TestProgramFiles(t *testing.T) {
	ctx := context.Background()
	executor := newExecutor(t)
	root := t.TempDir()
	put(t, filepath.Join(root, "table.json"), `{"a": 1}`)
	program, err := executor.Load(ctx, funcbox.Request{
		Language: "js", Env: map[string]string{"NAME": "loaded"}, Files: map[string][]byte{"/in/a.txt": []byte("given"), "/in/b.txt": []byte("gone")},
		Mount: &funcbox.Mount{Dirs: map[string]string{"/data": root}},
		Code: `const fs = require('fs');
			const table = JSON.parse(fs.readFileSync('/data/table.json'));
			fs.writeFileSync('/in/made.txt', 'made'); fs.unlinkSync('/in/b.txt'); fs.mkdirSync('/in/folder');
			function get(key) { return table[key] }
			function read(path) { return fs.readFileSync(path, 'utf8') }
			function write(path, text) { fs.writeFileSync(path, text); return fs.readdirSync('/in').sort() }
			function name() { return process.env.NAME }
			function mounted() { return fs.existsSync('/data') }`,
	})
	require.NoError(t, err)
	value := func(req funcbox.Request) (any, *funcbox.ExecutionResult) {
		t.Helper()
		res, err := program.Execute(ctx, req)
		require.NoError(t, err)
		require.NoError(t, res.Err())
		return res.Value, res
	}
	got, _ := value(funcbox.Request{Function: "get", Args: []any{"a"}})
	require.Equal(t, int64(1), got)
	for range 2 {
		got, res := value(funcbox.Request{Function: "write", Args: []any{"/in/a.txt", "changed"}})
		require.Equal(t, []any{"a.txt", "folder", "made.txt"}, got)
		require.Len(t, res.Files.All(), 1, "what loading made is no change of a call")
		require.Equal(t, "modify", res.Files.All()[0].Type)
		got, _ = value(funcbox.Request{Function: "read", Args: []any{"/in/a.txt"}})
		require.Equal(t, "given", got, "no call sees another's files")
	}
	got, _ = value(funcbox.Request{Function: "read", Args: []any{"/in/a.txt"}, Files: map[string][]byte{"/in/a.txt": []byte("the call's")}})
	require.Equal(t, "the call's", got)
	got, _ = value(funcbox.Request{Function: "name"})
	require.Equal(t, "loaded", got)
	got, _ = value(funcbox.Request{Function: "name", Env: map[string]string{"NAME": "other"}})
	require.Equal(t, "other", got)
	got, _ = value(funcbox.Request{Function: "mounted"})
	require.Equal(t, false, got, "mounts are the loading's own")
	got, res := value(funcbox.Request{Function: "write", Args: []any{"/data/new.txt", "x"}, Mount: batchMount(root)})
	require.NotNil(t, got)
	require.Equal(t, []string{"/data/new.txt"}, res.Sync.Synced)

	typed, _, err := funcbox.Call[string](ctx, executor, funcbox.Request{Language: "js", Code: "function f() { return 'x' }", Function: "f"})
	require.NoError(t, err)
	require.Equal(t, "x", typed)
}

// TestSessionHooks: hooks of the session's files are told which call they belong to.
func TestSessionHooks(t *testing.T) {
	var denied []string
	executor := newExecutor(t, funcbox.WithHooks(funcbox.Hooks{OnPermissionDenied: func(ctx context.Context, denial funcbox.Denial) {
		call, _ := funcbox.CallOf(ctx)
		denied = append(denied, call.CorrelationID+" "+denial.Path)
	}}))
	session := steward(t, executor, funcbox.SessionOptions{Mount: &funcbox.Mount{Dirs: map[string]string{"/data": t.TempDir()}}})
	for _, id := range []string{"first", "second"} {
		res, err := session.Execute(context.Background(), funcbox.Request{Function: "write", Args: []any{"/data/" + id, "x"}, CorrelationID: id})
		require.NoError(t, err)
		require.Contains(t, res.Error.Message, "EACCES")
	}
	require.Equal(t, []string{"first /data/first", "second /data/second"}, denied)
}

// TestSessionInItsOwnCall: what waits for the session's call is refused in a host function
// of that call, which would wait for ever.
func TestSessionInItsOwnCall(t *testing.T) {
	ctx := context.Background()
	executor := newExecutor(t)
	var session *funcbox.Session
	session, err := executor.NewSession(ctx, funcbox.SessionOptions{Language: "js", HostFuncs: map[string]funcbox.HostFunc{
		"ask": func(ctx context.Context, args []any, _ map[string]any) (any, error) {
			var err error
			switch args[0] {
			case "execute":
				_, err = session.Execute(ctx, funcbox.Request{Code: "1"})
			case "fork":
				_, err = session.Fork(ctx)
			case "snapshot":
				err = session.Snapshot(ctx, &bytes.Buffer{})
			case "sync":
				_, err = session.Sync(ctx, funcbox.SyncOptions{})
			case "close":
				err = session.Close(ctx)
			}
			require.ErrorIs(t, err, funcbox.ErrSessionBusy)
			return args[0], nil
		},
	}})
	require.NoError(t, err)
	for _, what := range []string{"execute", "fork", "snapshot", "sync", "close"} {
		res, err := session.Execute(ctx, funcbox.Request{Code: "require('funcbox').host.ask('" + what + "')"})
		require.NoError(t, err)
		require.Equal(t, what, res.Value)
	}
	require.NoError(t, session.Close(ctx))
}

// A call that has the session's turn and no slot does not hold up the call that has the
// slot and waits for the session.
func TestSessionWithoutSlot(t *testing.T) {
	ctx := context.Background()
	executor := newExecutor(t, funcbox.WithMaxConcurrent(1))
	session := steward(t, executor, funcbox.SessionOptions{})
	beside := make(chan error, 1)
	ask := func(ctx context.Context, _ []any, _ map[string]any) (any, error) {
		go func() {
			res, err := session.Call(context.Background(), "write", "a.txt", "beside") // has the turn, wants the slot
			if err == nil {
				err = res.Err()
			}
			beside <- err
		}()
		for taken := false; !taken; {
			soon, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
			_, err := session.Sync(soon, funcbox.SyncOptions{}) // waits for the turn, and has nothing to sync to
			taken = errors.Is(err, context.DeadlineExceeded)
			cancel()
		}
		res, err := session.Call(ctx, "read", "a.txt")
		if err != nil {
			return nil, err
		}
		return res.Value, res.Err()
	}
	res, err := executor.Execute(ctx, funcbox.Request{
		Language: "js", Code: "require('funcbox').host.ask()", HostFuncs: map[string]funcbox.HostFunc{"ask": ask},
	})
	require.NoError(t, err)
	require.NoError(t, res.Err())
	require.Equal(t, "beside", res.Value)
	require.NoError(t, <-beside)
}
