package sync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/vfs"
)

// everything is a folder, and a batch with a change of each kind for it.
func everything() (before map[string]string, changes []Change, after map[string]string) {
	before = map[string]string{
		"keep": "k", "mod": "old", "sub/mod": "old", "gone": "g", "tree/deep/gone": "g", "tree/gone": "g",
		"link -> keep": "", "todir": "f", "tofile/x/y": "f", "tofile/z": "f", "sub/keep": "k",
	}
	fromHost := create("/data/aside", "a")
	fromHost.Source = "/data/mod" // as if it was read from there
	changes = []Change{
		modify("/data/mod", "old", "new"), modify("/data/sub/mod", "old", "new"),
		create("/data/new", "n"), makeDir("/data/fresh"), makeDir("/data/fresh/deep"), create("/data/fresh/deep/new", "n"),
		create("/data/sub/new", "n"), makeLink("/data/sub/l", "keep"), makeLink("/data/m", "keep"),
		fromHost, remove("/data/gone", "g"), remove("/data/tree/gone", "g"), remove("/data/tree/deep/gone", "g"), removeDir("/data/tree/deep"), removeDir("/data/tree"),
		{Type: vfs.Delete, Path: "/data/link", Mode: makeLink("", "").Mode},
		remove("/data/todir", "f"), makeDir("/data/todir"), create("/data/todir/in", "n"),
		remove("/data/tofile/x/y", "f"), remove("/data/tofile/z", "f"), removeDir("/data/tofile/x"), removeDir("/data/tofile"), create("/data/tofile", "n"),
	}
	after = map[string]string{
		"keep": "k", "mod": "new", "sub/": "", "sub/mod": "new", "sub/keep": "k", "sub/new": "n", "sub/l -> keep": "", "m -> keep": "",
		"new": "n", "aside": "a", "fresh/": "", "fresh/deep/": "", "fresh/deep/new": "n", "todir/": "", "todir/in": "n", "tofile": "n",
	}
	return before, changes, after
}

// TestRollback ends a batch at each of its changes, in each way there is, and finds
// the folders as they were: bytes, modes and times.
func TestRollback(t *testing.T) {
	before, changes, after := everything()
	count := 0
	at := func(n int, then func()) func() {
		count = 0
		return func() {
			if count++; count == n {
				then()
			}
		}
	}
	for name, prepare := range map[string]func(n int, options *Options, changes []Change, cancel func()) error{
		"a hook aborts": func(n int, options *Options, _ []Change, _ func()) error {
			var decision Decision
			tick := at(n, func() { decision = AbortBatch("enough") })
			options.Hooks.BeforeSync = func(context.Context, Change) Decision { tick(); return decision }
			return errHookAborted
		},
		"a hook panics before": func(n int, options *Options, _ []Change, _ func()) error {
			tick := at(n, func() { panic("oh no") })
			options.Hooks.BeforeSync = func(context.Context, Change) Decision { tick(); return Decision{} }
			return nil
		},
		"a hook panics after": func(n int, options *Options, _ []Change, _ func()) error {
			tick := at(n, func() { panic("oh no") })
			options.Hooks.AfterSync = func(context.Context, Change, error) { tick() }
			return nil
		},
		"the context ends": func(n int, options *Options, _ []Change, cancel func()) error {
			tick := at(n, cancel)
			options.Hooks.AfterSync = func(context.Context, Change, error) { tick() }
			return context.Canceled
		},
		"contents fail": func(n int, _ *Options, changes []Change, _ func()) error {
			full := errors.New("disk full")
			changes[n-1].Open = func() (io.ReadCloser, error) { return nil, full }
			return full
		},
	} {
		t.Run(name, func(t *testing.T) {
			for n := 1; n <= len(changes); n++ {
				folder := makeFolder(t, before)
				other := makeFolder(t, before)
				was := look(t, folder)
				ctx, cancel := context.WithCancel(context.Background())
				var options Options
				mine := append([]Change{create("/other/first", "1")}, changes...)
				wanted := prepare(n, &options, mine[1:], cancel)
				result, err := Apply(ctx, []Folder{{Path: "/data", HostPath: folder}, {Path: "/other", HostPath: other}}, mine, options)
				cancel()
				if err == nil {
					// Nobody asked for those contents, or the last change was the one.
					require.Contains(t, []string{"contents fail", "the context ends"}, name)
					require.Equal(t, after, contents(t, folder))
					continue
				}
				require.ErrorIs(t, err, ErrRolledBack)
				if wanted != nil {
					require.ErrorIs(t, err, wanted)
				}
				require.Empty(t, result.Synced)
				require.Equal(t, was, look(t, folder), "step %d", n)
				require.Equal(t, was, look(t, other), "step %d", n)
			}
		})
	}
}

