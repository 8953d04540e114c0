package signature

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// ladder is a schema of n steps, each of which asks for the next one in some way, and
// whose last is last.
func ladder(n int, step func(next string) string, last string) string {
	steps := make([]string, 0, n+1)
	for i := range n {
		steps = append(steps, fmt.Sprintf(`"s%d": %s`, i, step(fmt.Sprintf(`{"$ref": "#/$defs/s%d"}`, i+1))))
	}
	steps = append(steps, fmt.Sprintf(`"s%d": %s`, n, last))
	return `{"$ref": "#/$defs/s0", "$defs": {` + strings.Join(steps, ", ") + `}}`
}

// TestHostileSchemas: schemas that ask for more work, stack or memory than there is are
// refused, or validation ends with an error.
func TestHostileSchemas(t *testing.T) {
	deep := any(list{})
	for range 900 {
		deep = list{deep}
	}
	objects := strings.Repeat(`{"type": "string"}, `, maxSubschemas)
	for _, test := range []struct {
		name   string
		schema string
		value  any
		refuse string // by Check
		wrong  string // by CheckResult
	}{
		{"each step twice", ladder(30, func(next string) string { return `{"allOf": [` + next + `, ` + next + `]}` }, `true`), int64(1), "", "too much work"},
		{"each step twice, and fails", ladder(30, func(next string) string { return `{"anyOf": [` + next + `, ` + next + `]}` }, `{"type": "null"}`), int64(1), "", "too much work"},
		{"each step twice, of which nothing is told", ladder(30, func(next string) string { return `{"not": {"oneOf": [` + next + `, ` + next + `]}}` }, `false`), int64(1), "", "too much work"},
		{"each level twice", `{"items": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}`, deep, "", "too much work"},
		{"each level twice, dynamically", `{"$id": "https://example.com/a", "$dynamicAnchor": "x", "items": {"allOf": [{"$dynamicRef": "#x"}, {"$dynamicRef": "#x"}]}}`, deep, "", "too much work"},
		{"each level twice, as a draft before", `{"$schema": "http://json-schema.org/draft-07/schema#", "items": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}`, deep, "", "too much work"},
		{
			"anchors that only the outermost resource has",
			`{"$id": "https://example.com/outer", "$ref": "inner", "$defs": {
				"a": {"$dynamicAnchor": "x", "items": {"allOf": [{"$dynamicRef": "inner#x"}, {"$dynamicRef": "inner#x"}]}},
				"b": {"$id": "inner", "$dynamicRef": "#x", "$defs": {"c": {"$dynamicAnchor": "x"}}}}}`,
			deep, "", "too much work",
		},
		{"a constant again and again", `{"allOf": [` + strings.Repeat(`{"$ref": "#/$defs/c"}, `, 5000) + `true], "$defs": {"c": {"const": [` + strings.Repeat("0, ", 5000) + `0]}}}`, repeated(int64(0), 5001), "", "too much work"},
		{"a long chain", ladder(200, func(next string) string { return next }, `true`), int64(1), "subschemas lead to one another", ""},
		{"a circle", `{"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/a"}]}}}`, int64(1), "refers to itself", ""},
		{"nested deep", strings.Repeat(`{"items": `, 5000) + `true` + strings.Repeat(`}`, 5000), nil, "nested too deep", ""},
		{"many objects", `{"anyOf": [` + objects + `true]}`, nil, "more than 10000 objects", ""},
		{"long", `{"description": "` + strings.Repeat("x", maxSchemaBytes) + `"}`, nil, "more than 4194304 bytes", ""},
		{"a large number", `{"minimum": 1e999999999}`, nil, "too large", ""},
		{"a small number", `{"multipleOf": 1e-999999999}`, nil, "this is no JSON Schema: /multipleOf", ""},
		{"a pattern that grows", `{"pattern": "((((a{1,100}){1,100}){1,100}){1,100})"}`, nil, "this is no JSON Schema: /pattern", ""},
		{"a pattern of another engine", `{"pattern": "(a)\\1"}`, nil, "this is no JSON Schema: /pattern", ""},
		{"from the network", `{"$ref": "https://example.com/schema.json"}`, nil, "https://example.com/schema.json is outside of the schema, and nothing is loaded", ""},
		{"from the disk", `{"$ref": "file:///etc/passwd"}`, nil, "file:///etc/passwd is outside of the schema, and nothing is loaded", ""},
		{"from beside it", `{"$ref": "other.json"}`, nil, "other.json is outside of the schema, and nothing is loaded", ""},
		{"a dialect from the network", `{"$schema": "https://example.com/dialect"}`, nil, "https://example.com/dialect is outside of the schema", ""},
		{"a large number inside of a string", `{"contentMediaType": "application/json", "contentSchema": {"maximum": 5}}`, `1e999999999`, "", "is too large"},
		{"deep content", `{"contentMediaType": "application/json", "contentSchema": {"items": {"$ref": "#/contentSchema"}}}`, strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "", "nested too deep"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &Schema{Output: json.RawMessage(test.schema)}
			if test.refuse != "" {
				require.ErrorContains(t, s.Check(), test.refuse)
				return
			}
			got, err := s.CheckResult(test.value)
			require.NoError(t, err)
			require.Len(t, got, 1)
			require.Contains(t, got[0], test.wrong)
		})
	}
}

func repeated(v any, n int) list {
	items := make(list, n)
	for i := range items {
		items[i] = v
	}
	return items
}

