package wasip1

import (
	"context"
	"io"
	"time"

	"github.com/tetratelabs/wazero/sys"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// DefaultOpenFiles is how many descriptors may be open at once where
// Config.OpenFiles is 0.
const DefaultOpenFiles = 256

// Config says what a guest is given for one call. All of it may be left out.
type Config struct {
	Args []string // argv, the program's name first
	Env  []string // "KEY=value"

	// Stdin is what descriptor 0 reads; nil is empty. A Read that may block runs in
	// a goroutine of its own, so that the call can end before it; that goroutine
	// lives on until Read returns, and what it read is lost. Memory readers of
	// bytes and strings are read directly.
	Stdin io.Reader

	// Stdout and Stderr are what descriptors 1 and 2 write to; nil discards. They
	// get slices of the guest's memory, which they must not keep, and must not
	// block for long.
	Stdout, Stderr io.Writer

	// FS is opened as descriptor 3, the preopened directory "/". Without it there
	// are no files.
	FS fsapi.FileSystem

	// OpenFiles bounds the descriptors open at once, the standard ones and the
	// preopened one included; beyond it is EMFILE. 0 means DefaultOpenFiles.
	OpenFiles int

	// Exit is called by proc_exit. It must not return but panic. nil panics with a
	// *sys.ExitError of wazero.
	Exit func(code uint32)

	// Interrupted is called when a wait ended because the context of the call is
	// done. It should not return but panic; if it does return, or is nil, the guest
	// gets EINTR.
	Interrupted func()
}

// System is the state of a guest, for one call or, with Rebind, for several:
// descriptors, positions, standard input. It is for one goroutine at a time.
type System struct {
	config  Config
	table   []descriptor // by number
	open    int
	input   input
	started time.Time
	waited  time.Duration // in waits: not CPU time of the guest
	spent   time.Duration // CPU time up to Rest, else 0
	first   [8]descriptor // where table begins, to save an allocation
	dirents []fsapi.Dirent
	call    call
}

// NewSystem makes the state of a call: descriptors 0 to 2 and, with Config.FS,
// descriptor 3. Close frees it.
func NewSystem(config Config) *System {
	s := &System{config: config, started: time.Now()}
	if s.config.OpenFiles == 0 {
		s.config.OpenFiles = DefaultOpenFiles
	}
	s.input.reader = config.Stdin
	s.table = s.first[:0]
	s.table = append(s.table,
		descriptor{kind: standardInput, rights: inputRights},
		descriptor{kind: standardOutput, stream: 1, rights: outputRights},
		descriptor{kind: standardOutput, stream: 2, rights: outputRights})
	s.open = 3
	if config.FS != nil {
		if root, errno := config.FS.Root(); errno == 0 {
			s.table = append(s.table, descriptor{
				kind: openDirectory, preopen: true, directory: root, rights: directoryRights, inheriting: allRights,
			})
			s.open++
		}
	}
	return s
}

// Close closes all descriptors. The System cannot be used afterwards: every
// descriptor is EBADF.
func (s *System) Close() {
	for i := range s.table {
		s.table[i].close()
	}
	s.table, s.open, s.call = nil, 0, call{}
}

// OpenFiles returns how many descriptors are open.
func (s *System) OpenFiles() int { return s.open }

// interrupted is called when the context is done. It normally does not return.
func (s *System) interrupted() fsapi.Errno {
	if s.config.Interrupted != nil {
		s.config.Interrupted()
	}
	return fsapi.EINTR
}

// waiting measures a wait: defer s.waiting()().
func (s *System) waiting() func() {
	begin := time.Now()
	return func() { s.waited += time.Since(begin) }
}

func procExit(c *call) fsapi.Errno {
	code := c.u32(0)
	if c.config.Exit != nil {
		c.config.Exit(code)
	}
	panic(sys.NewExitError(code))
}

// procRaise: there are no signals.
func procRaise(*call) fsapi.Errno { return fsapi.ENOSYS }

// sockAny serves all functions on sockets, of which there are none.
func sockAny(c *call) fsapi.Errno {
	if _, errno := c.descriptor(c.u32(0)); errno != 0 {
		return errno
	}
	return fsapi.ENOTSOCK
}

// done says whether the context has ended.
func done(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return true
	default:
		return false
	}
}
