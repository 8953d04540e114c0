package signature

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func schema(t testing.TB, text string) *Schema {
	t.Helper()
	s, err := ParseSchema([]byte(text))
	require.NoError(t, err)
	return s
}

func TestParseSchema(t *testing.T) {
	one := 1
	for _, test := range []struct{ in, want string }{
		{`{"parameters": [{"name": "a", "type": "integer", "required": true, "minimum": 0}, {"name": "b", "default": null, "coerce": true}], "strict": true, "variadic": true, "acceptsKwargs": true, "coerce": true, "output": "string"}`, ""},
		{`{"input": {"b": {"type": "number", "index": 1}, "a": {"type": "bytes", "default": {"$bytes": "AQ=="}, "description": "raw"}}}`, ""},
		{`{"type": "object", "properties": {"a": {}}}`, `{"parameters":{"type": "object", "properties": {"a": {}}}}`},
		{`{"name": "f", "description": "d", "parameters": {"type": "object"}}`, ""},
		{`{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}`, `{"name": "f", "parameters": {"type": "object"}}`},
		{`{"name": "f", "inputSchema": {"type": "object"}, "outputSchema": {"type": "string"}}`, `{"name": "f", "parameters": {"type": "object"}, "output": {"type": "string"}}`},
		{`{}`, `{}`},
	} {
		s := schema(t, test.in)
		text, err := json.Marshal(s)
		require.NoError(t, err)
		if test.want != "" {
			require.JSONEq(t, test.want, string(text))
		}
		again := schema(t, string(text))
		require.Equal(t, s.Parameters, again.Parameters)
		require.Equal(t, [4]bool{s.Variadic, s.AcceptsKwargs, s.Strict, s.Coerce}, [4]bool{again.Variadic, again.AcceptsKwargs, again.Strict, again.Coerce})
		if len(s.Output) > 0 {
			require.JSONEq(t, string(s.Output), string(again.Output))
		}
	}
	s := schema(t, `{"input": {"b": {"type": "number", "index": 1, "required": true, "maximum": 9}, "a": {"type": "bytes", "default": {"$bytes": "AQ=="}}}}`)
	require.Equal(t, []SchemaParameter{
		{Name: "b", Type: "number", Index: &one, Required: true, Schema: json.RawMessage(`{"maximum":9}`)},
		{Name: "a", Type: "bytes", Default: []byte{1}, HasDefault: true},
	}, s.Parameters)
	ordered, err := s.Ordered()
	require.NoError(t, err)
	require.Equal(t, "a bytes b number", fmt.Sprint(ordered[0].Name, " ", ordered[0].Type, " ", ordered[1].Name, " ", ordered[1].Type))
	s = schema(t, `{"parameters": [{"name": "a", "hint": "float *", "out": true}], "output": "integer", "returns": "int"}`)
	require.Equal(t, []SchemaParameter{{Name: "a", Hint: "float *", Out: true}}, s.Parameters)
	require.Equal(t, "int", s.Returns)
	output, err := s.OutputType()
	require.NoError(t, err)
	require.Equal(t, "integer", output)
}

