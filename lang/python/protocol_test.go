package python_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	encoding "github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/lang/python"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm"
	"github.com/funcbox/funcbox/wasm/fsapi"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// Operations and flags of the call protocol; see lang/build/funcbox.h.
const (
	opExecute = iota
	opLoad
	opCall
	opRun
	opEnd

	fresh   = 1
	last    = 2
	hasArgs = 4
)

// ask is one request to the guest. A function, args and kwargs that are nil are empty.
type ask struct {
	op, flags      uint64
	code, function string
	file           string // empty: main.py
	args           []any
	kwargs         map[string]any
	env            map[string]string
	workdir        string
	argv           []string
}

func (a ask) encode(t testing.TB) []byte {
	t.Helper()
	parts := map[uint64]any{0: a.op, 9: a.flags}
	if a.op != opEnd {
		parts[3], parts[4], parts[5] = a.function, append([]any{}, a.args...), a.kwargs
		if a.kwargs == nil {
			parts[5] = map[string]any{}
		}
	}
	if a.op != opEnd && a.op != opCall {
		parts[1], parts[2] = a.code, a.file
		if a.file == "" {
			parts[2] = "main.py"
		}
	}
	if a.flags&fresh != 0 {
		parts[6], parts[7], parts[8] = a.env, a.workdir, append([]string{}, a.argv...)
		if a.env == nil {
			parts[6] = map[string]string{}
		}
		if a.workdir == "" {
			parts[7] = "/workspace"
		}
	}
	encoded := encoding.AppendMapHead(nil, len(parts))
	for key := range uint64(10) {
		part, ok := parts[key]
		if !ok {
			continue
		}
		var err error
		encoded, err = encoding.Append(encoding.AppendUint(encoded, key), part, "request")
		require.NoError(t, err)
	}
	return encoded
}

// engine runs requests without what the root package does about them.
type engine struct {
	module *wasm.Module
	layers []vfs.Mount
	host   wasm.HostFunc
	stdout bytes.Buffer
	stderr bytes.Buffer
}

func newEngine(t testing.TB) *engine {
	t.Helper()
	ctx := context.Background()
	machine, err := wasm.NewEngine(ctx, wasm.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, machine.Close(ctx)) })
	language := python.Language()
	e := &engine{}
	for _, tree := range language.Trees {
		e.layers = append(e.layers, vfs.Mount{Path: vfs.Path(tree.Path), Layer: vfs.NewLayer(tree.Files)})
	}
	startup := append([]vfs.Mount{{Path: lang.LibraryPath, Layer: vfs.NewLayer(language.Library)}}, e.layers...)
	e.module = machine.Module(wasm.ModuleSpec{Name: language.Name, Binary: language.Binary, StartupFiles: func() (fsapi.FileSystem, error) {
		return vfs.New(vfs.Options{Layers: startup})
	}, Fingerprint: language.Fingerprint})
	return e
}

// system is what a call finds, with a tree of files of its own.
func (e *engine) system(t testing.TB) wasip1.Config {
	t.Helper()
	tree, err := vfs.New(vfs.Options{Layers: e.layers, Directories: []vfs.Path{"/workspace", "/tmp"}})
	require.NoError(t, err)
	e.stdout.Reset()
	e.stderr.Reset()
	return wasip1.Config{Stdout: &e.stdout, Stderr: &e.stderr, FS: tree}
}

func (e *engine) job(t testing.TB, asked ...ask) wasm.Job {
	t.Helper()
	job := wasm.Job{
		Request: asked[0].encode(t), System: e.system(t), Host: e.host,
		Limits: wasm.Limits{Fuel: 1 << 40, MemoryBytes: 256 << 20, ReplyBytes: 64 << 20},
	}
	rest := asked[1:]
	job.Next = func([]byte) []byte {
		if len(rest) == 0 {
			return nil
		}
		next := rest[0].encode(t)
		rest = rest[1:]
		return next
	}
	return job
}

func reply(t testing.TB, out wasm.Outcome) encoding.Reply {
	t.Helper()
	require.Equal(t, wasm.Returned, out.Ending, "%v", out.Err)
	decoded, err := encoding.DecodeReply(out.Reply, encoding.Limits{})
	require.NoError(t, err)
	return decoded
}

// result puts requests to one instance and returns the last one's value.
func (e *engine) result(t testing.TB, asked ...ask) any {
	t.Helper()
	out, err := e.module.Run(context.Background(), e.job(t, asked...))
	require.NoError(t, err)
	got := reply(t, out)
	require.Nil(t, got.Error, "%+v\n%s", got.Error, e.stderr.String())
	return got.Value
}

// load makes a program.
func (e *engine) load(t testing.TB, asked ...ask) *wasm.Module {
	t.Helper()
	out, module, err := e.module.Load(context.Background(), e.job(t, asked...), nil)
	require.NoError(t, err)
	got := reply(t, out)
	require.Nil(t, got.Error, "%+v\n%s", got.Error, e.stderr.String())
	t.Cleanup(module.Close)
	return module
}

// session is an instance that keeps its state.
type session struct {
	*engine
	t       testing.TB
	session *wasm.Session
	begun   bool
}

func (e *engine) start(t testing.TB) *session {
	t.Helper()
	started, err := e.module.Start(context.Background(), 256<<20, e.system(t))
	require.NoError(t, err)
	t.Cleanup(started.Close)
	return &session{engine: e, t: t, session: started}
}

func (s *session) ask(asked ask) encoding.Reply {
	s.t.Helper()
	if !s.begun {
		asked.flags |= fresh
		s.begun = true
	}
	job := s.job(s.t, asked)
	job.Host = s.host
	out, err := s.session.Run(context.Background(), job)
	require.NoError(s.t, err)
	return reply(s.t, out)
}

// run runs code that must succeed.
func (s *session) run(code string) any {
	s.t.Helper()
	got := s.ask(ask{op: opRun, code: code})
	require.Nil(s.t, got.Error, "%+v\n%s", got.Error, s.stderr.String())
	return got.Value
}

// call calls a function that must succeed.
func (s *session) call(function string, args ...any) any {
	s.t.Helper()
	got := s.ask(ask{op: opCall, function: function, args: args})
	require.Nil(s.t, got.Error, "%+v\n%s", got.Error, s.stderr.String())
	return got.Value
}

// readFile returns a file of a job that has ended.
func readFile(t testing.TB, job wasm.Job, path vfs.Path) string {
	t.Helper()
	for _, change := range job.System.FS.(*vfs.FS).Changes().Created {
		if change.Path == path {
			content, err := change.Content()
			require.NoError(t, err)
			return string(content)
		}
	}
	t.Fatalf("there is no %s", path)
	return ""
}
