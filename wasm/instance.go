package wasm

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// Names of the call protocol (ABI version 1).
const (
	hostModuleName   = "funcbox"
	exportMemory     = "memory"
	exportABI        = "funcbox_abi"
	exportInit       = "funcbox_init"
	exportCall       = "funcbox_call"
	exportFuel       = "funcbox_fuel"
	exportInitialize = "_initialize" // the entry of a WASI reactor
	exportStart      = "_start"      // that of a WASI command
)

// ErrMemoryLimit is returned when a call's memory limit is below what its
// runtime occupies before it has done anything.
var ErrMemoryLimit = errors.New("the memory limit is too low")

// anonymous lets many instances of one module live side by side; reactors have
// no start function to run.
var anonymous = wazero.NewModuleConfig().WithName("").WithStartFunctions()

// instance is everything that exists while a guest runs, apart from the call
// itself: linear memory, globals and handles on exports. Used by one goroutine
// at a time.
type instance struct {
	guest   api.Module
	memory  *linearMemory
	run     api.Function // the export that runs a request
	fuel    api.MutableGlobal
	globals []api.MutableGlobal
	// stackPointer is the one of globals that a try and a fiber put back; nil if
	// the module has none. handles are idle handles on functions of its table.
	stackPointer api.MutableGlobal
	handles      map[handleKey][]api.Function
	idleHandles  int       // in all of handles
	origin       *snapshot // nil while the snapshot is being made
	// command tells that run is a command's main function.
	command bool
	// worked tells that the last call did enough to have grown the native stack
	// that wazero keeps with a function handle.
	worked bool
}

// instantiate makes an instance over the image, or an empty one where the
// snapshot is nil. limitBytes is rounded down to pages.
func instantiate(ctx context.Context, ready *prepared, limitBytes int64) (*instance, error) {
	limit := memoryLimit(limitBytes)
	needed := uint64(ready.compiled.ExportedMemories()[exportMemory].Min()) * PageBytes
	var img *image
	if ready.image != nil {
		img = ready.image.memory
		needed = max(needed, img.size)
	}
	if needed > limit {
		return nil, fmt.Errorf("%w: %d bytes allowed, the runtime itself takes %d", ErrMemoryLimit, limitBytes, needed)
	}
	memory, err := newLinearMemory(img, limit)
	if err != nil {
		return nil, err
	}
	if memory.Reallocate(needed) == nil { // wazero panics where the first allocation fails
		memory.Free()
		return nil, fmt.Errorf("the system refuses %d bytes of memory", needed)
	}
	allocator := experimental.MemoryAllocatorFunc(func(_, _ uint64) experimental.LinearMemory { return memory })
	ctx = experimental.WithMemoryAllocator(ctx, allocator)
	if ready.services != nil {
		ctx = experimental.WithImportResolver(ctx, ready.resolve)
	}
	guest, err := ready.runtime.InstantiateModule(ctx, ready.compiled, anonymous)
	if err != nil {
		memory.Free()
		return nil, err
	}
	in := &instance{guest: guest, memory: memory}
	if err := in.bind(ready); err != nil {
		in.close()
		return nil, err
	}
	return in, nil
}

// memoryLimit rounds a limit down to whole pages within what can be addressed.
func memoryLimit(limitBytes int64) uint64 {
	return uint64(min(limitBytes, maxMemoryBytes)) / PageBytes * PageBytes
}

// limit sets the memory limit for the next call.
func (in *instance) limit(limitBytes int64) error {
	limit := memoryLimit(limitBytes)
	if size := in.memory.image.size; limit < size {
		return fmt.Errorf("%w: %d bytes allowed, the runtime itself takes %d", ErrMemoryLimit, limitBytes, size)
	}
	in.memory.limit = limit
	return nil
}

// bind looks up the exports and puts the globals and the memory's size where the
// image has them.
func (in *instance) bind(ready *prepared) error {
	fuel, ok := in.guest.ExportedGlobal(exportFuel).(api.MutableGlobal)
	if !ok {
		return errors.New("the module exports no fuel: it is not metered")
	}
	in.fuel = fuel
	for _, name := range ready.globals {
		global, ok := in.guest.ExportedGlobal(name).(api.MutableGlobal)
		if !ok {
			return fmt.Errorf("the module exports no mutable global %q", name)
		}
		in.globals = append(in.globals, global)
		if name == stackPointer && global.Type() == api.ValueTypeI32 {
			in.stackPointer = global
		}
	}
	if ready.image == nil {
		return nil
	}
	in.origin = ready.image
	in.restoreGlobals()
	in.command = ready.command
	in.freshHandle()
	memory := in.guest.Memory()
	if missing := ready.image.memory.size - uint64(memory.Size()); missing > 0 {
		if _, ok := memory.Grow(uint32(missing / PageBytes)); !ok {
			return errors.New("the memory cannot grow to the size of the image")
		}
	}
	return nil
}

func (in *instance) restoreGlobals() {
	for i, global := range in.globals {
		global.Set(in.origin.globals[i])
	}
}

// freshHandleFuel is the work from which on a call's function handle is replaced:
// a recursion of this depth at some 200 bytes a frame has grown the native stack
// to 4 MB.
const freshHandleFuel = 20_000

// small tells that the last call did little and did not grow the memory, so that a
// reset has few pages to look at.
func (in *instance) small() bool { return !in.worked && in.memory.high == in.origin.memory.size }

// reset makes the instance equal to a fresh one. What the host held for the call
// is gone already: it lives in the call, not here.
func (in *instance) reset() error {
	if err := in.memory.reset(in.guest.Memory()); err != nil {
		return err
	}
	in.restoreGlobals()
	if in.worked {
		in.freshHandle()
	}
	return nil
}

// freshHandle lets go of native stacks that the last call has grown.
func (in *instance) freshHandle() {
	entry := exportCall
	if in.command {
		entry = exportStart
	}
	in.run, in.worked = in.guest.ExportedFunction(entry), false
	in.handles, in.idleHandles = nil, 0
}

// adopt makes a clean instance start from another image of the same module.
func (in *instance) adopt(taken *snapshot) error {
	if err := in.memory.adopt(taken.memory, in.guest.Memory()); err != nil {
		return err
	}
	in.origin = taken
	in.restoreGlobals()
	return nil
}

// photograph takes the instance's present state, between two requests.
func (in *instance) photograph() (*snapshot, error) {
	memory, err := in.memory.photograph(in.guest.Memory())
	if err != nil {
		return nil, err
	}
	taken := &snapshot{memory: memory}
	for _, global := range in.globals {
		taken.globals = append(taken.globals, global.Get())
	}
	return taken, nil
}

// errDiffers is wrapped by the errors of verify.
var errDiffers = errors.New("an instance differs from its image after its reset")

// verify compares all of the state that a snapshot covers with the image.
func (in *instance) verify() error {
	if at := in.memory.differs(in.guest.Memory()); at >= 0 {
		return fmt.Errorf("%w: memory at %d", errDiffers, at)
	}
	for i, global := range in.globals {
		if got, want := global.Get(), in.origin.globals[i]; got != want {
			return fmt.Errorf("%w: global %d is %#x instead of %#x", errDiffers, i, got, want)
		}
	}
	return nil
}

// close releases the instance. Nothing may run in it any more.
func (in *instance) close() { _ = in.guest.Close(context.Background()) }
