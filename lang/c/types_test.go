package c

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm"
)

const typesProgram = `#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <complex.h>
int8_t i8(int8_t x) { return x; }
uint8_t u8(uint8_t x) { return x; }
short i16(short x) { return x; }
unsigned short u16(unsigned short x) { return x; }
int i32(int x) { return x; }
unsigned u32(unsigned x) { return x; }
long long i64(long long x) { return x; }
uint64_t u64(uint64_t x) { return x; }
char character(char x) { return x; }
float f32(float x) { return x; }
double f64(double x) { return x; }
bool truth(bool x) { return !x; }
enum color { RED, GREEN = 5, BLUE };
enum color paint(enum color c) { return c; }
const char *text(const char *s) { return s; }
size_t length(const char *s, size_t n) { return memchr(s, 0, n) ? 1000 + n : n; }
double sum(const double *v, size_t n) { double s = 0; for (size_t i = 0; i < n; i++) s += v[i]; return s; }
int sum_count(const short *v, int count) { int s = 0; for (int i = 0; i < count; i++) s += v[i]; return s; }
int tiny(const int *v, int8_t n) { return n; }
int xor(const uint8_t *data, size_t size) { int x = 0; while (size--) x ^= *data++; return x; }
int joined(char *const *words, int n) { int s = 0; for (int i = 0; i < n; i++) s += (int)strlen(words[i]); return s; }
int deref(const int *p) { return p ? *p : -1; }
struct point { int x, y; };
struct shape { char name[8]; struct point corners[2]; double *no; };
struct box { char name[8]; struct point corners[2]; enum color color; const char *note; bool set; };
struct box boxed(struct box b) { b.corners[1].x++; return b; }
struct one { double only; };
struct one single(struct one o) { o.only *= 2; return o; }
const struct point *move(struct point *p) { if (p) p->x += 10; return p; }
typedef struct list { int value; struct list *next; } list;
int total(const list *l) { return l ? l->value + total(l->next) : 0; }
list *loop(void) { static list l; l.next = &l; return &l; }
void sort(int *v, size_t n) { for (size_t i = 0; i < n; i++) for (size_t j = i + 1; j < n; j++) if (v[j] < v[i]) { int t = v[i]; v[i] = v[j]; v[j] = t; } }
void stats(const double *v, size_t n, double *low, double *high) { *low = *high = v[0]; for (size_t i = 1; i < n; i++) { if (v[i] < *low) *low = v[i]; if (v[i] > *high) *high = v[i]; } }
void fill(char *to, size_t size) { snprintf(to, size, "filled"); }
void bytes(void *to, size_t size) { memset(to, 7, size); }
void nothing(void) {}
long double wide(long double x) { return x; }
double _Complex complicated(void) { return 1; }
int callback(int (*f)(int)) { return f(1); }
void stream(FILE *f) {}
int many(int n, ...) { return n; }
union both { int i; float f; };
int united(union both b) { return b.i; }
struct bits { int a : 3; };
int bitten(struct bits b) { return b.a; }
int shaped(struct shape s) { return 1; }
struct __attribute__((packed)) packed { char c; int i; };
int packing(struct packed p) { return p.i; }
int *lost(void) { return 0; }
static int hidden(void) { return 1; }
int _internal(void) { return hidden(); }
`

