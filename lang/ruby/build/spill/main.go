// Command spill removes from a module the spills that the collector does without:
//
//	spill IN.wasm OUT.wasm
//
// IN is what binaryen's spill-pointers has made of flat code, and nothing since. That
// pass writes every local of type i32 that is live across a call to the machine stack
// before that call, for a collector that looks for objects there. A spill is left out
// here where its slot holds the value already, where the value cannot be an object's
// address, and before calls of functions that cannot reach the collector.
//
// What spills are for, and what is done to the module before and after, is in
// ../link.sh; nothing of other languages belongs here.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: spill IN.wasm OUT.wasm")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "spill:", err)
		os.Exit(1)
	}
}

func run(in, out string) error {
	wasm, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	reduced, figures, err := reduce(wasm)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	fmt.Fprintln(os.Stderr, "spill:", figures)
	return os.WriteFile(out, reduced, 0o644)
}
