// Command schema offers Python functions to a language model: it describes them as
// tools, with JSON Schema made of their type hints, and runs the calls that a model
// answers with. Arguments are validated before anything runs, results after it.
//
//	go run ./examples/schema
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"log"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/python"
)

//go:embed tools.py
var code string

// answers are what a model might say.
var answers = []struct{ tool, arguments string }{
	{"convert", `{"amount": 42.195, "unit": "km"}`},
	{"convert", `{"amount": "26", "unit": "mi", "digits": "1"}`},
	{"weekday", `{"day": "2026-01-02T15:00:00Z"}`},
	{"total", `{"prices": [1.5, 2, 3.25]}`},
	{"convert", `{"amount": "far", "unit": "ly"}`},
	{"weekday", `{"date": "2026-01-02T15:00:00Z"}`},
	{"total", `{}`},
}

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

	// What the functions take, as a model is told it.
	functions, _, err := ex.Inspect(ctx, funcbox.Request{Language: "python", Code: code})
	if err != nil {
		return err
	}
	schemas := map[string]*funcbox.Schema{}
	for _, function := range functions {
		tool := function.Tool(python.Language().Signature)
		schema, err := funcbox.ParseSchema(tool)
		if err != nil {
			return err
		}
		schema.Coerce = true                     // models write numbers as text at times
		schema.Output = json.RawMessage(outputs) // what all of these tools answer
		schemas[function.Name] = schema
		if function.Name == "convert" {
			var indented bytes.Buffer
			if err := json.Indent(&indented, tool, "", "  "); err != nil {
				return err
			}
			fmt.Println(indented.String())
		}
	}

	for _, answer := range answers {
		var arguments funcbox.Named
		if err := json.Unmarshal([]byte(answer.arguments), &arguments); err != nil {
			return err
		}
		res, err := ex.Execute(ctx, funcbox.Request{
			Language: "python", Code: code, Function: answer.tool,
			Args: []any{arguments}, Schema: schemas[answer.tool],
		})
		if err != nil {
			return err
		}
		if res.Error != nil { // what the model is told to try again
			fmt.Printf("%s %s: %s\n", answer.tool, answer.arguments, res.Error)
			continue
		}
		fmt.Printf("%s %s = %v\n", answer.tool, answer.arguments, res.Value)
	}
	return nil
}

const outputs = `{"type": ["number", "string"]}`
