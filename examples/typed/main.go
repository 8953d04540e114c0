// Command typed calls functions of a program that was loaded once, with Go structs as
// arguments and results. What does not fit a type is an error that names the field.
//
//	go run ./examples/typed
package main

import (
	"context"
	_ "embed"
	"fmt"
	"log"
	"math/big"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
)

//go:embed stats.mjs
var code string

// Reading goes to the guest by its json tags.
type Reading struct {
	Sensor string    `json:"sensor"`
	Value  float64   `json:"value"`
	At     time.Time `json:"at"`
}

// Summary comes back.
type Summary struct {
	Sensor string     `json:"sensor"`
	Count  int        `json:"count"`
	Range  [2]float64 `json:"range"`
	Mean   float64    `json:"mean"`
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
	program, err := ex.Load(ctx, funcbox.Request{Language: "js", Code: code, Filename: "stats.mjs"})
	if err != nil {
		return err
	}
	defer program.Close()
	for _, function := range program.Signatures() {
		fmt.Println(js.Language().Signature.Format(&function))
	}

	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	readings := []Reading{
		{"door", 1, day}, {"door", 0, day.Add(time.Hour)}, {"roof", -3.5, day.Add(2 * time.Hour)}, {"roof", 4, day.Add(3 * time.Hour)},
	}

	// A list of structs in, a list of structs out.
	summaries, _, err := funcbox.Call[[]Summary](ctx, program, funcbox.Request{
		Function: "summarize", Args: []any{readings}, Kwargs: map[string]any{"since": day.Add(time.Minute)},
	})
	if err != nil {
		return err
	}
	for _, summary := range summaries {
		fmt.Printf("%s: %d readings in %v, mean %.2f\n", summary.Sensor, summary.Count, summary.Range, summary.Mean)
	}

	// Bytes, times and integers of any size keep their types.
	mark, _, err := funcbox.Call[struct {
		Bytes []byte
		Sum   *big.Int
		At    time.Time
	}](ctx, program, funcbox.Request{Function: "fingerprint", Args: []any{"funcbox"}})
	if err != nil {
		return err
	}
	fmt.Printf("%q %v %s\n", mark.Bytes, mark.Sum, mark.At.Format(time.DateOnly))

	// A part of a result can be decoded later.
	res, err := program.Call(ctx, "summarize", readings)
	if err != nil {
		return err
	}
	all, err := funcbox.As[[]map[string]any](res.Value)
	if err != nil {
		return err
	}
	fmt.Println(all[1]["sensor"])

	// What does not fit says where.
	_, err = funcbox.As[[]struct {
		Mean int `json:"mean"`
	}](res.Value)
	fmt.Println(err)

	// What a function does not take is refused before it runs.
	_, _, err = funcbox.Call[any](ctx, program, funcbox.Request{Function: "summarize", Kwargs: map[string]any{"until": day}})
	fmt.Println(err)
	return nil
}
