package value

import (
	"encoding/binary"
	"errors"
	"math"
	"math/big"
	"strings"
	"time"
)

// Major types and simple values of CBOR (RFC 8949, sections 3.1 and 3.3).
const (
	majorUint  = 0 << 5
	majorNint  = 1 << 5
	majorBytes = 2 << 5
	majorText  = 3 << 5
	majorArray = 4 << 5
	majorMap   = 5 << 5
	majorTag   = 6 << 5

	simpleFalse   = 0xf4
	simpleTrue    = 0xf5
	simpleNull    = 0xf6
	simpleAbsent  = 0xf7 // undefined
	simpleFloat64 = 0xfb
)

// Tags of CBOR that values use (RFC 8949, section 3.4).
const (
	tagTime           = 0
	tagPositiveBignum = 2
	tagNegativeBignum = 3
)

func appendHead(dst []byte, major byte, argument uint64) []byte {
	switch {
	case argument < 24:
		return append(dst, major|byte(argument))
	case argument <= math.MaxUint8:
		return append(dst, major|24, byte(argument))
	case argument <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(argument))
	case argument <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(argument))
	}
	return binary.BigEndian.AppendUint64(append(dst, major|27), argument)
}

// AppendMapHead appends the head of a map with n pairs, 0 or more. The keys
// and values have to follow.
func AppendMapHead(dst []byte, n int) []byte { return appendHead(dst, majorMap, uint64(n)) }

// AppendArrayHead appends the head of an array with n items, 0 or more. The
// items have to follow.
func AppendArrayHead(dst []byte, n int) []byte { return appendHead(dst, majorArray, uint64(n)) }

// AppendUint appends a number that is not negative.
func AppendUint(dst []byte, n uint64) []byte { return appendHead(dst, majorUint, n) }

// AppendText appends a string as it is. It is for strings known to be valid
// UTF-8; [Append] checks those that are not.
func AppendText(dst []byte, text string) []byte {
	return append(appendHead(dst, majorText, uint64(len(text))), text...)
}

func appendBytes(dst, data []byte) []byte {
	return append(appendHead(dst, majorBytes, uint64(len(data))), data...)
}

func appendInt(dst []byte, n int64) []byte {
	if n < 0 {
		return appendHead(dst, majorNint, uint64(^n))
	}
	return appendHead(dst, majorUint, uint64(n))
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, simpleTrue)
	}
	return append(dst, simpleFalse)
}

// appendFloat always writes eight bytes, so that a float stays a float, and
// one kind of NaN, so that equal values have equal encodings.
func appendFloat(dst []byte, f float64) []byte {
	bits := math.Float64bits(f)
	if f != f {
		bits = 0x7ff8 << 48
	}
	return binary.BigEndian.AppendUint64(append(dst, simpleFloat64), bits)
}

func appendBigInt(dst []byte, n *big.Int) ([]byte, error) {
	if n.IsInt64() {
		return appendInt(dst, n.Int64()), nil
	}
	if n.IsUint64() {
		return AppendUint(dst, n.Uint64()), nil
	}
	if n.BitLen() > MaxIntegerBits {
		return dst, errIntegerTooLarge()
	}
	if n.Sign() < 0 { // the content is -1 - n (RFC 8949, section 3.4.3)
		return appendBytes(append(dst, majorTag|tagNegativeBignum), new(big.Int).Not(n).Bytes()), nil
	}
	return appendBytes(append(dst, majorTag|tagPositiveBignum), n.Bytes()), nil
}

func appendTime(dst []byte, t time.Time) ([]byte, error) {
	text, err := formatTime(t)
	if err != nil {
		return dst, err
	}
	return AppendText(append(dst, majorTag|tagTime), text), nil
}

// formatTime writes RFC 3339 with as many fractional digits as needed, in the
// time's own offset. An offset that RFC 3339 cannot express, with seconds or
// of a day and more, is replaced by UTC: the instant matters more.
func formatTime(t time.Time) (string, error) {
	if _, offset := t.Zone(); offset%60 != 0 || offset <= -24*3600 || offset >= 24*3600 {
		t = t.UTC()
	}
	if year := t.Year(); year < 0 || year > 9999 {
		return "", failf("the year %d cannot be written in RFC 3339", year)
	}
	return t.Format(time.RFC3339Nano), nil
}

// parseTime is the inverse of formatTime. It refuses what the time package
// takes for RFC 3339 although it is not: a comma before the fraction, and an
// hour of one digit.
func parseTime(text string) (time.Time, error) {
	if len(text) < len("2006-01-02T15:04:05Z") || text[len("2006-01-02T15")] != ':' || strings.Contains(text, ",") {
		return time.Time{}, errors.New("not a time of RFC 3339")
	}
	return time.Parse(time.RFC3339, text)
}
