package funcbox_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
)

func newExecutor(t testing.TB, options ...funcbox.Option) *funcbox.Executor {
	t.Helper()
	ctx := context.Background()
	executor, err := funcbox.New(ctx, append([]funcbox.Option{funcbox.WithLanguages(js.Language())}, options...)...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	return executor
}

var addRequest = funcbox.Request{
	Language: "js", Code: "function add(a, b) { return a + b }", Function: "add", Args: []any{2, 3},
}

// BenchmarkAdd is one isolated call, code compiled each time.
func BenchmarkAdd(b *testing.B) {
	executor := newExecutor(b)
	require.NoError(b, executor.Warm(context.Background()))
	b.ReportAllocs()
	for b.Loop() {
		res, err := executor.Execute(context.Background(), addRequest)
		if err != nil || res.Value != int64(5) {
			b.Fatal(err, res)
		}
	}
}

// BenchmarkAddParallel is the same from as many goroutines as there are cores.
func BenchmarkAddParallel(b *testing.B) {
	executor := newExecutor(b)
	require.NoError(b, executor.Warm(context.Background()))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if res, err := executor.Execute(context.Background(), addRequest); err != nil || res.Value != int64(5) {
				b.Error(err, res)
			}
		}
	})
}