// TestLargeValues: what grows with the value is no reason to refuse it.
func TestLargeValues(t *testing.T) {
	rows := make(list, 20_000)
	for i := range rows {
		rows[i] = named{"id": int64(i), "name": "n", "tags": list{"a", "b"}, "price": 1.5}
	}
	s := &Schema{Output: json.RawMessage(`{"type": "array", "uniqueItems": true, "items": {
		"type": "object", "required": ["id", "name"], "additionalProperties": false,
		"properties": {"id": {"type": "integer", "minimum": 0}, "name": {"type": "string", "pattern": "^[a-z]+$"},
			"tags": {"type": "array", "items": {"enum": ["a", "b"]}}, "price": {"anyOf": [{"type": "null"}, {"type": "number"}]}}}}`)}
	got, err := s.CheckResult(rows)
	require.NoError(t, err)
	require.Empty(t, got)

	got, err = s.CheckResult(repeated("x", 20_000))
	require.NoError(t, err)
	require.Len(t, got, maxViolations+1)
	require.Equal(t, "/0: got string, want object", got[1])
	require.Equal(t, fmt.Sprintf("and %d more", 20_001-maxViolations), got[maxViolations])

	huge := new(big.Int).Lsh(big.NewInt(1), 1<<20)
	got, err = s.CheckResult(repeated(huge, 1000))
	require.NoError(t, err)
	require.Equal(t, []string{"checking it takes too much work: the schema is too complex"}, got)
}

// TestDialects: other drafts and dynamic references are validated as they should be.
func TestDialects(t *testing.T) {
	for _, test := range []struct {
		schema string
		value  any
		want   []string
	}{
		{`{"$schema": "https://json-schema.org/draft/2020-12/schema", "prefixItems": [{"type": "string"}], "items": false}`, list{"a", "b"}, []string{"/1: false schema"}},
		{`{"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "string"}], "additionalItems": false}`, list{"a", "b"}, []string{"last 1 additionalItem(s) not allowed"}},
		{`{"$ref": "https://json-schema.org/draft/2020-12/schema"}`, named{"type": "objekt"}, []string{"/type: it fits no alternative: value must be one of 'array', 'boolean', 'integer', 'null', 'number', 'object', 'string'; or got string, want array"}},
		{`{"$ref": "https://json-schema.org/draft/2020-12/schema"}`, named{"properties": named{"a": named{"type": "object"}}}, nil},
		{
			`{"$id": "https://example.com/strict", "$dynamicAnchor": "node", "$ref": "tree", "unevaluatedProperties": false, "$defs": {
				"tree": {"$id": "tree", "$dynamicAnchor": "node", "properties": {"data": true, "children": {"items": {"$dynamicRef": "#node"}}}}}}`,
			named{"children": list{named{"daat": int64(1)}}}, []string{"/children: false schema", "/children/0/daat: false schema"},
		},
		{`{"type": "array", "contains": {"type": "string"}}`, list{int64(1), int64(2)}, []string{"no items match contains schema"}},
		{`{"propertyNames": {"maxLength": 1}}`, named{"ab": int64(1)}, []string{"the name 'ab': maxLength: got 2, want 1"}},
		{`{"patternProperties": {"^x": {"type": "string"}}}`, named{"x~/": int64(1)}, []string{"/x~0~1: got number, want string"}},
		{`{"properties": {"": {"type": "string"}}}`, named{"": int64(1)}, []string{"/: got number, want string"}},
		{`{"items": {"anyOf": [{"type": "string"}, {"properties": {"a": {"type": "null"}}, "required": ["b"], "type": "object"}]}}`, list{named{"a": int64(1)}}, []string{"/0: it fits no alternative: got object, want string; or missing property 'b', /a: got number, want null"}},
		{`{"contentEncoding": "base64", "contentMediaType": "application/json", "contentSchema": {"items": {"type": "string"}}}`, []byte(`["a", 1]`), []string{"its content: /1: got number, want string"}},
		{`{"enum": [1000, "a", null, {"a": 1.0}]}`, "x", []string{`value must be one of 1000, 'a', null, {"a":1.0}`}},
		{`{"const": 1000000}`, "x", []string{"value must be 1000000"}},
		{`{"multipleOf": 0.1}`, 0.25, []string{"multipleOf: got 0.25, want 0.1"}},
		{`{"multipleOf": 0.1}`, 0.3, nil},
		{`{"additionalProperties": false}`, named{"b": int64(1), "a": int64(1), "\x1b": int64(1)}, []string{"additional properties '\ufffd', 'a', 'b' not allowed"}},
	} {
		got, err := (&Schema{Output: json.RawMessage(test.schema)}).CheckResult(test.value)
		require.NoError(t, err, test.schema)
		require.Equal(t, test.want, got, test.schema)
	}
}

// TestConcurrentValidation has one schema used by many goroutines, each of which must
// have work of its own to spend.
func TestConcurrentValidation(t *testing.T) {
	s := &Schema{Output: json.RawMessage(`{"type": "array", "items": {"type": "integer", "minimum": 0}}`)}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for range 50 {
				got, err := s.CheckResult(repeated(int64(i%2-1), 100))
				if err != nil || (len(got) == 0) != (i%2 == 1) {
					t.Errorf("%v %v", got, err)
				}
			}
		})
	}
	wait.Wait()
}
