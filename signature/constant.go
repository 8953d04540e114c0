package signature

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxIntegerDigits bounds the integers of a schema: converting them takes more than
// linear time.
const maxIntegerDigits = 10_000

// appendJSON writes a value as package funcbox writes results: integers with all their
// digits, floats with a decimal point, and objects such as {"$bytes": "<base64>"} for
// what JSON has not.
func appendJSON(dst []byte, v any) ([]byte, error) {
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
		return v.Append(dst, 10), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Appendf(dst, `{"$float":%q}`, floatName(v)), nil
		}
		return append(dst, floatText(v)...), nil
	case []byte:
		return fmt.Appendf(dst, `{"$bytes":%q}`, base64.StdEncoding.EncodeToString(v)), nil
	case time.Time:
		return fmt.Appendf(dst, `{"$time":%q}`, v.Format(time.RFC3339Nano)), nil
	case []any:
		dst = append(dst, '[')
		for i, item := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			var err error
			if dst, err = appendJSON(dst, item); err != nil {
				return dst, err
			}
		}
		return append(dst, ']'), nil
	case map[string]any:
		return appendObject(dst, sortedKeys(v), v)
	}
	text, err := marshalPlainly(v)
	return append(dst, text...), err
}

func appendObject(dst []byte, keys []string, pairs map[string]any) ([]byte, error) {
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		name, err := marshalPlainly(key)
		if err != nil {
			return dst, err
		}
		dst = append(append(dst, name...), ':')
		if dst, err = appendJSON(dst, pairs[key]); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// marshalPlainly is json.Marshal without the escapes that JSON inside HTML needs.
func marshalPlainly(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func floatName(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return "NaN"
}

// floatText writes a finite float so that it is seen to be one.
func floatText(f float64) string {
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

// parseJSON reads one JSON value, with integers of any size and without a special
// meaning of objects.
func parseJSON(data []byte) (any, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("the JSON is not valid UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the JSON is empty")
		}
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the JSON value")
	}
	return exactNumbers(v)
}

// exactNumbers replaces each json.Number in v by the number it stands for.
func exactNumbers(v any) (any, error) {
	switch v := v.(type) {
	case json.Number:
		return parseNumber(string(v))
	case []any:
		for i := range v {
			var err error
			if v[i], err = exactNumbers(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for key := range v {
			var err error
			if v[key], err = exactNumbers(v[key]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// parseNumber turns the text of a JSON number into int64, *big.Int or float64.
func parseNumber(text string) (any, error) {
	if strings.ContainsAny(text, ".eE") {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("the number %.40s is too large", text)
		}
		return f, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	if len(text) > maxIntegerDigits {
		return nil, fmt.Errorf("an integer has more than %d digits", maxIntegerDigits)
	}
	n, ok := new(big.Int).SetString(text, 10)
	if !ok {
		return nil, fmt.Errorf("%.40q is no number", text)
	}
	return n, nil
}

// special turns the objects that stand for what JSON has not into that, as the JSON of
// results has them; other objects stay.
func special(v any) (any, error) {
	switch v := v.(type) {
	case []any:
		for i := range v {
			var err error
			if v[i], err = special(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		if len(v) == 1 {
			for key, inner := range v {
				text, isText := inner.(string)
				switch key {
				case "$bytes":
					data, err := base64.StdEncoding.DecodeString(text)
					if !isText || err != nil {
						return nil, errors.New("$bytes needs a string in base64")
					}
					return data, nil
				case "$time":
					t, err := time.Parse(time.RFC3339, text)
					if err != nil {
						return nil, errors.New("$time needs a string like 2006-01-02T15:04:05Z")
					}
					return t, nil
				case "$float":
					f, err := strconv.ParseFloat(text, 64)
					if err != nil || !math.IsNaN(f) && !math.IsInf(f, 0) {
						return nil, errors.New(`$float needs "NaN", "Infinity" or "-Infinity"`)
					}
					return f, nil
				case "$object":
					if inner, ok := inner.(map[string]any); ok {
						return inner, nil
					}
				}
			}
		}
		for key := range v {
			var err error
			if v[key], err = special(v[key]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// cloneValue copies the lists and maps of a value, so that what is filled in for one
// call cannot be changed by another.
func cloneValue(v any) any {
	switch v := v.(type) {
	case []any:
		c := make([]any, len(v))
		for i := range v {
			c[i] = cloneValue(v[i])
		}
		return c
	case map[string]any:
		c := make(map[string]any, len(v))
		for key := range v {
			c[key] = cloneValue(v[key])
		}
		return c
	case []byte:
		return slices.Clone(v)
	}
	return v
}

func sortedKeys[V any](pairs map[string]V) []string {
	keys := make([]string, 0, len(pairs))
	for key := range pairs {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
