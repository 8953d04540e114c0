package escapetest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/escapetest"
	"github.com/funcbox/funcbox/internal/guestfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

func TestEscapes(t *testing.T) {
	names := map[string]bool{}
	for _, attempt := range escapetest.Attempts() {
		require.False(t, names[attempt.Name], attempt.Name)
		names[attempt.Name] = true
	}
	require.GreaterOrEqual(t, len(names), 150)
	handles := escapetest.Traits{Handles: true}
	t.Run("tree", func(t *testing.T) {
		escapetest.Run(t, escapetest.Direct(func(_ testing.TB, tree fsapi.FileSystem) fsapi.FileSystem { return tree }), handles)
	})
	t.Run("guest", func(t *testing.T) {
		escapetest.Run(t, escapetest.Direct(func(t testing.TB, tree fsapi.FileSystem) fsapi.FileSystem { return guestfs.New(t, tree) }), handles)
	})
}
