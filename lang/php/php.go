// Package php is the language PHP: the interpreter, with the extensions that need
// nothing of a host, as a WebAssembly module. build/ holds the recipe for the
// module and the shim in C that answers requests; nothing of the host's side of a
// call lives here.
package php

import (
	_ "embed" // for the module
	"encoding/json"
	"fmt"
	"sync"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/signature"
	"github.com/funcbox/funcbox/wasm"
)

//go:embed php.wasm.zst
var module []byte

//go:embed manifest.json
var manifestJSON []byte

// manifest says what the module was built from; build/build.sh writes it.
type manifest struct {
	Version string `json:"version"`
	Wasm    string `json:"wasm_sha256"`
}

// Language returns PHP, always the same pointer.
func Language() *lang.Language { return language() }

var language = sync.OnceValue(func() *lang.Language {
	var built manifest
	if err := json.Unmarshal(manifestJSON, &built); err != nil {
		panic(fmt.Sprintf("php: the embedded manifest is broken: %v", err)) // a broken build, found by any test
	}
	return &lang.Language{
		Name:         "php",
		Extensions:   []string{".php"},
		MainFile:     "main.php",
		Version:      "PHP " + built.Version,
		Signature:    signature.Convention{RestNamed: true, Notation: signature.NotationPHP},
		ListsEarlier: true,
		Binary:       wasm.NewBinary(module, built.Wasm),
	}
})
