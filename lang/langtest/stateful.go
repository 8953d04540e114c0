package langtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
)

// Stateful holds what RunStateful asks of a language, as source text.
type Stateful struct {
	// Program, while it is loaded, prints "loading" on a line, sets a counter to 40 and
	// writes "loaded" to the file /workspace/loaded.txt. bump() adds one to the counter
	// and returns it; wrote() returns the contents of that file; draw() returns a random
	// integer below 2^30; fail() raises an error; spin() loops forever; leave(code) exits.
	Program string
	// LeavesOpen, while it is loaded, opens /tmp/held and does not close it.
	LeavesOpen string
	// Fails, while it is loaded, raises an error of type FailsType.
	Fails, FailsType string

	// Set and Get run one after the other in a session, which then has the value 42:
	// Set makes a variable, Get uses it in its last expression. Define defines a
	// function twice(n). Empty: the language keeps the code that a session began with.
	Set, Get, Define string
	// Throw runs in a session and raises an error of type FailsType.
	Throw string

	// Host defines functions about those of the host: ask(name, list) calls one with
	// positional arguments and returns what it returns; tell(name, value) calls one with
	// the named argument "key"; guarded(name) calls one without arguments, catches
	// the error and returns its message; offered() returns the names of all.
	Host string
	// Names are what the programs call those functions whose names the language
	// reserves.
	Names map[string]string
}

// RunStateful puts a language through what lasts longer than a call, and through calls
// of the host.
func RunStateful(t *testing.T, language *lang.Language, stateful Stateful) {
	t.Helper()
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(language), funcbox.WithResetCheck())
	require.NoError(t, err)
	t.Cleanup(func() {
		for _, stats := range executor.Stats() {
			require.Zero(t, stats.FailedResets)
		}
		require.NoError(t, executor.Close(ctx))
	})
	s := &statefulSuite{language, stateful, executor}
	t.Run("Programs", s.programs)
	t.Run("ProgramFailures", s.programFailures)
	t.Run("Sessions", s.sessions)
	t.Run("SessionEnds", s.sessionEnds)
	t.Run("Host", s.host)
}

type statefulSuite struct {
	language *lang.Language
	Stateful
	executor *funcbox.Executor
}

// runner is what functions are called in.
type runner interface {
	Execute(ctx context.Context, req funcbox.Request) (*funcbox.ExecutionResult, error)
}

func (s *statefulSuite) name(function string) string {
	if other := s.Names[function]; other != "" {
		return other
	}
	return function
}

// call calls a function that must succeed.
func (s *statefulSuite) call(t testing.TB, in runner, function string, args ...any) any {
	t.Helper()
	res, err := in.Execute(context.Background(), funcbox.Request{Function: s.name(function), Args: args})
	require.NoError(t, err)
	require.NoError(t, res.Err())
	return res.Value
}

func (s *statefulSuite) load(t *testing.T, code string) *funcbox.Program {
	t.Helper()
	program, err := s.executor.Load(context.Background(), funcbox.Request{Language: s.language.Name, Code: code})
	require.NoError(t, err)
	return program
}

