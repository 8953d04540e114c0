package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/funcbox/funcbox/vfs"
)

// batch is one Apply under way.
type batch struct {
	ctx     context.Context
	options Options
	folders []*folder // all that were named; those with a root are in use
	steps   []*step
	result  *Result
	locks   locks
}

// open locks the folders that have changes, mends what an earlier process left
// there, and begins the journals.
func (b *batch) open() error {
	var used []*folder
	var paths []string
	for _, f := range b.folders {
		if slices.ContainsFunc(b.steps, func(s *step) bool { return s.folder == f }) {
			used, paths = append(used, f), append(paths, f.HostPath)
		}
	}
	var err error
	if b.locks, err = lock(b.ctx, paths); err != nil {
		return err
	}
	for _, f := range used {
		if err := f.open(); err != nil {
			return err
		}
		if _, err := f.recover(); err != nil {
			return err
		}
	}
	if b.options.DryRun {
		return nil
	}
	id := newID()
	for i, f := range used {
		first := entry{Rollback: b.options.OnError == Rollback}
		if i == 0 {
			first.Others = paths[1:]
		} else {
			first.Primary = paths[0]
		}
		if err := f.begin(id, first, b.options.Durable); err != nil {
			return errors.Join(err, b.end(true))
		}
	}
	return nil
}

func (b *batch) close() error {
	var errs []error
	for _, f := range b.folders {
		if f.journal != nil { // undoing failed: Recover will need it
			errs = append(errs, f.journal.file.Close())
		}
		errs = append(errs, f.close())
	}
	return errors.Join(append(errs, b.locks.release())...)
}

// run applies the steps.
func (b *batch) run() error {
	if b.options.OnError == Rollback || b.options.DryRun {
		if err := b.preflight(); err != nil {
			return errors.Join(fmt.Errorf("%w before anything was done: %w", b.ending(), err), b.end(true))
		}
	}
	if err := b.setAside(); err != nil {
		return b.stop(err, b.steps)
	}
	for i, s := range b.steps {
		if s == nil {
			continue // in conflict, says the preflight, or failed already
		}
		err := b.ctx.Err()
		if err == nil {
			err = b.one(s)
		}
		if b.options.Progress != nil {
			b.options.Progress(i+1, len(b.steps))
		}
		if err == nil || b.options.OnError == Continue && b.ctx.Err() == nil && !errors.Is(err, errHookAborted) {
			continue
		}
		return b.stop(err, b.steps[i+1:])
	}
	return b.commit()
}

// stop ends the batch before its last step.
func (b *batch) stop(err error, rest []*step) error {
	for _, s := range rest {
		if s != nil {
			b.result.skip(s.Path, "the batch ended before it")
		}
	}
	if b.options.OnError == Rollback {
		return b.rollback(err)
	}
	return errors.Join(fmt.Errorf("%w: %w", ErrAborted, err), b.commit())
}

// setAside copies the contents that are read from a path of the host which the batch
// changes before their turn.
func (b *batch) setAside() error {
	if b.options.DryRun {
		return nil
	}
	written := make(map[vfs.Path]bool)
	for _, s := range b.steps {
		if s != nil && (s.early || s.Type != vfs.Delete) {
			written[s.Path] = true
		}
	}
	for i, s := range b.steps {
		if s == nil || !written[s.Source] {
			continue
		}
		if err := s.setAside(); err != nil {
			b.failed(s, err)
			b.steps[i] = nil
			if b.options.OnError != Continue {
				return fmt.Errorf("%s: %w", s.Path, err)
			}
		}
	}
	return nil
}

// preflight looks before anything is done for conflicts and what else cannot work.
func (b *batch) preflight() error {
	var first error
	for i, s := range b.steps {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		if err := s.compare(b); err != nil {
			b.failed(s, err)
			b.steps[i] = nil
			if first == nil {
				first = fmt.Errorf("%s: %w", s.Path, err)
			}
		}
	}
	if b.options.DryRun {
		return nil
	}
	return first
}

var errHookAborted = errors.New("a hook ended the batch")

