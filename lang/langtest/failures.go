package langtest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

func (s *suite) errors(t *testing.T) {
	t.Run("raised", func(t *testing.T) {
		res := s.execute(t, s.request(s.dialect.Throw, "fail"))
		require.Equal(t, funcbox.StatusError, res.Status)
		require.Equal(t, 1, res.ExitCode)
		require.Equal(t, s.dialect.ThrowType, res.Error.Type)
		require.Equal(t, "no such thing: 42", res.Error.Message)
		require.ErrorIs(t, res.Err(), funcbox.ErrGuest)
		var guest *funcbox.GuestError
		require.ErrorAs(t, res.Err(), &guest)
		require.Same(t, res.Error, guest)

		frames := strings.Split(strings.TrimSpace(res.Error.Stack), "\n")
		require.Contains(t, res.Error.Stack, s.dialect.FileName)
		require.Contains(t, res.Error.Stack, "fail")
		require.Regexp(t, `\b3\b`, res.Error.Stack, "the line of the throw")
		for _, frame := range frames {
			require.NotContains(t, frame, "funcbox", "the wrapper must not show")
		}
	})
	t.Run("malformed", func(t *testing.T) {
		res := s.execute(t, s.request(s.dialect.Malformed, ""))
		require.Equal(t, funcbox.StatusError, res.Status)
		require.Equal(t, s.dialect.MalformedType, res.Error.Type)
		require.Regexp(t, `\b2\b`, res.Error.Message+"\n"+res.Error.Stack)
		require.Contains(t, res.Error.Message+"\n"+res.Error.Stack, s.dialect.FileName)
	})
	t.Run("recursion", func(t *testing.T) {
		res := s.execute(t, s.request(s.dialect.Recurse, "dive"))
		if s.dialect.RecurseType == "" {
			require.Equal(t, funcbox.StatusCrash, res.Status)
			return
		}
		require.Equal(t, funcbox.StatusError, res.Status, "%+v", res.Error)
		require.Equal(t, s.dialect.RecurseType, res.Error.Type)
	})
	t.Run("the next call is right", func(t *testing.T) {
		require.Equal(t, int64(5), s.value(t, s.dialect.Add, "add", 2, 3))
	})
}

func (s *suite) output(t *testing.T) {
	res := s.execute(t, s.request(s.dialect.Print, "say"))
	require.NoError(t, res.Err())
	require.Equal(t, "to stdout\n", res.Stdout)
	require.Equal(t, "to stderr\n", res.Stderr)

	var stdout, stderr strings.Builder
	req := s.request(s.dialect.Print, "say")
	req.Stdout, req.Stderr = &stdout, &stderr
	res = s.execute(t, req)
	require.Equal(t, "to stdout\n", stdout.String())
	require.Equal(t, "to stderr\n", stderr.String())
	require.Equal(t, stdout.String(), res.Stdout)
	require.Equal(t, stderr.String(), res.Stderr)
}

func (s *suite) exit(t *testing.T) {
	for _, code := range []int{0, 1, 3, 255} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			res := s.execute(t, s.request(s.dialect.Exit, "leave", code))
			require.Equal(t, code, res.ExitCode)
			if code == 0 {
				require.Equal(t, funcbox.StatusSuccess, res.Status)
				require.Nil(t, res.Value)
				return
			}
			require.Equal(t, funcbox.StatusError, res.Status)
			require.Equal(t, "Exit", res.Error.Type)
		})
	}
	require.Equal(t, int64(5), s.value(t, s.dialect.Add, "add", 2, 3))
}

