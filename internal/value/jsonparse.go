package value

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// SyntaxError says what is wrong with a JSON text, where, and what to write
// instead.
type SyntaxError struct {
	Line    int // from 1
	Column  int // from 1, in characters
	Offset  int // in bytes, from 0
	Message string
}

// Error returns "line L, column C: message".
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// ParseJSON parses one JSON value (RFC 8259) into the types that [Decode]
// returns. Numbers with a decimal point or an exponent are floats, all others
// integers of any size; the special objects of [AppendJSON] become what they
// stand for. Duplicate keys, lone surrogates and nesting of more than
// [MaxDepth] levels are errors, all of them of type [*SyntaxError].
func ParseJSON(data []byte) (any, error) {
	p := jsonParser{text: string(data)}
	p.space()
	v, err := p.value(0)
	if err == nil {
		if p.space(); p.at < len(p.text) {
			err = p.fail("there is something after the value; remove it, or put several values into an array: [1, 2]")
		}
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

type jsonParser struct {
	text string
	at   int

	wrapped map[string]bool // names of ParseArguments
}

func (p *jsonParser) fail(format string, arguments ...any) error {
	return p.failAt(p.at, format, arguments...)
}

func (p *jsonParser) failAt(offset int, format string, arguments ...any) error {
	before := p.text[:offset]
	line := strings.LastIndexByte(before, '\n') + 1
	return &SyntaxError{
		Line:    strings.Count(before, "\n") + 1,
		Column:  utf8.RuneCountInString(before[line:]) + 1,
		Offset:  offset,
		Message: fmt.Sprintf(format, arguments...),
	}
}

func (p *jsonParser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// accept skips c, and white space after it, if it is next.
func (p *jsonParser) accept(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		p.space()
		return true
	}
	return false
}

func (p *jsonParser) value(depth int) (any, error) {
	if p.at >= len(p.text) {
		if strings.TrimSpace(p.text) == "" {
			return nil, p.fail("the JSON is empty; write null for no value")
		}
		return nil, p.fail("the JSON ends where a value should be")
	}
	switch c := p.text[p.at]; {
	case c == '"':
		return p.string()
	case c == '[':
		return p.array(depth)
	case c == '{':
		return p.object(depth)
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	return p.word()
}

// wordHints are what people write who think in another language than JSON.
var wordHints = map[string]string{
	"True": "write true", "False": "write false", "TRUE": "write true", "FALSE": "write false",
	"None": "write null", "nil": "write null", "NULL": "write null", "undefined": "write null",
	"NaN": `write {"$float":"NaN"}`, "Infinity": `write {"$float":"Infinity"}`,
}

func (p *jsonParser) word() (any, error) {
	end := p.at
	for end < len(p.text) && (p.text[end] >= 'a' && p.text[end] <= 'z' || p.text[end] >= 'A' && p.text[end] <= 'Z') {
		end++
	}
	word := p.text[p.at:end]
	switch word {
	case "null":
		p.at = end
		return nil, nil
	case "true", "false":
		p.at = end
		return word == "true", nil
	case "":
		return nil, p.unexpected()
	}
	if hint, ok := wordHints[word]; ok {
		return nil, p.fail("%s is not JSON; %s", word, hint)
	}
	return nil, p.fail(`%.40q is not JSON; if a string is meant, put it in double quotes`, word)
}

func (p *jsonParser) unexpected() error {
	r, size := utf8.DecodeRuneInString(p.text[p.at:])
	switch {
	case r == utf8.RuneError && size == 1:
		return p.fail("this is not valid UTF-8")
	case r == '\'' || r == '“' || r == '”' || r == '`':
		return p.fail(`a string needs double quotes: "…"`)
	case r == '/' || r == '#':
		return p.fail("JSON has no comments; remove this")
	case r == ',' || r == ']' || r == '}':
		return p.fail("a value should come before %q", r)
	case r == '+' || r == '.':
		return p.fail("a number begins with a digit or a minus sign")
	}
	return p.fail("a value should be here, not %q", r)
}

func (p *jsonParser) number() (any, error) {
	number, rest, reason := scanNumber(p.text[p.at:])
	if reason != "" {
		if strings.HasPrefix(p.text[p.at:], "-Infinity") {
			reason = `-Infinity is not JSON; write {"$float":"-Infinity"}`
		}
		return nil, p.fail("%s", reason)
	}
	if rest != "" && (rest[0] == '.' || rest[0] == '_' || rest[0] >= '0' && rest[0] <= '9' || rest[0]|0x20 >= 'a' && rest[0]|0x20 <= 'z') {
		return nil, p.failAt(p.at+len(number), "a number ends before %q; if a string is meant, put it in double quotes", rest[0])
	}
	v, err := parseNumber(number)
	if err != nil {
		return nil, p.fail("%s", err)
	}
	p.at += len(number)
	return v, nil
}

func (p *jsonParser) string() (string, error) {
	p.at++ // the quote
	start := p.at
	var unescaped []byte // used from the first escape on
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '"':
			piece := p.text[start:p.at]
			p.at++
			if unescaped == nil {
				return strings.Clone(piece), nil
			}
			return string(append(unescaped, piece...)), nil
		case c == '\\':
			unescaped = append(unescaped, p.text[start:p.at]...)
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			unescaped = utf8.AppendRune(unescaped, r)
			start = p.at
		case c < ' ':
			if c == '\n' {
				return "", p.fail(`a line break in a string is written \n; or the closing quote is missing`)
			}
			return "", p.fail(`the control character 0x%02x in a string is written \u%04x`, c, c)
		case c < utf8.RuneSelf:
			p.at++
		default:
			r, size := utf8.DecodeRuneInString(p.text[p.at:])
			if r == utf8.RuneError && size == 1 {
				return "", p.fail(`the string is not valid UTF-8; write binary data as {"$bytes":"<base64>"}`)
			}
			p.at += size
		}
	}
	return "", p.failAt(start, `the string has no closing double quote`)
}

// escape parses what begins with a backslash.
func (p *jsonParser) escape() (rune, error) {
	if p.at+1 >= len(p.text) {
		return 0, p.fail("the string has no closing double quote")
	}
	start := p.at
	c := p.text[p.at+1]
	p.at += 2
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		r, ok := p.hex()
		if !ok {
			return 0, p.failAt(start, `\u needs four hexadecimal digits`)
		}
		if !utf16.IsSurrogate(r) {
			return r, nil
		}
		if strings.HasPrefix(p.text[p.at:], `\u`) {
			p.at += 2
			if low, ok := p.hex(); ok {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					return pair, nil
				}
			}
		}
		return 0, p.failAt(start, `\u%04x is half of a surrogate pair and stands for no character`, r)
	}
	return 0, p.failAt(start, `a backslash in a string is written \\`)
}

