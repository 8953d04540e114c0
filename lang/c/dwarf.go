package c

import (
	"debug/dwarf"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// What is read of the description of one file: more than any program that people
// write has, and little enough for any depth of types.
const (
	maxDebugBytes   = 16 << 20
	maxDebugEntries = 200_000
	maxFunctions    = 1000
	maxParameters   = 100
)

var errDebugInfo = errors.New("the description of the program's functions cannot be read")

// functions reads from an object file what functions its main file defines, in their
// order. The compiler wrote the description (DWARF 4, https://dwarfstd.org), but code
// with assembler in it can have added to it, so it is not trusted.
func functions(object []byte, file string) (found []*function, err error) {
	defer func() { // package debug/dwarf does not promise that there are none
		if recover() != nil {
			found, err = nil, errDebugInfo
		}
	}()
	sections, err := wasmbin.Sections(object)
	if err != nil {
		return nil, err
	}
	debug := make(map[string][]byte)
	for _, s := range sections {
		if s.ID == wasmbin.SectionCustom && strings.HasPrefix(s.Name, ".debug_") {
			if len(s.Body) > maxDebugBytes {
				return nil, fmt.Errorf("%w: it is too large", errDebugInfo)
			}
			debug[s.Name] = s.Body
		}
	}
	if debug[".debug_info"] == nil {
		return nil, nil // an empty file
	}
	data, err := dwarf.New(debug[".debug_abbrev"], nil, nil, debug[".debug_info"], debug[".debug_line"], nil, debug[".debug_ranges"], debug[".debug_str"])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDebugInfo, err)
	}
	d := &description{data: data, entries: make(map[dwarf.Offset]*entry), types: make(map[dwarf.Offset]*ctype), file: file}
	if err := d.read(); err != nil {
		return nil, fmt.Errorf("%w: %w", errDebugInfo, err)
	}
	return d.functions()
}

// description is the tree of entries that describe an object file.
type description struct {
	data    *dwarf.Data
	entries map[dwarf.Offset]*entry
	types   map[dwarf.Offset]*ctype
	// unfinished are types that refer to a struct whose fields were being resolved.
	unfinished []func()
	unit       *entry
	files      []*dwarf.LineFile
	file       string
}

type entry struct {
	*dwarf.Entry
	children []*entry
}

func (e *entry) text(attribute dwarf.Attr) string {
	text, _ := e.Val(attribute).(string)
	return text
}

func (e *entry) number(attribute dwarf.Attr) (int64, bool) {
	number, ok := e.Val(attribute).(int64)
	return number, ok
}

func (e *entry) is(attribute dwarf.Attr) bool {
	set, _ := e.Val(attribute).(bool)
	return set
}

// read takes in all entries without recursion.
func (d *description) read() error {
	reader := d.data.Reader()
	var open []*entry
	for count := 0; ; count++ {
		next, err := reader.Next()
		if err != nil {
			return err
		}
		if next == nil {
			break
		}
		if count > maxDebugEntries {
			return errors.New("it has too many parts")
		}
		if next.Tag == 0 {
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
			continue
		}
		e := &entry{Entry: next}
		d.entries[next.Offset] = e
		if len(open) > 0 {
			above := open[len(open)-1]
			above.children = append(above.children, e)
		} else if next.Tag == dwarf.TagCompileUnit && d.unit == nil {
			d.unit = e
		}
		if next.Children {
			open = append(open, e)
		}
	}
	if d.unit == nil {
		return errors.New("it has no unit")
	}
	lines, err := d.data.LineReader(d.unit.Entry)
	if err != nil || lines == nil {
		return err
	}
	d.files = lines.Files()
	return nil
}