// one brings one change to the host, with its hooks.
func (b *batch) one(s *step) error {
	decision, err := b.before(s)
	switch {
	case err != nil:
		b.failed(s, err)
		return err
	case decision.kind == decisionSkip:
		b.result.skip(s.Path, decision.reason)
		return nil
	case decision.kind == decisionAbort:
		b.result.skip(s.Path, decision.reason)
		return fmt.Errorf("%w: %s", errHookAborted, decision.reason)
	}
	if b.options.DryRun {
		b.result.Synced = append(b.result.Synced, s.Path)
		return nil
	}
	s.replaced = true
	if err = s.compare(b); err == nil {
		err = s.apply(b)
	}
	if left, is := errors.AsType[*leftOut](err); is {
		b.result.skip(s.Path, left.reason)
		return nil
	}
	after := b.after(s, err)
	if err != nil {
		b.failed(s, err)
		return fmt.Errorf("%s: %w", s.Path, err)
	}
	b.result.Synced = append(b.result.Synced, s.Path)
	if after != nil { // the change is done, only the hook has failed
		b.result.fail(s.Path, after)
	}
	return after
}

// failed records a failure and tells the hook.
func (b *batch) failed(s *step, err error) {
	if errors.Is(err, ErrConflict) {
		b.result.Conflicts = append(b.result.Conflicts, Conflict{s.Path, err.Error()})
	} else {
		b.result.fail(s.Path, err)
	}
	if hook := b.options.Hooks.OnSyncError; hook != nil {
		if failed := guarded(func() { hook(b.ctx, s.Change, err) }); failed != nil {
			b.result.fail(s.Path, fmt.Errorf("hook OnSyncError: %w", failed))
		}
	}
}

func (b *batch) before(s *step) (decision Decision, err error) {
	if hook := b.options.Hooks.BeforeSync; hook != nil {
		if err = guarded(func() { decision = hook(b.ctx, s.Change) }); err != nil {
			err = fmt.Errorf("hook BeforeSync: %w", err)
		}
	}
	return decision, err
}

func (b *batch) after(s *step, failure error) error {
	if hook := b.options.Hooks.AfterSync; hook != nil {
		if err := guarded(func() { hook(b.ctx, s.Change, failure) }); err != nil {
			return fmt.Errorf("hook AfterSync: %w", err)
		}
	}
	return nil
}

func guarded(call func()) (err error) {
	defer recovered(&err)
	call()
	return nil
}

// commit makes what was done final: from here on a killed batch is completed
// rather than undone.
func (b *batch) commit() error {
	err := b.persist()
	first := true
	for _, f := range b.folders {
		if f.journal == nil || err != nil {
			continue
		}
		// The first one decides for all; the others spare a recovery looking there.
		if failed := f.journal.add(entry{Kind: entryCommit}); first {
			err, first = failed, false
		}
		failpoint("committed")
	}
	switch {
	case err == nil:
		return b.clean()
	case b.options.OnError == Rollback:
		return b.rollback(err)
	}
	return errors.Join(err, b.clean())
}

// persist waits until the disk has the names of what was written; the contents it
// has already.
func (b *batch) persist() error {
	if !b.options.Durable {
		return nil
	}
	for _, f := range b.folders {
		for relative := range f.touched {
			directory, err := f.directory(relative)
			if isGone(err) {
				continue // removed later in the batch
			}
			if err == nil {
				err = syncDirectory(directory)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// clean removes the batch's own names, then the journals, the deciding one last.
func (b *batch) clean() error {
	var errs []error
	for _, f := range b.folders {
		if f.journal != nil {
			errs = append(errs, f.removeNames(f.journal.entries))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("the changes are done, but not all temporary files could be removed: %w", err)
	}
	return b.end(false)
}

// end removes the journals, the deciding one last.
func (b *batch) end(undone bool) error {
	var errs []error
	for _, f := range slices.Backward(b.folders) {
		errs = append(errs, f.end(undone))
	}
	return errors.Join(errs...)
}

// rollback undoes what was done.
func (b *batch) rollback(cause error) error {
	var problems []error
	for _, f := range slices.Backward(b.folders) {
		if f.journal == nil {
			continue
		}
		for _, failure := range f.undo(f.journal.entries) {
			b.result.fail(f.guestPath(failure.path), fmt.Errorf("undoing: %w", failure.err))
			problems = append(problems, failure.err)
		}
	}
	b.result.RolledBack = append(b.result.RolledBack, b.result.Synced...)
	b.result.Synced = nil
	if len(problems) > 0 {
		return fmt.Errorf("%w: %w, after %w", ErrNotUndone, errors.Join(problems...), cause)
	}
	if err := b.end(true); err != nil {
		return fmt.Errorf("%w: %w, after %w", ErrNotUndone, err, cause)
	}
	return fmt.Errorf("%w: %w", ErrRolledBack, cause)
}

func (f *folder) guestPath(relative string) vfs.Path {
	path, err := vfs.ParsePath(relative, f.Path)
	if err != nil {
		return f.Path
	}
	return path
}
