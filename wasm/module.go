package wasm

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/funcbox/funcbox/internal/wasmbin"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// ErrClosed is returned once the engine has been closed.
var ErrClosed = errors.New("the engine is closed")

// ABIVersion is the version of the call protocol that modules must speak: the
// result of their export funcbox_abi.
const ABIVersion = 2

// ModuleSpec describes a module to an engine.
type ModuleSpec struct {
	// Name for messages and progress, such as "js".
	Name string
	// Binary of a metered WASI reactor that speaks the call protocol.
	Binary *Binary
	// StartupFiles is the filesystem that the guest sees while it starts; nil:
	// none. It is called once for every start.
	StartupFiles func() (fsapi.FileSystem, error)
	// Fingerprint identifies what the guest reads while it starts. With it, the
	// image is kept in the cache folder, and a later process with the same binary
	// and fingerprint does not start the guest again; nil: it always does. Whatever
	// the start drew from clocks and entropy is then the same in all processes.
	Fingerprint func() (string, error)
	// Command tells that the module is a WASI command (export _start) instead, which
	// does not speak the call protocol: its image is the memory before it starts, a
	// run is one of its main function, and the outcome is Exited whatever the code.
	Command bool
	// CompileWorkers bounds the cores that compile, each of which takes memory; 0: all.
	CompileWorkers int
	// Transient keeps the machine code in memory only, as long as the module lives: one
	// of many small ones that would fill the cache folder.
	Transient bool
	// Quiet leaves the module out of Config.OnCompile: one of many small ones.
	Quiet bool
}

// Module is a guest runtime, compiled and photographed when first needed. Safe
// for concurrent use.
type Module struct {
	engine *Engine
	spec   ModuleSpec
	// parent is the module whose code this one shares; nil for one that was compiled.
	parent *Module

	mu     sync.Mutex
	ready  *prepared
	flight *preparation
	users  int  // calls, sessions and derived modules
	ending bool // Close was called

	pool pool
}

// prepared is what a module needs to run calls. Immutable.
type prepared struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	// services is the module "env" made for this one, or nil.
	services api.Module
	// globals are the exported mutable globals except the fuel, in the order of
	// image values.
	globals []string
	image   *snapshot
	command bool
}

// resolve finds the module's own imports; wazero looks for all others by name.
func (p *prepared) resolve(name string) api.Module {
	if name == servicesModule {
		return p.services
	}
	return nil
}

// preparation is a compilation under way that several calls may wait for.
type preparation struct {
	done  chan struct{}
	ready *prepared
	err   error
}

// Prepare compiles the module and takes its image, unless that was done before.
// It returns early when ctx ends; the work goes on for others.
func (m *Module) Prepare(ctx context.Context) error {
	_, err := m.prepare(ctx)
	return err
}

// Prepared tells whether calls can start at once.
func (m *Module) Prepared() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ready != nil
}

// Stats tells what the module keeps for its next calls.
func (m *Module) Stats() PoolStats { return m.pool.stats() }

