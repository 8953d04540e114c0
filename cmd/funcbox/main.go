// Command funcbox calls functions written in other languages, each call in a
// WebAssembly sandbox of its own. Everything it does is in internal/cli; here
// it is given its languages.
package main

import (
	"os"

	"github.com/funcbox/funcbox/internal/cli"
	"github.com/funcbox/funcbox/lang/all"
)

func main() { os.Exit(cli.Main(all.Languages()...)) }
