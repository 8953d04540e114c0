package signature

import (
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	python     = Convention{}
	php        = Convention{RestNamed: true, Notation: NotationPHP}
	ruby       = Convention{Names: NamesOfKeywords, Notation: NotationRuby}
	javascript = Convention{Names: NamesPlacedOrOptions, Notation: NotationJavaScript}
	c          = Convention{Names: NamesPlaced, Notation: NotationC}
)

func required(name string, kind Kind) Parameter {
	return Parameter{Name: name, Kind: kind, Required: true}
}

func optional(name string, kind Kind, value any) Parameter {
	return Parameter{Name: name, Kind: kind, Default: value, HasDefault: true}
}

func function(parameters ...Parameter) *Signature {
	return &Signature{Name: "f", Public: true, Exact: true, Parameters: parameters}
}

type (
	list  = []any
	named = map[string]any
)

func TestBind(t *testing.T) {
	var (
		ab       = function(required("a", Either), optional("b", Either, int64(5)))
		abc      = function(required("a", Either), optional("b", Either, "x"), optional("c", Either, nil))
		computed = function(required("a", Either), Parameter{Name: "b", Kind: Either, DefaultText: "now()"}, optional("c", Either, nil))
		strict   = function(required("a", Positional), optional("b", Positional, int64(1)), optional("c", Positional, int64(2)))
		keywords = function(required("a", Either), required("k", Keyword), optional("l", Keyword, nil))
		all      = function(required("a", Either), Parameter{Name: "items", Kind: Rest}, optional("k", Keyword, nil), Parameter{Name: "more", Kind: KeywordRest})
		rest     = function(required("a", Either), Parameter{Name: "items", Kind: Rest})
		middle   = function(required("a", Positional), optional("b", Positional, int64(7)), Parameter{Name: "items", Kind: Rest}, required("z", Positional))
		greet    = function(required("name", Positional), Parameter{Name: "", Kind: Options, Keys: []Parameter{optional("greeting", "", "Hello"), {Name: "mark", Required: true}}})
		lenient  = function(required("name", Positional), Parameter{Kind: Options, Required: true, Keys: []Parameter{optional("greeting", "", "Hello")}})
		opts     = function(required("a", Positional), required("b", Positional), optional("options", Positional, named{}))
		none     = function()
		loose    = &Signature{Name: "f"}
	)
	for _, test := range []struct {
		name       string
		signature  *Signature
		convention Convention
		args       list
		kwargs     named
		wantArgs   list
		wantKwargs named
		err        string
	}{
		{"positional", ab, python, list{1}, nil, list{1}, nil, ""},
		{"all positional", ab, python, list{1, 2}, nil, list{1, 2}, nil, ""},
		{"names stay", ab, python, nil, named{"a": 1, "b": 2}, nil, named{"a": 1, "b": 2}, ""},
		{"mixed", ab, python, list{1}, named{"b": 2}, list{1}, named{"b": 2}, ""},
		{"missing", ab, python, nil, nil, nil, nil, "f(a, b=5): a is missing"},
		{"missing with a name", ab, python, nil, named{"b": 1}, nil, nil, "f(a, b=5): a is missing"},
		{"several missing", function(required("a", Either), required("b", Either), required("c", Either)), python, nil, nil, nil, nil, "f(a, b, c): a, b and c are missing"},
		{"too many", ab, python, list{1, 2, 3}, nil, nil, nil, "f(a, b=5): it takes 1 to 2 positional arguments, 3 are given"},
		{"none wanted", none, python, list{1}, nil, nil, nil, "f(): it takes no positional arguments, 1 is given"},
		{"unknown", ab, python, list{1}, named{"d": 2, "c": 1}, nil, nil, "f(a, b=5): there is no parameter c; there is no parameter d"},
		{"twice", ab, python, list{1}, named{"a": 2}, nil, nil, "f(a, b=5): a is given twice"},
		{"everything wrong", ab, python, list{1, 2, 3}, named{"a": 2, "d": 1}, nil, nil, "f(a, b=5): it takes 1 to 2 positional arguments, 3 are given; a is given twice; there is no parameter d"},
		{"a name of no text", ab, python, list{1}, named{"": 2}, nil, nil, "f(a, b=5): there is no parameter ''"},
		{"positional only", strict, python, list{1}, named{"b": 2}, nil, nil, "f(a, b=1, c=2, /): b cannot be given by name"},
		{"positional only with a rest", function(required("a", Positional), Parameter{Name: "more", Kind: KeywordRest}), python, list{1}, named{"a": 2}, list{1}, named{"a": 2}, ""},
		{"keywords", keywords, python, list{1}, named{"k": 2}, list{1}, named{"k": 2}, ""},
		{"keyword missing", keywords, python, list{1}, nil, nil, nil, "f(a, *, k, l=None): k is missing"},
		{"keyword by position", keywords, python, list{1, 2}, nil, nil, nil, "f(a, *, k, l=None): it takes 1 positional argument, 2 are given; k is missing"},
		{"rests", all, python, list{1, 2, 3}, named{"k": 4, "x": 5}, list{1, 2, 3}, named{"k": 4, "x": 5}, ""},
		{"a gap by names", abc, python, list{1}, named{"c": 3}, list{1}, named{"c": 3}, ""},
		{"positions", abc, python, list{1}, named{"c": Position{2, "z"}}, list{1, "x", "z"}, nil, ""},
		{"positions and names", abc, python, nil, named{"a": 1, "any": Position{1, 2}, "c": 3}, list{1, 2}, named{"c": 3}, ""},
		{"a position twice", abc, python, list{1}, named{"x": Position{0, 2}}, nil, nil, "f(a, b='x', c=None): position 0 is given twice"},
		{"two of a position", abc, python, list{1}, named{"x": Position{1, 2}, "y": Position{1, 2}}, nil, nil, "f(a, b='x', c=None): position 1 is given twice"},
		{"position and name", abc, python, list{1}, named{"x": Position{1, 2}, "b": 2}, nil, nil, "f(a, b='x', c=None): b is given twice"},
		{"position below zero", abc, python, list{1}, named{"b": Position{-1, 2}}, nil, nil, "f(a, b='x', c=None): b: the index is -1, not 0 to 9999"},
		{"position far off", abc, python, list{1}, named{"b": Position{1 << 40, 2}}, nil, nil, "f(a, b='x', c=None): b: the index is 1099511627776, not 0 to 9999"},
		{"position beyond", ab, python, list{1}, named{"b": Position{2, 2}}, nil, nil, "f(a, b=5): it takes 1 to 2 positional arguments, 3 are given"},
		{"position in the rest", rest, python, list{1}, named{"b": Position{2, 2}}, nil, nil, "f(a, *items): position 1 is missing"},
		{"not exact", loose, python, list{1}, named{"b": 2}, list{1}, named{"b": 2}, ""},
		{"not exact, positions", loose, python, list{1}, named{"b": Position{1, 2}}, list{1, 2}, named{}, ""},
		{"not exact, a gap", loose, python, list{1}, named{"b": Position{3, 2}}, nil, nil, "position 1 is missing; position 2 is missing"},

		{"PHP rest takes names", rest, php, list{1}, named{"x": 2}, list{1}, named{"x": 2}, ""},
		{"PHP unknown", ab, php, list{1}, named{"x": 2}, nil, nil, "f($a, $b = 5): there is no parameter x"},
		{"Python rest takes none", rest, python, list{1}, named{"x": 2}, nil, nil, "f(a, *items): there is no parameter x"},

		{"Ruby by name", ab, ruby, nil, named{"k": 2}, nil, named{"k": 2}, ""}, // {k: 2} is a
		{"Ruby map is one too many", ab, ruby, list{1, 2}, named{"k": 2}, nil, nil, "f(a, b = 5): it takes 1 to 2 positional arguments, 3 are given"},
		{"Ruby keywords", keywords, ruby, list{1}, named{"k": 2}, list{1}, named{"k": 2}, ""},
		{"Ruby unknown keyword", keywords, ruby, list{1}, named{"k": 2, "x": 3}, nil, nil, "f(a, k:, l: nil): there is no parameter x"},
		{"Ruby positional by name", keywords, ruby, nil, named{"a": 1, "k": 2}, nil, nil, "f(a, k:, l: nil): a cannot be given by name; a is missing"},
		{"Ruby required at the end", middle, ruby, list{1, 2}, nil, list{1, 2}, nil, ""},
		{"Ruby optional before required", middle, ruby, list{1, 2, 3}, nil, list{1, 2, 3}, nil, ""},
		{"Ruby rest in the middle", middle, ruby, list{1, 2, 3, 4, 5}, nil, list{1, 2, 3, 4, 5}, nil, ""},
		{"Ruby too few", middle, ruby, list{1}, nil, nil, nil, "f(a, b = 7, *items, z): z is missing"},

		{"JavaScript positional", ab, javascript, list{1}, nil, list{1}, nil, ""},
		{"JavaScript names", abc, javascript, nil, named{"a": 1, "c": 3}, list{1, Absent, 3}, nil, ""},
		{"JavaScript options", greet, javascript, list{"x"}, named{"greeting": "Hi", "mark": "?"}, list{"x", named{"greeting": "Hi", "mark": "?"}}, nil, ""},
		{"JavaScript all by name", greet, javascript, nil, named{"name": "x", "mark": "?"}, list{"x", named{"mark": "?"}}, nil, ""},
		{"JavaScript option missing", greet, javascript, list{"x"}, named{"greeting": "Hi"}, nil, nil, "f(name, {greeting = 'Hello', mark}): mark is missing"},
		{"JavaScript option unknown", greet, javascript, list{"x"}, named{"mark": 1, "color": "Hi"}, nil, nil, "f(name, {greeting = 'Hello', mark}): there is no parameter color"},
		{"JavaScript options positional", greet, javascript, list{"x", named{"mark": 1}}, nil, list{"x", named{"mark": 1}}, nil, ""},
		{"JavaScript options twice", greet, javascript, list{"x", named{"mark": 1}}, named{"mark": 1}, nil, nil, "f(name, {greeting = 'Hello', mark}): mark belongs into the object of options, which is given already"},
		{"JavaScript options left out", lenient, javascript, list{"x"}, nil, list{"x", named{}}, nil, ""},
		{"JavaScript last parameter", opts, javascript, list{5, 3}, named{"multiplier": 10}, list{5, 3, named{"multiplier": 10}}, nil, ""},
		{"JavaScript names and last parameter", opts, javascript, nil, named{"a": 5, "b": 3, "multiplier": 10}, list{5, 3, named{"multiplier": 10}}, nil, ""},
		{"JavaScript pure options", function(required("a", Positional)), javascript, nil, named{"x": 1}, list{named{"x": 1}}, nil, ""},
		{"JavaScript unknown", function(required("a", Positional), required("b", Positional)), javascript, nil, named{"a": 1, "x": 1}, nil, nil, "f(a, b): there is no parameter x; b is missing"},
		{"JavaScript no room", function(required("a", Positional)), javascript, list{1}, named{"x": 1}, nil, nil, "f(a): there is no parameter x"},
		{"JavaScript default of another type", ab, javascript, list{1}, named{"x": 1}, nil, nil, "f(a, b = 5): there is no parameter x"},
		{"JavaScript rest", rest, javascript, list{1, 2}, named{"x": 1}, list{1, 2, named{"x": 1}}, nil, ""},

		{"C by name", ab, c, nil, named{"b": 2, "a": 1}, list{1, 2}, nil, ""},
		{"C gap", abc, c, nil, named{"c": 2, "a": 1}, list{1, "x", 2}, nil, ""},
		{"C gap of a computed default", computed, c, nil, named{"c": 2, "a": 1}, nil, nil, "f(a, b = now(), c = NULL): b cannot be left out where a later one is given"},
		{"C default", ab, c, list{1}, nil, list{1}, nil, ""},
		{"C unknown", ab, c, list{1}, named{"x": 1}, nil, nil, "f(a, b = 5): there is no parameter x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			args, kwargs, err := test.signature.Bind(test.convention, test.args, test.kwargs)
			if test.err != "" {
				var refused *BindError
				require.ErrorAs(t, err, &refused)
				require.Equal(t, test.err, err.Error())
				return
			}
			require.NoError(t, err)
			require.Equal(t, len(test.wantArgs), len(args))
			if len(args) > 0 {
				require.Equal(t, test.wantArgs, args)
			}
			require.Equal(t, len(test.wantKwargs), len(kwargs))
			if len(kwargs) > 0 {
				require.Equal(t, test.wantKwargs, kwargs)
			}
		})
	}
}

