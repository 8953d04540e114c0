package meter

import (
	"bytes"
	"context"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// withCode is a module of one function, of type () -> (), with a memory and the
// given instructions.
func withCode(code ...byte) []byte {
	return testModule{
		types:     []wasmbin.FuncType{typeVoid, typeI32},
		functions: []testFunction{{name: "run", code: func(a *assembler) { a.raw(code) }}},
		sections: map[wasmbin.SectionID][]byte{
			wasmbin.SectionMemory: memoryPages(1),
			wasmbin.SectionGlobal: {1, byte(wasmbin.I32), 1, byte(wasmbin.OpI32Const), 0, byte(wasmbin.OpEnd)},
		},
	}.bytes()
}

// withSections is a module of nothing but these sections.
func withSections(bodies map[wasmbin.SectionID][]byte) []byte {
	return wasmbin.AppendModule(nil, bodies)
}

// TestRefused checks the errors, which name what is at fault.
func TestRefused(t *testing.T) {
	tick := append(wasmbin.AppendName(wasmbin.AppendName([]byte{1}, ImportModule), ImportName), 0, 0)
	for name, c := range map[string]struct {
		wasm []byte
		want error
		text string
	}{
		"empty":                   {nil, ErrMalformed, "magic"},
		"component":               {[]byte{0, 'a', 's', 'm', 13, 0, 1, 0}, ErrUnsupported, "version 1"},
		"truncated":               {withCode()[:30], ErrMalformed, "bytes"},
		"imports tick":            {withSections(map[wasmbin.SectionID][]byte{1: {1, 0x60, 0, 0}, 2: tick}), ErrMetered, "funcbox.tick"},
		"exports fuel":            {withSections(map[wasmbin.SectionID][]byte{7: append(wasmbin.AppendName([]byte{1}, FuelExport), 3, 0)}), ErrMetered, FuelExport},
		"try_table":               {withCode(0x1f, 0x40, 0, 0x0b), ErrUnsupported, "function 0: unsupported wasm feature: try_table (0x1f)"},
		"try":                     {withCode(0x06, 0x40, 0x0b), ErrUnsupported, "try (0x06)"},
		"throw":                   {withCode(0x08, 0), ErrUnsupported, "throw (0x08)"},
		"throw_ref":               {withCode(0x0a), ErrUnsupported, "throw_ref (0x0a)"},
		"tags":                    {withSections(map[wasmbin.SectionID][]byte{13: {0}}), ErrUnsupported, "tags"},
		"atomic":                  {withCode(0xfe, 0x03, 0), ErrUnsupported, "function 0: unsupported wasm feature: atomic instruction (0xfe 3)"},
		"garbage collection":      {withCode(0xfb, 0x01, 0), ErrUnsupported, "garbage collection instruction (0xfb 1)"},
		"call_ref":                {withCode(0x14, 0), ErrUnsupported, "call_ref (0x14)"},
		"relaxed vector":          {withCode(0xfd, 0x80, 0x02), ErrUnsupported, "vector instruction (0xfd 256)"},
		"padded vector opcode":    {withCode(0xfd, 0x8c, 0x00), ErrUnsupported, "padded opcode"},
		"second memory":           {withSections(map[wasmbin.SectionID][]byte{5: {2, 0, 1, 0, 1}}), ErrUnsupported, "multiple memories"},
		"memory index of fill":    {withCode(0xfc, 11, 1), ErrUnsupported, "memory.fill (0xfc 11) with memory index 1"},
		"memory index of a load":  {withCode(0x41, 0, 0x28, 0x42, 1, 0), ErrUnsupported, "multiple memories"},
		"memory64":                {withSections(map[wasmbin.SectionID][]byte{5: {1, 4, 1}}), ErrUnsupported, "memory64"},
		"shared memory":           {withSections(map[wasmbin.SectionID][]byte{5: {1, 3, 1, 1}}), ErrUnsupported, "threads"},
		"typed references":        {withSections(map[wasmbin.SectionID][]byte{1: {1, 0x60, 1, 0x63, 0x70, 0}}), ErrUnsupported, "value type 0x63"},
		"fuel set by its index":   {withCode(0x41, 0, 0x24, 1), ErrMalformed, "global 1 of 1"},
		"fuel exported otherwise": {withSections(map[wasmbin.SectionID][]byte{7: {1, 1, 'x', 3, 0}}), ErrMalformed, "global 0 of 0"},
		"helper by its index":     {withCode(0x10, 2), ErrMalformed, "function 2 of 1"},
		"added type by its index": {withCode(0x02, 2, 0x0b), ErrMalformed, "type 2 of 2"},
		"code after the end":      {withCode(0x0b), ErrMalformed, "too many"},
		"no bodies":               {withSections(map[wasmbin.SectionID][]byte{1: {1, 0x60, 0, 0}, 3: {1, 0}}), ErrMalformed, "bodies"},
		"u32 of 6 bytes":          {withCode(0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0), ErrMalformed, "u32"},
		"huge vector":             {withSections(map[wasmbin.SectionID][]byte{1: {0xff, 0xff, 0xff, 0xff, 0x0f}}), ErrMalformed, "vector of 4294967295"},
		"too many locals": {withSections(map[wasmbin.SectionID][]byte{1: {1, 0x60, 0, 0}, 3: {1, 0},
			10: {1, 14, 2, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b}}), ErrMalformed, "locals"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Meter(c.wasm)
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.text)
			require.ErrorContains(t, err, "meter: ")
		})
	}
}

