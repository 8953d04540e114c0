package c

import (
	"fmt"
	"strings"
)

// kind tells what a C type is to a call.
type kind uint8

const (
	kindVoid kind = iota
	kindBool
	kindInteger
	kindFloat
	kindEnum
	kindPointer
	kindArray
	kindStruct
	kindValue   // funcbox_value of <funcbox.h>: any value
	kindRefused // reason says what it is
	kindPending // being resolved
)

// valueType is the type of <funcbox.h> that stands for any value.
const valueType = "funcbox_value"

// ctype is a C type as the compiler described it.
type ctype struct {
	kind kind
	// name as written: a typedef's, a tag with its keyword, a basic type. Empty for
	// pointers, arrays and structs without one.
	name   string
	size   int64 // in bytes
	signed bool
	// constant: declared const. constantVoid: a pointer to const void.
	constant, constantVoid bool
	element                *ctype // of pointers and arrays; nil for void*
	count                  int64  // of arrays
	fields                 []field
	names                  []enumerator
	// reason is what a refused type is, such as "a union".
	reason string
}

type field struct {
	name   string
	offset int64
	ctype  *ctype
}

type enumerator struct {
	name  string
	value int64
}

// function is a function that code defines.
type function struct {
	name       string
	symbol     string // what the linker knows it as
	external   bool
	variadic   bool
	line       int64
	result     *ctype // kindVoid for none
	parameters []variable
}

// variable is a parameter of a function.
type variable struct {
	name  string
	ctype *ctype
	// alone: it is an argument of its own, whatever it is called.
	alone bool
}

var voidType = &ctype{kind: kindVoid, name: "void"}

// String writes the type as C does without the name of what has it.
func (t *ctype) String() string { return t.declare("") }

// declare writes a declaration of something of the type.
func (t *ctype) declare(name string) string {
	switch {
	case t.kind == kindPointer && t.name == "":
		inner := "*" + name
		if t.constant {
			inner = strings.TrimSuffix("*const "+name, " ")
		}
		if t.element == nil && t.constantVoid {
			return "const void " + inner
		}
		if t.element == nil {
			return "void " + inner
		}
		if t.element.kind == kindArray && t.element.name == "" {
			inner = "(" + inner + ")"
		}
		return t.element.declare(inner)
	case t.kind == kindArray && t.name == "":
		return t.element.declare(fmt.Sprintf("%s[%d]", name, t.count))
	}
	base := t.name
	if base == "" {
		base = t.reason
		if t.kind == kindStruct {
			base = "struct"
		}
	}
	if t.constant {
		base = "const " + base
	}
	if name == "" {
		return base
	}
	return base + " " + name
}

// isCharacter tells whether the type is char, whose pointers and arrays are text.
func (t *ctype) isCharacter() bool {
	return t.kind == kindInteger && t.size == 1 && t.name == "char"
}

// isNumber tells whether lists of the type can be passed as pointer and length.
func (t *ctype) isNumber() bool {
	return t.kind == kindInteger || t.kind == kindFloat || t.kind == kindBool || t.kind == kindEnum
}

// problem says why values of the type cannot cross, "" if they can. Names of fields
// lead to what is the matter.
func (t *ctype) problem() string { return t.problemWithin(make(map[*ctype]bool)) }

// maxTypeDepth bounds how far types are followed.
const maxTypeDepth = 64

func (t *ctype) problemWithin(seen map[*ctype]bool) string {
	switch t.kind {
	case kindRefused, kindPending:
		return t.reason
	case kindVoid:
		return "void is no value"
	case kindArray:
		return t.element.problemWithin(seen)
	case kindPointer:
		switch {
		case t.element == nil:
			return "how much it points to is not known"
		case t.element.isCharacter():
			return ""
		case t.element.kind == kindStruct:
			return t.element.problemWithin(seen)
		}
		return "how many " + t.element.String() + " it points to is not known"
	case kindStruct:
		if seen[t] {
			return ""
		}
		seen[t] = true
		for _, f := range t.fields {
			if why := f.ctype.problemWithin(seen); why != "" {
				return fmt.Sprintf("field %s of type %s: %s", f.name, f.ctype, why)
			}
		}
		if !t.natural() {
			return "a packed or specially aligned struct"
		}
	}
	return ""
}

// align is the alignment that C gives the type by itself.
func (t *ctype) align() int64 {
	switch t.kind {
	case kindArray:
		return t.element.align()
	case kindStruct:
		most := int64(1)
		for _, f := range t.fields {
			most = max(most, f.ctype.align())
		}
		return most
	case kindValue:
		return 4
	case kindPointer:
		return 4
	}
	return max(t.size, 1)
}

// natural tells whether a struct lies in memory as one of the same fields that is
// declared without attributes.
func (t *ctype) natural() bool {
	at := int64(0)
	for _, f := range t.fields {
		a := f.ctype.align()
		if at = (at + a - 1) / a * a; at != f.offset {
			return false
		}
		at += f.ctype.size
	}
	a := t.align()
	return (at+a-1)/a*a == t.size
}