func (s *statefulSuite) programs(t *testing.T) {
	program := s.load(t, s.Program)
	require.Equal(t, "loading\n", program.Loaded().Stdout)
	for range 3 {
		require.Equal(t, int64(41), s.call(t, program, "bump"), "each call starts from the photograph")
		require.Equal(t, "loaded", s.call(t, program, "wrote"))
	}
	require.Contains(t, program.Functions(), s.name("bump"))
	signature, ok := program.Signature(s.name("bump"))
	require.True(t, ok)
	require.True(t, signature.Exact)
	require.Empty(t, signature.Parameters)
	require.Positive(t, program.MemoryBytes())

	res, err := program.Call(context.Background(), s.name("bump"), 1, 2, 3)
	require.NoError(t, err)
	require.Equal(t, funcbox.StatusError, res.Status)
	require.Equal(t, "ArgumentError", res.Error.Type)
	require.Zero(t, res.Meta.Fuel, "nothing ran")

	drawn := map[any]bool{}
	for range 6 {
		drawn[s.call(t, program, "draw")] = true
	}
	require.Greater(t, len(drawn), 3, "random numbers are fresh in each call")

	t.Run("parallel", func(t *testing.T) {
		var calls sync.WaitGroup
		for range 8 {
			calls.Go(func() {
				for range 20 {
					res, err := program.Call(context.Background(), s.name("bump"))
					if err != nil || res.Err() != nil || res.Value != int64(41) {
						t.Errorf("%v %v", err, res)
						return
					}
				}
			})
		}
		calls.Wait()
	})
	t.Run("a call that is stopped harms no other", func(t *testing.T) {
		for _, req := range []funcbox.Request{
			{Function: s.name("spin"), Limits: funcbox.Limits{Fuel: 1_000_000}},
			{Function: s.name("leave"), Args: []any{3}},
			{Function: s.name("fail")},
		} {
			res, err := program.Execute(context.Background(), req)
			require.NoError(t, err)
			require.False(t, res.Success())
			require.Equal(t, int64(41), s.call(t, program, "bump"))
		}
	})
	t.Run("closed while a call runs", func(t *testing.T) {
		started := make(chan struct{})
		done := make(chan *funcbox.ExecutionResult)
		go func() {
			res, err := program.Execute(context.Background(), funcbox.Request{Function: s.name("bump"), HostFuncs: map[string]funcbox.HostFunc{}})
			if err != nil {
				t.Error(err)
			}
			close(started)
			done <- res
		}()
		<-started
		require.NoError(t, program.Close())
		require.NoError(t, (<-done).Err())
		_, err := program.Call(context.Background(), s.name("bump"))
		require.ErrorIs(t, err, funcbox.ErrProgramClosed)
	})
}

func (s *statefulSuite) programFailures(t *testing.T) {
	ctx := context.Background()
	_, err := s.executor.Load(ctx, funcbox.Request{Language: s.language.Name, Code: s.Fails})
	var failed *funcbox.LoadError
	require.ErrorAs(t, err, &failed)
	require.ErrorIs(t, err, funcbox.ErrGuest)
	require.Equal(t, s.FailsType, failed.Result.Error.Type, failed.Result.Error.Message)

	_, err = s.executor.Load(ctx, funcbox.Request{Language: s.language.Name, Code: s.LeavesOpen})
	require.ErrorIs(t, err, funcbox.ErrOpenFiles)
	require.ErrorContains(t, err, "/tmp/held")

	_, err = s.executor.Load(ctx, funcbox.Request{Language: s.language.Name, Code: s.Program, Function: "bump"})
	require.ErrorIs(t, err, funcbox.ErrBadRequest)
	program := s.load(t, s.Program)
	_, err = program.Execute(ctx, funcbox.Request{Code: "1", Function: "bump"})
	require.ErrorIs(t, err, funcbox.ErrBadRequest)
	res, err := program.Call(ctx, "nowhere")
	require.NoError(t, err)
	require.Equal(t, "FunctionNotFound", res.Error.Type)
	require.NoError(t, program.Close())
	require.NoError(t, program.Close())
}

// start begins a session that has the program's functions.
func (s *statefulSuite) start(t *testing.T, options funcbox.SessionOptions) *funcbox.Session {
	t.Helper()
	options.Language = s.language.Name
	session, err := s.executor.NewSession(context.Background(), options)
	require.NoError(t, err)
	req := funcbox.Request{Code: s.Program}
	if s.Set == "" {
		req.Function = s.name("wrote")
	}
	res, err := session.Execute(context.Background(), req)
	require.NoError(t, err)
	require.NoError(t, res.Err())
	return session
}

