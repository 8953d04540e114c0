// Package lang is the contract that a language fulfills, so that the root package
// needs no knowledge of any single one. A [Language] says what it is called,
// which guest runtime runs it and what that runtime reads while it starts; a
// [Registry] finds it by name, alias or file extension.
//
// How code is loaded, functions are found and errors are mapped is the guest's
// part of the contract: it speaks the call protocol of package wasm, whose
// requests and replies protocol.go describes. lang/build holds the C side of
// that protocol. langtest is the suite every language passes.
//
// No language lives in this folder itself: each has a package of its own below.
package lang

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/funcbox/funcbox/signature"
	"github.com/funcbox/funcbox/wasm"
)

// LibraryPath is where a guest finds its library while it starts.
const LibraryPath = "/usr/lib/funcbox"

// Language describes one language to an executor. It must not be changed once
// an executor has it; then it is safe for concurrent use.
type Language struct {
	// Name is the canonical name, lower-case, such as "js".
	Name string
	// Aliases are further names that requests may use.
	Aliases []string
	// Extensions of file names, with the dot, such as ".js". The first is the
	// one of MainFile.
	Extensions []string
	// MainFile is what the user's code is called in stacks where the request
	// does not say, such as "main.js".
	MainFile string
	// Version of the interpreter, such as "QuickJS 2025-04-26".
	Version string
	// Signature says how arguments are matched with parameters and how signatures are
	// printed. The zero value is Python's way.
	Signature signature.Convention
	// ListsEarlier: a guest that is asked, in a session, to load empty code lists the
	// functions that code before has defined, and nothing else changes by that.
	ListsEarlier bool
	// Binary is the guest runtime: a metered WASI reactor that speaks the call
	// protocol.
	Binary *wasm.Binary
	// NewCompiler, if set, makes a compiler that turns each program into a module of
	// its own; Binary may then be missing.
	NewCompiler func(CompilerConfig) (Compiler, error)
	// Library, if set, is mounted read-only at LibraryPath while the runtime
	// starts; what it loads from there becomes part of its image.
	Library fs.FS
	// Trees are mounted read-only while the runtime starts and for every call,
	// such as a standard library of which not all is in the image.
	Trees []Tree
}

// Tree is a read-only part of a guest's filesystem.
type Tree struct {
	// Path is an absolute guest path. It must not be LibraryPath or "/".
	Path string
	// Files are read when first needed and kept for all calls of the process. They
	// must not change.
	Files fs.FS
	// Sum, if set, identifies Files, such as a checksum of the archive they come
	// from; else all of them are read where that is needed.
	Sum string
}

// Validate reports what is missing or malformed.
func (l *Language) Validate() error {
	if l == nil {
		return errors.New("language is nil")
	}
	var problems []error
	if l.Name == "" {
		problems = append(problems, errors.New("no name"))
	}
	if l.MainFile == "" {
		problems = append(problems, errors.New("no main file"))
	}
	if l.Binary == nil && l.NewCompiler == nil {
		problems = append(problems, errors.New("no runtime"))
	}
	for _, name := range l.names() {
		if name == "" || name != strings.ToLower(name) {
			problems = append(problems, fmt.Errorf("name %q is not lower-case", name))
		}
	}
	for _, extension := range l.Extensions {
		if len(extension) < 2 || extension[0] != '.' {
			problems = append(problems, fmt.Errorf("extension %q does not start with a dot", extension))
		}
	}
	for _, tree := range l.Trees {
		if !path.IsAbs(tree.Path) || path.Clean(tree.Path) != tree.Path || tree.Path == "/" || tree.Path == LibraryPath || tree.Files == nil {
			problems = append(problems, fmt.Errorf("%q is no place for a tree, or the tree has no files", tree.Path))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("language %q: %w", l.Name, err)
	}
	return nil
}

func (l *Language) names() []string { return append([]string{l.Name}, l.Aliases...) }

// Registry finds languages. The zero value is empty; after the last Add it is
// safe for concurrent use.
type Registry struct {
	languages   []*Language
	byName      map[string]*Language
	byExtension map[string]*Language
}

// Add registers a language. A name or extension that another language has is an
// error; the same language twice is not.
func (r *Registry) Add(l *Language) error {
	if err := l.Validate(); err != nil {
		return err
	}
	if slices.Contains(r.languages, l) {
		return nil
	}
	for _, name := range l.names() {
		if other := r.byName[name]; other != nil {
			return fmt.Errorf("languages %q and %q both want the name %q", other.Name, l.Name, name)
		}
	}
	for _, extension := range l.Extensions {
		if other := r.byExtension[extension]; other != nil {
			return fmt.Errorf("languages %q and %q both want the extension %q", other.Name, l.Name, extension)
		}
	}
	if r.byName == nil {
		r.byName, r.byExtension = make(map[string]*Language), make(map[string]*Language)
	}
	r.languages = append(r.languages, l)
	for _, name := range l.names() {
		r.byName[name] = l
	}
	for _, extension := range l.Extensions {
		r.byExtension[extension] = l
	}
	return nil
}

// All returns the languages in the order they were added.
func (r *Registry) All() []*Language { return slices.Clone(r.languages) }

// ByName finds a language by its name or an alias, whatever the case; nil if
// there is none.
func (r *Registry) ByName(name string) *Language { return r.byName[strings.ToLower(name)] }

// ByExtension finds a language by a file extension with its dot, whatever the
// case; nil if there is none.
func (r *Registry) ByExtension(extension string) *Language {
	return r.byExtension[strings.ToLower(extension)]
}

// Names lists the canonical names, sorted, for messages.
func (r *Registry) Names() []string {
	names := make([]string, len(r.languages))
	for i, l := range r.languages {
		names[i] = l.Name
	}
	slices.Sort(names)
	return names
}
