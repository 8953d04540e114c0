package php_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/php"
)

// TestPrograms runs each program of testdata as a script and compares what it
// prints. A program's first comment says what it shows.
func TestPrograms(t *testing.T) {
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(php.Language()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	programs, err := filepath.Glob("testdata/*.php")
	require.NoError(t, err)
	require.NotEmpty(t, programs)
	for _, path := range programs {
		t.Run(filepath.Base(path), func(t *testing.T) {
			code, err := os.ReadFile(path)
			require.NoError(t, err)
			want, err := os.ReadFile(strings.TrimSuffix(path, ".php") + ".out")
			require.NoError(t, err)
			res, err := executor.Execute(ctx, funcbox.Request{
				Language: "php",
				Code:     string(code),
				Filename: filepath.Base(path),
			})
			require.NoError(t, err)
			require.NoError(t, res.Err(), "%+v\n%s", res.Error, res.Stderr)
			require.Equal(t, string(want), res.Stdout)
		})
	}
}
