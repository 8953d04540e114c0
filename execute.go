package funcbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// signatureByConvention: arguments go to the guest in the order they were given.
const signatureByConvention = "convention"

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
	arrived := time.Now()
	job, err := ex.plan(&req)
	if err != nil {
		return nil, err
	}
	res := &ExecutionResult{Status: StatusSuccess, ExitCode: exitSuccess}
	res.Meta = Meta{Language: job.language.Name, SignatureSource: signatureByConvention}

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(ex.ctx, func() { cancel(ErrClosed) })
	defer stop()

	err = ex.wait(ctx, job.module)
	started := time.Now()
	res.Meta.QueueDuration = started.Sub(arrived)
	if err != nil {
		if ctx.Err() == nil {
			return nil, hostError(err)
		}
		res.stopped(context.Cause(ctx))
		return res, nil
	}
	defer func() { <-ex.slots }()

	files, err := job.filesystem(ctx, ex.hooks)
	if err != nil {
		return nil, err
	}
	done := files.close
	defer func() {
		if err := done(); err != nil {
			ex.logger.Warn("closing what was mounted", "error", err)
		}
	}()
	limited, cancelTimeout := context.WithTimeoutCause(ctx, job.limits.Timeout, errTimeLimit)
	defer cancelTimeout()
	outcome, err := job.module.Run(limited, job.engineJob(&req, files.tree))
	if err != nil {
		return nil, hostError(err)
	}
	res.Meta.Duration = time.Since(started)
	res.Meta.Fuel, res.Meta.MemoryBytes = outcome.Fuel, outcome.MemoryBytes
	res.Stdout, res.Stderr = job.output.stdout.buffer.String(), job.output.stderr.buffer.String()
	res.Meta.OutputTruncated = job.output.truncated
	if res.takeFiles(files.tree, req.Include); res.Files.files != nil {
		done = files.rest
	}
	res.take(outcome)
	ex.logger.Debug("call ended", "language", job.language.Name, "function", req.Function, "status", string(res.Status), "duration", res.Meta.Duration)
	return res, ex.syncAfter(ctx, job.mount, files.tree, res)
}

// wait gets the runtime ready and a slot to run in. Slots are given in the order
// of arrival; a canceled wait leaves the queue.
func (ex *Executor) wait(ctx context.Context, module *wasm.Module) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := module.Prepare(ctx); err != nil {
		return err
	}
	select {
	case ex.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// plan is everything a call needs, checked, before it waits for its turn.
type plan struct {
	language *lang.Language
	module   *wasm.Module
	limits   Limits
	workdir  vfs.Path
	envelope []byte
	files    map[vfs.Path][]byte
	layers   []vfs.Mount
	mount    *mountPlan
	output   outputs
}

func (ex *Executor) plan(req *Request) (*plan, error) {
	l, err := ex.language(req.Language)
	if err != nil {
		return nil, err
	}
	if err := req.check(); err != nil {
		return nil, err
	}
	p := &plan{language: l, module: ex.modules[l], layers: ex.layers[l], limits: req.Limits.or(ex.limits)}
	if p.workdir, err = vfs.ParsePath(first(req.Workdir, DefaultWorkdir), "/"); err != nil {
		return nil, fmt.Errorf("%w: Workdir: %w", ErrBadRequest, err)
	}
	if p.envelope, err = req.envelope(l, p.workdir); err != nil {
		return nil, err
	}
	if p.files, err = req.filePaths(p.workdir); err != nil {
		return nil, err
	}
	if p.mount, err = req.Mount.plan(l, &ex.policies); err != nil {
		return nil, err
	}
	if err := p.checkPlaces(); err != nil {
		return nil, err
	}
	p.output.init(p.limits.OutputBytes, req.Stdout, req.Stderr)
	return p, nil
}

func (p *plan) engineJob(req *Request, files *vfs.FS) wasm.Job {
	return wasm.Job{
		Request: p.envelope,
		System: wasip1.Config{
			Args:      append([]string{first(req.Filename, p.language.MainFile)}, req.Argv...),
			Env:       req.environ(),
			Stdin:     req.Stdin,
			Stdout:    &p.output.stdout,
			Stderr:    &p.output.stderr,
			FS:        files,
			OpenFiles: p.limits.OpenFiles,
		},
		Limits: wasm.Limits{
			Fuel:        p.limits.Fuel,
			MemoryBytes: p.limits.MemoryBytes,
			ReplyBytes:  p.limits.ResultBytes,
		},
	}
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
		r.fail(StatusTerminated, &GuestError{Type: "Terminated", Message: "the call was canceled"}, cause)
	}
}
