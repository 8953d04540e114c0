package ruby_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/ruby"
)

// TestManifest: the module and the library checked in are those that the manifest
// describes, and the module says itself which version it is.
func TestManifest(t *testing.T) {
	content, err := os.ReadFile("manifest.json")
	require.NoError(t, err)
	var manifest struct {
		Version string            `json:"version"`
		Sources map[string]string `json:"sources"`
		Tools   map[string]string `json:"tools"`
		Wasm    string            `json:"wasm_sha256"`
		Zst     string            `json:"zst_sha256"`
		Library string            `json:"library_sha256"`
	}
	require.NoError(t, json.Unmarshal(content, &manifest))
	require.Len(t, manifest.Sources, 3)
	require.NotEmpty(t, manifest.Tools)

	for name, want := range map[string]string{"ruby.wasm.zst": manifest.Zst, "standard_library.bin": manifest.Library} {
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		sum := sha256.Sum256(content)
		require.Equal(t, want, hex.EncodeToString(sum[:]), name)
	}
	plain, err := ruby.Language().Binary.Bytes()
	require.NoError(t, err)
	sum := sha256.Sum256(plain)
	require.Equal(t, manifest.Wasm, hex.EncodeToString(sum[:]))

	version, _, err := funcbox.Call[string](context.Background(), newExecutor(t), funcbox.Request{Language: "ruby", Code: "RUBY_VERSION"})
	require.NoError(t, err)
	require.Equal(t, "3.3.8", version)
	require.Equal(t, "CRuby "+version, ruby.Language().Version)
	require.Equal(t, version, manifest.Version)
}
