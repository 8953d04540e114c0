// Command embed calls JavaScript functions from Go, with values of Go types on
// both sides.
//
//	go run ./examples/embed
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log"
	"math/big"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
)

//go:embed cart.mjs
var code string

// Cart goes to the guest by its json tags.
type Cart struct {
	Customer string `json:"customer"`
	Items    []Item `json:"items"`
}

// Item is a line of a Cart.
type Item struct {
	Name  string  `json:"name"`
	Price float64 `json:"price"`
	Count int     `json:"count,omitempty"`
}

// Total comes back.
type Total struct {
	Customer string  `json:"customer"`
	Sum      float64 `json:"sum"`
	Currency string  `json:"currency"`
}

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

	// A struct in, a struct out.
	cart := Cart{Customer: "Ada", Items: []Item{{"lamp", 30.5, 2}, {"desk", 249.5, 1}}}
	total, _, err := funcbox.Call[Total](ctx, ex, funcbox.Request{
		Language: "js",
		Code:     code,
		Filename: "cart.mjs",
		Function: "total",
		Args:     []any{cart},
		Kwargs:   map[string]any{"currency": "EUR"},
	})
	if err != nil {
		return err
	}
	fmt.Printf("%s owes %.2f %s\n", total.Customer, total.Sum, total.Currency)

	// Integers of any size.
	n, _, err := funcbox.Call[*big.Int](ctx, ex, funcbox.Request{
		Language: "js", Code: code, Function: "power", Args: []any{7, 40},
	})
	if err != nil {
		return err
	}
	fmt.Println("7 to the power of 40 is", n)

	// What the guest throws is an error of type *GuestError.
	_, _, err = funcbox.Call[any](ctx, ex, funcbox.Request{
		Language: "js", Code: code, Function: "check", Args: []any{Cart{}},
	})
	var guest *funcbox.GuestError
	if errors.As(err, &guest) {
		fmt.Printf("a %s: %s\n", guest.Type, guest.Message)
	}

	// A value that does not fit says where.
	_, _, err = funcbox.Call[struct {
		Sum int `json:"sum"`
	}](ctx, ex, funcbox.Request{
		Language: "js", Code: code, Function: "total", Args: []any{Cart{Items: []Item{{"pen", 1.25, 1}}}}, Kwargs: map[string]any{"currency": "EUR"},
	})
	fmt.Println(err)
	return nil
}
