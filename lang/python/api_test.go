package python_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

// TestThroughTheAPI: programs, sessions and functions of the host as an embedder has
// them; what the guest does about each is tested in detail elsewhere.
func TestThroughTheAPI(t *testing.T) {
	ctx := context.Background()
	lookup := func(_ context.Context, args []any, kwargs map[string]any) (any, error) {
		if len(args) == 0 {
			return nil, errors.New("nothing to look up")
		}
		return map[string]any{"found": args[0], "by": kwargs}, nil
	}
	executor := newExecutor(t, funcbox.WithHostFunc("lookup", lookup))

	t.Run("program", func(t *testing.T) {
		program, err := executor.Load(ctx, funcbox.Request{Language: "python", Code: `
import random
from funcbox import host
table = host.lookup("table", kind="x")
def find(key: str, *, default: int = 0) -> int:
    "Finds a key."
    return table.get(key, default)
def draw(): return random.random()
class Math:
    @staticmethod
    def double(x): return 2 * x
`})
		require.NoError(t, err)
		defer func() { require.NoError(t, program.Close()) }()
		require.Equal(t, []string{"find", "draw", "Math.double"}, program.Functions())
		found, ok := program.Signature("find")
		require.True(t, ok)
		require.Equal(t, "find(key: str, *, default: int = 0) -> int", found.String())
		require.Equal(t, "Finds a key.", found.Doc)
		for range 3 {
			res, err := program.Call(ctx, "find", "found")
			require.NoError(t, err)
			require.Equal(t, "table", res.Value, "%+v", res.Error)
		}
		res, err := program.Call(ctx, "Math.double", 4)
		require.NoError(t, err)
		require.Equal(t, int64(8), res.Value)
		res, err = program.Call(ctx, "find")
		require.NoError(t, err)
		require.Equal(t, "ArgumentError", res.Error.Type)
		res, err = program.Call(ctx, "random.randint", 1, 1)
		require.NoError(t, err)
		require.Equal(t, int64(1), res.Value, "what cannot be described can be called all the same: %+v", res.Error)
		first, err := program.Call(ctx, "draw")
		require.NoError(t, err)
		second, err := program.Call(ctx, "draw")
		require.NoError(t, err)
		require.NotEqual(t, first.Value, second.Value)
	})
	t.Run("session", func(t *testing.T) {
		session, err := executor.NewSession(ctx, funcbox.SessionOptions{Language: "python"})
		require.NoError(t, err)
		defer func() { require.NoError(t, session.Close(ctx)) }()
		run := func(code string) *funcbox.ExecutionResult {
			res, err := session.Execute(ctx, funcbox.Request{Code: code})
			require.NoError(t, err)
			return res
		}
		require.NoError(t, run("from funcbox import host\nx = host.lookup(1)['found']\ndef f(y): return x + y").Err())
		require.Equal(t, int64(6), run("f(5)").Value)
		res, err := session.Call(ctx, "f", 10)
		require.NoError(t, err)
		require.Equal(t, int64(11), res.Value)
		res = run("host.lookup()")
		require.Equal(t, "HostError", res.Error.Type)
		require.Equal(t, "nothing to look up", res.Error.Message)
		res = run("host.nothing()")
		require.Equal(t, "HostError", res.Error.Type)
		require.Contains(t, res.Error.Message, "lookup", "the host says what it offers")
		require.Equal(t, int64(1), run("x").Value)
	})
}
