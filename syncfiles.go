package funcbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/sync"
	"github.com/funcbox/funcbox/vfs"
)

// Ways in which a batch can end, for errors.Is.
var (
	// ErrRolledBack: a change failed, and the host is as it was before.
	ErrRolledBack = errors.New("funcbox: the sync was rolled back")
	// ErrSyncAborted: the batch stopped, and what had been done stays.
	ErrSyncAborted = errors.New("funcbox: the sync was aborted")
	// ErrNotUndone: not everything could be put back. SyncResult.Failed tells what;
	// [Recover] tries again, as does the next call that mounts the folder.
	ErrNotUndone = errors.New("funcbox: the sync could not be undone completely")
	// ErrConflict: the host is not as the guest saw it.
	ErrConflict = errors.New("funcbox: changed on the host since it was loaded")
)

// SyncResult tells what became of each change, by absolute guest path.
type SyncResult struct {
	// Synced are the paths that were brought to the host.
	Synced []string `json:"synced"`
	// Skipped were left out: by a hook, by the permissions, or since no host folder
	// takes them.
	Skipped []SyncSkipped `json:"skipped"`
	// Failed could not be applied, or not be undone.
	Failed []SyncFailed `json:"failed"`
	// Conflicts are not as the guest saw them and were left alone.
	Conflicts []SyncConflict `json:"conflicts"`
	// RolledBack were applied and undone again.
	RolledBack []string `json:"rolledBack"`
}

// SyncSkipped is a change that was left out.
type SyncSkipped struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// SyncFailed is a change that failed.
type SyncFailed struct {
	Path string
	Err  error
}

// SyncConflict is a change whose path is not as the guest saw it.
type SyncConflict struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// Complete tells whether nothing failed and nothing was in conflict.
func (r *SyncResult) Complete() bool {
	return r == nil || len(r.Failed)+len(r.Conflicts)+len(r.RolledBack) == 0
}

// SyncDecision is what a hook decides about a change; the zero value is to apply
// it.
type SyncDecision = sync.Decision

// SkipSync leaves one change out.
func SkipSync(reason string) SyncDecision { return sync.Skip(reason) }

// AbortSync ends the batch, where Sync.AllowAbort is set.
func AbortSync(reason string) SyncDecision { return sync.AbortBatch(reason) }

// SyncOptions are what a mount does not say.
type SyncOptions struct {
	// DryRun writes nothing and tells what would be done, as far as that can be known.
	// Of the hooks, only BeforeSync is called.
	DryRun bool
	// Progress, if set, is called after each change with the number of those that were
	// tried and of all that are to be.
	Progress func(done, total int)
}

