package funcbox

import (
	"context"
	"time"
)

// Status says how a call ended.
type Status string

// The ways in which a call ends.
const (
	// StatusSuccess: the function returned, or the script ran to its end.
	StatusSuccess Status = "success"
	// StatusError: the guest raised an error or exited with a code other than 0.
	StatusError Status = "error"
	// StatusCrash: the guest hit a trap or broke the call protocol.
	StatusCrash Status = "crash"
	// StatusTimeout: the time limit, a deadline or the fuel limit was reached.
	StatusTimeout Status = "timeout"
	// StatusTerminated: the context was canceled.
	StatusTerminated Status = "terminated"
)

// Exit codes of results, as the command returns them.
const (
	exitSuccess    = 0
	exitError      = 1
	exitTimeout    = 124 // as timeout(1) of the GNU coreutils
	exitTerminated = 143 // 128 + SIGTERM, as shells report it
)

// ExecutionResult is what became of one call. It is the caller's to keep.
type ExecutionResult struct {
	// Status says how the call ended.
	Status Status
	// Value is what the function returned, as one of nil, bool, int64, *big.Int,
	// float64, string, []byte, []any, map[string]any and time.Time; nil unless
	// Status is StatusSuccess.
	Value any
	// Error is nil exactly if Status is StatusSuccess.
	Error *GuestError
	// Stdout and Stderr are what the guest wrote until it ended. Cut at Limits.OutputBytes, and then
	// marked at the end.
	Stdout, Stderr string
	// ExitCode is 0 for success, 124 for timeout, 143 for terminated, else 1, or
	// the guest's own code if it exited with one other than 0.
	ExitCode int
	// Files tells what the guest changed in its filesystem.
	Files FileChanges
	// Sync tells what was written to the host; nil unless Mount.Sync asked for it and
	// the call came to that.
	Sync *SyncResult
	// Meta holds figures about the call.
	Meta Meta

	causes []error
	// started tells that the guest was run.
	started bool
}

// Meta holds figures about one call.
type Meta struct {
	// Duration is the time from the guest's start to its end.
	Duration time.Duration
	// QueueDuration is the time before that: waiting for a free slot and for the
	// runtime to be compiled.
	QueueDuration time.Duration
	// Fuel is the work done, in the units of Limits.Fuel.
	Fuel int64
	// MemoryBytes is the size of the guest's linear memory at its largest.
	MemoryBytes int64
	// OutputTruncated tells that output went over Limits.OutputBytes.
	OutputTruncated bool
	// SignatureSource says what the arguments were bound by: the request's "schema",
	// the function's own signature ("inferred"), or "convention", the language's own
	// order, where no signature is known.
	SignatureSource string
	// Language is the canonical name of the language.
	Language string
	// CallID is unique among all calls.
	CallID string
	// CorrelationID is the request's.
	CorrelationID string
	// Warnings are what the compiler of a compiled language remarked, as it prints them;
	// CompileOptions.Warnings asks for more.
	Warnings string
}

// Success tells whether Status is StatusSuccess.
func (r *ExecutionResult) Success() bool { return r.Status == StatusSuccess }

// Err is nil after success, else an error that matches, with errors.Is, one of
// ErrGuest, ErrCrash, ErrTimeout and ErrTerminated and what caused it, such as
// context.DeadlineExceeded, context.Canceled or ErrFuel. errors.As finds the
// *GuestError.
func (r *ExecutionResult) Err() error {
	if r.Success() {
		return nil
	}
	return r.failure("")
}

// failure is Err of a call that failed; doing says what it was for, ": " at its end.
func (r *ExecutionResult) failure(doing string) error {
	return &callError{doing: doing, status: r.Status, guest: r.Error, causes: r.causes}
}

// fail records a status other than success.
func (r *ExecutionResult) fail(status Status, guest *GuestError, causes ...error) {
	r.Status, r.Error, r.Value, r.ExitCode, r.causes = status, guest, nil, exitError, causes
	switch status {
	case StatusError:
		r.causes = append(r.causes, ErrGuest)
	case StatusCrash:
		r.causes = append(r.causes, ErrCrash)
	case StatusTimeout:
		r.ExitCode = exitTimeout
		r.causes = append(r.causes, ErrTimeout)
	case StatusTerminated:
		r.ExitCode = exitTerminated
		r.causes = append(r.causes, ErrTerminated, context.Canceled)
	}
}
