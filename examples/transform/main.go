// Command transform gives a JavaScript function a file and prints what the
// function wrote. Nothing of it touches the host's disk: the files live in the
// memory of one call.
//
//	go run ./examples/transform
package main

import (
	"context"
	_ "embed"
	"fmt"
	"log"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
)

//go:embed transform.js
var code string

//go:embed orders.csv
var orders []byte

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()))
	if err != nil {
		return err
	}
	defer ex.Close(ctx)

	rows, res, err := funcbox.Call[int](ctx, ex, funcbox.Request{
		Language: "js",
		Code:     code,
		Function: "transform",
		Args:     []any{"orders.csv", "totals.json"},
		Files:    map[string][]byte{"orders.csv": orders},
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d rows\n", rows)
	for _, file := range res.Files.Created {
		content, err := file.Content()
		if err != nil {
			return err
		}
		fmt.Printf("created %s:\n%s", file.Path, content)
	}
	return nil
}
