package funcbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm"
)

// SessionOptions describe a session. Only Language is needed, or Program.
type SessionOptions struct {
	// Language by name or alias.
	Language string
	// Program, if set, is what the session starts from, in place of a fresh runtime;
	// its language is that of the session. It may be closed before the session.
	Program *Program
	// Files, Mount, Workdir, Env and Argv are as in a Request, and hold for all of the
	// session. The mount's folders are watched: what changes on the host is seen by the
	// guest's next call, unless the guest has changed the same path, which is a
	// conflict when it is synced.
	Files   map[string][]byte
	Mount   *Mount
	Workdir string
	Env     map[string]string
	Argv    []string
	// HostFuncs are offered to all calls of the session, besides those of the executor.
	HostFuncs map[string]HostFunc
	// Schema is that of the calls that name a function and have none of their own.
	Schema *Schema
	// Limits of each call. MemoryBytes, FilesystemBytes and OpenFiles bound the whole
	// session, and calls cannot raise them.
	Limits Limits
	// IdleTimeout ends a session that has had no call for so long; 0: never.
	IdleTimeout time.Duration
	// RefuseWhenBusy makes a call fail with ErrSessionBusy while another one runs;
	// else it waits for its turn.
	RefuseWhenBusy bool
}

var (
	// ErrSessionEnded says that the session is over, and its text why: it was closed or
	// idle for too long, or the guest exited, crashed or was stopped.
	ErrSessionEnded = errors.New("funcbox: the session has ended")
	// ErrSessionBusy says that another call of the session runs.
	ErrSessionBusy = errors.New("funcbox: the session is busy")
)

// Session is a sandbox whose state stays from call to call: variables, imports, files,
// open descriptors. It runs one call at a time; its methods may be called from many
// goroutines.
//
// A guest that exits, crashes or is stopped ends the session; what it wrote until then
// can still be read with Files. Fibers that are half done, such as those of Ruby's
// Enumerator#next, do not outlive a call.
type Session struct {
	ex       *Executor
	language *lang.Language
	options  SessionOptions

	// turn holds one element while a call runs.
	turn chan struct{}
	// pressed is sent to by calls inside of other calls while they wait for the turn.
	// Whoever has it, and waits for a slot, then goes on without one: all slots may be
	// those of the calls around.
	pressed chan struct{}

	// Below is the business of whoever has the turn.
	module  *wasm.Module // nil: the first code is to be compiled
	own     *wasm.Module // is module, where that is the session's alone
	free    func()       // lets go of what was compiled
	base    *vfs.Image
	baseAs  vfs.BaseMode
	files   *filesystem
	guest   *wasm.Session
	fresh   bool // the guest has not had a request yet
	resumes bool // it goes on from where another session was
	loaded  bool // code of a compiled language is in there
	mount   *mountPlan
	known   knownFunctions

	mu    sync.Mutex
	ended error // why, once it has
	idle  *time.Timer
}

// NewSession makes a session. Nothing runs in it yet. It is closed with Close, by
// IdleTimeout, or with the executor.
func (ex *Executor) NewSession(ctx context.Context, options SessionOptions) (*Session, error) {
	if err := ex.begin(); err != nil {
		return nil, err
	}
	defer ex.calls.Done()
	s := &Session{ex: ex, options: options, turn: make(chan struct{}, 1), pressed: make(chan struct{}), free: func() {}, fresh: true}
	if program := options.Program; program != nil {
		if options.Language != "" {
			return nil, fmt.Errorf("%w: Program and Language: a program has its language", ErrBadRequest)
		}
		if err := program.begin(); err != nil {
			return nil, err
		}
		s.free = program.end
		s.language, s.base, s.loaded, s.module = program.language, program.files, true, program.module
		s.options.take(&program.load)
		s.known = knownFunctions{listing: program.listing, file: program.load.Filename}
	} else {
		var err error
		if s.language, err = ex.language(options.Language); err != nil {
			return nil, err
		}
		s.module = ex.modules[s.language]
	}
	if err := s.open(ctx); err != nil {
		s.drop()
		return nil, err
	}
	return s, nil
}

