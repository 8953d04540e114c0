package funcbox

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/wasm"
)

// MemoryOnly as a cache folder keeps compiled runtimes in memory only.
const MemoryOnly = wasm.MemoryOnly

// slotsPerCore is how many calls per core run at once by default: more than one,
// since calls may sleep, and few enough to bound the memory they hold.
const slotsPerCore = 4

// Option configures an executor.
type Option func(*config) error

type config struct {
	languages     lang.Registry
	limits        Limits
	maxConcurrent int
	hooks         Hooks
	engine        wasm.Config
	hostFuncs     map[string]HostFunc
	observer      Observer
}

func newConfig(options []Option) (*config, error) {
	c := &config{limits: DefaultLimits(), maxConcurrent: slotsPerCore * runtime.GOMAXPROCS(0)}
	for _, option := range options {
		if err := option(c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// WithLanguages gives the executor languages. May be used more than once; two
// languages that want the same name are an error.
func WithLanguages(languages ...*lang.Language) Option {
	return func(c *config) error {
		for _, l := range languages {
			if err := c.languages.Add(l); err != nil {
				return fmt.Errorf("funcbox: %w", err)
			}
		}
		return nil
	}
}

// WithLimits sets the limits of calls that do not set their own. Fields left
// zero keep their defaults.
func WithLimits(limits Limits) Option {
	return func(c *config) error {
		if err := limits.check(); err != nil {
			return err
		}
		c.limits = limits.or(c.limits)
		return nil
	}
}

// WithMaxConcurrent sets how many calls run at once; others wait in the order
// they came. Default: four for each core that Go uses.
func WithMaxConcurrent(calls int) Option {
	return func(c *config) error {
		if calls < 1 {
			return fmt.Errorf("funcbox: WithMaxConcurrent(%d): at least one call must be able to run", calls)
		}
		c.maxConcurrent = calls
		return nil
	}
}

// WithCacheDir sets the folder that keeps compiled runtimes and their images, that
// is the runtimes as they are once started, between processes; it is made with mode
// 0700 and must not be writable to others, since its files are run as machine code. MemoryOnly keeps nothing on disk. Default: the folder
// "funcbox" in the user's cache folder. A folder that cannot be used is replaced
// by memory, and the logger hears why.
func WithCacheDir(dir string) Option {
	return func(c *config) error {
		if dir == "" {
			return errors.New("funcbox: WithCacheDir: the folder's name is empty")
		}
		c.engine.CacheDir = dir
		return nil
	}
}

// WithLogger sets where the executor reports what stops no call. Default:
// nowhere.
func WithLogger(logger *slog.Logger) Option {
	return func(c *config) error {
		c.engine.Logger = logger
		return nil
	}
}

// WithResetCheck makes the executor compare each warm sandbox with its image, every
// byte of memory and every global, before another call may use it. One that
// differs is not used, and the logger hears an error. A debugging aid: what it
// looks for must not happen, and it costs reading all of the guest's memory for
// each call.
func WithResetCheck() Option {
	return func(c *config) error {
		c.engine.CheckResets = true
		return nil
	}
}

// CompileProgress tells that a runtime is being made ready.
type CompileProgress struct {
	// Language by its canonical name.
	Language string
	// CodeBytes is the size of the runtime's WebAssembly code.
	CodeBytes int
	// Waiting: another process gets the same ready, and this one waits for that.
	Waiting bool
	// Done is false when the work begins and true when it has ended.
	Done bool
	// Elapsed since the begin.
	Elapsed time.Duration
	// Err is why it failed, when Done.
	Err error
}

// WithCompileProgress sets a function that is called when compiling a runtime
// begins and when that has ended. A runtime found in the cache takes
// milliseconds; one compiled for the first time takes a second or more. The
// function is called from goroutines of the executor and must return soon.
func WithCompileProgress(report func(CompileProgress)) Option {
	return func(c *config) error {
		c.engine.OnCompile = func(e wasm.CompileEvent) {
			report(CompileProgress{Language: e.Name, CodeBytes: e.CodeBytes, Waiting: e.Waiting, Done: e.Done, Elapsed: e.Elapsed, Err: e.Err})
		}
		return nil
	}
}
