package signature

import (
	"maps"
	"slices"
	"strings"
)

// TypeSchema translates a type hint into JSON Schema: annotations of Python, types of
// PHP, C and C++, and those that JavaScript has in doc comments. What it does not know,
// or says nothing, is an empty schema, which lets everything through.
func (c Convention) TypeSchema(hint string) map[string]any {
	if hint = strings.TrimSpace(hint); hint == "" || len(hint) > maxHintBytes+len("…") {
		return map[string]any{}
	}
	schema := map[string]any{}
	switch c.Notation {
	case NotationPython:
		schema = pythonHint(hint)
	case NotationPHP:
		schema = phpHint(hint)
	case NotationC:
		schema = cHint(hint)
	case NotationJavaScript:
		schema = javascriptHint(hint)
	}
	return copySchema(schema)
}

// copySchema makes a schema the caller's own: its parts are from tables.
func copySchema(schema map[string]any) map[string]any {
	c := maps.Clone(schema)
	for key, part := range c {
		switch part := part.(type) {
		case map[string]any:
			c[key] = copySchema(part)
		case []any:
			list := slices.Clone(part)
			for i := range list {
				if of, ok := list[i].(map[string]any); ok {
					list[i] = copySchema(of)
				}
			}
			c[key] = list
		}
	}
	return c
}

func ofType(name string) map[string]any { return map[string]any{"type": name} }

func text(key, value string) map[string]any { return map[string]any{"type": "string", key: value} }

func arrayOf(items map[string]any) map[string]any {
	schema := ofType("array")
	if len(items) > 0 {
		schema["items"] = items
	}
	return schema
}

func mapOf(values map[string]any) map[string]any {
	schema := ofType("object")
	if len(values) > 0 {
		schema["additionalProperties"] = values
	}
	return schema
}

func tupleOf(items []map[string]any) map[string]any {
	if len(items) == 0 { // prefixItems must not be empty
		return map[string]any{"type": "array", "maxItems": int64(0)}
	}
	list := make([]any, len(items))
	for i := range items {
		list[i] = items[i]
	}
	return map[string]any{"type": "array", "prefixItems": list, "minItems": int64(len(items)), "maxItems": int64(len(items))}
}

// union is a schema for values of any of the types.
func union(members []map[string]any) map[string]any {
	var names []any
	simple := true
	var list []any
	for _, m := range members {
		if len(m) == 0 {
			return m // anything
		}
		if name, ok := m["type"].(string); ok && (len(m) == 1 || name == "null") {
			names = append(names, name)
		} else {
			simple = false
		}
		list = append(list, m)
	}
	switch {
	case len(members) == 0:
		return map[string]any{}
	case len(members) == 1:
		return members[0]
	case simple:
		return map[string]any{"type": names}
	case len(members) == 2 && members[1]["type"] == "null":
		if name, ok := members[0]["type"].(string); ok && members[0]["enum"] == nil {
			of := maps.Clone(members[0])
			of["type"] = []any{name, "null"}
			return of
		}
	}
	return map[string]any{"anyOf": list}
}
