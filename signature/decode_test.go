package signature

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func greetListing() map[string]any {
	return named{
		"kind": "module", "only": "greet",
		"functions": list{
			named{
				"name": "greet", "doc": "Greets.", "public": true, "exact": true, "returns": "str",
				"params": list{
					named{"name": "name", "kind": "either", "required": true, "type": "str"},
					named{"name": "greeting", "kind": "either", "required": false, "default": "Hello"},
					named{"name": "when", "kind": "keyword", "required": false, "defaultText": "now()"},
				},
			},
			named{"name": "_hidden", "exact": false},
		},
	}
}

func TestDecode(t *testing.T) {
	l, err := Decode(greetListing())
	require.NoError(t, err)
	require.Equal(t, &Listing{Only: "greet", Functions: []Signature{
		{
			Name: "greet", Doc: "Greets.", Public: true, Exact: true, Returns: "str", Parameters: []Parameter{
				{Name: "name", Kind: Either, Required: true, Type: "str"},
				{Name: "greeting", Kind: Either, Default: "Hello", HasDefault: true},
				{Name: "when", Kind: Keyword, DefaultText: "now()"},
			},
		},
		{Name: "_hidden", Parameters: []Parameter{}},
	}}, l)
	require.Equal(t, []string{"greet"}, l.Public())
	require.Equal(t, "greet(name: str, greeting='Hello', *, when=now()) -> str", l.Find("greet").String())
	require.Nil(t, l.Find("other"))

	l, err = Decode(named{"kind": "body"})
	require.NoError(t, err)
	require.Equal(t, &Listing{Body: true}, l)
}

func TestDecodeErrors(t *testing.T) {
	withParameter := func(p any) named {
		return named{"kind": "module", "functions": list{named{"name": "f", "params": list{p}}}}
	}
	crowd := make(list, 1000)
	for i := range crowd {
		crowd[i] = named{"name": fmt.Sprint("p", i), "kind": "either"}
	}
	for _, test := range []struct {
		in   any
		want string
	}{
		{nil, "the listing is not a map"},
		{list{}, "the listing is not a map"},
		{named{}, `listing: kind is "", neither body nor module`},
		{named{"kind": int64(1)}, "listing: kind is not a text"},
		{named{"kind": "module", "functions": "x"}, "listing: functions is not a list"},
		{named{"kind": "module", "functions": list{int64(1)}}, "listing.functions[0] is not a map"},
		{named{"kind": "module", "functions": list{named{}}}, "listing.functions[0]: there is no name"},
		{named{"kind": "module", "functions": list{named{"name": "f", "public": "yes"}}}, "listing.functions[0]: public is neither true nor false"},
		{named{"kind": "module", "functions": list{named{"name": strings.Repeat("x", 20_000)}}}, "listing.functions[0]: name has 20000 bytes, more than 10000"},
		{named{"kind": "module", "functions": make(list, 2000)}, "listing: functions has 2000 items, more than 1001"},
		{named{"kind": "module", "only": "f"}, `listing: only is "f", which is no function of it`},
		{named{"kind": "body", "functions": list{named{"name": "f"}}}, "listing: it says body, but has functions"},
		{withParameter(nil), "listing.functions[0].params[0] is not a map"},
		{withParameter(named{"name": "a", "kind": "odd"}), `listing.functions[0].params[0]: "odd" is no kind of a parameter`},
		{withParameter(named{"kind": "keyword"}), "listing.functions[0].params[0]: a keyword needs a name"},
		{withParameter(named{"kind": "options", "keys": list{named{}}}), "listing.functions[0].params[0].keys[0]: a key needs a name"},
		{named{"kind": "module", "functions": list{named{"name": "f", "params": list{named{"name": "a", "kind": "rest"}, named{"name": "b", "kind": "rest"}}}}}, "listing.functions[0]: two parameters take what is left"},
		{named{"kind": "module", "functions": list{named{"name": "f", "params": list{named{"name": "a", "kind": "either"}, named{"name": "a", "kind": "either"}}}}}, `listing.functions[0]: two parameters are called "a"`},
		{named{"kind": "module", "functions": repeated(named{"name": "f", "params": crowd}, 500)}, "listing: the functions have more than 100000 parameters in all"},
	} {
		_, err := Decode(test.in)
		require.EqualError(t, err, test.want)
	}
}

