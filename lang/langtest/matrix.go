package langtest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
)

// Matrix says what values are in a language. A test runs each Go type through each
// language in each place, so what is not declared here fails.
type Matrix struct {
	// Same: same(value) returns its argument; the parameter can be given by name, too,
	// unless Keyword is set.
	Same string
	// Keyword: keyword(value) is the same for an argument given by name.
	Keyword string
	// Type: type_of(value) returns what the language calls the argument's type.
	Type string
	// Make is a program with a function make() that returns the expression.
	Make func(expression string) string
	// List and Map are expressions for a list of one expression, and for a map that has
	// it at the key k.
	List, Map func(expression string) string
	// Surrogate is an expression for half of a surrogate pair; empty: the language has
	// no such text. The type of the error, SurrogateType, comes with the place.
	Surrogate, SurrogateType string
	// Deep: deep(n) returns an empty list inside of n lists. DeepTypes are the types of
	// errors for n = 100,000, which is nested too deep for any result.
	Deep      string
	DeepTypes []string
	// MemoryTypes are the types of errors where a text of 64 MiB does not fit the
	// guest's memory.
	MemoryTypes []string
	// Typed, of a language whose functions take values of one type only, is in place of
	// Same: the name of the function of Program, alike, that takes a value of a kind in a
	// place; empty: no type of the language holds that. Such a language has no use for
	// Type, Make and Deep.
	Typed   func(kind ValueKind, place Place) string
	Program string
	// Kinds has an entry for every kind of value.
	Kinds map[ValueKind]Kind
}

// Place is where a value is passed.
type Place string

// Places lists all places.
func Places() []Place { return []Place{AsArgument, AsNamed, InList, InMap, Nested} }

// The places.
const (
	AsArgument Place = "argument"
	AsNamed    Place = "named argument"
	InList     Place = "in a list"
	InMap      Place = "in a map"
	Nested     Place = "nested" // a list of maps of lists
)

// Kind is what a language makes of a kind of value.
type Kind struct {
	// Type is what Type says of it.
	Type string
	// Literal is an expression of the value, and Value what it comes back as; empty: the
	// language has no way to write one.
	Literal string
	Value   any
	// Others are further expressions of the kind, with what they come back as.
	Others map[string]any
	// Back is what a value that went in comes back as; nil: as it was.
	Back func(any) any
	// Refused is a part of the error where the value cannot go in.
	Refused string
}

// RunMatrix tests a language. kinds without an entry fail.
func RunMatrix(t *testing.T, language *lang.Language, matrix Matrix) {
	t.Helper()
	for _, kind := range ValueKinds() {
		require.Contains(t, matrix.Kinds, kind, "%s declares nothing for this kind of value", language.Name)
	}
	require.Len(t, matrix.Kinds, len(ValueKinds()))
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(language))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	m := &matrixTest{language: language, matrix: &matrix, executor: executor}
	tried := map[ValueKind]bool{}
	for _, of := range goTypes() {
		kind := kindOf(of.want)
		require.NotEmpty(t, kind, of.name)
		tried[kind] = true
		t.Run("Go/"+of.name, func(t *testing.T) { m.goType(t, of) })
	}
	require.Len(t, tried, len(ValueKinds()), "a kind of value has no Go type")
	for kind, of := range matrix.Kinds {
		if of.Literal != "" {
			t.Run("literal/"+string(kind), func(t *testing.T) { m.literal(t, of.Literal, of.Value) })
		}
		for expression, want := range of.Others {
			t.Run("literal/"+string(kind)+"/"+expression, func(t *testing.T) { m.literal(t, expression, want) })
		}
	}
	if matrix.Typed == nil {
		t.Run("surrogate", m.surrogate)
		t.Run("deep", m.deep)
	}
	t.Run("large", m.large)
}

type matrixTest struct {
	language *lang.Language
	matrix   *Matrix
	executor *funcbox.Executor
}

func (m *matrixTest) execute(t testing.TB, req funcbox.Request) *funcbox.ExecutionResult {
	t.Helper()
	req.Language = m.language.Name
	res, err := m.executor.Execute(context.Background(), req)
	require.NoError(t, err)
	return res
}

