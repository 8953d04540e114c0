package funcbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/signature"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm"
)

// Program is code that was loaded once and photographed: its top level has run, and each
// call starts from there in a sandbox of its own. Imports and set-up cost a call
// nothing, and nothing that a call does is seen by another. It takes memory for what
// loading wrote only. Safe for use by many goroutines.
//
// Random generators of the language itself are seeded for each call. One that the code
// made and seeded while it was loaded is part of the photograph, and begins the same in
// each call.
type Program struct {
	ex       *Executor
	language *lang.Language
	module   *wasm.Module
	files    *vfs.Image
	listing  *signature.Listing
	load     Request // what calls take over
	result   *ExecutionResult
	free     func() // lets go of what was compiled

	mu     sync.Mutex
	calls  int
	closed bool
}

// LoadError tells why code could not be loaded: the guest failed.
type LoadError struct {
	// Result is that of the loading, with its output.
	Result *ExecutionResult
}

// Error implements error.
func (e *LoadError) Error() string { return e.Result.failure("loading: ").Error() }

// Unwrap returns the result's error.
func (e *LoadError) Unwrap() error { return e.Result.Err() }

// ErrOpenFiles says that what is to be photographed holds files open.
var ErrOpenFiles = errors.New("funcbox: files were left open")

// Load runs the top level of req.Code and photographs what that leaves behind: state,
// imports, and the files of the request with what loading changed in them. Limits,
// Mount and streams are those of the loading alone; what is mounted is not part of the
// photograph, so calls mount for themselves. Function, Args and Kwargs must be empty.
//
// The error is a [*LoadError] if the code failed, matches ErrOpenFiles if it left files
// open, and else tells of a failure of the host. The program is closed with Close, or
// with the executor.
func (ex *Executor) Load(ctx context.Context, req Request) (*Program, error) {
	if err := ex.begin(); err != nil {
		return nil, err
	}
	defer ex.calls.Done()
	if req.Function != "" || len(req.Args)+len(req.Kwargs) > 0 {
		return nil, fmt.Errorf("%w: Load calls no function: Function, Args and Kwargs are for the program's calls", ErrBadRequest)
	}
	if req.Mount != nil && req.Mount.Sync.Mode != SyncManual {
		return nil, fmt.Errorf("%w: Load does not sync: Mount.Sync must be manual", ErrBadRequest)
	}
	p, err := ex.plan(&req, nil)
	if err != nil {
		return nil, err
	}
	schema := req.Schema // the loading itself goes without
	program := &Program{ex: ex, language: p.language, free: func() {}}
	res, err := ex.run(ctx, p, func(ctx context.Context, res *ExecutionResult) error {
		return ex.load(ctx, p, res, program)
	})
	if err != nil {
		return nil, err
	}
	if !res.Success() {
		if program.module != nil { // the last of the output could not be written
			program.retire()
		}
		return nil, &LoadError{Result: res}
	}
	program.result = res
	program.load = Request{Filename: req.Filename, Workdir: req.Workdir, Env: req.Env, Argv: req.Argv, HostFuncs: req.HostFuncs, Schema: schema}
	ex.register(program)
	return program, nil
}

// load runs a load and takes the photograph.
func (ex *Executor) load(ctx context.Context, p *plan, res *ExecutionResult, program *Program) error {
	p.req.Schema = nil // is about calls, and has been told to the compiler
	talk, err := p.loading()
	if err != nil {
		return err
	}
	files, err := p.filesystem(ctx, ex.hooks)
	if err != nil {
		return err
	}
	defer ex.release(files.close)
	var failed, exited bool
	err = p.guest(ctx, res, files.tree, talk, func(ctx context.Context, job wasm.Job) (wasm.Outcome, error) {
		outcome, module, err := p.module.Load(ctx, job, func(outcome wasm.Outcome) (refused error) {
			program.listing, failed, refused = decodeListing(outcome.Reply)
			if !failed && refused == nil && p.listing != nil { // of a compiler
				listed := *p.listing
				listed.Body = p.main && len(listed.Functions) == 0
				program.listing = &listed
			}
			if failed || refused != nil {
				return errNotLoaded
			}
			if program.listing.Body {
				return fmt.Errorf("%w: the code is the body of a function and cannot be loaded; put it into a function", ErrBadRequest)
			}
			program.files, refused = files.tree.Image()
			return refused
		})
		exited = outcome.Ending == wasm.Exited
		switch {
		case errors.Is(err, errNotLoaded):
			return outcome, nil
		case errors.Is(err, wasm.ErrOpenFiles):
			return outcome, fmt.Errorf("%w when the code had been loaded; close them: %s", ErrOpenFiles, openFiles(err))
		}
		program.module = module
		return outcome, err
	})
	res.Value = nil
	if err != nil {
		return err
	}
	switch {
	case program.module != nil || !res.Success():
	case exited: // with code 0, which is a success of a call, but leaves nothing to call
		res.fail(StatusError, &GuestError{Type: "Exit", Message: "the guest exited while it was loaded, so that there is nothing to call"}, ErrExit)
	default:
		return errors.New("funcbox: the guest's list of its functions cannot be read")
	}
	if program.module != nil {
		program.free, p.release = p.release, func() {}
	}
	return nil
}

