package vfs

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWithin(t *testing.T) {
	for _, test := range []struct {
		path, folder Path
		want         bool
	}{
		{"/data", "/data", true},
		{"/data/a/b", "/data", true},
		{"/database", "/data", false},
		{"/", "/data", false},
		{"/data", "/data/a", false},
		{"/data", "/", true},
		{"/", "/", true},
	} {
		require.Equal(t, test.want, test.path.Within(test.folder), "%s in %s", test.path, test.folder)
	}
}
