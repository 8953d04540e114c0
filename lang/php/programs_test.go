package php_test

import (
	"testing"

	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/lang/php"
)

// TestPrograms runs the programs of testdata. A program's first comment says what it
// shows.
func TestPrograms(t *testing.T) {
	langtest.Programs(t, php.Language(), nil, "testdata/*.php")
}
