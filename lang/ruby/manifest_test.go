package ruby_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/ruby"
)

// TestManifest: the module and the library checked in are those that the manifest
// describes, and the module says itself which version it is.
func TestManifest(t *testing.T) {
	manifest := langtest.Manifest(t, ruby.Language())
	require.Len(t, manifest.Sources, 4)
	version, _, err := funcbox.Call[string](context.Background(), newExecutor(t), funcbox.Request{Language: "ruby", Code: "RUBY_VERSION"})
	require.NoError(t, err)
	require.Equal(t, "3.3.8", version)
	require.Equal(t, "CRuby "+version, ruby.Language().Version)
	require.Equal(t, version, manifest.Version)
}
