package wasm

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero/api"
)

// A fiber is a second stack of the guest that runs when it is switched to. Each
// one is a goroutine with a native stack of its own, of which exactly one runs at
// any time. The guest names fibers by numbers of its choice, such as the address
// of its own record:
//
//	fiber_switch(from i32, to i32)  leaves the running fiber, called from, and
//	                                goes on in to. A to that was never seen
//	                                starts: the export funcbox_fiber(to) runs on
//	                                its stack, sets __stack_pointer to memory of
//	                                its own, and never returns.
//	fiber_free(id i32)              unwinds a fiber that will not be switched to
//	                                again.
//
// Whatever a guest forgets is unwound when its call ends.
const exportFiber = "funcbox_fiber"

// maxFibers bounds the fibers of one call. Each takes a goroutine and some 16 KB.
const maxFibers = 1024

var (
	errFiberReturned = errors.New("a fiber returned from its entry")
	errFiberCount    = fmt.Errorf("more than %d fibers exist at once", maxFibers)
	errFiberSelf     = errors.New("fiber_switch names another fiber than the one that runs, or itself as its target")
	errFiberMissing  = fmt.Errorf("the module exports no function %s(i32), or no %s, which fibers need", exportFiber, stackPointer)
)

// fiber is one stack of the guest, suspended unless it is call.fibers.running.
type fiber struct {
	// wake is closed to unwind the fiber and gets a value to go on.
	wake chan struct{}
	// done is closed when its goroutine has ended; nil for the first fiber, which
	// runs on the goroutine of the call.
	done chan struct{}
	// depth is how many tries were open when it was left.
	depth int
}

// fibers are the fibers of one call. Handed from goroutine to goroutine with the
// control itself, so that no lock is needed.
type fibers struct {
	byID    map[uint32]*fiber
	first   *fiber
	running *fiber
}

func hostFiberSwitch(ctx context.Context, _ api.Module, stack []uint64) {
	callOf(ctx).fiberSwitch(uint32(stack[0]), uint32(stack[1]))
}

func hostFiberFree(ctx context.Context, _ api.Module, stack []uint64) {
	callOf(ctx).fiberFree(uint32(stack[0]))
}

func (c *call) fiberSwitch(from, to uint32) {
	set := &c.fibers
	if set.byID == nil {
		set.first = &fiber{wake: make(chan struct{}, 1)}
		set.running = set.first
		set.byID = map[uint32]*fiber{from: set.first}
	}
	left := set.byID[from]
	if left == nil || left != set.running || from == to {
		c.end(Trapped, errFiberSelf)
	}
	target, seen := set.byID[to]
	var entry api.Function
	if !seen {
		target, entry = c.newFiber(to)
	}
	running, size := c.running, c.suspend()
	saved := c.in.stackPointer.Get()
	left.depth = c.depth
	set.running = target
	if seen {
		target.wake <- struct{}{}
	} else {
		go c.runFiber(target, entry, to)
	}
	_, alive := <-left.wake
	c.suspended -= size
	if !alive {
		panic(stopSignal) // the call is ending, or this fiber was freed
	}
	c.running = running
	c.depth = left.depth
	c.in.stackPointer.Set(saved)
}

func (c *call) newFiber(id uint32) (*fiber, api.Function) {
	entry := c.in.guest.ExportedFunction(exportFiber)
	if entry == nil || c.in.stackPointer == nil || len(entry.Definition().ParamTypes()) != 1 ||
		entry.Definition().ParamTypes()[0] != api.ValueTypeI32 || len(entry.Definition().ResultTypes()) != 0 {
		c.end(Trapped, errFiberMissing)
	}
	if len(c.fibers.byID) > maxFibers {
		c.end(Trapped, errFiberCount)
	}
	f := &fiber{wake: make(chan struct{}, 1), done: make(chan struct{})}
	c.fibers.byID[id] = f
	return f, entry
}

// runFiber is the goroutine of a fiber. When the guest's code in it comes to an
// end that was not asked for, so does the call.
func (c *call) runFiber(f *fiber, entry api.Function, id uint32) {
	defer close(f.done)
	c.depth = 0
	stack := [1]uint64{uint64(id)}
	c.running = entry
	err := entry.CallWithStack(c, stack[:])
	if c.fibers.running != f {
		return // unwound while suspended
	}
	if !c.ended {
		c.ended, c.ending, c.cause = true, Trapped, err
		switch err {
		case nil:
			c.cause = errFiberReturned
		case error(throwSignal):
			c.cause = errUncaught
		}
	}
	c.fibers.running = c.fibers.first
	close(c.fibers.first.wake)
}

func (c *call) fiberFree(id uint32) {
	f := c.fibers.byID[id]
	if f == nil {
		return
	}
	if f == c.fibers.running || f == c.fibers.first {
		c.end(Trapped, errors.New("fiber_free names the fiber that runs, or the first one"))
	}
	delete(c.fibers.byID, id)
	depth, running := c.depth, c.running
	f.unwind()
	c.depth, c.running = depth, running
}

// unwind ends a suspended fiber and waits until its goroutine has ended: unwinding
// touches what belongs to the instance. It does nothing to one that has ended, or to
// the first.
func (f *fiber) unwind() {
	if f.done == nil {
		return
	}
	close(f.wake)
	<-f.done
}

// unwindFibers ends what the guest left behind. The call itself has come to its
// end, so every fiber but the first is suspended or done.
func (c *call) unwindFibers() {
	c.fibers.running = c.fibers.first
	for _, f := range c.fibers.byID {
		f.unwind()
	}
	c.fibers = fibers{}
}
