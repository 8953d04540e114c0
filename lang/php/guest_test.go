package php_test

import (
	"testing"

	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/php"
	"github.com/funcbox/funcbox/vfs"
)

// newGuest starts the runtime with some files to load.
func newGuest(t testing.TB) *langtest.Guest {
	t.Helper()
	return langtest.NewGuest(t, php.Language(), map[vfs.Path][]byte{
		"/workspace/more.php": []byte("<?php function more() { return 'more'; }"),
		"/tmp/empty":          nil,
	})
}
