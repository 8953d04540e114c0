package signature

import "strings"

// javascriptTypes are those of JSDoc.
var javascriptTypes = map[string]map[string]any{
	"string": ofType("string"), "String": ofType("string"), "number": ofType("number"), "Number": ofType("number"),
	"bigint": ofType("integer"), "BigInt": ofType("integer"), "boolean": ofType("boolean"), "Boolean": ofType("boolean"),
	"null": ofType("null"), "undefined": ofType("null"), "void": ofType("null"), "object": ofType("object"), "Object": ofType("object"),
	"Array": ofType("array"), "Set": ofType("array"), "Map": ofType("object"), "Record": ofType("object"),
	"Uint8Array": typeSchemas["bytes"], "ArrayBuffer": typeSchemas["bytes"], "Buffer": typeSchemas["bytes"], "Date": typeSchemas["time"],
}

func javascriptHint(hint string) map[string]any {
	p := hintParser{text: strings.TrimSuffix(strings.TrimPrefix(hint, "..."), "=")}
	schema := p.javascriptUnion(0)
	if p.space(); p.failed || p.at < len(p.text) {
		return map[string]any{}
	}
	return schema
}

func (p *hintParser) javascriptUnion(depth int) map[string]any {
	if depth > maxHintDepth {
		return p.fail()
	}
	nullable := p.accept('?')
	p.accept('!')
	members := []map[string]any{p.javascriptTerm(depth + 1)}
	for p.accept('|') {
		members = append(members, p.javascriptTerm(depth+1))
	}
	if nullable {
		members = append(members, ofType("null"))
	}
	return union(members)
}

func (p *hintParser) javascriptTerm(depth int) map[string]any {
	p.space()
	var schema map[string]any
	switch {
	case p.accept('('):
		schema = p.javascriptUnion(depth + 1)
		if !p.accept(')') {
			return p.fail()
		}
	case p.at < len(p.text) && (p.text[p.at] == '\'' || p.text[p.at] == '"'):
		schema = map[string]any{"enum": []any{p.quoted()}}
	case p.accept('*'):
		schema = map[string]any{}
	default:
		name := p.word("$.")
		if name == "" {
			return p.fail()
		}
		schema = javascriptTypes[strings.TrimSuffix(name, ".")] // Array.<string>
		if p.accept('<') {
			schema = p.javascriptGeneric(strings.TrimSuffix(name, "."), depth)
		}
	}
	for p.accept('[') {
		if !p.accept(']') {
			return p.fail()
		}
		schema = arrayOf(schema)
	}
	if schema == nil {
		schema = map[string]any{}
	}
	return schema
}

func (p *hintParser) javascriptGeneric(name string, depth int) map[string]any {
	var arguments []map[string]any
	for !p.accept('>') {
		arguments = append(arguments, p.javascriptUnion(depth+1))
		if p.failed || !p.accept(',') && (p.at >= len(p.text) || p.text[p.at] != '>') {
			return p.fail()
		}
	}
	switch n := len(arguments); {
	case n == 1 && (name == "Array" || name == "Set" || name == "Iterable" || name == "ReadonlyArray"):
		return arrayOf(arguments[0])
	case n == 1 && name == "Promise":
		return arguments[0]
	case n == 2 && (name == "Object" || name == "object" || name == "Map" || name == "Record"):
		return mapOf(arguments[1])
	}
	return map[string]any{}
}
