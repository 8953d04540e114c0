package funcbox_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
)

func Example() {
	ctx := context.Background()
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = ex.Close(ctx) }()

	res, err := ex.Execute(ctx, funcbox.Request{
		Language: "js",
		Code:     "const greet = (name, { greeting = 'Hello' } = {}) => `${greeting}, ${name}!`",
		Function: "greet",
		Args:     []any{"World"},
		Kwargs:   map[string]any{"greeting": "Hi"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.Status, res.Value)
	// Output: success Hi, World!
}

func ExampleCall() {
	ctx := context.Background()
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = ex.Close(ctx) }()

	type summary struct {
		Count int     `json:"count"`
		Mean  float64 `json:"mean"`
	}
	sum, _, err := funcbox.Call[summary](ctx, ex, funcbox.Request{
		Language: "js",
		Code:     "function summarize(xs) { return { count: xs.length, mean: xs.reduce((a, b) => a + b, 0) / xs.length } }",
		Args:     []any{[]float64{1, 2, 6}},
	})
	fmt.Println(sum.Count, sum.Mean, err)
	// Output: 3 3 <nil>
}

// A function that never ends is stopped; what it wrote until then is kept.
func ExampleExecutionResult_Err() {
	ctx := context.Background()
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = ex.Close(ctx) }()

	res, err := ex.Execute(ctx, funcbox.Request{
		Language: "js",
		Code:     "console.log('working'); while (true) {}",
		Limits:   funcbox.Limits{Timeout: 50 * time.Millisecond},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.Status, res.ExitCode, errors.Is(res.Err(), funcbox.ErrTimeout))
	fmt.Print(res.Stdout)
	// Output:
	// timeout 124 true
	// working
}
