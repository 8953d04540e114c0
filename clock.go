package funcbox

import (
	"context"
	"time"
)

// callClock ends a call when its time is over.
type callClock struct {
	cancel context.CancelFunc
	timer  *time.Timer // nil: the context has a deadline of its own
	left   time.Duration
	since  time.Time
}

// clock starts the time of a call.
func (l Limits) clock(ctx context.Context) (context.Context, *callClock) {
	if !l.HostTimeExcluded {
		limited, cancel := context.WithTimeoutCause(ctx, l.Timeout, errTimeLimit)
		return limited, &callClock{cancel: cancel}
	}
	limited, cancel := context.WithCancelCause(ctx)
	end := func() { cancel(errTimeLimit) }
	return limited, &callClock{cancel: func() { cancel(nil) }, timer: time.AfterFunc(l.Timeout, end), left: l.Timeout, since: time.Now()}
}

// pause stops the clock until the function it returns is called.
func (c *callClock) pause() func() {
	running := c.timer.Stop()
	c.left -= time.Since(c.since)
	return func() {
		c.since = time.Now()
		if running {
			c.timer.Reset(max(c.left, 0))
		}
	}
}

func (c *callClock) stop() {
	if c.timer != nil {
		c.timer.Stop()
	}
	c.cancel()
}
