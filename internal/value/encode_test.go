package value

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type (
	color   string
	address struct {
		Street string `json:"street"`
	}
	Base struct {
		ID   int `json:"id"`
		Name string
	}
	person struct {
		Base
		*address
		Name    string    `json:"name"`
		Skipped int       `json:"-"`
		Dash    int       `json:"-,"` //nolint:staticcheck // the name "-"
		Empty   []int     `json:"empty,omitempty"`
		Born    time.Time `json:"born,omitzero"`
		Age     *int      `json:"age"`
		Any     any       `json:"any"`
		private int       //nolint:unused // there to be left out
	}
	hidden     struct{ n int } //nolint:unused // there to be left out
	pointerTag struct{ n int }
	node       struct {
		Next *node `json:"next"`
	}
)

func (p *pointerTag) MarshalText() ([]byte, error) { return []byte("tag"), nil }

func bigInt(t testing.TB, digits string) *big.Int {
	n, ok := new(big.Int).SetString(digits, 10)
	require.True(t, ok)
	return n
}

// celsius has no text but for people.
type celsius struct{ degrees int }

func (c celsius) String() string { return fmt.Sprint(c.degrees, " °C") }

// TestUndefined: an argument that is not given has a form of its own, which guests may
// not answer with.
func TestUndefined(t *testing.T) {
	encoded, err := Encode([]any{1, Undefined}, "args")
	require.NoError(t, err)
	require.Equal(t, []byte{0x82, 0x01, 0xf7}, encoded)
	_, err = Decode(encoded, Limits{})
	require.Error(t, err)
	_, err = MarshalJSON(Undefined)
	require.ErrorContains(t, err, "an argument that is not given is no value")
}

func TestNormalize(t *testing.T) {
	in := []any{1, []int{2}, map[int]string{3: "x"}}
	got, err := Normalize(in, "args")
	require.NoError(t, err)
	require.Equal(t, []any{int64(1), []any{int64(2)}, map[string]any{"3": "x"}}, got)
	_, err = Normalize([]any{func() {}}, "args")
	require.EqualError(t, err, "args[0]: func() cannot be passed to a guest")
}

