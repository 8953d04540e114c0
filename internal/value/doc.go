// Package value carries values between Go, CBOR and JSON.
//
// Three forms of the same value live here:
//
//   - Go: whatever a host program passes as an argument, and the few types
//     that a guest's value becomes: nil, bool, int64, *big.Int (only when an
//     int64 is too small), float64, string, []byte, []any, map[string]any and
//     time.Time;
//   - CBOR (RFC 8949): the form in which values cross the border of a
//     sandbox, see [Append] and [Decode];
//   - JSON: the form that people read and write on the command line, which
//     keeps everything plain JSON would lose, see [AppendJSON] and [ParseJSON].
//
// What has no counterpart on the other side is an error that names the place
// (`args[0].items[3]: func() cannot be passed to a guest`), never a silent
// null.
//
// The package knows nothing of sandboxes, languages or requests, and imports
// nothing of the project. It keeps no state other than caches of Go types, so
// every function may be called from many goroutines.
package value
