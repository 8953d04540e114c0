package guesttest

import "github.com/funcbox/funcbox/internal/wasmbin"

// Instructions (WebAssembly 2.0, 5.4). Where a function here takes instructions
// as operands, these leave one value.

// Join strings instructions together.
func Join(parts ...[]byte) []byte {
	var all []byte
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

// Instructions without operands.
var (
	Trap   = []byte{0x00} // unreachable
	Drop   = []byte{0x1a}
	Grow   = []byte{0x40, 0} // memory.grow
	Size   = []byte{0x3f, 0} // memory.size
	Return = []byte{0x0f}
	// Wrap turns an i64 into an i32.
	Wrap = []byte{0xa7}
)

// I32 is a constant.
func I32(v int32) []byte { return wasmbin.AppendS32([]byte{0x41}, v) }

// I64 is a constant.
func I64(v int64) []byte { return wasmbin.AppendS64([]byte{0x42}, v) }

// Call calls a function: one of the constants Fn…, WASI or Own.
func Call(f uint32) []byte { return wasmbin.AppendU32([]byte{0x10}, f) }

// Local reads a local.
func Local(i byte) []byte { return []byte{0x20, i} }

// Set sets a local.
func Set(i byte, value []byte) []byte { return Join(value, []byte{0x21, i}) }

// Increase adds to a local.
func Increase(i byte, by int32) []byte { return Set(i, Add(Local(i), I32(by))) }

// SetGlobal sets a global.
func SetGlobal(i byte, v int32) []byte { return Join(I32(v), []byte{0x24, i}) }

// Store8 writes a byte to an address.
func Store8(at, v int32) []byte { return Join(I32(at), I32(v), []byte{0x3a, 0, 0}) }

// Store writes an i32 to an address.
func Store(at, v int32) []byte { return Put(I32(at), I32(v)) }

// Put writes an i32 to a computed address.
func Put(at, value []byte) []byte { return Join(at, value, []byte{0x36, 2, 0}) }

// Load reads an i32.
func Load(at int32) []byte { return Get(I32(at)) }

// Get reads an i32 from a computed address.
func Get(at []byte) []byte { return Join(at, []byte{0x28, 2, 0}) }

// Load8 reads a byte.
func Load8(at int32) []byte { return Get8(I32(at)) }

// Get8 reads a byte from a computed address.
func Get8(at []byte) []byte { return Join(at, []byte{0x2d, 0, 0}) }

// Load64 reads an i64.
func Load64(at int32) []byte { return Join(I32(at), []byte{0x29, 3, 0}) }

// Add adds two i32.
func Add(a, b []byte) []byte { return Join(a, b, []byte{0x6a}) }

// Sub subtracts b from a.
func Sub(a, b []byte) []byte { return Join(a, b, []byte{0x6b}) }

// Equal is 1 or 0.
func Equal(a, b []byte) []byte { return Join(a, b, []byte{0x46}) }

// Less is 1 or 0; it takes its operands as unsigned.
func Less(a, b []byte) []byte { return Join(a, b, []byte{0x49}) }

// If runs instructions if a value is not 0.
func If(condition, then []byte) []byte {
	return Join(condition, []byte{0x04, 0x40}, then, []byte{0x0b})
}

// While repeats instructions as long as a value after them is not 0.
func While(instructions, condition []byte) []byte {
	return Join([]byte{0x03, 0x40}, instructions, condition, []byte{0x0d, 0, 0x0b})
}

// Forever repeats instructions without end.
func Forever(instructions []byte) []byte {
	return Join([]byte{0x03, 0x40}, instructions, []byte{0x0c, 0, 0x0b})
}

// Switch runs the case whose number is the value; none is for all others.
func Switch(value []byte, cases ...[]byte) []byte {
	var all []byte
	for i, instructions := range cases {
		all = Join(all, If(Equal(value, I32(int32(i))), instructions))
	}
	return all
}

// Reply hands over n bytes.
func Reply(at, n int32) []byte { return Join(I32(at), I32(n), Call(FnResult)) }

// Echo copies the request to 1024 and hands it back. Instructions of Guest.Call.
var Echo = Join(I32(1024), Call(FnRequest), I32(1024), Local(0), Call(FnResult))
