// Package escapetest is a corpus of attempts to get out of a mount or round a
// rule. None may succeed: each has to end with the errno that it names, nothing
// may come back of what was to be kept, and the host has to be as it was.
//
// An attempt is a list of steps, each an operation with arguments, which a
// [Driver] does: directly on a tree ([Direct]), on one seen from inside a guest,
// or with the means of a language (lang/langtest). What the host looks like and
// what the rules are is a [World], of which there is one for all.
//
// For tests only. The files here are the attempts, by what they try.
package escapetest

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Step is one operation.
//
// These are the operations, with their arguments. Paths are relative to the
// working directory, /workspace; a path may be bytes that are no UTF-8.
//
//	read path             contents
//	write path text       open for writing, create, truncate
//	append path text      open for appending, create
//	create path           open for writing, create, exclusively
//	open slot path mode   modes are r r+ w w+ wx a, as in C; what is open is kept in the slot
//	fread slot            contents from the start
//	fwrite slot text      at the position
//	fsize slot size       cut or extend
//	fstat slot
//	close slot
//	stat path, lstat path
//	list path             names, sorted, with commas between them
//	mkdir path, rmdir path, unlink path
//	rename from to, link from to, symlink target path, readlink path
//	truncate path size    open for reading and writing, cut or extend
//	utimes path           both times to 1 s
//	chdir path
//	pause                 waits while something happens on the host
//
// The result of a step is "ok", or "=" and what was asked for (a stat is "file 5",
// "dir", "link" or "other"), or the name of an errno. What a language refuses
// without asking the filesystem is EINVAL. Where a language does not tell which
// errno it was, "?" stands for any.
type Step struct {
	Op   string
	Args []any // strings and integers; []byte for a path that is no UTF-8
	// Want is the result, or several with | between them. "ok" is any success.
	// ENOTCAPABLE counts as EACCES.
	Want string
}

// Attempt is one way to try.
type Attempt struct {
	Name  string
	Steps []Step
	Rules Rules
	// Setup changes the host before the call, Pause in the step of that name, Race
	// again and again while the call runs.
	Setup, Pause func(w *World)
	Race         func(w *World, round int)
	// Repeat does the steps so many times in the one call; Parallel makes so many
	// calls at a time. 0 is 1.
	Repeat, Parallel int
	// Handles: needs directories that are held open, which few languages have.
	Handles bool
	// Unresolved: a driver that resolves paths itself gets there in an honest way.
	Unresolved bool
}

// Traits are what drivers differ in.
type Traits struct {
	// Handles: directories can be held open (steps with a path that begins with
	// "@slot/").
	Handles bool
	// ResolvesPaths: symbolic links and dots are resolved before the filesystem is
	// asked, so that any errno may come in the place of another.
	ResolvesPaths bool
}

// Outcome is what came of a call.
type Outcome struct {
	Results []string // of each step
	Changes []Change
}

// Change is what a call tells that it changed.
type Change struct{ Type, Path string }

// Call is what a driver does.
type Call struct {
	World *World
	Steps []Step
	Pause func() // to be called in the step of that name
}

// Driver does the steps of a call, in a guest of its own whose mounts are those of
// the world. Several may run at a time.
type Driver func(t testing.TB, call Call) Outcome

// Run makes all attempts.
func Run(t *testing.T, driver Driver, traits Traits) {
	t.Helper()
	quiet := newWorld(t) // for all that leave the host alone
	quiet.remember(t)
	for _, a := range Attempts() {
		if a.Handles && !traits.Handles || a.Unresolved && traits.ResolvesPaths {
			continue
		}
		t.Run(a.Name, func(t *testing.T) {
			w := *quiet
			if a.Setup != nil || a.Pause != nil || a.Race != nil {
				w = *newWorld(t)
			}
			w.Rules, w.traits = a.Rules, traits
			if a.Setup != nil {
				a.Setup(&w)
				w.remember(t)
			}
			a.run(t, &w, driver)
			w.unchanged(t, a.Race != nil)
		})
	}
}

func (a *Attempt) run(t *testing.T, w *World, driver Driver) {
	t.Helper()
	var steps []Step
	for range max(a.Repeat, 1) {
		for _, s := range a.Steps {
			s.Args = slices.Clone(s.Args)
			for i, arg := range s.Args {
				if text, ok := arg.(string); ok {
					s.Args[i] = strings.ReplaceAll(text, "{base}", w.Base)
				}
			}
			steps = append(steps, s)
		}
	}
	stop := w.race(a.Race)
	var wait sync.WaitGroup
	outcomes := make([]Outcome, max(a.Parallel, 1))
	for i := range outcomes {
		wait.Go(func() {
			outcomes[i] = driver(t, Call{World: w, Steps: steps, Pause: func() {
				if a.Pause != nil {
					a.Pause(w)
					w.remember(t)
				}
			}})
		})
	}
	wait.Wait()
	stop()
	for _, outcome := range outcomes {
		w.check(t, steps, outcome)
	}
}

// check compares an outcome with what the steps want, and looks for what must not
// have come out.
func (w *World) check(t *testing.T, steps []Step, outcome Outcome) {
	t.Helper()
	Check(t, steps, outcome.Results, w.traits)
	for i, got := range outcome.Results {
		require.NotContains(t, got, Marker, "step %d, %s %.200q", i, steps[i].Op, steps[i].Args)
		require.NotContains(t, got, secretSize, "step %d, %s %.200q", i, steps[i].Op, steps[i].Args)
	}
	for _, change := range outcome.Changes {
		require.True(t, w.mayChange(change), "%s %s", change.Type, change.Path)
	}
}

// Check requires that each step came to what it wants.
func Check(t testing.TB, steps []Step, results []string, traits Traits) {
	t.Helper()
	require.Len(t, results, len(steps))
	for i, s := range steps {
		got := results[i]
		if traits.ResolvesPaths && errnoName.MatchString(got) {
			got = "?"
		}
		require.True(t, matches(s.Want, got), "step %d, %s %.200q: %.200q instead of %s", i, s.Op, s.Args, results[i], s.Want)
	}
}

var errnoName = regexp.MustCompile(`^E[A-Z0-9]+$`)

func matches(want, got string) bool {
	if got == "ENOTCAPABLE" {
		got = "EACCES"
	}
	for one := range strings.SplitSeq(want, "|") {
		switch {
		case got == one, one == "any", one == "ok" && strings.HasPrefix(got, "="), got == "?" && strings.HasPrefix(one, "E"):
			return true
		}
	}
	return false
}

// Attempts are all attempts.
func Attempts() []Attempt {
	return slices.Concat(outside(), links(), hostLinks(), refusals(), modes(), moves(), priorities(), names(), handles(), races())
}

// NewStep makes a step: what it wants, the operation, its arguments.
func NewStep(want, op string, args ...any) Step { return Step{Op: op, Args: args, Want: want} }

var step = NewStep
