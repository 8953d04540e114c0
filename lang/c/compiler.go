package c

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/signature"
	"github.com/funcbox/funcbox/wasm"
)

// How many builds stay in memory, and how many bytes their modules take together;
// machine code takes about four times that.
const (
	keptBuilds     = 64
	keptBuildBytes = 32 << 20
)

// compiler implements [lang.Compiler].
type compiler struct {
	dialect  *dialect
	mainFile string
	engine   *wasm.Engine
	tools    *toolchain
	release  func()
	store    *store
	headers  *headers
	logger   *slog.Logger

	mu      sync.Mutex
	closed  bool
	builds  map[string]*kept
	recent  list.List // of *kept, the one used last in front
	bytes   int
	most    int // builds in memory
	flights map[string]*flight
}

// kept is a build in memory.
type kept struct {
	key     string
	program *program
	listing *signature.Listing
	main    bool
	module  *wasm.Module
	place   *list.Element // nil once it was evicted
	users   int
}

// flight is a build on its way, which ends early when all who wait for it have left.
type flight struct {
	done     chan struct{}
	cancel   context.CancelFunc
	waiters  int
	build    *kept
	compiled bool
	err      error
}

func newCompiler(d *dialect, mainFile string, config lang.CompilerConfig) (lang.Compiler, error) {
	logger := config.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	report := config.OnCompile
	if report == nil {
		report = func(wasm.CompileEvent) {}
	}
	folder := cacheFolder(config.CacheDir, logger)
	tools, release, err := newToolchain(config.Engine, folder, report)
	if err != nil {
		return nil, err
	}
	c := &compiler{
		dialect: d, mainFile: mainFile, engine: config.Engine, tools: tools, release: release, logger: logger,
		store: newStore(folder, logger), builds: make(map[string]*kept), flights: make(map[string]*flight),
		most: keptBuilds,
	}
	c.headers = newHeaders(d, tools, c.store, report)
	return c, nil
}

// Prepare implements [lang.Compiler].
func (c *compiler) Prepare(ctx context.Context) error {
	if err := c.tools.prepare(ctx); err != nil {
		return err
	}
	return c.headers.prepare(ctx)
}

// Compile implements [lang.Compiler].
func (c *compiler) Compile(ctx context.Context, source *lang.Source) (*lang.Build, error) {
	if err := c.dialect.check(&source.Options); err != nil {
		return nil, &lang.CompileFailure{Diagnostics: err.Error()}
	}
	files, err := c.dialect.collect(source, c.mainFile)
	if err != nil {
		return nil, &lang.CompileFailure{Diagnostics: "error: " + err.Error()}
	}
	key := files.key(c.dialect, source)

	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil, wasm.ErrClosed
	}
	if k := c.builds[key]; k != nil {
		defer c.mu.Unlock()
		return c.use(k, false), nil
	}
	f := c.flights[key]
	if f == nil {
		f = &flight{done: make(chan struct{})}
		var own context.Context
		own, f.cancel = context.WithCancel(context.WithoutCancel(ctx))
		c.flights[key] = f
		go c.fly(own, f, key, files, source)
	}
	f.waiters++
	c.mu.Unlock()

	select {
	case <-f.done:
	case <-ctx.Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		if f.waiters--; f.waiters == 0 {
			f.cancel()
			if c.flights[key] == f {
				delete(c.flights, key)
			}
			select {
			case <-f.done: // it ended at the same time
				c.drop(f.build)
			default:
			}
		}
		return nil, context.Cause(ctx)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	f.waiters--
	defer f.cancel()
	if f.err != nil {
		return nil, failure(f.err)
	}
	build := c.use(f.build, f.compiled)
	if f.waiters == 0 {
		c.drop(f.build)
	}
	return build, nil
}

// failure makes of errors of a program the type that callers know.
func failure(err error) error {
	if failed := (*failedError)(nil); errors.As(err, &failed) {
		return &lang.CompileFailure{Diagnostics: failed.diagnostics}
	}
	return err
}

// fly makes a build and keeps it. The flight itself is a user of it until the last who
// waits has taken it.
func (c *compiler) fly(ctx context.Context, f *flight, key string, files *sources, source *lang.Source) {
	k, compiled, err := c.make(ctx, key, files, source)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flights[key] == f {
		delete(c.flights, key)
	}
	f.build, f.compiled, f.err = k, compiled, err
	if k != nil {
		k.users = 1
		c.keep(k)
		if f.waiters == 0 {
			c.drop(k)
		}
	}
	close(f.done)
}

