package wasmbin

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWalk decodes an instruction with each kind of immediates and checks where it
// ends and what is reported of it.
func TestWalk(t *testing.T) {
	for name, c := range map[string]struct {
		code  []byte
		op    Opcode
		index uint32
	}{
		"unreachable":       {[]byte{0x00}, OpUnreachable, 0},
		"br":                {[]byte{0x0c, 0x81, 0x00}, OpBr, 1},
		"br_table":          {[]byte{0x0e, 2, 0, 1, 3}, OpBrTable, 3},
		"call, padded":      {[]byte{0x10, 0x85, 0x80, 0x80, 0x80, 0x00}, OpCall, 5},
		"call_indirect":     {[]byte{0x11, 2, 1}, OpCallIndirect, 2},
		"return_call":       {[]byte{0x12, 9}, OpReturnCall, 9},
		"return_call_ind.":  {[]byte{0x13, 1, 0}, OpReturnCallIndirect, 1},
		"select t":          {[]byte{0x1c, 1, 0x7f}, OpSelectTyped, 0},
		"global.set":        {[]byte{0x24, 3}, OpGlobalSet, 3},
		"table.get":         {[]byte{0x25, 3}, OpTableGet, 3},
		"i64.store32":       {[]byte{0x3e, 2, 0xff, 0xff, 0xff, 0xff, 0x0f}, 0x3e, 0},
		"memory.grow":       {[]byte{0x40, 0}, OpMemoryGrow, 0},
		"i32.const":         {[]byte{0x41, 0xff, 0xff, 0xff, 0xff, 0x07}, OpI32Const, 0},
		"i64.const":         {[]byte{0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f}, OpI64Const, 0},
		"f32.const":         {[]byte{0x43, 0x0b, 0x0b, 0x0b, 0x0b}, OpF32Const, 0},
		"f64.const":         {[]byte{0x44, 1, 2, 3, 4, 5, 6, 7, 8}, OpF64Const, 0},
		"i64.extend32_s":    {[]byte{0xc4}, 0xc4, 0},
		"ref.null":          {[]byte{0xd0, 0x6f}, OpRefNull, 0},
		"ref.func":          {[]byte{0xd2, 4}, OpRefFunc, 4},
		"trunc_sat":         {[]byte{0xfc, 7}, PrefixMisc<<16 + 7, 0},
		"memory.init":       {[]byte{0xfc, 8, 6, 0}, OpMemoryInit, 6},
		"data.drop":         {[]byte{0xfc, 9, 6}, OpDataDrop, 6},
		"memory.copy":       {[]byte{0xfc, 10, 0, 0}, OpMemoryCopy, 0},
		"memory.fill, pad.": {[]byte{0xfc, 0x8b, 0, 0}, OpMemoryFill, 0},
		"table.init":        {[]byte{0xfc, 12, 5, 0}, OpTableInit, 5},
		"table.copy":        {[]byte{0xfc, 14, 5, 0}, OpTableCopy, 5},
		"table.fill":        {[]byte{0xfc, 17, 5}, OpTableFill, 5},
		"v128.load":         {[]byte{0xfd, 0, 4, 1}, PrefixVector << 16, 0},
		"v128.const":        {[]byte{0xfd, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, PrefixVector<<16 + 12, 0},
		"extract_lane":      {[]byte{0xfd, 21, 15}, PrefixVector<<16 + 21, 0},
		"load8_lane":        {[]byte{0xfd, 84, 0, 0, 15}, PrefixVector<<16 + 84, 0},
		"load64_zero":       {[]byte{0xfd, 93, 0, 0}, PrefixVector<<16 + 93, 0},
		"i32x4.add":         {[]byte{0xfd, 0xae, 0x01}, PrefixVector<<16 + 0xae, 0},
		"memory.wait32":     {[]byte{0xfe, 1, 2, 0}, PrefixAtomic<<16 + 1, 0},
		"atomic.fence":      {[]byte{0xfe, 3, 0}, PrefixAtomic<<16 + 3, 0},
		"throw":             {[]byte{0x08, 2}, OpThrow, 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := NewReader(append(c.code, 0x01, 0x0b), 0)
			var all []Instruction
			require.NoError(t, Walk(r, func(ins Instruction) error {
				all = append(all, ins)
				return nil
			}))
			require.NoError(t, r.Done())
			require.Len(t, all, 3)
			require.Equal(t, c.op, all[0].Opcode)
			require.Equal(t, c.index, all[0].Index)
			require.Equal(t, len(c.code), all[0].End)
			require.Equal(t, len(c.code), all[1].Start)
		})
	}
}

