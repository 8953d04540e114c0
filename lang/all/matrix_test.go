package all_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/lang/all"
	"github.com/funcbox/funcbox/lang/langtest"
)

var (
	huge, _ = new(big.Int).SetString("123456789012345678901234567890", 10)
	leapDay = time.Date(2024, 2, 29, 12, 34, 56, 789_000_000, time.UTC)
)

// asInteger is what becomes of whole floats where the language has numbers only: up to
// where they are exact.
func asInteger(v any) any {
	if f := v.(float64); math.Abs(f) < 1<<53 {
		return int64(f)
	}
	return v
}

func asText(v any) any { return string(v.([]byte)) }

func asList(any) any { return []any{} }

// matrices say of every language what values are in it.
var matrices = map[string]langtest.Matrix{
	"c":   {Typed: inC, Program: programOf(headersOfC, ofC), Kinds: compiledKinds},
	"cpp": {Typed: inCPP, Program: programOf(headersOfCPP, ofCPP), Kinds: compiledKinds, MemoryTypes: []string{"std::bad_alloc"}},
	"js": {
		Same:          `function same(value) { return value }`,
		Type:          `function type_of(value) { return value === null ? 'null' : typeof value === 'object' ? value.constructor?.name ?? 'Object' : typeof value }`,
		Make:          func(expression string) string { return "function make() { return " + expression + " }" },
		List:          func(expression string) string { return "[" + expression + "]" },
		Map:           func(expression string) string { return "{ k: " + expression + " }" },
		Surrogate:     `'\ud800'`,
		SurrogateType: "TypeError",
		Deep:          `function deep(n) { let v = []; for (; n > 0; n--) v = [v]; return v }`,
		DeepTypes:     []string{"TypeError", "RangeError"},
		MemoryTypes:   []string{"InternalError"},
		Kinds: map[langtest.ValueKind]langtest.Kind{
			langtest.KindNull:        {Type: "null", Literal: "null"},
			langtest.KindBool:        {Type: "boolean", Literal: "true", Value: true},
			langtest.KindInteger:     {Type: "number", Literal: "-7", Value: int64(-7)},
			langtest.KindLarge:       {Type: "bigint", Literal: "9223372036854775807n", Value: int64(math.MaxInt64)},
			langtest.KindHuge:        {Type: "bigint", Literal: "123456789012345678901234567890n", Value: huge},
			langtest.KindFloat:       {Type: "number", Literal: "1.1", Value: 1.1},
			langtest.KindWhole:       {Type: "number", Literal: "1.0", Value: int64(1), Back: asInteger},
			langtest.KindNotFinite:   {Type: "number", Literal: "-Infinity", Value: math.Inf(-1)},
			langtest.KindText:        {Type: "string", Literal: `'h\u00e4\0'`, Value: "hä\x00"},
			langtest.KindBytes:       {Type: "Uint8Array", Literal: "new Uint8Array([0, 255]).buffer", Value: []byte{0, 255}, Others: map[string]any{"new Uint8Array([0, 255])": []byte{0, 255}}},
			langtest.KindTextAsBytes: {Type: "Uint8Array", Literal: "Buffer.from('text')", Value: []byte("text")},
			langtest.KindList:        {Type: "Array", Literal: "new Set([1, 'two'])", Value: []any{int64(1), "two"}, Others: map[string]any{"[1, 'two']": []any{int64(1), "two"}, "new Float64Array([0.5])": []any{0.5}, "new Int16Array([-1])": []any{int64(-1)}}},
			langtest.KindEmptyList:   {Type: "Array", Literal: "[]", Value: []any{}},
			langtest.KindMap:         {Type: "Object", Literal: "new Map([['a', 1]])", Value: map[string]any{"a": int64(1)}, Others: map[string]any{"({ a: 1 })": map[string]any{"a": int64(1)}}},
			langtest.KindEmptyMap:    {Type: "Object", Literal: "{}", Value: map[string]any{}},
			langtest.KindTime:        {Type: "Date", Literal: "new Date('2024-02-29T12:34:56.789Z')", Value: leapDay},
		},
	},
	"python": {
		Same:          "def same(value):\n    return value\n",
		Type:          "def type_of(value):\n    return type(value).__name__\n",
		Make:          func(expression string) string { return "import datetime\ndef make():\n    return " + expression + "\n" },
		List:          func(expression string) string { return "[" + expression + "]" },
		Map:           func(expression string) string { return "{'k': " + expression + "}" },
		Surrogate:     `'\ud800'`,
		SurrogateType: "TypeError",
		Deep:          "def deep(n):\n    v = []\n    for _ in range(n):\n        v = [v]\n    return v\n",
		DeepTypes:     []string{"TypeError"},
		MemoryTypes:   []string{"MemoryError"},
		Kinds: map[langtest.ValueKind]langtest.Kind{
			langtest.KindNull:        {Type: "NoneType", Literal: "None"},
			langtest.KindBool:        {Type: "bool", Literal: "True", Value: true},
			langtest.KindInteger:     {Type: "int", Literal: "-7", Value: int64(-7)},
			langtest.KindLarge:       {Type: "int", Literal: "2 ** 63 - 1", Value: int64(math.MaxInt64)},
			langtest.KindHuge:        {Type: "int", Literal: "123456789012345678901234567890", Value: huge},
			langtest.KindFloat:       {Type: "float", Literal: "1.1", Value: 1.1},
			langtest.KindWhole:       {Type: "float", Literal: "1.0", Value: 1.0},
			langtest.KindNotFinite:   {Type: "float", Literal: "float('-inf')", Value: math.Inf(-1)},
			langtest.KindText:        {Type: "str", Literal: `'h\u00e4\0'`, Value: "hä\x00"},
			langtest.KindBytes:       {Type: "bytes", Literal: "bytearray([0, 255])", Value: []byte{0, 255}, Others: map[string]any{`b"\x00\xff"`: []byte{0, 255}}},
			langtest.KindTextAsBytes: {Type: "bytes", Literal: "memoryview(b'text')", Value: []byte("text")},
			langtest.KindList:        {Type: "list", Literal: "(1, 'two')", Value: []any{int64(1), "two"}, Others: map[string]any{"[1, 'two']": []any{int64(1), "two"}, "{1}": []any{int64(1)}, "__import__('collections').deque([1])": []any{int64(1)}}},
			langtest.KindEmptyList:   {Type: "list", Literal: "frozenset()", Value: []any{}},
			langtest.KindMap:         {Type: "dict", Literal: "dict(a=1)", Value: map[string]any{"a": int64(1)}, Others: map[string]any{"__import__('dataclasses').make_dataclass('D', ['a'])(1)": map[string]any{"a": int64(1)}, "__import__('collections').namedtuple('N', 'a')(1)": map[string]any{"a": int64(1)}}},
			langtest.KindEmptyMap:    {Type: "dict", Literal: "{}", Value: map[string]any{}},
			langtest.KindTime:        {Type: "datetime", Literal: "datetime.datetime(2024, 2, 29, 12, 34, 56, 789000)", Value: leapDay},
		},
	},
	"php": {
		Same: `function same($value) { return $value; }`,
		Type: `function type_of($value) { return get_debug_type($value); }`,
		Make: func(expression string) string { return "function make() { return " + expression + "; }" },
		List: func(expression string) string { return "[" + expression + "]" },
		Map:  func(expression string) string { return "['k' => " + expression + "]" },
		Deep: `function deep($n) { $v = []; for (; $n > 0; $n--) $v = [$v]; return $v; }`,
		// Freeing so deep an array is another matter than returning it.
		DeepTypes:   []string{"ValueError", "Error", "TypeError"},
		MemoryTypes: []string{"FatalError"},
		Kinds: map[langtest.ValueKind]langtest.Kind{
			langtest.KindNull:        {Type: "null", Literal: "null"},
			langtest.KindBool:        {Type: "bool", Literal: "true", Value: true},
			langtest.KindInteger:     {Type: "int", Literal: "-7", Value: int64(-7)},
			langtest.KindLarge:       {Type: "int", Literal: "PHP_INT_MAX", Value: int64(math.MaxInt64)},
			langtest.KindHuge:        {Refused: "64 bits"},
			langtest.KindFloat:       {Type: "float", Literal: "1.1", Value: 1.1},
			langtest.KindWhole:       {Type: "float", Literal: "1.0", Value: 1.0},
			langtest.KindNotFinite:   {Type: "float", Literal: "-INF", Value: math.Inf(-1)},
			langtest.KindText:        {Type: "string", Literal: `"h\u{e4}\0"`, Value: "hä\x00"},
			langtest.KindBytes:       {Type: "string", Literal: `"\0\xff"`, Value: []byte{0, 255}},
			langtest.KindTextAsBytes: {Type: "string", Literal: `"text"`, Value: "text", Back: asText},
			langtest.KindList:        {Type: "array", Literal: "[1, 'two']", Value: []any{int64(1), "two"}},
			langtest.KindEmptyList:   {Type: "array", Literal: "[]", Value: []any{}},
			langtest.KindMap:         {Type: "array", Literal: "(object) ['a' => 1]", Value: map[string]any{"a": int64(1)}, Others: map[string]any{"['a' => 1]": map[string]any{"a": int64(1)}, "new class { public $a = 1; private $b = 2; }": map[string]any{"a": int64(1)}}},
			langtest.KindEmptyMap:    {Type: "array", Literal: "new stdClass", Value: map[string]any{}, Back: asList},
			langtest.KindTime:        {Type: "DateTimeImmutable", Literal: "new DateTime('2024-02-29T12:34:56.789Z')", Value: leapDay, Others: map[string]any{"new DateTimeImmutable('2024-02-29T12:34:56.789Z')": leapDay}},
		},
	},
	"ruby": {
		Same:        "def same(value)\n  value\nend\n",
		Keyword:     "def keyword(value:)\n  value\nend\n",
		Type:        "def type_of(value)\n  value == false ? 'TrueClass' : value.class.name\nend\n",
		Make:        func(expression string) string { return "require 'set'\ndef make\n  " + expression + "\nend\n" },
		List:        func(expression string) string { return "[" + expression + "]" },
		Map:         func(expression string) string { return "{ k: " + expression + " }" },
		Deep:        "def deep(n)\n  v = []\n  n.times { v = [v] }\n  v\nend\n",
		DeepTypes:   []string{"ArgumentError", "TypeError", "SystemStackError"},
		MemoryTypes: []string{"NoMemoryError"},
		Kinds: map[langtest.ValueKind]langtest.Kind{
			langtest.KindNull:        {Type: "NilClass", Literal: "nil"},
			langtest.KindBool:        {Type: "TrueClass", Literal: "true", Value: true},
			langtest.KindInteger:     {Type: "Integer", Literal: "-7", Value: int64(-7)},
			langtest.KindLarge:       {Type: "Integer", Literal: "2 ** 63 - 1", Value: int64(math.MaxInt64)},
			langtest.KindHuge:        {Type: "Integer", Literal: "123456789012345678901234567890", Value: huge},
			langtest.KindFloat:       {Type: "Float", Literal: "1.1", Value: 1.1},
			langtest.KindWhole:       {Type: "Float", Literal: "1.0", Value: 1.0},
			langtest.KindNotFinite:   {Type: "Float", Literal: "-Float::INFINITY", Value: math.Inf(-1)},
			langtest.KindText:        {Type: "String", Literal: `"h\u00e4\0"`, Value: "hä\x00", Others: map[string]any{":text": "text"}},
			langtest.KindBytes:       {Type: "String", Literal: `"\0\xff".b`, Value: []byte{0, 255}},
			langtest.KindTextAsBytes: {Type: "String", Literal: `"text".b`, Value: []byte("text")},
			langtest.KindList:        {Type: "Array", Literal: "Set[1, 'two']", Value: []any{int64(1), "two"}, Others: map[string]any{"[1, 'two']": []any{int64(1), "two"}}},
			langtest.KindEmptyList:   {Type: "Array", Literal: "[]", Value: []any{}},
			langtest.KindMap:         {Type: "Hash", Literal: "Struct.new(:a).new(1)", Value: map[string]any{"a": int64(1)}, Others: map[string]any{"{ 'a' => 1 }": map[string]any{"a": int64(1)}, "{ a: 1 }": map[string]any{"a": int64(1)}}},
			langtest.KindEmptyMap:    {Type: "Hash", Literal: "{}", Value: map[string]any{}},
			langtest.KindTime:        {Type: "Time", Literal: "Time.utc(2024, 2, 29, 12, 34, 56.789r)", Value: leapDay},
		},
	},
}

// TestMatrix: every Go type, in every place, in every language. A language that is not
// declared above fails, as does a kind of value that one of them says nothing of.
func TestMatrix(t *testing.T) {
	for _, language := range all.Languages() {
		t.Run(language.Name, func(t *testing.T) {
			needsCompiler(t, language)
			require.Contains(t, matrices, language.Name, "this language has no matrix of values")
			langtest.RunMatrix(t, language, matrices[language.Name])
		})
	}
}

// TestRandomTrees sends random values through each language, and through all in a chain.
func TestRandomTrees(t *testing.T) {
	trees := langtest.NewTrees(t, all.Languages(), matrices)
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		trees.Check(t, langtest.Tree(random, func(any) bool { return true }))
	}
	for range 100 {
		trees.Chain(t, random)
	}
}

// FuzzTrees is TestRandomTrees for seeds without an end.
func FuzzTrees(f *testing.F) {
	trees := langtest.NewTrees(f, all.Languages(), matrices)
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, first, second uint64) {
		random := rand.New(rand.NewPCG(first, second))
		trees.Check(t, langtest.Tree(random, func(any) bool { return true }))
		trees.Chain(t, random)
	})
}