// take fills in what the request of a program says.
func (o *SessionOptions) take(load *Request) {
	o.Workdir = first(o.Workdir, load.Workdir)
	if o.Env == nil {
		o.Env = load.Env
	}
	if o.Argv == nil {
		o.Argv = load.Argv
	}
	if o.HostFuncs == nil {
		o.HostFuncs = load.HostFuncs
	}
	if o.Schema == nil {
		o.Schema = load.Schema
	}
}

// open makes the session's files and has the executor know it.
func (s *Session) open(ctx context.Context) error {
	req := s.request(Request{})
	req.Files, req.Mount = s.options.Files, s.options.Mount
	p, err := s.plan(&req)
	if err != nil {
		return err
	}
	s.mount = p.mount
	p.base, p.baseAs, p.watches = s.base, s.baseAs, true
	// The tree's hooks live as long as the session.
	if s.files, err = p.filesystem(context.WithoutCancel(ctx), s.ex.hooks); err != nil {
		return err
	}
	s.ex.register(s)
	s.wind()
	return nil
}

// request is a call's request with what the session has said for all of them.
func (s *Session) request(req Request) Request {
	req.Language = s.language.Name
	req.Workdir, req.Env, req.Argv = s.options.Workdir, s.options.Env, s.options.Argv
	limits := req.Limits.or(s.options.Limits)
	if of := s.options.Limits.or(s.ex.limits); true {
		limits.MemoryBytes = min(first(limits.MemoryBytes, of.MemoryBytes), of.MemoryBytes)
		limits.FilesystemBytes, limits.OpenFiles = of.FilesystemBytes, of.OpenFiles
	}
	req.Limits = limits
	if len(s.options.HostFuncs) > 0 {
		all := maps.Clone(s.options.HostFuncs)
		maps.Copy(all, req.HostFuncs)
		req.HostFuncs = all
	}
	return req
}

// plan plans a call without files and mounts, which are the session's.
func (s *Session) plan(req *Request) (*plan, error) {
	p, err := s.ex.plan(req, nil)
	if err != nil {
		return nil, err
	}
	if s.module != nil {
		p.module = s.module
	}
	return p, nil
}

// Execute runs more code in the session, or calls a function of what is there, or both:
// with Code, that is run first, at the top level and with Args and Kwargs as in a body
// unless Function is named; with Function, it is called with them. Language may be left
// out; Files are written before; Mount, Workdir, Env and Argv must be left out, since
// they are the session's.
//
// The Files of the result are all changes since the session began, or since they were
// synced: so they can be synced after any call.
func (s *Session) Execute(ctx context.Context, req Request) (*ExecutionResult, error) {
	if err := s.check(&req); err != nil {
		return nil, err
	}
	if err := s.ex.begin(); err != nil {
		return nil, err
	}
	defer s.ex.calls.Done()
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	ctx = context.WithValue(ctx, s, true)
	req = s.request(req)
	if req.Schema == nil && req.Function != "" {
		req.Schema = s.options.Schema
	}
	p, err := s.plan(&req)
	if err != nil {
		return nil, err
	}
	p.mount, p.pressed = s.mount, s.pressed
	return s.ex.run(ctx, p, func(ctx context.Context, res *ExecutionResult) error {
		return s.serve(ctx, p, res)
	})
}

// Call calls a function of the session with positional arguments: a short form of
// Execute.
func (s *Session) Call(ctx context.Context, function string, args ...any) (*ExecutionResult, error) {
	return s.Execute(ctx, Request{Function: function, Args: args})
}

// check refuses what a session has settled, or cannot do.
func (s *Session) check(req *Request) error {
	if req.Language != "" {
		if l, err := s.ex.language(req.Language); err != nil || l != s.language {
			return fmt.Errorf("%w: the session speaks %q, not %q", ErrBadRequest, s.language.Name, req.Language)
		}
	}
	switch {
	case req.Mount != nil || req.Workdir != "" || req.Env != nil || req.Argv != nil:
		return fmt.Errorf("%w: Mount, Workdir, Env and Argv are given to NewSession and hold for all of the session", ErrBadRequest)
	case req.Code == "" && req.Function == "":
		return fmt.Errorf("%w: there is neither Code to run nor a Function to call", ErrBadRequest)
	}
	return nil
}