// goType passes a value in each place.
func (m *matrixTest) goType(t *testing.T, of goType) {
	declared := m.matrix.Kinds[kindOf(of.want)]
	keyword := m.matrix.Keyword
	byName := funcbox.Request{Code: keyword, Function: "keyword", Kwargs: map[string]any{"value": of.give}}
	if keyword == "" {
		byName.Code, byName.Function = m.matrix.Same, "same"
	}
	same := func(v any) funcbox.Request {
		return funcbox.Request{Code: m.matrix.Same, Function: "same", Args: []any{v}}
	}
	for _, place := range []struct {
		name Place
		req  funcbox.Request
		want any
	}{
		{AsArgument, same(of.give), of.want},
		{AsNamed, byName, of.want},
		{InList, same([]any{of.give, of.give}), []any{of.want, of.want}},
		{InMap, same(map[string]any{"k": of.give}), map[string]any{"k": of.want}},
		{Nested, same([]any{map[string]any{"k": []any{of.give}}}), []any{map[string]any{"k": []any{of.want}}}},
	} {
		t.Run(string(place.name), func(t *testing.T) {
			if m.matrix.Typed != nil {
				place.req.Code, place.req.Function = m.matrix.Program, m.matrix.Typed(kindOf(of.want), place.name)
				if place.req.Function == "" {
					t.Skip("no type of the language holds that")
				}
			}
			res := m.execute(t, place.req)
			if declared.Refused != "" {
				require.Equal(t, funcbox.StatusError, res.Status)
				require.Contains(t, res.Error.Message, declared.Refused)
				return
			}
			require.NoError(t, res.Err(), "%s", res.Stderr)
			requireValue(t, m.matrix.back(place.want), res.Value)
		})
	}
	if declared.Refused == "" && m.matrix.Typed == nil {
		t.Run("type", func(t *testing.T) {
			res := m.execute(t, funcbox.Request{Code: m.matrix.Type, Function: "type_of", Args: []any{of.give}})
			require.NoError(t, res.Err())
			require.Equal(t, declared.Type, res.Value)
		})
	}
}

// literal has the language make a value.
func (m *matrixTest) literal(t *testing.T, expression string, value any) {
	for _, place := range []struct {
		name       string
		expression string
		want       any
	}{
		{"alone", expression, value},
		{"in a list", m.matrix.List(expression), []any{value}},
		{"in a map", m.matrix.Map(expression), map[string]any{"k": value}},
		{"nested", m.matrix.List(m.matrix.Map(m.matrix.List(expression))), []any{map[string]any{"k": []any{value}}}},
	} {
		t.Run(place.name, func(t *testing.T) {
			res := m.execute(t, funcbox.Request{Code: m.matrix.Make(place.expression), Function: "make"})
			require.NoError(t, res.Err(), "%s", res.Stderr)
			requireValue(t, place.want, res.Value)
		})
	}
}

func (m *matrixTest) surrogate(t *testing.T) {
	_, err := m.executor.Execute(context.Background(), funcbox.Request{
		Language: m.language.Name, Code: m.matrix.Same, Function: "same", Args: []any{[]any{"\xed\xa0\x80"}}, // U+D800, as if UTF-8 had it
	})
	require.ErrorIs(t, err, funcbox.ErrBadRequest)
	require.ErrorContains(t, err, "args[0][0]: the string is not valid UTF-8; pass binary data as []byte")
	if m.matrix.Surrogate == "" {
		return
	}
	res := m.execute(t, funcbox.Request{Code: m.matrix.Make(m.matrix.List(m.matrix.Surrogate)), Function: "make"})
	require.Equal(t, funcbox.StatusError, res.Status)
	require.Equal(t, m.matrix.SurrogateType, res.Error.Type)
	require.Contains(t, res.Error.Message, "result[0]")
}

func (m *matrixTest) deep(t *testing.T) {
	deepest := any([]any{})
	for range 990 {
		deepest = []any{deepest}
	}
	res := m.execute(t, funcbox.Request{Code: m.matrix.Same, Function: "same", Args: []any{deepest}})
	require.NoError(t, res.Err())
	require.Equal(t, m.matrix.back(deepest), res.Value)

	_, err := m.executor.Execute(context.Background(), funcbox.Request{
		Language: m.language.Name, Code: m.matrix.Same, Function: "same", Args: []any{[]any{[]any{[]any{[]any{[]any{[]any{[]any{[]any{[]any{[]any{deepest}}}}}}}}}}},
	})
	require.ErrorIs(t, err, funcbox.ErrBadRequest)
	require.ErrorContains(t, err, "nested more than 1000 levels deep")

	res = m.execute(t, funcbox.Request{Code: m.matrix.Deep, Function: "deep", Args: []any{990}})
	require.NoError(t, res.Err())
	require.Equal(t, m.matrix.back(deepest), res.Value)
	res = m.execute(t, funcbox.Request{Code: m.matrix.Deep, Function: "deep", Args: []any{100_000}})
	require.Equal(t, funcbox.StatusError, res.Status)
	require.Contains(t, m.matrix.DeepTypes, res.Error.Type, res.Error.Message)
}

