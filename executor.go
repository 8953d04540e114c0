package funcbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Executor calls functions of the languages it was given. Runtimes are compiled
// and started when first needed and kept until Close. Safe for use by many
// goroutines.
type Executor struct {
	languages lang.Registry
	limits    Limits
	engine    *wasm.Engine
	modules   map[*lang.Language]*wasm.Module
	layers    map[*lang.Language][]vfs.Mount // what every call of a language sees
	hooks     Hooks
	policies  policyCache
	listings  listingCache
	hostFuncs map[string]HostFunc
	observer  Observer
	cacheDir  string
	onCompile func(wasm.CompileEvent)
	logger    *slog.Logger
	// slots holds one element for each call that runs.
	slots chan struct{}

	// ctx ends when Close gives up waiting; running calls end with it.
	ctx    context.Context
	cancel context.CancelFunc

	mu     sync.Mutex
	closed bool
	// compilers are those that were needed so far.
	compilers map[*lang.Language]lang.Compiler
	// open are programs and sessions, which Close closes.
	open  map[closer]struct{}
	calls sync.WaitGroup
}

// New makes an executor. It compiles nothing; see [Executor.Warm]. The context
// is used for setting up only.
func New(ctx context.Context, options ...Option) (*Executor, error) {
	c, err := newConfig(options)
	if err != nil {
		return nil, err
	}
	engine, err := wasm.NewEngine(ctx, c.engine)
	if err != nil {
		return nil, fmt.Errorf("funcbox: %w", err)
	}
	ex := &Executor{
		languages: c.languages,
		limits:    c.limits,
		engine:    engine,
		modules:   make(map[*lang.Language]*wasm.Module),
		layers:    make(map[*lang.Language][]vfs.Mount),
		hooks:     c.hooks,
		hostFuncs: c.hostFuncs,
		observer:  c.observer,
		cacheDir:  c.engine.CacheDir,
		onCompile: c.engine.OnCompile,
		logger:    c.engine.Logger,
		slots:     make(chan struct{}, c.maxConcurrent),
	}
	if ex.logger == nil {
		ex.logger = slog.New(slog.DiscardHandler)
	}
	ex.ctx, ex.cancel = context.WithCancel(context.Background())
	for _, l := range c.languages.All() {
		layers, err := layersOf(l)
		if err != nil {
			return nil, fmt.Errorf("funcbox: %w", errors.Join(err, engine.Close(ctx)))
		}
		ex.layers[l] = layers
		if l.Binary == nil {
			continue
		}
		ex.modules[l] = engine.Module(wasm.ModuleSpec{Name: l.Name, Binary: l.Binary, StartupFiles: startupFiles(l.Library, layers), Fingerprint: l.Fingerprint})
	}
	return ex, nil
}

// layersOf makes the layers of a language's trees. What they read they keep, for
// all calls of the executor.
func layersOf(l *lang.Language) ([]vfs.Mount, error) {
	var layers []vfs.Mount
	for _, tree := range l.Trees {
		path, err := vfs.ParsePath(tree.Path, "/")
		if err != nil {
			return nil, fmt.Errorf("language %q: %w", l.Name, err)
		}
		layers = append(layers, vfs.Mount{Path: path, Layer: vfs.NewLayer(tree.Files)})
	}
	return layers, nil
}

// startupFiles is the filesystem that a runtime starts with: its library and what
// calls see.
func startupFiles(library fs.FS, layers []vfs.Mount) func() (fsapi.FileSystem, error) {
	if library != nil {
		layers = append(slices.Clip(layers), vfs.Mount{Path: lang.LibraryPath, Layer: vfs.NewLayer(library)})
	}
	if len(layers) == 0 {
		return nil
	}
	return func() (fsapi.FileSystem, error) { return vfs.New(vfs.Options{Layers: layers}) }
}

// Languages returns the executor's languages in the order they were given.
func (ex *Executor) Languages() []*lang.Language { return ex.languages.All() }

// RuntimeStats is what an executor keeps of one runtime for its next calls.
type RuntimeStats struct {
	// Language by its canonical name.
	Language string
	// WarmInstances is the number of sandboxes kept ready: at most two for each core
	// that Go uses. They are released after 30 s without use.
	WarmInstances int
	// WarmBytes bounds the memory that these hold besides the image they share.
	WarmBytes int64
	// FailedResets is the number of sandboxes thrown away since New because they
	// could not be brought back to their image.
	FailedResets int64
}

// Stats returns figures for each language, in the order they were given.
func (ex *Executor) Stats() []RuntimeStats {
	var stats []RuntimeStats
	for _, l := range ex.languages.All() {
		if ex.modules[l] == nil {
			stats = append(stats, RuntimeStats{Language: l.Name})
			continue
		}
		kept := ex.modules[l].Stats()
		stats = append(stats, RuntimeStats{
			Language: l.Name, WarmInstances: kept.Warm, WarmBytes: kept.PrivateBytes, FailedResets: kept.FailedResets,
		})
	}
	return stats
}

// Warm compiles and starts the runtimes of the languages named, or of all, so
// that the first call does not wait for that. It returns early when ctx ends;
// the work then goes on in the background.
func (ex *Executor) Warm(ctx context.Context, languages ...string) error {
	if err := ex.begin(); err != nil {
		return err
	}
	defer ex.calls.Done()
	chosen := ex.languages.All()
	if len(languages) > 0 {
		chosen = chosen[:0]
		for _, name := range languages {
			l, err := ex.language(name)
			if err != nil {
				return err
			}
			chosen = append(chosen, l)
		}
	}
	for _, l := range chosen {
		if err := ex.prepare(ctx, l); err != nil {
			return fmt.Errorf("funcbox: %w", err)
		}
	}
	return nil
}

// Close refuses new calls, waits until those under way have ended and releases
// everything. When ctx ends first, the calls are canceled (status terminated).
// Close may be called more than once.
func (ex *Executor) Close(ctx context.Context) error {
	ex.mu.Lock()
	ex.closed = true
	ex.mu.Unlock()
	stop := context.AfterFunc(ctx, ex.cancel)
	ex.calls.Wait()
	stop()
	ex.cancel()
	ex.closeOpen()
	ex.closeCompilers(context.WithoutCancel(ctx))
	if err := ex.engine.Close(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("funcbox: closing: %w", err)
	}
	return nil
}

// begin registers a call with Close; the caller ends it with ex.calls.Done.
func (ex *Executor) begin() error {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if ex.closed {
		return ErrClosed
	}
	ex.calls.Add(1)
	return nil
}

func (ex *Executor) language(name string) (*lang.Language, error) {
	if l := ex.languages.ByName(name); l != nil {
		return l, nil
	}
	known := strings.Join(ex.languages.Names(), ", ")
	if known == "" {
		return nil, fmt.Errorf("%w %q: the executor was given none; see WithLanguages", ErrUnknownLanguage, name)
	}
	return nil, fmt.Errorf("%w %q; known are: %s", ErrUnknownLanguage, name, known)
}

// hostError words an error of the engine as one of this package.
func hostError(err error) error {
	switch {
	case errors.Is(err, wasm.ErrClosed):
		return ErrClosed
	case errors.Is(err, wasm.ErrMemoryLimit):
		return fmt.Errorf("%w: %w", ErrBadRequest, err)
	case errors.Is(err, ErrBadRequest), errors.Is(err, ErrOpenFiles): // what a load refused
		return err
	}
	return fmt.Errorf("funcbox: %w", err)
}
