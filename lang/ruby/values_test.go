package ruby_test

import (
	"context"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

// TestValues: what Ruby's objects come back as.
func TestValues(t *testing.T) {
	executor := newExecutor(t)
	power := new(big.Int).Lsh(big.NewInt(1), 100)
	for _, test := range []struct {
		code  string
		want  any
		fails string
	}{
		{code: `2**100`, want: power},
		{code: `-2**100`, want: new(big.Int).Neg(power)},
		{code: `2**62`, want: int64(1) << 62},
		{code: `:symbol`, want: "symbol"},
		{code: `{ a: 1, "b" => 2, 3 => 4 }`, want: map[string]any{"a": int64(1), "b": int64(2), "3": int64(4)}},
		{code: `{ 1 => 2, "1" => 3 }`, fails: `result: Hash with two keys that are both written "1" cannot be returned`},
		{code: `{}.compare_by_identity.tap { |h| h["a".dup] = 1; h["a".dup] = 2 }`, fails: `result: Hash with two keys that are both written "a" cannot be returned`},
		{code: `{}.compare_by_identity.tap { |h| h["a".dup] = 1; h["b".dup] = 2 }`, want: map[string]any{"a": int64(1), "b": int64(2)}},
		{code: `{ "é" => 1, "é".encode("ISO-8859-1") => 2 }`, fails: `result: Hash with two keys that are both written "é" cannot be returned`},
		{code: `{ :é => 1, "é".encode("ISO-8859-1").to_sym => 2 }`, fails: `result: Hash with two keys that are both written "é" cannot be returned`},
		{code: `class Odd < String; def eql?(*) = false; end; { Odd.new("a") => 1, Odd.new("a") => 2 }`, fails: `result: Hash with two keys that are both written "a" cannot be returned`},
		{code: `{ "é".encode("ISO-8859-1") => [-> {}] }`, fails: `result["\xE9"][0]: Proc cannot be returned`},
		{code: `{ "a\xff" => 1 }`, fails: `result["a\xFF"]: String that is not valid UTF-8 cannot be returned; with .b it is returned as bytes`},
		{code: `$h = { a: Class.new { def to_h = ($h.delete(:b); {}) }.new, b: 1 }`, fails: "result: Hash that changes while it is returned"},
		{code: `$a = [1, 2, 3]; C = Class.new { include Enumerable; def to_a = $a }; $a[0] = Class.new { def to_h = ($a.clear; {}) }.new; C.new`, fails: "result: Array that changes while it is returned"},
		{code: `{ [1] => 2 }`, fails: "result: Hash with a key of class Array cannot be returned"},
		{code: `"\xff".b`, want: []byte{0xff}},
		{code: `"abc".b`, want: []byte("abc")},
		{code: `"abc".encode("US-ASCII")`, want: "abc"},
		{code: `"é".encode("ISO-8859-1")`, want: "é"},
		{code: `"日本".encode("Shift_JIS")`, want: "日本"},
		{code: `{ k: ["\xff"] }`, fails: "result.k[0]: String that is not valid UTF-8 cannot be returned; with .b it is returned as bytes"},
		{code: `Time.utc(2024, 2, 29, 1, 2, 3.5r)`, want: time.Date(2024, 2, 29, 1, 2, 3, 500_000_000, time.UTC)},
		{code: `Time.new(2024, 2, 29, 1, 2, 3, "+05:30")`, want: time.Date(2024, 2, 29, 1, 2, 3, 0, time.FixedZone("", 5*3600+1800))},
		{code: `DateTime.new(2024, 2, 29, 1, 2, 3, "-3")`, want: time.Date(2024, 2, 29, 1, 2, 3, 0, time.FixedZone("", -3*3600))},
		{code: `Date.new(2024, 2, 29)`, want: "2024-02-29"},
		{code: `Time.utc(10000)`, fails: "result: Time outside of the years 0 to 9999 cannot be returned"},
		{code: `Set[1, 2]`, want: []any{int64(1), int64(2)}},
		{code: `1..3`, want: []any{int64(1), int64(2), int64(3)}},
		{code: `1...3`, want: []any{int64(1), int64(2)}},
		{code: `[1..]`, fails: "result[0]: Range 1.. with an end that is no Integer cannot be returned"},
		{code: `1.0..2.0`, fails: "result: Range 1.0..2.0 with an end that is no Integer cannot be returned"},
		{code: `"a".."c"`, fails: `result: Range "a".."c" with an end that is no Integer cannot be returned`},
		{code: `("é" * 300)..`, fails: `result: Range "` + strings.Repeat("é", 99) + " with an end that is no Integer cannot be returned"},
		{code: `Struct.new(:a, :b).new(1, [2])`, want: map[string]any{"a": int64(1), "b": []any{int64(2)}}},
		{code: `Data.define(:a).new(a: { b: 1 })`, want: map[string]any{"a": map[string]any{"b": int64(1)}}},
		{code: `OpenStruct.new(a: 1)`, want: map[string]any{"a": int64(1)}},
		{code: `class A; def to_h = { x: 1 }; end; A.new`, want: map[string]any{"x": int64(1)}},
		{code: `class A; def to_h = 1; end; A.new`, fails: "result: A whose to_h gives no Hash cannot be returned"},
		{code: `class A; def to_h = { x: [self] }; end; A.new`, fails: "result.x[0]: A that contains itself cannot be returned"},
		{code: `class A; include Enumerable; def each = yield(1); end; A.new`, want: []any{int64(1)}},
		{code: `class A; end; [A.new]`, fails: "result[0]: A cannot be returned"},
		{code: `[A = Class.new]`, fails: "result[0]: Class A cannot be returned"},
		{code: `[-> {}]`, fails: "result[0]: Proc cannot be returned"},
		{code: `[1r]`, fails: "result[0]: Rational cannot be returned; to_f or to_s can"},
		{code: `[BigDecimal("1")]`, fails: "result[0]: BigDecimal cannot be returned; to_f or to_s can"},
		{code: `[2i]`, fails: "result[0]: Complex cannot be returned"},
		{code: `[$stdout]`, fails: "result[0]: IO cannot be returned"},
		{code: `[StandardError.new]`, fails: "result[0]: StandardError cannot be returned"},
		{code: `[BasicObject.new]`, fails: "result[0]: BasicObject cannot be returned"},
		{code: `a = []; a << a; { k: a }`, fails: "result.k[0]: Array that contains itself cannot be returned"},
		{code: `{ "a b" => { "1" => -> {} } }`, fails: `result["a b"]["1"]: Proc cannot be returned`},
		{code: `a = []; 1001.times { a = [a] }; [a]`, fails: "nested too deeply to be returned"},
		{code: `class A; def to_h = raise(KeyError, "no"); end; A.new`, fails: "no"},
	} {
		t.Run(test.code, func(t *testing.T) {
			res, err := executor.Execute(context.Background(), funcbox.Request{Language: "ruby", Code: test.code})
			require.NoError(t, err)
			if test.fails != "" {
				require.NotNil(t, res.Error, "%v", res.Value)
				require.Contains(t, res.Error.Message, test.fails)
				return
			}
			require.NoError(t, res.Err(), "%+v", res.Error)
			if want, ok := test.want.(time.Time); ok {
				got, ok := res.Value.(time.Time)
				require.True(t, ok)
				require.Equal(t, want.Format(time.RFC3339Nano), got.Format(time.RFC3339Nano))
				return
			}
			require.Equal(t, test.want, res.Value)
		})
	}
	t.Run("time with an offset goes in", func(t *testing.T) {
		given := time.Date(2024, 2, 29, 1, 2, 3, 456789000, time.FixedZone("", 5*3600+1800))
		res, err := executor.Execute(context.Background(), funcbox.Request{
			Language: "ruby", Code: `def f(t) = [t.class.name, t.inspect, t]`, Args: []any{given},
		})
		require.NoError(t, err)
		require.NoError(t, res.Err())
		list := res.Value.([]any)
		require.Equal(t, []any{"Time", "2024-02-29 01:02:03.456789 +0530"}, list[:2])
		require.Equal(t, given.Format(time.RFC3339Nano), list[2].(time.Time).Format(time.RFC3339Nano))
	})
}
