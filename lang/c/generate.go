package c

import (
	"fmt"
	"strings"
)

// Forms of values in described.h.
const (
	formNone = iota
	formBool
	formSigned
	formUnsigned
	formReal
	formText
	formCharacters
	formArray
	formStruct
	formPointer
	formValue
)

// Flags of parameters in described.h.
const (
	flagOut       = 1
	flagNeverNull = 2
	flagText      = 4
)

// generator writes the unit that makes a program's functions callable: their table,
// what describes them, and for each one a function that calls it with the types that
// the linker must see. Names in it begin with funcbox_ or one letter and a number.
type generator struct {
	types, calls, table strings.Builder
	described           map[*ctype]int
	structs             map[*ctype]int
}

// generate returns the unit for the functions that can be called. listing is what LOAD
// replies with.
func generate(functions []callable, listing []byte) string {
	g := &generator{described: make(map[*ctype]int), structs: make(map[*ctype]int)}
	for i := range functions {
		g.function(i, &functions[i])
	}
	var b strings.Builder
	b.WriteString("#include <funcbox/described.h>\n")
	b.WriteString(g.types.String())
	b.WriteString(g.calls.String())
	b.WriteString("const struct funcbox_function funcbox_functions[] = {\n")
	b.WriteString(g.table.String())
	b.WriteString("{0, 0, 0, 0}};\n")
	writeListing(&b, listing)
	return b.String()
}

// writeListing defines what LOAD replies with.
func writeListing(b *strings.Builder, listing []byte) {
	b.WriteString("extern const unsigned char funcbox_listing[];\nextern const unsigned int funcbox_listing_length;\nconst unsigned char funcbox_listing[] = ")
	b.WriteString(quoteC(listing))
	fmt.Fprintf(b, ";\nconst unsigned int funcbox_listing_length = %d;\n", len(listing))
}

