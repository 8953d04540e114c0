// Command stream talks with a guest while it runs: lines come as they are printed, the
// standard input is read as the guest asks for it, and events go to a logger.
//
//	go run ./examples/stream
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"slices"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
)

//go:embed quiz.mjs
var code string

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()), funcbox.WithLogger(logger()))
	if err != nil {
		return err
	}
	defer ex.Close(ctx)

	// The guest prints a question and waits, the host reads it and answers.
	answers, answer := io.Pipe()
	defer answers.Close()
	res, err := ex.Execute(ctx, funcbox.Request{
		Language: "js", Code: code, Filename: "quiz.mjs", Function: "quiz", Args: []any{3},
		CorrelationID: "quiz 1",
		Stdin:         answers,
		Stdout: funcbox.Lines(func(line string) error {
			var a, b int
			if _, err := fmt.Sscanf(line, "%d + %d?", &a, &b); err != nil {
				return err
			}
			if a == 14 {
				b++ // a slip
			}
			fmt.Printf("asked %q, answer %d\n", line, a+b)
			go fmt.Fprintln(answer, a+b) // waits until the guest reads
			return nil
		}),
		Stderr: funcbox.Lines(func(line string) error { fmt.Println("told", line); return nil }),
	})
	if err != nil {
		return err
	}
	fmt.Println(res.Value, "right; the result has the output, too:", len(res.Stdout), "bytes")

	// A writer that has had enough ends the call.
	enough := errors.New("enough")
	res, err = ex.Execute(ctx, funcbox.Request{
		Language: "js", Code: code, Filename: "quiz.mjs", Function: "chatter",
		Stdout: funcbox.Lines(func(line string) error {
			if line == "line 1000" {
				return enough
			}
			return nil
		}),
	})
	if err != nil {
		return err
	}
	fmt.Println(res.Status, errors.Is(res.Err(), enough), res.Error)
	return nil
}

// logger prints one line for each call, without what differs from run to run.
func logger() *slog.Logger {
	kept := []string{slog.MessageKey, "language", "function", "correlation", "status"}
	return slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, attribute slog.Attr) slog.Attr {
			if slices.Contains(kept, attribute.Key) {
				return attribute
			}
			return slog.Attr{}
		},
	}))
}
