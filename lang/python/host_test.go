package python_test

import (
	"context"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	encoding "github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/wasm"
)

// offer serves functions of the host as the root package does.
func offer(t testing.TB, names []string, function func(encoding.HostCall) (any, error)) wasm.HostFunc {
	t.Helper()
	return func(_ context.Context, request []byte) []byte {
		call, err := encoding.DecodeHostCall(request, encoding.Limits{})
		if err != nil {
			t.Error(err)
			return nil
		}
		var result any = names
		if call.Name != "" {
			result, err = nil, errors.New("host function is not offered")
			for _, name := range names {
				if name == call.Name {
					result, err = function(call)
				}
			}
		}
		var reply []byte
		if err == nil {
			reply, err = encoding.EncodeReply(result, "result")
		}
		if err != nil {
			return encoding.EncodeErrorReply("HostError", err.Error(), "")
		}
		return reply
	}
}

func TestHostFunctions(t *testing.T) {
	e := newEngine(t)
	var calls []encoding.HostCall
	e.host = offer(t, []string{"db.get", "fail", "lookup", "list"}, func(call encoding.HostCall) (any, error) {
		calls = append(calls, call)
		switch {
		case call.Name == "fail":
			return nil, errors.New("of the host: ä")
		case len(call.Args) == 1:
			return call.Args[0], nil
		}
		return []any{call.Args, call.Kwargs}, nil
	})
	huge := new(big.Int).Lsh(big.NewInt(-1), 70)
	when := time.Date(2024, 2, 29, 1, 2, 3, 4000, time.UTC)
	for _, test := range []struct {
		name, code string
		args       []any
		want       any
	}{
		{"args and kwargs", "from funcbox import host\nhost.lookup(1, 'two', key=2.0, other=None)", nil, []any{[]any{int64(1), "two"}, map[string]any{"key": 2.0, "other": nil}}},
		{"none", "import funcbox\nfuncbox.host.lookup()", nil, []any{[]any{}, map[string]any{}}},
		{"values", "from funcbox import host\nhost.lookup(args[0])", []any{[]any{huge, when, []byte{0, 255}, 1.0, map[string]any{"a b": []any{true}}, "\x00ß𝔘"}}, []any{huge, when, []byte{0, 255}, 1.0, map[string]any{"a b": []any{true}}, "\x00ß𝔘"}},
		{"conversions", "from funcbox import host\nfrom dataclasses import dataclass\n@dataclass\nclass P: x: int\nhost.lookup([P(1), {2}, (3,), bytearray(b'x')])", nil, []any{map[string]any{"x": int64(1)}, []any{int64(2)}, []any{int64(3)}, []byte("x")}},
		{"names", "from funcbox import host, functions\n[functions(), dir(host), 'lookup' in host, 'nothing' in host, hasattr(host, 'lookup'), hasattr(host, 'nothing'), hasattr(host, '__len__')]", nil,
			[]any{[]any{"db.get", "fail", "lookup", "list"}, []any{"db.get", "fail", "list", "lookup"}, true, false, true, false, false}},
		{"a dotted name", "from funcbox import host\ngetattr(host, 'db.get')(4)", nil, int64(4)},
		{"a method's name", "from funcbox import host\nhost.list(5)", nil, int64(5)},
		{"kept", "from funcbox import host\nf = host.lookup\n[f is host.lookup, f.__name__, f.__module__, callable(f)]", nil, []any{true, "lookup", "funcbox", true}},
		{"errors", "from funcbox import host, HostError\ntry: host.fail(1)\nexcept HostError as e: error = e\n[type(error).__name__, str(error), isinstance(error, AttributeError)]", nil, []any{"HostError", "of the host: ä", false}},
		{"no such function", "from funcbox import host, HostError\ntry: host.nothing(1)\nexcept HostError as e: error = e\n[type(error).__name__, str(error), getattr(host, 'nothing', 7)]", nil, []any{"HostError", "host function is not offered", int64(7)}},
		{"cannot be replaced", "from funcbox import host\ntry: host.lookup = 1\nexcept AttributeError as e: error = e\nstr(error)", nil, "functions of the host cannot be replaced"},
		{"in a generator", "from funcbox import host\ndef g():\n    for i in range(3): yield host.lookup(i)\nreturn g()", nil, []any{int64(0), int64(1), int64(2)}},
		{"in a coroutine", "from funcbox import host\nimport asyncio\nasync def f(i): return host.lookup(i)\nawait asyncio.gather(f(1), f(2))", nil, []any{int64(1), int64(2)}},
		{"a call in an argument", "from funcbox import host\nclass Model:\n    def model_dump(self): return {'inner': host.lookup(6)}\nhost.lookup(Model())", nil, map[string]any{"inner": int64(6)}},
		{"help", "import funcbox, pydoc\n'host.lookup(1, key=2)' in pydoc.render_doc(funcbox) and 'lookup' in repr(funcbox.host)", nil, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, e.result(t, ask{op: opExecute, flags: fresh | last, code: test.code, args: test.args}))
		})
	}
	t.Run("when the program ends", func(t *testing.T) {
		calls = nil
		e.result(t, ask{op: opExecute, flags: fresh | last, code: "import atexit\nfrom funcbox import host\natexit.register(host.lookup, 'handler')\nclass C:\n    def __del__(self, host=host): host.lookup('deleted')\nc = C()"})
		require.Len(t, calls, 2)
		require.Equal(t, []any{"handler"}, calls[0].Args)
		require.Equal(t, []any{"deleted"}, calls[1].Args)
	})
	t.Run("not caught", func(t *testing.T) {
		for code, message := range map[string]string{
			"from funcbox import host\nhost.fail()":    "of the host: ä",
			"from funcbox import host\nhost.nothing()": "host function is not offered",
		} {
			out, err := e.module.Run(context.Background(), e.job(t, ask{op: opExecute, flags: fresh | last, code: code}))
			require.NoError(t, err)
			got := reply(t, out).Error
			require.Equal(t, "HostError", got.Type)
			require.Equal(t, message, got.Message)
			require.Contains(t, got.Stack, "File \"main.py\", line 2, in <module>\n    host.")
			require.NotContains(t, got.Stack, "/usr/lib/funcbox")
		}
	})
	t.Run("what cannot be passed", func(t *testing.T) {
		calls = nil
		for code, message := range map[string]string{
			"host.lookup(1, [print])":                "args[1][0]: function cannot be passed",
			"host.lookup(1, key={'a': ['\\ud800']})": "kwargs.key.a[0]: a string with a lone surrogate cannot be passed",
			"host.lookup(**{'\\ud800': 1})":          "kwargs['\\ud800']: a string with a lone surrogate cannot be passed",
			"a = []\na.append(a)\nhost.lookup(a)":    "args[0][0]: a circular reference cannot be passed",
		} {
			out, err := e.module.Run(context.Background(), e.job(t, ask{op: opExecute, flags: fresh | last, code: "from funcbox import host\n" + code}))
			require.NoError(t, err)
			got := reply(t, out).Error
			require.Equal(t, "TypeError", got.Type, code)
			require.Equal(t, message, got.Message)
		}
		require.Empty(t, calls)
	})
	t.Run("while loading, and others granted in the call", func(t *testing.T) {
		program := e.load(t, ask{op: opLoad, flags: fresh, code: "from funcbox import host\nloaded = host.lookup(1)\nkept = host.lookup\ndef f(): return [loaded, hasattr(host, 'lookup'), hasattr(host, 'other'), host.other(2)]\ndef g(): return kept(1)", function: "f"})
		before := e.host
		defer func() { e.host = before }()
		e.host = offer(t, []string{"other"}, func(call encoding.HostCall) (any, error) { return call.Args[0], nil })
		out, err := program.Run(context.Background(), e.job(t, ask{op: opCall, flags: fresh | last, function: "f"}))
		require.NoError(t, err)
		require.Equal(t, []any{int64(1), false, true, int64(2)}, reply(t, out).Value)
		out, err = program.Run(context.Background(), e.job(t, ask{op: opCall, flags: fresh | last, function: "g"}))
		require.NoError(t, err)
		require.Equal(t, "HostError", reply(t, out).Error.Type)
	})
}
