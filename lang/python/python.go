// Package python is the language Python: CPython as a WebAssembly module, the
// interpreter's standard library and the time zones in an archive, and the guest
// library in library/ that loads a program and calls its functions. build/ holds the
// recipe for module and archive; nothing of the host's side of a call lives here.
package python

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

//go:embed python.wasm.zst
var module []byte

//go:embed standard_library.bin
var standardLibrary []byte

//go:embed manifest.json
var manifestJSON []byte

//go:embed library/*.py
var library embed.FS

// manifest says what the module was built from; build/build.sh writes it.
type manifest struct {
	Version string `json:"version"`
	Wasm    string `json:"wasm_sha256"`
	Zst     string `json:"zst_sha256"`
	Library string `json:"library_sha256"`
}

// Language returns Python, always the same pointer.
func Language() *lang.Language { return language() }

var language = sync.OnceValue(func() *lang.Language {
	var built manifest
	// What fails here is a broken build, found by any test.
	if err := json.Unmarshal(manifestJSON, &built); err != nil {
		panic(fmt.Sprintf("python: the embedded manifest is broken: %v", err))
	}
	files, err := archive.Open(standardLibrary)
	if err != nil {
		panic(fmt.Sprintf("python: %v", err))
	}
	return &lang.Language{
		Name:         "python",
		Aliases:      []string{"py", "python3"},
		Extensions:   []string{".py"},
		MainFile:     "main.py",
		Version:      "CPython " + built.Version,
		ListsEarlier: true,
		Binary:       wasm.NewBinary(module, built.Wasm),
		Library:      sub(library, "library"),
		Trees: []lang.Tree{
			{Path: "/usr/lib/python3.13", Files: sub(files, "python3.13"), Sum: built.Library},
			{Path: "/usr/share/zoneinfo", Files: sub(files, "zoneinfo"), Sum: built.Library},
		},
	}
})

func sub(files fs.FS, folder string) fs.FS {
	below, err := fs.Sub(files, folder)
	if err != nil {
		panic(fmt.Sprintf("python: %v", err)) // the names above are valid paths
	}
	return below
}
