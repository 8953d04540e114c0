package python_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm"
)

const programCode = `
import asyncio, gc, json, os, random, re, sys, tempfile, time, uuid
from datetime import datetime

table = {i: {"name": f"entry {i}", "self": None} for i in range(5000)}
for entry in table.values(): entry["self"] = entry
drawn = random.random()
mine, seeded = random.Random(), random.Random(7)
names = tempfile._get_candidate_names()
counter = 0
queue = asyncio.Queue()
os.environ["SET"] = "at load"
sys.path.insert(0, "/mine")

class Leaves:
    def __init__(self, what): self.what = what
    def __del__(self): print("deleted", self.what)

kept = Leaves("what was loaded")

def count():
    global counter, made
    counter += 1
    made = Leaves("what the call made")
    return counter

def draw():
    return [random.random(), mine.random(), random.getrandbits(64), uuid.uuid4().hex, next(names), os.urandom(8).hex()]
def repeat(): return seeded.random()
def surroundings(): return [os.getcwd(), sys.argv, os.environ.get("SET"), os.environ.get("GIVEN"), sys.path[:3]]
def look(i): return table[i]["name"]
def collected(): return [gc.get_count()[0] < 500, gc.collect() < 100, len(gc.get_objects()) < 2000, len(table)]
def clocks(): return [time.process_time() < 60, abs(datetime.now().timestamp() - time.time()) < 60]
async def queued():
    await queue.put(1)
    return queue.qsize()
def writes():
    global left
    left = open("left.txt", "w")
    left.write("left")
def fails(): raise LookupError("in the call")
def leaves(code): sys.exit(code)
`

func TestProgram(t *testing.T) {
	e := newEngine(t)
	program := e.load(t, ask{op: opLoad, flags: fresh | hasArgs, code: programCode, env: map[string]string{"A": "1"}})
	call := func(t *testing.T, asked ask) wasm.Outcome {
		t.Helper()
		asked.op, asked.flags = opCall, fresh|last
		out, err := program.Run(context.Background(), e.job(t, asked))
		require.NoError(t, err)
		return out
	}
	result := func(t *testing.T, function string, args ...any) any {
		t.Helper()
		got := reply(t, call(t, ask{function: function, args: args}))
		require.Nil(t, got.Error, "%+v", got.Error)
		return got.Value
	}
	t.Run("each call begins anew", func(t *testing.T) {
		for range 5 {
			require.Equal(t, int64(1), result(t, "count"))
			require.Equal(t, "deleted what the call made\n", e.stdout.String(), "and what was loaded stays to the end")
			require.Equal(t, int64(1), result(t, "queued"))
			require.Equal(t, "entry 77", result(t, "look", 77))
		}
	})
	t.Run("random numbers", func(t *testing.T) {
		seen := map[any]bool{}
		for range 5 {
			for i, drawn := range result(t, "draw").([]any) {
				require.False(t, seen[drawn], "%d: %v", i, drawn)
				seen[drawn] = true
			}
			require.Equal(t, 0.32383276483316237, result(t, "repeat"), "a generator that the program has seeded goes on where it was")
		}
	})
	t.Run("surroundings", func(t *testing.T) {
		require.Equal(t, []any{"/workspace", []any{"main.py"}, "at load", nil, []any{"/mine", "/workspace", "/usr/lib/python3.13"}}, result(t, "surroundings"))
		got := reply(t, call(t, ask{function: "surroundings", workdir: "/tmp", argv: []string{"-x"}, env: map[string]string{"GIVEN": "by the call"}}))
		require.Equal(t, []any{"/tmp", []any{"main.py", "-x"}, "at load", "by the call", []any{"/mine", "/tmp", "/usr/lib/python3.13"}}, got.Value)
		require.Equal(t, []any{true, true}, result(t, "clocks"))
	})
	t.Run("what was loaded is not collected again", func(t *testing.T) {
		require.Equal(t, []any{true, true, true, int64(5000)}, result(t, "collected"))
	})
	t.Run("files left open are written", func(t *testing.T) {
		job := e.job(t, ask{op: opCall, flags: fresh | last, function: "writes"})
		_, err := program.Run(context.Background(), job)
		require.NoError(t, err)
		require.Equal(t, "left", readFile(t, job, "/workspace/left.txt"))
	})
	t.Run("errors", func(t *testing.T) {
		got := reply(t, call(t, ask{function: "fails"})).Error
		require.Equal(t, "LookupError", got.Type)
		require.Contains(t, got.Stack, `File "main.py", line 41, in fails`+"\n    def fails(): raise LookupError(\"in the call\")\n")
		got = reply(t, call(t, ask{function: "nothing"})).Error
		require.Equal(t, "FunctionNotFound", got.Type)
		got = reply(t, call(t, ask{})).Error
		require.Equal(t, "FunctionNotFound", got.Type)
		require.Contains(t, got.Message, "no function is named, and the code has several: count, draw, ")
		require.Equal(t, uint32(3), call(t, ask{function: "leaves", args: []any{3}}).ExitCode)
		require.Nil(t, result(t, "leaves", 0))
	})
	t.Run("costs the same whatever was loaded", func(t *testing.T) {
		fuel := func(code string) int64 {
			program := e.load(t, ask{op: opLoad, flags: fresh, code: code, function: "f"})
			out, err := program.Run(context.Background(), e.job(t, ask{op: opCall, flags: fresh | last, function: "f"}))
			require.NoError(t, err)
			require.Nil(t, reply(t, out).Error)
			return out.Fuel
		}
		little := fuel("def f(): pass\n")
		require.InDelta(t, little, fuel("import json, re, datetime\nx = [[[i], {i: i}] for i in range(30000)]\ndef f(): pass\n"), 500)
	})
	t.Run("nothing loaded", func(t *testing.T) {
		out, err := e.module.Run(context.Background(), e.job(t, ask{op: opCall, flags: fresh | last, function: "f"}))
		require.NoError(t, err)
		require.Equal(t, "no code is loaded", reply(t, out).Error.Message)
	})
}