// TestDecodeCuts: what user code can make as long as it likes is cut, not refused.
func TestDecodeCuts(t *testing.T) {
	deep := any("x")
	for range 100 {
		deep = list{deep}
	}
	for _, huge := range []any{strings.Repeat("x", 1<<20), make(list, 1<<16), deep, new(big.Int).Lsh(big.NewInt(1), 1<<20)} {
		l, err := Decode(named{"kind": "module", "functions": list{named{
			"name": "f", "doc": strings.Repeat("ü", 1<<20),
			"params": list{named{"kind": "positional", "default": huge}},
		}}})
		require.NoError(t, err)
		f := l.Find("f")
		require.Less(t, len(f.Doc), maxTextBytes+10)
		require.Equal(t, []Parameter{{Name: "arg0", Kind: Positional, DefaultText: "…"}}, f.Parameters)
	}
}

func TestFormat(t *testing.T) {
	s := &Signature{Name: "f", Returns: "int", Parameters: []Parameter{
		{Name: "a", Kind: Positional, Type: "int", Required: true},
		{Name: "b", Kind: Positional, Type: "char *", Default: "it's\n\x1b", HasDefault: true},
		{Name: "rest", Kind: Rest},
		{Name: "k", Kind: Keyword, Required: true},
		{Name: "l", Kind: Keyword, Default: named{"x": list{true, nil, 1.0}}, HasDefault: true},
		{Name: "more", Kind: KeywordRest},
	}}
	for convention, want := range map[*Convention]string{
		&python:     `f(a: int, b: char * = 'it\'s\n�', /, *rest, k, l={'x': [True, None, 1.0]}, **more) -> int`,
		&ruby:       `f(a, b = 'it\'s\n�', *rest, k:, l: {'x' => [true, nil, 1.0]}, **more)`,
		&php:        `f(int $a, char * $b = 'it\'s\n�', ...$rest, $k, $l = ['x' => [true, null, 1.0]], ...$more): int`,
		&javascript: `f(a, b = 'it\'s\n�', ...rest, k, l = {'x': [true, null, 1.0]}, more)`,
		&c:          `int f(int a, char *b = "it's\n�", ..., k, l = {"x": [true, NULL, 1.0]}, more)`,
	} {
		require.Equal(t, want, convention.Format(s))
	}
}

func TestSignatureJSON(t *testing.T) {
	l, err := Decode(greetListing())
	require.NoError(t, err)
	text, err := json.Marshal(l.Functions)
	require.NoError(t, err)
	require.Equal(t, `[{"name":"greet","doc":"Greets.","public":true,"exact":true,"returns":"str","parameters":[`+
		`{"name":"name","kind":"either","required":true,"type":"str"},`+
		`{"name":"greeting","kind":"either","required":false,"default":"Hello"},`+
		`{"name":"when","kind":"keyword","required":false,"defaultText":"now()"}]},`+
		`{"name":"_hidden","public":false,"exact":false,"parameters":[]}]`, string(text))
}

// FuzzDecode: whatever a guest answers is decoded or refused, and what is decoded can be
// bound, printed and described.
func FuzzDecode(f *testing.F) {
	text, err := json.Marshal(greetListing())
	require.NoError(f, err)
	f.Add(string(text), `[1]`, `{"greeting": 2}`)
	f.Add(`{"kind":"module","functions":[{"name":"f","exact":true,"params":[{"kind":"options","required":true,"keys":[{"name":"k","required":true}]},{"name":"r","kind":"rest"}]}]}`, `[]`, `{"k": 1, "r": [1]}`)
	f.Add(`{"kind":"module","functions":[{"name":"f","exact":true,"params":[{"name":"a","kind":"either"},{"kind":"options","keys":[{"name":"a"},{"name":"b"}]},{"name":"o","kind":"options","keys":[{"name":"b","required":true}]}]}]}`, `[]`, `{"a": 1, "b": 2}`)
	f.Add(`{"kind":"body"}`, `[]`, `{}`)
	f.Fuzz(func(t *testing.T, text, args, kwargs string) {
		listing, err := parseJSON([]byte(text))
		if err != nil {
			return
		}
		l, err := Decode(listing)
		if err != nil {
			return
		}
		given, _ := parseJSON([]byte(args))
		positional, _ := given.([]any)
		given, _ = parseJSON([]byte(kwargs))
		keywords, _ := given.(map[string]any)
		for i := range l.Functions {
			for _, convention := range []Convention{python, php, ruby, javascript, c} {
				s := &l.Functions[i]
				bound, named, err := s.Bind(convention, positional, keywords)
				if err == nil && s.Exact && convention.Names == NamesPlaced && len(named) > 0 {
					t.Fatalf("%v: %v are left of %v and %v: %v", s, named, args, kwargs, bound)
				}
				_, _, _ = s.BindNamed(convention, keywords)
				if convention.Format(s) == "" {
					t.Fatal("nothing is printed")
				}
				if _, err := ParseSchema(s.Tool(convention)); err != nil {
					t.Fatalf("%s: %v", s.Tool(convention), err)
				}
			}
		}
	})
}
