package wasm

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/wasip1"
)

func testLimits() Limits {
	return Limits{Fuel: Unlimited, MemoryBytes: 64 << 20, ReplyBytes: 1 << 20}
}

func run(t testing.TB, m *Module, request string) Outcome {
	t.Helper()
	out, err := m.Run(context.Background(), Job{Request: []byte(request), Limits: testLimits()})
	require.NoError(t, err)
	return out
}

func TestRun(t *testing.T) {
	for _, test := range []struct {
		name   string
		call   []byte
		ending Ending
		reply  string
		exit   uint32
		err    string
	}{
		{"echo", echo, Returned, "hello", 0, ""},
		{"data segments are in place", reply(16, 4), Returned, "data", 0, ""},
		{"empty reply", reply(0, 0), Returned, "", 0, ""},
		{"no reply", nil, Trapped, "", 0, "without a reply"},
		{"two replies", join(echo, reply(16, 4)), Trapped, "", 0, "second reply"},
		{"reply outside of memory", reply(2*65536-1, 2), Trapped, "", 0, "outside its memory"},
		{"reply with a wild pointer", reply(-1, 1), Trapped, "", 0, "outside its memory"},
		{"reply with a wild length", reply(16, -1), Stopped, "", 0, "the reply is too large"},
		{"request outside of memory", join(i32(2*65536-2), to(fnRequest)), Trapped, "", 0, "outside its memory"},
		{"request at a wild pointer", join(i32(-1), to(fnRequest)), Trapped, "", 0, "outside its memory"},
		{"trap", join(echo, trap), Trapped, "", 0, "unreachable"},
		{"exit 0", join(i32(0), to(fnExit)), Exited, "", 0, ""},
		{"exit 3 after a reply", join(echo, i32(3), to(fnExit)), Exited, "", 3, ""},
		{"exit with a large code", join(i32(-1), to(fnExit)), Exited, "", math.MaxUint32, ""},
		{"recursion without end", join(i32(0), to(own(0))), Trapped, "", 0, "stack overflow"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := start(t, guest{Call: test.call, Functions: [][]byte{join(local(0), to(own(0)))}})
			for range 3 {
				out := run(t, m, "hello")
				require.Equal(t, test.ending, out.Ending, "%v", out.Err)
				require.Equal(t, test.reply, string(out.Reply))
				require.Equal(t, test.exit, out.ExitCode)
				if test.err == "" {
					require.NoError(t, out.Err)
				} else {
					require.ErrorContains(t, out.Err, test.err)
				}
			}
		})
	}
}

func TestStop(t *testing.T) {
	spin := start(t, guest{Call: forever(nil)})
	// A subscription of all zeros but the timeout: a relative wait on the
	// realtime clock.
	asleep := start(t, guest{Call: join(store(24+256, -1), store(28+256, 0x7fffffff),
		i32(256), i32(512), i32(1), i32(768), to(fnPoll), drop, reply(16, 4))})
	require.NoError(t, spin.Prepare(context.Background()))
	require.NoError(t, asleep.Prepare(context.Background()))

	t.Run("fuel", func(t *testing.T) {
		for _, fuel := range []int64{1, fuelSlice - 1, fuelSlice, fuelSlice + 1, 1_000_000} {
			out, err := spin.Run(context.Background(), Job{Limits: Limits{Fuel: fuel, MemoryBytes: 1 << 20}})
			require.NoError(t, err)
			require.Equal(t, Stopped, out.Ending)
			require.ErrorIs(t, out.Err, ErrFuel)
			require.Equal(t, fuel, out.Fuel)
		}
	})
	for name, m := range map[string]*Module{"spinning": spin, "asleep": asleep} {
		t.Run("deadline while "+name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
			defer cancel()
			out, err := m.Run(ctx, Job{Limits: testLimits()})
			require.NoError(t, err)
			require.Equal(t, Stopped, out.Ending, "%v", out.Err)
			require.ErrorIs(t, out.Err, context.DeadlineExceeded)
		})
		t.Run("canceled while "+name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(context.Background())
			time.AfterFunc(20*time.Millisecond, func() { cancel(ErrClosed) })
			out, err := m.Run(ctx, Job{Limits: testLimits()})
			require.NoError(t, err)
			require.Equal(t, Stopped, out.Ending)
			require.ErrorIs(t, out.Err, ErrClosed)
		})
	}
}

