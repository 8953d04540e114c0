package funcbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/signature"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// errTimeLimit is the cause of a context that ends by Limits.Timeout. It tells
// that apart from deadlines the caller set.
var errTimeLimit = fmt.Errorf("the time limit was reached: %w", context.DeadlineExceeded)

// Execute runs one call on the calling goroutine, in a sandbox of its own, and
// waits for its end. The error tells of the host's own failures; what the guest
// did is in the result, also when it was stopped. Where a sync that Mount.Sync asks
// for does not go through, there are both a result and an error.
func (ex *Executor) Execute(ctx context.Context, req Request) (*ExecutionResult, error) {
	if err := ex.begin(); err != nil {
		return nil, err
	}
	defer ex.calls.Done()
	p, err := ex.plan(&req, nil)
	if err != nil {
		return nil, err
	}
	return ex.run(ctx, p, func(ctx context.Context, res *ExecutionResult) error {
		if refused, err := p.bindKnown(); err != nil || refused != nil {
			p.refuse(res, refused)
			return err
		}
		return ex.serve(ctx, p, res, p.module.Run)
	})
}

// run takes a call through everything that is around the guest: it waits for what the
// call needs and for its turn, and tells those who watch.
func (ex *Executor) run(ctx context.Context, p *plan, serve func(context.Context, *ExecutionResult) error) (res *ExecutionResult, err error) {
	arrived := time.Now()
	defer func() { p.release() }()
	p.info.ID = newCallID()
	ctx, ended := ex.observe(ctx, &p.info)
	defer func() { ended(res, err) }()
	if p.info.Depth >= MaxDepth {
		return nil, ErrDepth
	}

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(ex.ctx, func() { cancel(ErrClosed) })
	defer stop()
	p.output.stopBy(cancel)

	res = &ExecutionResult{Status: StatusSuccess, ExitCode: exitSuccess}
	res.Meta = Meta{Language: p.language.Name, SignatureSource: signatureByConvention, CallID: p.info.ID, CorrelationID: p.req.CorrelationID}
	err = ex.wait(ctx, p)
	res.Meta.QueueDuration, res.Meta.Warnings = time.Since(arrived), p.warnings
	var failure *lang.CompileFailure
	switch {
	case err == nil:
	case errors.As(err, &failure):
		res.fail(StatusError, &GuestError{Type: "CompileError", Message: failure.Diagnostics})
		return res, nil
	case ctx.Err() == nil:
		return nil, hostError(err)
	default:
		res.stopped(context.Cause(ctx))
		return res, nil
	}
	defer ex.leave(p)
	if err := serve(ctx, res); err != nil {
		if res.started {
			return res, err
		}
		return nil, err
	}
	return res, nil
}

// refuse records that the arguments do not fit. Nothing was run.
func (r *ExecutionResult) refuse(refused *GuestError) {
	if refused != nil {
		r.fail(StatusError, refused)
	}
}

// refuse records that the arguments do not fit, and by what they were bound.
func (p *plan) refuse(res *ExecutionResult, refused *GuestError) {
	res.Meta.SignatureSource = first(p.bound.source, signatureByConvention)
	res.refuse(refused)
}

