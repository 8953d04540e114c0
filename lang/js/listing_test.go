package js_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
)

// TestSignatures: what the engine's parser says of functions, as people are shown it.
func TestSignatures(t *testing.T) {
	ctx := context.Background()
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, ex.Close(ctx)) })
	for code, want := range map[string]string{
		"function f() {}": "f()",
		"const f = (a, b = [1, 'x'], ...rest) => a":                             "f(a, b = [1, 'x'], ...rest)",
		"async function f(a, { b, c = 2 } = {}) {}":                             "f(a, {b, c = 2})",
		"function f({ b, ...others }) {}":                                       "f(options)",
		"function f([p, q], r) {}":                                              "f([p, q], r)",
		"function f([p, q] = [1, 2], r) {}":                                     "f([p, q] = [1, 2], r)",
		"function f({ c, d = 4 } = {}, ...rest) {}":                             "f({ c, d = 4 } = {}, ...rest)",
		"function f(a = now(), b /* of b */ = `x`) {}":                          "f(a = now(), b = 'x')",
		"/** @param {number} a - size\n @returns {string} */\nfunction f(a) {}": "f(a)",
	} {
		t.Run(code, func(t *testing.T) {
			functions, res, err := ex.Inspect(ctx, funcbox.Request{Language: "js", Code: code})
			require.NoError(t, err)
			require.NoError(t, res.Err())
			require.Len(t, functions, 1)
			require.Equal(t, want, js.Language().Signature.Format(&functions[0]))
		})
	}
}
