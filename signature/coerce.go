package signature

import (
	"encoding/base64"
	"math"
	"math/big"
	"regexp"
	"strings"
	"time"
)

// coerce turns v into what a JSON Schema asks for, where that loses nothing; else v stays.
// What the result shares with v is not changed.
func coerce(v, schema any) any {
	asked, ok := schema.(map[string]any)
	if !ok {
		return v
	}
	types := askedTypes(asked)
	for _, name := range types {
		if isOf(v, name, asked) {
			return coerceInside(v, asked)
		}
	}
	for _, name := range types {
		if turned, ok := turn(v, name, asked); ok {
			return turned
		}
	}
	return coerceInside(v, asked)
}

// askedTypes are the names in "type".
func askedTypes(schema map[string]any) []string {
	switch v := schema["type"].(type) {
	case string:
		return []string{v}
	case []any:
		var names []string
		for _, item := range v {
			if name, ok := item.(string); ok {
				names = append(names, name)
			}
		}
		return names
	}
	return nil
}

// isOf tells whether v needs no turning to be of a type.
func isOf(v any, name string, schema map[string]any) bool {
	switch v.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case int64, *big.Int:
		return name == "integer" || name == "number" && schema["format"] != "double"
	case float64:
		return name == "number"
	case string:
		return name == "string" && schema["contentEncoding"] != "base64" && schema["format"] != "date-time"
	case []byte, time.Time:
		return name == "string"
	case []any:
		return name == "array"
	case map[string]any:
		return name == "object"
	}
	return false
}

// jsonNumber is the grammar of RFC 8259, section 6.
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

func turn(v any, name string, schema map[string]any) (any, bool) {
	switch name {
	case "integer":
		switch v := v.(type) {
		case float64:
			return exactInteger(v)
		case string:
			if jsonNumber.MatchString(v) && !strings.ContainsAny(v, ".eE") {
				n, err := parseNumber(v)
				return n, err == nil
			}
		}
	case "number":
		switch v := v.(type) {
		case int64:
			f := float64(v)
			return f, f < 1<<63 && int64(f) == v
		case *big.Int:
			f, accuracy := new(big.Float).SetInt(v).Float64()
			return f, accuracy == big.Exact
		case string:
			if jsonNumber.MatchString(v) {
				n, err := parseNumber(v)
				if err == nil && schema["format"] == "double" && !isOf(n, name, schema) {
					return turn(n, name, schema)
				}
				return n, err == nil
			}
		}
	case "boolean":
		if v == "true" || v == "false" {
			return v == "true", true
		}
	case "string":
		return turnString(v, schema)
	}
	return nil, false
}

func turnString(v any, schema map[string]any) (any, bool) {
	switch v := v.(type) {
	case string:
		if schema["contentEncoding"] == "base64" {
			data, err := base64.StdEncoding.DecodeString(v)
			return data, err == nil
		}
		t, err := time.Parse(time.RFC3339, v) // isOf lets other strings be
		return t, err == nil
	case bool, int64, *big.Int, float64:
		if schema["contentEncoding"] == "base64" || schema["format"] == "date-time" {
			return nil, false
		}
		if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
			return nil, false
		}
		text, err := appendJSON(nil, v)
		return string(text), err == nil
	}
	return nil, false
}

func exactInteger(f float64) (any, bool) {
	if f != math.Trunc(f) || math.IsInf(f, 0) {
		return nil, false
	}
	n, _ := big.NewFloat(f).Int(nil)
	if n.IsInt64() {
		return n.Int64(), true
	}
	return n, true
}

// coerceInside coerces the parts of lists and maps.
func coerceInside(v any, schema map[string]any) any {
	switch v := v.(type) {
	case []any:
		items, has := schema["items"]
		if !has {
			return v
		}
		list := make([]any, len(v))
		for i := range v {
			list[i] = coerce(v[i], items)
		}
		return list
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		additional, has := schema["additionalProperties"]
		if len(properties) == 0 && !has {
			return v
		}
		pairs := make(map[string]any, len(v))
		for key, item := range v {
			if of, known := properties[key]; known {
				item = coerce(item, of)
			} else {
				item = coerce(item, additional)
			}
			pairs[key] = item
		}
		return pairs
	}
	return v
}