// SyncFiles writes changes of an earlier call to the folders of mount.Dirs, all of
// them or any subset, also in another process than that of the call: changes keep
// their contents in JSON. What mount.Sync says holds, but for its Mode; permissions
// are asked again. Changes in no folder of Dirs are skipped.
//
// The error is nil if the batch went through, whatever the result says of single
// changes; else it matches ErrRolledBack, ErrNotUndone, ErrSyncAborted, ErrBadRequest
// or says why the batch could not begin. The result is never nil.
func (ex *Executor) SyncFiles(ctx context.Context, changes []FileChange, mount *Mount, options SyncOptions) (*SyncResult, error) {
	result := &SyncResult{}
	if err := ex.begin(); err != nil {
		return result, err
	}
	defer ex.calls.Done()
	if mount == nil {
		return result, fmt.Errorf("%w: there is no Mount to sync to", ErrBadRequest)
	}
	plan, err := mount.plan(&lang.Language{}, &ex.policies)
	if err != nil {
		return result, err
	}
	if len(plan.folders) == 0 {
		return result, fmt.Errorf("%w: Mount has no Dirs to sync to", ErrBadRequest)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(ex.ctx, func() { cancel(ErrClosed) })()
	return ex.sync(ctx, changes, plan, options)
}

// syncAfter syncs what a call left, where its mount wants that.
func (ex *Executor) syncAfter(ctx context.Context, plan *mountPlan, tree *vfs.FS, res *ExecutionResult) error {
	if plan.mount == nil || plan.mount.Sync.Mode != SyncBatch {
		return nil
	}
	if !res.Success() && (res.Status != StatusError || !plan.mount.Sync.AfterErrors) {
		return nil
	}
	all, err := hostChanges(tree)
	if err != nil {
		return err
	}
	res.Sync, err = ex.sync(ctx, all, plan, SyncOptions{})
	return err
}

// hostChanges are the changes of a tree that concern the host.
func hostChanges(tree *vfs.FS) ([]FileChange, error) {
	changes := tree.Changes()
	if changes.Incomplete {
		return nil, fmt.Errorf("%w: the guest made more changes than can be told", ErrSyncAborted)
	}
	var all []FileChange
	for _, list := range [][]vfs.Change{changes.Deleted, changes.Created, changes.Modified} {
		all = append(all, fileChanges(list, true)...)
	}
	return slices.DeleteFunc(all, func(c FileChange) bool { return c.HostPath == "" }), nil // not the guest's own
}

func guestPaths(names []string) []vfs.Path {
	paths := make([]vfs.Path, len(names))
	for i, name := range names {
		paths[i] = vfs.Path(name)
	}
	return paths
}

// sync applies changes to the folders of a plan.
func (ex *Executor) sync(ctx context.Context, changes []FileChange, plan *mountPlan, options SyncOptions) (*SyncResult, error) {
	var folders []sync.Folder
	for _, planned := range plan.folders {
		if planned.host != "" {
			folders = append(folders, sync.Folder{Path: planned.path, HostPath: planned.host, Policy: planned.policy})
		}
	}
	result := &SyncResult{}
	b := syncBatch{hooks: []Hooks{plan.mount.Hooks, ex.hooks}, mayAbort: plan.mount.Sync.AllowAbort, changes: make(map[changeKey]*FileChange)}
	batch := make([]sync.Change, 0, len(changes))
	for i := range changes {
		change := &changes[i]
		if reason := plan.unsyncable(change); reason != "" {
			result.Skipped = append(result.Skipped, SyncSkipped{change.Path, reason})
			continue
		}
		b.changes[changeKey{change.Type, change.Path}] = change
		batch = append(batch, change.forSync())
	}
	done, err := sync.Apply(ctx, folders, batch, sync.Options{
		OnError: errorPolicies[plan.mount.Sync.OnError], Overwrite: plan.mount.Sync.Overwrite, Durable: plan.mount.Sync.Durable,
		Hooks: b.syncHooks(), DryRun: options.DryRun, Progress: options.Progress,
	})
	result.take(done)
	return result, syncError(err)
}

// unsyncable says why no folder of the host takes a change; else it returns "".
func (p *mountPlan) unsyncable(c *FileChange) string {
	var nearest *plannedFolder
	for i := range p.folders {
		if one := &p.folders[i]; vfs.Path(c.Path).Within(one.path) && (nearest == nil || len(one.path) > len(nearest.path)) {
			nearest = one
		}
	}
	switch {
	case nearest == nil:
		return "it is in no mount"
	case nearest.host == "":
		return "it is in a mount of Mount.FS, which nothing is written to"
	case c.HostPath == "":
		return ""
	}
	relative := strings.TrimPrefix(strings.TrimPrefix(c.Path, string(nearest.path)), "/")
	if wanted := filepath.Join(nearest.host, filepath.FromSlash(relative)); wanted != c.HostPath {
		return fmt.Sprintf("the guest reached it as %s, which is not where the mount has it", c.HostPath)
	}
	return ""
}

// forSync is the change as package sync takes it.
func (c *FileChange) forSync() sync.Change {
	s := sync.Change{
		Type: vfs.ChangeType(c.Type), Path: vfs.Path(c.Path), Mode: c.Mode.Type(), ModTime: c.ModTime, Target: c.Symlink,
		Open: c.Open,
	}
	if c.IsDir {
		s.Mode = fs.ModeDir
	}
	if c.Symlink != "" {
		s.Mode = fs.ModeSymlink
	}
	if lazy, is := c.contents.(*vfs.Change); is {
		s.Source, _ = lazy.ReadsFrom()
	}
	if c.Base != nil {
		s.Base = &sync.Base{Size: c.Base.Size, ModTime: c.Base.ModTime, Hash: c.Base.hash}
	}
	return s
}

func (r *SyncResult) take(done *sync.Result) {
	for _, path := range done.Synced {
		r.Synced = append(r.Synced, string(path))
	}
	for _, path := range done.RolledBack {
		r.RolledBack = append(r.RolledBack, string(path))
	}
	for _, one := range done.Skipped {
		r.Skipped = append(r.Skipped, SyncSkipped{string(one.Path), one.Reason})
	}
	for _, one := range done.Failed {
		r.Failed = append(r.Failed, SyncFailed{string(one.Path), one.Err})
	}
	for _, one := range done.Conflicts {
		r.Conflicts = append(r.Conflicts, SyncConflict{string(one.Path), one.Reason})
	}
}

// syncFailure is an error of package sync that matches those of this package, too.
type syncFailure struct {
	err error
	is  []error
}

func (e *syncFailure) Error() string   { return "funcbox: sync: " + e.err.Error() }
func (e *syncFailure) Unwrap() []error { return append([]error{e.err}, e.is...) }

// syncError gives an error of package sync the identities of this package.
func syncError(err error) error {
	if err == nil {
		return nil
	}
	failure := &syncFailure{err: err}
	for _, pair := range []struct{ inner, outer error }{
		{sync.ErrNotUndone, ErrNotUndone}, {sync.ErrRolledBack, ErrRolledBack}, {sync.ErrAborted, ErrSyncAborted}, {sync.ErrConflict, ErrConflict},
	} {
		if errors.Is(err, pair.inner) {
			failure.is = append(failure.is, pair.outer)
		}
	}
	return failure
}

// syncBatch calls the hooks of a batch.
type syncBatch struct {
	hooks    []Hooks // the mount's, then the executor's
	mayAbort bool
	changes  map[changeKey]*FileChange
}

type changeKey struct{ kind, path string }

func (b *syncBatch) of(c sync.Change) FileChange {
	return *b.changes[changeKey{string(c.Type), string(c.Path)}]
}

// syncHooks are nil where there is nobody to call.
func (b *syncBatch) syncHooks() (hooks sync.Hooks) {
	before, after, failed := false, false, false
	for _, one := range b.hooks {
		before, after, failed = before || one.BeforeSync != nil, after || one.AfterSync != nil, failed || one.OnSyncError != nil
	}
	if before {
		hooks.BeforeSync = b.before
	}
	if after {
		hooks.AfterSync = func(ctx context.Context, c sync.Change, err error) {
			for _, one := range b.hooks {
				if one.AfterSync != nil {
					one.AfterSync(ctx, b.of(c), err)
				}
			}
		}
	}
	if failed {
		hooks.OnSyncError = func(ctx context.Context, c sync.Change, err error) {
			for _, one := range b.hooks {
				if one.OnSyncError != nil {
					one.OnSyncError(ctx, b.of(c), err)
				}
			}
		}
	}
	return hooks
}

// before asks the hooks in turn; the first that does not want the change decides.
func (b *syncBatch) before(ctx context.Context, c sync.Change) sync.Decision {
	for _, one := range b.hooks {
		if one.BeforeSync == nil {
			continue
		}
		decision := one.BeforeSync(ctx, b.of(c))
		if decision.Aborts() && !b.mayAbort {
			decision = sync.Skip(decision.Reason() + " (the hook wanted to end the batch, which Sync.AllowAbort does not allow)")
		}
		if !decision.Continues() {
			return decision
		}
	}
	return sync.Decision{}
}

// Recover finds out whether a sync to a folder of the host was cut short by the death
// of its process, and undoes it, or completes it where it was as good as done; what
// was synced with SyncContinue or SyncAbort stays. It is called for every folder that
// is mounted with SyncBatch and by SyncFiles. It waits for syncs under way.
func Recover(ctx context.Context, folder string) error {
	if _, err := sync.Recover(ctx, folder); err != nil {
		return fmt.Errorf("funcbox: %w", err)
	}
	return nil
}