func (p *jsonParser) hex() (rune, bool) {
	if len(p.text)-p.at < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(p.text[p.at:p.at+4], 16, 32)
	if err != nil {
		return 0, false
	}
	p.at += 4
	return rune(n), true
}

func (p *jsonParser) array(depth int) (any, error) {
	if depth >= MaxDepth {
		return nil, p.fail("nested more than %d levels deep", MaxDepth)
	}
	p.accept('[')
	items := []any{}
	if p.at < len(p.text) && p.text[p.at] == ']' {
		p.at++
		return items, nil
	}
	for {
		item, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		done, err := p.separator(']')
		if err != nil {
			return nil, err
		}
		if done {
			return items, nil
		}
	}
}

// separator parses what follows an item or a pair.
func (p *jsonParser) separator(closing byte) (done bool, err error) {
	p.space()
	comma := p.at
	if p.accept(',') {
		if p.at < len(p.text) && p.text[p.at] == closing {
			return false, p.failAt(comma, "remove the comma before the closing %q", closing)
		}
		return false, nil
	}
	if p.at < len(p.text) && p.text[p.at] == closing {
		p.at++
		return true, nil
	}
	if p.at >= len(p.text) {
		return false, p.fail("the JSON ends before the closing %q", closing)
	}
	return false, p.fail("a comma or %q should be here", closing)
}