func TestMemoryLimit(t *testing.T) {
	// The reply's length is what memory.grow(100 pages) returned.
	m := start(t, guest{Call: join(i32(16), i32(100), grow, to(fnResult))})
	job := Job{Limits: testLimits()}
	out, err := m.Run(context.Background(), job)
	require.NoError(t, err)
	require.Equal(t, Returned, out.Ending)
	require.Len(t, out.Reply, 2, "memory.grow returns the old size")
	require.Equal(t, int64(102*PageBytes), out.MemoryBytes)

	job.Limits.MemoryBytes = 101 * PageBytes
	job.Limits.ReplyBytes = math.MaxUint32
	out, err = m.Run(context.Background(), job)
	require.NoError(t, err)
	require.Equal(t, Trapped, out.Ending, "memory.grow returns -1, which is no length of a reply")

	for _, low := range []int64{0, 1, PageBytes, 2*PageBytes - 1} {
		job.Limits.MemoryBytes = low
		_, err = m.Run(context.Background(), job)
		require.ErrorIs(t, err, ErrMemoryLimit)
	}
}

func TestModulesRefused(t *testing.T) {
	for _, test := range []struct {
		name  string
		guest guest
		err   string
	}{
		{"another ABI", guest{ABI: 3, Call: echo}, "version 3 of the call protocol"},
		{"start-up fails", guest{Call: echo, Init: i32(5)}, "funcbox_init returned 5"},
		{"start-up exits", guest{Call: echo, Init: join(i32(4), to(fnExit), i32(0))}, "exited with code 4"},
		{"start-up traps", guest{Call: echo, Init: join(trap, i32(0))}, "unreachable"},
		{"hidden state", guest{Call: echo, HideExtra: true}, "mutable global 1 is not exported"},
		{"an export is missing", guest{Call: echo, NoCall: true}, "exports no function funcbox_call"},
		{"not metered", guest{Call: echo, Unmetered: true}, "not metered"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := start(t, test.guest).Prepare(context.Background())
			require.ErrorContains(t, err, test.err)
		})
	}
	t.Run("garbage", func(t *testing.T) {
		engine := newTestEngine(t)
		require.Error(t, engine.Module(ModuleSpec{Name: "x", Binary: packed(t, []byte("no module"))}).Prepare(context.Background()))
		require.ErrorContains(t, engine.Module(ModuleSpec{Name: "x", Binary: NewBinary([]byte("no zstd"), "")}).Prepare(context.Background()), "unpacking")
		damaged := packed(t, guest{Call: echo}.Module(t))
		damaged.sha256 = "00"
		require.ErrorContains(t, engine.Module(ModuleSpec{Name: "x", Binary: damaged}).Prepare(context.Background()), "SHA-256")
	})
}

func TestClosedEngine(t *testing.T) {
	engine, err := NewEngine(context.Background(), Config{CacheDir: MemoryOnly})
	require.NoError(t, err)
	m := engine.Module(ModuleSpec{Name: "guest", Binary: packed(t, guest{Call: echo}.Module(t))})
	require.Equal(t, "hello", string(run(t, m, "hello").Reply))
	require.NoError(t, engine.Close(context.Background()))
	require.NoError(t, engine.Close(context.Background()))
	_, err = m.Run(context.Background(), Job{Limits: testLimits(), System: wasip1.Config{}})
	require.ErrorIs(t, err, ErrClosed)
}
