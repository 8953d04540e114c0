package funcbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
)

// leftovers is what a process holds that outlives calls.
type leftovers struct {
	descriptors, mappings int
	code                  uint64 // bytes
}

// held counts the descriptors of this process, its mappings of files, such as images of
// guests, and the bytes of machine code that was compiled. All 0 where that cannot be
// known.
func held(t *testing.T) leftovers {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return leftovers{}
	}
	maps, err := os.ReadFile("/proc/self/maps")
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	all := leftovers{descriptors: len(entries)}
	for line := range strings.Lines(string(maps)) {
		fields := strings.Fields(line) // addresses, permissions, offset, device, inode, path
		switch {
		case len(fields) == 5 && strings.Contains(fields[1], "x"):
			var begin, end uint64
			_, err := fmt.Sscanf(fields[0], "%x-%x", &begin, &end)
			require.NoError(t, err)
			all.code += end - begin
		case len(fields) > 5 && !strings.HasPrefix(fields[5], "[") && fields[5] != self:
			all.mappings++
		}
	}
	return all
}

// TestNothingIsLeft: once an executor is closed, nothing is left of what was done with
// it, programs and sessions that nobody closed included.
func TestNothingIsLeft(t *testing.T) {
	folder := t.TempDir()
	put(t, filepath.Join(folder, "a.txt"), "one")
	live(t, folder, 1) // opens what a process opens once, such as its poller
	// Machine code is released by finalizers, some collections later; that of a runtime
	// takes several MB, and a few pages stay.
	const codeSlack = 1 << 20
	for range 10 {
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
	}
	goroutines, before := goleak.IgnoreCurrent(), held(t)
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	for range rounds {
		live(t, folder, 4)
	}
	goleak.VerifyNone(t, goroutines)
	require.Eventually(t, func() bool {
		runtime.GC()
		now := held(t)
		return now.descriptors <= before.descriptors && now.mappings <= before.mappings && now.code <= before.code+codeSlack
	}, 10*time.Second, 10*time.Millisecond, "more than %+v", before)
}

const lifeCode = `
	const fs = require('fs'), { host } = require('funcbox');
	let counter = 40;
	function bump() { return ++counter }
	function read(path) { return fs.readFileSync(path, 'utf8') }
	function again() { return host.again() }
	function broken() { return host.panic() }
	function spin() { host.started(); for (;;) ; }
	async function nap() { host.started(); await new Promise(done => setTimeout(done, 60000)) }
	function leave() { process.exit(3) }`

// live does a bit of everything in an executor of its own, by several goroutines.
func live(t *testing.T, folder string, goroutines int) {
	t.Helper()
	ctx := context.Background()
	var program *funcbox.Program
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()),
		funcbox.WithHostFunc("panic", func(context.Context, []any, map[string]any) (any, error) { panic("at the disco") }),
		funcbox.WithHostFunc("again", func(ctx context.Context, _ []any, _ map[string]any) (any, error) {
			res, err := program.Call(ctx, "bump")
			return res.Value, err
		}))
	require.NoError(t, err)
	program, err = executor.Load(ctx, funcbox.Request{Language: "js", Code: lifeCode})
	require.NoError(t, err)
	var lives sync.WaitGroup
	errs := make([]error, goroutines)
	for i := range errs {
		lives.Go(func() { errs[i] = (&life{ctx, executor, program, folder}).all() })
	}
	lives.Wait()
	require.NoError(t, errors.Join(errs...))
	require.NoError(t, executor.Close(ctx))
	_, err = program.Call(ctx, "bump")
	require.ErrorIs(t, err, funcbox.ErrProgramClosed)
}

type life struct {
	ctx      context.Context
	executor *funcbox.Executor
	program  *funcbox.Program
	folder   string
}

// caller is what a function can be called in.
type caller interface {
	Execute(ctx context.Context, req funcbox.Request) (*funcbox.ExecutionResult, error)
}

var errUnexpected = errors.New("not what was expected")

// expect calls a function that returns want, or whose error has the type want.
func (l *life) expect(in caller, want any, function string, args ...any) error {
	res, err := in.Execute(l.ctx, funcbox.Request{Function: function, Args: args})
	switch {
	case err != nil:
		return err
	case res.Error != nil && res.Error.Type != want, res.Error == nil && res.Value != want:
		return errors.Join(errUnexpected, res.Err())
	}
	return nil
}

