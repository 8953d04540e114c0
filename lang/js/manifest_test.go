package js_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
)

// TestManifest: the module checked in is the one that the manifest describes, and
// says itself which version it is.
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

	compressed, err := os.ReadFile("js.wasm.zst")
	require.NoError(t, err)
	sum := sha256.Sum256(compressed)
	require.Equal(t, manifest.Zst, hex.EncodeToString(sum[:]))
	plain, err := js.Language().Binary.Bytes()
	require.NoError(t, err)
	sum = sha256.Sum256(plain)
	require.Equal(t, manifest.Wasm, hex.EncodeToString(sum[:]))

	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()))
	require.NoError(t, err)
	defer func() { require.NoError(t, executor.Close(ctx)) }()
	version, _, err := funcbox.Call[string](ctx, executor, funcbox.Request{Language: "js", Code: "process.versions.quickjs"})
	require.NoError(t, err)
	require.Equal(t, "2025-04-26", version)
	require.Equal(t, "QuickJS "+version, js.Language().Version)
	require.Equal(t, version, manifest.Version)
}
