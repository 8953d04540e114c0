package meter

import "github.com/funcbox/funcbox/internal/wasmbin"

// The parts of the name section that are kept (appendix 7.4.1 of the
// specification). Names of locals, globals and the like are of no use at run time.
const (
	namesModule    = 0
	namesFunctions = 1
)

// renumberNames returns the new contents of the name section: the module's name,
// and those of functions by their new indices. Function names help to read a
// stack; a section that is malformed is left out, as the specification asks for
// (section 5.5.3).
func (m *module) renumberNames(r *wasmbin.Reader) []byte {
	b := []byte{}
	for r.Len() > 0 {
		id := r.Byte()
		content := r.Bytes(r.Count())
		switch id {
		case namesModule:
			name := wasmbin.NewReader(content, 0)
			name.Name()
			if name.Done() != nil {
				return nil
			}
			b = wasmbin.AppendSized(append(b, id), content)
		case namesFunctions:
			content = m.functionNames(wasmbin.NewReader(content, 0))
			if content == nil {
				return nil
			}
			b = wasmbin.AppendSized(append(b, id), content)
		}
	}
	if r.Err() != nil {
		return nil
	}
	return b
}

// functionNames returns a new name map (section 7.4.1), nil if it is malformed.
func (m *module) functionNames(r *wasmbin.Reader) []byte {
	n := uint32(0)
	var b []byte
	add := func(index uint32, name string) {
		n++
		b = wasmbin.AppendName(wasmbin.AppendU32(b, index), name)
	}
	ticked := false
	addTick := func() {
		if !ticked {
			add(m.tick(), ImportModule+"."+ImportName)
			ticked = true
		}
	}
	least := uint32(0) // indices must grow
	for range r.Count() {
		index := r.U32()
		name := r.Name()
		if r.Err() != nil || index < least || index >= m.functions() {
			return nil
		}
		least = index + 1
		if index >= m.tick() {
			addTick()
		}
		add(m.newIndex(r, index), name)
	}
	if r.Done() != nil {
		return nil
	}
	addTick()
	for _, h := range m.helpers {
		add(m.helperIndex(h), ImportModule+"."+helperNames[h])
	}
	return append(wasmbin.AppendU32(nil, n), b...)
}
