package value

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"
)

// DefaultItems is how many items a value from a guest may have when [Limits]
// does not say: each number, string, array, map and map key is one. At this
// number the Go values take some hundred megabytes at most, not counting the
// bytes of strings.
const DefaultItems = 4 << 20

// Limits bounds what [Decode] makes of untrusted bytes. The zero value stands
// for the defaults.
type Limits struct {
	Items int // how many items in all; 0 stands for DefaultItems
	Depth int // how many arrays and maps inside one another; 0 stands for MaxDepth, the most there may be
}

func (l Limits) withDefaults() Limits {
	if l.Items <= 0 {
		l.Items = DefaultItems
	}
	if l.Depth <= 0 || l.Depth > MaxDepth {
		l.Depth = MaxDepth
	}
	return l
}

// scanner checks CBOR before anything is made of it: that it is well formed,
// that it is one of the values of this package, and that it stays within the
// limits. It needs no memory worth mentioning and does not recurse.
type scanner struct {
	data []byte
	at   int
	lim  Limits

	items   int  // so far
	bignums bool // there are integers that may have to be normalized
}

// container is an array or map that is being scanned.
type container struct {
	left  uint64 // items to come, keys and values counted apart
	isMap bool
}

func (s *scanner) fail(format string, arguments ...any) error {
	return fmt.Errorf("invalid CBOR at byte %d: "+format, append([]any{s.at}, arguments...)...)
}

// head reads the start of an item: its major type, additional information and
// argument (RFC 8949, section 3).
func (s *scanner) head() (major, info byte, argument uint64, err error) {
	if s.at >= len(s.data) {
		return 0, 0, 0, s.fail("it ends too early")
	}
	first := s.data[s.at]
	major, info = first&0xe0, first&0x1f
	size := 0
	switch {
	case info < 24:
		s.at++
		return major, info, uint64(info), nil
	case info <= 27:
		size = 1 << (info - 24)
	case info == 31:
		return 0, 0, 0, s.fail("indefinite lengths are not allowed")
	default:
		return 0, 0, 0, s.fail("0x%02x is reserved", first)
	}
	rest := s.data[s.at+1:]
	if len(rest) < size {
		return 0, 0, 0, s.fail("it ends too early")
	}
	switch size {
	case 1:
		argument = uint64(rest[0])
	case 2:
		argument = uint64(binary.BigEndian.Uint16(rest))
	case 4:
		argument = uint64(binary.BigEndian.Uint32(rest))
	case 8:
		argument = binary.BigEndian.Uint64(rest)
	}
	s.at += 1 + size
	return major, info, argument, nil
}

// content reads the bytes of a string.
func (s *scanner) content(length uint64) ([]byte, error) {
	if length > uint64(len(s.data)-s.at) {
		return nil, s.fail("a string of %d bytes ends too early", length)
	}
	start := s.at
	s.at += int(length)
	return s.data[start:s.at], nil
}

func (s *scanner) text(length uint64) ([]byte, error) {
	text, err := s.content(length)
	if err == nil && !utf8.Valid(text) {
		err = s.fail("a text is not valid UTF-8")
	}
	return text, err
}

// value scans one value.
func (s *scanner) value() error {
	var scratch [32]container
	stack := scratch[:0]
	for {
		wantKey := false
		if len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.left == 0 {
				stack = stack[:len(stack)-1]
				if len(stack) == 0 {
					return nil
				}
				continue
			}
			wantKey = top.isMap && top.left%2 == 0
			top.left--
		}

		s.items++
		if s.items > s.lim.Items {
			return fmt.Errorf("more than %d items: %w", s.lim.Items, ErrTooLarge)
		}
		major, info, argument, err := s.head()
		if err != nil {
			return err
		}
		if wantKey && major != majorText {
			return s.fail("a key is not a text")
		}
		switch major {
		case majorBytes:
			_, err = s.content(argument)
		case majorText:
			_, err = s.text(argument)
		case majorTag:
			err = s.tag(argument)
		case majorUint, majorNint:
		case majorArray, majorMap:
			if len(stack) >= s.lim.Depth {
				return fmt.Errorf("nested more than %d levels deep: %w", s.lim.Depth, ErrTooLarge)
			}
			if argument > uint64(len(s.data)-s.at) || argument > math.MaxInt32 { // an item takes a byte or more
				return s.fail("an array or map of %d items ends too early", argument)
			}
			next := container{left: argument, isMap: major == majorMap}
			if next.isMap {
				next.left *= 2
			}
			stack = append(stack, next)
		default:
			if info < 20 || info > 22 && info != 27 {
				return s.fail("not a boolean, null or a float of 64 bits")
			}
		}
		if err != nil {
			return err
		}
		if len(stack) == 0 {
			return nil
		}
	}
}

// tag scans the content of a tag.
func (s *scanner) tag(number uint64) error {
	major, _, length, err := s.head()
	if err != nil {
		return err
	}
	switch number {
	case tagTime:
		if major != majorText {
			return s.fail("a time is not a text")
		}
		text, err := s.text(length)
		if err != nil {
			return err
		}
		if _, err := parseTime(string(text)); err != nil {
			return s.fail("%.60q is not a time of RFC 3339", text)
		}
	case tagPositiveBignum, tagNegativeBignum:
		if major != majorBytes {
			return s.fail("a large integer is not a byte string")
		}
		s.bignums = true
		if length > MaxIntegerBits/8 {
			return fmt.Errorf("integer has more than %d bits: %w", MaxIntegerBits, ErrTooLarge)
		}
		_, err = s.content(length)
	default:
		return s.fail("tag %d is not allowed", number)
	}
	return err
}
