package value

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type (
	item struct {
		Price int64  `json:"price"`
		Label string `json:"label"`
	}
	order struct {
		Items []item `json:"items"`
		Note  *string
		Extra map[string]any `json:"extra"`
	}
	upper string
)

func (u *upper) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return fmt.Errorf("empty")
	}
	*u = upper(strings.ToUpper(string(text)))
	return nil
}

type fromJSON struct{ text string }

func (f *fromJSON) UnmarshalJSON(text []byte) error {
	if string(text) == `"bad"` {
		return fmt.Errorf("bad")
	}
	f.text = string(text)
	return nil
}

func TestConvert(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	note := "note"
	var nilMap map[string]int
	tests := []struct {
		name string
		in   any
		want any // also says into which type
	}{
		{"bool", true, true},
		{"int", int64(5), 5},
		{"int8", int64(-128), int8(-128)},
		{"uint64", bigInt(t, "18446744073709551615"), uint64(math.MaxUint64)},
		{"int from float", 5.0, 5},
		{"int from large float", 1e18, int64(1e18)},
		{"uint from large float", 1e19, uint64(1e19)},
		{"duration", int64(1e9), time.Second},
		{"float", 1.5, 1.5},
		{"float from int", int64(3), 3.0},
		{"float from large int", bigInt(t, "18446744073709551616"), 18446744073709551616.0},
		{"float32", 0.1, float32(0.1)},
		{"float32 infinity", math.Inf(1), float32(math.Inf(1))},
		{"string", "a", "a"},
		{"named string", "a", color("a")},
		{"bytes", []byte{1}, []byte{1}},
		{"bytes from string", "é", []byte("é")},
		{"array of bytes", []byte{1, 2}, [2]byte{1, 2}},
		{"bytes from list", []any{int64(1), int64(2)}, []byte{1, 2}},
		{"list", []any{int64(1), int64(2)}, []int{1, 2}},
		{"array", []any{int64(1), int64(2)}, [2]int{1, 2}},
		{"list of any", []any{int64(1), "a"}, []any{int64(1), "a"}},
		{"map", map[string]any{"a": int64(1)}, map[string]int{"a": 1}},
		{"map with named keys", map[string]any{"a": int64(1)}, map[color]int{"a": 1}},
		{"map with int keys", map[string]any{"-1": int64(1)}, map[int8]int{-1: 1}},
		{"map with bool keys", map[string]any{"true": int64(1)}, map[bool]int{true: 1}},
		{"map with text keys", map[string]any{"::1": int64(1)}, map[netip.Addr]int{netip.MustParseAddr("::1"): 1}},
		{"map with any keys", map[string]any{"a": int64(1)}, map[any]int{"a": 1}},
		{"nil map", nil, nilMap},
		{"nil slice", nil, []string(nil)},
		{"nil pointer", nil, (*int)(nil)},
		{"pointer", "note", &note},
		{"time", at, at},
		{"time from string", "2026-01-02T03:04:05.000000006Z", at},
		{"time pointer", at, &at},
		{"big", int64(5), *big.NewInt(5)},
		{"big pointer", bigInt(t, "18446744073709551616"), bigInt(t, "18446744073709551616")},
		{"nil big pointer", nil, (*big.Int)(nil)},
		{"number", int64(5), json.Number("5")},
		{"number of a float", 5.0, json.Number("5.0")},
		{"raw", []any{1.0, []byte{1}}, json.RawMessage(`[1.0,{"$bytes":"AQ=="}]`)},
		{"raw null", nil, json.RawMessage(`null`)},
		{"text unmarshaler", "a", upper("A")},
		{"json unmarshaler", map[string]any{"a": int64(1)}, fromJSON{`{"a":1}`}},
		{
			"struct",
			map[string]any{"items": []any{map[string]any{"price": int64(1), "label": "x", "other": nil}}, "note": "note", "extra": map[string]any{"a": 1.0}},
			order{Items: []item{{1, "x"}}, Note: &note, Extra: map[string]any{"a": 1.0}},
		},
		{"exact name first", map[string]any{"price": int64(1), "Price": int64(2)}, item{Price: 1}},
		{"first of equals", map[string]any{"PRICE": int64(1), "Price": int64(2)}, item{Price: 1}},
		{"embedded", map[string]any{"id": int64(1), "name": "n", "Name": "base"}, person{Base: Base{1, "base"}, Name: "n"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			into := reflect.New(reflect.TypeOf(test.want))
			require.NoError(t, Convert(test.in, into.Interface()))
			require.Equal(t, test.want, into.Elem().Interface())
		})
	}

	var anything any
	require.NoError(t, Convert([]any{int64(1)}, &anything))
	require.Equal(t, []any{int64(1)}, anything)
	require.NoError(t, Convert(nil, &anything))
	require.Nil(t, anything)

	var stringer fmt.Stringer
	require.NoError(t, Convert(at, &stringer))
	require.Equal(t, at, stringer)

	n := bigInt(t, "18446744073709551616")
	var copied big.Int
	require.NoError(t, Convert(n, &copied))
	copied.SetInt64(1)
	require.Equal(t, "18446744073709551616", n.String())
}

