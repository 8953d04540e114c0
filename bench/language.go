package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
)

// language describes the section of the table about one language: what a call
// costs, a new process to its first result, and work that a native interpreter is
// timed with, too.
type language struct {
	title   string                // how the headings call it
	first   string                // the flag that makes a process the child that is measured
	value   func() *lang.Language // a function, so that no process pays for languages it does not use
	options []funcbox.Option      // of the table's executor, besides the language

	add      string // a program whose only function is add(a, b)
	calls    []call
	callRuns int // how often each of calls is run

	work []work
	// timed adds to a piece of work, %s, what times it %d times: median is in
	// nanoseconds and done is what run() returned last.
	timed  string
	result string // ends a timed program in the sandbox: a list of median and done
	median string // the expression that is the median
	native interpreter

	// more prints rows that only this language has, if it is not nil.
	more func(context.Context, *funcbox.Executor) error
}

// call is a row about a single call; the request's language is filled in.
type call struct {
	name string
	req  funcbox.Request
	want any
}

// work is timed in the sandbox and in a native interpreter; its function run
// returns something that tells whether it was done.
type work struct {
	name, code string
	runs       int
	want       any
}

// interpreter describes the native interpreter that a language is compared with.
type interpreter struct {
	commands []string // what it may be called, the best first
	name     string   // how the rows call it
	version  string   // a program that prints a better name; "" if there is none

	// calls are the flags, up to the one that takes a program, to measure a process
	// for each call with; the first of them have to work for it to be used at all.
	calls [][]string
	work  []string // the same for timed work
	shown string   // those of work's flags that its rows show
	print string   // prints the expression %s
}

// find returns the path of the interpreter and how the rows call it; "" if there is
// none.
func (i interpreter) find() (path, name string) {
	for _, command := range i.commands {
		path, err := exec.LookPath(command)
		if err != nil || i.command(path, i.calls[0], "").Run() != nil {
			continue
		}
		if i.version == "" {
			return path, i.name
		}
		version, err := i.command(path, i.calls[0], i.version).Output()
		if err != nil {
			return path, path
		}
		return path, string(version)
	}
	return "", ""
}

func (interpreter) command(path string, flags []string, program string) *exec.Cmd {
	return exec.Command(path, append(flags[:len(flags):len(flags)], program)...)
}

func (l *language) table(ctx context.Context) error {
	ex, err := funcbox.New(ctx, append([]funcbox.Option{funcbox.WithLanguages(l.value())}, l.options...)...)
	if err != nil {
		return err
	}
	defer func() { _ = ex.Close(ctx) }()
	if err := ex.Warm(ctx); err != nil {
		return err
	}
	path, name := l.native.find()
	if err := l.printCalls(ctx, ex, path, name); err != nil {
		return err
	}
	if err := l.printProcesses(); err != nil {
		return err
	}
	for _, work := range l.work {
		fmt.Printf("\n%s: %s\n", l.title, work.name)
		if err := l.printWork(ctx, ex, work, path, name); err != nil {
			return fmt.Errorf("%s: %w", work.name, err)
		}
	}
	if l.more == nil {
		return nil
	}
	return l.more(ctx, ex)
}

func (l *language) callAdd(ctx context.Context, ex *funcbox.Executor) error {
	return execute(ctx, ex, funcbox.Request{Language: l.value().Name, Code: l.add, Function: "add", Args: []any{2, 3}}, int64(5))
}

func (l *language) printCalls(ctx context.Context, ex *funcbox.Executor, path, name string) error {
	fmt.Printf("\n%s: one isolated call, code given each time\n", l.title)
	base, err := median(3000, func() error { return l.callAdd(ctx, ex) })
	if err != nil {
		return err
	}
	row("  add(2, 3)", base, base)
	alone := call{"add(2, 3), the only function, found by itself", funcbox.Request{Code: l.add, Args: []any{2, 3}}, int64(5)}
	for _, other := range append([]call{alone}, l.calls...) {
		other.req.Language = l.value().Name
		took, err := median(l.callRuns, func() error { return execute(ctx, ex, other.req, other.want) })
		if err != nil {
			return fmt.Errorf("%s: %w", other.name, err)
		}
		row("  "+other.name, took, base)
	}
	if path == "" {
		return nil
	}
	program := l.add + fmt.Sprintf(l.native.print, "add(2, 3)")
	for _, flags := range l.native.calls {
		took, err := median(21, func() error { return l.native.command(path, flags, program).Run() })
		if err != nil {
			return err
		}
		row("  "+name+" "+strings.Join(flags, " ")+", a process for each call", took, base)
	}
	return nil
}

// firstResult is the child process whose life printProcesses measures.
func (l *language) firstResult(cacheDir string) error {
	return firstResult(cacheDir, l.value(), l.callAdd)
}

func (l *language) printProcesses() error {
	fmt.Printf("\n%s: a new process to its first result\n", l.title)
	cold, warm, err := firstResults(l.first, 3)
	if err != nil {
		return err
	}
	row("  with a warm cache", warm, warm)
	row("  with a cold cache", cold, warm)
	return nil
}

func (l *language) printWork(ctx context.Context, ex *funcbox.Executor, work work, path, name string) error {
	code := fmt.Sprintf(l.timed, work.code, work.runs)
	res, err := ex.Execute(ctx, funcbox.Request{
		Language: l.value().Name, Code: code + l.result,
		Limits: funcbox.Limits{Timeout: 5 * time.Minute, MemoryBytes: 1 << 30},
	})
	if err == nil {
		err = res.Err()
	}
	if err != nil {
		return err
	}
	got, ok := res.Value.([]any)
	if !ok || len(got) != 2 || got[1] != work.want {
		return fmt.Errorf("got %v, want %v", res.Value, work.want)
	}
	nanoseconds, _ := got[0].(int64)
	base := time.Duration(nanoseconds)
	row("  funcbox", base, base)
	if path == "" {
		return nil
	}
	out, err := l.native.command(path, l.native.work, code+fmt.Sprintf(l.native.print, l.median)).Output()
	if err != nil {
		return err
	}
	if _, err := fmt.Sscan(string(out), &nanoseconds); err != nil {
		return err
	}
	row("  "+name+l.native.shown+", inside the process", time.Duration(nanoseconds), base)
	return nil
}
