package value

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func unhex(t testing.TB, text string) []byte {
	data, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	require.NoError(t, err)
	return data
}

func TestDecode(t *testing.T) {
	tests := []struct {
		in   string
		want any
	}{
		{"1b 0000000000000005", int64(5)}, // not the shortest form, but well formed
		{"1b 7fffffffffffffff", int64(math.MaxInt64)},
		{"1b 8000000000000000", bigInt(t, "9223372036854775808")},
		{"3b 7fffffffffffffff", int64(math.MinInt64)},
		{"3b 8000000000000000", bigInt(t, "-9223372036854775809")},
		{"3b ffffffffffffffff", bigInt(t, "-18446744073709551616")},
		{"c2 41 05", int64(5)}, // a large integer that is not large
		{"c2 40", int64(0)},
		{"c3 40", int64(-1)},
		{"c3 41 00", int64(-1)},
		{"82 c2 41 05 a1 61 61 c3 41 05", []any{int64(5), map[string]any{"a": int64(-6)}}},
		{"c2 49 010000000000000000", bigInt(t, "18446744073709551616")},
		{"a0", map[string]any{}},
		{"80", []any{}},
		{"40", []byte{}},
		{"a1 60 f6", map[string]any{"": nil}},
	}
	for _, test := range tests {
		got, err := Decode(unhex(t, test.in), Limits{})
		require.NoError(t, err, test.in)
		require.Equal(t, test.want, got, test.in)
	}
	got, err := Decode(unhex(t, "fb7ff8000000000001"), Limits{})
	require.NoError(t, err)
	require.True(t, math.IsNaN(got.(float64)))
}

func TestDecodeCopies(t *testing.T) {
	data := unhex(t, "82 6161 4162")
	got, err := Decode(data, Limits{})
	require.NoError(t, err)
	clear(data)
	require.Equal(t, []any{"a", []byte("b")}, got)
}

func TestDecodeErrors(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"empty", "", "at byte 0: it ends too early"},
		{"head cut", "19 01", "ends too early"},
		{"text cut", "62 61", "a string of 2 bytes ends too early"},
		{"text of the largest length", "7b ffffffffffffffff", "ends too early"},
		{"array cut", "82 01", "ends too early"},
		{"array of the largest length", "9b ffffffffffffffff", "ends too early"},
		{"map cut", "a1 6161", "ends too early"},
		{"map of the largest length", "bb 8000000000000000", "ends too early"},
		{"trailing", "01 02", "at byte 1: 1 bytes follow the value"},
		{"reserved", "1c", "0x1c is reserved"},
		{"indefinite array", "9f ff", "indefinite lengths are not allowed"},
		{"indefinite text", "7f ff", "indefinite lengths are not allowed"},
		{"break", "ff", "indefinite lengths are not allowed"},
		{"undefined", "f7", "not a boolean, null or a float of 64 bits"},
		{"float16", "f9 3c00", "not a boolean, null or a float of 64 bits"},
		{"float32", "fa 3f800000", "not a boolean, null or a float of 64 bits"},
		{"simple", "f0", "not a boolean, null or a float of 64 bits"},
		{"simple in two bytes", "f8 ff", "not a boolean, null or a float of 64 bits"},
		{"integer key", "a1 01 02", "a key is not a text"},
		{"tagged key", "a1 c0 6161 02", "a key is not a text"},
		{"duplicate key", "a2 6161 01 6161 02", "duplicate map key"},
		{"utf-8", "61 ff", "a text is not valid UTF-8"},
		{"surrogate", "63 eda080", "a text is not valid UTF-8"},
		{"utf-8 in key", "a1 61 ff 01", "a text is not valid UTF-8"},
		{"tag", "c1 01", "tag 1 is not allowed"},
		{"self-described", "d9d9f7 01", "tag 55799 is not allowed"},
		{"tag without content", "c2", "ends too early"},
		{"tag of a tag", "c2 c2 41 01", "a large integer is not a byte string"},
		{"time of a number", "c0 01", "a time is not a text"},
		{"time", "c0 61 61", `"a" is not a time of RFC 3339`},
		{"time without zone", "c0 73" + hex.EncodeToString([]byte("2026-01-02T03:04:05")), "is not a time of RFC 3339"},
		{"time with a comma", "c0 76" + hex.EncodeToString([]byte("2026-01-02T03:04:05,1Z")), "is not a time of RFC 3339"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Decode(unhex(t, test.in), Limits{})
			require.ErrorContains(t, err, test.want)
			require.NotErrorIs(t, err, ErrTooLarge)
			require.Nil(t, got)
		})
	}
}