// make takes a program from the disk or compiles it, and gets its module ready.
func (c *compiler) make(ctx context.Context, key string, files *sources, source *lang.Source) (*kept, bool, error) {
	if p := c.store.read(key); p != nil {
		k, err := c.prepare(ctx, key, p)
		if err == nil || ctx.Err() != nil || errors.Is(err, wasm.ErrClosed) {
			return k, false, err
		}
		c.logger.Info("a compiled program is made anew: the one on disk cannot be used", "key", key, "reason", err)
	}
	p, err := c.compile(ctx, files, source)
	if err != nil {
		return nil, false, err
	}
	k, err := c.prepare(ctx, key, p)
	if err == nil {
		c.store.write(key, p)
	}
	return k, true, err
}

// prepare gets the module of a compiled program ready.
func (c *compiler) prepare(ctx context.Context, key string, p *program) (*kept, error) {
	listed, err := value.Decode(p.listing, value.Limits{})
	if err != nil {
		return nil, fmt.Errorf("the list of the program's functions: %w", err)
	}
	functions, err := signature.Decode(listed)
	if err != nil {
		return nil, &failedError{"error: the program's functions cannot be listed: " + err.Error()}
	}
	secured, err := secure(p.module)
	if err != nil {
		return nil, &failedError{"error: " + err.Error()}
	}
	module := c.engine.Module(wasm.ModuleSpec{Name: c.dialect.name, Binary: wasm.PlainBinary(secured), Transient: true, Quiet: true})
	if err := module.Prepare(ctx); err != nil {
		module.Close()
		if ctx.Err() != nil || errors.Is(err, wasm.ErrClosed) {
			return nil, err
		}
		return nil, &failedError{"error: the program cannot run: " + err.Error()}
	}
	return &kept{key: key, program: p, listing: functions, main: hasMain(p.module), module: module}, nil
}

func (c *compiler) compile(ctx context.Context, files *sources, source *lang.Source) (*program, error) {
	job := &compilation{dialect: c.dialect, sources: files, tools: c.tools, options: &source.Options, source: source}
	if source.Parameters != nil {
		job.mayBeBody = true
		return job.buildOrBody(ctx, c.headers)
	}
	return job.build(ctx, c.headers)
}

// use hands a build to a caller. The lock is held.
func (c *compiler) use(k *kept, compiled bool) *lang.Build {
	k.users++
	if k.place != nil {
		c.recent.MoveToFront(k.place)
	}
	return &lang.Build{
		Module: k.module, Listing: k.listing, HasMain: k.main, Warnings: k.program.warnings, Compiled: compiled,
		Release: sync.OnceFunc(func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.drop(k)
		}),
	}
}

// drop ends a use. The lock is held.
func (c *compiler) drop(k *kept) {
	if k == nil {
		return
	}
	if k.users--; k.users == 0 && k.place == nil {
		k.module.Close()
	}
}

// keep puts a build into memory and evicts those that were not used for longest. The
// lock is held.
func (c *compiler) keep(k *kept) {
	if c.closed || c.builds[k.key] != nil {
		return
	}
	c.builds[k.key] = k
	k.place = c.recent.PushFront(k)
	c.bytes += len(k.program.module)
	for c.recent.Len() > 1 && (c.recent.Len() > c.most || c.bytes > keptBuildBytes) {
		c.evict(c.recent.Back().Value.(*kept))
	}
}

func (c *compiler) evict(k *kept) {
	delete(c.builds, k.key)
	c.recent.Remove(k.place)
	k.place = nil
	c.bytes -= len(k.program.module)
	if k.users == 0 {
		k.module.Close()
	}
}

// Close implements [lang.Compiler].
func (c *compiler) Close(context.Context) error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	var flying []chan struct{}
	for _, f := range c.flights {
		f.cancel()
		flying = append(flying, f.done)
	}
	c.mu.Unlock()
	for _, done := range flying {
		<-done
	}
	c.headers.close()
	c.mu.Lock()
	for c.recent.Len() > 0 {
		c.evict(c.recent.Back().Value.(*kept))
	}
	c.mu.Unlock()
	c.release()
	return nil
}
