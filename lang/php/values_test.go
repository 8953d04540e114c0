package php_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/php"
)

func newExecutor(t *testing.T) *funcbox.Executor {
	t.Helper()
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(php.Language()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	return executor
}

func execute(t *testing.T, executor *funcbox.Executor, req funcbox.Request) *funcbox.ExecutionResult {
	t.Helper()
	req.Language = "php"
	res, err := executor.Execute(context.Background(), req)
	require.NoError(t, err)
	return res
}

// TestValues: what PHP's own kinds of values become.
func TestValues(t *testing.T) {
	executor := newExecutor(t)
	for name, test := range map[string]struct {
		code string
		want any
	}{
		"empty array":          {`return [];`, []any{}},
		"empty object":         {`return new stdClass;`, map[string]any{}},
		"list":                 {`return [0 => 'a', 1 => 'b'];`, []any{"a", "b"}},
		"list out of order":    {`return [1 => 'b', 0 => 'a'];`, map[string]any{"1": "b", "0": "a"}},
		"list with a hole":     {`return [0 => 'a', 2 => 'c'];`, map[string]any{"0": "a", "2": "c"}},
		"negative key":         {`return [-1 => 'a'];`, map[string]any{"-1": "a"}},
		"references":           {`$x = 1; $a = [&$x, &$x]; $x = 2; return $a;`, []any{int64(2), int64(2)}},
		"float":                {`return [1.0, -0.0, 1e300];`, []any{1.0, math.Copysign(0, -1), 1e300}},
		"integers":             {`return [PHP_INT_MAX, PHP_INT_MIN];`, []any{int64(math.MaxInt64), int64(math.MinInt64)}},
		"bytes":                {`return "\xff\x00";`, []byte{0xff, 0}},
		"text with a NUL":      {`return "a\0b";`, "a\x00b"},
		"surrogates are bytes": {`return "\xed\xa0\x80";`, []byte{0xed, 0xa0, 0x80}},
		"public properties": {`class P { public $a = 1; protected $b = 2; private $c = 3; public readonly int $d; static $e = 5; public int $unset; public ?P $next = null;
			function __construct() { $this->d = 4; } } return new P;`, map[string]any{"a": int64(1), "d": int64(4), "next": nil}},
		"hooks":               {`class P { public int $a = 2; public int $twice { get => 2 * $this->a; } public $never { set {} } } return new P;`, map[string]any{"a": int64(2), "twice": int64(4)}},
		"dynamic properties":  {`$o = new stdClass; $o->{'a b'} = 1; $o->{'0'} = 2; return $o;`, map[string]any{"a b": int64(1), "0": int64(2)}},
		"JsonSerializable":    {`class J implements JsonSerializable { public $hidden = 1; function jsonSerialize(): mixed { return ['shown' => [1.0]]; } } return [new J];`, []any{map[string]any{"shown": []any{1.0}}}},
		"enums":               {`enum S: string { case A = 'a'; } enum N: int { case One = 1; } enum U { case Unit; } return [S::A, N::One, U::Unit];`, []any{"a", int64(1), "Unit"}},
		"generator":           {`return (function () { yield 1; yield from [2, 3]; yield 4; })();`, []any{int64(1), int64(2), int64(3), int64(4)}},
		"generator with keys": {`return (function () { yield 'a' => 1; yield 'b' => 2; })();`, map[string]any{"a": int64(1), "b": int64(2)}},
		"iterators":           {`return [new ArrayIterator(['x' => 1]), new ArrayObject([1, 2]), SplFixedArray::fromArray([3])];`, []any{map[string]any{"x": int64(1)}, []any{int64(1), int64(2)}, []any{int64(3)}}},
		"time":                {`return new DateTime('2024-02-29 12:00:00.5', new DateTimeZone('+02:00'));`, time.Date(2024, 2, 29, 10, 0, 0, 500_000_000, time.UTC)},
		"exception":           {`return new RuntimeException('text');`, map[string]any{"type": "RuntimeException", "message": "text"}},
		"nothing":             {`$x = 5;`, nil},
		"an explicit one":     {`return 1;`, int64(1)},
		"a template":          {`<p><?= 1 + 1 ?></p>`, nil},
		"SimpleXML":           {`return new SimpleXMLElement('<a><b>1</b><b>2</b></a>');`, map[string]any{"b": []any{"1", "2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			res := execute(t, executor, funcbox.Request{Code: test.code})
			require.NoError(t, res.Err(), "%+v\n%s", res.Error, res.Stderr)
			if want, ok := test.want.(time.Time); ok {
				got, ok := res.Value.(time.Time)
				require.True(t, ok)
				require.True(t, want.Equal(got), "got %v", got)
				return
			}
			require.Equal(t, test.want, res.Value)
		})
	}
}

// TestUnreturnable: what cannot cross is named with its place.
func TestUnreturnable(t *testing.T) {
	executor := newExecutor(t)
	for code, message := range map[string]string{
		`return ['items' => [1, fn() => 1]];`:                      "result.items[1]: Closure cannot be returned",
		`return ['a b' => STDIN];`:                                 `result["a b"]: resource cannot be returned`,
		`$o = new stdClass; $o->o = $o; return $o;`:                "result.o: circular reference cannot be returned",
		`$a = []; $a[0] = &$a; return $a;`:                         "circular reference cannot be returned",
		`return new WeakMap;`:                                      "result: WeakMap cannot be returned",
		`return new ReflectionClass('stdClass');`:                  "result: ReflectionClass cannot be returned",
		`return new DOMDocument;`:                                  "result: DOMDocument cannot be returned",
		`return new Fiber(fn() => 1);`:                             "result: Fiber cannot be returned",
		`return ["\xff" => 1];`:                                    "a key that is not UTF-8 cannot be returned",
		`return new DateTime('+20000-01-01');`:                     "result: a date outside of the years 0 to 9999 cannot be returned",
		`for ($i = 0; $i < 3000; $i++) $a = [$a ?? 0]; return $a;`: "nested too deeply",
		`return new class { public $f; function __construct() { $this->f = fn() => 1; } };`: "result.f: Closure cannot be returned",
	} {
		res := execute(t, executor, funcbox.Request{Code: code})
		require.Equal(t, funcbox.StatusError, res.Status, code)
		require.Equal(t, "TypeError", res.Error.Type, code)
		require.Contains(t, res.Error.Message, message)
	}
}

// TestArguments: what reaches PHP, and how functions are found and called.
func TestArguments(t *testing.T) {
	executor := newExecutor(t)
	const library = `<?php
		declare(strict_types=1);
		namespace App\Util;
		class Greeter {
			public function __construct(private string $greeting = 'Hello') {}
			public function greet(string $name): string { return "$this->greeting, $name!"; }
			public static function shout(string $name): string { return strtoupper($name); }
			private static function hidden() {}
		}
		class Bound { public function __construct(private int $needed) {} public function get() { return $this->needed; } }
		function slug(string $text, string $separator = '-'): string { return strtolower(str_replace(' ', $separator, $text)); }
		function append(array &$list, int $value): array { $list[] = $value; return $list; }
		function rest(int $first, int ...$rest): array { return [$first, $rest]; }
		function nullable(?int $value, int|string|null $other = null): string { return get_debug_type($value) . ' ' . get_debug_type($other); }
		function kinds(mixed ...$values): array { return array_map(get_debug_type(...), $values); }
		function count(array $list): int { return 100 + \count($list); }
	`
	for name, test := range map[string]struct {
		function string
		args     []any
		kwargs   map[string]any
		want     any
		error    string
	}{
		"qualified":               {function: `App\Util\slug`, args: []any{"A b"}, want: "a-b"},
		"leading backslash":       {function: `\App\Util\slug`, args: []any{"A b"}, want: "a-b"},
		"any case":                {function: `app\util\SLUG`, args: []any{"A b"}, want: "a-b"},
		"short":                   {function: "slug", args: []any{"A b"}, kwargs: map[string]any{"separator": "_"}, want: "a_b"},
		"only named":              {function: "slug", kwargs: map[string]any{"text": "A b"}, want: "a-b"},
		"unknown name":            {function: "slug", args: []any{"A b"}, kwargs: map[string]any{"wrong": 1}, error: "^slug.*: there is no parameter wrong$"},
		"given twice":             {function: "slug", args: []any{"A b"}, kwargs: map[string]any{"text": "x"}, error: "^slug.*: text is given twice$"},
		"too few":                 {function: "slug", error: "^slug.*: text is missing$"},
		"by reference":            {function: "append", args: []any{[]any{1}, 2}, want: []any{int64(1), int64(2)}},
		"by reference and name":   {function: "append", kwargs: map[string]any{"list": []any{1}, "value": 2}, want: []any{int64(1), int64(2)}},
		"variadic":                {function: "rest", args: []any{1, 2, 3}, want: []any{int64(1), []any{int64(2), int64(3)}}},
		"collected":               {function: "rest", args: []any{1}, kwargs: map[string]any{"more": 2}, want: []any{int64(1), map[string]any{"more": int64(2)}}},
		"nullable":                {function: "nullable", args: []any{nil, "x"}, want: "null string"},
		"wrong type":              {function: "append", args: []any{"text", 1}, error: "must be of type array, string given"},
		"kinds":                   {function: "kinds", args: []any{1, 1.0, "x", []byte{255}, nil, true, []any{}, map[string]any{"a": 1}, time.Now()}, want: []any{"int", "float", "string", "string", "null", "bool", "array", "array", "DateTimeImmutable"}},
		"before a builtin":        {function: "count", args: []any{[]any{1}}, want: int64(101)},
		"a builtin":               {function: "array_sum", args: []any{[]any{1, 2}}, want: int64(3)},
		"static method":           {function: `App\Util\Greeter::shout`, args: []any{"x"}, want: "X"},
		"method":                  {function: `App\Util\Greeter::greet`, args: []any{"World"}, want: "Hello, World!"},
		"method without object":   {function: `App\Util\Bound::get`, error: "Non-static method App\\\\Util\\\\Bound::get\\(\\) cannot be called statically"},
		"private method":          {function: `App\Util\Greeter::hidden`, error: "is not defined"},
		"missing class":           {function: `Nothing::at`, error: "is not defined; the code defines: App.Util.slug"},
		"integer too large":       {function: "kinds", args: []any{[]any{map[string]any{"n": uint64(math.MaxUint64)}}}, error: `args\[0\]\[0\]\.n: the integer is larger`},
		"named integer too large": {function: "slug", kwargs: map[string]any{"text": uint64(1 << 63)}, error: `kwargs\.text: the integer is larger`},
	} {
		t.Run(name, func(t *testing.T) {
			res := execute(t, executor, funcbox.Request{Code: library, Function: test.function, Args: test.args, Kwargs: test.kwargs})
			if test.error != "" {
				require.Equal(t, funcbox.StatusError, res.Status)
				require.Regexp(t, test.error, res.Error.Message)
				return
			}
			require.NoError(t, res.Err(), "%+v", res.Error)
			require.Equal(t, test.want, res.Value)
			require.Empty(t, res.Stderr)
		})
	}
}