func TestParseSchemaErrors(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{``, "schema: EOF"},
		{`[]`, "schema: an object is needed"},
		{`{"parameters": []} x`, "schema: there is something after the object"},
		{`{"a": 1, "a": 2}`, `schema: the key "a" is there twice`},
		{`{"fields": []}`, "schema: fields: this key is unknown; there are parameters, variadic, acceptsKwargs, strict, coerce, output, returns, name and description"},
		{`{"parameters": [], "input": {}}`, ""},
		{`{"parameters": [{"name": "a"}], "input": {}}`, "schema: input: the parameters are given twice"},
		{`{"parameters": 1}`, "schema: parameters: a list of parameters or a JSON Schema is needed"},
		{`{"parameters": [1]}`, "schema: parameters: [0]: an object is needed"},
		{`{"parameters": [{"type": "string"}]}`, "schema: parameters: [0]: it needs a name"},
		{`{"parameters": [{"name": "a", "type": "int"}]}`, `schema: parameters: [0]: type: unknown type "int"; there are null, boolean, integer, number, string, array, object, bytes, time and any`},
		{`{"parameters": [{"name": "a"}, {"name": "a"}]}`, `schema: two parameters are called "a"`},
		{`{"parameters": [{"name": "a", "index": 1}]}`, `schema: parameter "a": its index is 1; there are 1 parameters, counted from 0`},
		{`{"parameters": [{"name": "a", "index": 0}, {"name": "b", "index": 0}]}`, `schema: parameters "a" and "b" both have the index 0`},
		{`{"parameters": [{"name": "a", "default": {"$bytes": 1}}]}`, "schema: parameters: [0]: default: $bytes needs a string in base64"},
		{`{"parameters": {"type": "objekt"}}`, "schema: arguments: this is no JSON Schema: /type: it fits no alternative: value must be one of 'array', 'boolean', 'integer', 'null', 'number', 'object', 'string'; or got string, want array"},
		{`{"parameters": [{"name": "a", "minimum": "x"}]}`, "schema: parameters: this is no JSON Schema: /properties/a/minimum: got string, want number"},
		{`{"parameters": {"$ref": "file:///etc/passwd"}}`, `schema: arguments: failing loading "file:///etc/passwd": file:///etc/passwd is outside of the schema, and nothing is loaded`},
		{`{"parameters": {"$ref": "other.json"}}`, `schema: arguments: failing loading "other.json": other.json is outside of the schema, and nothing is loaded`},
		{`{"output": "text"}`, `schema: output: unknown type "text"; there are null, boolean, integer, number, string, array, object, bytes, time and any`},
		{`{"output": 5}`, "schema: output: this is no JSON Schema: got number, want boolean or object"},
		{`{"strict": "yes"}`, "schema: strict: json: cannot unmarshal string into Go value of type bool"},
		{`{"parameters": [{"name": "a", "pattern": "("}]}`, "schema: parameters: this is no JSON Schema: /properties/a/pattern: '(' is not valid regex: error parsing regexp: missing closing ): `(`"},
	} {
		_, err := ParseSchema([]byte(test.in))
		if test.want == "" {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, test.want, test.in)
	}
	require.EqualError(t, (&Schema{Parameters: []SchemaParameter{{Name: "a", Type: "string", Schema: json.RawMessage(`{"type":"integer"}`)}}}).Check(),
		`schema: parameter "a": its Type asks for type "string", its Schema for another`)
}

