package funcbox_test

import (
	"context"
	"encoding/json"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

const calculator = `
	/** Adds up. */
	function calculate(a, b = 10, options = {}) { return [a, b, options] }
`

// TestArguments: the ways in which arguments can be given, and what a call says that
// cannot be made.
func TestArguments(t *testing.T) {
	executor := newExecutor(t)
	for _, test := range []struct {
		name   string
		code   string
		args   []any
		kwargs map[string]any
		want   any
		err    string
	}{
		{"positional", calculator, []any{1, 2}, nil, []any{int64(1), int64(2), map[string]any{}}, ""},
		{"a named one leaves a gap", calculator, nil, map[string]any{"a": 1, "options": nil}, []any{int64(1), int64(10), nil}, ""},
		{"names that are none go into the options", calculator, []any{1}, map[string]any{"scale": 2}, []any{int64(1), int64(10), map[string]any{"scale": int64(2)}}, ""},
		{"all named", calculator, []any{funcbox.Named{"b": 2, "a": 1}}, nil, []any{int64(1), int64(2), map[string]any{}}, ""},
		{"a position", calculator, []any{1}, map[string]any{"x": funcbox.Positional(1, big.NewInt(7))}, []any{int64(1), int64(7), map[string]any{}}, ""},
		{"a position among named ones", calculator, []any{funcbox.Named{"x": funcbox.Positional(1, 7), "a": 1}}, nil, []any{int64(1), int64(7), map[string]any{}}, ""},
		{"missing", calculator, nil, nil, nil, "ArgumentError: calculate(a, b = 10, options = {}): a is missing"},
		{"too many", calculator, []any{1, 2, 3, 4}, nil, nil, "ArgumentError: calculate(a, b = 10, options = {}): it takes 1 to 3 positional arguments, 4 are given"},
		{"twice", calculator, []any{1}, map[string]any{"a": 2}, nil, "ArgumentError: calculate(a, b = 10, options = {}): a is given twice"},
		{"unknown", `function add(a, b) { return a + b }`, []any{1, 2}, map[string]any{"c": 2}, nil, "ArgumentError: add(a, b): there is no parameter c"},
		{"several functions", `function one() {} function two() {}`, []any{1}, nil, nil, "FunctionNotFound: no function is named, and the code has several: one, two"},
		{"a body", `return [args, kwargs]`, []any{1}, map[string]any{"b": 2}, []any{[]any{int64(1)}, map[string]any{"b": int64(2)}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 2 { // the second call knows the functions already
				res, err := executor.Execute(t.Context(), funcbox.Request{Language: "js", Code: test.code, Args: test.args, Kwargs: test.kwargs})
				require.NoError(t, err)
				if test.err != "" {
					require.Equal(t, funcbox.StatusError, res.Status)
					require.Equal(t, test.err, res.Error.Error())
					continue
				}
				require.NoError(t, res.Err())
				require.Equal(t, test.want, res.Value)
			}
		})
	}
	for name, req := range map[string]funcbox.Request{
		"Named stands for all arguments": {Args: []any{funcbox.Named{}, 1}},
		"Kwargs must be empty":           {Args: []any{funcbox.Named{}}, Kwargs: map[string]any{"a": 1}},
		"args[1] is Positional":          {Args: []any{1, funcbox.Positional(0, 2)}},
		"a Position stands among named":  {Args: []any{[]any{funcbox.Positional(0, 2)}}},
	} {
		req.Language, req.Code = "js", calculator
		_, err := executor.Execute(t.Context(), req)
		require.ErrorIs(t, err, funcbox.ErrBadRequest, name)
		require.ErrorContains(t, err, name)
	}
}

// TestRefusedCallsRunNothing: what does not fit is refused before the function runs, and
// where the code is known, before anything runs.
func TestRefusedCallsRunNothing(t *testing.T) {
	executor := newExecutor(t)
	req := funcbox.Request{Language: "js", Code: `console.log("loaded"); function add(a, b) { console.log("called"); return a + b }`, Function: "add", Args: []any{1}}
	for i, want := range []string{"loaded\n", ""} {
		res, err := executor.Execute(t.Context(), req)
		require.NoError(t, err)
		require.Equal(t, "ArgumentError", res.Error.Type)
		require.Equal(t, want, res.Stdout, "call %d", i)
	}
}

func TestNamedJSON(t *testing.T) {
	var named funcbox.Named
	require.NoError(t, json.Unmarshal([]byte(`{"a": 12345678901234567890, "b": {"index": 1, "value": 2.0}, "c": {"$object": {"index": 1, "value": 2}}}`), &named))
	huge, _ := new(big.Int).SetString("12345678901234567890", 10)
	require.Equal(t, funcbox.Named{"a": huge, "b": funcbox.Positional(1, 2.0), "c": map[string]any{"index": int64(1), "value": int64(2)}}, named)
	require.EqualError(t, named.UnmarshalJSON([]byte(`[1]`)), "funcbox: line 1, column 1: an object should be here, with the arguments by their names")
}

func TestSchema(t *testing.T) {
	executor := newExecutor(t)
	schema := func(text string) *funcbox.Schema {
		s, err := funcbox.ParseSchema([]byte(text))
		require.NoError(t, err)
		return s
	}
	const list = `{"parameters": [{"name": "a", "type": "integer", "required": true, "coerce": true}, {"name": "b", "type": "number", "default": 3}]}`
	for _, test := range []struct {
		name   string
		schema string
		code   string
		args   []any
		kwargs map[string]any
		want   any
		source string
		err    string
	}{
		{"defaults and coercion", list, calculator, []any{"5"}, nil, []any{int64(5), int64(3), map[string]any{}}, "schema", ""},
		{"named", list, calculator, nil, map[string]any{"b": 1.5, "a": 2.0}, []any{int64(2), 1.5, map[string]any{}}, "schema", ""},
		{"all named", list, calculator, []any{funcbox.Named{"a": 1}}, nil, []any{int64(1), int64(3), map[string]any{}}, "schema", ""},
		{"structs", `{"parameters": [{"name": "a", "type": "object", "properties": {"id": {"type": "integer"}}}]}`, `function id(a) { return a.id }`, []any{struct {
			ID int `json:"id"`
		}{4}}, nil, int64(4), "schema", ""},
		{"every violation", list, calculator, []any{"x"}, map[string]any{"b": "y"}, nil, "", "ArgumentError: calculate(a, b = 10, options = {}): /a: got string, want integer; /b: got string, want number"},
		{"a body", list, `return [args, kwargs]`, []any{1}, nil, []any{[]any{int64(1)}, map[string]any{"b": int64(3)}}, "schema", ""},
		{"result", `{"output": {"type": "array", "items": {"type": "integer"}}}`, `function f() { return [1, 'x', null] }`, nil, nil, nil, "", "ResultSchemaError: the result does not fulfill the schema: /1: got string, want integer; /2: got null, want integer"},
		{"a result that fulfills it", `{"output": "array"}`, `function f() { return [1] }`, nil, nil, []any{int64(1)}, "inferred", ""},
		{"bytes and times", `{"coerce": true, "parameters": [{"name": "data", "type": "bytes"}, {"name": "at", "type": "time"}]}`, `function f(data, at) { return [data.constructor.name, at.getUTCFullYear()] }`, []any{"AQI=", "2026-01-02T03:04:05Z"}, nil, []any{"Uint8Array", int64(2026)}, "schema", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			res, err := executor.Execute(t.Context(), funcbox.Request{Language: "js", Code: test.code, Args: test.args, Kwargs: test.kwargs, Schema: schema(test.schema)})
			require.NoError(t, err)
			if test.err != "" {
				require.Equal(t, funcbox.StatusError, res.Status)
				require.Equal(t, test.err, res.Error.Error())
				return
			}
			require.NoError(t, res.Err())
			require.Equal(t, test.want, res.Value)
			require.Equal(t, test.source, res.Meta.SignatureSource)
		})
	}
	_, err := executor.Execute(t.Context(), funcbox.Request{Language: "js", Code: "1", Schema: &funcbox.Schema{Output: json.RawMessage(`{"type": 5}`)}})
	require.ErrorIs(t, err, funcbox.ErrBadRequest)
	require.ErrorContains(t, err, "output: this is no JSON Schema")
	_, err = funcbox.ParseSchema([]byte(`{"fields": 1}`))
	require.ErrorContains(t, err, "funcbox: schema: fields: this key is unknown")
}

