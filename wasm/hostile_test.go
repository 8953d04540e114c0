package wasm

import (
	"context"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/funcbox/funcbox/internal/guesttest"
)

// The hostile tests run guests that do what no interpreter would. A request of two
// bytes makes each of them behave: it is echoed. That is the next call, which must
// be right whatever happened in the one before.
const nextRequest = "ok"

// unlessNext is a body of funcbox_call that is hostile but for the next call.
func unlessNext(hostile []byte) []byte {
	return join(when(equal(local(0), i32(int32(len(nextRequest)))), join(echo, guesttest.Return)), hostile)
}

func next(t testing.TB, m *Module) {
	t.Helper()
	out, err := m.Run(context.Background(), Job{Request: []byte(nextRequest), Limits: testLimits()})
	require.NoError(t, err, "the next call")
	require.Equal(t, Returned, out.Ending, "the next call: %v", out.Err)
	require.Equal(t, nextRequest, string(out.Reply), "the next call")
}

// requireSound checks what holds however a guest behaved.
func requireSound(t testing.TB, job Job, out Outcome, err error) {
	t.Helper()
	require.NoError(t, err)
	require.GreaterOrEqual(t, out.Fuel, int64(0))
	require.LessOrEqual(t, out.MemoryBytes, job.Limits.MemoryBytes)
	require.GreaterOrEqual(t, out.MemoryBytes, int64(guesttest.MemoryPages*PageBytes))
	switch out.Ending {
	case Returned:
		require.NoError(t, out.Err)
		require.LessOrEqual(t, int64(len(out.Reply)), job.Limits.ReplyBytes)
	case Exited:
		require.NoError(t, out.Err)
		require.Nil(t, out.Reply)
	default:
		require.Error(t, out.Err)
		require.Nil(t, out.Reply)
		require.NotContains(t, out.Err.Error(), "recovered by wazero", "a panic of the host")
	}
}

// requireNothingLeft runs one call and checks, when the test ends, that there are
// as many goroutines and descriptors as after that.
func requireNothingLeft(t testing.TB, m *Module) {
	t.Helper()
	next(t, m)
	require.Eventually(t, func() bool { // the first reset opens what all later ones need
		m.pool.mu.Lock()
		defer m.pool.mu.Unlock()
		return !m.pool.resetting
	}, time.Minute, time.Millisecond)
	before, known := goleak.IgnoreCurrent(), descriptors()
	t.Cleanup(func() {
		goleak.VerifyNone(t, before)
		require.Equal(t, known, descriptors(), "open descriptors")
	})
}

// descriptors counts the open descriptors of this process; 0 where that cannot be
// known.
func descriptors() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}

// rounds is how often something is repeated.
func rounds(n int) int {
	if testing.Short() {
		return max(n/10, 1)
	}
	return n
}

func TestHostileProtocol(t *testing.T) {
	request := join(i32(1024), to(fnRequest))
	spin, asleep := forever(nil), join(store(256+24, -1), store(256+28, math.MaxInt32), i32(256), i32(512), i32(1), i32(768), to(fnPoll), drop)
	for _, test := range []struct {
		name   string
		call   []byte
		ending Ending
		err    string
	}{
		{"a reply before the request", join(reply(16, 4), request), Returned, ""},
		{"the request three times", join(request, request, i32(4096), to(fnRequest), reply(16, 4)), Returned, ""},
		{"two replies", join(reply(16, 4), reply(16, 4)), Trapped, "second reply"},
		{"two empty replies", join(reply(0, 0), reply(0, 0)), Trapped, "second reply"},
		{"a reply, then a wild one", join(reply(16, 4), reply(-1, -1)), Trapped, "second reply"},
		{"a reply, then a wild request", join(reply(16, 4), i32(-4), to(fnRequest)), Trapped, "outside its memory"},
		{"a reply, then a trap", join(reply(16, 4), trap), Trapped, "unreachable"},
		{"a reply, then an exit", join(reply(16, 4), i32(3), to(fnExit)), Exited, ""},
		{"a reply, then a loop", join(reply(16, 4), spin), Stopped, "fuel"},
		{"a reply, then recursion", join(reply(16, 4), i32(0), to(own(0))), Trapped, "stack overflow"},
		{"a reply, then a throw", join(reply(16, 4), to(guesttest.FnThrow)), Trapped, "an exception reached the host"},
		{"a reply that is too large, then another", join(reply(16, 1<<16), reply(16, 4)), Stopped, "too large"},
		{"a loop of requests", forever(request), Stopped, "fuel"},
		{"a sleep that has no end is not reached", join(trap, asleep), Trapped, "unreachable"},
		{"its own entry", join(i32(9), to(guesttest.FnCall)), Trapped, "stack overflow"},
		{"a fiber nobody knows is freed", join(i32(77), to(guesttest.FnFiberFree), reply(16, 4)), Returned, ""},
		{"a switch without an entry for fibers", join(i32(1), i32(2), to(guesttest.FnFiberSwitch)), Trapped, "exports no function funcbox_fiber"},
		{"a switch to itself", join(i32(1), i32(1), to(guesttest.FnFiberSwitch)), Trapped, "itself"},
		{"a try of nothing", join(i32(4), i32(0), to(guesttest.FnInvoke)), Trapped, "invalid table access"},
		{"a try of a wild element", join(i32(-1), i32(0), to(guesttest.FnInvoke)), Trapped, "invalid table access"},
		{"a try of another type", join(i32(3), i32(0), to(guesttest.FnInvoke)), Trapped, "indirect call type mismatch"},
		{"a try of the host's request", join(i32(2), i32(1024), to(guesttest.FnInvoke)), Trapped, "the function is an import"},
		{"a try of the entry", join(i32(1), i32(2), to(guesttest.FnInvoke)), Returned, ""},
		{"all of memory as the reply", reply(0, guesttest.MemoryPages*PageBytes), Stopped, "too large"},
		{"what lies behind the memory as the reply", reply(guesttest.MemoryPages*PageBytes, 1), Trapped, "outside its memory"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := start(t, guest{Call: unlessNext(test.call), Functions: [][]byte{join(local(0), to(own(0)))},
				Tabled: []uint32{guesttest.FnCall, fnRequest, fnResult}})
			requireNothingLeft(t, m)
			for range 3 {
				job := Job{Request: []byte("hostile"), Limits: testLimits()}
				job.Limits.Fuel, job.Limits.ReplyBytes = 3_000_000, 1000
				out, err := m.Run(context.Background(), job)
				requireSound(t, job, out, err)
				require.Equal(t, test.ending, out.Ending, "%v", out.Err)
				if test.err != "" {
					require.ErrorContains(t, out.Err, test.err)
				}
				next(t, m)
			}
		})
	}
}

