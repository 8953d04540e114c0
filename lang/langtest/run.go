package langtest

import (
	"context"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
)

// suite is one language under test.
type suite struct {
	language *lang.Language
	dialect  Dialect
	executor *funcbox.Executor
}

// Run puts a language through the suite.
func Run(t *testing.T, language *lang.Language, dialect Dialect) {
	t.Helper()
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(language))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	s := &suite{language: language, dialect: dialect, executor: executor}
	for _, part := range []struct {
		name string
		run  func(*suite, *testing.T)
	}{
		{"Values", (*suite).values},
		{"Text", (*suite).text},
		{"Functions", (*suite).functions},
		{"Errors", (*suite).errors},
		{"Output", (*suite).output},
		{"Exit", (*suite).exit},
		{"Surroundings", (*suite).surroundings},
		{"Files", (*suite).files},
		{"Mounts", (*suite).mounts},
		{"Filesystem", (*suite).filesystem},
		{"Limits", (*suite).limits},
		{"Stop", (*suite).stop},
		{"Isolation", (*suite).isolation},
		{"Parallel", (*suite).parallel},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(s, t) })
	}
}

func (s *suite) request(code, function string, args ...any) funcbox.Request {
	if name := s.dialect.Names[function]; name != "" {
		function = name
	}
	return funcbox.Request{Language: s.language.Name, Code: code, Function: function, Args: args}
}

func (s *suite) execute(t *testing.T, req funcbox.Request) *funcbox.ExecutionResult {
	t.Helper()
	res, err := s.executor.Execute(context.Background(), req)
	require.NoError(t, err)
	require.NotNil(t, res)
	if res.Success() {
		require.NoError(t, res.Err())
		require.Nil(t, res.Error)
	} else {
		require.Error(t, res.Err())
		require.NotNil(t, res.Error)
		require.Nil(t, res.Value)
	}
	return res
}

// value runs a call that must succeed.
func (s *suite) value(t *testing.T, code, function string, args ...any) any {
	t.Helper()
	res := s.execute(t, s.request(code, function, args...))
	require.NoError(t, res.Err(), "stderr: %s\nerror: %+v", res.Stderr, res.Error)
	return res.Value
}

func (s *suite) values(t *testing.T) {
	kinds := s.dialect.Kinds
	huge, ok := new(big.Int).SetString("-123456789012345678901234567890", 10)
	require.True(t, ok)
	when := time.Date(2024, 2, 29, 12, 34, 56, 789_000_000, time.UTC)
	nested := any("bottom")
	for range 50 {
		nested = []any{map[string]any{"down": nested}}
	}
	for _, test := range []struct {
		name      string
		give      any
		want      any
		supported bool
	}{
		{"nil", nil, nil, true},
		{"true", true, true, true},
		{"false", false, false, true},
		{"zero", 0, int64(0), true},
		{"negative", -7, int64(-7), true},
		{"uint8", uint8(200), int64(200), true},
		{"2^53-1", int64(1)<<53 - 1, int64(1)<<53 - 1, true},
		{"2^53+1", int64(1)<<53 + 1, int64(1)<<53 + 1, true},
		{"MaxInt64", int64(math.MaxInt64), int64(math.MaxInt64), true},
		{"MinInt64", int64(math.MinInt64), int64(math.MinInt64), true},
		{"MaxUint64", uint64(math.MaxUint64), new(big.Int).SetUint64(math.MaxUint64), kinds.BigIntegers},
		{"huge", huge, huge, kinds.BigIntegers},
		{"float", 1.5, 1.5, true},
		{"tiny", math.SmallestNonzeroFloat64, math.SmallestNonzeroFloat64, true},
		{"1.0", 1.0, 1.0, kinds.Floats},
		{"minus zero", math.Copysign(0, -1), math.Copysign(0, -1), true},
		{"infinity", math.Inf(1), math.Inf(1), true},
		{"minus infinity", math.Inf(-1), math.Inf(-1), true},
		{"empty string", "", "", true},
		{"string", "hello", "hello", true},
		{"bytes", []byte{0, 255, 128, 10}, []byte{0, 255, 128, 10}, true},
		{"list", []any{1, "two", nil, []any{}}, []any{int64(1), "two", nil, []any{}}, true},
		{"typed list", []int{1, 2, 3}, []any{int64(1), int64(2), int64(3)}, true},
		{"map", map[string]any{"b": 1, "a": map[string]any{"c": nil}}, map[string]any{"b": int64(1), "a": map[string]any{"c": nil}}, true},
		{"struct", struct {
			Name string `json:"name"`
		}{"x"}, map[string]any{"name": "x"}, true},
		{"odd keys", map[string]any{"": 1, "a b": 2, "__proto__": 3, "constructor": 4}, map[string]any{"": int64(1), "a b": int64(2), "__proto__": int64(3), "constructor": int64(4)}, true},
		{"deep", nested, nested, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !test.supported {
				t.Skip("the language does not tell this apart")
			}
			require.Equal(t, test.want, s.value(t, s.dialect.Echo, "echo", test.give))
		})
	}
	t.Run("NaN", func(t *testing.T) {
		got, ok := s.value(t, s.dialect.Echo, "echo", math.NaN()).(float64)
		require.True(t, ok && math.IsNaN(got))
	})
	t.Run("time", func(t *testing.T) {
		got, ok := s.value(t, s.dialect.Echo, "echo", when).(time.Time)
		require.True(t, ok)
		require.True(t, when.Equal(got), "got %v", got)
	})
	t.Run("cannot cross", func(t *testing.T) {
		res := s.execute(t, s.request(s.dialect.Unreturnable, "unreturnable"))
		require.Equal(t, funcbox.StatusError, res.Status)
		require.Contains(t, res.Error.Message, "result.items[1]")
	})
	t.Run("cannot be passed", func(t *testing.T) {
		_, err := s.executor.Execute(context.Background(), s.request(s.dialect.Echo, "echo", map[string]any{"f": func() {}}))
		require.ErrorIs(t, err, funcbox.ErrBadRequest)
		require.ErrorContains(t, err, "args[0].f")
	})
}

