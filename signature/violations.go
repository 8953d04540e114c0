package signature

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// Bounds of what is told of violations: values and schemas may be large.
const (
	maxViolations     = 100
	maxViolationBytes = 300
	maxNamed          = 10 // properties in one of them
)

// violation is one thing that is wrong with a value.
type violation struct {
	pointer string // RFC 6901; empty: the value itself
	text    string
}

func (v violation) String() string {
	if v.pointer == "" {
		return v.text
	}
	return v.pointer + ": " + v.text
}

// violations lists what a validation found, in the order of the JSON pointers. Those of
// the whole value, whose pointer is empty, stand without one.
func violations(err *jsonschema.ValidationError) []string {
	c := collector{left: maxViolations}
	c.collect(err, nil)
	slices.SortFunc(c.list, func(a, b violation) int {
		if byPlace := strings.Compare(a.pointer, b.pointer); byPlace != 0 {
			return byPlace
		}
		return strings.Compare(a.text, b.text)
	})
	var list []string
	for _, v := range slices.Compact(c.list) {
		list = append(list, v.String())
	}
	if c.left < 0 {
		list = append(list, fmt.Sprintf("and %d more", -c.left))
	}
	return list
}

// collector takes violations from the tree of a validation's errors.
type collector struct {
	list []violation
	left int // that may still be listed; below zero, how many are not
}

func (c *collector) add(at []string, text string) {
	if c.left--; c.left >= 0 {
		c.list = append(c.list, violation{printable(pointer(at)), printable(text)})
	}
}

// collect walks an error. at is where the value stands that the error's places are in.
func (c *collector) collect(err *jsonschema.ValidationError, at []string) {
	place := slices.Concat(at, err.InstanceLocation)
	switch of := err.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf:
		if len(err.Causes) > 0 {
			c.add(place, "it fits no alternative: "+alternatives(err.Causes, place, at))
			return
		}
	case *kind.PropertyNames: // the places of its causes are in the name
		c.add(place, fmt.Sprintf("the name %s: %s", quoted(of.Property), alternatives(err.Causes, nil, nil)))
		return
	case *kind.ContentSchema:
		c.add(place, "its content: "+alternatives(err.Causes, nil, nil))
		return
	case *kind.Contains, *kind.MinContains: // the causes are all items
		c.add(place, wording(err.ErrorKind))
		return
	}
	if len(err.Causes) == 0 {
		c.add(place, wording(err.ErrorKind))
		return
	}
	for _, cause := range err.Causes {
		c.collect(cause, at)
	}
}

// maxInside bounds the violations that are told inside of another.
const maxInside = 5

// alternatives tells of each cause what is wrong, with places inside of the one that is
// the matter.
func alternatives(causes []*jsonschema.ValidationError, place, at []string) string {
	var list []string
	for _, cause := range causes {
		if len(list) == maxInside {
			list = append(list, "…")
			break
		}
		c := collector{left: maxInside}
		c.collect(cause, at)
		var texts []string
		for _, v := range c.list {
			v.pointer = strings.TrimPrefix(v.pointer, printable(pointer(place)))
			texts = append(texts, v.String())
		}
		list = append(list, strings.Join(texts, ", "))
	}
	return strings.Join(slices.Compact(list), "; or ")
}

// pointer writes a JSON pointer (RFC 6901).
func pointer(tokens []string) string {
	var b strings.Builder
	for _, token := range tokens {
		b.WriteByte('/')
		b.WriteString(pointerEscapes.Replace(token))
	}
	return b.String()
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// printable cuts a text and replaces what a terminal would act on.
func printable(text string) string {
	if len(text) > maxViolationBytes {
		text = strings.ToValidUTF8(text[:maxViolationBytes], "") + "…"
	}
	return strings.Map(func(r rune) rune { return plain(r, utf8.RuneError) }, text)
}

// wording is what an error says. Where the library would write out long texts, or
// numbers in a manner of its own, it is told here.
func wording(of jsonschema.ErrorKind) string {
	switch of := of.(type) {
	case *kind.Required:
		if len(of.Missing) == 1 {
			return "missing property " + names(of.Missing)
		}
		return "missing properties " + names(of.Missing)
	case *kind.AdditionalProperties:
		slices.Sort(of.Properties) // they come in any order
		return "additional properties " + names(of.Properties) + " not allowed"
	case *kind.Enum:
		return "value must be " + either(of.Want)
	case *kind.Const:
		return "value must be " + either([]any{of.Want})
	case *kind.Pattern:
		return fmt.Sprintf("%s does not match the pattern %s", quoted(of.Got), quoted(of.Want))
	case *kind.Format:
		of.Got = shortened(of.Got)
	case *kind.Minimum:
		return compared("minimum", of.Got, of.Want)
	case *kind.Maximum:
		return compared("maximum", of.Got, of.Want)
	case *kind.ExclusiveMinimum:
		return compared("exclusiveMinimum", of.Got, of.Want)
	case *kind.ExclusiveMaximum:
		return compared("exclusiveMaximum", of.Got, of.Want)
	case *kind.MultipleOf:
		return compared("multipleOf", of.Got, of.Want)
	case *kind.MinLength:
		return counted("minLength", of.Got, of.Want)
	case *kind.MaxLength:
		return counted("maxLength", of.Got, of.Want)
	case *kind.MinItems:
		return counted("minItems", of.Got, of.Want)
	case *kind.MaxItems:
		return counted("maxItems", of.Got, of.Want)
	case *kind.MinProperties:
		return counted("minProperties", of.Got, of.Want)
	case *kind.MaxProperties:
		return counted("maxProperties", of.Got, of.Want)
	case *kind.UniqueItems:
		return fmt.Sprintf("items %d and %d are equal", of.Duplicates[0], of.Duplicates[1])
	}
	return (&jsonschema.ValidationError{ErrorKind: of}).DetailedOutput().Error.String()
}

func counted(keyword string, got, want int) string {
	return fmt.Sprintf("%s: got %d, want %d", keyword, got, want)
}

func compared(keyword string, got, want *big.Rat) string {
	return fmt.Sprintf("%s: got %s, want %s", keyword, number(got), number(want))
}

func number(r *big.Rat) string {
	switch {
	case r.IsInt() && r.Num().BitLen() > 8*maxShown:
		return fmt.Sprintf("an integer of %d bits", r.Num().BitLen())
	case r.IsInt():
		return r.Num().String()
	}
	f, _ := r.Float64()
	return floatText(f)
}

func quoted(text string) string { return "'" + cut(text) + "'" }

// either lists values.
func either(list []any) string {
	shown := make([]string, 0, maxNamed+1)
	for _, v := range list[:min(len(list), maxNamed)] {
		if text, ok := v.(string); ok {
			shown = append(shown, quoted(text))
			continue
		}
		text, err := appendJSON(nil, v)
		if err != nil { // a constant of a schema was JSON
			text = []byte("…")
		}
		shown = append(shown, cut(string(text)))
	}
	if len(list) > maxNamed {
		shown = append(shown, "…")
	}
	if len(list) == 1 {
		return shown[0]
	}
	return "one of " + strings.Join(shown, ", ")
}

func names(list []string) string {
	shown := make([]string, 0, maxNamed+1)
	for _, name := range list[:min(len(list), maxNamed)] {
		shown = append(shown, quoted(name))
	}
	if len(list) > maxNamed {
		shown = append(shown, "…")
	}
	return strings.Join(shown, ", ")
}

func shortened(v any) any {
	if text, ok := v.(string); ok {
		return cut(text)
	}
	return v
}
