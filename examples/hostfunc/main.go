// Command hostfunc lends Go functions to JavaScript: a guest can do what it is granted,
// and nothing else.
//
//	go run ./examples/hostfunc
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
)

//go:embed order.js
var code string

// prices is what only the host knows.
var prices = map[string]int{"tea": 3, "coffee": 4}

// price is a function of the host. Its error is an exception of the guest's.
func price(_ context.Context, args []any, _ map[string]any) (any, error) {
	if len(args) != 1 {
		return nil, errors.New("price takes the name of one thing")
	}
	item, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("price takes a name, not %v", args[0])
	}
	cents, ok := prices[item]
	if !ok {
		return nil, fmt.Errorf("nobody sells %s", item)
	}
	return cents, nil
}

// notify is told by its context which call it is part of.
func notify(ctx context.Context, args []any, kwargs map[string]any) (any, error) {
	call, _ := funcbox.CallOf(ctx)
	fmt.Printf("[%s, in %s of %s] to %v: %v\n", call.CorrelationID, call.Function, call.Language, args[0], kwargs["text"])
	return nil, nil
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	ex, err := funcbox.New(ctx,
		funcbox.WithLanguages(js.Language()),
		funcbox.WithHostFunc("price", price), // for all calls
	)
	if err != nil {
		return err
	}
	defer ex.Close(ctx)

	// evaluate has the executor run more code, in a sandbox within the call.
	evaluate := func(ctx context.Context, args []any, _ map[string]any) (any, error) {
		res, err := ex.Execute(ctx, funcbox.Request{
			Language: "js", Code: fmt.Sprint(args[0]), Args: args[1:],
			HostFuncs: map[string]funcbox.HostFunc{"price": nil}, // takes one away
		})
		if err != nil {
			return nil, err
		}
		if res.Error != nil {
			return nil, res.Error
		}
		return res.Value, nil
	}

	for _, req := range []funcbox.Request{
		{Function: "offered"},
		{Function: "order", Args: []any{"Ada", []string{"tea", "coffee", "tea"}}, CorrelationID: "order 12"},
		{Function: "tryAll", Args: []any{[]string{"tea", "cake"}}},
		{Function: "discount", Args: []any{10, "function rule(sum) { return sum > 8 ? sum - 2 : sum }"}},
		{Function: "discount", Args: []any{10, "function rule(sum) { return sum - require('funcbox').host.price('tea') }"}},
		{Function: "forbidden"},
	} {
		req.Language, req.Code, req.Filename = "js", code, "order.js"
		req.HostFuncs = map[string]funcbox.HostFunc{"notify": notify, "evaluate": evaluate} // for this one
		res, err := ex.Execute(ctx, req)
		if err != nil {
			return err
		}
		if res.Error != nil {
			fmt.Println(res.Error)
			continue
		}
		fmt.Println(req.Function, "returns", res.Value)
	}
	return nil
}
