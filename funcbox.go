// Package funcbox calls functions written in other languages inside the calling
// process, each call in a WebAssembly sandbox of its own.
//
// An [Executor] is made once, with the languages it shall know, and used by many
// goroutines:
//
//	ex, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()))
//	if err != nil { … }
//	defer ex.Close(ctx)
//
//	res, err := ex.Execute(ctx, funcbox.Request{
//		Language: "js",
//		Code:     "function add(a, b) { return a + b }",
//		Function: "add",
//		Args:     []any{2, 3},
//	})
//
// The error of [Executor.Execute] tells of the host's own failures: an unknown
// language, a bad request, a closed executor. What the guest did is in the
// [ExecutionResult], also when it threw, crashed, ran out of time or was
// canceled: [ExecutionResult.Err] turns that into an error for errors.Is and
// errors.As. [Call] decodes the value into a Go type.
//
// Nothing is granted unless asked for: a guest sees the files, the environment
// and the input that the request gives it, a clock and random numbers, and is
// held to [Limits]. A [Mount] shows it folders of the host, which it may read and
// list unless permissions (package perm) say otherwise, and never writes to.
//
// # Map
//
// The packages below, from the bottom up: wasm (the engine, with wasm/wasip1,
// wasm/fsapi and wasm/meter), perm (permission rules), vfs (the guest's filesystem,
// with vfs/hostfs for folders of the host), lang (the contract
// of a language) with one package per language, of which a program imports only
// those it wants. This package imports no single language.
package funcbox