// TestHostileTick: guests that call tick themselves or forge their fuel gain
// nothing, and nothing that is counted leaves its range.
func TestHostileTick(t *testing.T) {
	tick := func(remaining int32) []byte { return join(i32(remaining), to(guesttest.FnTick), drop) }
	forge := func(fuel int32) []byte { return setGlobal(guesttest.GlobalFuel, fuel) }
	for _, test := range []struct {
		name   string
		call   []byte
		ending Ending
	}{
		{"a tick", join(tick(0), reply(16, 4)), Returned},
		{"overdrawn as far as can be", join(tick(math.MinInt32), reply(16, 4)), Stopped},
		{"more left than there was", join(tick(math.MaxInt32), reply(16, 4)), Returned},
		{"ticks in a loop", forever(tick(0)), Stopped},
		{"ticks in a loop, overdrawn", forever(tick(math.MinInt32)), Stopped},
		{"ends with a fortune", join(forge(math.MaxInt32), reply(16, 4)), Returned},
		{"ends with debts", join(forge(math.MinInt32), reply(16, 4)), Returned},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := start(t, guest{ByHand: true, Call: unlessNext(test.call)})
			requireNothingLeft(t, m)
			for range 5 {
				job := Job{Request: []byte("hostile"), Limits: testLimits()}
				job.Limits.Fuel = 1_000_000
				out, err := m.Run(context.Background(), job)
				requireSound(t, job, out, err)
				require.Equal(t, test.ending, out.Ending, "%v", out.Err)
				next(t, m)
			}
		})
	}
}

// TestImportsAsExports: wazero calls an import that is exported again without the
// guest's memory, and does not catch what it panics with.
func TestImportsAsExports(t *testing.T) {
	for name, index := range map[string]uint32{
		"funcbox_call": fnRequest, "funcbox_fiber": guesttest.FnFiberFree, "_initialize": guesttest.FnThrow, "other": fnExit,
	} {
		t.Run(name, func(t *testing.T) {
			m := start(t, guest{Call: echo, Exports: map[string]uint32{name: index}})
			require.ErrorContains(t, m.Prepare(context.Background()), "export "+name+" is one of its imports")
		})
	}
}

func TestTryWithoutTable(t *testing.T) {
	m := start(t, guest{Call: unlessNext(join(i32(0), i32(0), to(guesttest.FnInvoke)))})
	job := Job{Request: []byte("hostile"), Limits: testLimits()}
	out, err := m.Run(context.Background(), job)
	requireSound(t, job, out, err)
	require.Equal(t, Trapped, out.Ending)
	next(t, m)
}

// TestNativeStack: the size of wazero's stacks is known; see nativeStackBytes.
func TestNativeStack(t *testing.T) {
	m := start(t, guest{Call: echo})
	ready, err := m.prepare(context.Background())
	require.NoError(t, err)
	in, err := instantiate(context.Background(), ready, 1<<20)
	require.NoError(t, err)
	defer in.close()
	require.GreaterOrEqual(t, nativeStackBytes(in.run), int64(10<<10), "wazero's representation of functions has changed")
}

// TestNativeStacksBounded: deep recursion below many tries and in many fibers does
// not exhaust the host.
func TestNativeStacksBounded(t *testing.T) {
	const deep = 50_000 // frames, some 3 MB
	dive := func(bottom []byte) []byte {
		return join(when(local(0), join(sub(local(0), i32(1)), to(own(0)), guesttest.Return)), bottom)
	}
	for name, g := range map[string]guest{
		"tries":  {Functions: [][]byte{dive(join(i32(0), i32(deep), to(guesttest.FnInvoke)))}, Call: join(i32(deep), to(own(0)))},
		"fibers": {Functions: [][]byte{dive(join(load(4096), i32(1), to(guesttest.FnFiberSwitch)))}, Fiber: join(put(i32(4096), local(0)), i32(deep), to(own(0))), Call: forever(join(increase(1, 1), i32(1), add(local(1), i32(1)), to(guesttest.FnFiberSwitch)))},
	} {
		t.Run(name, func(t *testing.T) {
			g.Call = unlessNext(g.Call)
			m := start(t, g)
			requireNothingLeft(t, m)
			job := Job{Request: []byte("hostile"), Limits: testLimits()}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			out, err := m.Run(context.Background(), job)
			runtime.ReadMemStats(&after)
			requireSound(t, job, out, err)
			require.Equal(t, Trapped, out.Ending)
			require.ErrorContains(t, out.Err, "native stacks", strings.Split(out.Err.Error(), "\n")[0])
			require.Less(t, after.HeapSys-min(before.HeapSys, after.HeapSys), uint64(8*maxSuspendedBytes))
			next(t, m)
		})
	}
}