// serve runs the guest. The caller has the turn.
func (s *Session) serve(ctx context.Context, p *plan, res *ExecutionResult) error {
	if err := s.begin(ctx, p); err != nil {
		return err
	}
	s.files.call = ctx
	if err := s.addFiles(p); err != nil {
		return err
	}
	s.files.tree.Refresh()
	talk, err := s.conversation(p)
	if err != nil {
		return err
	}
	if talk.first == nil {
		p.refuse(res, talk.refused)
		return nil
	}
	var over error
	err = p.guest(ctx, res, nil, talk, func(ctx context.Context, job wasm.Job) (wasm.Outcome, error) {
		outcome, err := s.guest.Run(ctx, job)
		if outcome.Ending != wasm.Returned {
			over = fmt.Errorf("%w: %s", ErrSessionEnded, endings[outcome.Ending])
		}
		return outcome, err
	})
	s.fresh = false
	if over != nil {
		s.end(over)
	}
	if err != nil {
		return err
	}
	res.takeFiles(s.files.tree, p.req.Include)
	err = s.ex.syncAfter(ctx, s.mount, s.files.tree, res)
	if res.Sync != nil {
		s.files.tree.Synced(guestPaths(res.Sync.Synced))
	}
	return err
}

// endings say why a session is over.
var endings = map[wasm.Ending]string{
	wasm.Exited: "the guest exited", wasm.Trapped: "the guest crashed", wasm.Stopped: "the guest was stopped",
}

// begin starts the guest at the first call.
func (s *Session) begin(ctx context.Context, p *plan) error {
	if s.guest != nil {
		return nil
	}
	if s.module == nil {
		if p.req.Code == "" {
			return fmt.Errorf("%w: a session of %s begins with Code", ErrBadRequest, s.language.Name)
		}
		s.module, s.free = p.module, p.release
		p.release = func() {}
	}
	job := p.engineJob(&conversation{}, s.files.tree)
	guest, err := s.module.Start(ctx, p.limits.MemoryBytes, job.System)
	if err != nil {
		return hostError(err)
	}
	s.guest = guest
	return nil
}

// addFiles writes the files of a request into the session's tree.
func (s *Session) addFiles(p *plan) error {
	for _, path := range slices.Sorted(maps.Keys(p.files)) {
		if errno := s.files.put(path, p.files[path]); errno != 0 {
			return fmt.Errorf("%w: Files: writing %s into the session: %w", ErrBadRequest, path, errno)
		}
	}
	return nil
}

// Files tells what the session has changed in its files since it began, or since that
// was synced; also once it has ended, until Close. It waits for the call that runs, so a
// host function of that call must not ask.
func (s *Session) Files() (FileChanges, error) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	if s.files == nil {
		return FileChanges{}, s.reason()
	}
	var res ExecutionResult
	res.takeFiles(s.files.tree, 0)
	return res.Files, nil
}

// Sync writes the changes of the session's files to the folders that are mounted, as
// [Executor.SyncFiles] does. What was written is no change any more.
func (s *Session) Sync(ctx context.Context, options SyncOptions) (*SyncResult, error) {
	if err := s.ex.begin(); err != nil {
		return &SyncResult{}, err
	}
	defer s.ex.calls.Done()
	if err := s.wait(ctx); err != nil {
		return &SyncResult{}, err
	}
	defer func() { <-s.turn }()
	if s.files == nil {
		return &SyncResult{}, s.reason()
	}
	if s.mount.mount == nil {
		return &SyncResult{}, fmt.Errorf("%w: the session has no Mount to sync to", ErrBadRequest)
	}
	all, err := hostChanges(s.files.tree)
	if err != nil {
		return &SyncResult{}, err
	}
	result, err := s.ex.sync(ctx, all, s.mount, options)
	if !options.DryRun {
		s.files.tree.Synced(guestPaths(result.Synced))
	}
	return result, err
}