func (d *description) functions() ([]*function, error) {
	var found []*function
	for _, e := range d.unit.children {
		name := e.text(dwarf.AttrName)
		if e.Tag != dwarf.TagSubprogram || name == "" || e.is(dwarf.AttrDeclaration) || !d.inMainFile(e) {
			continue
		}
		f := &function{name: name, symbol: e.text(dwarf.AttrLinkageName), external: e.is(dwarf.AttrExternal), result: voidType}
		if f.symbol == "" {
			f.symbol = name
		}
		f.line, _ = e.number(dwarf.AttrDeclLine)
		if _, ok := e.Val(dwarf.AttrType).(dwarf.Offset); ok {
			f.result = d.typeOf(e, 0)
		}
		for _, child := range e.children {
			switch child.Tag {
			case dwarf.TagFormalParameter:
				f.parameters = append(f.parameters, variable{name: child.text(dwarf.AttrName), ctype: d.typeOf(child, 0)})
			case dwarf.TagUnspecifiedParameters:
				f.variadic = true
			}
		}
		if len(f.parameters) > maxParameters {
			return nil, fmt.Errorf("function %s has more than %d parameters", name, maxParameters)
		}
		if found = append(found, f); len(found) > maxFunctions {
			return nil, fmt.Errorf("more than %d functions in one file", maxFunctions)
		}
	}
	return found, nil
}

// inMainFile tells whether an entry was declared in the file that is described, and
// not in one that it includes.
func (d *description) inMainFile(e *entry) bool {
	index, ok := e.number(dwarf.AttrDeclFile)
	if !ok || index < 0 || index >= int64(len(d.files)) || d.files[index] == nil {
		return false
	}
	return path.Clean(d.files[index].Name) == d.file
}

// typeOf resolves the type that an entry refers to.
func (d *description) typeOf(of *entry, depth int) *ctype {
	offset, ok := of.Val(dwarf.AttrType).(dwarf.Offset)
	if !ok {
		return voidType
	}
	if known := d.types[offset]; known != nil {
		return known
	}
	e := d.entries[offset]
	if e == nil || depth > maxTypeDepth {
		return &ctype{kind: kindRefused, reason: "a type that is nested too deeply"}
	}
	t := &ctype{kind: kindPending}
	d.types[offset] = t // before what it is made of: structs point to themselves
	*t = d.resolve(t, e, depth+1)
	if depth == 0 {
		for _, finish := range d.unfinished {
			finish()
		}
		d.unfinished = nil
	}
	return t
}

// renamed is a type under another name or with a qualifier. Where the type is that of
// a struct whose fields are being resolved, it is filled in afterwards.
func (d *description) renamed(t, of *ctype, change func(*ctype)) ctype {
	if of.kind == kindPending {
		d.unfinished = append(d.unfinished, func() {
			*t = *of
			change(t)
		})
		return *t
	}
	changed := *of
	change(&changed)
	return changed
}

func (d *description) resolve(t *ctype, e *entry, depth int) ctype {
	name := e.text(dwarf.AttrName)
	size, _ := e.number(dwarf.AttrByteSize)
	switch e.Tag {
	case dwarf.TagBaseType:
		return baseType(e, name, size)
	case dwarf.TagEnumerationType:
		return d.enumeration(e, name, size, depth)
	case dwarf.TagTypedef:
		return d.renamed(t, d.typeOf(e, depth), func(t *ctype) {
			if t.name = name; name == valueType && t.kind == kindStruct {
				t.kind = kindValue
			}
		})
	case dwarf.TagConstType:
		return d.renamed(t, d.typeOf(e, depth), func(t *ctype) { t.constant = true })
	case dwarf.TagVolatileType, dwarf.TagRestrictType, dwarf.Tag(0x47): // DW_TAG_atomic_type
		return d.renamed(t, d.typeOf(e, depth), func(*ctype) {})
	case dwarf.TagPointerType:
		return d.pointer(e, depth)
	case dwarf.TagArrayType:
		return d.array(e, depth)
	case dwarf.TagStructType:
		return d.structure(e, name, size, depth)
	case dwarf.TagUnionType:
		return ctype{kind: kindRefused, name: tagged("union", name), size: size, reason: "a union"}
	}
	return ctype{kind: kindRefused, name: name, size: size, reason: "a type without a counterpart"}
}

// Encodings of base types (DWARF 4, 7.8).
const (
	encodingBoolean      = 0x02
	encodingComplex      = 0x03
	encodingFloat        = 0x04
	encodingSigned       = 0x05
	encodingSignedChar   = 0x06
	encodingUnsigned     = 0x07
	encodingUnsignedChar = 0x08
	encodingUTF          = 0x10
)

