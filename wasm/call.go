package wasm

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"

	"github.com/funcbox/funcbox/wasm/wasip1"
)

// Ending says how a call ended.
type Ending int

// The ways in which a call ends.
const (
	// Returned: the guest handed over a reply and came back.
	Returned Ending = iota
	// Exited: the guest called its exit function.
	Exited
	// Trapped: the guest hit a trap or broke the call protocol; its state is
	// worth nothing.
	Trapped
	// Stopped: the engine ended the call; Outcome.Err says why.
	Stopped
)

// Why the engine stops a call, besides the context's own cause.
var (
	// ErrFuel: the call has done all the work its fuel allows.
	ErrFuel = errors.New("the call has used up its fuel")
	// ErrReplyLimit: the encoded reply exceeds Limits.ReplyBytes.
	ErrReplyLimit = errors.New("the reply is too large")
)

// Outcome is what one call came to.
type Outcome struct {
	Ending Ending
	// Reply as the guest encoded it, if Ending is Returned. Untrusted.
	Reply []byte
	// ExitCode, if Ending is Exited.
	ExitCode uint32
	// Err is the trap, or why the call was stopped.
	Err error
	// Fuel is the work done, in units.
	Fuel int64
	// MemoryBytes is the size of the linear memory at the end, which is its
	// largest.
	MemoryBytes int64
}

// stopSignal ends a guest from within a host function: wazero passes a panic
// with an ExitError on unchanged, also through nested calls. Its code is for
// people who meet it in a debugger; the call itself knows the reason.
var stopSignal = sys.NewExitError(0xF0BC0DE)

// call is the state of one request while it runs. It is the context that the
// guest's host functions get, so that they find it without a search. Used by the
// goroutine that runs the guest.
type call struct {
	context.Context
	done   <-chan struct{}
	in     *instance
	system *wasip1.System
	limits Limits

	request []byte
	reply   []byte
	replied bool

	// host serves calls of host functions; hostReply is what the guest has not yet
	// fetched of one.
	host      HostFunc
	hostReply []byte

	// slice is the fuel last handed to the guest, used what was burned before.
	slice int32
	used  int64

	ticks int

	// ended is set before the guest is unwound on purpose.
	ended    bool
	ending   Ending
	cause    error
	exitCode uint32

	// depth is how many tries are open, fibers what other stacks there are.
	depth  int
	fibers fibers
	// running is the handle on whose native stack the guest is, suspended how many
	// bytes the native stacks of all others take.
	running   api.Function
	suspended int64

	stack [1]uint64
}

// newCall begins a call. The caller closes its system.
func newCall(ctx context.Context, limits Limits, config wasip1.Config) *call {
	c := &call{Context: ctx, done: ctx.Done(), limits: limits}
	config.Exit = c.exit
	config.Interrupted = c.interrupted
	c.system = wasip1.NewSystem(config)
	return c
}

// continued begins a call in the surroundings that earlier ones left.
func continued(ctx context.Context, limits Limits, config wasip1.Config, system *wasip1.System) *call {
	c := &call{Context: ctx, done: ctx.Done(), limits: limits, system: system}
	config.Exit = c.exit
	config.Interrupted = c.interrupted
	system.Rebind(config)
	return c
}

// Value implements context.Context.
func (c *call) Value(key any) any {
	switch key.(type) {
	case callKey:
		return c
	case wasip1.SystemKey:
		return c.system
	}
	return c.Context.Value(key)
}

type callKey struct{}

