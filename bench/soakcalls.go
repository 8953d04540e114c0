package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/all"
)

// soaker is an executor with a program and a session for each language that live as long
// as it does.
type soaker struct {
	ex     *funcbox.Executor
	guests []*soakGuest
	folder string // is mounted at times
}

// soakGuest is what there is of one language.
type soakGuest struct {
	language, code string
	compiled       bool // its sessions cannot be written
	program        *funcbox.Program

	mu      sync.Mutex // of the session, since each call of it is counted
	session *funcbox.Session
	bumped  int64
}

// soakKinds are the kinds of calls, and how many of 100 are of each.
var soakKinds = []struct {
	name        string
	of100       int
	run         func(*soaker, context.Context, *soakGuest, *rand.Rand) error
	calls, took atomic.Int64 // took is in nanoseconds
}{
	{name: "Execute of a function", of100: 25, run: (*soaker).execute},
	{name: "a call of a program", of100: 25, run: (*soaker).callProgram},
	{name: "a call in a session", of100: 10, run: (*soaker).callSession},
	{name: "a fork, a call in it, its end", of100: 8, run: (*soaker).fork},
	{name: "host functions", of100: 8, run: (*soaker).host},
	{name: "a host function that calls the executor", of100: 4, run: (*soaker).again},
	{name: "a call that is canceled", of100: 6, run: (*soaker).cancel},
	{name: "a call that fails, exits or reaches a limit", of100: 6, run: (*soaker).fail},
	{name: "output to a writer, some of which fail", of100: 3, run: (*soaker).speak},
	{name: "a session with a mount and files, its end", of100: 2, run: (*soaker).mounted},
	{name: "a program loaded, called, closed", of100: 2, run: (*soaker).load},
	{name: "a session written, restored, called", of100: 1, run: (*soaker).snapshot},
}

func newSoaker(ctx context.Context) (s *soaker, err error) {
	s = &soaker{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close(ctx))
		}
	}()
	if s.folder, err = os.MkdirTemp("", "funcbox-soak-*"); err != nil {
		return s, err
	}
	if err := os.WriteFile(filepath.Join(s.folder, "given.txt"), []byte("given"), 0o600); err != nil {
		return s, err
	}
	s.ex, err = funcbox.New(ctx, funcbox.WithLanguages(all.Languages()...),
		funcbox.WithHostFunc("add", func(_ context.Context, args []any, _ map[string]any) (any, error) {
			return args[0].(int64) + args[1].(int64), nil
		}),
		funcbox.WithHostFunc("refuse", func(context.Context, []any, map[string]any) (any, error) { return nil, errors.New("refused") }),
		funcbox.WithHostFunc("panic", func(context.Context, []any, map[string]any) (any, error) { panic("refused") }),
		funcbox.WithHostFunc("again", s.hostAgain))
	if err != nil {
		return s, err
	}
	for _, language := range all.Languages() {
		code, known := soakGuests[language.Name]
		if !known { // C++, which is C's compiler and runtime
			continue
		}
		guest := &soakGuest{language: language.Name, code: code, compiled: language.NewCompiler != nil}
		s.guests = append(s.guests, guest)
		if guest.program, err = s.ex.Load(ctx, funcbox.Request{Language: guest.language, Code: code}); err != nil {
			return s, fmt.Errorf("%s: %w", guest.language, err)
		}
		if guest.session, err = s.ex.NewSession(ctx, funcbox.SessionOptions{Program: guest.program}); err != nil {
			return s, fmt.Errorf("%s: %w", guest.language, err)
		}
	}
	return s, nil
}

func (s *soaker) close(ctx context.Context) error {
	var errs []error
	if s.ex != nil {
		errs = append(errs, s.ex.Close(ctx))
	}
	if s.folder != "" {
		errs = append(errs, os.RemoveAll(s.folder))
	}
	return errors.Join(errs...)
}