func (s *suite) limits(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		req := s.request(s.dialect.Hoard, "hoard")
		req.Limits.MemoryBytes = 64 << 20
		res := s.execute(t, req)
		require.Equal(t, funcbox.StatusError, res.Status, "%+v", res.Error)
		require.Equal(t, s.dialect.HoardType, res.Error.Type)
		require.LessOrEqual(t, res.Meta.MemoryBytes, int64(64<<20))
	})
	t.Run("memory below the runtime's own", func(t *testing.T) {
		req := s.request(s.dialect.Add, "add", 2, 3)
		req.Limits.MemoryBytes = 1
		_, err := s.executor.Execute(context.Background(), req)
		require.ErrorIs(t, err, funcbox.ErrBadRequest)
	})
	t.Run("output", func(t *testing.T) {
		req := s.request(s.dialect.Shout, "shout")
		req.Limits.OutputBytes = 1000
		req.Limits.Timeout = 300 * time.Millisecond
		res := s.execute(t, req)
		require.Equal(t, funcbox.StatusTimeout, res.Status)
		require.True(t, res.Meta.OutputTruncated)
		require.Contains(t, res.Stdout, "\n[output cut: more than 1000 bytes]\n")
		require.Less(t, len(res.Stdout), 1100)
	})
	t.Run("fuel", func(t *testing.T) {
		req := s.request(s.dialect.Spin, "spin")
		req.Limits.Fuel = 50_000_000
		res := s.execute(t, req)
		require.Equal(t, funcbox.StatusTimeout, res.Status)
		require.Equal(t, "FuelExhausted", res.Error.Type)
		require.ErrorIs(t, res.Err(), funcbox.ErrFuel)
		require.ErrorIs(t, res.Err(), funcbox.ErrTimeout)
		require.NotErrorIs(t, res.Err(), context.DeadlineExceeded)
		require.GreaterOrEqual(t, res.Meta.Fuel, int64(50_000_000))
	})
	t.Run("fuel grows with work", func(t *testing.T) {
		little := s.execute(t, s.request(s.dialect.Work, "work", 1000))
		much := s.execute(t, s.request(s.dialect.Work, "work", 100_000))
		require.NoError(t, little.Err())
		require.Equal(t, int64(100_000), much.Value)
		require.Greater(t, much.Meta.Fuel, little.Meta.Fuel+90_000)
	})
	t.Run("result", func(t *testing.T) {
		req := s.request(s.dialect.Echo, "echo", strings.Repeat("x", 10_000))
		req.Limits.ResultBytes = 1000
		res := s.execute(t, req)
		require.Equal(t, funcbox.StatusError, res.Status)
		require.Equal(t, "ResultTooLarge", res.Error.Type)
	})
}

func (s *suite) stop(t *testing.T) {
	t.Run("timeout", func(t *testing.T) {
		req := s.request(s.dialect.Spin, "spin")
		req.Limits.Timeout = 100 * time.Millisecond
		s.requireTimeout(t, s.execute(t, req))
	})
	t.Run("timeout asleep", func(t *testing.T) {
		req := s.request(s.dialect.Sleep, "rest", 3600)
		req.Limits.Timeout = 50 * time.Millisecond
		res := s.execute(t, req)
		require.Equal(t, funcbox.StatusTimeout, res.Status)
	})
	t.Run("deadline of the context", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		res, err := s.executor.Execute(ctx, s.request(s.dialect.Spin, "spin"))
		require.NoError(t, err)
		s.requireTimeout(t, res)
	})
	for name, request := range map[string]funcbox.Request{
		"canceled": s.request(s.dialect.Spin, "spin"), "canceled asleep": s.request(s.dialect.Sleep, "rest", 3600),
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(50*time.Millisecond, cancel)
			res, err := s.executor.Execute(ctx, request)
			require.NoError(t, err)
			require.Equal(t, funcbox.StatusTerminated, res.Status)
			require.Equal(t, 143, res.ExitCode)
			require.ErrorIs(t, res.Err(), funcbox.ErrTerminated)
			require.ErrorIs(t, res.Err(), context.Canceled)
		})
	}
	t.Run("canceled before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		res, err := s.executor.Execute(ctx, s.request(s.dialect.Add, "add", 2, 3))
		require.NoError(t, err)
		require.Equal(t, funcbox.StatusTerminated, res.Status)
	})
	require.Equal(t, int64(5), s.value(t, s.dialect.Add, "add", 2, 3))
}

func (s *suite) requireTimeout(t *testing.T, res *funcbox.ExecutionResult) {
	t.Helper()
	require.Equal(t, funcbox.StatusTimeout, res.Status)
	require.Equal(t, 124, res.ExitCode)
	require.ErrorIs(t, res.Err(), funcbox.ErrTimeout)
	require.ErrorIs(t, res.Err(), context.DeadlineExceeded)
	require.Equal(t, "started\n", res.Stdout, "the output so far")
}