// TestWalkBlocks checks how expressions nest.
func TestWalkBlocks(t *testing.T) {
	code := []byte{
		0x02, 0x40, // block
		0x03, 0x7f, // loop (result i32)
		0x04, 0x80, 0x01, // if of type 128
		0x05, 0x0b, 0x0b, 0x0b, // else, end of if, loop, block
		0x1f, 0x40, 2, 0, 1, 0, 3, 0, // try_table with catch and catch_all_ref
		0x0b,
		0x06, 0x40, 0x07, 0, 0x19, 0x18, 0, // try, catch, catch_all, delegate
		0x0b,       // the end
		0x00, 0x00, // not its own
	}
	r := NewReader(code, 0)
	var blocks []int64
	require.NoError(t, Walk(r, func(ins Instruction) error {
		if ins.Block != 0 {
			blocks = append(blocks, ins.Block)
		}
		return nil
	}))
	require.Equal(t, 2, r.Len())
	require.Equal(t, []int64{-0x40, -1, 128, -0x40, -0x40}, blocks)
}

func TestWalkErrors(t *testing.T) {
	for name, c := range map[string]struct {
		code []byte
		want error
	}{
		"no end":                {[]byte{0x01}, ErrMalformed},
		"open block":            {[]byte{0x02, 0x40, 0x0b}, ErrMalformed},
		"block type -2^6-1":     {[]byte{0x02, 0xbf, 0x7f, 0x0b, 0x0b}, ErrMalformed},
		"padded empty block":    {[]byte{0x02, 0xc0, 0x7f, 0x0b, 0x0b}, ErrMalformed},
		"typed reference block": {[]byte{0x02, 0x63, 0x0b, 0x0b}, ErrUnsupported},
		"alignment 2^32":        {[]byte{0x28, 32, 0, 0x0b}, ErrMalformed},
		"memory index":          {[]byte{0x28, 0x42, 1, 0, 0x0b}, ErrUnsupported},
		"offset of 33 bits":     {[]byte{0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x10, 0x0b}, ErrMalformed},
		"memory.size 1":         {[]byte{0x3f, 1, 0x0b}, ErrUnsupported},
		"memory.copy 0 1":       {[]byte{0xfc, 10, 0, 1, 0x0b}, ErrUnsupported},
		"opcode 0x27":           {[]byte{0x27, 0x0b}, ErrUnsupported},
		"opcode 0xff":           {[]byte{0xff, 0x0b}, ErrUnsupported},
		"misc 18":               {[]byte{0xfc, 18, 0x0b}, ErrUnsupported},
		"vector 0x9a":           {[]byte{0xfd, 0x9a, 0x01, 0x0b}, ErrUnsupported},
		"padded vector":         {[]byte{0xfd, 0x8c, 0x00, 0x0b}, ErrUnsupported},
		"padded atomic":         {[]byte{0xfe, 0x83, 0x00, 0, 0x0b}, ErrUnsupported},
		"prefixed number":       {[]byte{0xfc, 0x80, 0x80, 0x04, 0x0b}, ErrMalformed},
		"fence 1":               {[]byte{0xfe, 3, 1, 0x0b}, ErrMalformed},
		"catch of kind 4":       {[]byte{0x1f, 0x40, 1, 4, 0, 0x0b, 0x0b}, ErrMalformed},
		"br_table too long":     {[]byte{0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x0b}, ErrMalformed},
		"ref.null of a number":  {[]byte{0xd0, 0x7f, 0x0b}, ErrMalformed},
		"f64.const, cut":        {[]byte{0x44, 1, 2, 0x0b}, ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			r := NewReader(c.code, 0)
			err := Walk(r, func(Instruction) error { return nil })
			require.ErrorIs(t, err, c.want)
			require.Equal(t, err, r.Err())
		})
	}
	own := errors.New("own")
	require.ErrorIs(t, Walk(NewReader([]byte{0x0b}, 0), func(Instruction) error { return own }), own)
}
