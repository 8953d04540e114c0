package wasmbin

import "math"

// Body is a function's body (section 5.5.13).
type Body struct {
	Locals []byte // the declarations of locals, a vector
	Code   []byte // the instructions, with the closing end

	codeOffset int // within the module
}

// Function reads one entry of the code section; its instructions are not looked
// at yet.
func Function(r *Reader) Body {
	size := r.Count()
	start := r.Offset()
	f := NewReader(r.Bytes(size), start)
	total := uint64(0)
	vector(f, func() {
		total += uint64(f.U32())
		f.ValueType()
	})
	// Section 5.5.13: fewer than 2^32 locals.
	if total > math.MaxUint32 {
		f.Fail("%d locals", total)
	}
	r.FailWith(f.Err())
	if r.Err() != nil {
		return Body{}
	}
	return Body{Locals: f.Slice(0, f.Pos()), codeOffset: f.Offset(), Code: f.Bytes(f.Len())}
}

// Reader returns a reader of Code.
func (b Body) Reader() *Reader { return NewReader(b.Code, b.codeOffset) }

// Walk calls visit for each instruction. Places are counted from the start of
// Code. It fails, like the function Walk, also if anything follows the end.
func (b Body) Walk(visit func(Instruction) error) error {
	r := b.Reader()
	if err := Walk(r, visit); err != nil {
		return err
	}
	return r.Done()
}

// Append appends the body as an entry of the code section.
func (b Body) Append(out []byte) []byte {
	out = AppendU32(out, uint32(len(b.Locals)+len(b.Code)))
	return append(append(out, b.Locals...), b.Code...)
}