// TestContinueAndAbort: what failed is told, and the rest is applied or left.
func TestContinueAndAbort(t *testing.T) {
	broken := create("/data/b", "")
	broken.Open = func() (io.ReadCloser, error) { return nil, errors.New("no") }
	for name, policy := range policies {
		t.Run(name, func(t *testing.T) {
			folder := makeFolder(t, map[string]string{"m": "old"})
			var heard []string
			hear := func(what string) func(context.Context, Change, error) {
				return func(_ context.Context, change Change, err error) {
					heard = append(heard, fmt.Sprintf("%s %s %v", what, change.Path, err))
				}
			}
			result, err := apply(t, folder, Options{OnError: policy, Hooks: Hooks{
				BeforeSync: func(_ context.Context, change Change) Decision {
					heard = append(heard, "before "+string(change.Path))
					if change.Path == "/data/c" {
						return Skip("not this one")
					}
					return Decision{}
				},
				AfterSync: hear("after"), OnSyncError: hear("error"),
			}}, create("/data/a", "1"), broken, create("/data/c", "3"), create("/data/d", "4"))
			wantHeard := []string{"before /data/a", "after /data/a <nil>", "before /data/b", "after /data/b no", "error /data/b no"}
			require.Len(t, result.Failed, 1)
			require.Equal(t, vfs.Path("/data/b"), result.Failed[0].Path)
			if policy == Continue {
				require.NoError(t, err)
				require.Equal(t, []vfs.Path{"/data/a", "/data/d"}, result.Synced)
				require.Equal(t, []Skipped{{"/data/c", "not this one"}}, result.Skipped)
				require.Equal(t, append(wantHeard, "before /data/c", "before /data/d", "after /data/d <nil>"), heard)
				require.Equal(t, map[string]string{"a": "1", "d": "4", "m": "old"}, contents(t, folder))
				return
			}
			require.Equal(t, wantHeard, heard)
			require.Equal(t, []Skipped{{"/data/c", "the batch ended before it"}, {"/data/d", "the batch ended before it"}}, result.Skipped)
			if policy == Abort {
				require.ErrorIs(t, err, ErrAborted)
				require.Equal(t, []vfs.Path{"/data/a"}, result.Synced)
				require.Equal(t, map[string]string{"a": "1", "m": "old"}, contents(t, folder))
				return
			}
			require.ErrorIs(t, err, ErrRolledBack)
			require.Equal(t, []vfs.Path{"/data/a"}, result.RolledBack)
			require.Equal(t, map[string]string{"m": "old"}, contents(t, folder))
		})
	}
}

// TestUndoneByHalf: what cannot be put back is told, everything else is put back, and
// the journal stays for Recover.
func TestUndoneByHalf(t *testing.T) {
	folder := makeFolder(t, map[string]string{"a": "1", "b": "2"})
	result, err := apply(t, folder, Options{Hooks: Hooks{
		AfterSync: func(_ context.Context, change Change, _ error) {
			if change.Path == "/data/a" { // the last of the batch
				mustWrite(t, folder+"/a", "of another program")
				panic("oh no")
			}
		},
	}}, remove("/data/a", "1"), modify("/data/b", "2", "two"))
	require.ErrorIs(t, err, ErrNotUndone)
	require.NotErrorIs(t, err, ErrRolledBack)
	require.Len(t, result.Failed, 2)
	require.Equal(t, vfs.Path("/data/a"), result.Failed[1].Path)
	require.ErrorContains(t, result.Failed[1].Err, "something else is there now")
	now := contents(t, folder)
	require.Equal(t, "2", now["b"])
	require.Equal(t, "of another program", now["a"])

	_, err = Recover(context.Background(), folder)
	require.ErrorContains(t, err, "something else is there now")
	_, err = apply(t, folder, Options{}, create("/data/c", ""))
	require.ErrorContains(t, err, "what an earlier batch left", "the folder waits for a decision")
	mustRemove(t, folder+"/a")
	recovered, err := Recover(context.Background(), folder)
	require.NoError(t, err)
	require.Equal(t, Recovered{Undone: 1}, recovered)
	require.Equal(t, map[string]string{"a": "1", "b": "2"}, contents(t, folder))
}

func TestDryRun(t *testing.T) {
	before, changes, _ := everything()
	folder := makeFolder(t, before)
	was := look(t, folder)
	changes = append(changes, modify("/data/keep", "other", "new"), create("/elsewhere", ""))
	result, err := apply(t, folder, Options{DryRun: true}, changes...)
	require.NoError(t, err)
	require.Len(t, result.Synced, len(changes)-2)
	require.Len(t, result.Conflicts, 1)
	require.Len(t, result.Skipped, 1)
	require.Equal(t, was, look(t, folder))
}
