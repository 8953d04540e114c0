package c

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang"
)

// newExecutor makes one of both languages. It keeps clang loaded, or skips the test.
func newExecutor(t *testing.T) *funcbox.Executor {
	newBench(t, CPP(), "")
	executor, err := funcbox.New(context.Background(), funcbox.WithLanguages(Language(), CPP()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(context.Background())) })
	return executor
}

// TestBody: code that defines no function gets its parameters and its result's type from
// the schema of the request.
func TestBody(t *testing.T) {
	ctx := context.Background()
	executor := newExecutor(t)
	const (
		two      = `{"parameters": [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}], "output": "integer"}`
		untyped  = `{"parameters": [{"name": "a", "type": "integer"}]}`
		numbers  = `{"parameters": [{"name": "values", "type": "array", "items": {"type": "number"}}], "output": "number"}`
		derived  = `{"type": "object", "properties": {"values": {"type": "array", "items": {"type": "integer"}}, "n": {"type": "integer"}}}`
		greeting = `{"parameters": [{"name": "name", "type": "string"}, {"name": "size", "type": "integer"}, {"name": "loud", "type": "boolean"}], "output": "string"}`
		object   = `{"parameters": [{"name": "options", "type": "object"}], "output": "integer"}`
		listed   = `{"parameters": [{"name": "a", "type": "integer"}, {"name": "any"}], "output": {"type": "array"}}`
		lists    = `{"parameters": [{"name": "names", "type": "array", "items": {"type": "string"}}, {"name": "flags", "type": "array", "items": {"type": "boolean"}}, {"name": "data", "type": "bytes"}, {"name": "values", "hint": "const short *", "type": "array"}], "output": "integer"}`
		nested   = `{"parameters": [{"name": "at", "type": "time"}, {"name": "rows", "type": "array", "items": {"type": "array", "items": {"type": "boolean"}}}, {"name": "data", "type": "bytes"}], "output": {"type": "array", "items": {"type": "integer"}}}`
		hinted   = `{"parameters": [{"name": "value", "hint": "const float *"}], "returns": "short"}`
	)
	for _, test := range []struct {
		name, language, schema, code, args string
		want                               string // the result
		failure                            string // part of a CompileError
	}{
		{"integers", "c", two, "return a + b;", `[1, 9007199254740993]`, `9007199254740994`, ""},
		{"directives and comments in front", "c", two, "/* a\n   b */ #include <stdlib.h>\n#if 1\n#define ONE \\\n  1\n#endif\n// Adds.\n#ifdef ONE\nlong long c = labs(a) + ONE;\n#endif\nreturn b + c; // so", `[-1, 2]`, `4`, ""},
		{"a missing header", "c", numbers, "double sum = 0;\nfor (size_t i = 0; i < values_length; i++) sum += values[i];\nreturn sum;", `[[1, 2.5]]`, "", "main.c:2:6: error: use of undeclared identifier 'size_t'"},
		{"array", "c", numbers, "#include <stddef.h>\ndouble sum = 0;\nfor (size_t i = 0; i < values_length; i++) sum += values[i];\nreturn sum;", `[[1, 2.5]]`, `3.5`, ""},
		{"texts, and a name that lengths have", "c", greeting, "static char text[99];\n__builtin_sprintf(text, \"%s %lld %d\", name, size, loud);\nreturn text;", `["a", 3, true]`, `"a 3 1"`, ""},
		{"nothing returned", "c", untyped, "volatile long long b = a;\nb++;", `[1]`, `null`, ""},
		{"hints", "c", hinted, "return *value * 2;", `[1.5]`, `3`, ""},
		{"arrays of all kinds", "c", lists, "return names[1][0] + 1000 * (flags[1] + flags_length) + 10000 * (data[1] + data_length) + 1000000 * (values[1] + values_length);", `[["a", "b"], [false, true], {"$bytes": "AQI="}, [1, 2]]`, `4043098`, ""},
		{"a name that cannot be one", "c", `{"parameters": [{"name": "max-items", "type": "integer"}], "output": "integer"}`, "return 1;", `[1]`, "", "\"max-items\" cannot be the name of a parameter"},
		{"a hint that is none", "c", `{"parameters": [{"name": "a", "hint": "int x; int"}], "output": "integer"}`, "return 1;", `[1]`, "", "parameter a: \"int x; int\" is no type"},
		{"no type for the result", "c", `{"output": "object"}`, "return 1;", `[]`, "", "C has no type for its result, which is of type object"},
		{"no function", "c", two, "static int f(void) { return 1; }", `[]`, "", ""},
		{"a wrong type", "c", two, "int c = 1;\nchar *text = a;\nreturn c;", `[1, 2]`, "", "main.c:2:7: error: incompatible integer to pointer conversion"},
		{"no end", "c", two, "if (a)\n  return b;", `[1, 2]`, "", "main.c:3:1: error: non-void function does not return a value in all control paths"},
		{"a result without a type", "c", untyped, "\nreturn a;", `[1]`, "", "note: the schema says of which type the result is, as its output"},
		{"no type for a parameter", "c", object, "return 1;", `[{}]`, "", "C has no type for its parameter options, which is of type object in the schema"},
		{"no type for a parameter of a program", "c", object, "int f(int options) { return x; }", `[{}]`, "", "main.c:1:29: error: use of undeclared identifier 'x'"},
		{"a program", "c", two, "int add(int a, int c) { return a + c; }", `[1, 2]`, `3`, ""},
		{"a program with a mistake", "c", two, "\nint add(int a, int b) { return a + d; }\nint = 1;", `[1, 2]`, "", "main.c:2:36: error: use of undeclared identifier 'd'"},
		{"no schema", "c", "", "return 1;", `[]`, "", "main.c:1:1: error: expected identifier or '('"},

		{"integers", "cpp", two, "return a + b;", `[1, 2]`, `3`, ""},
		{"texts", "cpp", greeting, "using namespace std;\nstring text = name + \" \" + to_string(size);\nif (loud) return text + \"!\";\nreturn text;", `["a", 3, true]`, `"a 3!"`, ""},
		{"arrays", "cpp", numbers, "#include <numeric>\nreturn std::accumulate(values.begin(), values.end(), 0.0);", `[[1, 2.5]]`, `3.5`, ""},
		{"a result without a type", "cpp", derived, "std::vector<int> all;\nfor (auto v : values) all.push_back(v * n);\nreturn all;", `[[1, 2], 3]`, `[3,6]`, ""},
		{"an object", "cpp", object, "return options.size() + options.at(\"a\").as_integer();", `[{"a": 1, "b": "c"}]`, `3`, ""},
		{"anything, and a list in braces", "cpp", listed, "return {a, any, \"text\"};", `[1, [null, {"a": 1.5}]]`, `[1,[null,{"a":1.5}],"text"]`, ""},
		{"arrays of all kinds", "cpp", nested, "return {at.time_since_epoch().count() > 0, (int)rows[0].size(), rows[0][1], data[1]};", `[{"$time": "2026-01-02T00:00:00Z"}, [[true, false, true]], {"$bytes": "AQI="}]`, `[1,3,0,2]`, ""},
		{"a wrong type", "cpp", two, "int c = 1;\nstd::string text = a;\nreturn c;", `[1, 2]`, "", "main.cpp:2:13: error: no viable conversion from 'std::int64_t'"},
		{"a program with a mistake", "cpp", two, "\nint add(int a, int b) { return a + d; }\nint = 1;", `[1, 2]`, "", "main.cpp:2:36: error: use of undeclared identifier 'd'"},
		{"no schema", "cpp", "", "return 1;", `[]`, "", "main.cpp:1:1: error: expected unqualified-id"},
	} {
		t.Run(test.language+" "+test.name, func(t *testing.T) {
			req := funcbox.Request{Language: test.language, Code: test.code}
			args, err := value.ParseJSON([]byte(test.args))
			require.NoError(t, err)
			req.Args = args.([]any)
			if test.schema != "" {
				req.Schema, err = funcbox.ParseSchema([]byte(test.schema))
				require.NoError(t, err)
			}
			res, err := executor.Execute(ctx, req)
			require.NoError(t, err)
			if test.want+test.failure == "" {
				require.Equal(t, "FunctionNotFound", res.Error.Type)
				return
			}
			if test.failure != "" {
				require.NotNil(t, res.Error, "%v", res.Value)
				require.Equal(t, "CompileError", res.Error.Type)
				require.Contains(t, res.Error.Message, test.failure)
				return
			}
			require.NoError(t, res.Err())
			got, err := json.Marshal(res.Value)
			require.NoError(t, err)
			require.JSONEq(t, test.want, string(got))
		})
	}
}

