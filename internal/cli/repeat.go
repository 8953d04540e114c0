package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/funcbox/funcbox"
)

// repetition is what --repeat measured.
type repetition struct {
	want  int64
	load  time.Duration
	calls []time.Duration
}

// checkRepeat refuses what goes with a single call only.
func checkRepeat(cmd *cobra.Command, flags *runFlags) error {
	switch {
	case flags.repeat.count == 0:
		return nil
	case flags.stdin != "":
		return usage(cmd, "--repeat and --stdin do not go together: the first call would read all of the input")
	case flags.mount.sync.wanted():
		return usage(cmd, "--repeat and --sync do not go together: no call sees the changes of another, and there is no one set to write")
	}
	return nil
}

// execute loads the code once and calls it as often as wanted, each time from where the
// loading ended. The result is that of the last call, or of what failed first, the
// loading included.
func (r *repetition) execute(ctx context.Context, ex *funcbox.Executor, request *funcbox.Request) (*funcbox.ExecutionResult, error) {
	load := *request
	load.Function, load.Args, load.Kwargs, load.Schema = "", nil, nil, nil
	program, err := ex.Load(ctx, load)
	if failed := new(funcbox.LoadError); errors.As(err, &failed) {
		return failed.Result, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = program.Close() }() // never fails
	r.load = program.Loaded().Meta.Duration
	call := *request
	call.Language, call.Code, call.Files, call.Compile = "", "", nil, funcbox.CompileOptions{} // are in the program
	for {
		begin := time.Now()
		result, err := program.Execute(ctx, call)
		if err != nil {
			return nil, err
		}
		r.calls = append(r.calls, time.Since(begin))
		result.Meta.Warnings = program.Loaded().Meta.Warnings
		if !result.Success() || int64(len(r.calls)) == r.want {
			return result, nil
		}
	}
}

// print says how long everything took, and which call the result is of where that is not
// the last one wanted.
func (r *repetition) print(stderr *lineWriter) error {
	n := len(r.calls)
	if n == 0 {
		return nil // the loading failed
	}
	times := slices.Sorted(slices.Values(r.calls))
	text := fmt.Sprintf("funcbox: loaded in %s; calls: %d, median %s, fastest %s, slowest %s",
		roundTime(r.load), n, roundTime(times[n/2]), roundTime(times[0]), roundTime(times[n-1]))
	if int64(n) < r.want {
		text += fmt.Sprintf("; the last of them failed, so %d were not made", r.want-int64(n))
	}
	return stderr.printLine(text)
}

// roundTime leaves three or four digits.
func roundTime(d time.Duration) time.Duration {
	unit := time.Nanosecond
	for d >= 1000*unit && unit < time.Second {
		unit *= 10
	}
	return d.Round(unit)
}
