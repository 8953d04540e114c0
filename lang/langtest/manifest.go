package langtest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/lang"
)

// ManifestContent is what the manifest of a runtime says it was built from.
type ManifestContent struct {
	Version string            `json:"version"`
	Sources map[string]string `json:"sources"`
	Tools   map[string]string `json:"tools"`
}

// Manifest requires that the module checked in beside manifest.json, and the standard
// library where there is one, are those that the manifest describes.
func Manifest(t *testing.T, language *lang.Language) ManifestContent {
	t.Helper()
	content, err := os.ReadFile("manifest.json")
	require.NoError(t, err)
	var manifest struct {
		ManifestContent
		Wasm    string `json:"wasm_sha256"`
		Zst     string `json:"zst_sha256"`
		Library string `json:"library_sha256"`
	}
	require.NoError(t, json.Unmarshal(content, &manifest))
	require.NotEmpty(t, manifest.Sources)
	require.NotEmpty(t, manifest.Tools)

	sums := map[string]string{language.Name + ".wasm.zst": manifest.Zst}
	if len(language.Trees) > 0 {
		sums["standard_library.bin"] = manifest.Library
	}
	for name, want := range sums {
		packed, err := os.ReadFile(name)
		require.NoError(t, err)
		requireSum(t, want, packed)
	}
	plain, err := language.Binary.Bytes()
	require.NoError(t, err)
	requireSum(t, manifest.Wasm, plain)
	return manifest.ManifestContent
}

func requireSum(t *testing.T, want string, content []byte) {
	t.Helper()
	sum := sha256.Sum256(content)
	require.Equal(t, want, hex.EncodeToString(sum[:]))
}
