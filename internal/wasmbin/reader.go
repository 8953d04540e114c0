package wasmbin

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// ErrMalformed is wrapped by every error about bytes that are not a well-formed
// module.
var ErrMalformed = errors.New("malformed wasm")

// ErrUnsupported is wrapped by every error about something that may well be
// well-formed, but belongs to a proposal this package does not decode.
var ErrUnsupported = errors.New("unsupported wasm feature")

// Reader decodes the primitive values of the binary format from a byte slice.
//
// The first error sticks: from then on every method returns zero and reads
// nothing, so that a caller may check [Reader.Err] once at the end of a group of
// reads, as long as its loops are bounded by [Reader.Count] or stop on an error.
// The zero value reads nothing. A Reader is not safe for concurrent use.
type Reader struct {
	data []byte
	pos  int
	base int // offset of data[0] in the module, for error texts
	err  error
}

// NewReader returns a reader of data, which is not copied. base is the offset
// of data within the module; it appears in error texts only.
func NewReader(data []byte, base int) *Reader {
	return &Reader{data: data, base: base}
}

// Err returns the first error, or nil.
func (r *Reader) Err() error { return r.err }

// Pos returns the offset of the next byte, counted from the start of the data.
func (r *Reader) Pos() int { return r.pos }

// Offset returns the offset of the next byte within the module.
func (r *Reader) Offset() int { return r.base + r.pos }

// Len returns how many bytes are left, 0 after an error.
func (r *Reader) Len() int {
	if r.err != nil {
		return 0
	}
	return len(r.data) - r.pos
}

// Slice returns the bytes from offset start to offset end, counted as by
// [Reader.Pos].
func (r *Reader) Slice(start, end int) []byte { return r.data[start:end:end] }

// Fail makes the reader fail with ErrMalformed and the given text, unless it
// has failed already.
func (r *Reader) Fail(format string, args ...any) { r.fail(ErrMalformed, format, args...) }

// Unsupported makes the reader fail with ErrUnsupported and the given text,
// unless it has failed already.
func (r *Reader) Unsupported(format string, args ...any) {
	r.fail(ErrUnsupported, format, args...)
}

// FailWith makes the reader fail with err, if that is not nil, unless it has
// failed already.
func (r *Reader) FailWith(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *Reader) fail(kind error, format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w at offset %d: %s", kind, r.Offset(), fmt.Sprintf(format, args...))
	}
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if r.Len() == 0 {
		r.Fail("unexpected end")
		return 0
	}
	b := r.data[r.pos]
	r.pos++
	return b
}

// Bytes reads n bytes, which alias the data.
func (r *Reader) Bytes(n int) []byte {
	if n < 0 || n > r.Len() {
		r.Fail("%d bytes expected, %d left", n, r.Len())
		return nil
	}
	b := r.Slice(r.pos, r.pos+n)
	r.pos += n
	return b
}

// U32 reads an unsigned 32-bit integer (section 5.2.2).
func (r *Reader) U32() uint32 {
	return uint32(r.unsigned(32))
}

// U64 reads an unsigned 64-bit integer (section 5.2.2).
func (r *Reader) U64() uint64 { return r.unsigned(64) }

// S32 reads a signed 32-bit integer (section 5.2.2).
func (r *Reader) S32() int32 { return int32(r.signed(32)) }

// S33 reads a signed 33-bit integer, the form of a block type's index (section
// 5.4.1).
func (r *Reader) S33() int64 { return r.signed(33) }

// S64 reads a signed 64-bit integer (section 5.2.2).
func (r *Reader) S64() int64 { return r.signed(64) }

// unsigned reads an uN: at most ceil(N/7) bytes, unused bits of the last one
// zero (section 5.2.2). Shorter values may be padded up to that length.
func (r *Reader) unsigned(bits uint) uint64 {
	var v uint64
	for shift := uint(0); ; shift += 7 {
		b := r.Byte()
		if r.err != nil {
			return 0
		}
		if left := bits - shift; left < 7 && b>>left != 0 {
			r.Fail("integer does not fit u%d", bits)
			return 0
		}
		v |= uint64(b&0x7f) << shift
		if b&0x80 == 0 {
			return v
		}
	}
}

// signed reads an sN: at most ceil(N/7) bytes, unused bits of the last one equal
// to the sign (section 5.2.2).
func (r *Reader) signed(bits uint) int64 {
	var v int64
	for shift := uint(0); ; shift += 7 {
		b := r.Byte()
		if r.err != nil {
			return 0
		}
		if left := bits - shift; left < 7 {
			// The bits from the sign bit up must be all zero or all one.
			if top := int8(b<<1) >> left; b&0x80 != 0 || top != 0 && top != -1 {
				r.Fail("integer does not fit s%d", bits)
				return 0
			}
		}
		v |= int64(b&0x7f) << shift
		if b&0x80 == 0 {
			if b&0x40 != 0 && shift+7 < 64 {
				v |= -1 << (shift + 7)
			}
			return v
		}
	}
}

// Count reads the length of a vector (section 5.1.3) and fails if that many
// elements, of at least one byte each, cannot follow. So the result is safe to
// allocate by.
func (r *Reader) Count() int {
	n := r.U32()
	if uint64(n) > uint64(r.Len()) {
		r.Fail("vector of %d elements in %d bytes", n, r.Len())
		return 0
	}
	return int(n)
}

// Name reads a name, valid UTF-8 (section 5.2.4).
func (r *Reader) Name() string {
	b := r.Bytes(r.Count())
	if !utf8.Valid(b) {
		r.Fail("name is not UTF-8")
		return ""
	}
	return string(b)
}

// Done fails unless all bytes were read, and returns the first error.
func (r *Reader) Done() error {
	if n := r.Len(); n > 0 {
		r.Fail("%d bytes too many", n)
	}
	return r.err
}