// call makes the nth call. Which it is depends on n only.
func (s *soaker) call(ctx context.Context, n int64) error {
	random := rand.New(rand.NewPCG(uint64(n), 0))
	guest := s.guests[n%int64(len(s.guests))]
	at := random.IntN(100)
	for i := range soakKinds {
		kind := &soakKinds[i]
		if at -= kind.of100; at >= 0 {
			continue
		}
		begin := time.Now()
		if err := kind.run(s, ctx, guest, random); err != nil {
			return fmt.Errorf("call %d: %s: %s: %w", n, guest.language, kind.name, err)
		}
		kind.calls.Add(1)
		kind.took.Add(int64(time.Since(begin)))
		return nil
	}
	return errors.New("the kinds of calls are not 100")
}

// callee is what a function can be called in.
type callee interface {
	Call(ctx context.Context, function string, args ...any) (*funcbox.ExecutionResult, error)
}

// expect calls a function that returns want.
func expect(ctx context.Context, in callee, want any, function string, args ...any) error {
	res, err := in.Call(ctx, function, args...)
	return check(res, err, want)
}

func check(res *funcbox.ExecutionResult, err error, want any) error {
	if err == nil {
		err = res.Err()
	}
	if err == nil && res.Value != want {
		err = fmt.Errorf("got %v, want %v", res.Value, want)
	}
	return err
}

// checkEnd checks how a call ended that cannot succeed.
func checkEnd(res *funcbox.ExecutionResult, err error, want funcbox.Status) error {
	if err == nil && res.Status != want {
		err = fmt.Errorf("ended with status %s (%w), not %s", res.Status, res.Err(), want)
	}
	return err
}

func (s *soaker) execute(ctx context.Context, guest *soakGuest, _ *rand.Rand) error {
	res, err := s.ex.Execute(ctx, funcbox.Request{Language: guest.language, Code: guest.code, Function: "bump"})
	return check(res, err, int64(41))
}

func (s *soaker) callProgram(ctx context.Context, guest *soakGuest, _ *rand.Rand) error {
	return expect(ctx, guest.program, int64(41), "bump")
}

func (s *soaker) callSession(ctx context.Context, guest *soakGuest, _ *rand.Rand) error {
	guest.mu.Lock()
	defer guest.mu.Unlock()
	guest.bumped++
	return expect(ctx, guest.session, 40+guest.bumped, "bump")
}

func (s *soaker) fork(ctx context.Context, guest *soakGuest, _ *rand.Rand) error {
	guest.mu.Lock()
	fork, err := guest.session.Fork(ctx)
	want := 40 + guest.bumped + 1
	guest.mu.Unlock()
	if err != nil {
		return err
	}
	return errors.Join(expect(ctx, fork, want, "bump"), fork.Close(ctx))
}

func (s *soaker) host(ctx context.Context, guest *soakGuest, random *rand.Rand) error {
	switch random.IntN(3) {
	case 0:
		return expect(ctx, guest.program, "refused", "guarded", "refuse")
	case 1:
		return expect(ctx, guest.program, "the host function panicked: refused", "guarded", "panic")
	default:
		n := random.Int64N(50)
		return expect(ctx, guest.program, n, "ask", n)
	}
}

// hostAgain calls bump in a program of another language.
func (s *soaker) hostAgain(ctx context.Context, args []any, _ map[string]any) (any, error) {
	res, err := s.guests[args[0].(int64)].program.Call(ctx, "bump")
	if err != nil {
		return nil, err
	}
	return res.Value, res.Err()
}

func (s *soaker) again(ctx context.Context, guest *soakGuest, random *rand.Rand) error {
	return expect(ctx, guest.program, int64(41), "again", random.IntN(len(s.guests)))
}

func (s *soaker) cancel(ctx context.Context, guest *soakGuest, random *rand.Rand) error {
	function := []string{"spin", "nap"}[random.IntN(2)]
	called, cancel := context.WithCancel(ctx)
	defer cancel()
	timer := time.AfterFunc(time.Duration(random.IntN(2000))*time.Microsecond, cancel)
	defer timer.Stop()
	if random.IntN(4) > 0 {
		res, err := guest.program.Call(called, function)
		return checkEnd(res, err, funcbox.StatusTerminated)
	}
	session, err := s.ex.NewSession(ctx, funcbox.SessionOptions{Program: guest.program})
	if err != nil {
		return err
	}
	res, err := session.Call(called, function)
	return errors.Join(checkEnd(res, err, funcbox.StatusTerminated), session.Close(ctx))
}

