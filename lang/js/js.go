// Package js is the language JavaScript: QuickJS as a WebAssembly module, and the
// guest library in library/ that gives it a console, timers, modules, a
// filesystem and the like. build/ holds the recipe for the module; nothing of
// the host's side of a call lives here.
package js

import (
	"embed"
	_ "embed" // for the module
	"encoding/json"
	"fmt"
	"io/fs"
	"sync"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/signature"
	"github.com/funcbox/funcbox/wasm"
)

//go:embed js.wasm.zst
var module []byte

//go:embed manifest.json
var manifestJSON []byte

//go:embed library/*.js
var library embed.FS

// manifest says what the module was built from; build/build.sh writes it.
type manifest struct {
	Version string `json:"version"`
	Wasm    string `json:"wasm_sha256"`
	Zst     string `json:"zst_sha256"`
}

// Language returns JavaScript, always the same pointer.
func Language() *lang.Language { return language() }

var language = sync.OnceValue(func() *lang.Language {
	var built manifest
	if err := json.Unmarshal(manifestJSON, &built); err != nil {
		panic(fmt.Sprintf("js: the embedded manifest is broken: %v", err)) // a broken build, found by any test
	}
	files, err := fs.Sub(library, "library")
	if err != nil {
		panic(fmt.Sprintf("js: %v", err)) // "library" is a valid path
	}
	return &lang.Language{
		Name:         "js",
		Aliases:      []string{"javascript", "quickjs", "mjs"},
		Extensions:   []string{".js", ".mjs", ".cjs"},
		MainFile:     "main.js",
		Version:      "QuickJS " + built.Version,
		ListsEarlier: true,
		Signature:    signature.Convention{Names: signature.NamesPlacedOrOptions, Notation: signature.NotationJavaScript},
		Binary:       wasm.NewBinary(module, built.Wasm),
		Library:      files,
	}
})
