package all_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/all"
	"github.com/funcbox/funcbox/lang/python"
)

// callee is the same functions in a language: subtract(a, b) returns a - b, where b has the
// default 10 if the language has defaults; keyed(a, k) returns a - k, where k is what the
// language calls a named argument; and gather(rest…) returns how many arguments there are.
type callee struct {
	code string
	// shown is how subtract is printed in errors.
	shown string
	// noNames: positional parameters cannot be named in the language.
	noNames bool
	// trailingMap: named arguments to a function without any become one more argument.
	trailingMap bool
	// noDefaults, noRest: the language has no such parameters.
	noDefaults, noRest bool
	// inSession: where a function has to be named.
	inSession bool
}

var callees = map[string]callee{
	"c": {
		code:       "int subtract(int a, int b) { return a - b; }\nint keyed(int a, int k) { return a - k; }\nint gather(void) { return 0; }\n",
		shown:      "subtract(int a, int b)",
		noDefaults: true, noRest: true,
	},
	"cpp": {
		code:   "int subtract(int a, int b = 10) { return a - b; }\nint keyed(int a, int k = 10) { return a - k; }\nint gather() { return 0; }\n",
		shown:  "subtract(int a, int b = 10)",
		noRest: true,
	},
	"js": {
		code:  "function subtract(a, b = 10) { return a - b } function keyed(a, { k = 10 } = {}) { return a - k } function gather(...rest) { return rest.length }",
		shown: "subtract(a, b = 10)",
	},
	"php": {
		code:  "function subtract($a, $b = 10) { return $a - $b; } function keyed($a, $k = 10) { return $a - $k; } function gather(...$rest) { return count($rest); }",
		shown: "subtract($a, $b = 10)",
	},
	"python": {
		code:  "def subtract(a, b=10):\n    return a - b\ndef keyed(a, *, k=10):\n    return a - k\ndef gather(*rest):\n    return len(rest)\n",
		shown: "subtract(a, b=10)",
	},
	"ruby": {
		code:    "def subtract(a, b = 10)\n  a - b\nend\ndef keyed(a, k: 10)\n  a - k\nend\ndef gather(*rest)\n  rest.length\nend\n",
		shown:   "subtract(a, b = 10)",
		noNames: true, trailingMap: true,
	},
}

// TestArguments: arguments mean the same in every language, as far as it can, and in
// whichever way its functions are called.
func TestArguments(t *testing.T) {
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(all.Languages()...))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	for _, language := range all.Languages() {
		t.Run(language.Name, func(t *testing.T) {
			needsCompiler(t, language)
			of, ok := callees[language.Name]
			require.True(t, ok, "this language has no functions to be called")
			t.Run("code", func(t *testing.T) {
				of.test(t, func(req funcbox.Request) (*funcbox.ExecutionResult, error) {
					req.Language, req.Code = language.Name, of.code
					return executor.Execute(ctx, req)
				})
			})
			program, err := executor.Load(ctx, funcbox.Request{Language: language.Name, Code: of.code})
			require.NoError(t, err)
			defer program.Close()
			t.Run("program", func(t *testing.T) {
				of.test(t, func(req funcbox.Request) (*funcbox.ExecutionResult, error) { return program.Execute(ctx, req) })
			})
			t.Run("session of a program", func(t *testing.T) {
				session, err := executor.NewSession(ctx, funcbox.SessionOptions{Program: program})
				require.NoError(t, err)
				defer session.Close(ctx)
				of.inSession = true
				of.test(t, func(req funcbox.Request) (*funcbox.ExecutionResult, error) { return session.Execute(ctx, req) })
			})
			t.Run("session", func(t *testing.T) {
				if !language.ListsEarlier {
					t.Skip("its guest does not tell what earlier code has defined")
				}
				session, err := executor.NewSession(ctx, funcbox.SessionOptions{Language: language.Name})
				require.NoError(t, err)
				defer session.Close(ctx)
				res, err := session.Execute(ctx, funcbox.Request{Code: of.code})
				require.NoError(t, err)
				require.NoError(t, res.Err())
				of.inSession = true
				of.test(t, func(req funcbox.Request) (*funcbox.ExecutionResult, error) { return session.Execute(ctx, req) })
			})
			t.Run("tool", func(t *testing.T) {
				if of.noDefaults || of.noRest {
					t.Skip("the types of compiled languages have schemas of their own; package signature tests them")
				}
				functions := program.Signatures()
				require.Equal(t, "subtract", functions[0].Name)
				tool := string(functions[0].Tool(language.Signature))
				require.True(t, strings.HasSuffix(tool, `"parameters":{"type":"object","properties":{"a":{},"b":{"default":10}},"required":["a"],"additionalProperties":false}}`), tool)
			})
		})
	}
}

