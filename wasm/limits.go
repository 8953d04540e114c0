package wasm

import "math"

// PageBytes is the unit in which a linear memory grows (WebAssembly 2.0, 4.2.8).
const PageBytes = 64 << 10

// maxMemoryBytes is one page less than 32-bit addresses reach: wazero's code takes
// the size of all 4 GiB for 0, so that every access traps, and a reset needs a page
// to grow by.
const maxMemoryBytes = 4<<30 - PageBytes

// fuelSlice is how much work a guest does between two ticks. At about 3 ns a
// unit a tick comes every 30 µs or so: often enough for prompt stops and for the
// garbage collector, seldom enough to cost under one percent.
const fuelSlice = 10_000

// Unlimited as a fuel limit lets a call work until its deadline.
const Unlimited = math.MaxInt64

// Limits bounds one call inside the engine. The zero value grants nothing; the
// root package fills in its documented defaults.
type Limits struct {
	// Fuel is the work allowed, in units: one for each loop iteration and each
	// entry of a function that calls others, more for bulk memory operations.
	Fuel int64
	// MemoryBytes bounds the linear memory; it is rounded down to whole pages
	// of 64 KiB. A guest that wants more sees its allocation fail.
	MemoryBytes int64
	// ReplyBytes bounds the encoded reply that a guest may hand over.
	ReplyBytes int64
}

// keptBytes is how much memory of its own an idle instance may keep: the pages
// that its calls write to again and again. They save the next call a fault each;
// beyond this their memory is worth more than the time. CPython's add writes to
// 91 pages of 4 KiB.
const keptBytes = 4 << 20
