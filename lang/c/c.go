// Package c is the languages C and C++. Clang and its linker run as a WebAssembly
// module inside the sandbox, so that nothing of a toolchain is needed on the host;
// each program becomes a module of its own, which is metered, checked, cached and then
// called like any guest runtime.
//
// The pieces, in the order a program meets them:
//
//   - compiler.go is the [lang.Compiler]: builds in memory, each made once however
//     many ask for it; store.go keeps them on disk.
//   - sources.go sorts a program's files; flags.go has what clang is told.
//   - toolchain.go runs clang and wasm-ld, under limits of their own; lock.go has
//     processes wait for each other where one of them compiles clang itself.
//   - C: dwarf.go reads what functions there are and their types (types.go) from what
//     clang wrote about them; convention.go decides how arguments are passed;
//     generate.go writes the unit that calls them.
//   - C++: cpp.go; ast.go reads the functions from clang's syntax tree, bindings.go
//     writes the lines that have templates in build/call deduce their types;
//     headers.go keeps the precompiled headers.
//   - body.go makes a function of code that is only the body of one.
//   - listing.go and comment.go describe the functions to callers.
//   - program.go compiles, links and secures.
//
// build/ holds the recipe: the toolchain's module, the headers and libraries, the
// runtime and what serves requests inside of a program.
package c

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/funcbox/funcbox/internal/archive"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/signature"
	"github.com/funcbox/funcbox/wasm"
)

//go:embed clang.wasm.zst
var clangModule []byte

//go:embed sysroot.bin
var sysrootArchive []byte

//go:embed manifest.json
var manifestJSON []byte

// manifest says what the toolchain was built from; build/build.sh writes it.
type manifest struct {
	Version string `json:"version"`
	Library string `json:"library_version"`
	Wasm    string `json:"wasm_sha256"`
}

// built reads the manifest. What fails here and below is a broken build, found by any
// test.
var built = sync.OnceValue(func() (m manifest) {
	if err := json.Unmarshal(manifestJSON, &m); err != nil {
		panic(fmt.Sprintf("c: the embedded manifest is broken: %v", err))
	}
	return m
})

var clang = sync.OnceValue(func() *wasm.Binary { return wasm.NewBinary(clangModule, built().Wasm) })

var sysroot = sync.OnceValues(func() (fs.FS, error) { return archive.Open(sysrootArchive) })

// versions identifies the toolchain.
var versions = sync.OnceValue(func() string {
	sum := sha256.Sum256(sysrootArchive)
	return built().Wasm + " " + hex.EncodeToString(sum[:])
})

// code is this package itself: what it generates and tells clang decides what programs
// become, so that what older code made of them must not be taken for it.
//
//go:embed *.go
var code embed.FS

// codeVersion identifies the code.
var codeVersion = sync.OnceValue(func() string {
	sum := sha256.New()
	names, err := fs.Glob(code, "*.go")
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") && err == nil {
			var content []byte
			content, err = code.ReadFile(name)
			fmt.Fprintf(sum, "%s %d\n%s", name, len(content), content)
		}
	}
	if err != nil {
		panic(fmt.Sprintf("c: the embedded code cannot be read: %v", err))
	}
	return hex.EncodeToString(sum.Sum(nil))
})

// Language returns C, always the same pointer.
func Language() *lang.Language { return languageOfC() }

// CPP returns C++, always the same pointer.
//
//nolint:revive // c.CPP is C's sibling, not a stutter
func CPP() *lang.Language { return languageOfCPP() }

// convention: named arguments are for the host to place, as C has none.
var convention = signature.Convention{Names: signature.NamesPlaced, Notation: signature.NotationC}

var languageOfC = sync.OnceValue(func() *lang.Language {
	return &lang.Language{
		Name:       "c",
		Aliases:    []string{"clang"},
		Extensions: []string{".c"},
		MainFile:   "main.c",
		Version:    "Clang " + built().Version,
		Signature:  convention,
		NewCompiler: func(config lang.CompilerConfig) (lang.Compiler, error) {
			return newCompiler(&languageC, "main.c", config)
		},
	}
})

var languageOfCPP = sync.OnceValue(func() *lang.Language {
	return &lang.Language{
		Name:       "cpp",
		Aliases:    []string{"c++", "cxx", "clangpp", "clang++"},
		Extensions: []string{".cpp", ".cc", ".cxx"},
		MainFile:   "main.cpp",
		Version:    "Clang " + built().Version + ", libc++ " + built().Library,
		Signature:  convention,
		NewCompiler: func(config lang.CompilerConfig) (lang.Compiler, error) {
			return newCompiler(&languageCPP, "main.cpp", config)
		},
	}
})
