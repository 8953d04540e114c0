package wasip1

import (
	"math"
	"time"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// Types of event (type eventtype).
const (
	eventClock uint8 = iota
	eventRead
	eventWrite
)

const (
	subscriptionSize = 48
	eventSize        = 32
	// subscriptionMax bounds what one call waits for; a guest has far fewer
	// descriptors.
	subscriptionMax = 4096

	clockAbsolute  = 1 // the only bit of type subclockflags
	eventHangup    = 1 // the only bit of type eventrwflags
	outputCapacity = 64 << 10
)

// subscription is something that poll_oneoff waits for.
type subscription struct {
	userdata uint64
	kind     uint8
	input    bool // waits for standard input
	ready    bool
	hangup   bool
	errno    fsapi.Errno
	after    time.Duration // clock: from when poll_oneoff was called
	bytes    uint64
}

// pollOneoff waits until at least one subscription is ready and reports all that
// are then. Files and standard output are always ready.
func pollOneoff(c *call) fsapi.Errno {
	count := c.u32(2)
	if count == 0 || count > subscriptionMax {
		return fsapi.EINVAL
	}
	in, errno := c.bytes(c.u32(0), count*subscriptionSize)
	if errno != 0 {
		return errno
	}
	out, errno := c.bytes(c.u32(1), count*eventSize)
	if errno != 0 {
		return errno
	}
	result, errno := c.bytes(c.u32(3), 4)
	if errno != 0 {
		return errno
	}

	// Everything is read before anything is written: in and out may overlap.
	begin := time.Now()
	subscriptions := make([]subscription, count)
	for i := range subscriptions {
		if errno := c.subscribe(&subscriptions[i], in[i*subscriptionSize:], begin); errno != 0 {
			return errno
		}
	}
	if errno := c.await(subscriptions, begin); errno != 0 {
		return errno
	}

	events := uint32(0)
	for _, s := range subscriptions {
		if !s.ready {
			continue
		}
		b := out[events*eventSize:][:eventSize]
		clear(b)
		le.PutUint64(b, s.userdata)
		le.PutUint16(b[8:], uint16(s.errno))
		b[10] = s.kind
		if s.kind != eventClock {
			le.PutUint64(b[16:], s.bytes)
			if s.hangup {
				b[24] = eventHangup
			}
		}
		events++
	}
	le.PutUint32(result, events)
	return fsapi.ESUCCESS
}

// subscribe decodes a subscription, and finds out whether it is ready.
func (c *call) subscribe(s *subscription, b []byte, begin time.Time) fsapi.Errno {
	s.userdata, s.kind = le.Uint64(b), b[8]
	switch s.kind {
	case eventClock:
		return s.clock(le.Uint32(b[16:]), le.Uint64(b[24:]), le.Uint16(b[40:]), begin)
	case eventRead, eventWrite:
	default:
		return fsapi.EINVAL
	}

	needed := rightPollFdReadwrite | rightFdRead
	if s.kind == eventWrite {
		needed = rightPollFdReadwrite | rightFdWrite
	}
	d, errno := c.descriptor(le.Uint32(b[16:]))
	switch {
	case errno != 0:
		s.ready, s.errno = true, errno
	case d.rights&needed != needed:
		s.ready, s.errno = true, fsapi.ENOTCAPABLE
	case d.kind == standardInput:
		s.input = true
	case s.kind == eventRead:
		stat, errno := d.file.Stat()
		s.ready, s.errno, s.bytes = true, errno, uint64(max(stat.Size-d.offset, 0))
	default:
		s.ready, s.bytes = true, outputCapacity
	}
	return fsapi.ESUCCESS
}

// clock sets after.
func (s *subscription) clock(id uint32, timeout uint64, flags uint16, begin time.Time) fsapi.Errno {
	if flags&^clockAbsolute != 0 {
		return fsapi.EINVAL
	}
	now := uint64(0)
	switch id {
	case clockRealtime:
		now = uint64(begin.UnixNano())
	case clockMonotonic:
		now = uint64(begin.Sub(origin)) + 1
	case clockProcessCPUTime, clockThreadCPUTime:
		s.ready, s.errno = true, fsapi.ENOTSUP
		return fsapi.ESUCCESS
	default:
		return fsapi.EINVAL
	}
	if flags&clockAbsolute != 0 {
		timeout -= min(now, timeout)
	}
	s.after = time.Duration(min(timeout, math.MaxInt64))
	return fsapi.ESUCCESS
}

// await returns when at least one subscription is ready.
func (c *call) await(subscriptions []subscription, begin time.Time) fsapi.Errno {
	ready, input, timed := false, false, false
	wait := time.Duration(math.MaxInt64)
	for i := range subscriptions {
		switch s := &subscriptions[i]; {
		case s.ready:
			ready = true
		case s.input:
			input = true
		default:
			timed = true
			wait = min(wait, s.after)
		}
	}
	if done(c.ctx) {
		return c.interrupted()
	}

	var result <-chan inputResult
	if input {
		if now, _, _ := c.input.ready(); now {
			ready = true
		} else {
			result = c.input.start()
		}
	}
	fired := time.Duration(-1)
	if !ready && wait > 0 {
		var timer <-chan time.Time
		if timed {
			t := time.NewTimer(wait)
			defer t.Stop()
			timer = t.C
		}
		measured := c.waiting()
		select {
		case r := <-result:
			c.input.take(r)
		case <-timer:
			fired = wait
		case <-c.ctx.Done():
			measured()
			return c.interrupted()
		}
		measured()
	}

	elapsed := max(time.Since(begin), fired)
	now, available, end := false, 0, false
	if input {
		now, available, end = c.input.ready()
	}
	for i := range subscriptions {
		switch s := &subscriptions[i]; {
		case s.ready:
		case s.input && now:
			s.ready, s.bytes, s.hangup = true, uint64(available), end
		case !s.input && s.after <= elapsed:
			s.ready = true
		}
	}
	return fsapi.ESUCCESS
}