// TestBodyListing: a body is the only function of its program.
func TestBodyListing(t *testing.T) {
	parameters := []lang.SourceParameter{{Name: "text", Type: "string"}, {Name: "n", Type: "integer"}, {Name: "values", Type: "array of integer"}}
	for language, want := range map[*lang.Language]string{
		Language(): "long long body(const char *text, long long n, const long long *values)",
		CPP():      "std::int64_t body(const std::string &text, std::int64_t n, const std::vector<std::int64_t> &values)",
	} {
		b := newBench(t, language, "")
		build, err := b.compile(lang.Source{Code: "// Adds.\nreturn n + values[0];", Parameters: parameters, Returns: "integer"})
		require.NoError(t, err)
		defer build.Release()
		require.Len(t, build.Listing.Functions, 1)
		require.Equal(t, "body", build.Listing.Only)
		require.False(t, build.HasMain)
		require.Equal(t, want, language.Signature.Format(&build.Listing.Functions[0]))
		require.Equal(t, "Adds.", build.Listing.Functions[0].Doc)
	}
}

// TestPreamble: what stays in front of the function that a body becomes.
func TestPreamble(t *testing.T) {
	for code, want := range map[string]int{
		"":                            0,
		"return 1;":                   0,
		"\n \n// a\n/* b */\nreturn;": len("\n \n// a\n/* b */\n"),
		"/* a\n b */ return;":         0,
		"#if A\n#include <a.h>\n#endif\n#if B\nreturn;\n#endif": len("#if A\n#include <a.h>\n#endif\n"),
		"# define A \\\r\n 1 /*\n */\nreturn;":                  len("# define A \\\r\n 1 /*\n */\n"),
		"/* no end":                                             0,
		"#define A '\"'":                                        len("#define A '\"'"),
	} {
		require.Equal(t, want, preamble(code), "%q", code)
	}
}

