package funcbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
)

// slowWriter blocks now and then, as a pipe that nobody reads does.
type slowWriter struct {
	bytes.Buffer
	writes int
}

func (w *slowWriter) Write(p []byte) (int, error) {
	if w.writes++; w.writes%100 == 0 {
		time.Sleep(time.Millisecond)
	}
	return w.Buffer.Write(p)
}

type failingWriter struct{ after int }

var errFull = errors.New("the pipe is broken")

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.after -= len(p); w.after < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestStreaming(t *testing.T) {
	executor := newExecutor(t)
	ctx := context.Background()
	execute := func(req funcbox.Request) *funcbox.ExecutionResult {
		t.Helper()
		req.Language = "js"
		res, err := executor.Execute(ctx, req)
		require.NoError(t, err)
		return res
	}
	print := `for (let i = 0; i < 3000; i++) console.log('line ' + i); console.error('done')`

	t.Run("a slow writer loses nothing, and the result keeps it too", func(t *testing.T) {
		var out slowWriter
		var err bytes.Buffer
		res := execute(funcbox.Request{Code: print, Stdout: &out, Stderr: &err})
		require.NoError(t, res.Err())
		require.Equal(t, 3000, strings.Count(out.String(), "\n"))
		require.Equal(t, out.String(), res.Stdout)
		require.Equal(t, "done\n", err.String())
		require.Equal(t, "done\n", res.Stderr)
	})
	t.Run("the limit is that of what is kept", func(t *testing.T) {
		var out bytes.Buffer
		res := execute(funcbox.Request{Code: print, Stdout: &out, Limits: funcbox.Limits{OutputBytes: 100}})
		require.Equal(t, 3000, strings.Count(out.String(), "\n"))
		require.True(t, res.Meta.OutputTruncated)
		require.Contains(t, res.Stdout, "[output cut: more than 100 bytes]")
		require.Less(t, len(res.Stdout), 200)
	})
	t.Run("lines", func(t *testing.T) {
		var lines []string
		res := execute(funcbox.Request{
			Code:   "process.stdout.write('a\\nb'); process.stdout.write('c\\r\\n\\n'); process.stdout.write('x'.repeat(3 << 20) + '\\nlast')",
			Stdout: funcbox.Lines(func(line string) error { lines = append(lines, line); return nil }),
		})
		require.NoError(t, res.Err())
		require.Equal(t, []string{"a", "bc", ""}, lines[:3])
		require.Equal(t, strings.Repeat("x", 3<<20), strings.Join(lines[3:len(lines)-1], ""))
		require.Equal(t, "last", lines[len(lines)-1])
	})
	t.Run("as it is written", func(t *testing.T) {
		input := make(lineReader, 1)
		var out bytes.Buffer
		answered := funcbox.Lines(func(line string) error {
			out.WriteString(line + "\n")
			if line == "one" {
				input <- line + "!\n"
			}
			return nil
		})
		res := execute(funcbox.Request{
			Code: `const fs = require('fs'); console.log('one');
				const buffer = Buffer.alloc(10); fs.readSync(0, buffer); console.log('end'); buffer.toString().slice(0, 4)`,
			Stdin: input, Stdout: answered,
		})
		require.NoError(t, res.Err())
		require.Equal(t, "one\nend\n", out.String())
		require.Equal(t, "one!", res.Value)
	})
	t.Run("a writer that fails ends the call", func(t *testing.T) {
		res := execute(funcbox.Request{Code: `for (;;) { try { console.log('x'.repeat(1000)) } catch {} }`, Stdout: &failingWriter{after: 5000}})
		require.Equal(t, funcbox.StatusTerminated, res.Status)
		require.ErrorIs(t, res.Err(), errFull)
		var output *funcbox.OutputError
		require.ErrorAs(t, res.Err(), &output)
		require.Equal(t, "standard output", output.Stream)
		require.Len(t, res.Stdout, 4*1001)
	})
	t.Run("a line callback that fails at the end", func(t *testing.T) {
		res := execute(funcbox.Request{Code: `process.stdout.write('no end')`, Stdout: funcbox.Lines(func(string) error { return errFull })})
		require.ErrorIs(t, res.Err(), errFull)
	})
}

// lineReader reads what was sent to it.
type lineReader chan string

func (r lineReader) Read(b []byte) (int, error) {
	line, ok := <-r
	if !ok {
		return 0, io.EOF
	}
	return copy(b, line), nil
}