func TestConvertErrors(t *testing.T) {
	tests := []struct {
		in   any
		into any
		want string
	}{
		{map[string]any{"items": []any{nil, nil, nil, map[string]any{"price": 1.5}}}, &struct{ Items []*item }{}, "result.items[3].price: 1.5 does not fit int64"},
		{int64(300), new(uint8), "result: 300 does not fit uint8"},
		{int64(-1), new(uint), "result: -1 does not fit uint"},
		{bigInt(t, "9223372036854775808"), new(int64), "result: 9223372036854775808 does not fit int64"},
		{new(big.Int).Lsh(big.NewInt(1), 1000), new(int64), "result: an integer of 1001 bits does not fit int64"},
		{math.NaN(), new(int), "result: NaN does not fit int"},
		{math.Inf(1), new(int), "result: +Inf does not fit int"},
		{1e30, new(int), "result: 1e+30 does not fit int"},
		{math.Inf(-1), new(json.Number), "result: -Inf does not fit json.Number"},
		{int64(1<<53 + 1), new(float64), "result: 9007199254740993 does not fit float64"},
		{int64(math.MaxInt64), new(float64), "result: 9223372036854775807 does not fit float64"},
		{1e300, new(float32), "result: 1e+300 does not fit float32"},
		{nil, new(int), "result: null does not fit int"},
		{nil, new(string), "result: null does not fit string"},
		{nil, new(item), "result: null does not fit value.item"},
		{nil, new(time.Time), "result: null does not fit time.Time"},
		{"x", new(int), `result: "x" does not fit int`},
		{"x", new(time.Time), `result: "x" does not fit time.Time`},
		{strings.Repeat("x", 41), new(bool), "result: a string of 41 bytes does not fit bool"},
		{[]byte{255}, new(string), "result: a byte string of 1 bytes does not fit string"},
		{[]byte{255}, new([2]byte), "result: a byte string of 1 bytes does not fit [2]uint8"},
		{[]byte{255}, new([]int), "result: a byte string of 1 bytes does not fit []int"},
		{[]any{}, new([2]int), "result: a list of 0 items does not fit [2]int"},
		{[]any{int64(256)}, new([]byte), "result[0]: 256 does not fit uint8"},
		{map[string]any{}, new(int), "result: a map of 0 keys does not fit int"},
		{map[string]any{"a": "x"}, new(map[string]int), `result.a: "x" does not fit int`},
		{map[string]any{"a": int64(1)}, new(map[int]int), "result.a: the key does not fit int"},
		{map[string]any{"300": int64(1)}, new(map[uint8]int), `result["300"]: the key does not fit uint8`},
		{[]any{}, new(map[string]int), "result: a list of 0 items does not fit map[string]int"},
		{[]any{}, new(order), "result: a list of 0 items does not fit value.order"},
		{"x", new(fmt.Stringer), `result: "x" does not fit fmt.Stringer`},
		{"x", new(func()), `result: "x" does not fit func()`},
		{"", new(upper), "result: value.upper.UnmarshalText: empty"},
		{[]any{"bad"}, new([]fromJSON), "result[0]: value.fromJSON.UnmarshalJSON: bad"},
		{map[string]any{"street": "s"}, new(person), "result.street: the field is in *value.address, which is embedded but not exported"},
		{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), new(string), "result: the time 2026-01-02T03:04:05Z does not fit string"},
	}
	for _, test := range tests {
		err := Convert(test.in, test.into)
		require.EqualError(t, err, test.want)
		var placed *PlaceError
		require.ErrorAs(t, err, &placed)
	}
	require.Error(t, Convert(1, nil))
	require.Error(t, Convert(1, 1))
	require.Error(t, Convert(1, (*int)(nil)))
}

func BenchmarkConvertStruct(b *testing.B) {
	in := map[string]any{"items": []any{map[string]any{"price": int64(1), "label": "x"}}, "extra": nil}
	b.ReportAllocs()
	for b.Loop() {
		var out order
		if err := Convert(in, &out); err != nil {
			b.Fatal(err)
		}
	}
}
