package wasmbin

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero/api"
)

func TestInspect(t *testing.T) {
	wasm := AppendModule(nil, map[SectionID][]byte{
		SectionType: {2, 0x60, 0, 0, 0x60, 2, 0x7f, 0x7e, 1, 0x7d},
		SectionImport: {4,
			1, 'a', 1, 'f', 0, 1,
			1, 'a', 1, 'g', 3, 0x7e, 1,
			1, 'a', 1, 't', 1, 0x70, 1, 2, 3,
			1, 'b', 1, 'm', 2, 0, 7},
		SectionFunction: {1, 0},
		SectionTable:    {1, 0x6f, 0, 4},
		SectionGlobal:   {2, 0x7f, 0, 0x41, 1, 0x0b, 0x7f, 1, 0x41, 2, 0x0b},
		SectionExport:   {5, 1, 'x', 0, 0, 1, 'y', 0, 1, 1, 'z', 3, 2, 1, 'w', 3, 2, 1, 'm', 2, 0},
		SectionStart:    {1},
		SectionCode:     {1, 2, 0, 0x0b},
	})
	info, err := Inspect(wasm)
	require.NoError(t, err)
	f := FuncType{Params: []ValueType{I32, I64}, Results: []ValueType{F32}}
	void := FuncType{Params: []ValueType{}, Results: []ValueType{}}
	require.Equal(t, Info{
		Imports: []Import{
			{Module: "a", Name: "f", Kind: KindFunction, TypeIndex: 1, Func: f},
			{Module: "a", Name: "g", Kind: KindGlobal, Global: GlobalType{I64, true}},
			{Module: "a", Name: "t", Kind: KindTable, Table: TableType{FuncRef, Limits{Min: 2, Max: 3, HasMax: true}}},
			{Module: "b", Name: "m", Kind: KindMemory, Memory: Limits{Min: 7}},
		},
		Exports: []Export{
			{Name: "x", Kind: KindFunction, Index: 0, Func: f},
			{Name: "y", Kind: KindFunction, Index: 1, Func: void},
			{Name: "z", Kind: KindGlobal, Index: 2},
			{Name: "w", Kind: KindGlobal, Index: 2},
			{Name: "m", Kind: KindMemory, Index: 0},
		},
		Globals: []Global{
			{GlobalType: GlobalType{I64, true}, Imported: true},
			{GlobalType: GlobalType{I32, false}},
			{GlobalType: GlobalType{I32, true}, Exports: []string{"z", "w"}},
		},
		Memories: []Memory{{Limits: Limits{Min: 7}, Imported: true, Exports: []string{"m"}}},
		Tables: []Table{
			{TableType: TableType{FuncRef, Limits{Min: 2, Max: 3, HasMax: true}}, Imported: true},
			{TableType: TableType{ExternRef, Limits{Min: 4}}},
		},
		Funcs:    []FuncType{f, void},
		HasStart: true,
	}, info)
	_, ok := info.Export("x", KindGlobal)
	require.False(t, ok)
	e, ok := info.Export("x", KindFunction)
	require.True(t, ok)
	require.True(t, e.Func.Equal(f))
}

// TestInspectInstructions checks what is reported of instructions.
func TestInspectInstructions(t *testing.T) {
	inspect := func(code ...byte) Info {
		body := Body{Locals: []byte{0}, Code: append(code, 0x0b)}
		info, err := Inspect(AppendModule(nil, map[SectionID][]byte{
			SectionType: {1, 0x60, 0, 0}, SectionFunction: {1, 0}, SectionCode: body.Append([]byte{1}),
		}))
		require.NoError(t, err)
		return info
	}
	for name, code := range map[string][]byte{
		"set": {0x26, 0}, "grow": {0xfc, 15, 0}, "fill": {0xfc, 17, 0}, "copy": {0xfc, 14, 0, 0}, "init": {0xfc, 12, 0, 0},
	} {
		require.True(t, inspect(code...).MutatesTable, name)
	}
	for name, code := range map[string][]byte{
		"get": {0x25, 0}, "size": {0xfc, 16, 0}, "elem.drop": {0xfc, 13, 0}, "memory.fill": {0xfc, 11, 0},
	} {
		require.False(t, inspect(code...).MutatesTable, name)
	}
	require.True(t, inspect(0xfd, 77).SIMD)
	require.True(t, inspect(0xfe, 3, 0).Threads)
	require.True(t, inspect(0x1f, 0x40, 0, 0x0b).Exceptions)
	plain := inspect(0x01)
	require.False(t, plain.SIMD || plain.Threads || plain.Exceptions || plain.MutatesTable || plain.HasStart)

	info, err := Inspect(AppendModule(nil, map[SectionID][]byte{SectionMemory: {1, 3, 1, 2}, SectionTag: {0}}))
	require.NoError(t, err)
	require.True(t, info.Threads && info.Exceptions)
	require.Equal(t, Limits{Min: 1, Max: 2, HasMax: true, Shared: true}, info.Memories[0].Limits)
	info, err = Inspect(AppendModule(nil, map[SectionID][]byte{SectionMemory: {1, 4, 0x80, 0x80, 0x80, 0x80, 0x10}}))
	require.NoError(t, err)
	require.Equal(t, Limits{Min: 1 << 32, Is64: true}, info.Memories[0].Limits)
}

