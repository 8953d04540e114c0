package python_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/python"
)

// TestManifest: the module and the archive checked in are those that the manifest
// describes, and the module says itself which versions it is made of.
func TestManifest(t *testing.T) {
	manifest := langtest.Manifest(t, python.Language())
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