// quoteC writes bytes as a string literal.
func quoteC(data []byte) string {
	b := make([]byte, 0, 2*len(data)+2)
	b = append(b, '"')
	for _, c := range data {
		if c >= ' ' && c < 0x7f && c != '"' && c != '\\' && c != '?' {
			b = append(b, c)
			continue
		}
		b = append(b, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
	}
	return string(append(b, '"'))
}

func (g *generator) function(number int, f *callable) {
	required := 0
	names := make([]string, len(f.arguments))
	for i, a := range f.arguments {
		names[i] = a.name
		if !a.optional {
			required = i + 1
		}
	}
	text := f.name + "(" + strings.Join(names, ",") + ")"
	if f.refused == "" {
		result := g.reference(f.result)
		g.thunk(number, f)
		fmt.Fprintf(&g.calls, "static const struct funcbox_parameter p%d[] = {", number)
		for _, a := range f.arguments {
			g.parameter(a)
		}
		g.calls.WriteString("{0, 0, 0, 0, 0}};\n")
		fmt.Fprintf(&g.calls, "static const struct funcbox_described_function d%d = {t%d, %s, p%d, %d, %d, 0};\n", number, number, result, number, len(f.arguments), len(f.parameters))
	} else {
		fmt.Fprintf(&g.calls, "static const struct funcbox_described_function d%d = {0, 0, 0, 0, 0, %s};\n", number, quoteC([]byte(f.refused)))
	}
	fmt.Fprintf(&g.calls, "static int c%d(struct funcbox_frame *f) { return funcbox_call_described(f, &d%d); }\n", number, number)
	fmt.Fprintf(&g.table, "{%s, %d, %d, c%d},\n", quoteC([]byte(text)), len(f.arguments), required, number)
}

func (g *generator) parameter(a argument) {
	flags, described, length := 0, "0", "0"
	if a.out {
		flags |= flagOut
	}
	if a.optional {
		flags |= flagNeverNull
	}
	if a.text {
		flags |= flagText
	}
	if a.ctype != nil {
		described = g.reference(a.ctype)
	}
	if a.length != nil {
		length = g.reference(a.length)
	}
	fmt.Fprintf(&g.calls, "{%s, %s, %d, %d, %s}, ", quoteC([]byte(a.name)), described, a.way, flags, length)
}

// thunk writes the function that calls a function of the program.
func (g *generator) thunk(number int, f *callable) {
	result := g.declaration(f.result)
	parameters, values := make([]string, len(f.parameters)), make([]string, len(f.parameters))
	for i, p := range f.parameters {
		parameters[i] = g.declaration(p.ctype)
		values[i] = fmt.Sprintf("*(%s *)a[%d]", parameters[i], i)
	}
	list := strings.Join(parameters, ", ")
	if list == "" {
		list = "void"
	}
	fmt.Fprintf(&g.calls, "extern %s u%d(%s) __asm__(\"%s\");\n", result, number, list, f.symbol)
	store := ""
	if f.result.kind != kindVoid {
		store = fmt.Sprintf("*(%s *)r = ", result)
	}
	fmt.Fprintf(&g.calls, "static void t%d(void *const *a, void *r) { (void)a; (void)r; %su%d(%s); }\n", number, store, number, strings.Join(values, ", "))
}

// declaration names a type that the linker takes for the same.
func (g *generator) declaration(t *ctype) string {
	switch t.kind {
	case kindVoid:
		return "void"
	case kindBool:
		return "_Bool"
	case kindInteger, kindEnum:
		return integerName(t.size, t.signed)
	case kindFloat:
		if t.size == 4 {
			return "float"
		}
		return "double"
	case kindStruct:
		return g.structure(t)
	case kindValue:
		return "struct funcbox_any"
	}
	return "void *"
}

func integerName(size int64, signed bool) string {
	name := map[int64]string{1: "char", 2: "short", 4: "int", 8: "long long"}[size]
	if signed {
		return "signed " + name
	}
	return "unsigned " + name
}

// structure declares a struct of the same layout, once.
func (g *generator) structure(t *ctype) string {
	if number, ok := g.structs[t]; ok {
		return fmt.Sprintf("struct s%d", number)
	}
	number := len(g.structs)
	g.structs[t] = number
	var fields strings.Builder
	for i, f := range t.fields {
		element, dimensions := f.ctype, ""
		for element.kind == kindArray {
			dimensions += fmt.Sprintf("[%d]", element.count)
			element = element.element
		}
		fmt.Fprintf(&fields, " %s f%d%s;", g.declaration(element), i, dimensions)
	}
	fmt.Fprintf(&g.types, "struct s%d {%s };\n", number, fields.String())
	return fmt.Sprintf("struct s%d", number)
}

// reference returns the address of a type's description, which it writes before the
// first use.
func (g *generator) reference(t *ctype) string {
	number, ok := g.described[t]
	if !ok {
		number = len(g.described)
		g.described[t] = number
		fmt.Fprintf(&g.types, "static const struct funcbox_described v%d;\n", number) // it may hold itself
		g.describe(t, number)
	}
	return fmt.Sprintf("&v%d", number)
}

func (g *generator) describe(t *ctype, number int) {
	form, count, element, members := formNone, 0, "0", "0"
	switch t.kind {
	case kindBool:
		form = formBool
	case kindInteger, kindEnum:
		if form = formUnsigned; t.signed {
			form = formSigned
		}
		if len(t.names) > 0 {
			count, members = len(t.names), fmt.Sprintf("m%d", number)
			var list strings.Builder
			for _, e := range t.names {
				fmt.Fprintf(&list, "{%s, (long long)%dULL, 0},", quoteC([]byte(e.name)), uint64(e.value))
			}
			fmt.Fprintf(&g.types, "static const struct funcbox_member m%d[] = {%s{0, 0, 0}};\n", number, list.String())
		}
	case kindFloat:
		form = formReal
	case kindPointer:
		if form = formText; !t.element.isCharacter() {
			form, element = formPointer, g.reference(t.element)
		}
	case kindArray:
		count = int(t.count)
		if form = formCharacters; !t.element.isCharacter() {
			form, element = formArray, g.reference(t.element)
		}
	case kindStruct:
		form, count, members = formStruct, len(t.fields), fmt.Sprintf("m%d", number)
		var list strings.Builder
		for _, f := range t.fields {
			fmt.Fprintf(&list, "{%s, %d, %s},", quoteC([]byte(f.name)), f.offset, g.reference(f.ctype))
		}
		fmt.Fprintf(&g.types, "static const struct funcbox_member m%d[] = {%s{0, 0, 0}};\n", number, list.String())
	case kindValue:
		form = formValue
	}
	fmt.Fprintf(&g.types, "static const struct funcbox_described v%d = {%d, %d, %d, %s, %s};\n", number, form, t.size, count, element, members)
}
