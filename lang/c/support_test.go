package c

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// shared is an engine for all tests of the package, which keeps clang loaded: that
// takes seconds.
var shared struct {
	sync.Once
	engine  *wasm.Engine
	release func()
	err     error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.engine != nil {
		shared.release()
		if err := shared.engine.Close(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// bench is a compiler on which tests run programs as the root package does.
type bench struct {
	t        testing.TB
	compiler *compiler
}

// newBench makes a compiler that keeps what it makes in a folder. Tests that meet clang
// are left out of short runs, such as those under the race detector: reading a module
// of that size takes minutes there.
func newBench(t testing.TB, language *lang.Language, cache string) *bench {
	t.Helper()
	if testing.Short() {
		t.Skip("needs clang")
	}
	ctx := context.Background()
	shared.Do(func() {
		if shared.engine, shared.err = wasm.NewEngine(ctx, wasm.Config{}); shared.err == nil {
			_, shared.release, shared.err = newToolchain(shared.engine, cacheFolder("", slog.New(slog.DiscardHandler)), func(wasm.CompileEvent) {})
		}
	})
	require.NoError(t, shared.err)
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	made, err := language.NewCompiler(lang.CompilerConfig{Engine: shared.engine, CacheDir: cache, Logger: logger})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, made.Close(ctx)) })
	return &bench{t: t, compiler: made.(*compiler)}
}

// answer is what came of a call.
type answer struct {
	value          any
	kind, message  string // of an error
	stack          string
	stdout, stderr string
	outcome        wasm.Outcome
}

func (b *bench) compile(source lang.Source) (*lang.Build, error) {
	if source.Workdir == "" {
		source.Workdir = "/workspace"
	}
	return b.compiler.Compile(context.Background(), &source)
}

// call compiles code and calls a function of it.
func (b *bench) call(code, function string, args ...any) answer {
	b.t.Helper()
	build, err := b.compile(lang.Source{Code: code})
	require.NoError(b.t, err)
	defer build.Release()
	return b.execute(build, function, args, nil)
}

func (b *bench) execute(build *lang.Build, function string, args []any, argv []string) answer {
	b.t.Helper()
	if args == nil {
		args = []any{}
	}
	request := value.AppendMapHead(nil, 7)
	put := func(key uint64, v any) {
		var err error
		request, err = value.Append(value.AppendUint(request, key), v, "request")
		require.NoError(b.t, err)
	}
	put(0, 0)
	put(2, b.compiler.mainFile)
	put(3, function)
	put(4, args)
	put(6, map[string]any{})
	put(7, "/workspace")
	put(8, append([]string{}, argv...))
	tree, err := vfs.New(vfs.Options{Directories: []vfs.Path{"/workspace", "/tmp"}})
	require.NoError(b.t, err)
	defer tree.Close()
	var stdout, stderr strings.Builder
	out, err := build.Module.Run(context.Background(), wasm.Job{
		Request: request, System: wasip1.Config{FS: tree, Stdout: &stdout, Stderr: &stderr},
		Limits: wasm.Limits{Fuel: 1 << 36, MemoryBytes: 256 << 20, ReplyBytes: 64 << 20},
	})
	require.NoError(b.t, err)
	a := answer{stdout: stdout.String(), stderr: stderr.String(), outcome: out}
	if out.Ending == wasm.Returned {
		reply, err := value.DecodeReply(out.Reply, value.Limits{})
		require.NoError(b.t, err)
		a.value = reply.Value
		if reply.Error != nil {
			a.kind, a.message, a.stack = reply.Error.Type, reply.Error.Message, reply.Error.Stack
		}
	}
	return a
}
