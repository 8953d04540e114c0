package python_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/python"
)

// TestPrograms runs the programs of testdata. A program's first comment says what it
// shows.
func TestPrograms(t *testing.T) {
	langtest.Programs(t, python.Language(), nil, "testdata/*.py")
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
