package wasm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/wasmbin"
	"github.com/funcbox/funcbox/wasm/meter"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// Functions of the hand-written guests: their imports, then their own.
const (
	fnRequest = iota // funcbox.request(ptr)
	fnResult         // funcbox.result(ptr, len)
	fnExit           // wasi proc_exit(code)
	fnPoll           // wasi poll_oneoff(in, out, n, nout) -> errno
	fnABI
	fnInit
	fnCall
	fnDive // calls itself for ever
)

// Globals of the hand-written guests.
const (
	globalStack = iota
	globalExtra
)

// guest is a hand-written module that speaks the call protocol.
type guest struct {
	abi       int32
	init      []byte // instructions of funcbox_init, which leaves an i32
	call      []byte // instructions of funcbox_call; local 0 is the length, local 1 an i32
	hidden    bool   // the second global is not exported
	noCall    bool   // funcbox_call is missing
	unmetered bool
}

// module assembles the guest. Its memory has two pages, with "data" at 16.
func (g guest) module(t testing.TB) []byte {
	t.Helper()
	if g.init == nil {
		g.init = i32(0)
	}
	name := func(s string) []byte { return append([]byte{byte(len(s))}, s...) }
	function := func(module, field string, kind byte) []byte {
		return append(append(name(module), name(field)...), 0, kind)
	}
	export := func(field string, kind, index byte) []byte { return append(name(field), kind, index) }
	body := func(locals byte, code []byte) []byte {
		b := []byte{0}
		if locals > 0 {
			b = []byte{1, locals, 0x7f}
		}
		b = append(append(b, code...), 0x0b)
		return append(wasmbin.AppendU32(nil, uint32(len(b))), b...)
	}
	vector := func(items ...[]byte) []byte {
		b := wasmbin.AppendU32(nil, uint32(len(items)))
		for _, item := range items {
			b = append(b, item...)
		}
		return b
	}
	exports := [][]byte{
		export("memory", 2, 0), export("__stack_pointer", 3, globalStack),
		export("funcbox_abi", 0, fnABI), export("funcbox_init", 0, fnInit),
	}
	if !g.hidden {
		exports = append(exports, export("extra", 3, globalExtra))
	}
	if !g.noCall {
		exports = append(exports, export("funcbox_call", 0, fnCall))
	}
	plain := wasmbin.AppendModule(nil, map[wasmbin.SectionID][]byte{
		wasmbin.SectionType: vector(
			[]byte{0x60, 1, 0x7f, 0}, []byte{0x60, 2, 0x7f, 0x7f, 0},
			[]byte{0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f}, []byte{0x60, 0, 1, 0x7f}),
		wasmbin.SectionImport: vector(
			function("funcbox", "request", 0), function("funcbox", "result", 1),
			function("wasi_snapshot_preview1", "proc_exit", 0), function("wasi_snapshot_preview1", "poll_oneoff", 2)),
		wasmbin.SectionFunction: {4, 3, 3, 0, 0},
		wasmbin.SectionMemory:   {1, 0, 2},
		wasmbin.SectionGlobal: vector(
			append(append([]byte{0x7f, 1}, i32(65536)...), 0x0b),
			append(append([]byte{0x7f, 1}, i32(7)...), 0x0b)),
		wasmbin.SectionExport: vector(exports...),
		wasmbin.SectionCode: vector(
			body(0, i32(g.abi)), body(1, g.init), body(1, g.call),
			body(0, join([]byte{0x20, 0}, to(fnDive)))),
		wasmbin.SectionData: vector(join([]byte{0}, i32(16), []byte{0x0b, 4}, []byte("data"))),
	})
	if g.unmetered {
		return plain
	}
	metered, err := meter.Meter(plain)
	require.NoError(t, err)
	return metered
}

// start registers the guest with a new engine.
func (g guest) start(t testing.TB) *Module {
	t.Helper()
	return newTestEngine(t).Module(ModuleSpec{Name: "guest", Binary: packed(t, g.module(t))})
}

func newTestEngine(t testing.TB) *Engine {
	t.Helper()
	engine, err := NewEngine(context.Background(), Config{CacheDir: MemoryOnly})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Close(context.Background())) })
	return engine
}

func packed(t testing.TB, module []byte) *Binary {
	t.Helper()
	encoder, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	sum := sha256.Sum256(module)
	return NewBinary(encoder.EncodeAll(module, nil), hex.EncodeToString(sum[:]))
}

// Instructions (WebAssembly 2.0, 5.4).

func join(parts ...[]byte) []byte {
	var all []byte
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

func i32(v int32) []byte               { return wasmbin.AppendS32([]byte{0x41}, v) }
func to(f byte) []byte                 { return []byte{0x10, f} }
func local(i byte) []byte              { return []byte{0x20, i} }
func store8(at, v int32) []byte        { return join(i32(at), i32(v), []byte{0x3a, 0, 0}) }
func store(at, v int32) []byte         { return join(i32(at), i32(v), []byte{0x36, 2, 0}) }
func load(at int32) []byte             { return join(i32(at), []byte{0x28, 2, 0}) }
func forever(b []byte) []byte          { return join([]byte{0x03, 0x40}, b, []byte{0x0c, 0, 0x0b}) }
func reply(at, n int32) []byte         { return join(i32(at), i32(n), to(fnResult)) }
func setGlobal(i byte, v int32) []byte { return join(i32(v), []byte{0x24, i}) }

var (
	trap = []byte{0x00}
	drop = []byte{0x1a}
	grow = []byte{0x40, 0}
)

func testSystem() wasip1.Config { return wasip1.Config{} }