func (m *Module) prepare(ctx context.Context) (*prepared, error) {
	m.mu.Lock()
	if m.ready != nil {
		defer m.mu.Unlock()
		return m.ready, nil
	}
	flight := m.flight
	if flight == nil {
		flight = &preparation{done: make(chan struct{})}
		if !m.engine.start(func(ctx context.Context) { m.finish(ctx, flight) }) {
			m.mu.Unlock()
			return nil, ErrClosed
		}
		m.flight = flight
	}
	m.mu.Unlock()
	select {
	case <-flight.done:
		return flight.ready, flight.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (m *Module) finish(ctx context.Context, flight *preparation) {
	flight.ready, flight.err = m.build(ctx)
	m.mu.Lock()
	m.ready, m.flight = flight.ready, nil // after an error the next call tries again
	m.mu.Unlock()
	close(flight.done)
}

// build does the whole preparation: unpack, check, cut out the data, compile,
// start, photograph.
func (m *Module) build(ctx context.Context) (*prepared, error) {
	binary, err := m.spec.Binary.Bytes()
	if err != nil {
		return nil, fmt.Errorf("runtime %s: %w", m.spec.Name, err)
	}
	// A module that is known by its checksum is checked while it is compiled: checking one
	// of Clang's size takes a second.
	check := sync.OnceValues(func() ([]string, error) { return checkBinary(binary, m.spec.Command) })
	if m.spec.Binary.pinned() {
		go func() { _, _ = check() }()
		defer func() { _, _ = check() }()
	} else if _, err := check(); err != nil {
		return nil, fmt.Errorf("runtime %s: %w", m.spec.Name, err)
	}
	code, segments, err := wasmbin.SplitData(binary)
	if err != nil {
		return nil, fmt.Errorf("runtime %s: %w", m.spec.Name, err)
	}
	compiled, runtime, err := m.compile(ctx, code)
	if err != nil {
		return nil, fmt.Errorf("compiling runtime %s: %w", m.spec.Name, err)
	}
	ready := &prepared{runtime: runtime, compiled: compiled, command: m.spec.Command}
	if ready.globals, err = check(); err != nil {
		_ = m.release(ready)
		return nil, fmt.Errorf("runtime %s: %w", m.spec.Name, err)
	}
	if ready.services, err = services(ctx, runtime, compiled); err != nil {
		_ = m.release(ready)
		return nil, fmt.Errorf("runtime %s: %w", m.spec.Name, err)
	}
	ready.image, err = m.snapshot(len(ready.globals), func() (*snapshot, error) { return m.photograph(ctx, ready, segments) })
	if err != nil {
		_ = m.release(ready)
		return nil, fmt.Errorf("starting runtime %s: %w", m.spec.Name, err)
	}
	return ready, nil
}

func (m *Module) compile(ctx context.Context, code []byte) (wazero.CompiledModule, wazero.Runtime, error) {
	event := CompileEvent{Name: m.spec.Name, CodeBytes: len(code)}
	begin := time.Now()
	report := m.engine.onCompile
	if report == nil || m.spec.Quiet {
		report = func(CompileEvent) {}
	}
	report(event)
	compile := m.engine.compile
	if m.spec.Transient {
		compile = m.engine.compileTransient
	}
	compiled, runtime, err := compile(ctx, code, m.spec.CompileWorkers)
	event.Done, event.Elapsed, event.Err = true, time.Since(begin), err
	report(event)
	m.engine.logger.Debug("runtime compiled or read from the cache", "runtime", event.Name, "elapsed", event.Elapsed, "error", err)
	return compiled, runtime, err
}

// use registers a user of the module, which keeps it from being released.
func (m *Module) use() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ending {
		return ErrClosed
	}
	m.users++
	return nil
}

// leave ends what use began.
func (m *Module) leave() {
	m.mu.Lock()
	m.users--
	last := m.ending && m.users == 0
	m.mu.Unlock()
	if last {
		m.retire()
	}
}

// Close releases the module once the calls under way have ended; later ones fail with
// [ErrClosed]. What was derived from it stays usable. The engine closes what is left.
func (m *Module) Close() {
	m.mu.Lock()
	idle := !m.ending && m.users == 0
	m.ending = true
	m.mu.Unlock()
	if idle {
		m.retire()
	}
}

func (m *Module) retire() {
	m.engine.forget(m)
	if err := m.close(); err != nil {
		m.engine.logger.Warn("releasing a module", "runtime", m.spec.Name, "error", err)
	}
}

// closeIf closes modules of one kind: derived ones, or those that were compiled.
func (m *Module) closeIf(derived bool) error {
	if (m.parent != nil) != derived {
		return nil
	}
	return m.close()
}

func (m *Module) close() error {
	m.mu.Lock()
	ready := m.ready
	m.ready = nil
	m.ending = true
	m.mu.Unlock()
	m.pool.close()
	if ready == nil {
		return nil
	}
	err := ready.image.memory.close()
	if m.parent != nil {
		m.parent.leave()
		return err
	}
	return errors.Join(err, m.release(ready))
}

// release gives back the code of a module.
func (m *Module) release(ready *prepared) error {
	err := ready.compiled.Close(context.Background())
	if ready.services != nil {
		err = errors.Join(err, ready.services.Close(context.Background()))
	}
	if ready.runtime != m.engine.runtime && !m.spec.Transient {
		err = errors.Join(err, ready.runtime.Close(context.Background()))
	}
	return err
}