// MemoryBytes is the size of the session's linear memory; 0 before its first call. It
// waits as Files does.
func (s *Session) MemoryBytes() int64 {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	if s.guest == nil {
		return 0
	}
	return s.guest.MemoryBytes()
}

// enter takes the turn of a call that is to run.
func (s *Session) enter(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
	default:
		if s.options.RefuseWhenBusy {
			return ErrSessionBusy
		}
		if err := s.wait(ctx); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended != nil {
		<-s.turn
		return s.ended
	}
	if s.idle != nil {
		s.idle.Stop()
	}
	return nil
}

// wait takes the turn, once it is free.
func (s *Session) wait(ctx context.Context) error {
	if ctx.Value(s) != nil {
		return fmt.Errorf("%w: a host function of its own call asks", ErrSessionBusy)
	}
	var pressed chan<- struct{}
	if _, inside := CallOf(ctx); inside {
		pressed = s.pressed
	}
	for {
		select {
		case s.turn <- struct{}{}:
			return nil
		case pressed <- struct{}{}:
		case <-ctx.Done():
			return fmt.Errorf("funcbox: waiting for the session: %w", context.Cause(ctx))
		}
	}
}

func (s *Session) leave() {
	<-s.turn
	s.wind()
}

// wind starts the idle time anew.
func (s *Session) wind() {
	if s.options.IdleTimeout <= 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended != nil:
	case s.idle == nil:
		s.idle = time.AfterFunc(s.options.IdleTimeout, s.expire)
	default:
		s.idle.Reset(s.options.IdleTimeout)
	}
}

// expire ends the session for having been idle, unless it is in use, after which the
// time begins anew.
func (s *Session) expire() {
	select {
	case s.turn <- struct{}{}:
	default:
		s.wind()
		return
	}
	s.end(fmt.Errorf("%w: it had no call for %v", ErrSessionEnded, s.options.IdleTimeout))
	<-s.turn
}

func (s *Session) reason() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// end lets go of the guest; the files stay. The caller has the turn.
func (s *Session) end(reason error) {
	s.mu.Lock()
	if s.ended == nil {
		s.ended = reason
	}
	if s.idle != nil {
		s.idle.Stop()
	}
	s.mu.Unlock()
	if s.guest != nil {
		s.guest.Close()
		s.guest = nil
	}
	if s.own != nil {
		s.own.Close()
		s.own = nil
	}
	s.free()
	s.free = func() {}
}

// Close ends the session after the call that runs, if one does: the guest runs its exit
// handlers, with the session's limits, and everything is released. Their failure is
// the error. A second Close does nothing.
func (s *Session) Close(ctx context.Context) error {
	if err := s.wait(context.WithoutCancel(ctx)); err != nil { // a context that ended closes, too
		return err
	}
	defer func() { <-s.turn }()
	var err error
	if s.guest != nil {
		err = s.farewell(ctx)
	}
	s.drop()
	return err
}

// farewell has the guest run what it does at exit.
func (s *Session) farewell(ctx context.Context) error {
	req := s.request(Request{})
	p, err := s.plan(&req)
	if err != nil {
		return err
	}
	talk := &conversation{}
	if talk.first, err = p.envelope(operationEnd, flagLast, binding{}); err != nil {
		return err
	}
	res := &ExecutionResult{Status: StatusSuccess}
	err = p.guest(ctx, res, nil, talk, s.guest.Run)
	if err == nil && res.Err() != nil {
		err = res.failure("closing the session: ")
	}
	return err
}

// drop releases everything. The caller has the turn, or is the only one who knows the
// session.
func (s *Session) drop() {
	s.ex.unregister(s)
	s.end(fmt.Errorf("%w: it was closed", ErrSessionEnded))
	if s.files != nil {
		s.ex.release(s.files.close)
		s.files = nil
	}
}

// release implements closer: the executor closes, and its calls have ended.
func (s *Session) release() {
	s.turn <- struct{}{}
	s.drop()
	<-s.turn
}
