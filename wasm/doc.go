// Package wasm is the engine: it compiles guest runtimes, photographs them once
// they have started, and runs each call in an instance that begins as that
// photograph.
//
// The pieces, in the order a call meets them:
//
//   - [Engine] (engine.go) owns one wazero runtime and the host modules guests
//     import; cache.go holds the compilation cache that all engines of the
//     process share.
//   - [Binary] (binary.go) is an embedded module: compressed, checksummed,
//     decompressed once when first needed.
//   - [Module] (module.go) is a compiled binary with its image (image*.go): the
//     linear memory and the mutable globals right after the guest's start-up.
//   - instance (instance.go) is everything that exists while one call runs:
//     linear memory (memory*.go), globals, the WASI state and the call itself.
//   - host.go serves the imports of the module "funcbox": tick, request, result;
//     try.go and fiber.go the services that lowered code needs, on native stacks
//     that nativestack.go bounds.
//   - [Module.Run] (call.go) runs one request and says how it ended.
//
// Below it: wasm/wasip1 (WASI preview 1), wasm/fsapi (the filesystem interface
// that WASI is served from), wasm/meter (the rewriter whose tick this package
// answers). Nothing here knows a language, a value or a permission: requests
// and replies are opaque bytes.
package wasm
