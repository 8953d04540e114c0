package funcbox

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/funcbox/funcbox/lang"
)

// compiler returns the compiler of a language without a runtime, made when first
// needed.
func (ex *Executor) compiler(l *lang.Language) (lang.Compiler, error) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if made := ex.compilers[l]; made != nil {
		return made, nil
	}
	made, err := l.NewCompiler(lang.CompilerConfig{Engine: ex.engine, CacheDir: ex.cacheDir, Logger: ex.logger, OnCompile: ex.onCompile})
	if err != nil {
		return nil, fmt.Errorf("language %q: %w", l.Name, err)
	}
	if ex.compilers == nil {
		ex.compilers = make(map[*lang.Language]lang.Compiler)
	}
	ex.compilers[l] = made
	return made, nil
}

// prepare gets a language ready for its first call.
func (ex *Executor) prepare(ctx context.Context, l *lang.Language) error {
	if module := ex.modules[l]; module != nil {
		return module.Prepare(ctx)
	}
	compiler, err := ex.compiler(l)
	if err != nil {
		return err
	}
	return compiler.Prepare(ctx)
}

func (ex *Executor) closeCompilers(ctx context.Context) {
	for l, compiler := range ex.compilers {
		if err := compiler.Close(ctx); err != nil {
			ex.logger.Warn("closing a compiler", "language", l.Name, "error", err)
		}
	}
}

// closer is a program or a session.
type closer interface{ release() }

// register has Close close what a caller forgets.
func (ex *Executor) register(c closer) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if ex.open == nil {
		ex.open = make(map[closer]struct{})
	}
	ex.open[c] = struct{}{}
}

func (ex *Executor) unregister(c closer) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	delete(ex.open, c)
}

func (ex *Executor) closeOpen() {
	ex.mu.Lock()
	open := slices.Collect(maps.Keys(ex.open))
	ex.mu.Unlock()
	for _, c := range open {
		c.release()
	}
}
