package all_test

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/lang/all"
)

// TestLanguages: every language is there, in order, and no two want the same name.
func TestLanguages(t *testing.T) {
	var registry lang.Registry
	var names []string
	for _, l := range all.Languages() {
		require.NoError(t, registry.Add(l))
		names = append(names, l.Name)
	}
	require.True(t, slices.IsSorted(names))
	folders, err := os.ReadDir("..")
	require.NoError(t, err)
	for _, folder := range folders {
		if _, err := os.Stat("../" + folder.Name() + "/manifest.json"); err == nil {
			require.NotNil(t, registry.ByName(folder.Name()), "the language of lang/%s", folder.Name())
		}
	}
}
