package wasm

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/funcbox/funcbox/wasm/wasip1"
)

// Config of an Engine. The zero value is usable.
type Config struct {
	// CacheDir keeps compiled code and images between processes. Empty: the folder
	// "funcbox" in the user's cache folder; MemoryOnly: nothing on disk.
	CacheDir string
	// Logger hears of what does not stop the engine; nil discards it.
	Logger *slog.Logger
	// OnCompile, if set, is called when a module starts and when it has ended
	// being compiled or read from the cache, from one goroutine at a time per
	// module.
	OnCompile func(CompileEvent)
	// CheckResets compares every instance with its image, each byte and each
	// global, before it is used again. One that differs is thrown away, logged as
	// an error and counted in PoolStats. A debugging aid: it reads all of the
	// memory for each call.
	CheckResets bool
}

// CompileEvent tells that a module's compilation begins or has ended.
type CompileEvent struct {
	// Name of the module, as given to Engine.Module.
	Name string
	// CodeBytes is the size of the unpacked module.
	CodeBytes int
	// Waiting: another process does the work, and this one waits for what it keeps in
	// the cache.
	Waiting bool
	// Done is false at the begin and true at the end.
	Done bool
	// Elapsed since the begin.
	Elapsed time.Duration
	// Err is why it failed, at the end.
	Err error
}

// Engine owns a wazero runtime and the modules compiled in it. Engines share
// compiled code through one cache per folder and process. Safe for concurrent
// use.
type Engine struct {
	runtime   wazero.Runtime
	cacheDir  string // empty: in memory
	logger    *slog.Logger
	onCompile func(CompileEvent)
	check     bool // Config.CheckResets

	// ctx ends when the engine is closed; compilations run under it, so that
	// the call that happened to start one can be canceled without the others.
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	modules map[*Module]struct{}

	// transient compiles modules whose code is not to be kept; nil until it is needed.
	transientMu sync.Mutex
	transient   wazero.Runtime
}

// NewEngine starts an engine. It compiles nothing yet.
func NewEngine(ctx context.Context, config Config) (*Engine, error) {
	logger := config.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	cache, dir := sharedCache(config.CacheDir, logger)
	r, err := newRuntime(ctx, cache)
	if err != nil {
		return nil, err
	}
	e := &Engine{runtime: r, cacheDir: dir, logger: logger, onCompile: config.OnCompile, check: config.CheckResets}
	e.ctx, e.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return e, nil
}

func runtimeConfig(cache wazero.CompilationCache) wazero.RuntimeConfig {
	config := wazero.NewRuntimeConfig()
	if cache != nil {
		config = config.WithCompilationCache(cache)
	}
	return config.
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall).
		WithDebugInfoEnabled(false).
		WithMemoryLimitPages(maxMemoryBytes/PageBytes + 1)
}

// newRuntime makes a wazero runtime with the modules that guests import.
func newRuntime(ctx context.Context, cache wazero.CompilationCache) (wazero.Runtime, error) {
	r := wazero.NewRuntimeWithConfig(ctx, runtimeConfig(cache))
	_, err := wasip1.Instantiate(ctx, r)
	if err == nil {
		err = instantiateHost(ctx, r)
	}
	if err != nil {
		_ = r.Close(ctx)
		return nil, fmt.Errorf("setting up the modules that guests import: %w", err)
	}
	return r, nil
}

// Module registers a binary under a name for messages. It is compiled at the
// first Prepare or Run, not here.
func (e *Engine) Module(spec ModuleSpec) *Module {
	return e.register(&Module{engine: e, spec: spec})
}

func (e *Engine) register(m *Module) *Module {
	m.pool.logger, m.pool.check = e.logger.With("runtime", m.spec.Name), e.check
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.modules == nil {
		e.modules = make(map[*Module]struct{})
	}
	e.modules[m] = struct{}{}
	return m
}

func (e *Engine) forget(m *Module) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.modules, m)
}

// Close ends compilations under way and releases every module. Calls must have
// ended before. A second Close does nothing.
func (e *Engine) Close(ctx context.Context) error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.closed = true
	modules := slices.Collect(maps.Keys(e.modules))
	e.mu.Unlock()

	e.cancel()
	e.work.Wait()
	var failed error
	for _, derived := range []bool{true, false} { // those that others came from last
		for _, m := range modules {
			if err := m.closeIf(derived); err != nil && failed == nil {
				failed = err
			}
		}
	}
	if e.transient != nil {
		if err := e.transient.Close(ctx); err != nil && failed == nil {
			failed = err
		}
	}
	if err := e.runtime.Close(ctx); err != nil && failed == nil {
		failed = err
	}
	return failed
}

// start runs work in a goroutine that Close waits for; false if closed.
func (e *Engine) start(work func(context.Context)) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.work.Go(func() { work(e.ctx) })
	return true
}

// compile translates a binary to machine code, or takes that from the cache. It
// returns the runtime in which the code can be instantiated: the engine's, or, where
// the cache on disk fails (full, damaged beyond mending), one of its own.
func (e *Engine) compile(ctx context.Context, binary []byte, workers int) (wazero.CompiledModule, wazero.Runtime, error) {
	compiled, err := compile(ctx, e.runtime, binary, workers)
	if err == nil || e.cacheDir == "" || ctx.Err() != nil {
		return compiled, e.runtime, err
	}
	mended := mendCache(ctx, e.cacheDir, binary)
	if mended == nil {
		if compiled, again := compile(ctx, e.runtime, binary, workers); again == nil {
			e.logger.Info("an entry of the compilation cache was damaged and has been replaced", "reason", err)
			return compiled, e.runtime, nil
		}
	}
	e.logger.Warn("the compilation cache fails; compiled code is kept in memory", "reason", err, "mending", mended)
	apart, failed := newRuntime(ctx, wazero.NewCompilationCache())
	if failed != nil {
		return nil, nil, failed
	}
	if compiled, err = compile(ctx, apart, binary, workers); err != nil {
		_ = apart.Close(ctx)
		return nil, nil, err
	}
	return compiled, apart, nil
}

// compileTransient compiles a module in a runtime without a cache.
func (e *Engine) compileTransient(ctx context.Context, binary []byte, workers int) (wazero.CompiledModule, wazero.Runtime, error) {
	e.transientMu.Lock()
	if e.transient == nil {
		r, err := newRuntime(e.ctx, nil)
		if err != nil {
			e.transientMu.Unlock()
			return nil, nil, err
		}
		e.transient = r
	}
	r := e.transient
	e.transientMu.Unlock()
	compiled, err := compile(ctx, r, binary, workers)
	return compiled, r, err
}

// compile uses all cores that Go may, or as many as there are workers.
func compile(ctx context.Context, r wazero.Runtime, binary []byte, workers int) (wazero.CompiledModule, error) {
	if most := runtime.GOMAXPROCS(0); workers <= 0 || workers > most {
		workers = most
	}
	return r.CompileModule(experimental.WithCompilationWorkers(ctx, workers), binary)
}
