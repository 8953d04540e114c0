package wasm

import (
	"context"
	"errors"
	"fmt"

	"github.com/funcbox/funcbox/wasm/wasip1"
)

// ErrOpenFiles is wrapped by the errors about descriptors that are open when an
// instance is to be photographed: they are the host's and cannot be copied.
var ErrOpenFiles = errors.New("files are open")

// Load runs a job as Run does and photographs the instance after it. The module
// returned starts each of its calls there; it shares the code of this one and the
// pages of memory that the job did not write, and must be closed. It is nil unless the
// outcome is Returned.
//
// accept, if set, is asked after the last reply, while the job's files are still there,
// and can refuse the photograph with an error that Load returns.
func (m *Module) Load(ctx context.Context, job Job, accept func(Outcome) error) (Outcome, *Module, error) {
	if err := m.use(); err != nil {
		return Outcome{}, nil, err
	}
	defer m.leave()
	in, err := m.take(ctx, job.Limits.MemoryBytes)
	if err != nil {
		if ctx.Err() != nil {
			return Outcome{Ending: Stopped, Err: context.Cause(ctx)}, nil, nil
		}
		return Outcome{}, nil, err
	}
	c := newCall(ctx, job.Limits, job.System)
	defer c.system.Close()
	out := c.serve(in, job)
	if out.Ending != Returned {
		in.close()
		return out, nil, nil
	}
	defer m.keep(in)
	if err := noOpenFiles(c.system); err != nil {
		return out, nil, err
	}
	if accept != nil {
		if err := accept(out); err != nil {
			return out, nil, err
		}
	}
	derived, err := m.derive(in)
	return out, derived, err
}

func noOpenFiles(system *wasip1.System) error {
	if left := system.LeftOpen(); len(left) > 0 {
		return &OpenFilesError{Paths: left}
	}
	return nil
}

// OpenFilesError matches [ErrOpenFiles].
type OpenFilesError struct {
	// Paths are guest paths, and what became of standard streams.
	Paths []string
}

// Error implements error.
func (e *OpenFilesError) Error() string { return fmt.Sprintf("%v: %q", ErrOpenFiles, e.Paths) }

// Is tells whether target is ErrOpenFiles.
func (e *OpenFilesError) Is(target error) bool { return target == ErrOpenFiles }

// derive photographs an instance of the module.
func (m *Module) derive(in *instance) (*Module, error) {
	taken, err := in.photograph()
	if err != nil {
		return nil, fmt.Errorf("runtime %s: taking its image: %w", m.spec.Name, err)
	}
	return m.startingAt(taken)
}

// startingAt makes a module of the same code that starts from another image.
func (m *Module) startingAt(taken *snapshot) (*Module, error) {
	root := m
	if m.parent != nil {
		root = m.parent
	}
	root.mu.Lock()
	ready := root.ready
	if ready != nil {
		root.users++
	}
	root.mu.Unlock()
	if ready == nil {
		return nil, errors.Join(ErrClosed, taken.memory.close())
	}
	own := *ready
	own.image = taken
	spec := root.spec
	spec.Fingerprint = nil
	return m.engine.register(&Module{engine: m.engine, spec: spec, parent: root, ready: &own}), nil
}

// adopted takes a clean instance of the module that this one was derived from, which
// is quicker than a new one; nil if there is none to spare.
func (m *Module) adopted(ready *prepared, limitBytes int64) *instance {
	in := m.parent.pool.take(memoryLimit(limitBytes))
	if in == nil {
		return nil
	}
	in.memory.limit = in.memory.reserved
	if err := in.adopt(ready.image); err != nil {
		in.close()
		return nil
	}
	return in
}

// OwnBytes is the memory that the module's image takes besides that of the module it
// was derived from.
func (m *Module) OwnBytes() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ready == nil {
		return 0
	}
	return m.ready.image.memory.ownBytes()
}
