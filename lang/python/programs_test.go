package python_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/python"
)

// TestPrograms runs each program of testdata as a script and compares what it
// prints. A program's first comment says what it shows.
func TestPrograms(t *testing.T) {
	executor := newExecutor(t)
	programs, err := filepath.Glob("testdata/*.py")
	require.NoError(t, err)
	require.NotEmpty(t, programs)
	for _, path := range programs {
		t.Run(filepath.Base(path), func(t *testing.T) {
			code, err := os.ReadFile(path)
			require.NoError(t, err)
			want, err := os.ReadFile(strings.TrimSuffix(path, ".py") + ".out")
			require.NoError(t, err)
			res, err := executor.Execute(context.Background(), funcbox.Request{
				Language: "python",
				Code:     string(code),
				Filename: filepath.Base(path),
			})
			require.NoError(t, err)
			require.NoError(t, res.Err(), "%+v\n%s", res.Error, res.Stderr)
			require.Equal(t, string(want), res.Stdout)
		})
	}
}

func newExecutor(t *testing.T, options ...funcbox.Option) *funcbox.Executor {
	t.Helper()
	ctx := context.Background()
	executor, err := funcbox.New(ctx, append([]funcbox.Option{funcbox.WithLanguages(python.Language())}, options...)...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	return executor
}

// execute runs a request whose language need not be given.
func execute(t *testing.T, executor *funcbox.Executor, req funcbox.Request) *funcbox.ExecutionResult {
	t.Helper()
	req.Language = "python"
	res, err := executor.Execute(context.Background(), req)
	require.NoError(t, err)
	return res
}

// value runs a request that must succeed.
func value(t *testing.T, executor *funcbox.Executor, req funcbox.Request) any {
	t.Helper()
	res := execute(t, executor, req)
	require.NoError(t, res.Err(), "%+v\n%s", res.Error, res.Stderr)
	return res.Value
}
