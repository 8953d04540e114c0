package wasm

import (
	"context"
	"errors"
	"fmt"

	"github.com/funcbox/funcbox/wasm/wasip1"
)

// ErrSessionEnded is wrapped by what Session.Run returns once the guest has exited,
// crashed or been stopped.
var ErrSessionEnded = errors.New("the session has ended")

// Session is an instance whose state stays from run to run, with its descriptors. For
// one goroutine at a time.
type Session struct {
	module *Module
	in     *instance // nil once it has ended
	system *wasip1.System
	ended  error
}

// Start makes an instance for a session. limitBytes bounds its linear memory for as
// long as it lives.
func (m *Module) Start(ctx context.Context, limitBytes int64, system wasip1.Config) (*Session, error) {
	if err := m.use(); err != nil {
		return nil, err
	}
	in, err := m.take(ctx, limitBytes)
	if err != nil {
		m.leave()
		return nil, err
	}
	return &Session{module: m, in: in, system: wasip1.NewSystem(system)}, nil
}

// Run puts a job to the instance as it is. Of Job.System, streams, arguments and
// environment hold for this run; FS and OpenFiles stay what they were at Start.
// Limits.MemoryBytes may be smaller than at Start. After an outcome other than
// Returned the session has ended.
func (s *Session) Run(ctx context.Context, job Job) (Outcome, error) {
	if s.in == nil {
		return Outcome{}, s.ended
	}
	s.in.memory.limit = min(memoryLimit(job.Limits.MemoryBytes), s.in.memory.reserved)
	c := continued(ctx, job.Limits, job.System, s.system)
	out := c.serve(s.in, job)
	s.system.Rest()
	if out.Ending != Returned {
		s.end(fmt.Errorf("%w: the guest was stopped", ErrSessionEnded))
		return out, nil
	}
	if s.in.worked {
		s.in.freshHandle()
	}
	return out, nil
}

// Photograph makes a module that starts from the state the session has now. No file
// may be open (ErrOpenFiles).
func (s *Session) Photograph() (*Module, error) {
	if s.in == nil {
		return nil, s.ended
	}
	if err := noOpenFiles(s.system); err != nil {
		return nil, err
	}
	return s.module.derive(s.in)
}

// MemoryBytes is the size of the linear memory; 0 once the session has ended.
func (s *Session) MemoryBytes() int64 {
	if s.in == nil {
		return 0
	}
	return int64(s.in.guest.Memory().Size())
}

// OpenFiles names the descriptors that the guest holds open.
func (s *Session) OpenFiles() []string { return s.system.LeftOpen() }

func (s *Session) end(reason error) {
	if s.in == nil {
		return
	}
	s.module.discard(s.in)
	s.in, s.ended = nil, reason
	s.system.Close()
	s.module.leave()
}

// Close releases the instance. A second Close does nothing.
func (s *Session) Close() { s.end(fmt.Errorf("%w: it was closed", ErrSessionEnded)) }
