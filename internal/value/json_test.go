package value

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestJSON(t *testing.T) {
	tests := []struct {
		name string
		in   any
		want string
	}{
		{"null", nil, `null`},
		{"bool", true, `true`},
		{"int", int64(-12), `-12`},
		{"min", int64(math.MinInt64), `-9223372036854775808`},
		{"big", bigInt(t, "123456789012345678901234567890"), `123456789012345678901234567890`},
		{"float", 1.0, `1.0`},
		{"negative zero", math.Copysign(0, -1), `-0.0`},
		{"fraction", 0.1, `0.1`},
		{"large float", 1e21, `1e+21`},
		{"below", 1e20, `100000000000000000000.0`},
		{"small float", 1e-7, `1e-07`},
		{"NaN", math.NaN(), `{"$float":"NaN"}`},
		{"infinity", math.Inf(1), `{"$float":"Infinity"}`},
		{"-infinity", math.Inf(-1), `{"$float":"-Infinity"}`},
		{"string", "<a> & \"b\"\\\n\r\t\x00\x1f\x7f\u2028é😀", "\"<a> & \\\"b\\\"\\\\\\n\\r\\t\\u0000\\u001f\x7f\u2028é😀\""},
		{"bytes", []byte{1, 2, 255}, `{"$bytes":"AQL/"}`},
		{"no bytes", []byte{}, `{"$bytes":""}`},
		{"time", time.Date(2026, 1, 2, 3, 4, 5, 500, time.FixedZone("", -5400)), `{"$time":"2026-01-02T03:04:05.0000005-01:30"}`},
		{"list", []any{int64(1), 1.0, []any{}}, `[1,1.0,[]]`},
		{"map", map[string]any{"b": nil, "a": map[string]any{}, "": int64(0)}, `{"":0,"a":{},"b":null}`},
		{"looks like bytes", map[string]any{"$bytes": "AQL/"}, `{"$object":{"$bytes":"AQL/"}}`},
		{"looks like a float", map[string]any{"$float": int64(1)}, `{"$object":{"$float":1}}`},
		{"looks like a time", map[string]any{"$time": nil}, `{"$object":{"$time":null}}`},
		{"looks like a wrapper", map[string]any{"$object": map[string]any{}}, `{"$object":{"$object":{}}}`},
		{"wrapper of bytes", map[string]any{"$object": []byte{1}}, `{"$object":{"$object":{"$bytes":"AQ=="}}}`},
		{"wrapper of a wrapper", map[string]any{"$object": map[string]any{"$bytes": "x"}}, `{"$object":{"$object":{"$object":{"$bytes":"x"}}}}`},
		{"two keys", map[string]any{"$bytes": "x", "$object": []byte{1}}, `{"$bytes":"x","$object":{"$bytes":"AQ=="}}`},
		{"two keys, wrapper within", map[string]any{"a": "x", "$object": map[string]any{"$bytes": "x"}}, `{"$object":{"$object":{"$bytes":"x"}},"a":"x"}`},
		{"other dollar", map[string]any{"$ref": "#/a"}, `{"$ref":"#/a"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := AppendJSON([]byte("x"), test.in)
			require.NoError(t, err)
			require.Equal(t, "x"+test.want, string(got))
			require.True(t, json.Valid(got[1:]))

			back, err := ParseJSON(got[1:])
			require.NoError(t, err)
			want, err := Encode(test.in, "")
			require.NoError(t, err)
			encoded, err := Encode(back, "")
			require.NoError(t, err)
			require.Equal(t, want, encoded)
		})
	}
}

func TestMarshalJSONOfOtherValues(t *testing.T) {
	got, err := MarshalJSON(map[string]any{"p": &address{Street: "s"}, "n": []uint8{1}, "i": []int32{1}, "f": float32(1), "nil": (*int)(nil)})
	require.NoError(t, err)
	require.Equal(t, `{"f":1.0,"i":[1],"n":{"$bytes":"AQ=="},"nil":null,"p":{"street":"s"}}`, string(got))

	for in, want := range map[string]any{
		"a[1]: func() cannot be passed to a guest":  map[string]any{"a": []any{1, func() {}}},
		"a.F: func() cannot be passed to a guest":   map[string]any{"a": struct{ F func() }{}},
		"[0]: the string is not valid UTF-8":        []any{"\xff"},
		`["\xff"]: the key is not valid UTF-8`:      map[string]any{"\xff": 1},
		"the year -1 cannot be written in RFC 3339": time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		_, err := MarshalJSON(want)
		require.EqualError(t, err, in)
	}
	_, err = MarshalJSON(nest(MaxDepth + 1))
	require.ErrorIs(t, err, ErrTooLarge)
	deepest, err := MarshalJSON(nest(MaxDepth))
	require.NoError(t, err)
	_, err = ParseJSON(deepest)
	require.NoError(t, err)
}

func TestParseJSON(t *testing.T) {
	tests := []struct {
		in   string
		want any
	}{
		{" \t\r\n 1 \n", int64(1)},
		{"-0", int64(0)},
		{"1e2", 100.0},
		{"1E+2", 100.0},
		{"1.50", 1.5},
		{"1e-999", 0.0},
		{"9223372036854775808", bigInt(t, "9223372036854775808")},
		{`"\ud83d\ude00\/\b\f\u0041"`, "😀/\b\fA"},
		{`[ 1 , [ ] , { } ]`, []any{int64(1), []any{}, map[string]any{}}},
		{`{ "a" : 1 , "b" : [ 2 ] }`, map[string]any{"a": int64(1), "b": []any{int64(2)}}},
		{`{"$object":{"a":1}}`, map[string]any{"a": int64(1)}}, // not needed, but harmless
		{`{"$object":{"$bytes":"AQ=="},"x":1}`, map[string]any{"$object": []byte{1}, "x": int64(1)}},
		{`{"x":1,"$object":{"$bytes":"AQ=="}}`, map[string]any{"$object": []byte{1}, "x": int64(1)}},
		{`{"$object":1,"x":1}`, map[string]any{"$object": int64(1), "x": int64(1)}},
		{` { "$bytes" : "" } `, []byte{}},
	}
	for _, test := range tests {
		got, err := ParseJSON([]byte(test.in))
		require.NoError(t, err, test.in)
		require.Equal(t, test.want, got, test.in)
	}
}

func TestParseJSONErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", "line 1, column 1: the JSON is empty; write null for no value"},
		{"\n ", "line 2, column 2: the JSON is empty; write null for no value"},
		{"[\n1,\n  é]", `line 3, column 3: a value should be here, not 'é'`},
		{`["é", x]`, `line 1, column 7: "x" is not JSON; if a string is meant, put it in double quotes`},
		{"World", `line 1, column 1: "World" is not JSON; if a string is meant, put it in double quotes`},
		{"['a']", `line 1, column 2: a string needs double quotes: "…"`},
		{"[None]", "line 1, column 2: None is not JSON; write null"},
		{"NaN", `line 1, column 1: NaN is not JSON; write {"$float":"NaN"}`},
		{"-Infinity", `line 1, column 1: -Infinity is not JSON; write {"$float":"-Infinity"}`},
		{"trueish", `line 1, column 1: "trueish" is not JSON; if a string is meant, put it in double quotes`},
		{"1 2", "line 1, column 3: there is something after the value; remove it, or put several values into an array: [1, 2]"},
		{"[1", "line 1, column 3: the JSON ends before the closing ']'"},
		{"[1,", "line 1, column 4: the JSON ends where a value should be"},
		{"[1,]", "line 1, column 3: remove the comma before the closing ']'"},
		{`{"a":1,}`, "line 1, column 7: remove the comma before the closing '}'"},
		{"[1 2]", "line 1, column 4: a comma or ']' should be here"},
		{"[,1]", "line 1, column 2: a value should come before ','"},
		{"{", "line 1, column 2: the JSON ends before the closing '}'"},
		{"{a:1}", "line 1, column 2: a key in double quotes should be here"},
		{`{"a" 1}`, "line 1, column 6: a colon should follow the key \"a\""},
		{`{"a":}`, "line 1, column 6: a value should come before '}'"},
		{`{"a":1,"b":{"c":1,"c":2}}`, "line 1, column 19: the key \"c\" is there twice; remove one"},
		{`{"$object":{},"$object":{}}`, "line 1, column 15: the key \"$object\" is there twice; remove one"},
		{"// x", "line 1, column 1: JSON has no comments; remove this"},
		{"01", "line 1, column 1: a number has no leading zeros"},
		{"-", "line 1, column 1: a number needs a digit here"},
		{"1.", "line 1, column 1: a number needs a digit after the decimal point"},
		{"1e", "line 1, column 1: a number needs a digit in the exponent"},
		{".5", "line 1, column 1: a number begins with a digit or a minus sign"},
		{"+1", "line 1, column 1: a number begins with a digit or a minus sign"},
		{"0x10", "line 1, column 2: a number ends before 'x'; if a string is meant, put it in double quotes"},
		{"1e999", `line 1, column 1: 1e999 is too large for a float; write {"$float":"Infinity"} if that is meant`},
		{strings.Repeat("9", 400_000), "line 1, column 1: integer has more than 1048576 bits"},
		{`"a`, "line 1, column 2: the string has no closing double quote"},
		{`"a\`, "line 1, column 3: the string has no closing double quote"},
		{"\"a\nb\"", `line 1, column 3: a line break in a string is written \n; or the closing quote is missing`},
		{"\"\x01\"", `line 1, column 2: the control character 0x01 in a string is written \u0001`},
		{`"\x41"`, `line 1, column 2: a backslash in a string is written \\`},
		{`"\u12"`, `line 1, column 2: \u needs four hexadecimal digits`},
		{`"\u+123"`, `line 1, column 2: \u needs four hexadecimal digits`},
		{`"\ud83d"`, `line 1, column 2: \ud83d is half of a surrogate pair and stands for no character`},
		{`"\ude00\ud83d"`, `line 1, column 2: \ude00 is half of a surrogate pair and stands for no character`},
		{"\"\xff\"", `line 1, column 2: the string is not valid UTF-8; write binary data as {"$bytes":"<base64>"}`},
		{"\xff", "line 1, column 1: this is not valid UTF-8"},
		{` {"$bytes":"AQ"}`, `line 1, column 2: $bytes needs a string in base64 with padding; for an ordinary object with this key write {"$object":{…}}`},
		{`{"$bytes":"A\nQ=="}`, `line 1, column 1: $bytes needs a string in base64 with padding; for an ordinary object with this key write {"$object":{…}}`},
		{`{"$bytes":1}`, `line 1, column 1: $bytes needs a string in base64 with padding; for an ordinary object with this key write {"$object":{…}}`},
		{`{"$float":1.0}`, `line 1, column 1: $float needs "NaN", "Infinity" or "-Infinity"; for an ordinary object with this key write {"$object":{…}}`},
		{`{"$float":[]}`, `line 1, column 1: $float needs "NaN", "Infinity" or "-Infinity"; for an ordinary object with this key write {"$object":{…}}`},
		{`{"$time":"2026-01-02"}`, `line 1, column 1: $time needs a string like 2006-01-02T15:04:05Z; for an ordinary object with this key write {"$object":{…}}`},
		{`{"$object":[]}`, `line 1, column 1: $object needs an object: {"$object":{…}}`},
		{`{"$object":{"$object":{"$object":1}}}`, `line 1, column 23: $object needs an object: {"$object":{…}}`},
		{strings.Repeat("[", 5000), "line 1, column 1001: nested more than 1000 levels deep"},
		{strings.Repeat(`{"$object":`, 5000), "line 1, column 11001: nested more than 1000 levels deep"},
	}
	for _, test := range tests {
		got, err := ParseJSON([]byte(test.in))
		require.EqualError(t, err, test.want, "%.50s", test.in)
		require.Nil(t, got)
		var syntax *SyntaxError
		require.ErrorAs(t, err, &syntax)
	}
}

func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,1.0,-2e5,"\ud83d\ude00\n",null,true],"$bytes":"AQ=="}`, `{"$bytes":"AQ=="}`, `{"$float":"NaN"}`,
		`{"$time":"2026-01-02T03:04:05+01:00"}`, `{"$object":{"$object":{"$bytes":"AQ=="}}}`, `123456789012345678901234567890`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := ParseJSON(data)
		if err != nil {
			return
		}
		require.True(t, json.Valid(data))
		first, err := Encode(v, "value")
		require.NoError(t, err)
		text, err := MarshalJSON(v)
		require.NoError(t, err)
		require.True(t, json.Valid(text))
		again, err := ParseJSON(text)
		require.NoError(t, err)
		second, err := Encode(again, "value")
		require.NoError(t, err)
		require.Equal(t, first, second, "%s", text)
	})
}

func BenchmarkParseJSON(b *testing.B) {
	text := []byte(`["World",42,1.5,true,{"greeting":"Hi","items":[1,2,3],"z":null}]`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseJSON(text); err != nil {
			b.Fatal(err)
		}
	}
}

func TestParseArguments(t *testing.T) {
	pairs, err := ParseArguments([]byte(` {"a": 1, "b": {"index": 1, "value": [2]}, "c": {"$object": {"index": 1, "value": 2}},
		"d": {"index": -1, "value": 2}, "e": {"index": 1.0, "value": 2}, "f": {"index": 1, "value": 2, "x": 3},
		"g": [{"index": 1, "value": 2}], "h": {"$bytes": "AQ=="}, "i": {"index": 0, "value": {"index": 1, "value": 2}}} `))
	require.NoError(t, err)
	plain := map[string]any{"index": int64(1), "value": int64(2)}
	require.Equal(t, map[string]any{
		"a": int64(1), "b": Positioned{1, []any{int64(2)}}, "c": plain,
		"d": map[string]any{"index": int64(-1), "value": int64(2)}, "e": map[string]any{"index": 1.0, "value": int64(2)},
		"f": map[string]any{"index": int64(1), "value": int64(2), "x": int64(3)},
		"g": []any{plain}, "h": []byte{1}, "i": Positioned{0, plain},
	}, pairs)
	pairs, err = ParseArguments([]byte(`{}`))
	require.NoError(t, err)
	require.Empty(t, pairs)
	for text, want := range map[string]string{
		``:                  "line 1, column 1: an object should be here, with the arguments by their names",
		`[1]`:               "line 1, column 1: an object should be here, with the arguments by their names",
		`{"$bytes":"AQ=="}`: "line 1, column 1: an object should be here, with the arguments by their names",
		`{"a": 1,}`:         "line 1, column 8: remove the comma before the closing '}'",
	} {
		_, err := ParseArguments([]byte(text))
		require.EqualError(t, err, want)
	}
}
