package wasm

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"time"
)

// idleAfter is how long a warm instance is kept without being needed.
const idleAfter = 30 * time.Second

// warmPerCore is how many instances per core are kept warm for a module: one that
// runs and one whose reset is under way.
const warmPerCore = 2

// pool keeps instances of one module between calls. An instance that comes back
// is dirty until its memory has been reset, after the reply. Safe for concurrent
// use.
type pool struct {
	logger *slog.Logger
	check  bool // Config.CheckResets

	mu sync.Mutex
	// clean ones equal the image; the last is the one used most recently.
	clean []idleInstance
	dirty []*instance
	// resetting tells that a goroutine works through dirty; resets waits for it.
	resetting bool
	resets    sync.WaitGroup
	closed    bool
	sweep     *time.Timer
	failed    int64 // PoolStats.FailedResets
}

type idleInstance struct {
	*instance
	since time.Time
}

// PoolStats is what a module keeps for its next calls.
type PoolStats struct {
	// Warm is the number of instances kept.
	Warm int
	// PrivateBytes bounds the memory they hold besides the image they share.
	PrivateBytes int64
	// FailedResets is the number of instances thrown away because they could not be
	// brought back to their image, since the module was registered.
	FailedResets int64
}

func warmLimit() int { return warmPerCore * runtime.GOMAXPROCS(0) }

// take returns an instance equal to a fresh one, or nil.
func (p *pool) take(limit uint64) *instance {
	p.mu.Lock()
	for i := len(p.clean) - 1; i >= 0; i-- {
		if in := p.clean[i].instance; in.memory.reserved >= limit {
			p.clean = append(p.clean[:i], p.clean[i+1:]...)
			p.mu.Unlock()
			return in
		}
	}
	var in *instance
	if n := len(p.dirty); n > 0 && p.dirty[n-1].memory.reserved >= limit {
		in, p.dirty = p.dirty[n-1], p.dirty[:n-1]
	}
	p.mu.Unlock()
	if in == nil {
		return nil
	}
	if !p.reset(in) {
		return nil // the caller makes a fresh one
	}
	return in
}

// reset makes an instance equal to a fresh one, or closes it.
func (p *pool) reset(in *instance) bool {
	err := in.reset()
	if err == nil && p.check {
		if err = in.verify(); err == nil {
			p.logger.Debug("an instance equals its image after its reset")
		}
	}
	if err == nil {
		return true
	}
	in.close()
	p.mu.Lock()
	closed := p.closed
	if !closed { // else the image may be gone, and nobody needs the instance
		p.failed++
	}
	p.mu.Unlock()
	if closed {
		return false
	}
	level := slog.LevelWarn
	if errors.Is(err, errDiffers) {
		level = slog.LevelError
	}
	p.logger.Log(context.Background(), level, "an instance is thrown away", "reason", err)
	return false
}

// give takes back an instance whose call returned. After a small call the reset
// takes less than waking a thread for it, and is done at once; otherwise in the
// background: start runs work in a goroutine that ends before the engine closes, or
// returns false if that has begun.
func (p *pool) give(in *instance, start func(func()) bool) {
	if in.small() {
		if p.reset(in) {
			p.put(in)
		}
		return
	}
	p.mu.Lock()
	if !p.makeRoom() {
		p.mu.Unlock()
		in.close()
		return
	}
	p.dirty = append(p.dirty, in)
	if p.resetting {
		p.mu.Unlock()
		return
	}
	p.resetting = true
	p.resets.Add(1)
	p.mu.Unlock()
	if !start(p.clear) {
		p.mu.Lock()
		p.resetting = false
		p.mu.Unlock()
		p.resets.Done()
	}
}

// makeRoom prepares for another instance: the newcomer may have room for calls that
// the oldest is too small for. False if there is none. The caller holds the lock.
func (p *pool) makeRoom() bool {
	full := len(p.clean)+len(p.dirty) >= warmLimit()
	if p.closed || full && len(p.clean) == 0 {
		return false
	}
	if full {
		p.clean[0].close()
		p.clean = append(p.clean[:0], p.clean[1:]...)
	}
	return true
}

// put keeps an instance that has been reset.
func (p *pool) put(in *instance) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.makeRoom() {
		in.close()
		return
	}
	p.clean = append(p.clean, idleInstance{in, time.Now()})
	if p.sweep == nil {
		p.sweep = time.AfterFunc(idleAfter, p.release)
	}
}

// clear resets dirty instances until there are none.
func (p *pool) clear() {
	defer p.resets.Done()
	for {
		p.mu.Lock()
		n := len(p.dirty)
		if n == 0 {
			p.resetting = false
			p.mu.Unlock()
			return
		}
		in := p.dirty[n-1]
		p.dirty = p.dirty[:n-1]
		p.mu.Unlock()
		if p.reset(in) {
			p.put(in)
		}
	}
}

// release closes what has been idle for too long and comes back while anything
// is left.
func (p *pool) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	keep := p.clean[:0]
	for _, idle := range p.clean {
		if time.Since(idle.since) >= idleAfter {
			idle.close()
			continue
		}
		keep = append(keep, idle)
	}
	clear(p.clean[len(keep):])
	p.clean = keep
	if len(keep) == 0 || p.closed {
		p.sweep = nil
		return
	}
	p.sweep.Reset(idleAfter)
}

func (p *pool) stats() PoolStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	warm := len(p.clean) + len(p.dirty)
	return PoolStats{Warm: warm, PrivateBytes: int64(warm) * keptBytes, FailedResets: p.failed}
}

// close releases all instances; those under way are closed when they come back. No reset
// is under way any more when it returns: the image may go.
func (p *pool) close() {
	defer p.resets.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	if p.sweep != nil {
		p.sweep.Stop()
	}
	for _, idle := range p.clean {
		idle.close()
	}
	for _, in := range p.dirty {
		in.close()
	}
	p.clean, p.dirty = nil, nil
}
