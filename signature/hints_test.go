package signature

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTypeSchema(t *testing.T) {
	for _, test := range []struct {
		convention Convention
		hint, want string
	}{
		{python, "", `{}`},
		{python, "int", `{"type":"integer"}`},
		{python, "builtins.float", `{"type":"number"}`},
		{python, "str | None", `{"type":["string","null"]}`},
		{python, "Optional[int]", `{"type":["integer","null"]}`},
		{python, "typing.Union[int, str, None]", `{"type":["integer","string","null"]}`},
		{python, "Optional[bytes]", `{"contentEncoding":"base64","type":["string","null"]}`},
		{python, "list[int]", `{"items":{"type":"integer"},"type":"array"}`},
		{python, "List[dict[str, list[float]]]", `{"items":{"additionalProperties":{"items":{"type":"number"},"type":"array"},"type":"object"},"type":"array"}`},
		{python, "tuple[int, ...]", `{"items":{"type":"integer"},"type":"array"}`},
		{python, "tuple[int, str]", `{"maxItems":2,"minItems":2,"prefixItems":[{"type":"integer"},{"type":"string"}],"type":"array"}`},
		{python, "tuple[()]", `{"maxItems":0,"type":"array"}`},
		{python, `Literal['a', "b'c", 3, -1, True, None]`, `{"enum":["a","b'c",3,-1,true,null]}`},
		{python, "Literal['a'] | None", `{"anyOf":[{"enum":["a"]},{"type":"null"}]}`},
		{python, "datetime.datetime", `{"format":"date-time","type":"string"}`},
		{python, "'list[int]'", `{"items":{"type":"integer"},"type":"array"}`},
		{python, "Annotated[int, Field(gt=0, alias=']')]", `{"type":"integer"}`},
		{python, "Annotated[int, f(", `{}`},
		{python, "Callable[[int, str], bool]", `{}`},
		{python, "Any", `{}`},
		{python, "list[Any]", `{"type":"array"}`},
		{python, "Order", `{}`},
		{python, "list[", `{}`},
		{python, "list[int]]", `{}`},
		{python, "lambda: 1", `{}`},
		{python, strings.Repeat("list[", 500), `{}`},
		{php, "int", `{"type":"integer"}`},
		{php, "?string", `{"type":["string","null"]}`},
		{php, "int|string|null", `{"type":["integer","string","null"]}`},
		{php, "array", `{"type":["array","object"]}`},
		{php, "?array", `{"type":["array","object","null"]}`},
		{php, `\DateTimeInterface`, `{"format":"date-time","type":"string"}`},
		{php, "mixed", `{}`},
		{php, `App\Order`, `{}`},
		{php, "Countable&Traversable", `{}`},
		{php, "(A&B)|null", `{}`},
		{c, "int", `{"maximum":2147483647,"minimum":-2147483648,"type":"integer"}`},
		{c, "unsigned char", `{"maximum":255,"minimum":0,"type":"integer"}`},
		{c, "long unsigned int", `{"minimum":0,"type":"integer"}`},
		{c, "const char *", `{"type":"string"}`},
		{c, "const uint8_t *restrict", `{"contentEncoding":"base64","type":"string"}`},
		{c, "double *", `{"items":{"type":"number"},"type":"array"}`},
		{c, "double[3]", `{"items":{"type":"number"},"type":"array"}`},
		{c, "struct point", `{}`},
		{c, "const std::string &", `{"type":"string"}`},
		{c, "std::vector<std::uint8_t>", `{"contentEncoding":"base64","type":"string"}`},
		{c, "std::map<std::string, std::vector<double>>", `{"additionalProperties":{"items":{"type":"number"},"type":"array"},"type":"object"}`},
		{c, "std::optional<bool>", `{"type":["boolean","null"]}`},
		{c, "std::array<float, 3> &&", `{"items":{"type":"number"},"type":"array"}`},
		{c, "std::pair<bool, std::string>", `{"maxItems":2,"minItems":2,"prefixItems":[{"type":"boolean"},{"type":"string"}],"type":"array"}`},
		{c, "int (*)(int)", `{}`},
		{javascript, "string=", `{"type":"string"}`},
		{javascript, "?number", `{"type":["number","null"]}`},
		{javascript, "(string|number)[]", `{"items":{"type":["string","number"]},"type":"array"}`},
		{javascript, "Array.<Date>", `{"items":{"format":"date-time","type":"string"},"type":"array"}`},
		{javascript, "Object<string, boolean>", `{"additionalProperties":{"type":"boolean"},"type":"object"}`},
		{javascript, "'a'|'b'", `{"anyOf":[{"enum":["a"]},{"enum":["b"]}]}`},
		{javascript, "{a: number}", `{}`},
		{ruby, "Integer", `{}`},
	} {
		got, err := json.Marshal(test.convention.TypeSchema(test.hint))
		require.NoError(t, err)
		require.JSONEq(t, test.want, string(got), "%q: %s", test.hint, got)
		_, err = newValidator("hint", test.convention.TypeSchema(test.hint))
		require.NoError(t, err, test.hint)
	}
}

func FuzzTypeSchema(f *testing.F) {
	for _, hint := range []string{"list[int | None]", "Literal['a', 1]", "?int|string", "std::map<std::string, int> &", "Array.<(a|b)[]>", `Annotated["x", f("]")]`, `Annotated["x", )]`} {
		f.Add(hint)
	}
	f.Fuzz(func(t *testing.T, hint string) {
		for _, convention := range []Convention{python, php, c, javascript} {
			schema := convention.TypeSchema(hint)
			if _, err := newValidator("hint", schema); err != nil {
				t.Fatalf("%q became %v: %v", hint, schema, err)
			}
		}
	})
}

func TestTool(t *testing.T) {
	s := &Signature{Name: "find", Doc: " Finds.\n", Exact: true, Parameters: []Parameter{
		{Name: "query", Kind: Either, Required: true, Type: "str", Doc: "what to look for"},
		{Name: "limit", Kind: Either, Type: "int | None", Default: int64(10), HasDefault: true},
		{Name: "tags", Kind: Rest, Type: "str"},
		{Name: "more", Kind: KeywordRest, Type: "float"},
	}}
	require.Equal(t, `{"name":"find","description":"Finds.","parameters":{"type":"object","properties":{`+
		`"query":{"type":"string","description":"what to look for"},`+
		`"limit":{"type":["integer","null"],"default":10},`+
		`"tags":{"type":"array","items":{"type":"string"}}},`+
		`"required":["query"],"additionalProperties":{"type":"number"}}}`, string(s.Tool(python)))

	// What a model gives by that definition can be bound.
	schema := schema(t, string(s.Tool(python)))
	args, kwargs, err := schema.Bind(python, s, nil, named{"query": "x", "tags": list{"a", "b"}, "ratio": 0.5}, true)
	require.NoError(t, err)
	require.Equal(t, list{"x", int64(10), "a", "b"}, args)
	require.Equal(t, named{"ratio": 0.5}, kwargs)
	_, _, err = schema.Bind(python, s, nil, named{"query": 1, "tags": "a"}, true)
	require.ErrorContains(t, err, "/query: got number, want string; /tags: got string, want array")

	loose := &Signature{Name: "f"}
	require.Equal(t, `{"name":"f","description":"f()","parameters":{"type":"object","properties":{},"additionalProperties":true}}`, string(loose.Tool(python)))
}
