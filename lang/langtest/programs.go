package langtest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
)

// Programs runs each program that the patterns of file names match as a script, and
// compares what it prints with the file of the same name that ends in .out. skip, if
// not nil, says of a program's code why it is left out, or returns "".
func Programs(t *testing.T, language *lang.Language, skip func(code string) string, patterns ...string) {
	t.Helper()
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(language))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	for _, pattern := range patterns {
		programs, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, programs, pattern)
		for _, path := range programs {
			t.Run(filepath.Base(path), func(t *testing.T) {
				code, err := os.ReadFile(path)
				require.NoError(t, err)
				if skip != nil {
					if why := skip(string(code)); why != "" {
						t.Skip(why)
					}
				}
				want, err := os.ReadFile(strings.TrimSuffix(path, filepath.Ext(path)) + ".out")
				require.NoError(t, err)
				res, err := executor.Execute(ctx, funcbox.Request{
					Language: language.Name, Code: string(code), Filename: filepath.Base(path),
					Limits: funcbox.Limits{Timeout: 10 * time.Minute},
				})
				require.NoError(t, err)
				require.NoError(t, res.Err(), "%+v\n%s", res.Error, res.Stderr)
				require.Equal(t, string(want), res.Stdout)
			})
		}
	}
}
