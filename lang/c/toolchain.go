package c

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm"
	"github.com/funcbox/funcbox/wasm/fsapi"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// Limits of one run of the compiler or linker. A program of many templates takes
// 100 MiB and 0.5 billion of fuel; making a precompiled header takes most, 210 MiB and
// 0.75 billion. All of the fuel is about a minute; the time is for what waits.
const (
	toolTimeout     = 5 * time.Minute
	toolMemoryBytes = 512 << 20
	toolFuel        = 2_000_000_000
	toolFileBytes   = 256 << 20
	// toolOutputBytes is what is kept of diagnostics.
	toolOutputBytes = 64 << 10
	// toolsAtOnce is how many run at a time.
	toolsAtOnce = 2
)

// Places in the compiler's filesystem that programs have no say in.
const (
	sysrootPath vfs.Path = "/usr"
	tempPath    vfs.Path = "/tmp"
	outputPath  vfs.Path = "/.funcbox" // objects, generated units, precompiled headers
)

// toolchain is the compiler and linker in an engine. Safe for concurrent use.
type toolchain struct {
	module *wasm.Module
	layer  *vfs.Layer
	slots  chan struct{}
	fuel   int64  // of one run
	folder string // of locks; empty: none
	report func(wasm.CompileEvent)

	ctx    context.Context // ends when the toolchain is no longer used
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu        sync.Mutex
	preparing *preparation
}

// preparation is the compilation of clang itself on its way.
type preparation struct {
	done chan struct{}
	err  error
}

// toolchains holds one for each engine, as C and C++ share it.
var toolchains struct {
	sync.Mutex
	byEngine map[*wasm.Engine]*sharedToolchain
}

type sharedToolchain struct {
	toolchain
	users int
}

// newToolchain returns the toolchain of an engine; release is to be called when it is
// no longer used. report hears of waits for other processes.
func newToolchain(engine *wasm.Engine, folder string, report func(wasm.CompileEvent)) (tools *toolchain, release func(), err error) {
	files, err := sysroot()
	if err != nil {
		return nil, nil, err
	}
	toolchains.Lock()
	defer toolchains.Unlock()
	shared := toolchains.byEngine[engine]
	if shared == nil {
		shared = &sharedToolchain{toolchain: toolchain{
			module: engine.Module(wasm.ModuleSpec{Name: "clang", Binary: clang(), Command: true}),
			layer:  vfs.NewLayer(files),
			slots:  make(chan struct{}, toolsAtOnce),
			fuel:   toolFuel,
			folder: folder,
			report: report,
		}}
		shared.ctx, shared.cancel = context.WithCancel(context.Background())
		if toolchains.byEngine == nil {
			toolchains.byEngine = make(map[*wasm.Engine]*sharedToolchain)
		}
		toolchains.byEngine[engine] = shared
	}
	shared.users++
	release = sync.OnceFunc(func() {
		toolchains.Lock()
		defer toolchains.Unlock()
		if shared.users--; shared.users == 0 {
			delete(toolchains.byEngine, engine)
			shared.cancel()
			shared.work.Wait()
			shared.module.Close()
		}
	})
	return &shared.toolchain, release, nil
}

// prepare gets clang ready, or returns early when ctx ends; the work goes on for others.
func (t *toolchain) prepare(ctx context.Context) error {
	if t.module.Prepared() {
		return nil
	}
	t.mu.Lock()
	p := t.preparing
	if p == nil {
		p = &preparation{done: make(chan struct{})}
		t.preparing = p
		t.work.Go(func() {
			p.err = t.prepareOnce()
			t.mu.Lock()
			t.preparing = nil
			t.mu.Unlock()
			close(p.done)
		})
	}
	t.mu.Unlock()
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t *toolchain) prepareOnce() error {
	unlock, err := lock(t.ctx, t.folder, "clang", "clang", t.report)
	if err != nil {
		return err
	}
	defer unlock()
	defer boundHeap(preparationBytes)()
	return t.module.Prepare(t.ctx)
}

// preparationBytes is what compiling clang lets Go's memory grow by before it collects
// garbage more often: about 0.8 GiB of it are in use at the end. Without a bound the
// process grows to 1.9 GiB, with it to 1.4 GiB, of which 0.3 GiB are machine code.
const preparationBytes = 850 << 20

var heapBound sync.Mutex

// boundHeap has the garbage collector work harder once Go's memory has grown by so many
// bytes, until the function that it returns is called. A limit that is stricter already
// stays.
func boundHeap(bytes int64) (undo func()) {
	heapBound.Lock()
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	limit := int64(samples[0].Value.Uint64()-samples[1].Value.Uint64()) + bytes
	before := debug.SetMemoryLimit(-1)
	if limit < before {
		debug.SetMemoryLimit(limit)
	}
	return func() {
		if limit < before {
			debug.SetMemoryLimit(before)
		}
		heapBound.Unlock()
	}
}

