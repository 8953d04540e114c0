package python_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/python"
)

// TestManifest: the module and the archive checked in are those that the manifest
// describes, and the module says itself which versions it is made of.
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
	require.NotEmpty(t, manifest.Sources)
	require.NotEmpty(t, manifest.Tools)

	for file, want := range map[string]string{"python.wasm.zst": manifest.Zst, "standard_library.bin": manifest.Library} {
		packed, err := os.ReadFile(file)
		require.NoError(t, err)
		sum := sha256.Sum256(packed)
		require.Equal(t, want, hex.EncodeToString(sum[:]), file)
	}
	plain, err := python.Language().Binary.Bytes()
	require.NoError(t, err)
	sum := sha256.Sum256(plain)
	require.Equal(t, manifest.Wasm, hex.EncodeToString(sum[:]))

	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(python.Language()))
	require.NoError(t, err)
	defer func() { require.NoError(t, executor.Close(ctx)) }()
	versions, _, err := funcbox.Call[[]string](ctx, executor, funcbox.Request{Language: "python", Function: "versions", Code: `
def versions():
    import bz2, decimal, platform, pyexpat, sqlite3, zlib
    return [platform.python_version(), sqlite3.sqlite_version, zlib.ZLIB_RUNTIME_VERSION, decimal.__libmpdec_version__]
`})
	require.NoError(t, err)
	require.Equal(t, "3.13.5", versions[0])
	require.Equal(t, "CPython "+versions[0], python.Language().Version)
	require.Equal(t, versions[0], manifest.Version)
	require.Contains(t, manifest.Sources, "sqlite3_"+versions[1]+".orig.tar.xz")
	require.Contains(t, manifest.Sources, "zlib_1.3.dfsg+really"+versions[2]+".orig.tar.gz")
	require.Equal(t, "2.5.1", versions[3])
}
