// Command folder lets a JavaScript function work on a folder of the host: it may
// read everything but keys, and create files in totals. Its changes come back with
// the result; the folder itself stays as it is.
//
//	go run ./examples/folder
package main

import (
	"context"
	_ "embed"
	"fmt"
	"log"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/perm"
)

//go:embed summarize.js
var code string

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

	mount := &funcbox.Mount{
		Dirs: map[string]string{"/orders": "examples/folder/orders"},
		Permissions: perm.Permissions{
			Rules:   []perm.Rule{{Pattern: "totals/**", Allow: perm.Create | perm.Modify}},
			Exclude: []string{"*.key"},
		},
	}
	files, res, err := funcbox.Call[int](ctx, ex, funcbox.Request{
		Language: "js", Code: code, Function: "summarize", Args: []any{"/orders"}, Mount: mount,
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d files\n", files)
	for _, change := range res.Files.All() {
		fmt.Println(change.Type, change.Path)
	}
	created, _ := res.Files.ByPath("/orders/totals/all.json")
	content, err := created.Content()
	if err != nil {
		return err
	}
	fmt.Printf("%s", content)

	attempts, res, err := funcbox.Call[[]string](ctx, ex, funcbox.Request{
		Language: "js", Code: code, Function: "tidyUp", Args: []any{"/orders"}, Mount: mount,
	})
	if err != nil {
		return err
	}
	for _, attempt := range attempts {
		fmt.Println(attempt)
	}
	for _, denial := range res.Files.Denied {
		fmt.Println(denial)
	}
	return nil
}
