package signature

import "strings"

var phpTypes = map[string]map[string]any{
	"int": ofType("integer"), "float": ofType("number"), "string": ofType("string"), "bool": ofType("boolean"),
	"true": {"const": true}, "false": {"const": false}, "null": ofType("null"), "void": ofType("null"),
	"array": {"type": []any{"array", "object"}}, "iterable": {"type": []any{"array", "object"}}, "traversable": {"type": []any{"array", "object"}},
	"datetimeinterface": typeSchemas["time"], "datetimeimmutable": typeSchemas["time"], "datetime": typeSchemas["time"],
	"stdclass": ofType("object"),
}

func phpHint(hint string) map[string]any {
	p := hintParser{text: hint}
	var members []map[string]any
	nullable := p.accept('?')
	for {
		if p.accept('(') { // (A&B)|null
			p.skipBrackets()
			p.accept(')')
			members = append(members, map[string]any{})
		} else {
			name := strings.ToLower(lastPart(p.word(`\`), `\`))
			if name == "" {
				return map[string]any{}
			}
			of := phpTypes[name]
			if of == nil {
				of = map[string]any{} // mixed, classes
			}
			members = append(members, of)
		}
		if p.accept('&') {
			return map[string]any{}
		}
		if !p.accept('|') {
			break
		}
	}
	if p.space(); p.at < len(p.text) {
		return map[string]any{}
	}
	if nullable {
		members = append(members, ofType("null"))
	}
	flat := members[:0:0]
	for _, m := range members { // array is two types
		if list, ok := m["type"].([]any); ok {
			for _, name := range list {
				flat = append(flat, map[string]any{"type": name})
			}
			continue
		}
		flat = append(flat, m)
	}
	return union(flat)
}
