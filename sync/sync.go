package sync

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/vfs"
)

// Folder is a host folder and where the guest saw it.
type Folder struct {
	// Path is the mount point.
	Path vfs.Path
	// HostPath is the folder on the host.
	HostPath string
	// Policy is asked again for every change; nil allows everything.
	Policy *perm.Policy
}

// Change is one path to create, modify or delete.
type Change struct {
	Type vfs.ChangeType
	// Path is the guest's. The folder with the longest mount point takes it.
	Path vfs.Path
	// Mode tells directories (fs.ModeDir), symbolic links (fs.ModeSymlink) and regular
	// files (neither) apart. Permission bits are taken from the file that is
	// replaced; new files get those of the process.
	Mode fs.FileMode
	// ModTime of a file that is written; zero: now.
	ModTime time.Time
	// Target of a symbolic link that is created.
	Target string
	// Open returns the contents of a file that is created or modified. It is called
	// once, when it is the change's turn.
	Open func() (io.ReadCloser, error)
	// Source is the path whose file on the host Open reads, where it does: of a file
	// that was moved unread. Should the batch itself change that path, the contents
	// are set aside first.
	Source vfs.Path
	// Base is what was at Path when the guest saw it first; nil: nothing.
	Base *Base
}

// Base describes a path of the host at the time it was loaded.
type Base struct {
	Size    int64
	ModTime time.Time
	// Hash returns the SHA-256 of the contents, where they were read. It lets a file
	// pass that was only touched since; nil: unknown.
	Hash func() (sum [sha256.Size]byte, known bool)
}

// ErrorPolicy says what becomes of a batch in which a change fails.
type ErrorPolicy uint8

// The policies. Rollback undoes everything, Continue applies what it can, Abort
// stops and leaves what has been done.
const (
	Rollback ErrorPolicy = iota
	Continue
	Abort
)

// Options of a batch. The zero value undoes a batch that fails, reports conflicts
// and calls nobody.
type Options struct {
	OnError ErrorPolicy
	// Overwrite applies a change also where the host has changed meanwhile.
	Overwrite bool
	// Durable waits until the disk has what was written, file by file. Without it a
	// crash of the machine, though not of the process, can lose files.
	Durable bool
	// Hooks are called in order, one at a time, by the goroutine that called Apply.
	Hooks Hooks
	// DryRun does everything up to the first write: Result tells what would be done,
	// as far as that is known without doing it. Of the hooks, BeforeSync is called.
	DryRun bool
	// Progress, if set, is called after each change with the number of those tried and
	// of all.
	Progress func(done, total int)
}

// Hooks are told of every change. A panic is an error of the change at hand.
type Hooks struct {
	// BeforeSync decides whether a change is applied.
	BeforeSync func(ctx context.Context, change Change) Decision
	// AfterSync hears of each change that was tried; err is nil if it was applied.
	// A batch that is undone later is told by the result.
	AfterSync func(ctx context.Context, change Change, err error)
	// OnSyncError hears of each change that failed or is in conflict.
	OnSyncError func(ctx context.Context, change Change, err error)
}

// Decision of a hook. The zero value continues.
type Decision struct {
	kind   uint8
	reason string
}

const (
	decisionContinue = iota
	decisionSkip
	decisionAbort
)

// Skip leaves one change out.
func Skip(reason string) Decision { return Decision{decisionSkip, reason} }

// AbortBatch ends the batch: with Rollback it is undone, else what has been done
// stays.
func AbortBatch(reason string) Decision { return Decision{decisionAbort, reason} }

// Continues tells whether the decision is to apply the change.
func (d Decision) Continues() bool { return d.kind == decisionContinue }

// Aborts tells whether the decision is to end the batch.
func (d Decision) Aborts() bool { return d.kind == decisionAbort }

// Reason for leaving out a change or ending the batch.
func (d Decision) Reason() string { return d.reason }

// Result tells what became of each change, by guest path. A path that was both deleted and
// created as something else is in a list twice.
type Result struct {
	Synced     []vfs.Path
	Skipped    []Skipped
	Failed     []Failed
	Conflicts  []Conflict
	RolledBack []vfs.Path
}

// Skipped is a change that was left out.
type Skipped struct {
	Path   vfs.Path
	Reason string
}

// Failed is a change that could not be applied or not be undone.
type Failed struct {
	Path vfs.Path
	Err  error
}

// Conflict is a change whose path is not as the guest saw it.
type Conflict struct {
	Path   vfs.Path
	Reason string
}

// Errors that say how a batch ended; use errors.Is.
var (
	// ErrRolledBack: everything was undone.
	ErrRolledBack = errors.New("the batch was rolled back")
	// ErrAborted: the batch stopped, and what had been done stays.
	ErrAborted = errors.New("the batch was aborted")
	// ErrNotUndone: undoing failed for some paths; they are in Result.Failed, and
	// Recover tries again.
	ErrNotUndone = errors.New("the batch could not be undone completely")
	// ErrConflict: the host is not as the guest saw it.
	ErrConflict = errors.New("changed on the host since it was loaded")
)

// Apply applies a batch of changes, of any order, to the host. Paths under no
// folder are skipped. It returns nil if the batch went through to its end, whatever the
// result says of single changes; else ErrRolledBack, ErrNotUndone or ErrAborted
// wrapped around what ended it, or why it could not begin. The result is never nil.
//
// When ctx ends, the batch ends as if a change had failed.
func Apply(ctx context.Context, folders []Folder, changes []Change, options Options) (*Result, error) {
	b := &batch{ctx: ctx, options: options, result: &Result{}}
	if err := b.plan(folders, changes); err != nil {
		return b.result, err
	}
	if len(b.steps) == 0 {
		return b.result, nil
	}
	if err := b.open(); err != nil {
		return b.result, errors.Join(err, b.close())
	}
	err := b.run()
	return b.result, errors.Join(err, b.close())
}

func (r *Result) skip(path vfs.Path, reason string) {
	r.Skipped = append(r.Skipped, Skipped{path, reason})
}

func (r *Result) fail(path vfs.Path, err error) {
	r.Failed = append(r.Failed, Failed{path, err})
}

// copyTo writes the contents, by calls of what may be code of others, and returns
// their length.
func (c *Change) copyTo(file io.Writer) (length int64, err error) {
	defer recovered(&err)
	if c.Open == nil {
		return 0, errors.New("the change has no contents")
	}
	content, err := c.Open()
	if err != nil {
		return 0, err
	}
	// Only Write of the file, lest it asks for a file of another kind to splice from.
	length, err = io.Copy(struct{ io.Writer }{file}, content)
	return length, errors.Join(err, content.Close())
}

// recovered turns a panic into an error.
func recovered(err *error) {
	if thrown := recover(); thrown != nil {
		*err = fmt.Errorf("panic: %v", thrown)
	}
}
