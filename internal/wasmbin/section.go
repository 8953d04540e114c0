package wasmbin

import (
	"bytes"
	"fmt"
	"slices"
)

// header is the magic number "\0asm" and version 1 (section 5.5.16).
var header = []byte{0, 'a', 's', 'm', 1, 0, 0, 0}

// SectionID is the number of a kind of section (section 5.5.2).
type SectionID byte

// The sections of a module. SectionTag is from the exception handling proposal.
const (
	SectionCustom    SectionID = 0
	SectionType      SectionID = 1
	SectionImport    SectionID = 2
	SectionFunction  SectionID = 3
	SectionTable     SectionID = 4
	SectionMemory    SectionID = 5
	SectionGlobal    SectionID = 6
	SectionExport    SectionID = 7
	SectionStart     SectionID = 8
	SectionElement   SectionID = 9
	SectionCode      SectionID = 10
	SectionData      SectionID = 11
	SectionDataCount SectionID = 12
	SectionTag       SectionID = 13
)

// sectionOrder is the order of the sections in a module (section 5.5.16; the tag
// section: exception handling proposal).
var sectionOrder = [...]SectionID{
	SectionType, SectionImport, SectionFunction, SectionTable, SectionMemory, SectionTag, SectionGlobal,
	SectionExport, SectionStart, SectionElement, SectionDataCount, SectionCode, SectionData,
}

// Section is one section of a module.
type Section struct {
	ID     SectionID
	Name   string // of a custom section, else empty
	Offset int    // of Body within the module
	Body   []byte // contents, after the name of a custom section; aliases the module
}

// Reader returns a reader of the section's contents.
func (s Section) Reader() *Reader { return NewReader(s.Body, s.Offset) }

// Sections splits a module into its sections, in their order. It fails with an
// error that wraps ErrMalformed or ErrUnsupported if the header is not that of a
// module of version 1, a section does not fit, is unknown, out of order or there
// twice. The bodies alias wasm.
func Sections(wasm []byte) ([]Section, error) {
	if !bytes.HasPrefix(wasm, header[:4]) {
		return nil, fmt.Errorf("%w: no wasm magic number", ErrMalformed)
	}
	if !bytes.HasPrefix(wasm, header) {
		return nil, fmt.Errorf("%w: not a core module of version 1", ErrUnsupported)
	}
	r := NewReader(wasm, 0)
	r.Bytes(len(header))
	var sections []Section
	next := 0 // index into sectionOrder
	for r.Len() > 0 {
		id := SectionID(r.Byte())
		body := r.Bytes(r.Count())
		s := Section{ID: id, Offset: r.Pos() - len(body), Body: body}
		switch {
		case r.Err() != nil:
		case id == SectionCustom:
			c := s.Reader()
			s.Name = c.Name()
			r.FailWith(c.Err())
			s.Offset, s.Body = c.Offset(), c.Bytes(c.Len())
		default:
			// Each section stands once at most, after those before it in the order.
			i := slices.Index(sectionOrder[next:], id)
			if i < 0 {
				r.Fail("section %d unknown, out of order or there twice", id)
			}
			next += i + 1
		}
		if r.Err() != nil {
			break
		}
		sections = append(sections, s)
	}
	return sections, r.Err()
}
