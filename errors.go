package funcbox

import "errors"

// Errors of the host, returned by the executor's methods.
var (
	// ErrClosed: the executor has been closed.
	ErrClosed = errors.New("funcbox: the executor is closed")
	// ErrUnknownLanguage: no language of that name was given to New.
	ErrUnknownLanguage = errors.New("funcbox: unknown language")
	// ErrBadRequest: the request contradicts itself or holds what cannot be
	// handed to a guest.
	ErrBadRequest = errors.New("funcbox: bad request")
)

// Ways in which a call can fail, for errors.Is on ExecutionResult.Err.
var (
	// ErrGuest: the guest raised an error or exited with a code other than 0.
	// errors.As finds the *GuestError.
	ErrGuest = errors.New("funcbox: the guest failed")
	// ErrExit: the guest called its exit function with a code other than 0.
	// ErrGuest matches too.
	ErrExit = errors.New("funcbox: the guest exited")
	// ErrCrash: the guest hit a trap or broke the call protocol.
	ErrCrash = errors.New("funcbox: the guest crashed")
	// ErrTimeout: the time limit, a deadline of the context or the fuel limit
	// was reached. Where it was time, context.DeadlineExceeded matches too.
	ErrTimeout = errors.New("funcbox: the call ran out of time")
	// ErrFuel: the fuel limit was reached. ErrTimeout matches too.
	ErrFuel = errors.New("funcbox: the call used up its fuel")
	// ErrTerminated: the context was canceled. context.Canceled matches too.
	ErrTerminated = errors.New("funcbox: the call was terminated")
)

// GuestError is an error as the guest's language reports it.
type GuestError struct {
	// Type is the class or name of the error, such as "TypeError". Errors found
	// by Funcbox itself have these types: FunctionNotFound, ResultTooLarge,
	// FuelExhausted, Timeout, Terminated, Crash, Exit.
	Type string `json:"type"`
	// Message as the guest's language words it.
	Message string `json:"message"`
	// Stack shows frames of the user's code, innermost first; empty where there
	// is none.
	Stack string `json:"stack"`
}

// Error implements error.
func (e *GuestError) Error() string {
	if e.Message == "" {
		return e.Type
	}
	return e.Type + ": " + e.Message
}

// callError is what ExecutionResult.Err returns.
type callError struct {
	doing  string
	status Status
	guest  *GuestError
	causes []error
}

func (e *callError) Error() string {
	return "funcbox: " + e.doing + string(e.status) + ": " + e.guest.Error()
}

func (e *callError) Unwrap() []error { return append([]error{e.guest}, e.causes...) }