func (l *life) all() error {
	for _, part := range []func() error{l.calls, l.stops, l.closes, l.sessions, l.abandoned} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

func (l *life) calls() error {
	return errors.Join(
		l.expect(l.program, int64(41), "bump"), l.expect(l.program, int64(41), "again"),
		l.expect(l.program, "HostError", "broken"), l.expect(l.program, "Exit", "leave"), l.expect(l.program, "FunctionNotFound", "nowhere"))
}

// stops cancels calls once they run, in programs and in sessions.
func (l *life) stops() error {
	for _, function := range []string{"spin", "nap"} {
		session, err := l.executor.NewSession(l.ctx, funcbox.SessionOptions{Program: l.program})
		if err != nil {
			return err
		}
		for _, in := range []caller{l.program, session} {
			ctx, cancel := context.WithCancel(l.ctx)
			res, err := in.Execute(ctx, funcbox.Request{Function: function, HostFuncs: map[string]funcbox.HostFunc{
				"started": func(context.Context, []any, map[string]any) (any, error) { cancel(); return nil, nil },
			}})
			cancel()
			if err != nil {
				return err
			}
			if res.Status != funcbox.StatusTerminated {
				return errors.Join(errUnexpected, res.Err())
			}
		}
		if _, err := session.Call(l.ctx, "bump"); !errors.Is(err, funcbox.ErrSessionEnded) {
			return errors.Join(errUnexpected, err)
		}
		if err := session.Close(l.ctx); err != nil {
			return err
		}
	}
	return nil
}

// closes closes a program while a call of it runs, which ends well.
func (l *life) closes() error {
	program, err := l.executor.Load(l.ctx, funcbox.Request{Language: "js", Code: lifeCode})
	if err != nil {
		return err
	}
	res, err := program.Execute(l.ctx, funcbox.Request{Function: "again", HostFuncs: map[string]funcbox.HostFunc{
		"again": func(context.Context, []any, map[string]any) (any, error) {
			err := program.Close()
			if _, later := program.Call(l.ctx, "bump"); !errors.Is(later, funcbox.ErrProgramClosed) {
				err = errors.Join(err, errUnexpected, later)
			}
			return "ended well", err
		},
	}})
	if err != nil {
		return err
	}
	if res.Value != "ended well" {
		return errors.Join(errUnexpected, res.Err())
	}
	return nil
}

// sessions watches a folder, forks, writes and restores.
func (l *life) sessions() error {
	mount := &funcbox.Mount{Dirs: map[string]string{"/data": l.folder}}
	session, err := l.executor.NewSession(l.ctx, funcbox.SessionOptions{Program: l.program, Mount: mount, IdleTimeout: time.Minute})
	if err != nil {
		return err
	}
	if err := errors.Join(l.expect(session, "one", "read", "/data/a.txt"), l.expect(session, int64(41), "bump")); err != nil {
		return err
	}
	fork, err := session.Fork(l.ctx)
	if err != nil {
		return err
	}
	var snapshot bytes.Buffer
	if err := session.Snapshot(l.ctx, &snapshot); err != nil {
		return err
	}
	damaged := bytes.NewReader(snapshot.Bytes()[:snapshot.Len()/2])
	if _, err := l.executor.RestoreSession(l.ctx, damaged, funcbox.SessionOptions{Mount: mount}); !errors.Is(err, funcbox.ErrSnapshot) {
		return errors.Join(errUnexpected, err)
	}
	restored, err := l.executor.RestoreSession(l.ctx, &snapshot, funcbox.SessionOptions{Mount: mount})
	if err != nil {
		return err
	}
	for _, s := range []*funcbox.Session{session, fork, restored} {
		if err := errors.Join(l.expect(s, int64(42), "bump"), l.expect(s, "one", "read", "/data/a.txt"), s.Close(l.ctx)); err != nil {
			return err
		}
	}
	return nil
}

// abandoned leaves a program and sessions to the executor.
func (l *life) abandoned() error {
	program, err := l.executor.Load(l.ctx, funcbox.Request{Language: "js", Code: lifeCode})
	if err != nil {
		return err
	}
	session, err := l.executor.NewSession(l.ctx, funcbox.SessionOptions{
		Program: program, IdleTimeout: time.Hour, Mount: &funcbox.Mount{Dirs: map[string]string{"/data": l.folder}},
	})
	if err != nil {
		return err
	}
	if err := l.expect(session, int64(41), "bump"); err != nil {
		return err
	}
	fork, err := session.Fork(l.ctx)
	if err != nil {
		return err
	}
	return l.expect(fork, int64(42), "bump")
}
