package langtest

import (
	"encoding/json"
	"math"
	"math/big"
	"net/netip"
	"time"
)

// ValueKind is a kind of value that a language may treat in a way of its own.
type ValueKind string

// The kinds of values. A value of a Go type is of one of them once it crosses.
const (
	KindNull        ValueKind = "null"
	KindBool        ValueKind = "bool"
	KindInteger     ValueKind = "integer"       // exact in a float64, too
	KindLarge       ValueKind = "large integer" // within 64 bits
	KindHuge        ValueKind = "huge integer"  // beyond 64 bits with a sign
	KindFloat       ValueKind = "float"
	KindWhole       ValueKind = "whole float" // 1.0
	KindNotFinite   ValueKind = "not finite"
	KindText        ValueKind = "text"
	KindBytes       ValueKind = "bytes"           // not UTF-8
	KindTextAsBytes ValueKind = "bytes of a text" // UTF-8, and empty
	KindList        ValueKind = "list"
	KindEmptyList   ValueKind = "empty list"
	KindMap         ValueKind = "map"
	KindEmptyMap    ValueKind = "empty map"
	KindTime        ValueKind = "time"
)

// ValueKinds lists all kinds.
func ValueKinds() []ValueKind {
	return []ValueKind{
		KindNull, KindBool, KindInteger, KindLarge, KindHuge, KindFloat, KindWhole, KindNotFinite, KindText,
		KindBytes, KindTextAsBytes, KindList, KindEmptyList, KindMap, KindEmptyMap, KindTime,
	}
}

// kindOf is the kind of a value as it crosses.
func kindOf(v any) ValueKind {
	switch v := v.(type) {
	case nil:
		return KindNull
	case bool:
		return KindBool
	case int64:
		if v < 1<<53 && v > -1<<53 {
			return KindInteger
		}
		return KindLarge
	case *big.Int:
		return KindHuge
	case float64:
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			return KindNotFinite
		case v == math.Trunc(v) && (v != 0 || !math.Signbit(v)): // -0.0 is no integer anywhere
			return KindWhole
		}
		return KindFloat
	case string:
		return KindText
	case []byte:
		if validText(v) {
			return KindTextAsBytes
		}
		return KindBytes
	case []any:
		if len(v) == 0 {
			return KindEmptyList
		}
		return KindList
	case map[string]any:
		if len(v) == 0 {
			return KindEmptyMap
		}
		return KindMap
	case time.Time:
		return KindTime
	}
	return ""
}

// goType is a Go value and what it is once it has crossed.
type goType struct {
	name string
	give any
	want any
}

type (
	named     string
	innerPart struct {
		ID int `json:"id"`
	}
	record struct {
		innerPart
		Name   string `json:"name"`
		Note   string `json:"note,omitempty"`
		Hidden int    `json:"-"`
		Next   *record
	}
)

// goTypes are the Go types that arguments may have; each test of the matrix tries all.
func goTypes() []goType {
	three := 3
	huge, _ := new(big.Int).SetString("-123456789012345678901234567890", 10)
	when := time.Date(2024, 2, 29, 12, 34, 56, 789_000_000, time.UTC)
	zoned := time.Date(2024, 2, 29, 12, 34, 56, 0, time.FixedZone("", 5*3600+1800))
	return []goType{
		{"nil", nil, nil},
		{"nil pointer", (*int)(nil), nil},
		{"bool", true, true},
		{"false", false, false},
		{"int", -7, int64(-7)},
		{"zero", 0, int64(0)},
		{"int8", int8(-128), int64(-128)},
		{"int16", int16(300), int64(300)},
		{"int32", int32(-70_000), int64(-70_000)},
		{"int64", int64(math.MaxInt64), int64(math.MaxInt64)},
		{"int64, the least", int64(math.MinInt64), int64(math.MinInt64)},
		{"int64 beyond a float", int64(1)<<53 + 1, int64(1)<<53 + 1},
		{"uint", uint(7), int64(7)},
		{"uint8", uint8(200), int64(200)},
		{"uint16", uint16(65_535), int64(65_535)},
		{"uint32", uint32(1 << 31), int64(1 << 31)},
		{"uint64", uint64(math.MaxUint64), new(big.Int).SetUint64(math.MaxUint64)},
		{"*big.Int", huge, huge},
		{"*big.Int, small", big.NewInt(5), int64(5)},
		{"time.Duration", time.Second, int64(time.Second)},
		{"pointer", &three, int64(3)},
		{"float32", float32(0.5), 0.5},
		{"float64", 1.1, 1.1},
		{"float64, the least", math.SmallestNonzeroFloat64, math.SmallestNonzeroFloat64},
		{"float64, whole", 2.0, 2.0},
		{"float64, minus zero", math.Copysign(0, -1), math.Copysign(0, -1)},
		{"NaN", math.NaN(), math.NaN()},
		{"infinity", math.Inf(1), math.Inf(1)},
		{"minus infinity", math.Inf(-1), math.Inf(-1)},
		{"string", "häß€😀\x00\u2028", "häß€😀\x00\u2028"},
		{"empty string", "", ""},
		{"named string", named("x"), "x"},
		{"encoding.TextMarshaler", netip.MustParseAddr("::1"), "::1"},
		{"[]byte", []byte{0, 255, 128}, []byte{0, 255, 128}},
		{"[]byte of a text", []byte("text"), []byte("text")},
		{"[]byte, empty", []byte{}, []byte{}},
		{"[3]byte", [3]byte{255, 1, 2}, []byte{255, 1, 2}},
		{"[]any", []any{1, "two", nil}, []any{int64(1), "two", nil}},
		{"[]any, empty", []any{}, []any{}},
		{"nil slice", []string(nil), []any{}},
		{"[]int", []int{1, 2}, []any{int64(1), int64(2)}},
		{"[]string", []string{"a"}, []any{"a"}},
		{"[2]bool", [2]bool{true, false}, []any{true, false}},
		{"[]float64", []float64{0.5}, []any{0.5}},
		{"[][]int", [][]int{{1}, {}}, []any{[]any{int64(1)}, []any{}}},
		{"map[string]any", map[string]any{"b": 1, "a": nil}, map[string]any{"b": int64(1), "a": nil}},
		{"map[string]any, empty", map[string]any{}, map[string]any{}},
		{"nil map", map[string]int(nil), map[string]any{}},
		{"map[int]string", map[int]string{-3: "x"}, map[string]any{"-3": "x"}},
		{"map of text keys", map[netip.Addr]bool{netip.MustParseAddr("::1"): true}, map[string]any{"::1": true}},
		{"odd keys", map[string]any{"": 1, "a b": 2, "__proto__": 3, "constructor": 4, "ä": 5}, map[string]any{"": int64(1), "a b": int64(2), "__proto__": int64(3), "constructor": int64(4), "ä": int64(5)}},
		{
			"struct", record{innerPart: innerPart{1}, Name: "n", Hidden: 2, Next: &record{}},
			map[string]any{"id": int64(1), "name": "n", "Next": map[string]any{"id": int64(0), "name": "", "Next": nil}},
		},
		{"*struct", &innerPart{2}, map[string]any{"id": int64(2)}},
		{"time.Time", when, when},
		{"time.Time with an offset", zoned, zoned},
		{"json.Number", json.Number("12"), int64(12)},
		{"json.Number, a float", json.Number("1.25"), 1.25},
		{"json.RawMessage", json.RawMessage(`{"a": [1.5]}`), map[string]any{"a": []any{1.5}}},
	}
}