// wait gets the runtime ready and a slot to run in. Slots are given in the order
// of arrival; a canceled wait leaves the queue.
func (ex *Executor) wait(ctx context.Context, p *plan) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := ex.ready(ctx, p); err != nil {
		return err
	}
	if p.info.Depth > 0 { // the call around it has one, and waits
		return nil
	}
	select {
	case ex.slots <- struct{}{}:
		p.slot = true
		return nil
	case <-p.pressed:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// leave ends what wait began.
func (ex *Executor) leave(p *plan) {
	if p.slot {
		<-ex.slots
	}
}

// ready compiles what the call runs in.
func (ex *Executor) ready(ctx context.Context, p *plan) error {
	if p.module != nil {
		return p.module.Prepare(ctx)
	}
	compiler, err := ex.compiler(p.language)
	if err != nil {
		return err
	}
	build, err := compiler.Compile(ctx, p.source())
	if err != nil {
		return err
	}
	p.module, p.release, p.listing, p.warnings = build.Module, build.Release, build.Listing, build.Warnings
	p.main = build.HasMain && p.req.Function == "" && len(p.req.Args)+len(p.req.Kwargs) == 0
	return p.module.Prepare(ctx)
}

// source is the program as a compiler takes it.
func (p *plan) source() *lang.Source {
	files := make(map[string][]byte, len(p.files))
	for path, content := range p.files {
		files[string(path)] = content
	}
	source := &lang.Source{
		Code: p.req.Code, Filename: p.req.Filename, Workdir: string(p.workdir), Files: files,
		Outs: outParameters(p.req), Options: p.req.Compile,
	}
	describeBody(p.req, source)
	return source
}

// plan is everything a call needs, checked, before it waits for its turn.
type plan struct {
	req      *Request
	info     CallInfo
	language *lang.Language
	module   *wasm.Module // nil: to be compiled
	release  func()
	limits   Limits
	workdir  vfs.Path
	files    map[vfs.Path][]byte
	layers   []vfs.Mount
	mount    *mountPlan
	output   outputs
	host     hostServer

	// program is what the call starts from; nil: from the runtime's own image.
	program *Program
	// base is what the filesystem begins with; nil: nothing. watches is set for one that
	// stays.
	base    *vfs.Image
	baseAs  vfs.BaseMode
	watches bool
	// resumes: the guest is a copy that goes on in the surroundings it has.
	resumes bool
	// listing is what is known of the code's functions; nil: the guest is to be asked.
	listing  *signature.Listing
	main     bool   // the call is one of a compiled program's main function
	warnings string // of a compiler
	bound    binding

	// pressed is received from while the call waits for a slot: the one who sends has a
	// slot and waits for the session that this call is one of.
	pressed <-chan struct{}
	slot    bool // the call has one
}

// binding is what the guest gets as its arguments.
type binding struct {
	args   []any
	kwargs map[string]any
	source string
}

// plan checks a request. program may be nil.
func (ex *Executor) plan(req *Request, program *Program) (*plan, error) {
	p := &plan{req: req, program: program, release: func() {}}
	var err error
	if program != nil {
		p.language, p.module, p.listing, p.base = program.language, program.module, program.listing, program.files
	} else if p.language, err = ex.language(req.Language); err != nil {
		return nil, err
	} else {
		p.module = ex.modules[p.language]
	}
	if err := req.check(p.language); err != nil {
		return nil, err
	}
	p.layers, p.limits = ex.layers[p.language], req.Limits.or(ex.limits)
	p.info = CallInfo{CorrelationID: req.CorrelationID, Language: p.language.Name, Function: req.Function}
	if p.workdir, err = vfs.ParsePath(first(req.Workdir, DefaultWorkdir), "/"); err != nil {
		return nil, fmt.Errorf("%w: Workdir: %w", ErrBadRequest, err)
	}
	if p.files, err = req.filePaths(p.workdir); err != nil {
		return nil, err
	}
	if p.mount, err = req.Mount.plan(p.language, &ex.policies); err != nil {
		return nil, err
	}
	if err := p.checkPlaces(); err != nil {
		return nil, err
	}
	p.host = hostServer{ex: ex, info: &p.info}
	if p.host.functions, err = offered(ex.hostFuncs, req.HostFuncs); err != nil {
		return nil, err
	}
	p.output.init(p.limits.OutputBytes, req.Stdout, req.Stderr)
	return p, nil
}

// serve runs the call in a filesystem of its own.
func (ex *Executor) serve(ctx context.Context, p *plan, res *ExecutionResult, run func(context.Context, wasm.Job) (wasm.Outcome, error)) error {
	talk, err := p.conversation()
	if err != nil {
		return err
	}
	files, err := p.filesystem(ctx, ex.hooks)
	if err != nil {
		return err
	}
	done := files.close
	defer func() { ex.release(done) }()
	if err := p.guest(ctx, res, files.tree, talk, run); err != nil {
		return err
	}
	if res.takeFiles(files.tree, p.req.Include); res.Files.files != nil {
		done = files.rest
	}
	return ex.syncAfter(ctx, p.mount, files.tree, res)
}

// guest runs the guest and takes what became of it, except for the files.
func (p *plan) guest(ctx context.Context, res *ExecutionResult, files *vfs.FS, talk *conversation, run func(context.Context, wasm.Job) (wasm.Outcome, error)) error {
	limited, clock := p.limits.clock(ctx)
	defer clock.stop()
	if p.limits.HostTimeExcluded {
		p.host.around = clock.pause
	}
	started := time.Now()
	outcome, err := run(limited, p.engineJob(talk, files))
	if err != nil {
		return hostError(err)
	}
	res.started = true
	res.Meta.Duration = time.Since(started)
	res.Meta.Fuel, res.Meta.MemoryBytes = outcome.Fuel, outcome.MemoryBytes
	res.Meta.SignatureSource = first(p.bound.source, signatureByConvention)
	if err := p.output.flush(); err != nil && outcome.Ending != wasm.Stopped {
		outcome.Ending, outcome.Err = wasm.Stopped, err
	}
	res.Stdout, res.Stderr = p.output.stdout.buffer.String(), p.output.stderr.buffer.String()
	res.Meta.OutputTruncated = p.output.truncated
	switch returned := outcome.Ending == wasm.Returned; {
	case talk.err != nil:
		return talk.err
	case returned && talk.broken != nil:
		res.crashed(talk.broken)
	case returned && talk.refused != nil:
		res.refuse(talk.refused)
	default:
		res.take(outcome)
	}
	if res.Success() {
		res.refuse(checkResult(p.req, res.Value))
	}
	return nil
}

func (p *plan) engineJob(talk *conversation, files *vfs.FS) wasm.Job {
	job := wasm.Job{
		Request: talk.first,
		Host:    p.host.serve,
		System: wasip1.Config{
			Args:      append([]string{first(p.req.Filename, p.language.MainFile)}, p.req.Argv...),
			Env:       p.req.environ(),
			Stdin:     p.req.Stdin,
			Stdout:    &p.output.stdout,
			Stderr:    &p.output.stderr,
			OpenFiles: p.limits.OpenFiles,
		},
		Limits: wasm.Limits{
			Fuel:        p.limits.Fuel,
			MemoryBytes: p.limits.MemoryBytes,
			ReplyBytes:  p.limits.ResultBytes,
		},
	}
	if talk.next != nil {
		job.Next = func(reply []byte) []byte {
			if talk.next == nil {
				return nil
			}
			return talk.next(reply)
		}
	}
	if files != nil {
		job.System.FS = files
	}
	return job
}

// take turns the engine's outcome into the result's status, value and error.
func (r *ExecutionResult) take(outcome wasm.Outcome) {
	switch outcome.Ending {
	case wasm.Returned:
		r.takeReply(outcome.Reply)
	case wasm.Exited:
		if outcome.ExitCode != 0 {
			r.fail(StatusError, &GuestError{Type: "Exit", Message: fmt.Sprintf("the guest exited with code %d", outcome.ExitCode)}, ErrExit)
			r.ExitCode = int(outcome.ExitCode)
		}
	case wasm.Stopped:
		r.stopped(outcome.Err)
	default:
		r.crashed(outcome.Err)
	}
}

func (r *ExecutionResult) takeReply(encoded []byte) {
	reply, err := value.DecodeReply(encoded, value.Limits{})
	switch {
	case errors.Is(err, value.ErrTooLarge):
		r.fail(StatusError, &GuestError{Type: "ResultTooLarge", Message: err.Error()})
	case err != nil:
		r.crashed(err)
	case reply.Error != nil:
		r.fail(StatusError, &GuestError{Type: reply.Error.Type, Message: reply.Error.Message, Stack: reply.Error.Stack})
	default:
		r.Value = reply.Value
	}
}

func (r *ExecutionResult) crashed(cause error) {
	r.fail(StatusCrash, &GuestError{Type: "Crash", Message: cause.Error()}, cause)
}

// stopped records that the call was ended from outside.
func (r *ExecutionResult) stopped(cause error) {
	switch {
	case errors.Is(cause, wasm.ErrFuel):
		r.fail(StatusTimeout, &GuestError{Type: "FuelExhausted", Message: "the fuel limit was reached"}, ErrFuel)
	case errors.Is(cause, wasm.ErrReplyLimit):
		r.fail(StatusError, &GuestError{Type: "ResultTooLarge", Message: cause.Error()})
	case errors.Is(cause, errTimeLimit):
		r.fail(StatusTimeout, &GuestError{Type: "Timeout", Message: "the time limit was reached"}, context.DeadlineExceeded)
	case errors.Is(cause, context.DeadlineExceeded):
		r.fail(StatusTimeout, &GuestError{Type: "Timeout", Message: "the deadline of the context has passed"}, cause)
	case errors.Is(cause, ErrClosed):
		r.fail(StatusTerminated, &GuestError{Type: "Terminated", Message: "the executor was closed"}, cause)
	default:
		if output := new(OutputError); errors.As(cause, &output) {
			r.fail(StatusTerminated, &GuestError{Type: "Terminated", Message: "writing " + output.Stream + ": " + output.Err.Error()}, output)
			return
		}
		r.fail(StatusTerminated, &GuestError{Type: "Terminated", Message: "the call was canceled"}, cause)
	}
}
