package langtest

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
)

// ResetPlan is what [Resets] runs in one language.
type ResetPlan struct {
	// Programs are names and code. They leave behind as much as they can, and each may
	// end in any way. One whose code has "3600" in it sleeps that long and is stopped
	// soon.
	Programs [][2]string
	// Probe defines probe(), which returns text that describes what a program may
	// find of an earlier one; the text has Finds in it.
	Probe, Finds string
	// Calls of each of four goroutines; a tenth of them with -short.
	Calls int
	// Fuel, MemoryBytes and Timeout are the limits of every call.
	Fuel, MemoryBytes int64
	Timeout           time.Duration
	// TightFuel, TightMemoryBytes and TightTimeout are what one in six calls each is
	// held to, at random up to that for fuel and time.
	TightFuel, TightMemoryBytes int64
	TightTimeout                time.Duration
}

// Resets runs programs in random order, from several goroutines and with limits
// that stop some of them anywhere. Every byte of memory and every global of a reused
// instance must equal the image after each, and a program must find nothing of the
// ones before.
func Resets(t *testing.T, language *lang.Language, plan ResetPlan) {
	t.Helper()
	ctx := context.Background()
	var log resetLog
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(language), funcbox.WithResetCheck(), funcbox.WithLogger(slog.New(&log)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	probe := funcbox.Request{Language: language.Name, Code: plan.Probe, Function: "probe"}
	first, err := executor.Execute(ctx, probe)
	require.NoError(t, err)
	require.NoError(t, first.Err(), "%+v", first.Error)
	require.Contains(t, first.Value, plan.Finds)

	calls := plan.Calls
	if testing.Short() {
		calls /= 10
	}
	var workers sync.WaitGroup
	for worker := range uint64(4) {
		workers.Go(func() {
			random := rand.New(rand.NewPCG(worker, 20))
			for range calls {
				program := plan.Programs[random.IntN(len(plan.Programs))]
				name, code := program[0], program[1]
				if err := plan.call(executor, language, code, random); err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				if random.IntN(4) > 0 {
					continue
				}
				res, err := executor.Execute(ctx, probe)
				if err != nil || res.Value != first.Value {
					t.Errorf("after %s: %v: found\n%+v, at first it was\n%+v", name, err, res, first)
					return
				}
			}
		})
	}
	workers.Wait()
	require.Zero(t, log.bad.Load(), "resets that failed")
	require.Greater(t, log.good.Load(), int64(calls), "resets that were checked")
}

// call runs a program under limits of which one may be tight.
func (p *ResetPlan) call(executor *funcbox.Executor, language *lang.Language, code string, random *rand.Rand) error {
	ctx := context.Background()
	limits := funcbox.Limits{Fuel: p.Fuel, Timeout: p.Timeout, MemoryBytes: p.MemoryBytes, OpenFiles: 32}
	soon := func() time.Duration { return 1 + time.Duration(random.Int64N(int64(p.TightTimeout))) }
	switch random.IntN(6) {
	case 0:
		limits.Fuel = 1 + random.Int64N(p.TightFuel)
	case 1:
		limits.Timeout = soon()
	case 2:
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, soon())
		defer cancel()
	case 3:
		limits.OutputBytes, limits.ResultBytes, limits.FilesystemBytes = 100, 100, 10_000
	case 4:
		limits.MemoryBytes = p.TightMemoryBytes
	}
	if strings.Contains(code, "3600") {
		limits.Timeout = min(limits.Timeout, 5*time.Millisecond)
	}
	res, err := executor.Execute(ctx, funcbox.Request{Language: language.Name, Code: code, Limits: limits})
	if err != nil {
		return err
	}
	if res.Status == funcbox.StatusCrash {
		return fmt.Errorf("it crashed: %w", res.Err())
	}
	return nil
}

// resetLog counts what the executor logs about resets.
type resetLog struct{ good, bad atomic.Int64 }

func (r *resetLog) Enabled(context.Context, slog.Level) bool { return true }
func (r *resetLog) WithAttrs([]slog.Attr) slog.Handler       { return r }
func (r *resetLog) WithGroup(string) slog.Handler            { return r }

func (r *resetLog) Handle(_ context.Context, record slog.Record) error {
	switch {
	case record.Level >= slog.LevelWarn:
		r.bad.Add(1)
	case strings.Contains(record.Message, "equals its image"):
		r.good.Add(1)
	}
	return nil
}
