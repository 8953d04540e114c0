package wasm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/funcbox/funcbox/internal/wasmbin"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// snapshot is the whole state of a guest between two calls: its linear memory
// and its mutable globals. Tables are constant (checkModule), and what the host
// holds for a guest is made anew for each call.
type snapshot struct {
	memory  *image
	globals []uint64
}

// startupLimits bounds a runtime's start, which is our own code but may loop by
// mistake. JavaScript starts with 1.9 MiB and 3.7 million units; the fuel here lasts
// for about half a minute.
var startupLimits = Limits{Fuel: 1 << 33, MemoryBytes: 1 << 30}

// startupOutputBytes bounds what is kept of a failing start's messages.
const startupOutputBytes = 64 << 10

// photograph starts the guest in an instance without an image and takes its
// snapshot.
func (m *Module) photograph(ctx context.Context, ready *prepared, segments []wasmbin.Segment) (*snapshot, error) {
	in, err := instantiate(ctx, ready, startupLimits.MemoryBytes)
	if err != nil {
		return nil, err
	}
	defer in.close()
	for _, segment := range segments {
		if !in.guest.Memory().Write(segment.Offset, segment.Data) {
			return nil, fmt.Errorf("a data segment of %d bytes at %d lies outside the memory", len(segment.Data), segment.Offset)
		}
	}
	if !m.spec.Command {
		if err := m.boot(ctx, in); err != nil {
			return nil, err
		}
	}
	return in.photograph()
}

// boot runs the guest's constructors and its own start-up.
func (m *Module) boot(ctx context.Context, in *instance) error {
	var said tail
	config := wasip1.Config{Stdout: &said, Stderr: &said}
	if m.spec.StartupFiles != nil {
		files, err := m.spec.StartupFiles()
		if err != nil {
			return err
		}
		config.FS = files
	}
	c := newCall(ctx, startupLimits, config)
	defer c.system.Close()
	if in.guest.ExportedFunction(exportInitialize) != nil {
		if _, err := c.invoke(in, exportInitialize); err != nil {
			return said.explain(err)
		}
	}
	version, err := c.invoke(in, exportABI)
	if err != nil {
		return said.explain(err)
	}
	if version != ABIVersion {
		return fmt.Errorf("the module speaks version %d of the call protocol, this engine speaks %d: rebuild the module", version, ABIVersion)
	}
	status, err := c.invoke(in, exportInit)
	if err == nil && status != 0 {
		err = fmt.Errorf("%s returned %d", exportInit, status)
	}
	return said.explain(err)
}

// checkBinary decodes a module and checks it as checkModule does.
func checkBinary(binary []byte, command bool) ([]string, error) {
	info, err := wasmbin.Inspect(binary)
	if err != nil {
		return nil, err
	}
	return checkModule(info, command)
}

// checkModule refuses a module whose state would not be covered by a snapshot or
// that cannot be stopped, and returns the names of the mutable globals to save.
func checkModule(info wasmbin.Info, command bool) ([]string, error) {
	switch {
	case info.MutatesTable:
		return nil, errors.New("the module changes a table, which a snapshot does not cover")
	case info.Exceptions:
		return nil, errors.New("the module uses WebAssembly exception handling, which wazero's compiler gets wrong")
	case info.Threads:
		return nil, errors.New("the module uses threads")
	case info.HasStart:
		return nil, errors.New("the module has a start function, which would run before its data is in place")
	case len(info.Memories) != 1 || info.Memories[0].Imported || !slices.Contains(info.Memories[0].Exports, exportMemory):
		return nil, errors.New("the module must have one linear memory of its own and export it as \"memory\"")
	}
	if err := checkExports(info, command); err != nil {
		return nil, err
	}
	var saved []string
	for index, global := range info.Globals {
		switch {
		case !global.Mutable || slices.Contains(global.Exports, exportFuel):
		case global.Imported || len(global.Exports) == 0:
			return nil, fmt.Errorf("the mutable global %d is not exported, so that a snapshot would not cover it", index)
		case global.Value == wasmbin.V128 || global.Value == wasmbin.FuncRef || global.Value == wasmbin.ExternRef:
			return nil, fmt.Errorf("the mutable global %d is a %s, which a snapshot cannot hold", index, global.Value)
		default:
			saved = append(saved, global.Exports[0])
		}
	}
	return saved, nil
}

// checkExports compares the exports with the call protocol.
func checkExports(info wasmbin.Info, command bool) error {
	i32 := []wasmbin.ValueType{wasmbin.I32}
	imported := uint32(0)
	for _, i := range info.Imports {
		if i.Kind == wasmbin.KindFunction {
			imported++
		}
	}
	for _, export := range info.Exports { // wazero would call it without the guest's memory
		if export.Kind == wasmbin.KindFunction && export.Index < imported {
			return fmt.Errorf("the module's export %s is one of its imports", export.Name)
		}
	}
	wanted := map[string]wasmbin.FuncType{
		exportABI:  {Results: i32},
		exportInit: {Results: i32},
		exportCall: {Params: i32},
	}
	if command {
		wanted = map[string]wasmbin.FuncType{exportStart: {}}
	}
	for name, want := range wanted {
		export, ok := info.Export(name, wasmbin.KindFunction)
		if !ok {
			return fmt.Errorf("the module exports no function %s: it does not speak the call protocol", name)
		}
		if !export.Func.Equal(want) {
			return fmt.Errorf("the module's export %s has another signature than in the call protocol", name)
		}
	}
	if export, ok := info.Export(exportInitialize, wasmbin.KindFunction); ok && !export.Func.Equal(wasmbin.FuncType{}) {
		return fmt.Errorf("the module's export %s has parameters or results", exportInitialize)
	}
	return nil
}

// tail keeps the last bytes written, for messages about a failing start.
type tail struct{ kept []byte }

func (t *tail) Write(p []byte) (int, error) {
	written := len(p)
	p = p[max(written-startupOutputBytes, 0):]
	t.kept = append(t.kept, p...)
	t.kept = t.kept[max(len(t.kept)-startupOutputBytes, 0):]
	return written, nil
}

func (t *tail) explain(err error) error {
	if err == nil || len(t.kept) == 0 {
		return err
	}
	return fmt.Errorf("%w: %s", err, bytes.TrimSpace(t.kept))
}