func (s *suite) text(t *testing.T) {
	for _, text := range []string{"äöü ß", "日本語", "👩‍👩‍👧 𝔘𝔫𝔦", "\x00 inside", "quote \" \\ ' `", "\u2028\u2029", "\ufeffmark", "e\u0301"} {
		require.Equal(t, text, s.value(t, s.dialect.Echo, "echo", text))
		require.Equal(t, map[string]any{text: text}, s.value(t, s.dialect.Echo, "echo", map[string]any{text: text}))
	}
	require.Equal(t, "ß𝔘", s.value(t, s.dialect.Unicode, "größe", "ß"))
	long := strings.Repeat("0123456789ä", 1_000_000)
	got, ok := s.value(t, s.dialect.Echo, "echo", long).(string)
	require.True(t, ok)
	require.True(t, long == got, "a string of 12 MB comes back changed")
}

func (s *suite) functions(t *testing.T) {
	require.Equal(t, int64(5), s.value(t, s.dialect.Add, "add", 2, 3))
	t.Run("the only public function", func(t *testing.T) {
		require.Equal(t, int64(5), s.value(t, s.dialect.Add, "", 2, 3))
	})
	t.Run("named arguments", func(t *testing.T) {
		req := s.request(s.dialect.Greet, "greet", "World")
		req.Kwargs = map[string]any{"greeting": "Hi"}
		res := s.execute(t, req)
		require.NoError(t, res.Err())
		require.Equal(t, "Hi, World!", res.Value)
	})
	t.Run("missing", func(t *testing.T) {
		res := s.execute(t, s.request(s.dialect.Functions, "gamma"))
		require.Equal(t, funcbox.StatusError, res.Status)
		require.Equal(t, "FunctionNotFound", res.Error.Type)
		require.Equal(t, `function "gamma" is not defined; the code defines: alpha, beta`, res.Error.Message)
	})
	t.Run("a name that is no name", func(t *testing.T) {
		for _, name := range []string{"alpha()", "alpha; beta", "'", "a b", "..", "alpha\nbeta", strings.Repeat("x", 100_000)} {
			res := s.execute(t, s.request(s.dialect.Functions, name))
			require.Equal(t, funcbox.StatusError, res.Status, name)
			require.Equal(t, "FunctionNotFound", res.Error.Type, name)
		}
	})
}
