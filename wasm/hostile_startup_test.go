package wasm

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/funcbox/funcbox/internal/guesttest"
)

// TestHostileStartup: what a runtime does while it starts ends as an error of
// Prepare, or has no effect.
func TestHostileStartup(t *testing.T) {
	// flood prints the first two pages of memory a hundred times.
	flood := join(set(1, i32(100)), while(join(printAll, drop, increase(1, -1)), local(1)))
	for _, test := range []struct {
		name  string
		guest guest
		err   string // empty: the runtime starts
	}{
		{"asks for a request", guest{Init: join(i32(1024), to(fnRequest), i32(0))}, ""},
		{"asks for a request beyond its memory", guest{Init: join(i32(-1), to(fnRequest), i32(0))}, "outside its memory"},
		{"hands over an empty reply", guest{Init: join(reply(0, 0), i32(0))}, ""},
		{"hands over a reply", guest{Init: join(reply(16, 4), i32(0))}, "too large"},
		{"throws", guest{Init: join(to(guesttest.FnThrow), i32(0))}, "an exception reached the host"},
		{"throws in a try", guest{Init: join(i32(0), i32(0), to(guesttest.FnInvoke), i32(0)), Functions: [][]byte{to(guesttest.FnThrow)}}, ""},
		{"leaves a fiber behind", guest{Init: join(i32(1), i32(2), to(guesttest.FnFiberSwitch), i32(0)), Fiber: forever(join(local(0), i32(1), to(guesttest.FnFiberSwitch)))}, ""},
		{"a fiber traps", guest{Init: join(i32(1), i32(2), to(guesttest.FnFiberSwitch), i32(0)), Fiber: trap}, "unreachable"},
		{"recurses", guest{Init: join(i32(0), to(own(0)), i32(0)), Functions: [][]byte{join(local(0), to(own(0)))}}, "stack overflow"},
		{"prints and goes on", guest{Init: join(flood, i32(0))}, ""},
		{"prints and fails", guest{Init: join(flood, i32(1))}, "funcbox_init returned 1: "},
		{"prints much at once and fails", guest{Init: join(i32(64), grow, drop, store(atList, 0), store(atList+4, 66*PageBytes),
			i32(1), i32(atList), i32(1), i32(8), to(fnWrite), drop, i32(1))}, "funcbox_init returned 1: "},
		{"constructors trap", guest{Initialize: trap}, "unreachable"},
		{"constructors exit", guest{Initialize: join(i32(0), to(fnExit))}, "exited with code 0"},
		{"another ABI after constructors", guest{ABI: -1, Initialize: setGlobal(globalExtra, 8)}, "version 4294967295"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.guest.Call = echo
			m := start(t, test.guest)
			before, known := goleak.IgnoreCurrent(), descriptors()
			for range 2 {
				err := m.Prepare(context.Background())
				if test.err == "" {
					require.NoError(t, err)
					next(t, m)
					continue
				}
				require.ErrorContains(t, err, test.err)
				require.Less(t, len(err.Error()), startupOutputBytes+1000)
				require.NotContains(t, err.Error(), "recovered by wazero")
				require.Equal(t, known, descriptors())
				goleak.VerifyNone(t, before)
			}
		})
	}
}

// TestEndlessStartup: callers need not wait for a runtime that does not get ready,
// nor does Close.
func TestEndlessStartup(t *testing.T) {
	for name, code := range map[string][]byte{
		"loops": forever(nil), "sleeps": asleep, "prints": forever(join(printAll, drop)),
		"loops in a fiber": join(i32(1), i32(2), to(guesttest.FnFiberSwitch)),
	} {
		t.Run(name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			engine, err := NewEngine(context.Background(), Config{CacheDir: MemoryOnly})
			require.NoError(t, err)
			g := guest{Init: join(code, i32(0)), Call: echo, Fiber: forever(nil)}
			m := engine.Module(ModuleSpec{Name: "guest", Binary: packed(t, g.Module(t))})
			var callers sync.WaitGroup
			for range 5 {
				callers.Go(func() {
					ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
					defer cancel()
					out, err := m.Run(ctx, Job{Limits: testLimits()})
					if err != nil || out.Ending != Stopped || out.Err != context.DeadlineExceeded {
						t.Errorf("err %v, outcome %+v", err, out)
					}
				})
			}
			callers.Wait()
			require.False(t, m.Prepared())
			require.NoError(t, engine.Close(context.Background()))
			goleak.VerifyNone(t, before)
		})
	}
}

