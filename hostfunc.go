package funcbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/funcbox/funcbox/internal/value"
)

// HostFunc is a function of the host that guests can call by name. Arguments and
// result are values as those of calls: see [ExecutionResult.Value] for what arrives.
// An error reaches the guest as an exception of type HostError with its text, and so
// does a panic.
//
// It runs on the goroutine of the call, and may run in many calls at once. The context
// is that of the call: [CallOf] tells which, and it ends with the call, whose
// end waits for the function to return. The function may call the executor again with
// that context, at most [MaxDepth] calls deep.
type HostFunc func(ctx context.Context, args []any, kwargs map[string]any) (any, error)

// MaxDepth is how many calls may be inside one another by way of host functions.
const MaxDepth = 8

// ErrDepth says that host functions have called the executor more than MaxDepth deep.
var ErrDepth = fmt.Errorf("funcbox: more than %d calls are inside one another", MaxDepth)

// hostErrorType is the type of errors of host functions in every language.
const hostErrorType = "HostError"

// maxHostNameBytes bounds the names of host functions.
const maxHostNameBytes = 200

// WithHostFunc offers a function to all calls of the executor, in every language. A
// request can offer more and take this away: see [Request.HostFuncs].
func WithHostFunc(name string, function HostFunc) Option {
	return func(c *config) error {
		if err := checkHostName(name); err != nil {
			return fmt.Errorf("funcbox: WithHostFunc: %w", err)
		}
		if function == nil {
			return fmt.Errorf("funcbox: WithHostFunc: the function %q is nil", name)
		}
		if c.hostFuncs[name] != nil {
			return fmt.Errorf("funcbox: WithHostFunc: %q is there twice", name)
		}
		if c.hostFuncs == nil {
			c.hostFuncs = make(map[string]HostFunc)
		}
		c.hostFuncs[name] = function
		return nil
	}
}

func checkHostName(name string) error {
	switch {
	case name == "":
		return errors.New("a host function has no name")
	case len(name) > maxHostNameBytes:
		return fmt.Errorf("the name %.40q… of a host function has more than %d bytes", name, maxHostNameBytes)
	case !utf8.ValidString(name) || strings.ContainsRune(name, 0):
		return fmt.Errorf("the name %q of a host function is no text", name)
	}
	return nil
}

// offered merges what executor and request offer.
func offered(executor, request map[string]HostFunc) (map[string]HostFunc, error) {
	if len(request) == 0 {
		return executor, nil
	}
	all := maps.Clone(executor)
	if all == nil {
		all = make(map[string]HostFunc)
	}
	for name, function := range request {
		if err := checkHostName(name); err != nil {
			return nil, fmt.Errorf("%w: HostFuncs: %w", ErrBadRequest, err)
		}
		if function == nil {
			delete(all, name)
		} else {
			all[name] = function
		}
	}
	return all, nil
}

// hostServer answers the guest's calls of host functions, for one call.
type hostServer struct {
	ex        *Executor
	functions map[string]HostFunc
	info      *CallInfo
	// around is told when a function begins, and what it returns when it has ended.
	around func() func()
}

// serve implements wasm.HostFunc.
func (h *hostServer) serve(ctx context.Context, request []byte) []byte {
	call, err := value.DecodeHostCall(request, value.Limits{})
	if err != nil {
		return hostFailure(err)
	}
	if call.Name == "" {
		names := slices.Sorted(maps.Keys(h.functions))
		reply, err := value.EncodeReply(names, "functions")
		if err != nil {
			return hostFailure(err)
		}
		return reply
	}
	function := h.functions[call.Name]
	if function == nil {
		return hostFailure(fmt.Errorf("host function %q is not offered; %s", call.Name, h.offer()))
	}
	if h.around != nil {
		defer h.around()()
	}
	ctx = context.WithValue(ctx, callInfoKey{}, h.info)
	var ended func(error)
	if h.ex.observer != nil {
		ctx, ended = h.ex.observer.HostCall(ctx, *h.info, call.Name)
	}
	result, err := callHost(ctx, function, call.Args, call.Kwargs)
	if ended != nil {
		ended(err)
	}
	if err != nil {
		return hostFailure(err)
	}
	reply, err := value.EncodeReply(result, "result")
	if err != nil {
		return hostFailure(fmt.Errorf("host function %q: %w", call.Name, err))
	}
	return reply
}

func (h *hostServer) offer() string {
	if len(h.functions) == 0 {
		return "the host offers none"
	}
	return "the host offers: " + strings.Join(slices.Sorted(maps.Keys(h.functions)), ", ")
}

// callHost contains a panic: what is a fault of the host's function must not look like
// one of the engine.
func callHost(ctx context.Context, function HostFunc, args []any, kwargs map[string]any) (result any, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			result, err = nil, fmt.Errorf("the host function panicked: %v", problem)
		}
	}()
	return function(ctx, args, kwargs)
}

func hostFailure(err error) []byte {
	return value.EncodeErrorReply(hostErrorType, strings.ToValidUTF8(err.Error(), "\uFFFD"), "")
}
