package wasmbin

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUnsigned(t *testing.T) {
	for _, c := range []struct {
		name  string
		bytes []byte
		want  uint64
		bits  uint
		ok    bool
	}{
		{"zero", []byte{0}, 0, 32, true},
		{"one byte", []byte{0x7f}, 127, 32, true},
		{"two bytes", []byte{0x80, 0x01}, 128, 32, true},
		{"padded to 5 bytes", []byte{0x81, 0x80, 0x80, 0x80, 0x00}, 1, 32, true},
		{"greatest u32", []byte{0xff, 0xff, 0xff, 0xff, 0x0f}, math.MaxUint32, 32, true},
		{"33 bits", []byte{0xff, 0xff, 0xff, 0xff, 0x1f}, 0, 32, false},
		{"6 bytes", []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, 0, 32, false},
		{"cut", []byte{0x80, 0x80}, 0, 32, false},
		{"nothing", nil, 0, 32, false},
		{"greatest u64", []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, math.MaxUint64, 64, true},
		{"65 bits", []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x03}, 0, 64, false},
		{"11 bytes", []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0}, 0, 64, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := NewReader(c.bytes, 0)
			require.Equal(t, c.want, r.unsigned(c.bits))
			if c.ok {
				require.NoError(t, r.Done())
			} else {
				require.ErrorIs(t, r.Err(), ErrMalformed)
			}
		})
	}
}

func TestSigned(t *testing.T) {
	for _, c := range []struct {
		name  string
		bytes []byte
		want  int64
		bits  uint
		ok    bool
	}{
		{"zero", []byte{0}, 0, 32, true},
		{"minus one", []byte{0x7f}, -1, 32, true},
		{"63", []byte{0x3f}, 63, 32, true},
		{"-64", []byte{0x40}, -64, 32, true},
		{"64", []byte{0xc0, 0x00}, 64, 32, true},
		{"minus one in 5 bytes", []byte{0xff, 0xff, 0xff, 0xff, 0x7f}, -1, 32, true},
		{"zero in 5 bytes", []byte{0x80, 0x80, 0x80, 0x80, 0x00}, 0, 32, true},
		{"least s32", []byte{0x80, 0x80, 0x80, 0x80, 0x78}, math.MinInt32, 32, true},
		{"greatest s32", []byte{0xff, 0xff, 0xff, 0xff, 0x07}, math.MaxInt32, 32, true},
		{"33 bits", []byte{0xff, 0xff, 0xff, 0xff, 0x0f}, 0, 32, false},
		{"unused bits", []byte{0x80, 0x80, 0x80, 0x80, 0x48}, 0, 32, false},
		{"6 bytes", []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, 0, 32, false},
		{"greatest s33", []byte{0xff, 0xff, 0xff, 0xff, 0x0f}, math.MaxUint32, 33, true},
		{"least s33", []byte{0x80, 0x80, 0x80, 0x80, 0x70}, -1 << 32, 33, true},
		{"34 bits", []byte{0x80, 0x80, 0x80, 0x80, 0x10}, 0, 33, false},
		{"least s64", []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f}, math.MinInt64, 64, true},
		{"greatest s64", []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00}, math.MaxInt64, 64, true},
		{"65 bits", []byte{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, 0, 64, false},
		{"cut", []byte{0xff}, 0, 64, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := NewReader(c.bytes, 0)
			require.Equal(t, c.want, r.signed(c.bits))
			if c.ok {
				require.NoError(t, r.Done())
			} else {
				require.ErrorIs(t, r.Err(), ErrMalformed)
			}
		})
	}
}

// TestRoundTrip writes and reads numbers back.
func TestRoundTrip(t *testing.T) {
	for shift := range 64 {
		for _, d := range []int64{-1, 0, 1} {
			v := int64(1)<<shift + d
			for _, v := range []int64{v, -v} {
				r := NewReader(AppendS64(nil, v), 0)
				require.Equal(t, v, r.S64())
				require.NoError(t, r.Done())
				r = NewReader(AppendS32(nil, int32(v)), 0)
				require.Equal(t, int32(v), r.S32())
				require.NoError(t, r.Done())
				r = NewReader(AppendU32(nil, uint32(v)), 0)
				require.Equal(t, uint32(v), r.U32())
				require.NoError(t, r.Done())
			}
		}
	}
	r := NewReader(AppendName(nil, "naïve"), 0)
	require.Equal(t, "naïve", r.Name())
	require.NoError(t, r.Done())
}

func TestStickyError(t *testing.T) {
	r := NewReader([]byte{1, 2, 3}, 100)
	require.Equal(t, byte(1), r.Byte())
	require.Nil(t, r.Bytes(3))
	require.ErrorContains(t, r.Err(), "offset 101")
	first := r.Err()
	require.Zero(t, r.Byte())
	require.Zero(t, r.U32())
	require.Zero(t, r.Count())
	require.Empty(t, r.Name())
	require.Zero(t, r.Len())
	require.Equal(t, first, r.Done())

	r = NewReader([]byte{2, 0xff, 0xfe}, 0)
	require.Empty(t, r.Name())
	require.ErrorContains(t, r.Err(), "UTF-8")
}

// TestHostileSizes checks that sizes are compared with what is there before
// anything is allocated.
func TestHostileSizes(t *testing.T) {
	huge := []byte{0xff, 0xff, 0xff, 0xff, 0x0f}
	for _, id := range sectionOrder {
		wasm := AppendModule(nil, map[SectionID][]byte{id: huge})
		allocated := testing.AllocsPerRun(1, func() { _, _ = Inspect(wasm) })
		require.Less(t, allocated, 50.0)
	}
	_, err := Sections(append(AppendModule(nil, nil), append([]byte{1}, huge...)...))
	require.ErrorIs(t, err, ErrMalformed)
}