// errNotLoaded: the reply says why.
var errNotLoaded = errors.New("not loaded")

func openFiles(err error) string {
	var open *wasm.OpenFilesError
	if errors.As(err, &open) {
		return fmt.Sprintf("%q", open.Paths)
	}
	return err.Error()
}

// Execute calls a function of the program. Language, Code and Compile must be empty. Env,
// Argv, Workdir, Filename, HostFuncs and Schema are those of Load where the request has
// none; Files come on top of the program's.
func (p *Program) Execute(ctx context.Context, req Request) (*ExecutionResult, error) {
	if err := p.begin(); err != nil {
		return nil, err
	}
	defer p.end()
	if err := p.ex.begin(); err != nil {
		return nil, err
	}
	defer p.ex.calls.Done()
	if req.Language != "" || req.Code != "" || !req.Compile.IsZero() {
		return nil, fmt.Errorf("%w: a call of a program has no Language, Code or Compile: they were given to Load", ErrBadRequest)
	}
	req.Filename, req.Workdir = first(req.Filename, p.load.Filename), first(req.Workdir, p.load.Workdir)
	if req.Env == nil {
		req.Env = p.load.Env
	}
	if req.Argv == nil {
		req.Argv = p.load.Argv
	}
	if req.HostFuncs == nil {
		req.HostFuncs = p.load.HostFuncs
	}
	if req.Schema == nil {
		req.Schema = p.load.Schema
	}
	plan, err := p.ex.plan(&req, p)
	if err != nil {
		return nil, err
	}
	return p.ex.run(ctx, plan, func(ctx context.Context, res *ExecutionResult) error {
		if refused, err := plan.bindKnown(); err != nil || refused != nil {
			plan.refuse(res, refused)
			return err
		}
		return p.ex.serve(ctx, plan, res, plan.module.Run)
	})
}

// Call calls a function of the program with positional arguments: a short form of
// Execute.
func (p *Program) Call(ctx context.Context, function string, args ...any) (*ExecutionResult, error) {
	return p.Execute(ctx, Request{Function: function, Args: args})
}

// Functions returns the names of the program's functions, in the order of definition.
func (p *Program) Functions() []string {
	names := make([]string, 0, len(p.listing.Functions))
	for i := range p.listing.Functions {
		names = append(names, p.listing.Functions[i].Name)
	}
	return names
}

// Signatures returns what is known of the program's functions.
func (p *Program) Signatures() []signature.Signature { return slices.Clone(p.listing.Functions) }

// Signature returns what is known of a function; false: there is none of that name.
func (p *Program) Signature(function string) (signature.Signature, bool) {
	if found := p.listing.Find(function); found != nil {
		return *found, true
	}
	return signature.Signature{}, false
}

// Loaded returns the result of the loading: its output and figures.
func (p *Program) Loaded() *ExecutionResult { return p.result }

// MemoryBytes is what the program keeps besides the runtime that it shares with
// others: pages of memory and files.
func (p *Program) MemoryBytes() int64 { return p.module.OwnBytes() + p.files.Bytes() }

// Close lets go of the program once the calls under way have ended, which it does not
// wait for. Later calls fail with ErrProgramClosed.
func (p *Program) Close() error {
	p.ex.unregister(p)
	p.release()
	return nil
}

func (p *Program) begin() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrProgramClosed
	}
	p.calls++
	return nil
}

func (p *Program) end() {
	p.mu.Lock()
	p.calls--
	last := p.closed && p.calls == 0
	p.mu.Unlock()
	if last {
		p.retire()
	}
}

// release implements closer.
func (p *Program) release() {
	p.mu.Lock()
	last := !p.closed && p.calls == 0
	p.closed = true
	p.mu.Unlock()
	if last {
		p.retire()
	}
}

func (p *Program) retire() {
	p.module.Close()
	p.free()
}

// ErrProgramClosed says that the program has been closed.
var ErrProgramClosed = errors.New("funcbox: the program is closed")