// TestGreedyStartup: a runtime that takes all the memory it can while it starts
// makes a large image, which small limits refuse.
func TestGreedyStartup(t *testing.T) {
	engine, err := NewEngine(context.Background(), Config{CacheDir: MemoryOnly}) // a check of resets would read it all
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Close(context.Background())) })
	g := guest{Call: unlessNext(reply(16, 4)), Init: join(growAll, i32(0))}
	m := engine.Module(ModuleSpec{Name: "guest", Binary: packed(t, g.Module(t))})
	job := Job{Request: []byte(nextRequest), Limits: testLimits()}
	_, err = m.Run(context.Background(), job)
	require.ErrorIs(t, err, ErrMemoryLimit)
	for _, bytes := range []int64{startupLimits.MemoryBytes, startupLimits.MemoryBytes + PageBytes, 2 * startupLimits.MemoryBytes} {
		job.Limits.MemoryBytes = bytes
		out, err := m.Run(context.Background(), job)
		requireSound(t, job, out, err)
		require.Equal(t, nextRequest, string(out.Reply))
		require.Equal(t, startupLimits.MemoryBytes, out.MemoryBytes)
	}
	job.Limits.MemoryBytes = 1 << 20
	_, err = m.Run(context.Background(), job)
	require.ErrorIs(t, err, ErrMemoryLimit)
}

// TestChangingMemoryLimit: a reused instance keeps to the limit of each call, be it
// smaller or larger than the one before, and hands out zeros only.
func TestChangingMemoryLimit(t *testing.T) {
	// Grows page by page, requires the first and last word of each page to be zero,
	// and fills them; the reply is the size in pages.
	fill := func(at []byte) []byte { return join(when(get(at), trap), put(at, i32(-1))) }
	page := join(set(1, join(size, i32(16), []byte{0x74})), i32(1), grow, set(2, nil))
	m := start(t, guest{Call: unlessNext(join(
		while(join(page, when(join(local(2), i32(-1), []byte{0x47}), join(fill(local(1)), fill(add(local(1), i32(PageBytes-4)))))),
			join(local(2), i32(-1), []byte{0x47})),
		put(i32(0), size), reply(0, 4)))})
	requireNothingLeft(t, m)
	var workers sync.WaitGroup
	for worker := range uint64(3) {
		workers.Go(func() {
			random := rand.New(rand.NewPCG(worker, 5))
			for range rounds(300) {
				pages := int64(guesttest.MemoryPages + random.IntN(200))
				out, err := m.Run(context.Background(), Job{Request: []byte("hostile"),
					Limits: Limits{Fuel: Unlimited, MemoryBytes: pages*PageBytes + random.Int64N(PageBytes), ReplyBytes: 4}})
				if err != nil || out.Ending != Returned || out.MemoryBytes != pages*PageBytes ||
					string(out.Reply) != string([]byte{byte(pages), 0, 0, 0}) {
					t.Errorf("%d pages: err %v, outcome %+v", pages, err, out)
				}
			}
		})
	}
	workers.Wait()
}

// TestAllMemory: a guest that may have all that 32 bits address gets all but the
// last page.
func TestAllMemory(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the memory there is not reserved but allocated")
	}
	m := start(t, guest{Call: unlessNext(join(
		growAll, put(i32(0), size), store8(-PageBytes-1, 1), reply(0, 4)))})
	requireNothingLeft(t, m)
	job := Job{Request: []byte("hostile"), Limits: Limits{Fuel: Unlimited, MemoryBytes: math.MaxInt64, ReplyBytes: 4}}
	for range 3 {
		out, err := m.Run(context.Background(), job)
		require.NoError(t, err)
		if out.MemoryBytes < maxMemoryBytes {
			t.Skip("the system refuses 4 GiB of address space")
		}
		require.Equal(t, Returned, out.Ending, "%v", out.Err)
		require.Equal(t, []byte{255, 255, 0, 0}, out.Reply)
		require.Equal(t, int64(maxMemoryBytes), out.MemoryBytes)
		next(t, m)
	}
}
