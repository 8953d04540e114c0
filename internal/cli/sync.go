package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/funcbox/funcbox"
)

// syncMode is a value of --sync.
type syncMode string

// The values of --sync. The first two are those of funcbox.SyncMode; the last one is
// a dry run.
const (
	syncManual syncMode = "manual"
	syncBatch  syncMode = "batch"
	syncPlan   syncMode = "plan"
)

// String implements fmt.Stringer.
func (m syncMode) String() string { return string(m) }

func parseSyncMode(text string) (syncMode, error) {
	switch mode := syncMode(text); mode {
	case syncManual, syncBatch, syncPlan:
		return mode, nil
	}
	return "", fmt.Errorf("unknown mode of syncing %q; known are manual, batch, plan", text)
}

// syncFlags are the flags of funcbox run about writing changes to the host.
type syncFlags struct {
	mode      modeFlag[syncMode]
	onError   modeFlag[funcbox.SyncPolicy]
	overwrite bool
	durable   bool
}

func (s *syncFlags) register(cmd *cobra.Command) {
	s.mode.parse, s.onError.parse = parseSyncMode, funcbox.ParseSyncPolicy
	f := cmd.Flags()
	f.Var(&s.mode, "sync", "what becomes of changes in mounts, a `mode`: manual (they stay in the sandbox), batch (written to the host after a success) or plan (printed as a diff instead) (default manual)")
	f.Var(&s.onError, "on-error", "what --sync does where a change fails or is in conflict, a `policy`: rollback, continue or abort (default rollback)")
	f.BoolVar(&s.overwrite, "overwrite", false, "let --sync write also where the host has changed meanwhile")
	f.BoolVar(&s.durable, "durable", false, "let --sync wait until the disk has what was written")
	for name, modes := range map[string][]cobra.Completion{
		"sync":     {"manual", "batch", "plan"},
		"on-error": {"rollback", "continue", "abort"},
	} {
		mustComplete(cmd, name, cobra.FixedCompletions(modes, cobra.ShellCompDirectiveNoFileComp))
	}
}

// wanted tells whether anything is to be done after the call.
func (s *syncFlags) wanted() bool { return s.mode.mode == syncBatch || s.mode.mode == syncPlan }

// sync makes the Sync of a Mount. Its mode is always manual, since the command syncs
// by itself, with a progress bar.
func (s *syncFlags) sync(cmd *cobra.Command) (funcbox.Sync, error) {
	if !s.wanted() {
		for _, name := range []string{"on-error", "overwrite", "durable"} {
			if cmd.Flags().Changed(name) {
				return funcbox.Sync{}, usage(cmd, "--%s is about syncing, and nothing is synced; give --sync batch, or plan", name)
			}
		}
	}
	return funcbox.Sync{OnError: s.onError.mode, Overwrite: s.overwrite, Durable: s.durable}, nil
}

// syncOutcome is what became of a call's changes in mounts.
type syncOutcome struct {
	mode    syncMode
	onError funcbox.SyncPolicy
	changes []funcbox.FileChange // those in folders of the host
	result  *funcbox.SyncResult  // nil: there was no sync
	err     error
}

// sync writes a call's changes to the host, or finds out what that would do.
func (a *app) sync(ctx context.Context, ex *funcbox.Executor, mode syncMode, mount *funcbox.Mount, result *funcbox.ExecutionResult, bar *syncBar) *syncOutcome {
	outcome := &syncOutcome{mode: mode, onError: mount.Sync.OnError}
	for _, change := range result.Files.All() {
		if change.HostPath != "" {
			outcome.changes = append(outcome.changes, change)
		}
	}
	if !result.Success() {
		return outcome
	}
	if result.Files.Incomplete {
		outcome.err = errors.New("the guest made more changes than can be told")
		return outcome
	}
	outcome.result, outcome.err = ex.SyncFiles(ctx, outcome.changes, mount, funcbox.SyncOptions{DryRun: mode == syncPlan, Progress: bar.update})
	bar.stop()
	result.Sync = outcome.result
	return outcome
}

// code is the exit code that the sync leads to, given that of the call.
func (o *syncOutcome) code(ctx context.Context, call int) int {
	switch {
	case o.err == nil && o.result.Complete():
		return call
	case ctx.Err() != nil && errors.Is(o.err, ctx.Err()):
		return exitTerminated
	}
	return exitUsage
}

// printedPaths is how many paths of a kind are printed one by one.
const printedPaths = 10

// print tells what was not written. What was is silent, as is usual for commands.
func (o *syncOutcome) print(stderr *lineWriter) error {
	var lines []string
	add := func(format string, arguments ...any) {
		lines = append(lines, "funcbox: "+fmt.Sprintf(format, arguments...))
	}
	one := func(path, what, reason string) { add("sync %s: %s: %s", printable(path), what, oneLine(reason)) }
	more := func(count int, what string) {
		if count > printedPaths {
			add("sync: %d more %s; --json lists them", count-printedPaths, what)
		}
	}
	if r := o.result; r != nil {
		for _, c := range r.Conflicts[:min(len(r.Conflicts), printedPaths)] {
			one(c.Path, "conflict", c.Reason)
		}
		more(len(r.Conflicts), "conflicts")
		for _, f := range r.Failed[:min(len(r.Failed), printedPaths)] {
			one(f.Path, "failed", f.Err.Error())
		}
		more(len(r.Failed), "failures")
		if o.err == nil {
			for _, s := range r.Skipped[:min(len(r.Skipped), printedPaths)] {
				one(s.Path, "skipped", s.Reason)
			}
			more(len(r.Skipped), "skipped")
		}
	}
	if ending := o.ending(); ending != "" {
		add("%s", ending)
	}
	if len(lines) == 0 {
		return nil
	}
	return stderr.printLine(strings.Join(lines, "\n"))
}

// ending says in a sentence how it ended, empty if all went well.
func (o *syncOutcome) ending() string {
	known := o.result != nil && len(o.result.Failed)+len(o.result.Conflicts) > 0 // the cause has been told
	why := ""
	if o.err != nil && !known {
		why = ": " + oneLine(strings.TrimPrefix(o.err.Error(), "funcbox: "))
	}
	switch {
	case o.result == nil && o.err == nil && len(o.changes) > 0:
		return fmt.Sprintf("nothing was synced, since the call did not succeed (%s)", count(len(o.changes), "change"))
	case o.mode == syncPlan && (o.err != nil || known && o.onError == funcbox.SyncRollback):
		return "the sync would be rolled back or not begin: nothing would be written" + why
	case o.mode == syncPlan && known && o.onError == funcbox.SyncAbort:
		return "the sync would be aborted there"
	case o.err == nil:
		return ""
	case errors.Is(o.err, funcbox.ErrNotUndone):
		return "the sync failed, and could not be undone completely; the next run with this mount tries again" + why
	case errors.Is(o.err, funcbox.ErrRolledBack):
		return "the sync was rolled back: the host is as it was" + why
	case errors.Is(o.err, funcbox.ErrSyncAborted):
		return fmt.Sprintf("the sync was aborted: %s written, %d not%s", count(len(o.result.Synced), "change"), len(o.changes)-len(o.result.Synced), why)
	}
	return "the sync failed" + why
}

// oneLine keeps text, in which there may be names that guests chose, on its line.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
}

func count(number int, what string) string {
	if number == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", number, what)
}
