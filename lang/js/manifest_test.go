package js_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/lang/langtest"
)

// TestManifest: the module checked in is the one that the manifest describes, and
// says itself which version it is.
func TestManifest(t *testing.T) {
	manifest := langtest.Manifest(t, js.Language())
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