func TestDecodeLimits(t *testing.T) {
	deep := append([]byte(strings.Repeat("\x81", MaxDepth)), 0x80)
	_, err := Decode(deep, Limits{})
	require.ErrorIs(t, err, ErrTooLarge)
	_, err = Decode(deep[1:], Limits{})
	require.NoError(t, err)
	_, err = Decode(deep[1:], Limits{Depth: 1 << 30})
	require.NoError(t, err)
	_, err = Decode([]byte(strings.Repeat("\x81", 1<<20)), Limits{Depth: 1 << 30})
	require.ErrorIs(t, err, ErrTooLarge)

	ten := unhex(t, "a3 6161 01 6162 02 6163 82 01 02")
	_, err = Decode(ten, Limits{Items: 9})
	require.NoError(t, err)
	_, err = Decode(ten, Limits{Items: 8})
	require.ErrorIs(t, err, ErrTooLarge)

	many := append(binary.BigEndian.AppendUint32([]byte{0x9a}, DefaultItems), make([]byte, DefaultItems)...)
	_, err = Decode(many, Limits{})
	require.ErrorIs(t, err, ErrTooLarge)
	many = append(binary.BigEndian.AppendUint32([]byte{0x9a}, 200_000), make([]byte, 200_000)...)
	got, err := Decode(many, Limits{})
	require.NoError(t, err, "the library's own limit of 131072 must not show")
	require.Len(t, got, 200_000)

	_, err = Decode(append(binary.BigEndian.AppendUint32([]byte{0xc2, 0x5a}, MaxIntegerBits/8+1), make([]byte, MaxIntegerBits/8+1)...), Limits{})
	require.ErrorIs(t, err, ErrTooLarge)
}

func TestDecodeReply(t *testing.T) {
	someError := "a3 6474797065 6154 676d657373616765 616d 65737461636b 6173"
	tests := []struct {
		name, in string
		want     Reply
		err      string
	}{
		{"value", "a2 00 00 01 82 01 02", Reply{Value: []any{int64(1), int64(2)}}, ""},
		{"null", "a2 00 00 01 f6", Reply{}, ""},
		{"other order", "a2 01 f6 00 00", Reply{}, ""},
		{"small bignum", "a2 00 00 01 c2 41 05", Reply{Value: int64(5)}, ""},
		{"error", "a2 00 01 02 " + someError, Reply{Status: StatusError, Error: &GuestError{"T", "m", "s"}}, ""},
		{"empty", "", Reply{}, "ends too early"},
		{"not a map", "82 00 00", Reply{}, "not a map"},
		{"empty map", "a0", Reply{}, "status is neither 0 nor 1"},
		{"no status", "a1 01 f6", Reply{}, "status is neither 0 nor 1"},
		{"other status", "a2 00 02 01 f6", Reply{}, "status is neither 0 nor 1"},
		{"status no number", "a2 00 f6 01 f6", Reply{}, "status is neither 0 nor 1"},
		{"no value", "a1 00 00", Reply{}, "status 0 needs a value and no error"},
		{"value and error", "a3 00 00 01 f6 02 f6", Reply{}, "status 0 needs a value and no error"},
		{"no error", "a1 00 01", Reply{}, "status 1 needs an error and no value"},
		{"error and value", "a3 00 01 01 f6 02 " + someError, Reply{}, "status 1 needs an error and no value"},
		{"error null", "a2 00 01 02 f6", Reply{}, "the error needs the texts"},
		{"error incomplete", "a2 00 01 02 a1 6474797065 6154", Reply{}, "the error needs the texts"},
		{"unknown key", "a2 00 00 03 f6", Reply{}, "unknown key"},
		{"text key", "a1 6161 f6", Reply{}, "unknown key"},
		{"twice", "a2 00 00 00 00", Reply{}, "key 0 is there twice"},
		{"trailing", "a2 00 00 01 f6 00", Reply{}, "1 bytes follow"},
		{"cut", "a2 00 00 01", Reply{}, "ends too early"},
		{"too many pairs", "bb ffffffffffffffff 00 00", Reply{}, "ends too early"},
		{"indefinite", "bf 00 00 01 f6 ff", Reply{}, "indefinite"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := DecodeReply(unhex(t, test.in), Limits{})
			if test.err != "" {
				require.ErrorContains(t, err, test.err)
			} else {
				require.NoError(t, err)
			}
			require.Equal(t, test.want, got)
		})
	}
	deep := append(unhex(t, "a2000001"), append([]byte(strings.Repeat("\x81", MaxDepth-1)), 0x80)...)
	_, err := DecodeReply(deep, Limits{})
	require.NoError(t, err, "the envelope does not count as a level")
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"a2 6161 01 6162 82 fb3ff0000000000000 f6", "c2 49 010000000000000000", "c3 41 05", "5b 0000000000000001 ff",
		"c0 74" + hex.EncodeToString([]byte("2026-01-02T03:04:05Z")), "a2 00 00 01 f6", "9f ff", "81 81 81 80", "f5",
	} {
		f.Add(unhex(f, seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		lim := Limits{Items: 10_000, Depth: 100}
		_, _ = DecodeReply(data, lim)
		v, err := Decode(data, lim)
		if err != nil {
			return
		}
		first, err := Encode(v, "value")
		require.NoError(t, err)
		again, err := Decode(first, lim)
		require.NoError(t, err)
		second, err := Encode(again, "value")
		require.NoError(t, err)
		require.Equal(t, first, second)

		text, err := MarshalJSON(v)
		require.NoError(t, err)
		parsed, err := ParseJSON(text)
		require.NoError(t, err)
		third, err := Encode(parsed, "value")
		require.NoError(t, err)
		require.Equal(t, first, third, "through JSON: %s", text)
	})
}

func BenchmarkDecodeSmall(b *testing.B) {
	data, err := Encode(benchmarkArguments, "args")
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(data, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeReplyInt(b *testing.B) {
	data := unhex(b, "a200000103")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeReply(data, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
