package ruby_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/ruby"
)

// TestPrograms runs each program of testdata as a script and compares what it
// prints. A program's first comment says what it shows. Those of testdata/native
// print the same under a native ruby 3.3, and their .out is from one.
func TestPrograms(t *testing.T) {
	ctx := context.Background()
	executor := newExecutor(t)
	programs, err := filepath.Glob("testdata/*.rb")
	require.NoError(t, err)
	native, err := filepath.Glob("testdata/native/*.rb")
	require.NoError(t, err)
	require.NotEmpty(t, programs)
	require.NotEmpty(t, native)
	for _, path := range append(programs, native...) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			code, err := os.ReadFile(path)
			require.NoError(t, err)
			if testing.Short() && strings.Contains(string(code), "GC.stress") {
				t.Skip("collects garbage at each allocation")
			}
			want, err := os.ReadFile(strings.TrimSuffix(path, ".rb") + ".out")
			require.NoError(t, err)
			res, err := executor.Execute(ctx, funcbox.Request{
				Language: "ruby",
				Code:     string(code),
				Filename: filepath.Base(path),
				Limits:   funcbox.Limits{Timeout: 10 * time.Minute},
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
	executor, err := funcbox.New(ctx, append(options, funcbox.WithLanguages(ruby.Language()))...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	return executor
}
