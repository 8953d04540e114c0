package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/funcbox/funcbox"
)

const (
	// progressDelay keeps the bar away from runtimes that come out of the
	// cache, which takes milliseconds.
	progressDelay = 150 * time.Millisecond
	// progressInterval is the time between two drawings.
	progressInterval = 80 * time.Millisecond
	// progressColumns is the width of the widest line; a narrower terminal
	// would wrap it.
	progressColumns = 72
	// barWidth is the width of the bar between its brackets.
	barWidth = 16
)

// progress shows on a terminal that a runtime is being compiled, here or by another
// process that this one waits for. The compiler does not tell how far it is, so the bar
// moves to and fro beside the time taken. Where there is no terminal it does nothing.
type progress struct {
	to      io.Writer // nil: nowhere
	mu      sync.Mutex
	running map[string]*compilation
}

// compilation is one runtime being compiled.
type compilation struct {
	event funcbox.CompileProgress
	begin time.Time
	quit  chan struct{}
	done  chan struct{}
}

func (a *app) progress() *progress {
	p := &progress{running: make(map[string]*compilation)}
	if a.columns >= progressColumns {
		p.to = a.stderr
	}
	return p
}

// update takes an event of the executor.
func (p *progress) update(event funcbox.CompileProgress) {
	if p.to == nil {
		return
	}
	if event.Done {
		p.mu.Lock()
		c := p.running[event.Language]
		delete(p.running, event.Language)
		p.mu.Unlock()
		if c != nil {
			c.end()
		}
		return
	}
	c := &compilation{event: event, begin: time.Now(), quit: make(chan struct{}), done: make(chan struct{})}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running[event.Language] == nil {
		p.running[event.Language] = c
		go c.draw(p.to)
	}
}

// stop ends what is still being drawn, after an interrupt.
func (p *progress) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, c := range p.running {
		delete(p.running, name)
		c.end()
	}
}

func (c *compilation) end() {
	close(c.quit)
	<-c.done
}

func (c *compilation) draw(to io.Writer) {
	defer close(c.done)
	delay := time.NewTimer(progressDelay)
	defer delay.Stop()
	select {
	case <-c.quit:
		return
	case <-delay.C:
	}
	ticker := time.NewTicker(progressInterval)
	defer ticker.Stop()
	for step := 0; ; step++ {
		fmt.Fprint(to, "\r"+progressLine(c.event, step, time.Since(c.begin)))
		select {
		case <-c.quit:
			fmt.Fprint(to, "\r"+strings.Repeat(" ", progressColumns-1)+"\r")
			return
		case <-ticker.C:
		}
	}
}

// progressLine is the step-th picture of the bar.
func progressLine(event funcbox.CompileProgress, step int, elapsed time.Duration) string {
	const block = 4
	way := barWidth - block
	at := step % (2 * way)
	if at > way {
		at = 2*way - at
	}
	bar := strings.Repeat(" ", at) + strings.Repeat("=", block) + strings.Repeat(" ", way-at)
	what := "compiling %.12s for the first time"
	if event.Waiting {
		what = "another process prepares %.12s"
	}
	return fmt.Sprintf(what+" [%s] %5.1fs", event.Language, bar, elapsed.Seconds())
}
