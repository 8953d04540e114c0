package php_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/php"
)

// TestManifest: the module checked in is the one that the manifest describes, and
// says itself which version it is and what is built in.
func TestManifest(t *testing.T) {
	content, err := os.ReadFile("manifest.json")
	require.NoError(t, err)
	var manifest struct {
		Version string            `json:"version"`
		Sources map[string]string `json:"sources"`
		Tools   map[string]string `json:"tools"`
		Wasm    string            `json:"wasm_sha256"`
		Zst     string            `json:"zst_sha256"`
	}
	require.NoError(t, json.Unmarshal(content, &manifest))
	require.NotEmpty(t, manifest.Sources)
	require.NotEmpty(t, manifest.Tools)

	compressed, err := os.ReadFile("php.wasm.zst")
	require.NoError(t, err)
	sum := sha256.Sum256(compressed)
	require.Equal(t, manifest.Zst, hex.EncodeToString(sum[:]))
	plain, err := php.Language().Binary.Bytes()
	require.NoError(t, err)
	sum = sha256.Sum256(plain)
	require.Equal(t, manifest.Wasm, hex.EncodeToString(sum[:]))

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
		"bcmath", "calendar", "Core", "ctype", "date", "dom", "fileinfo", "filter", "hash", "iconv", "json", "libxml", "mbstring", "pcre",
		"random", "Reflection", "SimpleXML", "SPL", "standard", "tokenizer", "xml", "xmlreader", "xmlwriter", "zlib",
	}, got.Extensions)
	require.Equal(t, []string{"2.9.14", "1.3.1", "6.9.9"}, got.Libraries)
}
