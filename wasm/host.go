package wasm

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// instantiateHost registers the host's side of the call protocol:
//
//	tick(remaining i32) -> i32   called by metered code when its fuel is used up
//	request(ptr i32)             copies the pending request to ptr
//	result(ptr i32, len i32)     hands over the reply, once per call
//	host_call(ptr i32, len i32) -> i32   calls a function of the host; the reply's length
//	host_reply(ptr i32)          copies that reply to ptr
//	throw()                      unwinds to the innermost try (try.go)
//	fiber_switch, fiber_free     second stacks (fiber.go)
//
// A guest that breaks the protocol ends as Trapped.
func instantiateHost(ctx context.Context, r wazero.Runtime) error {
	const i32 = api.ValueTypeI32
	builder := r.NewHostModuleBuilder(hostModuleName)
	builder.NewFunctionBuilder().
		WithGoFunction(api.GoFunc(hostTick), []api.ValueType{i32}, []api.ValueType{i32}).Export("tick")
	builder.NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(hostRequest), []api.ValueType{i32}, nil).Export("request")
	builder.NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(hostResult), []api.ValueType{i32, i32}, nil).Export("result")
	builder.NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(hostCall), []api.ValueType{i32, i32}, []api.ValueType{i32}).Export("host_call")
	builder.NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(hostReply), []api.ValueType{i32}, nil).Export("host_reply")
	builder.NewFunctionBuilder().
		WithGoFunction(api.GoFunc(hostThrow), nil, nil).Export("throw")
	builder.NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(hostFiberSwitch), []api.ValueType{i32, i32}, nil).Export("fiber_switch")
	builder.NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(hostFiberFree), []api.ValueType{i32}, nil).Export("fiber_free")
	_, err := builder.Instantiate(ctx)
	return err
}

func hostTick(ctx context.Context, stack []uint64) {
	stack[0] = uint64(uint32(callOf(ctx).tick(int32(uint32(stack[0])))))
}

func hostRequest(ctx context.Context, guest api.Module, stack []uint64) {
	c := callOf(ctx)
	to, ok := guest.Memory().Read(uint32(stack[0]), uint32(len(c.request)))
	if !ok {
		c.end(Trapped, fmt.Errorf("the guest wants its request of %d bytes at %d, outside its memory", len(c.request), uint32(stack[0])))
	}
	c.copy(to, c.request)
}

func hostResult(ctx context.Context, guest api.Module, stack []uint64) {
	c := callOf(ctx)
	if c.replied {
		c.end(Trapped, errors.New("the guest handed over a second reply"))
	}
	size := uint32(stack[1])
	if int64(size) > c.limits.ReplyBytes {
		c.stop(fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrReplyLimit, size, c.limits.ReplyBytes))
	}
	reply, ok := guest.Memory().Read(uint32(stack[0]), size)
	if !ok {
		c.end(Trapped, fmt.Errorf("the guest's reply of %d bytes at %d lies outside its memory", size, uint32(stack[0])))
	}
	c.reply, c.replied = make([]byte, size), true
	c.copy(c.reply, reply)
}

// maxHostReplyBytes is what a guest can address of a reply.
const maxHostReplyBytes = 1 << 31

func hostCall(ctx context.Context, guest api.Module, stack []uint64) {
	c := callOf(ctx)
	request, ok := guest.Memory().Read(uint32(stack[0]), uint32(stack[1]))
	if !ok {
		c.end(Trapped, fmt.Errorf("the guest's call of the host of %d bytes at %d lies outside its memory", uint32(stack[1]), uint32(stack[0])))
	}
	if c.host == nil {
		c.end(Trapped, errors.New("the guest calls the host, which offers it no functions"))
	}
	// A copy, since the function may keep it and the memory may move.
	copied := make([]byte, len(request))
	c.copy(copied, request)
	reply := c.host(c.Context, copied)
	if len(reply) > maxHostReplyBytes {
		c.end(Trapped, fmt.Errorf("the reply of a host function has %d bytes, at most %d fit a guest", len(reply), maxHostReplyBytes))
	}
	select {
	case <-c.done:
		c.interrupted()
	default:
	}
	c.hostReply = reply
	stack[0] = uint64(len(reply))
}

func hostReply(ctx context.Context, guest api.Module, stack []uint64) {
	c := callOf(ctx)
	to, ok := guest.Memory().Read(uint32(stack[0]), uint32(len(c.hostReply)))
	if !ok {
		c.end(Trapped, fmt.Errorf("the guest wants a reply of %d bytes at %d, outside its memory", len(c.hostReply), uint32(stack[0])))
	}
	c.copy(to, c.hostReply)
	c.hostReply = nil
}

// copyBytes is how much is copied without a pause. A longer copy would hold up the
// garbage collector, which has to wait for it, and with that all goroutines.
const copyBytes = 1 << 20

// copy is the builtin with pauses, in which the call may end: a guest that asks for
// nothing but copies meets no tick for long.
func (c *call) copy(to, from []byte) {
	for {
		select {
		case <-c.done:
			c.interrupted()
		default:
		}
		n := copy(to, from[:min(len(from), copyBytes)])
		to, from = to[n:], from[n:]
		if len(from) == 0 {
			return
		}
		runtime.Gosched()
	}
}
