// Package guesttest holds hand-assembled guests that speak the call protocol of
// package wasm, for tests of the host's side: a few instructions do what no
// interpreter can be talked into.
//
// It makes modules, as bytes; tests pack and run them. It may not import the
// engine, whose own tests use it, nor anything that knows a language.
package guesttest

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/funcbox/funcbox/internal/wasmbin"
	"github.com/funcbox/funcbox/wasm/meter"
)

// Guest is a module that speaks the call protocol. It imports everything that the
// host offers (see the constants Fn…), has a memory of MemoryPages with "data" at
// 16, and exports the globals GlobalStack (65536) and GlobalExtra (7).
//
// All instructions may use eight locals of type i32, after those that are
// parameters, of which each is zero at first.
type Guest struct {
	// ABI is what funcbox_abi returns; 0 stands for 2, the version there is.
	ABI int32
	// Initialize are the instructions of _initialize; nil: it is not exported.
	Initialize []byte
	// Init are the instructions of funcbox_init, which leave an i32; nil: 0.
	Init []byte
	// Call are the instructions of funcbox_call; local 0 is the length of the
	// request.
	Call []byte
	// Fiber are the instructions of funcbox_fiber; local 0 is the number of the
	// fiber. nil: it is not exported.
	Fiber []byte
	// Functions are the instructions of further functions, all of them with one
	// parameter of type i32 and no result. The i-th is called as Own(i) and is the
	// i-th of the table. Without any there is no table.
	Functions [][]byte
	// Tabled are functions that the table has after those: imported ones, say.
	Tabled []uint32
	// Exports are functions to export under names of the protocol instead of the
	// guest's own.
	Exports map[string]uint32

	// HideExtra leaves GlobalExtra without an export.
	HideExtra bool
	// NoCall leaves funcbox_call without an export.
	NoCall bool
	// Unmetered leaves out the metering.
	Unmetered bool
	// ByHand puts in the place of the metering a fuel that the guest keeps itself:
	// the global GlobalFuel, and the import FnTick.
	ByHand bool
}

// MemoryPages is the size of a guest's memory, in pages of 64 KiB.
const MemoryPages = 2

// Globals of a guest.
const (
	GlobalStack = iota // exported as __stack_pointer
	GlobalExtra        // exported as extra
	GlobalFuel         // exported as funcbox_fuel, with Guest.ByHand
)

// Functions of a guest itself; its imports come before.
const (
	fnABI = fnOwn + iota
	fnInit
	FnInitialize
	fnFiber
	// FnCall is funcbox_call.
	FnCall
	fnFirst
)

// Own returns the index of the i-th of Guest.Functions.
func Own(i int) uint32 { return uint32(fnFirst + i) }

// Module assembles the guest, metered unless it says otherwise.
func (g Guest) Module(t testing.TB) []byte {
	t.Helper()
	plain := g.assemble()
	if g.Unmetered || g.ByHand {
		return plain
	}
	metered, err := meter.Meter(plain)
	if err != nil {
		t.Fatal(err)
	}
	return metered
}

// Pack compresses a module; it returns that and the checksum of the module, as
// the engine wants both.
func Pack(t testing.TB, module []byte) (compressed []byte, sum string) {
	t.Helper()
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256(module)
	return encoder.EncodeAll(module, nil), hex.EncodeToString(hash[:])
}