// large sends texts of 64 MiB.
func (m *matrixTest) large(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes hundreds of megabytes")
	}
	text := strings.Repeat("0123456789abcdef", 4<<20)
	req := funcbox.Request{Code: m.matrix.Same, Function: "same", Args: []any{text}}
	if m.matrix.Typed != nil {
		req.Code, req.Function = m.matrix.Program, m.matrix.Typed(KindText, AsArgument)
		if req.Function == "" {
			t.Skip("no type of the language holds that")
		}
	}
	req.Limits = funcbox.Limits{MemoryBytes: 1 << 30, ResultBytes: 65 << 20}
	res := m.execute(t, req)
	if res.Success() {
		got, _ := res.Value.(string)
		require.True(t, got == text, "a text of 64 MiB comes back changed")
	} else {
		require.Contains(t, m.matrix.MemoryTypes, res.Error.Type, "%+v", res.Error)
	}

	req.Limits.ResultBytes = 0
	res = m.execute(t, req)
	require.Equal(t, funcbox.StatusError, res.Status)
	require.Equal(t, "ResultTooLarge", res.Error.Type, "%+v", res.Error)

	req.Limits.MemoryBytes = 96 << 20
	res = m.execute(t, req)
	require.Equal(t, funcbox.StatusError, res.Status)
	require.Contains(t, append([]string{"ResultTooLarge"}, m.matrix.MemoryTypes...), res.Error.Type, "%+v", res.Error)
}

// back is what comes back of a value that went in.
func (m *Matrix) back(v any) any {
	switch v := v.(type) {
	case []any:
		if len(v) > 0 {
			list := make([]any, len(v))
			for i := range v {
				list[i] = m.back(v[i])
			}
			return list
		}
	case map[string]any:
		if len(v) > 0 {
			pairs := make(map[string]any, len(v))
			for key := range v {
				pairs[key] = m.back(v[key])
			}
			return pairs
		}
	}
	if turn := m.Kinds[kindOf(v)].Back; turn != nil {
		return turn(v)
	}
	return v
}

// refuses tells whether a part of a value cannot go in.
func (m *Matrix) refuses(v any) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, m.refuses)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), m.refuses)
	}
	return m.Kinds[kindOf(v)].Refused != ""
}

// keeps tells whether a value comes back as it was.
func (m *Matrix) keeps(v any) bool { return !m.refuses(v) && different(v, m.back(v)) == "" }

func requireValue(t testing.TB, want, got any) {
	t.Helper()
	if what := different(want, got); what != "" {
		t.Fatalf("%s\nwant %#v\ngot  %#v", what, want, got)
	}
}

// different says where two values are not the same; empty: nowhere. Times are the same
// if they are the same instant, and any NaN is any other.
func different(want, got any) string {
	switch want := want.(type) {
	case *big.Int:
		if n, ok := got.(*big.Int); ok && n.Cmp(want) == 0 {
			return ""
		}
	case float64:
		if f, ok := got.(float64); ok && (f == want && math.Signbit(f) == math.Signbit(want) || math.IsNaN(f) && math.IsNaN(want)) {
			return ""
		}
	case []byte:
		if data, ok := got.([]byte); ok && bytes.Equal(data, want) {
			return ""
		}
	case time.Time:
		if at, ok := got.(time.Time); ok && at.Equal(want) {
			return ""
		}
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			break
		}
		for i := range want {
			if what := different(want[i], list[i]); what != "" {
				return fmt.Sprintf("[%d] %s", i, what)
			}
		}
		return ""
	case map[string]any:
		pairs, ok := got.(map[string]any)
		if !ok || len(pairs) != len(want) {
			break
		}
		for key := range want {
			item, has := pairs[key]
			if !has {
				return fmt.Sprintf("[%q] is missing", key)
			}
			if what := different(want[key], item); what != "" {
				return fmt.Sprintf("[%q] %s", key, what)
			}
		}
		return ""
	default:
		if want == got {
			return ""
		}
	}
	return fmt.Sprintf("is %#v (%T), not %#v (%T)", got, got, want, want)
}

func validText(data []byte) bool { return utf8.Valid(data) }
