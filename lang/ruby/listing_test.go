package ruby_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/signature"
)

const listed = `# frozen_string_literal: true
require "json"
LIMIT = 3

# Greets somebody.
#
#   greet("x")
def greet(name, greeting: "Hello", times: 1, **rest) = "#{greeting}, #{name}!"

def plain(a, b = 2.5, c = [1, "x", nil, { "k" => true }], *rest) = 1
def texts(a = :symbol, b = a.to_s, c = { k: 1 }, d = Time.now) = 1
def mixed(a, b = 1, c) = 1
def after_rest(*a, b) = 1
def forwards(...) = plain(...)
def destructures((a, b), c) = 1
def _hidden = 1
# Squares.
SQUARE = ->(x, k: nil) { x * x }
LOOSE = proc { |x| x }
define_method(:made) { |x = -1| x }
def multiline(
  a = [
    1,
  ].map { |x|
    x + 1 }
) = 1

module Shop
  # The total.
  def self.total(items, tax: 0) = 1
  TWICE = ->(n) { n * 2 }
  class Cart
    def self.open(id) = id
    def add(x) = x
  end
  class << self
    private def secret = 1
  end
end
`

// TestListing: what the host is told of a program's functions.
func TestListing(t *testing.T) {
	ctx := context.Background()
	program, err := newExecutor(t).Load(ctx, funcbox.Request{Language: "ruby", Code: listed})
	require.NoError(t, err)
	defer func() { require.NoError(t, program.Close()) }()
	require.Equal(t, []string{
		"greet", "plain", "texts", "mixed", "after_rest", "forwards", "destructures", "_hidden", "SQUARE", "LOOSE", "made", "multiline",
		"Shop.total", "Shop::TWICE", "Shop::Cart.open",
	}, program.Functions())

	signatureOf := func(name string) signature.Signature {
		found, ok := program.Signature(name)
		require.True(t, ok, name)
		return found
	}
	greet := signatureOf("greet")
	require.Equal(t, "Greets somebody.\n\n  greet(\"x\")", greet.Doc)
	require.True(t, greet.Exact)
	require.True(t, greet.Public)
	require.Equal(t, []signature.Parameter{
		{Name: "name", Kind: signature.Positional, Required: true},
		{Name: "greeting", Kind: signature.Keyword, Default: "Hello", HasDefault: true},
		{Name: "times", Kind: signature.Keyword, Default: int64(1), HasDefault: true},
		{Name: "rest", Kind: signature.KeywordRest},
	}, greet.Parameters)
	require.Equal(t, []signature.Parameter{
		{Name: "a", Kind: signature.Positional, Required: true},
		{Name: "b", Kind: signature.Positional, Default: 2.5, HasDefault: true},
		{Name: "c", Kind: signature.Positional, Default: []any{int64(1), "x", nil, map[string]any{"k": true}}, HasDefault: true},
		{Name: "rest", Kind: signature.Rest},
	}, signatureOf("plain").Parameters)
	require.Equal(t, []signature.Parameter{
		{Name: "a", Kind: signature.Positional, DefaultText: ":symbol"},
		{Name: "b", Kind: signature.Positional, DefaultText: "a.to_s"},
		{Name: "c", Kind: signature.Positional, DefaultText: "{ k: 1 }"},
		{Name: "d", Kind: signature.Positional, DefaultText: "Time.now"},
	}, signatureOf("texts").Parameters)
	require.Equal(t, "[\n    1,\n  ].map { |x|\n    x + 1 }", signatureOf("multiline").Parameters[0].DefaultText)
	require.Equal(t, []signature.Parameter{{Name: "x", Kind: signature.Positional, Default: int64(-1), HasDefault: true}}, signatureOf("made").Parameters)
	require.Equal(t, "Squares.", signatureOf("SQUARE").Doc)
	require.Equal(t, "The total.", signatureOf("Shop.total").Doc)
	require.False(t, signatureOf("Shop.total").Public)
	require.False(t, signatureOf("_hidden").Public)
	require.Equal(t, []signature.Parameter{
		{Name: "arg1", Kind: signature.Positional, Required: true}, {Name: "c", Kind: signature.Positional, Required: true},
	}, signatureOf("destructures").Parameters)
	for _, name := range []string{"mixed", "after_rest", "forwards"} {
		require.True(t, signatureOf(name).Exact, name)
	}
	require.False(t, signatureOf("LOOSE").Exact)

	for name, want := range map[string]any{"Shop.total": int64(1), "Shop::TWICE": int64(14), "Shop::Cart.open": int64(7)} {
		res, err := program.Call(ctx, name, 7)
		require.NoError(t, err)
		require.NoError(t, res.Err())
		require.Equal(t, want, res.Value)
	}
}

// TestListingRunsNothing: a body is not run to be listed, and what a program does to
// introspection does not break the list.
func TestListingRunsNothing(t *testing.T) {
	ctx := context.Background()
	executor := newExecutor(t)
	res, err := executor.Execute(ctx, funcbox.Request{Language: "ruby", Code: "puts :once\nputs args.size"})
	require.NoError(t, err)
	require.Equal(t, "once\n0\n", res.Stdout)

	for _, code := range []string{
		"class Method; def parameters = raise('no'); end; def f(x) = x\n",
		"class UnboundMethod; def source_location = raise('no'); end\ndef f(x) = x",
		"module M; def self.singleton_methods(*) = raise('no'); def self.constants(*) = raise('no'); def self.name = raise('no'); end; def f(x) = x",
		"module M; autoload :Gone, '/nowhere'; end; autoload :Gone, '/nowhere'; def f(x) = x",
		"class Object; def self.const_missing(*) = raise('no'); end; def f(x) = x",
		"Weird = Object.new; def Weird.===(*) = raise('no'); def Weird.method_missing(*) = raise('no'); def f(x) = x",
		"Blank = BasicObject.new; def f(x) = x",
		"def f(x) = x; A = method(:f).to_proc; undef_method(:g) rescue nil; define_method(:odd, &:upcase)",
	} {
		res, err := executor.Execute(ctx, funcbox.Request{Language: "ruby", Code: code, Function: "f", Args: []any{3}})
		require.NoError(t, err)
		require.NoError(t, res.Err(), "%s: %+v", code, res.Error)
		require.Equal(t, int64(3), res.Value)
	}
}