func TestBindNamed(t *testing.T) {
	var (
		strict   = function(required("a", Positional), optional("b", Positional, int64(1)), optional("c", Positional, int64(2)))
		keywords = function(required("a", Positional), optional("b", Either, nil), required("k", Keyword))
		rest     = function(required("a", Positional), Parameter{Name: "items", Kind: Rest})
		middle   = function(required("a", Positional), optional("b", Positional, int64(7)), required("z", Positional))
	)
	for _, test := range []struct {
		name       string
		signature  *Signature
		convention Convention
		named      named
		wantArgs   list
		wantKwargs named
		err        string
	}{
		{"positional only", strict, python, named{"a": 1, "c": 3}, list{1, int64(1), 3}, nil, ""},
		{"trailing default", strict, ruby, named{"a": 1}, list{1}, nil, ""},
		{"kinds", keywords, python, named{"a": 1, "b": 2, "k": 3}, list{1}, named{"b": 2, "k": 3}, ""},
		{"kinds in Ruby", keywords, ruby, named{"a": 1, "b": 2, "k": 3}, list{1, 2}, named{"k": 3}, ""},
		{"the rest by its name", rest, python, named{"a": 1, "items": list{2, 3}}, list{1, 2, 3}, nil, ""},
		{"the rest is no list", rest, python, named{"a": 1, "items": 2}, nil, nil, "f(a, /, *items): items needs a list"},
		{"Ruby leaves out the optional", middle, ruby, named{"a": 1, "z": 3}, list{1, 3}, nil, ""},
		{"unknown in Ruby", middle, ruby, named{"a": 1, "z": 3, "x": 1}, nil, nil, "f(a, b = 7, z): there is no parameter x"},
		{"a position", strict, python, named{"a": 1, "x": Position{1, 9}}, list{1, 9}, nil, ""},
		{"a position after a gap", strict, python, named{"x": Position{1, 9}}, nil, nil, "f(a, b=1, c=2, /): a is missing"},
		{"JavaScript", middle, javascript, named{"a": 1, "z": 3}, list{1, Absent, 3}, nil, ""},
		{"missing", middle, php, named{"a": 1}, nil, nil, "f($a, $b = 7, $z): z is missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			args, kwargs, err := test.signature.BindNamed(test.convention, test.named)
			if test.err != "" {
				require.EqualError(t, err, test.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.wantArgs, args)
			require.Equal(t, test.wantKwargs, kwargs)
		})
	}
}

// TestBindKeeps: what the caller gave is not changed, and defaults are not shared.
func TestBindKeeps(t *testing.T) {
	s := function(required("a", Positional), optional("b", Positional, list{1}), optional("c", Positional, nil))
	args, kwargs := list{1, 2}, named{"x": Position{2, 5}}
	_, _, err := s.Bind(c, args[:1:1], kwargs)
	require.NoError(t, err)
	require.Equal(t, list{1, 2}, args)
	require.Equal(t, named{"x": Position{2, 5}}, kwargs)
	bound, _, err := s.Bind(c, list{1}, kwargs)
	require.NoError(t, err)
	bound[1].(list)[0] = "changed"
	require.Equal(t, list{1}, s.Parameters[1].Default)
}

func BenchmarkBind(b *testing.B) {
	s := function(required("a", Either), optional("b", Either, nil))
	b.ReportAllocs()
	args := list{1, 2}
	for b.Loop() {
		if _, _, err := s.Bind(python, args, nil); err != nil {
			b.Fatal(err)
		}
	}
}