func TestAppend(t *testing.T) {
	three := 3
	zone := time.FixedZone("", 2*3600)
	tests := []struct {
		name string
		in   any
		want any // after decoding
	}{
		{"nil", nil, nil},
		{"nil pointer", (*int)(nil), nil},
		{"nil big.Int", (*big.Int)(nil), nil},
		{"nil slice", []string(nil), []any{}},
		{"nil slice of any", []any(nil), []any{}},
		{"nil map", map[string]any(nil), map[string]any{}},
		{"nil bytes", []byte(nil), []byte{}},
		{"bool", true, true},
		{"int", -7, int64(-7)},
		{"int8", int8(-128), int64(-128)},
		{"uint16", uint16(65535), int64(65535)},
		{"rune", 'x', int64('x')},
		{"duration", time.Second, int64(1e9)},
		{"min int64", int64(math.MinInt64), int64(math.MinInt64)},
		{"max int64", int64(math.MaxInt64), int64(math.MaxInt64)},
		{"max uint64", uint64(math.MaxUint64), bigInt(t, "18446744073709551615")},
		{"uint64 below", uint64(24), int64(24)},
		{"small big.Int", big.NewInt(-5), int64(-5)},
		{"big.Int value", *big.NewInt(5), int64(5)},
		{"beyond uint64", bigInt(t, "18446744073709551616"), bigInt(t, "18446744073709551616")},
		{"below int64", bigInt(t, "-9223372036854775809"), bigInt(t, "-9223372036854775809")},
		{"googol", bigInt(t, "-1"+strings.Repeat("0", 100)), bigInt(t, "-1"+strings.Repeat("0", 100))},
		{"float", 1.0, 1.0},
		{"float32", float32(0.5), 0.5},
		{"infinity", math.Inf(-1), math.Inf(-1)},
		{"string", "häß€😀\x00", "häß€😀\x00"},
		{"named string", color("red"), "red"},
		{"bytes", []byte{0, 255}, []byte{0, 255}},
		{"array of bytes", [3]byte{1, 2, 3}, []byte{1, 2, 3}},
		{"pointer to array of bytes", &[3]byte{1, 2, 3}, []byte{1, 2, 3}},
		{"list", []any{1, "a", nil}, []any{int64(1), "a", nil}},
		{"strings", []string{"a", "b"}, []any{"a", "b"}},
		{"ints", []int{1, 2}, []any{int64(1), int64(2)}},
		{"int64s", []int64{1, 2}, []any{int64(1), int64(2)}},
		{"float64s", []float64{1, 2}, []any{1.0, 2.0}},
		{"array", [2]uint{1, 2}, []any{int64(1), int64(2)}},
		{"map", map[string]any{"b": 1, "a": []int{}}, map[string]any{"b": int64(1), "a": []any{}}},
		{"map of strings", map[color]string{"k": "v"}, map[string]any{"k": "v"}},
		{"map with int keys", map[int]bool{-1: true}, map[string]any{"-1": true}},
		{"map with uint keys", map[uint8]bool{1: true}, map[string]any{"1": true}},
		{"map with float keys", map[float64]int{1.5: 1, math.Inf(1): 2, 3: 3}, map[string]any{"1.5": int64(1), "+Inf": int64(2), "3": int64(3)}},
		{"map with keys that print", map[celsius]int{{20}: 1}, map[string]any{"20 °C": int64(1)}},
		{"map with bool keys", map[bool]int{true: 1}, map[string]any{"true": int64(1)}},
		{"map with any keys", map[any]any{"a": 1, 2: "b"}, map[string]any{"a": int64(1), "2": "b"}},
		{"map with text keys", map[netip.Addr]int{netip.MustParseAddr("::1"): 1}, map[string]any{"::1": int64(1)}},
		{"time", time.Date(2026, 1, 2, 3, 4, 5, 600, zone), time.Date(2026, 1, 2, 3, 4, 5, 600, zone)},
		{"pointer to time", &time.Time{}, time.Time{}},
		{"number", json.Number("12"), int64(12)},
		{"number, float", json.Number("1e2"), 100.0},
		{"number, empty", json.Number(""), int64(0)},
		{"numbers", []json.Number{"1"}, []any{int64(1)}},
		{"raw", json.RawMessage(` {"a": [1.0]} `), map[string]any{"a": []any{1.0}}},
		{"nil raw", json.RawMessage(nil), nil},
		{"text marshaler", netip.MustParseAddr("10.0.0.1"), "10.0.0.1"},
		{"pointer text marshaler", &pointerTag{}, "tag"},
		{"addressable text marshaler", []pointerTag{{1}}, []any{"tag"}},
		{"json marshaler", errorMarshaler{}, map[string]any{"n": int64(1)}},
		{"pointers", func() **int { p := &three; return &p }(), int64(3)},
		{"empty struct", struct{}{}, map[string]any{}},
		{"linked list", &node{&node{}}, map[string]any{"next": map[string]any{"next": nil}}},
		{
			"struct",
			person{Base: Base{ID: 1, Name: "base"}, address: &address{Street: "s"}, Name: "n", Dash: 2, Age: &three, Any: []string{"x"}},
			map[string]any{
				"id": int64(1), "Name": "base", "street": "s", "name": "n", "-": int64(2), "age": int64(3), "any": []any{"x"},
			},
		},
		{
			"struct with nil embedded",
			person{Empty: []int{1}, Born: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)},
			map[string]any{
				"id": int64(0), "Name": "", "name": "", "-": int64(0), "age": nil, "any": nil,
				"empty": []any{int64(1)}, "born": time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
			},
		},
		{"deepest", nest(MaxDepth), nest(MaxDepth)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			encoded, err := Encode(test.in, "args[0]")
			require.NoError(t, err)
			got, err := Decode(encoded, Limits{})
			require.NoError(t, err)
			requireSame(t, test.want, got)

			again, err := Append([]byte("x"), got, "")
			require.NoError(t, err)
			direct, err := Append([]byte("x"), test.want, "")
			require.NoError(t, err)
			require.Equal(t, direct, again, "encoding is deterministic")
		})
	}
}

type errorMarshaler struct{ fail bool }

func (m errorMarshaler) MarshalJSON() ([]byte, error) {
	if m.fail {
		return nil, errors.New("no luck")
	}
	return []byte(`{"n":1}`), nil
}

// requireSame compares values; times by instant and offset.
func requireSame(t *testing.T, want, got any) {
	t.Helper()
	if at, ok := want.(time.Time); ok {
		require.IsType(t, at, got)
		require.Equal(t, at.Format(time.RFC3339Nano), got.(time.Time).Format(time.RFC3339Nano))
		return
	}
	if pairs, ok := want.(map[string]any); ok {
		require.IsType(t, pairs, got)
		require.Len(t, got, len(pairs))
		for key, item := range pairs {
			requireSame(t, item, got.(map[string]any)[key])
		}
		return
	}
	require.Equal(t, want, got)
}

func nest(levels int) any {
	v := []any{}
	for range levels - 1 {
		v = []any{v}
	}
	return v
}