// callOf finds the call that a host function serves. nil only where a guest's
// export is called outside of one, which nothing here does.
func callOf(ctx context.Context) *call {
	if c, ok := ctx.(*call); ok {
		return c
	}
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// invoke calls an export without parameters, as the guest's start-up is made of.
func (c *call) invoke(in *instance, name string) (result uint32, err error) {
	c.stack[0] = 0
	err = c.enter(in, in.guest.ExportedFunction(name))
	if err != nil && c.ended {
		err = c.cause
		if c.ending == Exited {
			err = fmt.Errorf("the guest exited with code %d", c.exitCode)
		}
	}
	return uint32(c.stack[0]), err
}

// enter runs a function of the guest on c.stack, with fuel.
func (c *call) enter(in *instance, function api.Function) error {
	c.in = in
	c.running = function
	in.fuel.Set(uint64(uint32(c.refuel())))
	err := function.CallWithStack(c, c.stack[:])
	if c.fibers.byID != nil {
		c.unwindFibers()
	}
	if err == error(throwSignal) {
		err = errUncaught
	}
	c.settle(int32(uint32(in.fuel.Get())))
	return err
}

// refuel returns the next slice of fuel.
func (c *call) refuel() int32 {
	c.slice = int32(min(fuelSlice, c.limits.Fuel-c.used))
	return c.slice
}

// settle adds what was burned of the last slice; remaining is negative where a
// single operation cost more than was left. It is never more than the slice, unless
// a guest forges it.
func (c *call) settle(remaining int32) {
	remaining = min(remaining, c.slice)
	c.used += int64(c.slice) - int64(remaining)
	c.slice = remaining
}

// ticksPerYield is how many ticks pass until the guest makes way for other
// goroutines of its own accord, about a quarter of a millisecond. The scheduler's own requests,
// such as those for a collection of garbage, are met at each tick, as in any call of
// a Go function; yielding at each would wake another thread every time, which costs a
// quarter of the guest's speed.
const ticksPerYield = 8

// tick is what a metered guest calls when its slice is used up. It ends the call
// if there is a reason to, lets other goroutines run, and hands out fuel.
func (c *call) tick(remaining int32) int32 {
	c.settle(remaining)
	if c.used >= c.limits.Fuel {
		c.stop(ErrFuel)
	}
	if nativeStackBytes(c.running) > maxStackBytes {
		c.end(Trapped, errStackOverflow)
	}
	select {
	case <-c.done:
		c.interrupted()
	default:
	}
	if c.ticks++; c.ticks%ticksPerYield == 0 {
		runtime.Gosched()
	}
	return c.refuel()
}

// stop unwinds the guest; it does not return.
func (c *call) stop(cause error) { c.end(Stopped, cause) }

func (c *call) interrupted() { c.stop(context.Cause(c.Context)) }

func (c *call) exit(code uint32) {
	c.exitCode = code
	c.end(Exited, nil)
}

func (c *call) end(ending Ending, cause error) {
	if !c.ended {
		c.ended, c.ending, c.cause = true, ending, cause
	}
	panic(stopSignal)
}

// HostFunc serves a guest's call of the host: a request and a reply in the encoding
// of the call protocol. It runs on the goroutine of the call; once the context has
// ended it should return soon, since the call cannot end before.
type HostFunc func(ctx context.Context, request []byte) (reply []byte)

// Job is one request to a guest, or several that follow one another.
type Job struct {
	// Request in the encoding that the guest expects.
	Request []byte
	// Next, if set, is asked after each reply for another request to the same
	// instance; nil: there is none. Limits hold for all of them together.
	Next func(reply []byte) (request []byte)
	// Host serves the guest's calls of host functions; nil: such a call is a trap.
	Host HostFunc
	// System is what the guest sees through WASI; Exit and Interrupted are set
	// by the engine.
	System wasip1.Config
	// Limits of the call.
	Limits Limits
}

// Run prepares the module if need be and runs one request in an instance of its
// own, on the caller's goroutine, until the guest comes back, ends or is
// stopped. The error tells of the host's own failures only; what the guest did
// is in the Outcome, also when ctx ended.
func (m *Module) Run(ctx context.Context, job Job) (Outcome, error) {
	if err := m.use(); err != nil {
		return Outcome{}, err
	}
	defer m.leave()
	in, err := m.take(ctx, job.Limits.MemoryBytes)
	if err != nil {
		if ctx.Err() != nil {
			return Outcome{Ending: Stopped, Err: context.Cause(ctx)}, nil
		}
		return Outcome{}, err
	}
	c := newCall(ctx, job.Limits, job.System)
	defer c.system.Close()
	out := c.serve(in, job)
	switch {
	case out.Ending == Returned:
		m.keep(in)
	case out.Ending == Exited && m.spec.Command:
		in.worked = true // whatever was on its stack was left there
		m.keep(in)
	default:
		m.discard(in)
	}
	return out, nil
}

// take returns an instance that equals the image, for one call.
func (m *Module) take(ctx context.Context, limitBytes int64) (*instance, error) {
	ready, err := m.prepare(ctx)
	if err != nil {
		return nil, err
	}
	in := m.pool.take(memoryLimit(limitBytes))
	if in == nil && m.parent != nil {
		in = m.adopted(ready, limitBytes)
	}
	if in == nil {
		if in, err = instantiate(ctx, ready, limitBytes); err != nil {
			return nil, fmt.Errorf("runtime %s: %w", m.spec.Name, err)
		}
	} else if err := in.limit(limitBytes); err != nil {
		m.keep(in)
		return nil, fmt.Errorf("runtime %s: %w", m.spec.Name, err)
	}
	return in, nil
}

// serve puts the job's requests to the guest, one after the other.
func (c *call) serve(in *instance, job Job) Outcome {
	c.host = job.Host
	request := job.Request
	for {
		c.request, c.reply, c.replied = request, nil, false
		c.stack[0] = uint64(uint32(len(request)))
		err := c.enter(in, in.run)
		if in.command && err == nil { // it came back from its main function
			c.ended, c.ending = true, Exited
		}
		out := c.outcome(in, err)
		in.worked = out.Fuel > freshHandleFuel
		if out.Ending != Returned || job.Next == nil {
			return out
		}
		if request = job.Next(out.Reply); request == nil {
			return out
		}
		if in.worked {
			in.freshHandle()
		}
	}
}

// keep hands an instance to the pool, which resets it in the background.
func (m *Module) keep(in *instance) {
	m.pool.give(in, func(work func()) bool {
		return m.engine.start(func(context.Context) { work() })
	})
}

// discard closes an instance whose memory and stack may be in any state. The system takes
// tens of milliseconds to take back hundreds of megabytes: the result does not wait for
// that.
func (m *Module) discard(in *instance) {
	if in.small() || !m.engine.start(func(context.Context) { in.close() }) {
		in.close()
	}
}

// trap says more of the guest's trap where it can: below a stack that lies first in
// memory there is nothing to write to.
func (in *instance) trap(err error) error {
	if in.stackPointer != nil && int32(in.stackPointer.Get()) < 0 {
		return fmt.Errorf("%w: %w", errStackOverflow, err)
	}
	return err
}

func (c *call) outcome(in *instance, err error) Outcome {
	out := Outcome{Fuel: c.used, MemoryBytes: int64(in.memory.high)}
	switch {
	case c.ended:
		out.Ending, out.ExitCode, out.Err = c.ending, c.exitCode, c.cause
	case err != nil:
		out.Ending, out.Err = Trapped, in.trap(err)
	case !c.replied:
		out.Ending, out.Err = Trapped, errors.New("the guest came back without a reply")
	default:
		out.Ending, out.Reply = Returned, c.reply
	}
	return out
}
