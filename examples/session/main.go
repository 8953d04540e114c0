// Command session runs the cells of a notebook one after the other in a sandbox that
// keeps its state, tries a change in a copy, and takes everything to another process.
//
//	go run ./examples/session
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/python"
)

// cells are code, each of which sees what those before it left behind.
var cells = []string{
	"prices = {'tea': 3.5, 'coffee': 4.25}",
	"def total(order):\n    return sum(prices[what] * n for what, n in order.items())",
	"total({'tea': 2, 'coffee': 1})",
	"total({'cake': 1})", // an error, after which the session goes on
	"with open('sales.csv', 'a') as file:\n    print('tea,2', file=file)",
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	snapshot, err := work(ctx)
	if err != nil {
		return err
	}
	fmt.Println("\nlater, in another process of the same build:")
	return goOn(ctx, snapshot)
}

func work(ctx context.Context) (*bytes.Buffer, error) {
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(python.Language()))
	if err != nil {
		return nil, err
	}
	defer ex.Close(ctx) // closes the sessions, too

	session, err := ex.NewSession(ctx, funcbox.SessionOptions{Language: "python"})
	if err != nil {
		return nil, err
	}
	for _, cell := range cells {
		if err := show(session.Execute(ctx, funcbox.Request{Code: cell})); err != nil {
			return nil, err
		}
	}

	// A fork is an independent copy: a way to try something.
	fork, err := session.Fork(ctx)
	if err != nil {
		return nil, err
	}
	if err := show(fork.Execute(ctx, funcbox.Request{Code: "prices['tea'] = 5"})); err != nil {
		return nil, err
	}
	order := map[string]any{"tea": 2}
	fmt.Print("in the fork ")
	if err := show(fork.Call(ctx, "total", order)); err != nil {
		return nil, err
	}
	fmt.Print("in the session ")
	if err := show(session.Call(ctx, "total", order)); err != nil {
		return nil, err
	}

	var snapshot bytes.Buffer
	return &snapshot, session.Snapshot(ctx, &snapshot)
}

func goOn(ctx context.Context, snapshot *bytes.Buffer) error {
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(python.Language()))
	if err != nil {
		return err
	}
	defer ex.Close(ctx)
	session, err := ex.RestoreSession(ctx, snapshot, funcbox.SessionOptions{})
	if err != nil {
		return err
	}
	if err := show(session.Call(ctx, "total", map[string]any{"coffee": 4})); err != nil {
		return err
	}
	if err := show(session.Execute(ctx, funcbox.Request{Code: "open('sales.csv').read().strip()"})); err != nil {
		return err
	}

	// What stops a guest ends its session. The files can still be had.
	if err := show(session.Execute(ctx, funcbox.Request{Code: "while True: pass", Limits: funcbox.Limits{Fuel: 1_000_000}})); err != nil {
		return err
	}
	_, err = session.Call(ctx, "total", map[string]any{})
	fmt.Println(err)
	files, err := session.Files()
	if err != nil {
		return err
	}
	for _, change := range files.All() {
		fmt.Println(change.Type, change.Path)
	}
	return nil
}

// show prints what came of a cell.
func show(res *funcbox.ExecutionResult, err error) error {
	switch {
	case err != nil:
		return err // a failure of the host, not of the guest
	case res.Error != nil:
		fmt.Println(res.Error)
	case res.Value != nil:
		fmt.Printf("= %v\n", res.Value)
	}
	return nil
}
