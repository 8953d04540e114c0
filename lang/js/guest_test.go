package js_test

import (
	"testing"

	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/lang/langtest"
	"github.com/funcbox/funcbox/vfs"
)

// newGuest starts the runtime with some files to load.
func newGuest(t testing.TB) *langtest.Guest {
	t.Helper()
	return langtest.NewGuest(t, js.Language(), map[vfs.Path][]byte{
		"/workspace/answer.js": []byte("export const answer = 42; export default (n) => n + 1;"),
		"/workspace/plain.cjs": []byte("module.exports = { twice: (n) => 2 * n };"),
		"/tmp/empty":           nil,
	})
}