// test calls the functions, in a way that execute has.
func (of callee) test(t *testing.T, execute func(funcbox.Request) (*funcbox.ExecutionResult, error)) {
	takes := "1 to 2"
	if of.noDefaults {
		takes = "2"
	}
	for _, test := range []struct {
		name     string
		function string
		args     []any
		kwargs   map[string]any
		want     any
		err      string
		skip     bool
	}{
		{"positional", "subtract", []any{7, 2}, nil, int64(5), "", false},
		{"default", "subtract", []any{7}, nil, int64(-3), "", of.noDefaults},
		{"named", "subtract", []any{7}, map[string]any{"b": 2}, int64(5), "", of.noNames},
		{"all named", "subtract", nil, map[string]any{"b": 2, "a": 7}, int64(5), "", of.noNames},
		{"by the parameters' names", "subtract", []any{funcbox.Named{"b": 2, "a": 7}}, nil, int64(5), "", false},
		{"by the parameters' names, with a default", "subtract", []any{funcbox.Named{"a": 7}}, nil, int64(-3), "", of.noDefaults},
		{"position", "subtract", []any{7}, map[string]any{"x": funcbox.Positional(1, 2)}, int64(5), "", false},
		{"position among names", "subtract", []any{funcbox.Named{"a": 7, "x": funcbox.Positional(1, 2)}}, nil, int64(5), "", false},
		{"keyword", "keyed", []any{7}, map[string]any{"k": 2}, int64(5), "", false},
		{"keyword by its name", "keyed", []any{funcbox.Named{"a": 7, "k": 2}}, nil, int64(5), "", false},
		{"no keyword", "keyed", []any{7}, nil, int64(-3), "", of.noDefaults},
		{"rest", "gather", []any{1, 2, 3}, nil, int64(3), "", of.noRest},
		{"rest by its name", "gather", []any{funcbox.Named{"rest": []any{1, 2, 3}}}, nil, int64(3), "", of.noRest},
		{"nothing for the rest", "gather", nil, nil, int64(0), "", false},

		{"missing", "subtract", nil, nil, nil, of.shown + ": a is missing", of.noDefaults},
		{"all missing", "subtract", nil, nil, nil, of.shown + ": a and b are missing", !of.noDefaults},
		{"too many", "subtract", []any{1, 2, 3}, nil, nil, of.shown + ": it takes " + takes + " positional arguments, 3 are given", false},
		{"unknown", "subtract", []any{1, 2}, map[string]any{"c": 3}, nil, of.shown + ": there is no parameter c", of.trailingMap},
		{"unknown, as a map", "subtract", []any{1, 2}, map[string]any{"c": 3}, nil, of.shown + ": it takes 1 to 2 positional arguments, 3 are given", !of.trailingMap},
		{"unknown by the parameters' names", "subtract", []any{funcbox.Named{"a": 1, "b": 2, "c": 2}}, nil, nil, of.shown + ": there is no parameter c", false},
		{"twice", "subtract", []any{1, 2}, map[string]any{"a": 2}, nil, of.shown + ": a is given twice", of.noNames},
		{"a position twice", "subtract", []any{1, 2}, map[string]any{"x": funcbox.Positional(0, 2)}, nil, of.shown + ": position 0 is given twice", false},
		{"none is named", "", []any{1}, nil, nil, "no function is named, and the code has several: subtract, keyed, gather", of.inSession},
		{"none is named, without arguments", "", nil, nil, nil, "no function is named, and the code has several: subtract, keyed, gather", of.inSession},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.skip {
				t.Skip("there is another way")
			}
			res, err := execute(funcbox.Request{Function: test.function, Args: test.args, Kwargs: test.kwargs})
			require.NoError(t, err)
			if test.err == "" {
				require.NoError(t, res.Err())
				require.Equal(t, test.want, res.Value)
				require.Equal(t, "inferred", res.Meta.SignatureSource)
				return
			}
			require.NotNil(t, res.Error, "%v", res.Value)
			require.Equal(t, test.err, res.Error.Message)
			if test.function == "" {
				require.Equal(t, "FunctionNotFound", res.Error.Type)
				return
			}
			require.Equal(t, "ArgumentError", res.Error.Type)
			require.Equal(t, "inferred", res.Meta.SignatureSource)
		})
	}
}

// TestDefinedAnew: a session asks again where a call has defined a function anew.
func TestDefinedAnew(t *testing.T) {
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(python.Language()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	session, err := executor.NewSession(ctx, funcbox.SessionOptions{Language: "python"})
	require.NoError(t, err)
	defer session.Close(ctx)
	for _, test := range []struct {
		code, function string
		args           []any
		want           any
		err            string
	}{
		{"def count(a):\n    return a\ndef redefine():\n    global count\n    def count(*all):\n        return len(all)\n", "count", []any{1}, int64(1), ""},
		{"", "count", []any{1, 2}, nil, "count(a): it takes 1 positional argument, 2 are given"},
		{"", "redefine", nil, nil, ""},
		{"", "count", []any{1, 2}, int64(2), ""},
		{"def count(a, b):\n    return -a", "", nil, nil, ""},
		{"", "count", []any{1}, nil, "count(a, b): b is missing"},
		{"", "count", []any{1, 2}, int64(-1), ""},
		{"class Shop:\n    @staticmethod\n    def price(n):\n        return n\n", "Shop.price", nil, nil, "Shop.price(n): n is missing"},
		{"", "nowhere", nil, nil, `function "nowhere" is not defined; the code defines: count, redefine`},
	} {
		res, err := session.Execute(ctx, funcbox.Request{Code: test.code, Function: test.function, Args: test.args})
		require.NoError(t, err)
		if test.err == "" {
			require.NoError(t, res.Err())
			require.Equal(t, test.want, res.Value)
			continue
		}
		require.NotNil(t, res.Error)
		require.Equal(t, test.err, res.Error.Message)
	}
}
