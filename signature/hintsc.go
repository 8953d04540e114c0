package signature

import "strings"

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