// TestMainAndFunctions: main is to the functions beside it what the top level is in other
// languages, apart from running for calls only that mean the program as a whole.
func TestMainAndFunctions(t *testing.T) {
	ctx := context.Background()
	executor := newExecutor(t)
	const (
		one     = "int twice(int x) { return 2 * x; }\n"
		several = one + "int add(int a, int b) { return a + b; }\n"
		main    = "#include <stdio.h>\nint main(void) { puts(\"main\"); return 0; }\n"
	)
	for _, language := range []string{"c", "cpp"} {
		value := func(res *funcbox.ExecutionResult, err error) any {
			t.Helper()
			require.NoError(t, err)
			require.NoError(t, res.Err())
			return res.Value
		}
		for code, count := range map[string]int{main: 0, main + one: 1, main + several: 2} {
			req := funcbox.Request{Language: language, Code: code}
			res, err := executor.Execute(ctx, req)
			require.Nil(t, value(res, err))
			require.Equal(t, "main\n", res.Stdout)
			functions, res, err := executor.Inspect(ctx, req)
			require.NoError(t, err)
			require.Empty(t, res.Stdout)
			require.Len(t, functions, count)

			program, err := executor.Load(ctx, req)
			if count == 0 {
				require.ErrorContains(t, err, "the code is the body of a function")
				continue
			}
			require.NoError(t, err)
			require.Len(t, program.Functions(), count)
			require.Equal(t, int64(4), value(program.Call(ctx, "twice", 2)))
			res, err = program.Execute(ctx, funcbox.Request{Kwargs: map[string]any{"x": 3}})
			if count == 1 {
				require.Equal(t, int64(6), value(res, err))
			} else {
				require.NoError(t, err)
				require.Equal(t, "FunctionNotFound", res.Error.Type)
			}
			require.NoError(t, program.Close())

			session, err := executor.NewSession(ctx, funcbox.SessionOptions{Language: language})
			require.NoError(t, err)
			res, err = session.Execute(ctx, funcbox.Request{Code: code})
			require.Nil(t, value(res, err))
			require.Equal(t, "main\n", res.Stdout)
			require.Equal(t, int64(8), value(session.Execute(ctx, funcbox.Request{Function: "twice", Kwargs: map[string]any{"x": 4}})))
			require.NoError(t, session.Close(ctx))
		}
	}
}