// recorder keeps what an observer is told.
type recorder struct {
	mu     sync.Mutex
	events []string
}

type recorderKey struct{}

func (r *recorder) add(parts ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, strings.Join(parts, " "))
}

func (r *recorder) Call(ctx context.Context, info funcbox.CallInfo) (context.Context, func(*funcbox.ExecutionResult, error)) {
	r.add("call", info.Language, info.Function, info.CorrelationID)
	return context.WithValue(ctx, recorderKey{}, "span of "+info.Function), func(res *funcbox.ExecutionResult, err error) {
		if err != nil {
			r.add("failed", err.Error())
			return
		}
		r.add("ended", string(res.Status))
	}
}

func (r *recorder) HostCall(ctx context.Context, info funcbox.CallInfo, name string) (context.Context, func(error)) {
	r.add("host", name, "in", info.Function, ctx.Value(recorderKey{}).(string))
	return ctx, func(err error) { r.add("host ended", name, outcomeOf(err)) }
}

func outcomeOf(err error) string {
	if err == nil {
		return "well"
	}
	return err.Error()
}

func TestObserver(t *testing.T) {
	var seen recorder
	var logged bytes.Buffer
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()), funcbox.WithObserver(&seen),
		funcbox.WithLogger(slog.New(slog.NewTextHandler(&logged, nil))),
		funcbox.WithHostFunc("price", func(_ context.Context, args []any, _ map[string]any) (any, error) {
			if args[0] == "gold" {
				return nil, errors.New("too dear")
			}
			return 7, nil
		}))
	require.NoError(t, err)
	defer func() { require.NoError(t, executor.Close(ctx)) }()
	req := funcbox.Request{
		Language: "js", Code: `const { host } = require('funcbox'); function price(what) { return host.price(what) }`,
		Function: "price", Args: []any{"tea"}, CorrelationID: "order 12",
	}
	res, err := executor.Execute(ctx, req)
	require.NoError(t, err)
	require.Equal(t, int64(7), res.Value)
	require.Equal(t, "order 12", res.Meta.CorrelationID)
	first := res.Meta.CallID
	req.Args = []any{"gold"}
	res, err = executor.Execute(ctx, req)
	require.NoError(t, err)
	require.Equal(t, "HostError", res.Error.Type)
	require.NotEqual(t, first, res.Meta.CallID)
	require.Equal(t, []string{
		"call js price order 12", "host price in price span of price", "host ended price well", "ended success",
		"call js price order 12", "host price in price span of price", "host ended price too dear", "ended error",
	}, seen.events)
	require.Contains(t, logged.String(), `msg="call ended" call=`+first+` language=js function=price depth=0 correlation="order 12" status=success duration=`)
	require.Contains(t, logged.String(), "type=HostError")
}

func TestHostFuncOptions(t *testing.T) {
	nothing := func(context.Context, []any, map[string]any) (any, error) { return nil, nil }
	for _, test := range []struct {
		name    string
		options []funcbox.Option
		err     string
	}{
		{"no name", []funcbox.Option{funcbox.WithHostFunc("", nothing)}, "no name"},
		{"no function", []funcbox.Option{funcbox.WithHostFunc("f", nil)}, "is nil"},
		{"twice", []funcbox.Option{funcbox.WithHostFunc("f", nothing), funcbox.WithHostFunc("f", nothing)}, "is there twice"},
		{"no text", []funcbox.Option{funcbox.WithHostFunc("\xff", nothing)}, "is no text"},
		{"too long", []funcbox.Option{funcbox.WithHostFunc(strings.Repeat("f", 201), nothing)}, "more than 200 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := funcbox.New(context.Background(), test.options...)
			require.ErrorContains(t, err, test.err)
		})
	}
	executor, err := funcbox.New(context.Background(), funcbox.WithLanguages(js.Language()), funcbox.WithHostFunc("f", nothing), funcbox.WithHostFunc("g", nothing))
	require.NoError(t, err)
	defer func() { require.NoError(t, executor.Close(context.Background())) }()
	res, err := executor.Execute(context.Background(), funcbox.Request{
		Language: "js", Code: `require('funcbox').functions()`, HostFuncs: map[string]funcbox.HostFunc{"f": nil, "h": nothing},
	})
	require.NoError(t, err)
	require.Equal(t, []any{"g", "h"}, res.Value, "a nil function takes one away")
}
