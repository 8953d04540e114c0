// Command unassert takes the assertions out of a WebAssembly module that was built with
// them, together with an optimizer that assumes that traps do not happen (wasm-opt
// --traps-never-happen) and so drops what is computed only to be asserted:
//
//	unassert IN.wasm OUT.wasm FUNCTION...
//
// The functions, by index, are those that report a failed assertion and never return.
// Calls of them become the instruction unreachable. What the module means by that
// instruction elsewhere must stay: before each other one the program is ended by
// proc_exit.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: unassert IN.wasm OUT.wasm FUNCTION...")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in, out string, functions []string) error {
	failures := make(map[uint32]bool)
	for _, function := range functions {
		index, err := strconv.ParseUint(function, 10, 32)
		if err != nil {
			return fmt.Errorf("%s is no index of a function", function)
		}
		failures[uint32(index)] = true
	}
	wasm, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	changed, err := unassert(wasm, failures)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	return os.WriteFile(out, changed, 0o644)
}
