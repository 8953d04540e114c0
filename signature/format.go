package signature

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// String prints the signature in Python's notation, which has a sign for each kind.
func (s *Signature) String() string { return Convention{}.Format(s) }

// maxShown is how many bytes of a default and of a type hint are printed.
const maxShown = 60

// Format prints a signature in the notation of the language, on one line.
func (c Convention) Format(s *Signature) string {
	p := printer{notation: c.Notation}
	if c.Notation == NotationC && s.Returns != "" {
		p.typed(s.Returns, s.Name)
	} else {
		p.text.WriteString(s.Name)
	}
	p.text.WriteByte('(')
	p.parameters(s.Parameters)
	p.text.WriteByte(')')
	switch {
	case s.Returns == "":
	case c.Notation == NotationPython:
		p.text.WriteString(" -> " + shorten(s.Returns))
	case c.Notation == NotationPHP:
		p.text.WriteString(": " + shorten(s.Returns))
	}
	return p.text.String()
}

// formatCall prints a signature without what it returns, which says nothing of a call.
func (c Convention) formatCall(s *Signature) string {
	return c.Format(&Signature{Name: s.Name, Parameters: s.Parameters})
}

type printer struct {
	text     strings.Builder
	notation Notation
}

func (p *printer) parameters(list []Parameter) {
	first := true
	separate := func() {
		if !first {
			p.text.WriteString(", ")
		}
		first = false
	}
	keywords := false // Python needs a sign before the first of them
	for i := range list {
		parameter := &list[i]
		if p.notation == NotationPython && parameter.Kind == Keyword && !keywords {
			if i == 0 || list[i-1].Kind != Rest {
				separate()
				p.text.WriteByte('*')
			}
			keywords = true
		}
		separate()
		p.parameter(parameter)
		if p.notation == NotationPython && parameter.Kind == Positional && (i+1 == len(list) || list[i+1].Kind != Positional) {
			p.text.WriteString(", /")
		}
	}
}

func (p *printer) parameter(parameter *Parameter) {
	name := parameter.Name
	switch p.notation {
	case NotationPHP:
		name = "$" + name
		if parameter.Kind == Rest || parameter.Kind == KeywordRest {
			name = "..." + name
		}
		if parameter.Type != "" {
			name = shorten(parameter.Type) + " " + name
		}
	case NotationC:
		if parameter.Kind == Rest {
			p.text.WriteString("...")
			return
		}
		p.typed(parameter.Type, name)
		p.defaultOf(parameter, " = ")
		return
	case NotationJavaScript:
		switch {
		case parameter.Kind == Rest:
			name = "..." + name
		case parameter.Kind == Options && len(parameter.Keys) > 0:
			p.text.WriteByte('{')
			p.parameters(parameter.Keys)
			p.text.WriteByte('}')
			return
		}
	default:
		switch parameter.Kind {
		case Rest:
			name = "*" + name
		case KeywordRest:
			name = "**" + name
		}
		if p.notation == NotationRuby && parameter.Kind == Keyword {
			p.text.WriteString(name + ":")
			p.defaultOf(parameter, " ")
			return
		}
		if p.notation == NotationPython && parameter.Type != "" {
			name += ": " + shorten(parameter.Type)
		}
	}
	p.text.WriteString(name)
	if p.notation == NotationPython && parameter.Type == "" {
		p.defaultOf(parameter, "=")
	} else {
		p.defaultOf(parameter, " = ")
	}
}

// typed prints a declaration as C has it.
func (p *printer) typed(hint, name string) {
	hint = shorten(hint)
	if hint != "" && name != "" && !strings.HasSuffix(hint, "*") && !strings.HasSuffix(hint, "&") {
		hint += " "
	}
	p.text.WriteString(hint + name)
}

func (p *printer) defaultOf(parameter *Parameter, sign string) {
	switch {
	case parameter.DefaultText != "":
		p.text.WriteString(sign + shorten(parameter.DefaultText))
	case parameter.HasDefault:
		p.text.WriteString(sign + cut(p.constant(parameter.Default, 0)))
	case !parameter.Required && (parameter.takesPosition() || parameter.Kind == Keyword):
		p.text.WriteString(sign + "…")
	}
}

// words are what a notation calls null, true and false.
var words = map[Notation][3]string{
	NotationPython:     {"None", "True", "False"},
	NotationRuby:       {"nil", "true", "false"},
	NotationPHP:        {"null", "true", "false"},
	NotationJavaScript: {"null", "true", "false"},
	NotationC:          {"NULL", "true", "false"},
}

// constant prints about as much of a value as is shown.
func (p *printer) constant(v any, depth int) string {
	if depth > 3 {
		return "…"
	}
	switch v := v.(type) {
	case nil:
		return words[p.notation][0]
	case bool:
		if v {
			return words[p.notation][1]
		}
		return words[p.notation][2]
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return floatName(v)
		}
		return floatText(v)
	case *big.Int:
		if v.BitLen() > 8*maxShown {
			return "…"
		}
	case string:
		return p.quote(v)
	case []byte:
		return fmt.Sprintf("%d bytes", len(v))
	case time.Time:
		return p.quote(v.Format(time.RFC3339Nano))
	case []any:
		parts := make([]string, 0, min(len(v), maxShown))
		for _, item := range v[:min(len(v), maxShown)] {
			parts = append(parts, p.constant(item, depth+1))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		arrow, open, closing := ": ", "{", "}"
		switch p.notation {
		case NotationPHP:
			arrow, open, closing = " => ", "[", "]"
		case NotationRuby:
			arrow = " => "
		}
		keys := sortedKeys(v)
		parts := make([]string, 0, min(len(v), maxShown))
		for _, key := range keys[:min(len(keys), maxShown)] {
			parts = append(parts, p.quote(key)+arrow+p.constant(v[key], depth+1))
		}
		return open + strings.Join(parts, ", ") + closing
	}
	return fmt.Sprint(v)
}

func (p *printer) quote(text string) string {
	quote := "'"
	if p.notation == NotationC {
		quote = `"`
	}
	text = strings.NewReplacer(`\`, `\\`, quote, `\`+quote, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\x00", `\0`).Replace(cut(text))
	return quote + strings.Map(func(r rune) rune { return plain(r, utf8.RuneError) }, text) + quote
}

// shorten keeps a text to one line and to what is shown.
func shorten(text string) string {
	return cut(strings.Join(strings.Fields(strings.Map(func(r rune) rune { return plain(r, ' ') }, text)), " "))
}

// plain replaces what a terminal would act on.
func plain(r, replacement rune) rune {
	if unicode.IsControl(r) {
		return replacement
	}
	return r
}

func cut(text string) string {
	if len(text) <= maxShown {
		return text
	}
	end := maxShown
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
