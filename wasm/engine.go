package wasm

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/funcbox/funcbox/wasm/wasip1"
)

// Config of an Engine. The zero value is usable.
type Config struct {
	// CacheDir keeps compiled code between processes. Empty: the folder
	// "funcbox" in the user's cache folder; MemoryOnly: nothing on disk.
	CacheDir string
	// Logger hears of what does not stop the engine; nil discards it.
	Logger *slog.Logger
	// OnCompile, if set, is called when a module starts and when it has ended
	// being compiled or read from the cache, from one goroutine at a time per
	// module.
	OnCompile func(CompileEvent)
}

// CompileEvent tells that a module's compilation begins or has ended.
type CompileEvent struct {
	// Name of the module, as given to Engine.Module.
	Name string
	// CodeBytes is the size of the unpacked module.
	CodeBytes int
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
	logger    *slog.Logger
	onCompile func(CompileEvent)

	// ctx ends when the engine is closed; compilations run under it, so that
	// the call that happened to start one can be cancelled without the others.
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	modules []*Module
}

// NewEngine starts an engine. It compiles nothing yet.
func NewEngine(ctx context.Context, config Config) (*Engine, error) {
	logger := config.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	runtimeConfig := wazero.NewRuntimeConfig().
		WithCompilationCache(sharedCache(config.CacheDir, logger)).
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall).
		WithDebugInfoEnabled(false).
		WithMemoryLimitPages(maxMemoryBytes / PageBytes)
	e := &Engine{
		runtime:   wazero.NewRuntimeWithConfig(ctx, runtimeConfig),
		logger:    logger,
		onCompile: config.OnCompile,
	}
	e.ctx, e.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if _, err := wasip1.Instantiate(ctx, e.runtime); err != nil {
		_ = e.runtime.Close(ctx)
		return nil, fmt.Errorf("setting up WASI: %w", err)
	}
	if err := instantiateHost(ctx, e.runtime); err != nil {
		_ = e.runtime.Close(ctx)
		return nil, fmt.Errorf("setting up the host module: %w", err)
	}
	return e, nil
}

// Module registers a binary under a name for messages. It is compiled at the
// first Prepare or Run, not here.
func (e *Engine) Module(spec ModuleSpec) *Module {
	m := &Module{engine: e, spec: spec}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.modules = append(e.modules, m)
	return m
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
	modules := e.modules
	e.mu.Unlock()

	e.cancel()
	e.work.Wait()
	var failed error
	for _, m := range modules {
		if err := m.close(); err != nil && failed == nil {
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

// compile translates a binary to machine code on all cores, or takes that from
// the cache.
func (e *Engine) compile(ctx context.Context, binary []byte) (wazero.CompiledModule, error) {
	return e.runtime.CompileModule(experimental.WithCompilationWorkers(ctx, runtime.GOMAXPROCS(0)), binary)
}