func TestInspect(t *testing.T) {
	executor := newExecutor(t)
	functions, res, err := executor.Inspect(t.Context(), funcbox.Request{Language: "js", Code: calculator + `console.log("seen"); const _hidden = () => 1`})
	require.NoError(t, err)
	require.Equal(t, "seen\n", res.Stdout)
	require.Nil(t, res.Value)
	require.Len(t, functions, 2)
	require.Equal(t, "calculate", functions[0].Name)
	require.Equal(t, "Adds up.", functions[0].Doc)
	require.True(t, functions[0].Public && functions[0].Exact)
	require.Equal(t, "calculate(a, b=10, options={})", functions[0].String())
	require.False(t, functions[1].Public)

	functions, res, err = executor.Inspect(t.Context(), funcbox.Request{Language: "js", Code: `throw new RangeError("no")`})
	require.NoError(t, err)
	require.Empty(t, functions)
	if !res.Success() { // where the code is a body, nothing of it runs
		require.Equal(t, "RangeError: no", res.Error.Error())
	}

	_, _, err = executor.Inspect(t.Context(), funcbox.Request{Language: "js", Args: []any{1}})
	require.ErrorIs(t, err, funcbox.ErrBadRequest)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	_, res, err = executor.Inspect(canceled, funcbox.Request{Language: "js", Code: calculator})
	require.NoError(t, err)
	require.Equal(t, funcbox.StatusTerminated, res.Status)
}

func TestAs(t *testing.T) {
	type item struct {
		Price int `json:"price"`
	}
	v := map[string]any{"items": []any{map[string]any{"price": int64(3)}, map[string]any{"price": 1.5}}}
	_, err := funcbox.As[struct {
		Items []item `json:"items"`
	}](v)
	require.EqualError(t, err, "funcbox: result.items[1].price: 1.5 does not fit int")
	items, err := funcbox.As[map[string][]map[string]float64](v)
	require.NoError(t, err)
	require.Equal(t, map[string][]map[string]float64{"items": {{"price": 3}, {"price": 1.5}}}, items)

	executor := newExecutor(t)
	program, err := executor.Load(t.Context(), funcbox.Request{Language: "js", Code: `function item() { return { price: 4 } }`})
	require.NoError(t, err)
	defer program.Close()
	got, _, err := funcbox.Call[item](t.Context(), program, funcbox.Request{})
	require.NoError(t, err)
	require.Equal(t, item{4}, got)
}