func (s *soaker) fail(ctx context.Context, guest *soakGuest, random *rand.Rand) error {
	for _, end := range []struct {
		function string
		args     []any
		limits   funcbox.Limits
		want     funcbox.Status
	}{
		{function: "fails", want: funcbox.StatusError},
		{function: "leave", args: []any{3}, want: funcbox.StatusError},
		{function: "spin", limits: funcbox.Limits{Fuel: 1_000_000}, want: funcbox.StatusTimeout},
		{function: "nap", limits: funcbox.Limits{Timeout: time.Millisecond}, want: funcbox.StatusTimeout},
		{function: "hog", want: funcbox.StatusError, limits: funcbox.Limits{MemoryBytes: 64 << 20}},
	}[random.IntN(5):] {
		res, err := guest.program.Execute(ctx, funcbox.Request{Function: end.function, Args: end.args, Limits: end.limits})
		if err := checkEnd(res, err, end.want); err != nil {
			return fmt.Errorf("%s: %w", end.function, err)
		}
		return nil
	}
	return nil
}

func (s *soaker) speak(ctx context.Context, guest *soakGuest, random *rand.Rand) error {
	const lines = 200
	broken := errors.New("broken")
	fails := random.IntN(2) == 0
	got := 0
	res, err := guest.program.Execute(ctx, funcbox.Request{Function: "speak", Args: []any{lines}, Stdout: funcbox.Lines(func(text string) error {
		if got++; fails && got == lines/2 {
			return broken
		}
		return nil
	})})
	if err != nil {
		return err
	}
	if fails != errors.Is(res.Err(), broken) || !fails && (got != lines || strings.Count(res.Stdout, "\n") != lines) {
		return fmt.Errorf("%d lines, then %w", got, res.Err())
	}
	return nil
}

func (s *soaker) mounted(ctx context.Context, guest *soakGuest, _ *rand.Rand) error {
	session, err := s.ex.NewSession(ctx, funcbox.SessionOptions{
		Program: guest.program, Mount: &funcbox.Mount{Dirs: map[string]string{"/data": s.folder}},
	})
	if err != nil {
		return err
	}
	err = errors.Join(
		expect(ctx, session, "given", "load", "/data/given.txt"),
		expect(ctx, session, nil, "keep", "/workspace/kept.txt", strings.Repeat("kept ", 1000)),
		expect(ctx, session, strings.Repeat("kept ", 1000), "load", "/workspace/kept.txt"))
	files, filesErr := session.Files()
	if change, ok := files.ByPath("/workspace/kept.txt"); filesErr == nil && (!ok || change.Size != 5000) {
		filesErr = errors.New("the file that was written is no change")
	}
	return errors.Join(err, filesErr, session.Close(ctx))
}

func (s *soaker) load(ctx context.Context, guest *soakGuest, random *rand.Rand) error {
	program, err := s.ex.Load(ctx, funcbox.Request{Language: guest.language, Code: guest.code})
	if err != nil {
		return err
	}
	for range 1 + random.IntN(3) {
		err = errors.Join(err, expect(ctx, program, int64(41), "bump"))
	}
	return errors.Join(err, program.Close())
}

func (s *soaker) snapshot(ctx context.Context, guest *soakGuest, _ *rand.Rand) error {
	if guest.compiled {
		return s.fork(ctx, guest, nil)
	}
	var written bytes.Buffer
	guest.mu.Lock()
	err := guest.session.Snapshot(ctx, &written)
	want := 40 + guest.bumped + 1
	guest.mu.Unlock()
	if err != nil {
		return err
	}
	session, err := s.ex.RestoreSession(ctx, &written, funcbox.SessionOptions{})
	if err != nil {
		return err
	}
	return errors.Join(expect(ctx, session, want, "bump"), session.Close(ctx))
}
