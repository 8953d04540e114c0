package c

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// maxBound is how many functions of C++ are made callable: each costs the compiler
// some milliseconds.
const maxBound = 200

// bound is how a function of C++ is made callable.
type bound int

const (
	boundByName bound = iota
	// boundByType tells it from others of its name, such as one of the C library.
	boundByType
	// boundNot: a call is answered with declaration.refused.
	boundNot
)

// bindingsFile is what diagnostics call the lines that bindings writes, of which the
// first function has line bindingsHead.
const (
	bindingsFile = "<funcbox>"
	bindingsHead = 3
)

// bindings is what is put behind the main file: the table of its functions, one a line.
func bindings(found []*declaration, list []byte) []byte {
	var b, refusals strings.Builder
	for i, d := range found {
		if i > 0 {
			b.WriteString(",\n")
		}
		names := make([]string, len(d.parameters))
		for j, p := range d.parameters {
			names[j] = p.name
		}
		text := quoteC([]byte(d.name + "(" + strings.Join(names, ",") + ")"))
		switch d.bound {
		case boundByName:
			fmt.Fprintf(&b, "FUNCBOX_FUNCTION(%s, %d, %s)", d.name, d.required(), text)
		case boundByType:
			fmt.Fprintf(&b, "FUNCBOX_OVERLOAD(%s, %d, %s, %s)", d.name, d.required(), text, d.pointer())
		case boundNot:
			fmt.Fprintf(&b, "::funcbox_function{%s, %d, 0, ::funcbox_refuse_%d}", text, maxParameters, i) // however it is called
			fmt.Fprintf(&refusals, "static int funcbox_refuse_%d(::funcbox_frame *f) { return ::funcbox_frame_fail(f, \"UnsupportedType\", \"%%s\", %s); } ",
				i, quoteC([]byte(d.refused)))
		}
	}
	var all strings.Builder
	fmt.Fprintf(&all, "\n\n#pragma clang diagnostic ignored \"-Weverything\"\n#line 1 %q\n#include <funcbox/bind.hpp>\n%sFUNCBOX_FUNCTIONS(\n%s)\nextern \"C\" {\n", bindingsFile, refusals.String(), b.String())
	writeListing(&all, list)
	all.WriteString("}\n")
	return []byte(all.String())
}

var (
	// anyError is the first line of an error.
	anyError = regexp.MustCompile(`(?m)^(\S.*?): (?:fatal )?error: (.*)$`)
	// bindingLine is a place in the lines of bindings.
	bindingLine = regexp.MustCompile(`(?m)^` + bindingsFile + `:(\d+):`)
	// bindingName is the function whose arguments and result a note is about.
	bindingName = regexp.MustCompile(`detail::call_\w+<&([^,>]+)[,>]`)
	// badField is what record.hpp says of a struct's field; badFieldName is in a note.
	badField     = regexp.MustCompile(`'(?:readable|writable)<(.*)>': funcbox: a field of a struct`)
	badFieldName = regexp.MustCompile(`&nowhere\.value\.([^>]+)>`)
)

// bindingError is an error that a line of bindings led to.
type bindingError struct {
	function *declaration
	message  string
	field    string // of a struct, that is the reason
}

// bindingErrors finds the errors of the lines for functions; false if there are others.
func bindingErrors(found []*declaration, diagnostics string) ([]bindingError, bool) {
	starts := anyError.FindAllStringSubmatchIndex(diagnostics, -1)
	errors := make([]bindingError, 0, len(starts))
	for i, at := range starts {
		end := len(diagnostics)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		place, message, block := diagnostics[at[2]:at[3]], diagnostics[at[4]:at[5]], diagnostics[at[0]:end]
		if !strings.HasPrefix(place, bindingsFile) && !strings.HasPrefix(place, string(sysrootPath)) {
			return nil, false // the program's own
		}
		d := boundIn(found, block)
		if d == nil {
			return nil, false
		}
		e := bindingError{function: d, message: message}
		if field := badFieldName.FindStringSubmatch(block); field != nil {
			e.field = field[1]
		}
		errors = append(errors, e)
	}
	return errors, len(errors) > 0
}

// boundIn finds the function that an error with its notes is about; nil: none.
func boundIn(found []*declaration, block string) *declaration {
	if match := bindingLine.FindStringSubmatch(block); match != nil {
		line, err := strconv.Atoi(match[1])
		if err != nil || line < bindingsHead || line >= bindingsHead+len(found) {
			return nil
		}
		return found[line-bindingsHead]
	}
	if match := bindingName.FindStringSubmatch(block); match != nil {
		for _, d := range found {
			if d.name == match[1] {
				return d
			}
		}
	}
	return nil
}

// adapt changes how those functions are bound whose lines do not compile; false if the
// errors have other reasons.
func adapt(found []*declaration, diagnostics string) bool {
	errors, ok := bindingErrors(found, diagnostics)
	if !ok {
		return false
	}
	changed := make(map[*declaration]bool)
	for _, e := range errors {
		d := e.function
		if changed[d] {
			continue
		}
		if d.bound == boundNot {
			return false
		}
		changed[d] = true
		_, refused, cannotCross := strings.Cut(e.message, "funcbox: ")
		of := badField.FindStringSubmatch(e.message)
		switch {
		case of != nil && e.field != "":
			d.refuse(fmt.Sprintf("%s: values of type %s, which a struct has as its field %s, cannot cross", d.name, of[1], e.field))
		case cannotCross:
			d.refuse(refused)
		case d.bound == boundByName && d.pointer() != "":
			d.bound = boundByType
		default:
			d.refuse(fmt.Sprintf("%s cannot be called from outside: %s", d.name, e.message))
		}
	}
	return true
}

// refuse has calls answered with a message.
func (d *declaration) refuse(message string) { d.bound, d.refused = boundNot, message }

// pointer is the type of a pointer to the function, empty where it cannot be written
// down by what the compiler told.
func (d *declaration) pointer() string {
	result, parameters, ok := splitFunction(d.written)
	if !ok {
		return ""
	}
	return result + " (*)" + parameters
}

// splitFunction splits a function's type, such as "std::map<int, int (*)(int)> (int) noexcept",
// before the list of its parameters.
func splitFunction(written string) (result, parameters string, ok bool) {
	end := strings.LastIndexByte(written, ')')
	depth := 0
	for i := end; i >= 0; i-- {
		switch written[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 {
				return strings.TrimSpace(written[:i]), written[i:], i > 0
			}
		}
	}
	return "", "", false
}

// describeAll lists functions. Those that cannot be called are no candidates of a call
// without a name, unless there are no others.
func describeAll(found []*declaration) []described {
	callable := 0
	for _, d := range found {
		if d.bound != boundNot {
			callable++
		}
	}
	all := make([]described, len(found))
	for i, d := range found {
		all[i] = d.describe()
		all[i].public = d.bound != boundNot || callable == 0
	}
	return all
}
