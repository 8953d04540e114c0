package value

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

const (
	// MaxDepth is how many arrays and maps a value may hold inside one
	// another, in either direction. A value that refers to itself runs into
	// this limit too.
	MaxDepth = 1000

	// MaxIntegerBits is the size of the largest integer that crosses, about
	// 315,000 decimal digits. The limit exists because converting an integer
	// to and from decimal takes more than linear time.
	MaxIntegerBits = 1 << 20
)

// ErrTooLarge is matched, with errors.Is, by every error about a value that
// is well formed but exceeds a limit: nesting, number of items, or the size
// of an integer.
var ErrTooLarge = errors.New("value exceeds a limit")

// PlaceError says which part of a value could not be converted, and why.
type PlaceError struct {
	Place  string // where, in Go's notation: "args[0].items[3]"
	Reason string // why: "func() cannot be passed to a guest"

	limit bool
}

// Error returns "place: reason".
func (e *PlaceError) Error() string {
	if e.Place == "" {
		return e.Reason
	}
	return e.Place + ": " + e.Reason
}

// Is makes errors about limits match [ErrTooLarge].
func (e *PlaceError) Is(target error) bool { return e.limit && target == ErrTooLarge }

// maxPlaceLength bounds the length of a reported place, in bytes: a value
// nested a thousand levels deep has a place that nobody reads to its end.
const maxPlaceLength = 300

// walkError is a PlaceError in the making. The conversions do not track where
// they are, which would cost time in the good case: each level adds its own
// segment while the error travels up.
type walkError struct {
	reason   string
	limit    bool
	deep     bool     // the limit is that of nesting
	segments []string // innermost first
}

func (e *walkError) Error() string { return e.reason }

func failf(format string, arguments ...any) error {
	return &walkError{reason: fmt.Sprintf(format, arguments...)}
}

func limitf(format string, arguments ...any) error {
	return &walkError{reason: fmt.Sprintf(format, arguments...), limit: true}
}

func errTooDeep() error {
	return &walkError{reason: fmt.Sprintf("nested more than %d levels deep", MaxDepth), limit: true, deep: true}
}

func errIntegerTooLarge() error {
	return limitf("integer has more than %d bits", MaxIntegerBits)
}

func atIndex(err error, index int) error {
	return atSegment(err, "["+strconv.Itoa(index)+"]")
}

func atKey(err error, key string) error { return atSegment(err, keySegment(key)) }

func keySegment(key string) string {
	if isIdentifier(key) {
		return "." + key
	}
	if len(key) > 60 {
		key = strings.ToValidUTF8(key[:60], "") + "…"
	}
	return "[" + strconv.Quote(key) + "]"
}

func atSegment(err error, segment string) error {
	if walk, ok := err.(*walkError); ok { // never wrapped
		walk.segments = append(walk.segments, segment)
	}
	return err
}

func isIdentifier(key string) bool {
	for i, r := range key {
		if r != '_' && r != '$' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return key != "" && len(key) <= 60
}

// placeError turns a walkError into the PlaceError that callers see. place
// names the whole value.
func placeError(err error, place string) error {
	walk, ok := err.(*walkError) // never wrapped
	if !ok {
		return err
	}
	var text strings.Builder
	text.WriteString(place)
	for i := len(walk.segments) - 1; i >= 0; i-- {
		if text.Len() > maxPlaceLength {
			text.WriteString("…")
			break
		}
		segment := walk.segments[i]
		if text.Len() == 0 {
			segment = strings.TrimPrefix(segment, ".")
		}
		text.WriteString(segment)
	}
	return &PlaceError{Place: text.String(), Reason: walk.reason, limit: walk.limit}
}