func TestSchemaBind(t *testing.T) {
	const ab = `{"parameters": [{"name": "a", "type": "integer", "required": true}, {"name": "b", "type": "string", "default": "x"}]}`
	const strict = `{"strict": true, "parameters": [{"name": "a", "type": "integer", "required": true}, {"name": "b", "type": "string"}]}`
	const object = `{"type": "object", "properties": {"b": {"type": "string", "default": "x"}, "a": {"type": "integer", "minimum": 1}}, "required": ["a"], "additionalProperties": false}`
	keyword := function(required("a", Either), optional("b", Keyword, nil))
	reversed := function(optional("b", Positional, "own"), optional("a", Positional, int64(9)))
	other := function(required("x", Positional), required("y", Positional))
	items := function(required("a", Either), Parameter{Name: "items", Kind: Rest})
	options := function(required("a", Positional), Parameter{Kind: Options, Keys: []Parameter{{Name: "b"}}})
	for _, test := range []struct {
		name       string
		schema     string
		convention Convention
		of         *Signature
		args       list
		kwargs     named
		wantArgs   list
		wantKwargs named
		err        string
	}{
		{"default filled", ab, python, nil, list{int64(1)}, nil, list{int64(1)}, named{"b": "x"}, ""},
		{"default filled in JavaScript", ab, javascript, nil, list{int64(1)}, nil, list{int64(1), "x"}, nil, ""},
		{"default filled in C", ab, c, nil, nil, named{"a": int64(1)}, list{int64(1), "x"}, nil, ""},
		{"default filled in Ruby", ab, ruby, nil, list{int64(1)}, nil, list{int64(1)}, named{"b": "x"}, ""},
		{"the function's kinds count", ab, python, keyword, list{int64(1)}, nil, nil, named{"a": int64(1), "b": "x"}, ""},
		{"the function's kinds count in Ruby", ab, ruby, keyword, list{int64(1)}, nil, list{int64(1)}, named{"b": "x"}, ""},
		{"the function's order counts", ab, javascript, reversed, list{int64(1)}, nil, list{"x", int64(1)}, nil, ""},
		{"names of its own", ab, javascript, other, list{int64(1)}, nil, list{int64(1), "x"}, nil, ""},
		{"options", ab, javascript, options, list{int64(1)}, nil, list{int64(1), named{"b": "x"}}, nil, ""},
		{"missing", ab, python, nil, nil, nil, nil, nil, "function(a, b='x', *args, **kwargs): a is missing"},
		{"every mistake", ab, python, nil, nil, named{"b": int64(1)}, nil, nil, "function(a, b='x', *args, **kwargs): a is missing; /b: got number, want string"},
		{"wrong type", ab, python, keyword, list{"1"}, nil, nil, nil, "f(a, *, b=None): /a: got string, want integer"},
		{"twice", ab, python, nil, list{int64(1)}, named{"a": int64(1)}, nil, nil, "function(a, b='x', *args, **kwargs): a is given twice"},
		{"more is passed on", ab, python, nil, list{int64(1), "y", 3}, named{"z": 4}, list{int64(1), "y", 3}, named{"z": 4}, ""},
		{"more is refused by the function", ab, python, keyword, list{int64(1), "y", 3}, nil, nil, nil, "f(a, *, b=None): it takes 1 positional argument, 3 are given"},
		{"strict", strict, python, nil, list{int64(1), "y", 3}, named{"z": 4}, nil, nil, "function(a, b=…): it takes 1 to 2 positional arguments, 3 are given; there is no parameter z"},
		{"the rest", ab, python, items, list{int64(1), "y", int64(3)}, nil, list{int64(1), "y", int64(3)}, nil, ""},
		{"object", object, python, nil, nil, named{"a": int64(1)}, nil, named{"a": int64(1), "b": "x"}, ""},
		{"object by position, as written", object, python, nil, list{"y", int64(2)}, nil, list{"y", int64(2)}, nil, ""},
		{"object by position, as the function has it", object, python, keyword, list{int64(2)}, nil, nil, named{"a": int64(2), "b": "x"}, ""},
		{"every violation", object, python, nil, nil, named{"a": int64(0), "b": int64(1), "z": 1}, nil, nil, "function(b='x', a=…, *args, **kwargs): additional properties 'z' not allowed; /a: minimum: got 0, want 1; /b: got number, want string"},
		{"object, missing", object, python, nil, nil, nil, nil, nil, "function(b='x', a=…, *args, **kwargs): missing property 'a'"},
		{"positions", ab, javascript, nil, nil, named{"a": int64(1), "q": Position{1, "z"}}, list{int64(1), "z"}, nil, ""},
		{"no parameters", `{"output": "string"}`, python, keyword, list{1, 2}, nil, nil, nil, "f(a, *, b=None): it takes 1 positional argument, 2 are given"},
		{"not exact", ab, python, &Signature{Name: "f"}, list{int64(1)}, nil, list{int64(1)}, named{"b": "x"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			args, kwargs, err := schema(t, test.schema).Bind(test.convention, test.of, test.args, test.kwargs, false)
			if test.err != "" {
				var refused *BindError
				require.ErrorAs(t, err, &refused)
				require.Contains(t, err.Error(), test.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, len(test.wantArgs), len(args), "%v", args)
			if len(args) > 0 {
				require.Equal(t, test.wantArgs, args)
			}
			require.Equal(t, len(test.wantKwargs), len(kwargs), "%v", kwargs)
			if len(kwargs) > 0 {
				require.Equal(t, test.wantKwargs, kwargs)
			}
		})
	}
}

func TestSchemaDefaultsAreNotShared(t *testing.T) {
	s := schema(t, `{"parameters": [{"name": "a", "default": {"x": [1]}}]}`)
	for range 2 {
		_, kwargs, err := s.Bind(python, nil, nil, nil, false)
		require.NoError(t, err)
		require.Equal(t, named{"a": named{"x": list{int64(1)}}}, kwargs)
		kwargs["a"].(named)["x"].(list)[0] = "changed"
	}
}

func TestCoerce(t *testing.T) {
	huge, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, test := range []struct {
		schema   string
		in, want any
	}{
		{`{"type": "integer"}`, 2.0, int64(2)},
		{`{"type": "integer"}`, 1e20, new(big.Int).Exp(big.NewInt(10), big.NewInt(20), nil)},
		{`{"type": "integer"}`, 2.5, 2.5},
		{`{"type": "integer"}`, math.Inf(1), math.Inf(1)},
		{`{"type": "integer"}`, "-12", int64(-12)},
		{`{"type": "integer"}`, "123456789012345678901234567890", huge},
		{`{"type": "integer"}`, "1.0", "1.0"},
		{`{"type": "integer"}`, " 1", " 1"},
		{`{"type": "integer"}`, "0x10", "0x10"},
		{`{"type": "integer"}`, true, true},
		{`{"type": "number"}`, "1.5", 1.5},
		{`{"type": "number"}`, "15", int64(15)},
		{`{"type": "number"}`, "1e999", "1e999"},
		{`{"type": "number"}`, int64(3), int64(3)},
		{`{"type": "number", "format": "double"}`, int64(3), 3.0},
		{`{"type": "number", "format": "double"}`, "3", 3.0},
		{`{"type": "number", "format": "double"}`, int64(1<<53 + 1), int64(1<<53 + 1)},
		{`{"type": "boolean"}`, "true", true},
		{`{"type": "boolean"}`, "True", "True"},
		{`{"type": "boolean"}`, int64(1), int64(1)},
		{`{"type": "string"}`, int64(1), "1"},
		{`{"type": "string"}`, 1.0, "1.0"},
		{`{"type": "string"}`, false, "false"},
		{`{"type": "string"}`, nil, nil},
		{`{"type": "string", "contentEncoding": "base64"}`, "AQI=", []byte{1, 2}},
		{`{"type": "string", "contentEncoding": "base64"}`, "no base64", "no base64"},
		{`{"type": "string", "format": "date-time"}`, "2026-01-02T03:04:05Z", at},
		{`{"type": "string", "format": "date-time"}`, "tomorrow", "tomorrow"},
		{`{"type": ["integer", "null"]}`, nil, nil},
		{`{"type": ["integer", "null"]}`, "5", int64(5)},
		{`{"type": ["integer", "string"]}`, "5", "5"},
		{`{"type": "array", "items": {"type": "integer"}}`, list{"1", 2.0, nil}, list{int64(1), int64(2), nil}},
		{`{"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": {"type": "string"}}`, named{"a": "1", "b": int64(2)}, named{"a": int64(1), "b": "2"}},
		{`{"properties": {"a": {"type": "integer"}}}`, named{"a": "1"}, named{"a": int64(1)}},
		{`true`, "1", "1"},
	} {
		of, err := parseJSON([]byte(test.schema))
		require.NoError(t, err)
		require.Equal(t, test.want, coerce(test.in, of), "%v for %s", test.in, test.schema)
	}
	_, kwargs, err := schema(t, `{"parameters": [{"name": "a", "type": "bytes", "coerce": true}, {"name": "b", "type": "integer"}]}`).Bind(python, nil, nil, named{"a": "AQI=", "b": int64(1)}, false)
	require.NoError(t, err)
	require.Equal(t, named{"a": []byte{1, 2}, "b": int64(1)}, kwargs)
	_, _, err = schema(t, `{"parameters": [{"name": "a", "type": "bytes", "coerce": true}, {"name": "b", "type": "integer"}]}`).Bind(python, nil, nil, named{"a": "*", "b": "1"}, false)
	require.ErrorContains(t, err, `/a: value is not 'base64' encoded: illegal base64 data at input byte 0; /b: got string, want integer`)
}

func TestCheckResult(t *testing.T) {
	huge := new(big.Int).Lsh(big.NewInt(1), 100)
	for _, test := range []struct {
		schema string
		value  any
		want   []string
	}{
		{`"string"`, "x", nil},
		{`"string"`, int64(1), list0("got number, want string")},
		{`{"type": "integer", "minimum": 0}`, huge, nil},
		{`{"type": "integer", "maximum": 5}`, huge, list0("maximum: got 1267650600228229401496703205376, want 5")},
		{`{"type": "integer"}`, 1.0, nil},
		{`{"type": "integer"}`, 1.5, list0("got number, want integer")},
		{`"number"`, math.NaN(), list0("got object, want number")},
		{`"bytes"`, []byte{255}, nil},
		{`"bytes"`, "*", list0("value is not 'base64' encoded: illegal base64 data at input byte 0")},
		{`"time"`, time.Now(), nil},
		{`"time"`, "soon", list0("'soon' is not valid date-time: less than 20 characters long")},
		{`{"type": "array", "items": {"type": "object", "properties": {"a/b": {"type": "string"}}, "required": ["c"]}}`, list{named{"a/b": nil}}, []string{"/0: missing property 'c'", "/0/a~1b: got null, want string"}},
		{`false`, nil, list0("false schema")},
		{`true`, nil, nil},
		{`null`, int64(1), nil},
	} {
		s := &Schema{Output: json.RawMessage(test.schema)}
		got, err := s.CheckResult(test.value)
		require.NoError(t, err)
		require.Equal(t, test.want, got, test.schema)
	}
	_, err := (&Schema{Output: json.RawMessage(`{`)}).CheckResult(nil)
	require.EqualError(t, err, "schema: output: unexpected EOF")
}

func list0(text string) []string { return []string{text} }

// FuzzSchema: a schema is read or refused; one that is read is written and read again,
// and judges values without a panic.
func FuzzSchema(f *testing.F) {
	f.Add(`{"parameters": [{"name": "a", "type": "integer", "minimum": 1, "coerce": true, "default": 5}], "strict": true}`, `{"a": "3"}`)
	f.Add(`{"input": {"a": {"type": "array", "items": {"type": "bytes"}, "index": 0}}, "output": {"anyOf": [{"type": "string"}, {"$ref": "#"}]}}`, `{"a": []}`)
	f.Add(`{"type": "object", "properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"format": "date-time"}}}`, `{"a": "2026-01-02T03:04:05Z"}`)
	f.Fuzz(func(t *testing.T, text, value string) {
		s, err := ParseSchema([]byte(text))
		if err != nil {
			return
		}
		written, err := json.Marshal(s)
		if err != nil {
			t.Fatalf("%s cannot be written: %v", text, err)
		}
		if _, err := ParseSchema(written); err != nil {
			t.Fatalf("%s was written as %s: %v", text, written, err)
		}
		v, err := parseJSON([]byte(value))
		if err != nil {
			return
		}
		kwargs, _ := v.(map[string]any)
		_, _ = s.CheckResult(v)
		for _, convention := range []Convention{python, ruby, javascript, c} {
			_, _, _ = s.Bind(convention, nil, nil, kwargs, true)
		}
	})
}
