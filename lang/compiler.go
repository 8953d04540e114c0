package lang

import (
	"context"
	"log/slog"

	"github.com/funcbox/funcbox/signature"
	"github.com/funcbox/funcbox/wasm"
)

// Compiler makes modules of a compiled language's code. A Language that has one
// (Language.NewCompiler) needs no Binary: each program is a module of its own,
// which speaks the call protocol like any runtime and ignores the code in its
// requests. Safe for concurrent use.
type Compiler interface {
	// Prepare gets ready what every compilation needs, such as the compiler itself,
	// so that the first Compile does not wait for that. It returns early when ctx
	// ends; the work goes on for others.
	Prepare(ctx context.Context) error
	// Compile returns the module of a program, which may be one that it made before.
	// An error of the program is a *CompileFailure; the limits of a compilation are
	// the compiler's own, and a program that meets them is a *CompileFailure too. A
	// ctx that ends is answered with its cause.
	Compile(ctx context.Context, source *Source) (*Build, error)
	// Close forgets all builds. Those that are in use must have been released; the
	// engine must still be there.
	Close(ctx context.Context) error
}

// CompilerConfig is what an executor gives a compiler.
type CompilerConfig struct {
	// Engine that compiles and runs the modules, the compiler's own as well.
	Engine *wasm.Engine
	// CacheDir keeps builds between processes, as in wasm.Config.
	CacheDir string
	// Logger hears of what does not stop a compilation; nil discards it.
	Logger *slog.Logger
	// OnCompile, if set, is called when something long begins and has ended that the
	// engine does not tell of itself, such as precompiling headers.
	OnCompile func(wasm.CompileEvent)
}

// Source is a program to compile. The compiler keeps nothing of it after Compile.
type Source struct {
	// Code of the main file, UTF-8.
	Code string
	// Filename of the main file, for diagnostics and for its own includes, relative
	// to Workdir. Empty: the language's MainFile.
	Filename string
	// Workdir is the guest's working directory, an absolute path.
	Workdir string
	// Files by absolute guest path. Those that the language's extensions name are
	// compiled as parts of the program, others can be included.
	Files map[string][]byte
	// Outs are names of parameters that a schema declares as results: what the function
	// leaves where they point is part of its result.
	Outs []string
	// Parameters are what a schema says of the arguments, in order; nil: there is no
	// schema, or a call names its function. With them, code that defines no function to
	// call may be the body of one.
	Parameters []SourceParameter
	// Returns is the type of a body's result as in SourceParameter.Type, ReturnsHint as in
	// SourceParameter.Hint.
	Returns, ReturnsHint string
	Options              CompileOptions
}

// SourceParameter is a parameter of code that is the body of a function.
type SourceParameter struct {
	Name string
	// Type is a type as in [signature.SchemaParameter]; an array may be followed by
	// " of " and the type of its items. Empty: any.
	Type string
	// Hint is the type in the words of the language and goes before Type; empty: none.
	Hint string
}

// CompileOptions of a request. The zero value is the language's default.
type CompileOptions struct {
	// Standard of the language, such as "c17" or "c++20".
	Standard string
	// Optimize is "0", "1", "2" or empty for the default, "1".
	Optimize string
	// Warnings are names of warnings to show, such as "all" or "no-unused"; they are
	// in Build.Warnings. "error" makes them errors.
	Warnings []string
	// Defines are macros, by name; an empty value defines it as nothing.
	Defines map[string]string
}

// IsZero tells whether nothing was asked for.
func (o CompileOptions) IsZero() bool {
	return o.Standard == "" && o.Optimize == "" && len(o.Warnings) == 0 && len(o.Defines) == 0
}

// Build is a compiled program. Its fields must not be changed.
type Build struct {
	// Module to run requests in.
	Module *wasm.Module
	// Listing is what LOAD replies with, read: the program's functions. It is there
	// without running anything.
	Listing *signature.Listing
	// HasMain: the program has a main function. It runs where a call names no function
	// and gives no arguments.
	HasMain bool
	// Warnings are the compiler's remarks, with the user's file names and lines;
	// empty: none.
	Warnings string
	// Compiled is false if the build was found in a cache.
	Compiled bool
	// Release must be called once, when Module is no longer used by the caller. Until
	// then it stays open.
	Release func()
}

// CompileFailure is the error about a program that does not compile.
type CompileFailure struct {
	// Diagnostics as the compiler prints them, with the user's file names and lines.
	Diagnostics string
}

func (e *CompileFailure) Error() string { return e.Diagnostics }