// command is one run of a tool.
type command struct {
	arguments []string
	files     map[vfs.Path][]byte
	workdir   vfs.Path
	output    vfs.Path
	late      *lateFile // nil: none
}

// produced is what a run left.
type produced struct {
	output []byte
	// stderr is what the tool printed there.
	stderr []byte
}

// errTimeLimit is the cause of a context whose end is the limit of a run.
var errTimeLimit = errors.New("the compiler's time limit was reached")

// failedError is a run that ended with an error of what it was given.
type failedError struct{ diagnostics string }

func (e *failedError) Error() string { return e.diagnostics }

// run waits for its turn and runs a tool. An error of what it was given, limits
// included, is a *failedError.
func (t *toolchain) run(ctx context.Context, c command, stdout io.Writer) (*produced, error) {
	if err := t.enter(ctx); err != nil {
		return nil, err
	}
	return t.runEntered(ctx, c, stdout)
}

// enter waits for the turn of a run, which runEntered ends.
func (t *toolchain) enter(ctx context.Context) error {
	if err := t.prepare(ctx); err != nil {
		return err
	}
	select {
	case t.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t *toolchain) runEntered(ctx context.Context, c command, stdout io.Writer) (*produced, error) {
	defer func() { <-t.slots }()
	tree, err := vfs.New(vfs.Options{
		Bytes: toolFileBytes, Files: c.files, Directories: []vfs.Path{tempPath, outputPath, c.workdir},
		Layers: []vfs.Mount{{Path: sysrootPath, Layer: t.layer}},
	})
	if err != nil {
		return nil, &failedError{fmt.Sprintf("error: the files of the program cannot be used: %v", err)}
	}
	defer func() { _ = tree.Close() }()
	var diagnostics limitedBuffer
	limited, cancel := context.WithTimeoutCause(ctx, toolTimeout, errTimeLimit)
	defer cancel()
	files := fsapi.FileSystem(tree)
	if c.late != nil {
		files = &lateFS{FileSystem: files, late: c.late}
	}
	outcome, err := t.module.Run(limited, wasm.Job{
		System: wasip1.Config{Args: c.arguments, Stdout: stdout, Stderr: &diagnostics, FS: files, OpenFiles: 512},
		Limits: wasm.Limits{Fuel: t.fuel, MemoryBytes: toolMemoryBytes},
	})
	if err != nil {
		return nil, err
	}
	p := &produced{stderr: diagnostics.Bytes()}
	outOfMemory := bytes.Contains(p.stderr, []byte("LLVM ERROR: out of memory")) // after which it exits
	switch {
	case outcome.Ending == wasm.Exited && outcome.ExitCode == 0:
		if c.output != "" {
			p.output, err = fs.ReadFile(tree.View(), string(c.output[1:]))
		}
		return p, err
	case outcome.Ending == wasm.Exited && !outOfMemory:
		return p, &failedError{diagnostics.String()}
	case errors.Is(outcome.Err, errTimeLimit):
		return p, stopped(&diagnostics, fmt.Sprintf("it did not end within %v", toolTimeout))
	case errors.Is(outcome.Err, wasm.ErrFuel):
		return p, stopped(&diagnostics, "it did more work than any program is allowed to take")
	case outcome.Ending == wasm.Stopped:
		return nil, outcome.Err
	case outOfMemory || outcome.MemoryBytes > toolMemoryBytes*9/10:
		return p, stopped(&diagnostics, fmt.Sprintf("it took more than %d MiB of memory", toolMemoryBytes>>20))
	}
	return p, stopped(&diagnostics, "it crashed, perhaps because something in the code is nested too deeply")
}

// stopped is the error about a run that was cut short.
func stopped(diagnostics *limitedBuffer, why string) error {
	text := diagnostics.String()
	if text != "" && text[len(text)-1] != '\n' {
		text += "\n"
	}
	return &failedError{text + "error: the compiler was stopped: " + why + "\n"}
}

// limitedBuffer keeps the begin of what is written to it.
type limitedBuffer struct {
	bytes.Buffer
	limit int // 0: toolOutputBytes
	cut   bool
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	limit := b.limit
	if limit == 0 {
		limit = toolOutputBytes
	}
	if room := limit - b.Len(); len(p) > room {
		b.cut = true
		b.Buffer.Write(p[:max(room, 0)])
		return len(p), nil
	}
	return b.Buffer.Write(p)
}

// String marks what was cut.
func (b *limitedBuffer) String() string {
	if b.cut {
		return b.Buffer.String() + "\n[more was cut]\n"
	}
	return b.Buffer.String()
}