func (s *statefulSuite) sessions(t *testing.T) {
	ctx := context.Background()
	session := s.start(t, funcbox.SessionOptions{})
	require.Equal(t, int64(41), s.call(t, session, "bump"))
	require.Equal(t, int64(42), s.call(t, session, "bump"))
	files, err := session.Files()
	require.NoError(t, err)
	_, ok := files.ByPath("/workspace/loaded.txt")
	require.True(t, ok)
	if s.Set != "" {
		for _, code := range []string{s.Set, s.Define, s.Throw} {
			res, err := session.Execute(ctx, funcbox.Request{Code: code})
			require.NoError(t, err)
			if code == s.Throw {
				require.Equal(t, s.FailsType, res.Error.Type, res.Error.Message)
			} else {
				require.NoError(t, res.Err())
			}
		}
		res, err := session.Execute(ctx, funcbox.Request{Code: s.Get})
		require.NoError(t, err)
		require.NoError(t, res.Err())
		require.Equal(t, int64(42), res.Value)
		require.Equal(t, int64(14), s.call(t, session, "twice", 7))
	}

	t.Run("fork", func(t *testing.T) {
		fork, err := session.Fork(ctx)
		require.NoError(t, err)
		require.Equal(t, int64(43), s.call(t, fork, "bump"))
		require.Equal(t, int64(44), s.call(t, fork, "bump"))
		require.Equal(t, int64(43), s.call(t, session, "bump"))
		require.Equal(t, "loaded", s.call(t, fork, "wrote"))
		again, err := fork.Fork(ctx)
		require.NoError(t, err)
		require.NotEqual(t, s.call(t, again, "draw"), s.call(t, fork, "draw"))
		require.NoError(t, fork.Close(ctx))
		require.Equal(t, int64(45), s.call(t, again, "bump"))
		require.NoError(t, again.Close(ctx))
	})
	t.Run("snapshot", func(t *testing.T) {
		var snapshot bytes.Buffer
		err := session.Snapshot(ctx, &snapshot)
		if s.language.NewCompiler != nil {
			require.ErrorIs(t, err, funcbox.ErrBadRequest)
			return
		}
		require.NoError(t, err)
		other, err := funcbox.New(ctx, funcbox.WithLanguages(s.language))
		require.NoError(t, err)
		defer func() { require.NoError(t, other.Close(ctx)) }()
		restored, err := other.RestoreSession(ctx, bytes.NewReader(snapshot.Bytes()), funcbox.SessionOptions{})
		require.NoError(t, err)
		require.Equal(t, int64(44), s.call(t, restored, "bump"))
		require.Equal(t, "loaded", s.call(t, restored, "wrote"))
		damaged := bytes.Clone(snapshot.Bytes())
		for i := range 64 { // one bit may be of no consequence to what is unpacked
			damaged[len(damaged)/2+i] ^= 1
		}
		_, err = other.RestoreSession(ctx, bytes.NewReader(damaged), funcbox.SessionOptions{})
		require.ErrorIs(t, err, funcbox.ErrSnapshot)
		_, err = other.RestoreSession(ctx, bytes.NewReader(snapshot.Bytes()[:snapshot.Len()-40]), funcbox.SessionOptions{})
		require.ErrorIs(t, err, funcbox.ErrSnapshot)
	})
	t.Run("from a program", func(t *testing.T) {
		program := s.load(t, s.Program)
		from, err := s.executor.NewSession(ctx, funcbox.SessionOptions{Program: program})
		require.NoError(t, err)
		require.NoError(t, program.Close())
		require.Equal(t, int64(41), s.call(t, from, "bump"))
		require.Equal(t, int64(42), s.call(t, from, "bump"))
		require.Equal(t, "loaded", s.call(t, from, "wrote"))
		require.NoError(t, from.Close(ctx))
	})
	t.Run("one call at a time", func(t *testing.T) {
		var calls sync.WaitGroup
		for range 4 {
			calls.Go(func() {
				for range 5 {
					if _, err := session.Call(ctx, s.name("bump")); err != nil {
						t.Error(err)
					}
				}
			})
		}
		calls.Wait()
		require.Equal(t, int64(64), s.call(t, session, "bump"))
	})
	require.NoError(t, session.Close(ctx))
	require.NoError(t, session.Close(ctx))
	_, err = session.Call(ctx, s.name("bump"))
	require.ErrorIs(t, err, funcbox.ErrSessionEnded)
}