func (g Guest) assemble() []byte {
	var types typeList
	imports := g.imports(&types)
	var tabled []uint32
	for i := range g.Functions {
		tabled = append(tabled, Own(i))
	}
	tabled = append(tabled, g.Tabled...)
	if g.ABI == 0 {
		g.ABI = 2
	}
	if g.Init == nil {
		g.Init = I32(0)
	}
	functions := [][]byte{types.index("", "i"), types.index("", "i"), types.index("", ""), types.index("i", ""), types.index("i", "")}
	code := [][]byte{body(I32(g.ABI)), body(g.Init), body(g.Initialize), body(g.Fiber), body(g.Call)}
	for _, instructions := range g.Functions {
		functions = append(functions, types.index("i", ""))
		code = append(code, body(instructions))
	}
	globals := [][]byte{global(65536), global(7)}
	if g.ByHand {
		globals = append(globals, global(0))
	}
	sections := map[wasmbin.SectionID][]byte{
		wasmbin.SectionType:     vector(types.types...),
		wasmbin.SectionImport:   vector(imports...),
		wasmbin.SectionFunction: vector(functions...),
		wasmbin.SectionMemory:   {1, 0, MemoryPages},
		wasmbin.SectionGlobal:   vector(globals...),
		wasmbin.SectionExport:   vector(g.exports()...),
		wasmbin.SectionCode:     vector(code...),
		wasmbin.SectionData:     vector(Join([]byte{0}, I32(16), []byte{0x0b, 4}, []byte("data"))),
	}
	if len(tabled) > 0 {
		elements := Join([]byte{0}, I32(0), []byte{0x0b}, wasmbin.AppendU32(nil, uint32(len(tabled))))
		for _, index := range tabled {
			elements = wasmbin.AppendU32(elements, index)
		}
		sections[wasmbin.SectionTable] = wasmbin.AppendU32([]byte{1, 0x70, 0}, uint32(len(tabled)))
		sections[wasmbin.SectionElement] = vector(elements)
	}
	return wasmbin.AppendModule(nil, sections)
}

func (g Guest) exports() [][]byte {
	functions := map[string]uint32{"funcbox_abi": fnABI, "funcbox_init": fnInit}
	if g.Initialize != nil {
		functions["_initialize"] = FnInitialize
	}
	if g.Fiber != nil {
		functions["funcbox_fiber"] = fnFiber
	}
	if !g.NoCall {
		functions["funcbox_call"] = FnCall
	}
	for name, index := range g.Exports {
		functions[name] = index
	}
	exports := [][]byte{export("memory", 2, 0), export("__stack_pointer", 3, GlobalStack)}
	for _, name := range slices.Sorted(maps.Keys(functions)) {
		exports = append(exports, export(name, 0, functions[name]))
	}
	if !g.HideExtra {
		exports = append(exports, export("extra", 3, GlobalExtra))
	}
	if g.ByHand {
		exports = append(exports, export("funcbox_fuel", 3, GlobalFuel))
	}
	return exports
}

// typeList collects the types of functions.
type typeList struct {
	types [][]byte
	known map[string]int
}

// index returns the encoded index of a type. Parameters and results are a letter
// each: i is i32, I is i64.
func (l *typeList) index(parameters, results string) []byte {
	key := parameters + ">" + results
	if _, ok := l.known[key]; !ok {
		if l.known == nil {
			l.known = make(map[string]int)
		}
		l.known[key] = len(l.types)
		l.types = append(l.types, Join([]byte{0x60}, valueTypes(parameters), valueTypes(results)))
	}
	return wasmbin.AppendU32(nil, uint32(l.known[key]))
}

func valueTypes(letters string) []byte {
	b := []byte{byte(len(letters))}
	for _, letter := range letters {
		if letter == 'I' {
			b = append(b, 0x7e)
		} else {
			b = append(b, 0x7f)
		}
	}
	return b
}

func vector(items ...[]byte) []byte {
	return append(wasmbin.AppendU32(nil, uint32(len(items))), Join(items...)...)
}

func global(value int32) []byte { return Join([]byte{0x7f, 1}, I32(value), []byte{0x0b}) }

func export(name string, kind byte, index uint32) []byte {
	return wasmbin.AppendU32(append(wasmbin.AppendName(nil, name), kind), index)
}

func body(instructions []byte) []byte {
	return wasmbin.AppendSized(nil, Join([]byte{1, 8, 0x7f}, instructions, []byte{0x0b}))
}