func baseType(e *entry, name string, size int64) ctype {
	t := ctype{name: name, size: size}
	encoding, _ := e.number(dwarf.AttrEncoding)
	switch encoding {
	case encodingBoolean:
		t.kind = kindBool
	case encodingSigned, encodingSignedChar:
		t.kind, t.signed = kindInteger, true
	case encodingUnsigned, encodingUnsignedChar, encodingUTF:
		t.kind = kindInteger
	case encodingFloat:
		t.kind = kindFloat
		if size != 4 && size != 8 {
			t.kind, t.reason = kindRefused, fmt.Sprintf("a floating-point number of %d bits", 8*size)
		}
	case encodingComplex:
		t.kind, t.reason = kindRefused, "a complex number"
	default:
		t.kind, t.reason = kindRefused, "a type without a counterpart"
	}
	if t.kind == kindInteger && size > 8 {
		t.kind, t.reason = kindRefused, fmt.Sprintf("an integer of %d bits", 8*size)
	}
	return t
}

func (d *description) enumeration(e *entry, name string, size int64, depth int) ctype {
	t := ctype{kind: kindEnum, name: tagged("enum", name), size: size}
	under := d.typeOf(e, depth)
	t.signed = under.kind == kindInteger && under.signed
	for _, child := range e.children {
		if child.Tag != dwarf.TagEnumerator {
			continue
		}
		value, _ := child.number(dwarf.AttrConstValue)
		t.names = append(t.names, enumerator{name: child.text(dwarf.AttrName), value: value})
	}
	return t
}

func (d *description) pointer(e *entry, depth int) ctype {
	t := ctype{kind: kindPointer, size: 4}
	if _, ok := e.Val(dwarf.AttrType).(dwarf.Offset); !ok {
		return t
	}
	if offset := e.Val(dwarf.AttrType).(dwarf.Offset); d.entries[offset] != nil && d.entries[offset].Tag == dwarf.TagSubroutineType {
		return ctype{kind: kindRefused, name: "a function pointer", size: 4, reason: "a pointer to a function"}
	}
	if t.element = d.typeOf(e, depth); t.element.kind == kindVoid {
		t.element, t.constantVoid = nil, t.element.constant
	}
	return t
}

func (d *description) array(e *entry, depth int) ctype {
	t := ctype{kind: kindArray, element: d.typeOf(e, depth)}
	var counts []int64
	for _, child := range e.children {
		if child.Tag != dwarf.TagSubrangeType {
			continue
		}
		count, ok := child.number(dwarf.AttrCount)
		if !ok {
			return ctype{kind: kindRefused, name: t.element.declare("[]"), reason: "an array whose length is not known"}
		}
		counts = append(counts, count)
	}
	if len(counts) == 0 || len(counts) > maxTypeDepth {
		return ctype{kind: kindRefused, reason: "an array whose length is not known"}
	}
	for i := len(counts) - 1; i > 0; i-- {
		t.element = &ctype{kind: kindArray, element: t.element, count: counts[i], size: counts[i] * t.element.size}
	}
	t.count = counts[0]
	t.size = t.count * t.element.size
	return t
}

func (d *description) structure(e *entry, name string, size int64, depth int) ctype {
	t := ctype{kind: kindStruct, name: tagged("struct", name), size: size}
	if e.is(dwarf.AttrDeclaration) {
		return ctype{kind: kindRefused, name: t.name, reason: "a struct whose contents are not known"}
	}
	for _, child := range e.children {
		if child.Tag != dwarf.TagMember {
			continue
		}
		f := field{name: child.text(dwarf.AttrName), ctype: d.typeOf(child, depth)}
		f.offset, _ = child.number(dwarf.AttrDataMemberLoc)
		if _, bits := child.number(dwarf.AttrBitSize); bits {
			f.ctype = &ctype{kind: kindRefused, name: f.ctype.String(), reason: "a bit-field"}
		}
		if f.name == "" {
			if f.name = "(unnamed)"; f.ctype.kind != kindRefused {
				f.ctype = &ctype{kind: kindRefused, name: f.ctype.String(), reason: "a member without a name"}
			}
		}
		t.fields = append(t.fields, f)
	}
	return t
}

func tagged(keyword, name string) string {
	if name == "" {
		return ""
	}
	return keyword + " " + name
}
