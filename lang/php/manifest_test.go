package php_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/php"
)

// TestManifest: the module checked in is the one that the manifest describes, and
// says itself which version it is and what is built in.
func TestManifest(t *testing.T) {
	manifest := langtest.Manifest(t, php.Language())
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(php.Language()))
	require.NoError(t, err)
	defer func() { require.NoError(t, executor.Close(ctx)) }()
	type about struct {
		Version    string
		Extensions []string
		Libraries  []string
		Integer    int
	}
	got, _, err := funcbox.Call[about](ctx, executor, funcbox.Request{Language: "php", Code: `return [
		'Version' => PHP_VERSION, 'Extensions' => get_loaded_extensions(), 'Integer' => PHP_INT_SIZE,
		'Libraries' => [LIBXML_DOTTED_VERSION, ZLIB_VERSION, MB_ONIGURUMA_VERSION],
	];`})
	require.NoError(t, err)
	require.Equal(t, manifest.Version, got.Version)
	require.Equal(t, "PHP "+got.Version, php.Language().Version)
	require.Equal(t, 8, got.Integer)
	require.ElementsMatch(t, []string{
		"bcmath", "calendar", "Core", "ctype", "date", "dom", "fileinfo", "filter", "funcbox", "hash", "iconv", "json", "libxml", "mbstring", "pcre",
		"random", "Reflection", "SimpleXML", "SPL", "standard", "tokenizer", "xml", "xmlreader", "xmlwriter", "zlib",
	}, got.Extensions)
	require.Equal(t, []string{"2.9.14", "1.3.1", "6.9.9"}, got.Libraries)
}
