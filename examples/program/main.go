// Command program loads Python code once, with its imports and a file that it reads,
// and then calls its functions: each call starts from where loading ended, in a sandbox
// of its own, and many run at once.
//
//	go run ./examples/program
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log"
	"sync"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/python"
)

//go:embed rates.py
var code string

//go:embed rates.json
var rates []byte

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(python.Language()))
	if err != nil {
		return err
	}
	defer ex.Close(ctx)

	// Loading has files and limits of its own.
	program, err := ex.Load(ctx, funcbox.Request{
		Language: "python",
		Code:     code,
		Filename: "rates.py",
		Files:    map[string][]byte{"rates.json": rates},
		Limits:   funcbox.Limits{Timeout: 10 * time.Second},
	})
	if err != nil {
		return err
	}
	defer program.Close()
	fmt.Print(program.Loaded().Stdout)
	for _, function := range program.Signatures() {
		fmt.Println(python.Language().Signature.Format(&function))
	}

	// Calls may come from many goroutines.
	amounts := []string{"10 EUR", "12.50 USD", "8 GBP", "4000 JPY"}
	euros := make([]float64, len(amounts))
	errs := make([]error, len(amounts))
	var calls sync.WaitGroup
	for i, amount := range amounts {
		calls.Go(func() {
			euros[i], _, errs[i] = funcbox.Call[float64](ctx, program, funcbox.Request{Function: "convert", Args: []any{amount}})
		})
	}
	calls.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for i, amount := range amounts {
		fmt.Printf("%s = %.2f EUR\n", amount, euros[i])
	}

	// No call sees what another did.
	for _, call := range []funcbox.Request{
		{Function: "count"},
		{Function: "convert", Args: []any{"3 USD"}, Kwargs: map[string]any{"to": "JPY"}},
		{Function: "age", Args: []any{time.Date(2026, 1, 9, 12, 0, 0, 0, time.UTC)}},
		{Function: "convert", Args: []any{"three dollars"}},
		{Function: "convert", Kwargs: map[string]any{"amount": "3 USD"}},
	} {
		res, err := program.Execute(ctx, call)
		if err != nil {
			return err
		}
		if res.Error != nil {
			fmt.Println(res.Error)
			continue
		}
		fmt.Println(call.Function, "returns", res.Value)
	}

	// What cannot be photographed is refused, with the reason.
	_, err = ex.Load(ctx, funcbox.Request{Language: "python", Code: "log = open('/tmp/log.txt', 'w')\ndef f(): pass\n"})
	fmt.Println(err)
	return nil
}