// shifting is a module with an imported function, which every construct that
// names functions names beside the module's own.
func shifting() []byte {
	i32const, end, ref := byte(wasmbin.OpI32Const), byte(wasmbin.OpEnd), byte(wasmbin.OpRefFunc)
	funcref := byte(wasmbin.FuncRef)
	m := testModule{
		types: []wasmbin.FuncType{typeVoid, {Results: []wasmbin.ValueType{wasmbin.I32}}, typeI32},
		functions: []testFunction{
			{ftype: 1, code: func(a *assembler) { a.i32(11) }},
			{ftype: 1, code: func(a *assembler) { a.i32(22) }},
			{ftype: 2, code: func(a *assembler) { // calls an element of table 0
				a.get(0)
				a.op(wasmbin.OpCallIndirect, 1, 0)
			}},
			{ftype: 2, code: func(a *assembler) { // calls an element of table 1
				a.get(0)
				a.op(wasmbin.OpCallIndirect, 1, 1)
			}},
			{code: func(a *assembler) { // copies the passive segments into the tables
				for i, segment := range []uint32{1, 5} {
					a.i32(int32(2 + i))
					a.i32(0)
					a.i32(1)
					a.op(wasmbin.OpTableInit, segment, 0)
				}
				a.i32(4) // and the reference that a global holds
				a.op(wasmbin.OpGlobalGet, 0)
				a.op(wasmbin.OpTableSet, 0)
				a.i32(5)
				a.op(wasmbin.OpRefFunc, 0)
				a.op(wasmbin.OpTableSet, 0)
			}},
		},
		exports: []wasmbin.Export{{Name: "t0", Index: 3}, {Name: "t1", Index: 4}, {Name: "imported", Index: 0}, {Name: "own", Index: 2}},
		sections: map[wasmbin.SectionID][]byte{
			wasmbin.SectionImport: append(wasmbin.AppendName(wasmbin.AppendName([]byte{1}, "env"), "seven"), 0, 1),
			wasmbin.SectionTable:  {2, funcref, 0, 6, funcref, 0, 6},
			wasmbin.SectionGlobal: {1, funcref, 0, ref, 1, end},
			wasmbin.SectionStart:  {5},
			wasmbin.SectionElement: {8,
				0, i32const, 0, end, 2, 0, 1,
				1, 0, 1, 2,
				2, 1, i32const, 0, end, 0, 2, 2, 1,
				3, 0, 1, 0,
				4, i32const, 1, end, 1, ref, 1, end,
				5, funcref, 1, ref, 2, end,
				6, 1, i32const, 2, end, funcref, 2, ref, 0, end, ref, 2, end,
				7, funcref, 1, ref, 0, end,
			},
		},
	}
	return m.bytes()
}

