package wasip1

import (
	"crypto/rand"
	"runtime"
	"time"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Clocks (type clockid).
const (
	clockRealtime uint32 = iota
	clockMonotonic
	clockProcessCPUTime
	clockThreadCPUTime
)

// origin is where the monotonic clock begins. All calls share it, since an image
// of memory may hold a time that was read in an earlier call.
var origin = time.Now()

// monotonic is the monotonic clock in nanoseconds; never 0.
func monotonic() uint64 { return uint64(time.Since(origin)) + 1 }

// cpuTime is how long the guest has run without waiting. A guest has one thread,
// so both clocks of CPU time are this.
func (s *System) cpuTime() uint64 {
	if s.spent > 0 { // at rest
		return uint64(s.spent)
	}
	return uint64(max(time.Since(s.started)-s.waited, 0))
}

func clockResGet(c *call) fsapi.Errno {
	if c.u32(0) > clockThreadCPUTime {
		return fsapi.EINVAL
	}
	return c.putU64(c.u32(1), 1)
}

func clockTimeGet(c *call) fsapi.Errno {
	var now uint64
	switch c.u32(0) {
	case clockRealtime:
		now = uint64(time.Now().UnixNano())
	case clockMonotonic:
		now = monotonic()
	case clockProcessCPUTime, clockThreadCPUTime:
		now = c.cpuTime()
	default:
		return fsapi.EINVAL
	}
	return c.putU64(c.u32(2), now)
}

// randomChunk is how many random bytes are made without a pause, in a quarter of a
// millisecond or so.
const randomChunk = 64 << 10

func randomGet(c *call) fsapi.Errno {
	b, errno := c.bytes(c.u32(0), c.u32(1))
	if errno != 0 {
		return errno
	}
	for len(b) > 0 {
		n := min(len(b), randomChunk)
		if _, err := rand.Read(b[:n]); err != nil {
			return fsapi.EIO
		}
		if b = b[n:]; len(b) > 0 {
			if done(c.ctx) {
				return c.interrupted()
			}
			runtime.Gosched()
		}
	}
	return fsapi.ESUCCESS
}

func schedYield(c *call) fsapi.Errno {
	if done(c.ctx) {
		return c.interrupted()
	}
	runtime.Gosched()
	return fsapi.ESUCCESS
}
