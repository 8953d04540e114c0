package wasmbin

import "encoding/binary"

// AppendU32 appends v in its shortest encoding (section 5.2.2).
func AppendU32(b []byte, v uint32) []byte { return binary.AppendUvarint(b, uint64(v)) }

// AppendS32 appends v in its shortest encoding (section 5.2.2).
func AppendS32(b []byte, v int32) []byte { return AppendS64(b, int64(v)) }

// AppendS64 appends v in its shortest encoding (section 5.2.2).
func AppendS64(b []byte, v int64) []byte {
	for v < -0x40 || v >= 0x40 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v)&0x7f)
}

// AppendName appends a vector of the bytes of name (section 5.2.4).
func AppendName(b []byte, name string) []byte {
	return append(AppendU32(b, uint32(len(name))), name...)
}

// AppendSized appends a size and the bytes counted by it: the form of a function
// body, a name's subsection and a vector of bytes.
func AppendSized(b, content []byte) []byte {
	return append(AppendU32(b, uint32(len(content))), content...)
}

// AppendSection appends a section with the given contents (section 5.5.2).
func AppendSection(b []byte, id SectionID, body []byte) []byte {
	return AppendSized(append(b, byte(id)), body)
}

// AppendModule appends the header and the given sections, each by its contents,
// in the order they must have; nil contents are left out. It knows no custom
// sections: those may be appended to the result.
func AppendModule(b []byte, bodies map[SectionID][]byte) []byte {
	b = append(b, header...)
	for _, id := range sectionOrder {
		if body := bodies[id]; body != nil {
			b = AppendSection(b, id, body)
		}
	}
	return b
}

// Replace returns a module with other contents of the given sections, which may be new.
// Custom sections follow the others. wasm is not changed. Errors are those of Sections.
func Replace(wasm []byte, bodies map[SectionID][]byte) ([]byte, error) {
	sections, err := Sections(wasm)
	if err != nil {
		return nil, err
	}
	all := make(map[SectionID][]byte, len(sections))
	for _, s := range sections {
		if s.ID != SectionCustom {
			all[s.ID] = s.Body
		}
	}
	for id, body := range bodies {
		all[id] = body
	}
	out := AppendModule(make([]byte, 0, len(wasm)), all)
	for _, s := range sections {
		if s.ID == SectionCustom {
			out = AppendCustom(out, s.Name, s.Body)
		}
	}
	return out, nil
}

// AppendCustom appends a custom section (section 5.5.3).
func AppendCustom(b []byte, name string, body []byte) []byte {
	return AppendSection(b, SectionCustom, append(AppendName(nil, name), body...))
}