// TestShift checks that everything that names a function names the same one
// afterwards: exports, start, calls, all eight forms of element segments, global
// initializers and ref.func.
func TestShift(t *testing.T) {
	ctx := context.Background()
	wasm, err := Meter(shifting())
	require.NoError(t, err)
	for engine, config := range engines {
		rt := newRuntime(t, config(), &host{grant: 10})
		_, err = rt.NewHostModuleBuilder("env").NewFunctionBuilder().
			WithFunc(func() int32 { return 7 }).Export("seven").Instantiate(ctx)
		require.NoError(t, err)
		m, err := rt.Instantiate(ctx, wasm)
		require.NoError(t, err)
		call := func(function string, args ...uint64) int {
			results, err := m.ExportedFunction(function).Call(ctx, args...)
			require.NoError(t, err, engine)
			return int(results[0])
		}
		require.Equal(t, 7, call("imported"), engine)
		require.Equal(t, 22, call("own"), engine)
		for table, want := range map[string][]int{"t0": {7, 11, 22, 22, 11, 7}, "t1": {22, 11, 7, 22}} {
			for i, w := range want {
				require.Equal(t, w, call(table, uint64(i)), "%s %s[%d]", engine, table, i)
			}
		}
	}
}

// TestNames checks that functions keep their names, so that stacks can be read,
// and that other custom sections are left out.
func TestNames(t *testing.T) {
	ctx := context.Background()
	names := []byte{0, 4, 3, 'm', 'o', 'd'}
	functions := []byte{3}
	for i, name := range []string{"seven", "eleven", "twentytwo"} {
		functions = wasmbin.AppendName(append(functions, byte(i)), name)
	}
	names = wasmbin.AppendSized(append(names, 1), functions)
	names = append(names, 2, 1, 0) // no names of locals
	for name, c := range map[string]struct {
		section []byte
		want    string
	}{
		"kept":      {names, "twentytwo"},
		"malformed": {names[:20], ""},
		"module":    {[]byte{0, 2, 9, 'x'}, ""},
		"unordered": {[]byte{1, 7, 2, 2, 1, 'a', 1, 1, 'b'}, ""},
		"no such":   {[]byte{1, 4, 1, 99, 1, 'a'}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			wasm := wasmbin.AppendCustom(shifting(), "producers", []byte{0})
			wasm, err := Meter(wasmbin.AppendCustom(wasm, "name", c.section))
			require.NoError(t, err)
			sections, err := wasmbin.Sections(wasm)
			require.NoError(t, err)
			customs := 0
			for _, s := range sections {
				if s.ID == wasmbin.SectionCustom {
					customs++
					require.Equal(t, "name", s.Name)
				}
			}
			require.Equal(t, c.want != "", customs > 0)
			m, err := newRuntime(t, wazero.NewRuntimeConfigInterpreter(), &host{}).CompileModule(ctx, wasm)
			require.NoError(t, err)
			require.Equal(t, c.want, m.ExportedFunctions()["own"].Name())
			if c.want != "" {
				require.Equal(t, "mod", m.Name())
			}
		})
	}
}

// TestInterface checks what a metered module has more than the original.
func TestInterface(t *testing.T) {
	wasm, err := Meter(withSections(nil))
	require.NoError(t, err)
	info, err := wasmbin.Inspect(wasm)
	require.NoError(t, err)
	require.Len(t, info.Imports, 1)
	tick := info.Imports[0]
	require.Equal(t, "funcbox.tick", tick.Module+"."+tick.Name)
	require.True(t, tick.Func.Equal(typeI32))
	fuel, ok := info.Export(FuelExport, wasmbin.KindGlobal)
	require.True(t, ok)
	require.Equal(t, wasmbin.GlobalType{Value: wasmbin.I32, Mutable: true}, info.Globals[fuel.Index].GlobalType)
	m, err := newRuntime(t, wazero.NewRuntimeConfigInterpreter(), &host{}).Instantiate(context.Background(), wasm)
	require.NoError(t, err)
	require.Zero(t, api.DecodeI32(fuelOf(t, m).Get()))
}

// TestAllocation checks that what Meter allocates grows with the module, not with
// its square: many small vectors within one another.
func TestAllocation(t *testing.T) {
	const segments = 20_000
	elements := append(wasmbin.AppendU32(nil, segments), bytes.Repeat([]byte{1, 0, 0}, segments)...)
	wasm := withSections(map[wasmbin.SectionID][]byte{wasmbin.SectionElement: elements})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Meter(wasm)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(100*len(wasm)))
}