func TestAppendBytes(t *testing.T) {
	tests := []struct {
		in   any
		want string
	}{
		{nil, "f6"}, {true, "f5"}, {false, "f4"},
		{0, "00"}, {23, "17"}, {24, "1818"}, {256, "190100"}, {65536, "1a00010000"}, {1 << 32, "1b0000000100000000"},
		{-1, "20"}, {-25, "3818"}, {math.MinInt64, "3b7fffffffffffffff"},
		{uint64(math.MaxUint64), "1bffffffffffffffff"},
		{new(big.Int).Lsh(big.NewInt(1), 64), "c249010000000000000000"},
		{new(big.Int).Not(new(big.Int).Lsh(big.NewInt(1), 64)), "c349010000000000000000"},
		{1.0, "fb3ff0000000000000"}, {float32(1), "fb3ff0000000000000"},
		{math.NaN(), "fb7ff8000000000000"}, {math.Float64frombits(0xfff8000000000001), "fb7ff8000000000000"},
		{"a", "6161"}, {[]byte("a"), "4161"}, {[]any{1}, "8101"},
		{map[string]any{"b": 2, "a": 1}, "a2616101616202"},
		{struct{ B, A int }{2, 1}, "a2614202614101"},
		{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), "c074" + hex.EncodeToString([]byte("2026-01-02T03:04:05Z"))},
	}
	for _, test := range tests {
		got, err := Encode(test.in, "")
		require.NoError(t, err)
		require.Equal(t, test.want, hex.EncodeToString(got), "%v", test.in)
	}
	require.Equal(t, "a20182616118ff", hex.EncodeToString(
		AppendUint(AppendText(AppendArrayHead(AppendUint(AppendMapHead(nil, 2), 1), 2), "a"), 255)))
}

func TestAppendTimeOffsets(t *testing.T) {
	odd := time.FixedZone("LMT", -(52*60 + 58))
	for _, test := range []struct {
		in   time.Time
		want string
	}{
		{time.Date(1890, 1, 1, 0, 0, 0, 0, odd), "1890-01-01T00:52:58Z"},
		{time.Date(2026, 1, 1, 0, 0, 0, 0, time.FixedZone("", 30*3600)), "2025-12-30T18:00:00Z"},
		{time.Date(2026, 1, 1, 0, 0, 0, 1, time.FixedZone("", -9*3600-30*60)), "2026-01-01T00:00:00.000000001-09:30"},
	} {
		got, err := formatTime(test.in)
		require.NoError(t, err)
		require.Equal(t, test.want, got)
	}
}

