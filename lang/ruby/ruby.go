// Package ruby is the language Ruby: CRuby as a WebAssembly module, its standard
// library in an archive, and the guest library in library/ that finds functions,
// reports errors and converts values. build/ holds the recipe for module and archive;
// nothing of the host's side of a call lives here.
package ruby

import (
	"embed"
	_ "embed" // for the module
	"encoding/json"
	"fmt"
	"io/fs"
	"sync"

	"github.com/funcbox/funcbox/internal/archive"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/wasm"
)

//go:embed ruby.wasm.zst
var module []byte

//go:embed standard_library.bin
var standardLibrary []byte

//go:embed manifest.json
var manifestJSON []byte

//go:embed library/*.rb
var library embed.FS

// libraryPath is where Ruby looks for its standard library.
const libraryPath = "/usr/lib/ruby/3.3.0"

// manifest says what the module was built from; build/build.sh writes it.
type manifest struct {
	Version string `json:"version"`
	Wasm    string `json:"wasm_sha256"`
	Zst     string `json:"zst_sha256"`
	Library string `json:"library_sha256"`
}

// Language returns Ruby, always the same pointer.
func Language() *lang.Language { return language() }

var language = sync.OnceValue(func() *lang.Language {
	var built manifest
	// What fails here is a broken build, found by any test.
	if err := json.Unmarshal(manifestJSON, &built); err != nil {
		panic(fmt.Sprintf("ruby: the embedded manifest is broken: %v", err))
	}
	files, err := archive.Open(standardLibrary)
	if err != nil {
		panic(fmt.Sprintf("ruby: %v", err))
	}
	own, err := fs.Sub(library, "library")
	if err != nil {
		panic(fmt.Sprintf("ruby: %v", err)) // "library" is a valid path
	}
	return &lang.Language{
		Name:       "ruby",
		Aliases:    []string{"rb", "cruby"},
		Extensions: []string{".rb"},
		MainFile:   "main.rb",
		Version:    "CRuby " + built.Version,
		Binary:     wasm.NewBinary(module, built.Wasm),
		Library:    own,
		Trees:      []lang.Tree{{Path: libraryPath, Files: files, Sum: built.Library}},
	}
})
