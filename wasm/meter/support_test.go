package meter

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/funcbox/funcbox/internal/wasmbin"
)

// features is what Meter knows: WebAssembly 2.0 and tail calls, and extended
// constants, which need nothing of it.
const features = api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall | experimental.CoreFeaturesExtendedConst

// engines are the two ways wazero runs a module.
var engines = map[string]func() wazero.RuntimeConfig{
	"compiler":    wazero.NewRuntimeConfigCompiler,
	"interpreter": wazero.NewRuntimeConfigInterpreter,
}

// host serves funcbox.tick and counts.
type host struct {
	grant int32 // what each tick refills the fuel to
	ticks int
	used  int64                // fuel used up to the last tick
	stop  func(ticks int) bool // whether a tick ends the call; may be nil
	err   error                // what it panics with
}

func (h *host) tick(_ context.Context, stack []uint64) {
	h.ticks++
	h.used += int64(h.grant) - int64(api.DecodeI32(stack[0]))
	if h.stop != nil && h.stop(h.ticks) {
		panic(h.err)
	}
	stack[0] = api.EncodeI32(h.grant)
}

// newRuntime returns a runtime with the host's module.
func newRuntime(t testing.TB, config wazero.RuntimeConfig, h *host) wazero.Runtime {
	t.Helper()
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, config.WithCoreFeatures(features))
	t.Cleanup(func() { rt.Close(ctx) })
	i32 := []api.ValueType{api.ValueTypeI32}
	_, err := rt.NewHostModuleBuilder(ImportModule).NewFunctionBuilder().
		WithGoFunction(api.GoFunc(h.tick), i32, i32).Export(ImportName).Instantiate(ctx)
	require.NoError(t, err)
	return rt
}

// fuelOf is the fuel global of a metered instance.
func fuelOf(t testing.TB, m api.Module) api.MutableGlobal {
	t.Helper()
	g, ok := m.ExportedGlobal(FuelExport).(api.MutableGlobal)
	require.True(t, ok)
	return g
}

// consumed runs a function with a full tank and returns the fuel it takes.
func (h *host) consumed(t testing.TB, m api.Module, function string, args ...uint64) int64 {
	t.Helper()
	fuel := fuelOf(t, m)
	fuel.Set(api.EncodeI32(h.grant))
	h.used = 0
	_, err := m.ExportedFunction(function).Call(context.Background(), args...)
	require.NoError(t, err)
	return h.used + int64(h.grant) - int64(api.DecodeI32(fuel.Get()))
}

// summary is the first line of an error's text: the rest is the stack, in which
// function indices differ.
func summary(err error) string {
	if err == nil {
		return ""
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}

// testFunction is a function of a test module; it is exported under its name, if
// it has one.
type testFunction struct {
	name  string
	ftype uint32
	code  func(a *assembler) // without the closing end
}

// testModule describes a module to test with.
type testModule struct {
	types     []wasmbin.FuncType
	functions []testFunction
	sections  map[wasmbin.SectionID][]byte // others
	exports   []wasmbin.Export             // besides those of functions
	locals    []byte                       // of each function
}

// Types for test modules.
var (
	typeVoid    = wasmbin.FuncType{}
	typeI32     = wasmbin.FuncType{Params: []wasmbin.ValueType{wasmbin.I32}, Results: []wasmbin.ValueType{wasmbin.I32}}
	typeI32x3   = wasmbin.FuncType{Params: []wasmbin.ValueType{wasmbin.I32, wasmbin.I32, wasmbin.I32}}
	memoryPages = func(n uint32) []byte { return wasmbin.AppendU32([]byte{1, 0}, n) }
)

func (m testModule) bytes() []byte {
	bodies := map[wasmbin.SectionID][]byte{}
	for id, body := range m.sections {
		bodies[id] = body
	}
	types := wasmbin.AppendU32(nil, uint32(len(m.types)))
	for _, t := range m.types {
		types = append(types, wasmbin.FuncTypeForm)
		for _, values := range [][]wasmbin.ValueType{t.Params, t.Results} {
			types = wasmbin.AppendU32(types, uint32(len(values)))
			for _, v := range values {
				types = append(types, byte(v))
			}
		}
	}
	locals := m.locals
	if locals == nil {
		locals = []byte{0}
	}
	exports := m.exports
	n := uint32(len(m.functions))
	functions, code := wasmbin.AppendU32(nil, n), wasmbin.AppendU32(nil, n)
	for i, f := range m.functions {
		functions = wasmbin.AppendU32(functions, f.ftype)
		var a assembler
		f.code(&a)
		a.op(wasmbin.OpEnd)
		code = wasmbin.Body{Locals: locals, Code: a}.Append(code)
		if f.name != "" {
			exports = append(exports, wasmbin.Export{Name: f.name, Index: uint32(i)})
		}
	}
	exported := wasmbin.AppendU32(nil, uint32(len(exports)))
	for _, e := range exports {
		exported = append(wasmbin.AppendName(exported, e.Name), byte(e.Kind))
		exported = wasmbin.AppendU32(exported, e.Index)
	}
	bodies[wasmbin.SectionType] = types
	bodies[wasmbin.SectionFunction] = functions
	bodies[wasmbin.SectionCode] = code
	bodies[wasmbin.SectionExport] = exported
	return wasmbin.AppendModule(nil, bodies)
}
