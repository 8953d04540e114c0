package build

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/vfs"
)

// checksum is the lower-case hexadecimal SHA-256.
func checksum(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// manifest is what build.sh wrote about what it made.
type manifest struct {
	Version string `json:"version"`
	Library string `json:"library_version"`
	Wasm    string `json:"wasm_sha256"`
	Zst     string `json:"zst_sha256"`
	Sysroot string `json:"sysroot_sha256"`
}

func readManifest(t *testing.T) (m manifest) {
	t.Helper()
	content, err := os.ReadFile("../manifest.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(content, &m))
	return m
}

func TestChecksums(t *testing.T) {
	manifest := readManifest(t)
	for name, sum := range map[string]string{"clang.wasm.zst": manifest.Zst, "sysroot.bin": manifest.Sysroot} {
		content, err := os.ReadFile("../" + name)
		require.NoError(t, err)
		require.Equal(t, sum, checksum(content), name)
	}
}

// TestVersions asks the compiler and the library themselves.
func TestVersions(t *testing.T) {
	manifest, tools := readManifest(t), newToolchain(t)
	files := map[vfs.Path][]byte{"/version.cpp": []byte("#include <version>\n__clang_version__ _LIBCPP_VERSION\n")}
	args := slices.Concat([]string{"clang", "-cc1", "-E", "-P", "-triple", "wasm32-unknown-wasip1", "-resource-dir", "/usr/lib/clang", "-o", "/tmp/out"},
		inCPP, []string{"/version.cpp"})
	got := strings.Fields(strings.ReplaceAll(string(tools.run(t, files, args...)), `"`, ""))
	require.NotEmpty(t, got)
	require.Equal(t, manifest.Version, got[0])
	// libcxx/include/__config: two digits each for the minor version and the patch.
	var digits string
	for i, part := range strings.Split(manifest.Library, ".") {
		if i > 0 && len(part) == 1 {
			part = "0" + part
		}
		digits += part
	}
	require.Equal(t, digits, got[len(got)-1])
}