// TestTypesOfC: each type in both directions, at its limits and beyond.
func TestTypesOfC(t *testing.T) {
	b := newBench(t, Language(), wasm.MemoryOnly)
	big64 := new(big.Int).SetUint64(math.MaxUint64)
	box := map[string]any{"name": "a", "corners": []any{map[string]any{"x": 1, "y": 2}, map[string]any{"y": 4}}, "color": "BLUE", "note": nil, "set": true}
	boxed := map[string]any{
		"name": "a", "corners": []any{map[string]any{"x": int64(1), "y": int64(2)}, map[string]any{"x": int64(1), "y": int64(4)}},
		"color": int64(6), "note": nil, "set": true,
	}
	for _, test := range []struct {
		function string
		args     []any
		want     any    // a value, or
		kind     string // an error of this type
		message  string // that has this in its message
	}{
		{function: "i8", args: []any{-128}, want: int64(-128)},
		{function: "i8", args: []any{128}, kind: "ArgumentError", message: "args[0] (x): 128 does not fit into a signed integer of 8 bits"},
		{function: "u8", args: []any{255}, want: int64(255)},
		{function: "u8", args: []any{-1}, kind: "ArgumentError", message: "does not fit"},
		{function: "i16", args: []any{-32768}, want: int64(-32768)},
		{function: "u16", args: []any{65536}, kind: "ArgumentError", message: "does not fit"},
		{function: "i32", args: []any{math.MinInt32}, want: int64(math.MinInt32)},
		{function: "u32", args: []any{math.MaxUint32}, want: int64(math.MaxUint32)},
		{function: "i64", args: []any{int64(math.MinInt64)}, want: int64(math.MinInt64)},
		{function: "u64", args: []any{uint64(math.MaxUint64)}, want: big64},
		{function: "u64", args: []any{new(big.Int).Lsh(big.NewInt(1), 64)}, kind: "ArgumentError", message: "more than 64 bits"},
		{function: "i32", args: []any{1.5}, kind: "ArgumentError", message: "expected an integer, got a float"},
		{function: "i32", args: []any{true}, kind: "ArgumentError", message: "expected an integer, got a bool"},
		{function: "character", args: []any{65}, want: int64(65)},
		{function: "f32", args: []any{1.5}, want: 1.5},
		{function: "f32", args: []any{1e300}, kind: "ArgumentError", message: "32 bits"},
		{function: "f64", args: []any{3}, want: 3.0},
		{function: "f64", args: []any{int64(1)<<53 + 1}, kind: "ArgumentError", message: "exactly"},
		{function: "truth", args: []any{false}, want: true},
		{function: "truth", args: []any{0}, kind: "ArgumentError", message: "expected a bool"},
		{function: "paint", args: []any{"GREEN"}, want: int64(5)},
		{function: "paint", args: []any{6}, want: int64(6)},
		{function: "paint", args: []any{"PINK"}, kind: "ArgumentError", message: `no enumerator "PINK", there are: RED, GREEN, BLUE`},
		{function: "text", args: []any{"größe"}, want: "größe"},
		{function: "text", args: []any{nil}, want: nil},
		{function: "text", args: []any{"a\x00b"}, kind: "ArgumentError", message: "NUL"},
		{function: "text", args: []any{[]byte{0xff}}, want: []byte{0xff}},
		{function: "length", args: []any{"a\x00b"}, want: int64(1003)},
		{function: "length", args: []any{[]byte{1, 2}}, want: int64(2)},
		{function: "sum", args: []any{[]any{1.5, 2, 3}}, want: 6.5},
		{function: "sum", args: []any{[]any{}}, want: 0.0},
		{function: "sum", args: []any{nil}, want: 0.0},
		{function: "sum", args: []any{[]any{1, "x"}}, kind: "ArgumentError", message: "args[0][1] (v): expected a float, got text"},
		{function: "sum_count", args: []any{[]any{1, 2}}, want: int64(3)},
		{function: "tiny", args: []any{make([]int, 127)}, want: int64(127)},
		{function: "tiny", args: []any{make([]int, 128)}, kind: "ArgumentError", message: "128 items are more"},
		{function: "xor", args: []any{[]byte{1, 2, 4}}, want: int64(7)},
		{function: "xor", args: []any{[]any{1, 2, 4}}, want: int64(7)},
		{function: "joined", args: []any{[]any{"ab", "c"}}, want: int64(3)},
		{function: "deref", args: []any{5}, want: int64(5)},
		{function: "deref", args: []any{nil}, want: int64(-1)},
		{function: "boxed", args: []any{box}, want: boxed},
		{function: "boxed", args: []any{map[string]any{"nam": "x"}}, kind: "ArgumentError", message: `no field "nam", there are: name, corners, color, note, set`},
		{function: "boxed", args: []any{map[string]any{"name": "123456789"}}, kind: "ArgumentError", message: "args[0].name (b): text of 9 bytes does not fit into char[8]"},
		{function: "boxed", args: []any{map[string]any{"corners": []any{}}}, kind: "ArgumentError", message: "length 2"},
		{function: "single", args: []any{map[string]any{"only": 2.5}}, want: map[string]any{"only": 5.0}},
		{function: "move", args: []any{map[string]any{"x": 1}}, want: map[string]any{"x": int64(11), "y": int64(0)}},
		{function: "move", args: []any{nil}, want: nil},
		{function: "total", args: []any{map[string]any{"value": 1, "next": map[string]any{"value": 2}}}, want: int64(3)},
		{function: "loop", kind: "TypeError", message: "nested more than"},
		{function: "sort", args: []any{[]any{3, 1, 2}}, want: []any{int64(1), int64(2), int64(3)}},
		{function: "stats", args: []any{[]any{3, 1, 2}}, want: map[string]any{"low": 1.0, "high": 3.0}},
		{function: "fill", args: []any{100}, want: "filled"},
		{function: "fill", args: []any{4}, want: "fil"},
		{function: "bytes", args: []any{3}, want: []byte{7, 7, 7}},
		{function: "nothing", want: nil},
		{function: "wide", args: []any{1}, kind: "UnsupportedType", message: "the result of wide has the type long double, which cannot cross: a floating-point number of 128 bits"},
		{function: "complicated", kind: "UnsupportedType", message: "a complex number"},
		{function: "callback", args: []any{1}, kind: "UnsupportedType", message: "parameter f of callback"},
		{function: "stream", args: []any{1}, kind: "UnsupportedType", message: "parameter f of stream has the type FILE *"},
		{function: "many", args: []any{1}, kind: "UnsupportedType", message: "variable number of arguments"},
		{function: "united", args: []any{1}, kind: "UnsupportedType", message: "a union"},
		{function: "bitten", args: []any{1}, kind: "UnsupportedType", message: "field a of type int: a bit-field"},
		{function: "shaped", args: []any{1}, kind: "UnsupportedType", message: "field no of type double *"},
		{function: "packing", args: []any{1}, kind: "UnsupportedType", message: "packed"},
		{function: "lost", kind: "UnsupportedType", message: "how many int it points to is not known"},
		{function: "hidden", kind: "FunctionNotFound"},
		{function: "_internal", kind: "FunctionNotFound"},
	} {
		got := b.call(typesProgram, test.function, test.args...)
		require.Equal(t, wasm.Returned, got.outcome.Ending, "%s%v: %v", test.function, test.args, got.outcome.Err)
		require.Equal(t, test.kind, got.kind, "%s%v: %s", test.function, test.args, got.message)
		require.Contains(t, got.message, test.message, test.function)
		if test.kind == "" {
			require.Equal(t, test.want, got.value, "%s%v", test.function, test.args)
		}
	}
}
