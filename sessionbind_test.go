package funcbox_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

const counter = `
	function count(from, step = 1) { return [from, step] }
	function other() {}
`

func loaded(t *testing.T, executor *funcbox.Executor, req funcbox.Request) *funcbox.Program {
	t.Helper()
	req.Language = "js"
	program, err := executor.Load(context.Background(), req)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, program.Close()) })
	return program
}

func opened(t *testing.T, executor *funcbox.Executor, options funcbox.SessionOptions) *funcbox.Session {
	t.Helper()
	session, err := executor.NewSession(context.Background(), options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, session.Close(context.Background())) })
	return session
}

// TestSessionArguments: a session matches arguments with signatures as other calls do.
func TestSessionArguments(t *testing.T) {
	executor := newExecutor(t)
	session := opened(t, executor, funcbox.SessionOptions{Program: loaded(t, executor, funcbox.Request{Code: counter})})
	fork := func() *funcbox.Session {
		forked, err := session.Fork(t.Context())
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, forked.Close(context.Background())) })
		return forked
	}
	for _, test := range []struct {
		name    string
		session *funcbox.Session
		req     funcbox.Request
		want    any
		err     string
	}{
		{"refused at first", fork(), funcbox.Request{Function: "count"}, nil, "ArgumentError: count(from, step = 1): from is missing"},
		{"named", session, funcbox.Request{Function: "count", Kwargs: map[string]any{"step": 2, "from": 1}}, []any{int64(1), int64(2)}, ""},
		{"all named", session, funcbox.Request{Function: "count", Args: []any{funcbox.Named{"from": 1}}}, []any{int64(1), int64(1)}, ""},
		{"a position", session, funcbox.Request{Function: "count", Args: []any{1}, Kwargs: map[string]any{"x": funcbox.Positional(1, 5)}}, []any{int64(1), int64(5)}, ""},
		{"too many", session, funcbox.Request{Function: "count", Args: []any{1, 2, 3}}, nil, "ArgumentError: count(from, step = 1): it takes 1 to 2 positional arguments, 3 are given"},
		{"in a copy", fork(), funcbox.Request{Function: "count", Args: []any{1, 2, 3}}, nil, "ArgumentError: count(from, step = 1): it takes 1 to 2 positional arguments, 3 are given"},
		{"not there", session, funcbox.Request{Function: "miss"}, nil, `FunctionNotFound: function "miss" is not defined; the code defines: count, other`},
		{"as a body", session, funcbox.Request{Code: "[args, kwargs]", Args: []any{1}, Kwargs: map[string]any{"a": 2}}, []any{[]any{int64(1)}, map[string]any{"a": int64(2)}}, ""},
		{"as a body, by position", session, funcbox.Request{Code: "[args, kwargs]", Args: []any{1}, Kwargs: map[string]any{"a": funcbox.Positional(1, 2)}}, []any{[]any{int64(1), int64(2)}, map[string]any{}}, ""},
		{"code and a function", session, funcbox.Request{Code: "function count(a) { return -a }", Function: "count", Args: []any{1}}, int64(-1), ""},
		{"code that fails, and a function", session, funcbox.Request{Code: "throw new RangeError('no')", Function: "count", Args: []any{1}}, nil, "RangeError: no"},
	} {
		t.Run(test.name, func(t *testing.T) {
			res, err := test.session.Execute(t.Context(), test.req)
			require.NoError(t, err)
			if test.err != "" {
				require.NotNil(t, res.Error)
				require.Equal(t, test.err, res.Error.Error())
				return
			}
			require.NoError(t, res.Err())
			require.Equal(t, test.want, res.Value)
		})
	}
	for _, req := range []funcbox.Request{
		{Function: "count", Args: []any{func() {}}},
		{Code: "1", Args: []any{make(chan int)}},
		{Code: "1", Function: "count", Args: []any{[]any{func() {}}}},
		{Code: "1", Args: []any{funcbox.Positional(0, 1)}},
	} {
		_, err := session.Execute(t.Context(), req)
		require.ErrorIs(t, err, funcbox.ErrBadRequest)
		require.ErrorContains(t, err, "args[0]")
	}
}

// TestSchemaOfPrograms: calls of programs and sessions take over the schema that these
// were made with.
func TestSchemaOfPrograms(t *testing.T) {
	executor := newExecutor(t)
	schema, err := funcbox.ParseSchema([]byte(`{"parameters": [{"name": "from", "type": "integer", "coerce": true}, {"name": "step", "default": 7}], "output": "array"}`))
	require.NoError(t, err)
	program := loaded(t, executor, funcbox.Request{Code: counter, Schema: schema})
	session := opened(t, executor, funcbox.SessionOptions{Program: program})
	own := opened(t, executor, funcbox.SessionOptions{Language: "js", Schema: schema})
	res, err := own.Execute(t.Context(), funcbox.Request{Code: counter}) // is not a call
	require.NoError(t, err)
	require.NoError(t, res.Err())
	for name, caller := range map[string]funcbox.Caller{"program": program, "session of it": session, "session": own} {
		t.Run(name, func(t *testing.T) {
			execute := func(req funcbox.Request) *funcbox.ExecutionResult {
				req.Function = "count"
				res, err := caller.Execute(t.Context(), req)
				require.NoError(t, err)
				return res
			}
			res := execute(funcbox.Request{Args: []any{"5"}})
			require.NoError(t, res.Err())
			require.Equal(t, []any{int64(5), int64(7)}, res.Value)
			require.Equal(t, "schema", res.Meta.SignatureSource)
			res = execute(funcbox.Request{Args: []any{"x"}})
			require.Equal(t, "ArgumentError", res.Error.Type)
			require.Contains(t, res.Error.Message, "/from: got string, want integer")
			require.Equal(t, "schema", res.Meta.SignatureSource)
			res = execute(funcbox.Request{Args: []any{"5"}, Schema: &funcbox.Schema{}})
			require.NoError(t, res.Err())
			require.Equal(t, []any{"5", int64(1)}, res.Value)
			res = execute(funcbox.Request{Args: []any{1}, Schema: &funcbox.Schema{Output: json.RawMessage(`"string"`)}})
			require.Equal(t, "ResultSchemaError: the result does not fulfill the schema: got array, want string", res.Error.Error())
		})
	}
}

// TestSignatureSource: a call tells by what its arguments were bound, also one that was
// refused.
func TestSignatureSource(t *testing.T) {
	executor := newExecutor(t)
	schema, err := funcbox.ParseSchema([]byte(`{"parameters": [{"name": "from", "type": "integer"}]}`))
	require.NoError(t, err)
	for _, test := range []struct {
		name, code string
		args       []any
		schema     *funcbox.Schema
		want       string
	}{
		{"inferred", counter, []any{1}, nil, "inferred"},
		{"inferred and refused", counter, nil, nil, "inferred"},
		{"schema", counter, []any{1}, schema, "schema"},
		{"schema and refused", counter, []any{"x"}, schema, "schema"},
		{"convention", "function count() { return arguments.length }", []any{1}, nil, "convention"},
	} {
		for range 2 { // of which the second knows the functions before
			res, err := executor.Execute(t.Context(), funcbox.Request{Language: "js", Code: test.code, Function: "count", Args: test.args, Schema: test.schema})
			require.NoError(t, err)
			require.Equal(t, test.want, res.Meta.SignatureSource, test.name)
		}
	}
	res, err := executor.Execute(t.Context(), funcbox.Request{Language: "js", Code: "return args", Args: []any{1}})
	require.NoError(t, err)
	require.Equal(t, "convention", res.Meta.SignatureSource)
}