func (s *statefulSuite) sessionEnds(t *testing.T) {
	ctx := context.Background()
	for name, req := range map[string]funcbox.Request{
		"stopped": {Function: s.name("spin"), Limits: funcbox.Limits{Fuel: 1_000_000}},
		"exited":  {Function: s.name("leave"), Args: []any{3}},
	} {
		t.Run(name, func(t *testing.T) {
			session := s.start(t, funcbox.SessionOptions{})
			res, err := session.Execute(ctx, req)
			require.NoError(t, err)
			require.False(t, res.Success())
			_, err = session.Call(ctx, s.name("bump"))
			require.ErrorIs(t, err, funcbox.ErrSessionEnded)
			require.ErrorContains(t, err, name)
			files, err := session.Files()
			require.NoError(t, err)
			change, ok := files.ByPath("/workspace/loaded.txt")
			require.True(t, ok)
			content, err := change.Content()
			require.NoError(t, err)
			require.Equal(t, "loaded", string(content))
			require.NoError(t, session.Close(ctx))
		})
	}
	t.Run("an error does not", func(t *testing.T) {
		session := s.start(t, funcbox.SessionOptions{})
		res, err := session.Call(ctx, s.name("fail"))
		require.NoError(t, err)
		require.Equal(t, funcbox.StatusError, res.Status)
		require.Equal(t, int64(41), s.call(t, session, "bump"))
		require.NoError(t, session.Close(ctx))
	})
	t.Run("idle", func(t *testing.T) {
		session, err := s.executor.NewSession(ctx, funcbox.SessionOptions{Language: s.language.Name, IdleTimeout: time.Millisecond})
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			_, err := session.Call(ctx, s.name("bump"))
			if err == nil {
				time.Sleep(5 * time.Millisecond)
			}
			return errors.Is(err, funcbox.ErrSessionEnded)
		}, time.Minute, time.Millisecond)
		require.NoError(t, session.Close(ctx))
	})
}

