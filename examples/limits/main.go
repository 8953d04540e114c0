// Command limits runs code that misbehaves and shows how each call ends: with a
// result that says why, and with the process unharmed.
//
//	go run ./examples/limits
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
)

//go:embed loop.js
var loop string

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

	for _, attempt := range []struct {
		name   string
		code   string
		limits funcbox.Limits
	}{
		{"time", loop, funcbox.Limits{Timeout: 500 * time.Millisecond}},
		{"fuel", loop, funcbox.Limits{Fuel: 1_000_000}},
		{"memory", "new Uint8Array(1 << 30).length", funcbox.Limits{MemoryBytes: 64 << 20}},
		{"output", `for (let i = 0; i < 1000; i++) console.log("again and again")`, funcbox.Limits{OutputBytes: 40}},
	} {
		res, err := ex.Execute(ctx, funcbox.Request{Language: "js", Code: attempt.code, Limits: attempt.limits})
		if err != nil {
			return err // a failure of the host, not of the guest
		}
		err = res.Err()
		fmt.Printf("%s: status %s, exit code %d, timeout %t, output %q\n",
			attempt.name, res.Status, res.ExitCode, errors.Is(err, funcbox.ErrTimeout), res.Stdout)
	}
	return nil
}
