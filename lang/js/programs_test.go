package js_test

import (
	"testing"

	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/lang/langtest"
)

// TestPrograms runs the programs of testdata. A program's first comment says what it
// shows.
func TestPrograms(t *testing.T) {
	langtest.Programs(t, js.Language(), nil, "testdata/*.js")
}
