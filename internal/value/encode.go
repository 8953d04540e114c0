package value

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"slices"
	"time"
	"unicode/utf8"
)

// Undefined is written as CBOR's undefined: an argument that was not given. It has no
// JSON, and guests send none.
var Undefined undefined

type undefined struct{}

// MarshalJSON refuses: there is no such value outside of lists of arguments.
func (undefined) MarshalJSON() ([]byte, error) {
	return nil, errors.New("an argument that is not given is no value")
}

// Normalize returns what [Decode] makes of what [Append] makes of v: nil, bool, int64,
// *big.Int, float64, string, []byte, []any, map[string]any or time.Time. Nothing of the
// result refers to v.
func Normalize(v any, place string) (any, error) {
	encoded, err := Append(nil, v, place)
	if err != nil {
		return nil, err
	}
	return Decode(encoded, Limits{Items: math.MaxInt})
}

// Encode is [Append] to an empty slice.
func Encode(v any, place string) ([]byte, error) { return Append(nil, v, place) }

// Append appends v to dst in CBOR. place names v in errors, such as "args[0]".
//
//   - nil, nil pointers and nil interfaces become null;
//   - bool, every kind of integer and *big.Int become what they are; floats
//     are always written as float64;
//   - strings must be valid UTF-8; []byte and arrays of bytes become byte
//     strings;
//   - slices and arrays become arrays, a nil slice an empty one;
//   - maps become maps, a nil map an empty one. Keys are strings; keys of
//     integer and boolean kinds are written as text, as encoding/json does,
//     and so is a key that is an encoding.TextMarshaler; floats and a
//     fmt.Stringer are written as package fmt does. Others are an error, and
//     so are two keys of the same text. The keys are sorted;
//   - structs become maps by their `json` tags, fields in the order of
//     declaration: names, "-", omitempty, omitzero and embedding work as in
//     encoding/json. The option "string" is ignored, as integers of any size
//     cross unchanged;
//   - time.Time becomes a time in its own offset, to the nanosecond;
//   - json.Number becomes an integer or a float; json.RawMessage and the
//     output of a json.Marshaler are read with [ParseJSON];
//   - an encoding.TextMarshaler becomes a string.
//
// Everything else, and a value nested more than [MaxDepth] levels deep, is a
// [*PlaceError]. After an error the returned slice is dst with its old length.
func Append(dst []byte, v any, place string) ([]byte, error) {
	result, err := appendValue(dst, v, 0)
	if err != nil {
		return dst, placeError(explain(err, v, place), place)
	}
	return result, nil
}

// appendValue serves the common types without reflection. depth counts the
// containers, pointers and interfaces around v.
func appendValue(dst []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, simpleNull), nil
	case bool:
		return appendBool(dst, v), nil
	case string:
		return appendString(dst, v)
	case int:
		return appendInt(dst, int64(v)), nil
	case int64:
		return appendInt(dst, v), nil
	case int32:
		return appendInt(dst, int64(v)), nil
	case uint64:
		return AppendUint(dst, v), nil
	case float64:
		return appendFloat(dst, v), nil
	case float32:
		return appendFloat(dst, float64(v)), nil
	case []byte:
		return appendBytes(dst, v), nil
	case []any:
		return appendSlice(dst, v, depth)
	case map[string]any:
		return appendMap(dst, v, depth)
	case []string:
		dst = AppendArrayHead(dst, len(v))
		for i, item := range v {
			var err error
			if dst, err = appendString(dst, item); err != nil {
				return dst, atIndex(err, i)
			}
		}
		return dst, nil
	case []int:
		dst = AppendArrayHead(dst, len(v))
		for _, item := range v {
			dst = appendInt(dst, int64(item))
		}
		return dst, nil
	case []int64:
		dst = AppendArrayHead(dst, len(v))
		for _, item := range v {
			dst = appendInt(dst, item)
		}
		return dst, nil
	case []float64:
		dst = AppendArrayHead(dst, len(v))
		for _, item := range v {
			dst = appendFloat(dst, item)
		}
		return dst, nil
	case time.Time:
		return appendTime(dst, v)
	case *big.Int:
		if v == nil {
			return append(dst, simpleNull), nil
		}
		return appendBigInt(dst, v)
	case json.Number:
		return appendNumber(dst, string(v))
	case undefined:
		return append(dst, simpleAbsent), nil
	}
	return appendReflect(dst, v, depth)
}

func appendString(dst []byte, text string) ([]byte, error) {
	if !utf8.ValidString(text) {
		return dst, failf("the string is not valid UTF-8; pass binary data as []byte")
	}
	return AppendText(dst, text), nil
}

func appendSlice(dst []byte, items []any, depth int) ([]byte, error) {
	if depth >= MaxDepth {
		return dst, errTooDeep()
	}
	dst = AppendArrayHead(dst, len(items))
	for i, item := range items {
		var err error
		if dst, err = appendValue(dst, item, depth+1); err != nil {
			return dst, atIndex(err, i)
		}
	}
	return dst, nil
}

func appendMap(dst []byte, pairs map[string]any, depth int) ([]byte, error) {
	if depth >= MaxDepth {
		return dst, errTooDeep()
	}
	dst = AppendMapHead(dst, len(pairs))
	var scratch [16]string // most maps are small: their keys need no allocation
	for _, key := range sortedKeys(scratch[:0], pairs) {
		var err error
		if dst, err = appendString(dst, key); err != nil {
			return dst, atKey(failf("the key is not valid UTF-8"), key)
		}
		if dst, err = appendValue(dst, pairs[key], depth+1); err != nil {
			return dst, atKey(err, key)
		}
	}
	return dst, nil
}

func sortedKeys(keys []string, pairs map[string]any) []string {
	for key := range pairs {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// appendNumber writes a JSON number: an integer unless it has a decimal point
// or an exponent.
func appendNumber(dst []byte, text string) ([]byte, error) {
	if text == "" { // the zero json.Number is 0, as for encoding/json
		text = "0"
	}
	number, rest, reason := scanNumber(text)
	if reason != "" || rest != "" {
		return dst, failf("%.60q is not a number", text)
	}
	v, err := parseNumber(number)
	if err != nil {
		return dst, err
	}
	return appendValue(dst, v, 0)
}
