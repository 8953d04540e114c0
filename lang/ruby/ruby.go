// Package ruby is the language Ruby: CRuby as a WebAssembly module, its standard
// library and the time zones in an archive, and the guest library in library/ that finds
// functions, reports errors and converts values. build/ holds the recipe for module and
// archive; nothing of the host's side of a call lives here.
package ruby

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"sync"

	"github.com/funcbox/funcbox/internal/archive"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/signature"
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
	return &lang.Language{
		Name:       "ruby",
		Aliases:    []string{"rb", "cruby"},
		Extensions: []string{".rb"},
		MainFile:   "main.rb",
		Version:    "CRuby " + built.Version,
		Binary:     wasm.NewBinary(module, built.Wasm),
		Library:    sub(library, "library"),
		Trees: []lang.Tree{
			{Path: "/usr/lib/ruby/3.3.0", Files: sub(files, "ruby"), Sum: built.Library},
			{Path: "/usr/share/zoneinfo", Files: sub(files, "zoneinfo"), Sum: built.Library},
		},
		Signature:    signature.Convention{Names: signature.NamesOfKeywords, Notation: signature.NotationRuby},
		ListsEarlier: true,
	}
})

func sub(files fs.FS, folder string) fs.FS {
	below, err := fs.Sub(files, folder)
	if err != nil {
		panic(fmt.Sprintf("ruby: %v", err)) // the names above are valid paths
	}
	return below
}
