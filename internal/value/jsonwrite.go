package value

import (
	"encoding/base64"
	"math"
	"math/big"
	"strconv"
	"time"
	"unicode/utf8"
)

// Names of the objects that stand for what JSON has not. Only an object with
// exactly one of them as its only key is special.
const (
	jsonBytes  = "$bytes"  // {"$bytes":"<base64>"}
	jsonFloat  = "$float"  // {"$float":"NaN"}, "Infinity", "-Infinity"
	jsonTime   = "$time"   // {"$time":"<RFC 3339>"}
	jsonObject = "$object" // {"$object":{…}}: the inner object is an ordinary one, whatever its key
)

func isReserved(key string) bool {
	return key == jsonBytes || key == jsonFloat || key == jsonTime || key == jsonObject
}

// MarshalJSON is [AppendJSON] to an empty slice.
func MarshalJSON(v any) ([]byte, error) { return AppendJSON(nil, v) }

// AppendJSON appends v to dst as one line of JSON, from which [ParseJSON]
// makes the same value again. Integers are written with all their digits and
// floats with a decimal point or an exponent; bytes are {"$bytes":"<base64>"},
// NaN and infinities {"$float":"NaN"|"Infinity"|"-Infinity"}, times
// {"$time":"<RFC 3339>"}. A map that would be mistaken for one of these,
// having one of the names as its only key, is wrapped: {"$object":{…}}. Keys
// are sorted; HTML is not escaped. The JSON nests [MaxDepth] levels at most.
//
// Values other than those [Decode] returns are taken for what [Append] makes
// of them. Errors are of type [*PlaceError]; the returned slice is then dst
// with its old length.
func AppendJSON(dst []byte, v any) ([]byte, error) {
	result, err := appendJSON(dst, v, 0)
	if err != nil {
		return dst, placeError(err, "")
	}
	return result, nil
}

func appendJSON(dst []byte, v any, depth int) ([]byte, error) {
	if depth >= MaxDepth && takesObject(v) {
		return dst, errTooDeep()
	}
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case *big.Int:
		if v == nil {
			return append(dst, "null"...), nil
		}
		if v.BitLen() > MaxIntegerBits {
			return dst, errIntegerTooLarge()
		}
		return v.Append(dst, 10), nil
	case float64:
		switch {
		case math.IsNaN(v):
			return append(dst, `{"$float":"NaN"}`...), nil
		case math.IsInf(v, 1):
			return append(dst, `{"$float":"Infinity"}`...), nil
		case math.IsInf(v, -1):
			return append(dst, `{"$float":"-Infinity"}`...), nil
		}
		return formatFloat(dst, v), nil
	case string:
		return appendJSONString(dst, v)
	case []byte:
		dst = append(dst, `{"$bytes":"`...)
		dst = base64.StdEncoding.AppendEncode(dst, v)
		return append(dst, `"}`...), nil
	case time.Time:
		text, err := formatTime(v)
		if err != nil {
			return dst, err
		}
		dst = append(dst, `{"$time":"`...)
		dst = append(dst, text...)
		return append(dst, `"}`...), nil
	case []any:
		return appendJSONArray(dst, v, depth)
	case map[string]any:
		return appendJSONObject(dst, v, depth)
	}
	// Any other Go value goes by way of CBOR, so that there is one set of
	// rules for what becomes what.
	encoded, err := appendReflect(nil, v, depth)
	if err != nil {
		return dst, err
	}
	decoded, err := Decode(encoded, Limits{Items: math.MaxInt})
	if err != nil {
		return dst, failf("%v", err)
	}
	return appendJSON(dst, decoded, depth)
}

// takesObject reports whether a value that is no container is written as one.
func takesObject(v any) bool {
	switch v := v.(type) {
	case []byte, time.Time:
		return true
	case float64:
		return math.IsNaN(v) || math.IsInf(v, 0)
	}
	return false
}

func appendJSONArray(dst []byte, items []any, depth int) ([]byte, error) {
	if depth >= MaxDepth {
		return dst, errTooDeep()
	}
	dst = append(dst, '[')
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendJSON(dst, item, depth+1); err != nil {
			return dst, atIndex(err, i)
		}
	}
	return append(dst, ']'), nil
}

func appendJSONObject(dst []byte, pairs map[string]any, depth int) ([]byte, error) {
	var scratch [16]string
	keys := sortedKeys(scratch[:0], pairs)
	wrap := len(keys) == 1 && isReserved(keys[0])
	if wrap {
		dst = append(dst, `{"$object":`...)
		depth++
	}
	if depth >= MaxDepth {
		return dst, errTooDeep()
	}
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendJSONString(dst, key); err != nil {
			return dst, atKey(failf("the key is not valid UTF-8"), key)
		}
		dst = append(dst, ':')
		if dst, err = appendJSON(dst, pairs[key], depth+1); err != nil {
			return dst, atKey(err, key)
		}
	}
	if wrap {
		dst = append(dst, '}')
	}
	return append(dst, '}'), nil
}

func appendJSONString(dst []byte, text string) ([]byte, error) {
	if !utf8.ValidString(text) {
		return dst, failf("the string is not valid UTF-8")
	}
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	done := 0 // what comes before has been appended
	for i := range len(text) {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, text[done:i]...)
		done = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	dst = append(dst, text[done:]...)
	return append(dst, '"'), nil
}
