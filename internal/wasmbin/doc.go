// Package wasmbin reads and writes the WebAssembly binary format: LEB128
// numbers, sections, types, imports, exports and instructions, and the two
// tools built directly on them, [SplitData] and [Inspect].
//
// It decodes and does not validate: a module that passes here can still be
// refused by the WebAssembly engine. What it must never do is panic, allocate
// more than a small multiple of its input, or understand an encoding in
// another way than the engine does; where engines are lax (padded opcodes,
// reserved bytes) it is strict. What a module is rewritten for (metering,
// images) belongs to the packages that do it.
//
// Section numbers in comments refer to the WebAssembly Core Specification 2.0,
// https://www.w3.org/TR/wasm-core-2/.
package wasmbin
