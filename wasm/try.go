package wasm

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental/table"
	"github.com/tetratelabs/wazero/sys"
)

// Code that LLVM lowered with -enable-emscripten-cxx-exceptions or -sjlj calls
// functions inside a try through imports of the module "env" whose names begin
// with invoke_: the index of the function in the table, then its arguments. The
// engine serves them as nested calls. A guest throws (or longjmps) by the import
// funcbox.throw: the nested call ends, invoke_* puts __stack_pointer back and
// returns zero, and the guest's own runtime finds out what was thrown in its own
// memory (__THREW__).
//
// The import env.abort(ptr, len) is for endings that natively are the signal SIGABRT:
// the call ends as Trapped with the message.
const (
	servicesModule = "env"
	invokePrefix   = "invoke_"
	abortImport    = "abort"
	stackPointer   = "__stack_pointer"
)

// maxAbortBytes bounds how much of a guest's message is kept.
const maxAbortBytes = 4 << 10

// maxTryDepth bounds how many tries may be open inside one another. Each holds a
// native stack of its own, 12 KB of the host's memory or more (maxSuspendedBytes).
const maxTryDepth = 4096

// How many idle handles an instance keeps for one function of its table, and in
// all; a recursion through a try needs as many at once as it is deep.
const (
	maxHandles    = 16
	maxAllHandles = 512
)

// throwSignal unwinds the guest to the innermost invoke_*.
var throwSignal = sys.NewExitError(0xF0B07420)

var (
	errUncaught = errors.New("an exception reached the host: the guest threw outside of any try")
	errTryHost  = errors.New("the function is an import")
	errTryDepth = fmt.Errorf("more than %d tries are open inside one another", maxTryDepth)
)

// services is the module "env" of one guest module, whose functions have the
// types that the guest imports them with; nil for a guest that needs none.
func services(ctx context.Context, r wazero.Runtime, guest wazero.CompiledModule) (api.Module, error) {
	var builder wazero.HostModuleBuilder
	for _, function := range guest.ImportedFunctions() {
		module, name, _ := function.Import()
		if module != servicesModule {
			continue
		}
		parameters, results := function.ParamTypes(), function.ResultTypes()
		var service api.GoModuleFunc
		switch {
		case name == abortImport && slices.Equal(parameters, abortParameters) && len(results) == 0:
			service = hostAbort
		case strings.HasPrefix(name, invokePrefix) && len(parameters) > 0 && parameters[0] == api.ValueTypeI32 && len(results) <= 1:
			t := &tried{parameters: parameters[1:], results: results}
			service = t.invoke
		default:
			return nil, fmt.Errorf("the module imports %s.%s, which the engine does not offer", module, name)
		}
		if builder == nil {
			builder = r.NewHostModuleBuilder(servicesModule)
		}
		builder.NewFunctionBuilder().WithGoModuleFunction(service, parameters, results).Export(name)
	}
	if builder == nil {
		return nil, nil
	}
	compiled, err := builder.Compile(ctx)
	if err != nil {
		return nil, err
	}
	// Without a name: every guest module has types of its own.
	return r.InstantiateModule(ctx, compiled, anonymous)
}

// tried is one of the imports invoke_*, that is, one type of functions called
// inside a try.
type tried struct {
	parameters, results []api.ValueType
}

func (t *tried) invoke(ctx context.Context, guest api.Module, stack []uint64) {
	c := callOf(ctx)
	in := c.in
	if in.stackPointer == nil {
		c.end(Trapped, fmt.Errorf("the module exports no %s, which a try needs", stackPointer))
	}
	if c.depth >= maxTryDepth {
		c.end(Trapped, errTryDepth)
	}
	index := uint32(stack[0])
	function := c.handle(guest, index, t)
	below, size := c.running, c.suspend()
	saved := in.stackPointer.Get()
	var few [8]uint64
	nested := few[:]
	if n := max(len(t.parameters), len(t.results)); n > len(few) {
		nested = make([]uint64, n)
	}
	copy(nested, stack[1:1+len(t.parameters)])
	c.depth++
	c.running = function
	err := function.CallWithStack(c, nested)
	c.running = below
	c.suspended -= size
	c.depth--
	in.keepHandle(index, t, function)
	switch {
	case err == nil:
		if len(t.results) > 0 {
			stack[0] = nested[0]
		}
	case err == error(throwSignal):
		in.stackPointer.Set(saved)
		if len(t.results) > 0 {
			stack[0] = 0
		}
	case err == error(stopSignal):
		panic(stopSignal) // the call is ending, or the fiber was freed
	default:
		c.end(Trapped, in.trap(err))
	}
}

// handleKey: one index of the table can be called by its one type only, but a
// hostile guest may ask for it as another, which must fail each time.
type handleKey struct {
	index uint32
	as    *tried
}

// handle looks up a function of the guest's table.
func (c *call) handle(guest api.Module, index uint32, t *tried) api.Function {
	in, key := c.in, handleKey{index, t}
	if idle := in.handles[key]; len(idle) > 0 {
		function := idle[len(idle)-1]
		in.handles[key] = idle[:len(idle)-1]
		in.idleHandles--
		return function
	}
	function, err := lookup(guest, index, t)
	if err != nil {
		c.end(Trapped, fmt.Errorf("a try: %w", err))
	}
	return function
}

// lookup turns the panics of table.LookupFunction into errors: of wrong indices
// and types, and of functions of the host, which it cannot look up.
func lookup(guest api.Module, index uint32, t *tried) (function api.Function, err error) {
	defer func() {
		switch problem := recover().(type) {
		case nil:
		case runtime.Error:
			err = errTryHost
		case error:
			err = problem
		default:
			err = fmt.Errorf("%v", problem)
		}
	}()
	function = table.LookupFunction(guest, 0, index, t.parameters, t.results)
	if function.Definition().GoFunction() != nil {
		return nil, errTryHost // it would be called without the guest's memory
	}
	return function, nil
}

func (in *instance) keepHandle(index uint32, t *tried, function api.Function) {
	key := handleKey{index, t}
	idle := in.handles[key]
	if len(idle) >= maxHandles || in.idleHandles >= maxAllHandles || nativeStackBytes(function) > keptStackBytes {
		return
	}
	if in.handles == nil {
		in.handles = make(map[handleKey][]api.Function)
	}
	in.handles[key] = append(idle, function)
	in.idleHandles++
}

var abortParameters = []api.ValueType{api.ValueTypeI32, api.ValueTypeI32}

// hostAbort ends the call with the guest's message.
func hostAbort(ctx context.Context, guest api.Module, stack []uint64) {
	c := callOf(ctx)
	size := min(uint32(stack[1]), maxAbortBytes)
	message, ok := guest.Memory().Read(uint32(stack[0]), size)
	if !ok {
		c.end(Trapped, fmt.Errorf("the guest aborts with a message at %d, outside its memory", uint32(stack[0])))
	}
	c.end(Trapped, errors.New(strings.ToValidUTF8(string(message), "\uFFFD")))
}

func hostThrow(context.Context, []uint64) { panic(throwSignal) }