func TestInspectErrors(t *testing.T) {
	for name, bodies := range map[string]map[SectionID][]byte{
		"function of no type":  {SectionFunction: {1, 0}, SectionCode: {1, 2, 0, 0x0b}},
		"import of no type":    {SectionImport: {1, 0, 0, 0, 0}},
		"export of nothing":    {SectionExport: {1, 1, 'x', 0, 0}},
		"export of no global":  {SectionExport: {1, 1, 'x', 3, 0xff, 0xff, 0xff, 0xff, 0x0f}},
		"kind of import":       {SectionImport: {1, 0, 0, 5, 0}},
		"kind of export":       {SectionExport: {1, 0, 5, 0}},
		"bodies missing":       {SectionType: {1, 0x60, 0, 0}, SectionFunction: {1, 0}},
		"bodies too many":      {SectionCode: {1, 2, 0, 0x0b}},
		"mutability":           {SectionGlobal: {1, 0x7f, 2, 0x41, 0, 0x0b}},
		"table of numbers":     {SectionTable: {1, 0x7f, 0, 0}},
		"code behind function": {SectionType: {1, 0x60, 0, 0}, SectionFunction: {1, 0}, SectionCode: {1, 3, 0, 0x0b, 0x0b}},
	} {
		_, err := Inspect(AppendModule(nil, bodies))
		require.ErrorIs(t, err, ErrMalformed, name)
	}
	for name, bodies := range map[string]map[SectionID][]byte{
		"limits":      {SectionMemory: {1, 8, 0}},
		"struct type": {SectionType: {1, 0x5f, 0}},
	} {
		_, err := Inspect(AppendModule(nil, bodies))
		require.ErrorIs(t, err, ErrUnsupported, name)
	}
}

// TestInspectCorpus compares with what wazero finds in modules.
func TestInspectCorpus(t *testing.T) {
	ctx := context.Background()
	rt := corpusRuntime(t)
	inspected, threads, exceptions := 0, 0, 0
	corpus(t, func(path string, wasm []byte) {
		info, err := Inspect(wasm)
		m, compileErr := rt.CompileModule(ctx, wasm)
		if compileErr != nil {
			return
		}
		defer m.Close(ctx)
		// wazero reads recursive types, which this package does not.
		if err != nil && (strings.Contains(path, "typed-function-references") || strings.Contains(path, "exception-handling")) {
			require.ErrorIs(t, err, ErrUnsupported, path)
			return
		}
		require.NoError(t, err, path)
		inspected++
		if info.Threads {
			threads++
		}
		if info.Exceptions {
			exceptions++
		}
		types := func(values []ValueType) []api.ValueType {
			var converted []api.ValueType
			for _, v := range values {
				converted = append(converted, api.ValueType(v))
			}
			return converted
		}
		functions := 0
		for _, i := range info.Imports {
			if i.Kind == KindFunction {
				definition := m.ImportedFunctions()[functions]
				module, name, _ := definition.Import()
				require.Equal(t, module+"."+name, i.Module+"."+i.Name, path)
				functions++
			}
		}
		require.Len(t, m.ImportedFunctions(), functions, path)
		exported := 0
		for _, e := range info.Exports {
			if e.Kind != KindFunction {
				continue
			}
			exported++
			definition := m.ExportedFunctions()[e.Name]
			require.NotNil(t, definition, path)
			require.Equal(t, definition.Index(), e.Index, path)
			require.Equal(t, len(definition.ParamTypes()), len(e.Func.Params), path)
			require.ElementsMatch(t, definition.ResultTypes(), types(e.Func.Results), path)
		}
		require.Len(t, m.ExportedFunctions(), exported, path)
		for i, memory := range info.Memories {
			for _, name := range memory.Exports {
				definition := m.ExportedMemories()[name]
				require.EqualValues(t, definition.Min(), memory.Min, "%s %d", path, i)
				_, encoded := definition.Max()
				require.Equal(t, encoded, memory.HasMax, path)
			}
		}
	})
	require.Greater(t, inspected, 2000)
	require.Positive(t, threads)
	require.Positive(t, exceptions)
}
