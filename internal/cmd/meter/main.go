// Command meter adds metering to a WebAssembly module, as package meter does:
//
//	meter IN.wasm OUT.wasm
//
// Mutable globals that the module keeps to itself are exported as
// funcbox_global_<index>, so that a snapshot covers them. Build scripts run it on the
// modules of the languages.
package main

import (
	"fmt"
	"os"

	"github.com/funcbox/funcbox/wasm/meter"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: meter IN.wasm OUT.wasm")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run meters the module in the file in and writes it to the file out.
func run(in, out string) error {
	wasm, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	exported, err := exportGlobals(wasm)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	metered, err := meter.Meter(exported)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	return os.WriteFile(out, metered, 0o644)
}
