package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/lang/all"
)

// The rows about what lasts longer than a call: programs, sessions, and calls of the
// host.

// stateful is the same program in several languages: it imports what programs use and
// builds a table of about 1 MB; find(key) looks something up in it; ask(n) calls the
// host n times.
var stateful = []struct{ language, code string }{
	{"js", `const { host } = require('funcbox');
		const table = new Map();
		for (let i = 0; i < 10000; i++) table.set('key' + i, { id: i, name: 'name ' + i });
		function find(key) { return table.get(key).id }
		function ask(n) { for (let i = 0; i < n; i++) host.nothing(); return n }`},
	{"python", `
import json, re, datetime
from funcbox import host
table = {f'key{i}': {'id': i, 'name': f'name {i}'} for i in range(4000)}
def find(key):
    return table[key]['id']
def ask(n):
    for i in range(n):
        host.nothing()
    return n
`},
	{"ruby", `
require 'json'
require 'time'
require 'funcbox'
TABLE = (0...8000).to_h { |i| ["key#{i}", { id: i, name: "name #{i}" }] }
def find(key) = TABLE[key][:id]
def ask(n)
  n.times { Funcbox.host.nothing }
  n
end
`},
	{"php", `<?php
$table = [];
for ($i = 0; $i < 4000; $i++) $table["key$i"] = ['id' => $i, 'name' => "name $i"];
function find($key) { global $table; return $table[$key]['id']; }
function ask($n) { $host = Funcbox\host(); for ($i = 0; $i < $n; $i++) $host->nothing(); return $n; }
`},
}

func programs(ctx context.Context, _ *funcbox.Executor) error {
	nothing := func(context.Context, []any, map[string]any) (any, error) { return nil, nil }
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(all.Languages()...), funcbox.WithHostFunc("nothing", nothing))
	if err != nil {
		return err
	}
	defer func() { _ = ex.Close(ctx) }()
	for _, s := range stateful {
		if !slices.ContainsFunc(ex.Languages(), func(l *lang.Language) bool { return l.Name == s.language }) {
			continue
		}
		if err := statefulRows(ctx, ex, s.language, s.code); err != nil {
			return fmt.Errorf("%s: %w", s.language, err)
		}
	}
	return idlePrograms(ctx, ex)
}

func statefulRows(ctx context.Context, ex *funcbox.Executor, language, code string) error {
	fmt.Printf("\n%s: imports and a table of 1 MB at load\n", language)
	req := funcbox.Request{Language: language, Code: code, Function: "find", Args: []any{"key7"}}
	whole, err := median(15, func() error { return execute(ctx, ex, req, int64(7)) })
	if err != nil {
		return err
	}
	row("  Execute, which loads each time", whole, whole)
	program, err := ex.Load(ctx, funcbox.Request{Language: language, Code: code})
	if err != nil {
		return err
	}
	defer func() { _ = program.Close() }()
	call := func(function string, arg, want any) func() error {
		return func() error {
			res, err := program.Call(ctx, function, arg)
			if err == nil {
				err = res.Err()
			}
			if err == nil && res.Value != want {
				err = fmt.Errorf("%s returned %v", function, res.Value)
			}
			return err
		}
	}
	one, err := median(1001, call("find", "key7", int64(7)))
	if err != nil {
		return err
	}
	row("  a call of the program", one, whole)
	fmt.Printf("%-64s %9d KiB\n", "  memory of the program, besides the runtime", program.MemoryBytes()>>10)

	session, err := ex.NewSession(ctx, funcbox.SessionOptions{Program: program})
	if err != nil {
		return err
	}
	defer func() { _ = session.Close(ctx) }()
	inSession, err := median(1001, func() error {
		res, err := session.Call(ctx, "find", "key7")
		if err == nil {
			err = res.Err()
		}
		return err
	})
	if err != nil {
		return err
	}
	row("  a call in a session", inSession, whole)
	forked, err := median(51, func() error {
		fork, err := session.Fork(ctx)
		if err != nil {
			return err
		}
		return fork.Close(ctx)
	})
	if err != nil {
		return err
	}
	row("  a fork of that session", forked, whole)

	const calls = 20_000
	none, err := median(15, call("ask", 0, int64(0)))
	if err != nil {
		return err
	}
	many, err := median(15, call("ask", calls, int64(calls)))
	if err != nil {
		return err
	}
	row("  a call of a host function", (many-none)/calls, 0)
	return nil
}

// idlePrograms tells what 100 programs keep that nobody calls.
func idlePrograms(ctx context.Context, ex *funcbox.Executor) error {
	fmt.Println("\n100 programs of JavaScript, idle")
	before := resident()
	var own int64
	for i := range 100 {
		program, err := ex.Load(ctx, funcbox.Request{Language: "js", Code: fmt.Sprintf("const n = %d; function get() { return n }", i)})
		if err != nil {
			return err
		}
		defer func() { _ = program.Close() }()
		own += program.MemoryBytes()
	}
	fmt.Printf("%-64s %9d KiB\n", "  resident memory for each", (resident()-before)/100>>10)
	fmt.Printf("%-64s %9d KiB\n", "  of which its own pages and files", own/100>>10)
	return nil
}

// resident is the resident memory of this process, in bytes; 0 where that is not told.
func resident() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var total, pages int64
	if _, err := fmt.Sscan(string(text), &total, &pages); err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// cancellation tells how soon a canceled call is over, whatever its guest does.
func cancellation(ctx context.Context, ex *funcbox.Executor) error {
	fmt.Println("\nfrom cancel() to the result, the longest of 50")
	for _, guest := range []struct{ name, code string }{
		{"a loop", `console.log('.'); for (;;) ;`},
		{"a sleep", `console.log('.'); await new Promise(done => setTimeout(done, 1e6))`},
		{"a regular expression", `console.log('.'); /(a+)+$/.test('a'.repeat(40) + '!')`},
		{"output", `for (;;) console.log('.')`},
	} {
		var longest time.Duration
		for range 50 {
			called, cancel := context.WithCancel(ctx)
			var at time.Time
			timer := (*time.Timer)(nil)
			res, err := ex.Execute(called, funcbox.Request{Language: "js", Code: guest.code, Limits: funcbox.Limits{OutputBytes: 1 << 10},
				Stdout: funcbox.Lines(func(string) error {
					if timer == nil {
						timer = time.AfterFunc(2*time.Millisecond, func() { at = time.Now(); cancel() })
					}
					return nil
				})})
			cancel()
			if err != nil {
				return err
			}
			if res.Status != funcbox.StatusTerminated || !strings.HasPrefix(res.Stdout, ".") {
				return fmt.Errorf("%s: %v", guest.name, res.Err())
			}
			longest = max(longest, time.Since(at))
		}
		row("  "+guest.name, longest, 0)
	}
	return nil
}
