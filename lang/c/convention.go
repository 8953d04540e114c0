package c

import (
	"fmt"
	"slices"
	"strings"
)

// way is how an argument becomes one or two parameters of a C function; described.h
// has them too.
type way int

const (
	wayValue   way = iota
	wayPointer     // to one, or to a list's items
	wayItems       // to a list's items, and how many there are
	wayBytes       // to bytes or text, and how many there are
)

// argument is a parameter as callers see it: one of the function's, or a pointer and
// the length after it.
type argument struct {
	name   string
	ctype  *ctype // of the value or the item; nil: bytes only
	way    way
	text   bool // of bytes: char
	out    bool
	length *ctype
	// written is the type as the code has it.
	written string
	// optional: what it points to is only written to, so it need not be given.
	optional bool
}

// callable is a function with the convention applied.
type callable struct {
	*function
	arguments []argument
	// refused says why it cannot be called; empty: it can.
	refused string
}

// apply finds out how arguments are passed to a function. outs are the names of
// parameters that a schema declares as results.
func apply(f *function, outs []string) callable {
	c := callable{function: f}
	if f.variadic {
		c.refused = fmt.Sprintf("%s takes a variable number of arguments, which a call cannot pass", f.name)
	}
	if strings.ContainsAny(f.symbol, "\"\\\n\r") {
		c.refused = fmt.Sprintf("%s has a name for the linker that cannot be written", f.name)
	}
	if why := f.result.returnProblem(); why != "" {
		c.refuse("the result", f.result, why)
	}
	for i := 0; i < len(f.parameters); i++ {
		p := f.parameters[i]
		a := argument{name: p.name, ctype: p.ctype, written: p.ctype.String()}
		if a.name == "" {
			a.name = fmt.Sprintf("argument%d", i+1)
		}
		if p.ctype.kind == kindPointer && !c.pointer(&a, p, f.parameters[i+1:], outs) {
			c.arguments = append(c.arguments, a)
			continue
		}
		if a.length != nil {
			i++
		}
		if a.ctype != nil {
			if why := a.ctype.problem(); why != "" {
				c.refuse("parameter "+a.name, p.ctype, why)
			}
		}
		c.arguments = append(c.arguments, a)
	}
	return c
}

func (c *callable) refuse(what string, t *ctype, why string) {
	if c.refused == "" {
		c.refused = fmt.Sprintf("%s of %s has the type %s, which cannot cross: %s", what, c.name, t, why)
	}
}

// pointer decides what a pointer stands for; false if nothing can be passed for it.
func (c *callable) pointer(a *argument, p variable, after []variable, outs []string) bool {
	element := p.ctype.element
	writable := !p.ctype.constantVoid && (element == nil || !element.constant)
	if len(after) > 0 && isLength(p.name, after[0]) {
		a.length = after[0].ctype
	}
	switch {
	case element != nil && element.isCharacter() && a.length == nil:
		a.way = wayValue // text
	case a.length != nil && (element == nil || element.isByte()):
		a.way, a.text, a.ctype = wayBytes, element != nil && element.isCharacter(), element
	case a.length != nil:
		a.way, a.ctype = wayItems, element
	case element != nil && (element.isNumber() || element.kind == kindStruct || element.kind == kindValue || isText(element)):
		a.way, a.ctype = wayPointer, element
	case element == nil:
		c.refuse("parameter "+a.name, p.ctype, "no length follows it")
		return false
	default:
		why := element.problem()
		if why == "" {
			why = "a pointer to " + element.String()
		}
		c.refuse("parameter "+a.name, p.ctype, why)
		return false
	}
	a.out = slices.Contains(outs, p.name) || c.result.kind == kindVoid && writable
	a.optional = a.out && a.way == wayPointer
	return true
}

// isText tells whether the type is char*.
func isText(t *ctype) bool {
	return t.kind == kindPointer && t.element != nil && t.element.isCharacter()
}

// isByte tells whether lists of the type can also be bytes.
func (t *ctype) isByte() bool {
	return t.kind == kindInteger && t.size == 1 && (t.isCharacter() || !t.signed)
}

// returnProblem is problem for results.
func (t *ctype) returnProblem() string {
	if t.kind == kindVoid {
		return ""
	}
	return t.problem()
}

// lengthNames are what lengths are called, alone or with the pointer's name before or
// after them.
var lengthNames = []string{"n", "len", "length", "count", "size", "num", "bytes", "nbytes", "nmemb"}

// isLength tells whether a parameter is the length of the pointer before it: an integer
// of type size_t, or with a name that says so.
func isLength(pointer string, v variable) bool {
	if v.alone || v.ctype.kind != kindInteger || v.ctype.isCharacter() {
		return false
	}
	if v.ctype.name == "size_t" {
		return true
	}
	name := strings.ToLower(v.name)
	for _, word := range lengthNames {
		if name == word || strings.HasSuffix(name, "_"+word) || strings.HasPrefix(name, word+"_") || name == strings.ToLower(pointer)+word {
			return true
		}
	}
	return false
}
