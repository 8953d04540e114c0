package signature

import (
	"maps"
	"strings"
)

// TypeSchema translates a type hint into JSON Schema: annotations of Python, types of
// PHP, C and C++, and those that JavaScript has in doc comments. What it does not know, or says nothing, is an empty schema, which lets
// everything through.
func (c Convention) TypeSchema(hint string) map[string]any {
	if hint = strings.TrimSpace(hint); hint == "" || len(hint) > maxHintBytes+len("…") {
		return map[string]any{}
	}
	switch c.Notation {
	case NotationPython:
		return pythonHint(hint)
	case NotationPHP:
		return phpHint(hint)
	case NotationC:
		return cHint(hint)
	case NotationJavaScript:
		return javascriptHint(hint)
	}
	return map[string]any{}
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

// ---- Python ----

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

// hintParser reads expressions of types. What it does not understand sets failed.
type hintParser struct {
	text   string
	at     int
	failed bool
}

const maxHintDepth = 30

func (p *hintParser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

func (p *hintParser) accept(c byte) bool {
	p.space()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *hintParser) fail() map[string]any {
	p.failed, p.at = true, len(p.text)
	return map[string]any{}
}

// word reads a name, with the separators of a path.
func (p *hintParser) word(separators string) string {
	p.space()
	start := p.at
	for p.at < len(p.text) {
		c := p.text[p.at]
		if c != '_' && c < 0x80 && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && strings.IndexByte(separators, c) < 0 {
			break
		}
		p.at++
	}
	return p.text[start:p.at]
}

func lastPart(path, separators string) string {
	return path[strings.LastIndexAny(path, separators)+1:]
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
			if p.skipBrackets(); p.at >= len(p.text) {
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

// skipBrackets goes to the bracket that closes the list it is in.
func (p *hintParser) skipBrackets() {
	for depth := 0; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '\'', '"':
			p.quoted()
			p.at--
		case '[', '(', '{':
			depth++
		case ']', ')', '}':
			if depth == 0 {
				return
			}
			depth--
		}
	}
}

// quoted reads a string in quotes, nil: there is none. Escapes are left as they are
// but for the quote and the backslash.
func (p *hintParser) quoted() any {
	quote := p.text[p.at]
	var b strings.Builder
	for i := p.at + 1; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '\\' && i+1 < len(p.text):
			i++
			if p.text[i] != quote && p.text[i] != '\\' {
				b.WriteByte(c)
			}
			b.WriteByte(p.text[i])
		case c == quote:
			p.at = i + 1
			return b.String()
		default:
			b.WriteByte(c)
		}
	}
	p.fail()
	return nil
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

// ---- PHP ----

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

// ---- JavaScript ----

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

// ---- C and C++ ----

func unsignedInteger() map[string]any {
	return map[string]any{"type": "integer", "minimum": int64(0)}
}

func ranged(least, most int64) map[string]any {
	return map[string]any{"type": "integer", "minimum": least, "maximum": most}
}

var cTypes = map[string]map[string]any{
	"void": ofType("null"), "bool": ofType("boolean"), "_Bool": ofType("boolean"),
	"float": ofType("number"), "double": ofType("number"), "long double": ofType("number"),
	"char": ofType("integer"), "short": ranged(-1<<15, 1<<15-1), "int": ranged(-1<<31, 1<<31-1), "signed": ranged(-1<<31, 1<<31-1),
	"long": ofType("integer"), "long long": ofType("integer"), "unsigned": ranged(0, 1<<32-1),
	"int8_t": ranged(-1<<7, 1<<7-1), "int16_t": ranged(-1<<15, 1<<15-1), "int32_t": ranged(-1<<31, 1<<31-1), "int64_t": ofType("integer"),
	"uint8_t": ranged(0, 1<<8-1), "uint16_t": ranged(0, 1<<16-1), "uint32_t": ranged(0, 1<<32-1), "uint64_t": unsignedInteger(),
	"size_t": unsignedInteger(), "ssize_t": ofType("integer"), "ptrdiff_t": ofType("integer"), "intptr_t": ofType("integer"), "uintptr_t": unsignedInteger(),
	"string": ofType("string"), "string_view": ofType("string"), "monostate": ofType("null"), "nullptr_t": ofType("null"), "any": {},
}

func cHint(hint string) map[string]any {
	p := hintParser{text: hint}
	schema := p.cType(0)
	if p.space(); p.failed || p.at < len(p.text) {
		return map[string]any{}
	}
	return schema
}

// cType reads a type with its pointers and references.
func (p *hintParser) cType(depth int) map[string]any {
	if depth > maxHintDepth {
		return p.fail()
	}
	var words []string
	schema := map[string]any(nil)
	for schema == nil {
		word := lastPart(p.word(":"), ":")
		if word == "" {
			break
		}
		switch word {
		case "const", "volatile", "restrict", "struct", "enum", "union", "class", "register", "static", "inline", "__restrict":
			continue
		}
		words = append(words, word)
		if p.accept('<') {
			schema = p.cTemplate(word, depth)
		}
	}
	if schema == nil {
		if len(words) == 0 {
			return p.fail()
		}
		schema = cNamed(words)
	}
	name := strings.Join(words, " ")
	for {
		switch {
		case p.accept('*'):
			schema = cPointer(name, schema)
			name = ""
		case p.accept('['):
			p.skipBrackets()
			if !p.accept(']') {
				return p.fail()
			}
			schema = cPointer(name, schema)
			name = ""
		case p.accept('&'):
		default:
			if word := p.word(""); word == "" {
				return schema
			} else if word != "const" && word != "restrict" && word != "__restrict" && word != "volatile" {
				return p.fail()
			}
		}
	}
}

// cNamed resolves the words of a type, in any order: "long unsigned int".
func cNamed(words []string) map[string]any {
	count := map[string]int{}
	for _, word := range words {
		count[word]++
	}
	if len(words) == 1 {
		if schema, ok := cTypes[words[0]]; ok {
			return schema
		}
		return map[string]any{}
	}
	for _, word := range words {
		switch word {
		case "unsigned", "signed", "int", "long", "short", "char", "double":
		default:
			return map[string]any{}
		}
	}
	switch unsigned := count["unsigned"] > 0; {
	case count["double"] > 0:
		return ofType("number")
	case count["char"] > 0 && unsigned:
		return ranged(0, 1<<8-1)
	case count["char"] > 0:
		return ranged(-1<<7, 1<<7-1)
	case count["short"] > 0 && unsigned:
		return ranged(0, 1<<16-1)
	case count["short"] > 0:
		return cTypes["short"]
	case count["long"] > 0 && unsigned:
		return unsignedInteger()
	case count["long"] > 0:
		return ofType("integer")
	case unsigned:
		return cTypes["unsigned"]
	}
	return cTypes["int"]
}

// cPointer is what a pointer to a type stands for: text, bytes or a list.
func cPointer(name string, schema map[string]any) map[string]any {
	switch name {
	case "char":
		return ofType("string")
	case "void", "uint8_t", "unsigned char", "byte":
		return typeSchemas["bytes"]
	}
	return arrayOf(schema)
}

// cTemplate reads the arguments of a template of the standard library.
func (p *hintParser) cTemplate(name string, depth int) map[string]any {
	var arguments []map[string]any
	start := p.at
	for !p.accept('>') {
		p.space()
		if p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' { // the size of an array
			p.word("")
		} else {
			arguments = append(arguments, p.cType(depth+1))
		}
		if p.failed || !p.accept(',') && (p.at >= len(p.text) || p.text[p.at] != '>') {
			return p.fail()
		}
	}
	first := map[string]any{}
	if len(arguments) > 0 {
		first = arguments[0]
	}
	switch name {
	case "vector", "array", "span", "list", "deque", "set", "unordered_set", "initializer_list":
		item := lastPart(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(p.text[start:p.at-1]), "const ")), ":")
		if name != "set" && (strings.HasPrefix(item, "uint8_t") || strings.HasPrefix(item, "byte") || strings.HasPrefix(item, "unsigned char")) {
			return typeSchemas["bytes"]
		}
		return arrayOf(first)
	case "map", "unordered_map", "multimap":
		if len(arguments) >= 2 {
			return mapOf(arguments[1])
		}
	case "optional":
		return union([]map[string]any{first, ofType("null")})
	case "variant":
		return union(arguments)
	case "tuple", "pair":
		return tupleOf(arguments)
	case "unique_ptr", "shared_ptr", "reference_wrapper":
		return first
	}
	return map[string]any{}
}
