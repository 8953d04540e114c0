package signature

import "strings"

// pythonTypes are names without arguments. A dotted name counts by its last part.
var pythonTypes = map[string]map[string]any{
	"int": ofType("integer"), "float": ofType("number"), "bool": ofType("boolean"), "str": ofType("string"),
	"None": ofType("null"), "NoneType": ofType("null"), "LiteralString": ofType("string"),
	"bytes": typeSchemas["bytes"], "bytearray": typeSchemas["bytes"], "memoryview": typeSchemas["bytes"], "ByteString": typeSchemas["bytes"],
	"datetime": typeSchemas["time"], "date": text("format", "date"), "time": text("format", "time"), "timedelta": ofType("number"),
	"UUID": text("format", "uuid"), "Path": ofType("string"), "PurePath": ofType("string"),
	"Decimal": {"type": []any{"number", "string"}}, "Number": ofType("number"),
	"dict": ofType("object"), "Any": {}, "object": {},
}

var pythonLists = map[string]bool{
	"list": true, "List": true, "Sequence": true, "MutableSequence": true, "Iterable": true, "Iterator": true, "Collection": true,
	"Generator": true, "AsyncIterator": true, "AsyncIterable": true, "AsyncGenerator": true, "deque": true, "Deque": true,
	"set": true, "Set": true, "frozenset": true, "FrozenSet": true, "AbstractSet": true, "MutableSet": true,
}

var pythonMaps = map[string]bool{
	"dict": true, "Dict": true, "Mapping": true, "MutableMapping": true, "defaultdict": true, "DefaultDict": true, "OrderedDict": true,
}

// pythonWrappers stand for their first argument.
var pythonWrappers = map[string]bool{
	"Annotated": true, "Final": true, "ClassVar": true, "Required": true, "NotRequired": true, "ReadOnly": true, "Awaitable": true,
}

func pythonHint(hint string) map[string]any {
	p := hintParser{text: hint}
	schema := p.pythonUnion(0)
	if p.space(); p.failed || p.at < len(p.text) {
		return map[string]any{}
	}
	return schema
}

func (p *hintParser) pythonUnion(depth int) map[string]any {
	if depth > maxHintDepth {
		return p.fail()
	}
	members := []map[string]any{p.pythonTerm(depth + 1)}
	for p.accept('|') {
		members = append(members, p.pythonTerm(depth+1))
	}
	return union(members)
}

func (p *hintParser) pythonTerm(depth int) map[string]any {
	p.space()
	if p.at < len(p.text) && (p.text[p.at] == '\'' || p.text[p.at] == '"') {
		inner, ok := p.quoted().(string)
		if !ok || depth > maxHintDepth {
			return p.fail()
		}
		forward := hintParser{text: inner}
		return forward.pythonUnion(depth + 1)
	}
	name := lastPart(p.word("."), ".")
	if name == "" {
		return p.fail()
	}
	if !p.accept('[') {
		return pythonPlain(name)
	}
	if name == "Literal" {
		return p.pythonLiteral()
	}
	var arguments []map[string]any
	open := false // tuple[int, ...]
	for !p.accept(']') {
		p.space()
		switch {
		case strings.HasPrefix(p.text[p.at:], "..."):
			p.at += len("...")
			open = true
		case name == "Annotated" && len(arguments) > 0:
			if p.skipBrackets(); p.at >= len(p.text) || p.text[p.at] != ']' {
				return p.fail()
			}
			continue
		case p.accept('['): // the parameters of a Callable
			p.skipBrackets()
			if !p.accept(']') {
				return p.fail()
			}
			arguments = append(arguments, map[string]any{})
		case p.accept('('):
			if !p.accept(')') {
				return p.fail()
			}
		default:
			arguments = append(arguments, p.pythonUnion(depth+1))
		}
		if p.failed || !p.accept(',') && (p.at >= len(p.text) || p.text[p.at] != ']') {
			return p.fail()
		}
	}
	return pythonGeneric(name, arguments, open)
}

func pythonPlain(name string) map[string]any {
	if schema, ok := pythonTypes[name]; ok {
		return schema
	}
	switch {
	case pythonLists[name], name == "tuple", name == "Tuple":
		return ofType("array")
	case pythonMaps[name], name == "Counter":
		return ofType("object")
	}
	return map[string]any{}
}

func pythonGeneric(name string, arguments []map[string]any, open bool) map[string]any {
	first := map[string]any{}
	if len(arguments) > 0 {
		first = arguments[0]
	}
	switch {
	case name == "Optional":
		return union([]map[string]any{first, ofType("null")})
	case name == "Union":
		return union(arguments)
	case pythonWrappers[name]:
		return first
	case name == "Coroutine" && len(arguments) == 3:
		return arguments[2]
	case pythonLists[name], (name == "tuple" || name == "Tuple") && open:
		return arrayOf(first)
	case name == "tuple", name == "Tuple":
		return tupleOf(arguments)
	case pythonMaps[name] && len(arguments) == 2:
		return mapOf(arguments[1])
	case name == "Counter":
		return mapOf(ofType("integer"))
	}
	return pythonPlain(name)
}

// pythonLiteral reads the values of Literal[…].
func (p *hintParser) pythonLiteral() map[string]any {
	var values []any
	for !p.accept(']') {
		p.space()
		if p.at >= len(p.text) {
			return p.fail()
		}
		switch c := p.text[p.at]; {
		case c == '\'' || c == '"':
			values = append(values, p.quoted())
		case c == '-' || c >= '0' && c <= '9':
			sign := ""
			if p.accept('-') {
				sign = "-"
			}
			n, err := parseNumber(sign + p.word(""))
			if err != nil {
				return p.fail()
			}
			values = append(values, n)
		default:
			switch word := p.word("."); word {
			case "True", "False":
				values = append(values, word == "True")
			case "None":
				values = append(values, nil)
			default: // bytes and enumerations
				return p.fail()
			}
		}
		if !p.accept(',') && (p.at >= len(p.text) || p.text[p.at] != ']') {
			return p.fail()
		}
	}
	return map[string]any{"enum": values}
}
