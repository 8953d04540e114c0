package ruby_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/ruby"
)

// TestPrograms runs the programs of testdata. A program's first comment says what it
// shows. Those of testdata/native print the same under a native ruby 3.3, and their
// .out is from one.
func TestPrograms(t *testing.T) {
	skip := func(code string) string {
		if testing.Short() && strings.Contains(code, "GC.stress") {
			return "collects garbage at each allocation"
		}
		return ""
	}
	langtest.Programs(t, ruby.Language(), skip, "testdata/*.rb", "testdata/native/*.rb")
}

func newExecutor(t *testing.T, options ...funcbox.Option) *funcbox.Executor {
	t.Helper()
	ctx := context.Background()
	executor, err := funcbox.New(ctx, append(options, funcbox.WithLanguages(ruby.Language()))...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	return executor
}
