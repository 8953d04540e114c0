package signature

import "strings"

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