func (s *statefulSuite) host(t *testing.T) {
	ctx := context.Background()
	big80 := new(big.Int).Lsh(big.NewInt(1), 80)
	values := []any{
		nil, true, int64(-7), 1.5, "text 𝔘", []any{int64(1), []any{}, "x"}, map[string]any{"a": int64(1), "b": []any{nil}},
	}
	if s.language.NewCompiler == nil {
		values = append(values, []byte{0xff, 0, 1})
	}
	var correlated string
	functions := map[string]funcbox.HostFunc{
		"echo": func(_ context.Context, args []any, _ map[string]any) (any, error) { return args[0], nil },
		"sum": func(_ context.Context, args []any, _ map[string]any) (any, error) {
			total := int64(0)
			for _, arg := range args {
				total += arg.(int64)
			}
			return total, nil
		},
		"key": func(ctx context.Context, args []any, kwargs map[string]any) (any, error) {
			info, _ := funcbox.CallOf(ctx)
			correlated = info.CorrelationID
			return fmt.Sprintf("%d %v", len(args), kwargs["key"]), nil
		},
		"broken": func(context.Context, []any, map[string]any) (any, error) { return nil, errors.New("no such thing: ü") },
		"panic":  func(context.Context, []any, map[string]any) (any, error) { panic("at the disco") },
		"alien":  func(context.Context, []any, map[string]any) (any, error) { return make(chan int), nil },
		"large":  func(context.Context, []any, map[string]any) (any, error) { return strings.Repeat("x", 1<<20), nil },
		"huge":   func(context.Context, []any, map[string]any) (any, error) { return big80, nil },
	}
	request := func(function string, args ...any) funcbox.Request {
		return funcbox.Request{Language: s.language.Name, Code: s.Host, Function: s.name(function), Args: args, HostFuncs: functions, CorrelationID: "order 7"}
	}
	value := func(t *testing.T, function string, args ...any) any {
		t.Helper()
		res, err := s.executor.Execute(ctx, request(function, args...))
		require.NoError(t, err)
		require.NoError(t, res.Err())
		return res.Value
	}
	for _, v := range values {
		require.Equal(t, v, value(t, "ask", "echo", []any{v}))
	}
	require.Equal(t, int64(6), value(t, "ask", "sum", []any{1, 2, 3}))
	require.Equal(t, int64(0), value(t, "ask", "sum", []any{}))
	require.Equal(t, "0 seven", value(t, "tell", "key", "seven"))
	require.Equal(t, "order 7", correlated)
	require.Len(t, value(t, "ask", "large", []any{}), 1<<20)
	require.Equal(t, []any{"alien", "broken", "echo", "huge", "key", "large", "panic", "sum"}, value(t, "offered"))
	for function, message := range map[string]string{
		"broken": "no such thing: ü", "panic": "the host function panicked: at the disco",
		"alien": "chan", "nowhere": `host function "nowhere" is not offered; the host offers: alien, broken`,
	} {
		require.Contains(t, value(t, "guarded", function), message, function)
		res, err := s.executor.Execute(ctx, request("ask", function, []any{}))
		require.NoError(t, err)
		require.Equal(t, funcbox.StatusError, res.Status)
		require.Equal(t, "HostError", res.Error.Type)
		require.Contains(t, res.Error.Message, message)
	}
	t.Run("none are offered by default", func(t *testing.T) {
		req := request("offered")
		req.HostFuncs = nil
		res, err := s.executor.Execute(ctx, req)
		require.NoError(t, err)
		require.NoError(t, res.Err())
		require.Equal(t, []any{}, res.Value)
	})
	t.Run("the executor again", func(t *testing.T) {
		depth := 0
		req := request("ask", "again", []any{})
		req.HostFuncs = map[string]funcbox.HostFunc{"again": func(ctx context.Context, _ []any, _ map[string]any) (any, error) {
			depth++
			res, err := s.executor.Execute(ctx, req)
			if err != nil {
				return nil, err
			}
			return res.Value, res.Err()
		}}
		res, err := s.executor.Execute(ctx, req)
		require.NoError(t, err)
		require.Equal(t, "HostError", res.Error.Type)
		require.Contains(t, res.Error.Message, "inside one another")
		require.Equal(t, funcbox.MaxDepth, depth)
	})
	t.Run("ended meanwhile", func(t *testing.T) {
		ctx, cancel := context.WithCancel(ctx)
		req := request("ask", "cancel", []any{})
		req.HostFuncs = map[string]funcbox.HostFunc{"cancel": func(ctx context.Context, _ []any, _ map[string]any) (any, error) {
			cancel()
			<-ctx.Done()
			return nil, ctx.Err()
		}}
		res, err := s.executor.Execute(ctx, req)
		require.NoError(t, err)
		require.Equal(t, funcbox.StatusTerminated, res.Status)
	})
	t.Run("the clock", func(t *testing.T) {
		req := request("ask", "slow", []any{})
		req.HostFuncs = map[string]funcbox.HostFunc{"slow": func(context.Context, []any, map[string]any) (any, error) {
			time.Sleep(400 * time.Millisecond)
			return nil, nil
		}}
		req.Limits.Timeout = 200 * time.Millisecond
		res, err := s.executor.Execute(ctx, req)
		require.NoError(t, err)
		require.Equal(t, funcbox.StatusTimeout, res.Status)
		req.Limits.HostTimeExcluded = true
		res, err = s.executor.Execute(ctx, req)
		require.NoError(t, err)
		require.NoError(t, res.Err())
	})
	t.Run("in programs and sessions", func(t *testing.T) {
		program, err := s.executor.Load(ctx, funcbox.Request{Language: s.language.Name, Code: s.Host, HostFuncs: functions})
		require.NoError(t, err)
		for range 3 {
			require.Equal(t, int64(3), s.call(t, program, "ask", "sum", []any{1, 2}))
		}
		session, err := s.executor.NewSession(ctx, funcbox.SessionOptions{Program: program})
		require.NoError(t, err)
		for range 3 {
			require.Equal(t, int64(3), s.call(t, session, "ask", "sum", []any{1, 2}))
		}
		require.NoError(t, session.Close(ctx))
		require.NoError(t, program.Close())
	})
}