func TestAppendErrors(t *testing.T) {
	cyclicList := []any{nil}
	cyclicList[0] = cyclicList
	cyclicMap := map[string]any{}
	cyclicMap["self"] = cyclicMap
	cyclicNode := &node{}
	cyclicNode.Next = cyclicNode
	var cyclicPointer any
	cyclicPointer = &cyclicPointer
	long := strings.Repeat("k", 100)

	tests := []struct {
		name string
		in   any
		want string
	}{
		{"func", []any{map[string]any{"items": []any{0, 1, 2, func() {}}}}, "args[0].items[3]: func() cannot be passed to a guest"},
		{"chan", make(chan int), "args: chan int cannot be passed to a guest"},
		{"complex", map[string]complex128{"c": 1}, "args.c: complex128 cannot be passed to a guest"},
		{"nil func", struct{ F func() }{}, "args.F: func() cannot be passed to a guest"},
		{"string", []string{"ok", "\xff"}, "args[1]: the string is not valid UTF-8; pass binary data as []byte"},
		{"key", map[string]any{"a b": 1, "c\xff": 2}, `args["c\xff"]: the key is not valid UTF-8`},
		{"quoted key", map[string]any{"a b": func() {}}, `args["a b"]: func() cannot be passed to a guest`},
		{"long key", map[string]any{long: func() {}}, `args["` + long[:60] + `…"]: func() cannot be passed to a guest`},
		{"key of a struct", map[struct{ X int }]int{{1}: 1}, "args: struct { X int } cannot be the key of a map passed to a guest; use strings"},
		{"float keys of one text", map[any]int{1.0: 1, 1: 1}, `args: two keys of the map[interface {}]int are written "1"`},
		{"nil key", map[any]int{nil: 1}, "args: nil cannot be the key of a map passed to a guest; use strings"},
		{"equal keys", map[any]int{1: 1, "1": 2}, `args: two keys of the map[interface {}]int are written "1"`},
		{"year", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "args: the year 10000 cannot be written in RFC 3339"},
		{"hidden", []any{errors.New("x")}, "args[0]: errors.errorString has no exported fields and cannot be passed to a guest"},
		{"hidden struct", hidden{}, "args: value.hidden has no exported fields and cannot be passed to a guest"},
		{"number", json.Number("1x"), `args: "1x" is not a number`},
		{"number too large", json.Number("1e999"), `args: 1e999 is too large for a float; write {"$float":"Infinity"} if that is meant`},
		{"raw", json.RawMessage(`[1`), `args: the json.RawMessage is not valid: line 1, column 3: the JSON ends before the closing ']'`},
		{"marshaler", errorMarshaler{true}, "args: value.errorMarshaler.MarshalJSON: no luck"},
		{"large integer", new(big.Int).Lsh(big.NewInt(1), MaxIntegerBits), "args: integer has more than 1048576 bits"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dst := []byte("before")
			got, err := Append(dst, test.in, "args")
			require.EqualError(t, err, test.want)
			require.Equal(t, "before", string(got))
			var placed *PlaceError
			require.ErrorAs(t, err, &placed)
		})
	}

	list := &node{}
	for range 2000 {
		list = &node{list}
	}
	for name, test := range map[string]struct {
		in   any
		want string
	}{
		"list":            {cyclicList, "args[0][0]: refers back to args[0]"},
		"map":             {cyclicMap, "args[0].self: refers back to args[0]"},
		"struct":          {cyclicNode, "args[0].next: refers back to args[0]"},
		"pointer":         {cyclicPointer, "args[0]: refers back to args[0]"},
		"slice of slices": {[][]any{cyclicList}, "args[0][0][0]: refers back to args[0][0]"},
		"below":           {map[string]any{"a b": []any{1, cyclicMap}}, `args[0]["a b"][1].self: refers back to args[0]["a b"][1]`},
		"deep":            {nest(MaxDepth + 1), "nested more than 1000 levels deep"},
		"long list":       {list, "nested more than 1000 levels deep"},
	} {
		t.Run("cyclic "+name, func(t *testing.T) {
			_, err := Encode(test.in, "args[0]")
			require.ErrorIs(t, err, ErrTooLarge)
			require.ErrorContains(t, err, test.want)
			require.Less(t, len(err.Error()), 500)

			_, err = MarshalJSON(test.in)
			require.ErrorIs(t, err, ErrTooLarge)
		})
	}
}

// Embedding follows encoding/json, so it is compared with it.
func TestFieldsLikeEncodingJSON(t *testing.T) {
	type A struct {
		X int
		Y int `json:"y"`
	}
	type B struct {
		X int
		Y int `json:"z"`
	}
	type C struct {
		A
		B
		Z int `json:"z"`
	}
	type D struct {
		A `json:"a"`
		*B
		time.Time
	}
	type E struct {
		X1 int `json:"X"`
		A
	}
	type H struct{ X int }
	type I struct{ X int }
	type F struct {
		H
		I
		W int
	}
	type recursive struct {
		*recursive
		N int
	}
	type G struct {
		Z netip.Addr     `json:",omitzero"`
		P *int           `json:",omitempty"`
		M map[string]int `json:",omitempty"`
		S struct{}       `json:",omitempty"`
		I any            `json:"i,omitempty"`
		Q int            `json:"<&>"`
	}
	for _, in := range []any{A{1, 2}, B{1, 2}, C{A{1, 2}, B{3, 4}, 5}, E{1, A{2, 3}}, F{W: 1}, recursive{N: 1}, &recursive{&recursive{nil, 1}, 2}, G{}} {
		plain, err := json.Marshal(in)
		require.NoError(t, err)
		got, err := MarshalJSON(in)
		require.NoError(t, err)
		require.JSONEq(t, string(plain), string(got), "%T", in)
	}
	got, err := MarshalJSON(D{A: A{1, 2}})
	require.NoError(t, err, "the promoted MarshalJSON of time.Time serves the whole struct")
	require.Equal(t, `"0001-01-01T00:00:00Z"`, string(got))
}

var benchmarkArguments = []any{"World", 42, 1.5, true, map[string]any{"greeting": "Hi", "items": []any{1, 2, 3}, "z": nil}}

func BenchmarkAppendSmall(b *testing.B) {
	buffer := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Append(buffer, benchmarkArguments, "args"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendStruct(b *testing.B) {
	three := 3
	in := &person{Base: Base{ID: 1, Name: "base"}, address: &address{Street: "s"}, Name: "n", Dash: 2, Age: &three, Any: []string{"x"}}
	buffer := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Append(buffer, in, "args"); err != nil {
			b.Fatal(err)
		}
	}
}
