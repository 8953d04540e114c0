package wasm

import (
	"context"
	_ "embed"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/funcbox/funcbox/wasm/meter"
)

//go:embed testdata/services/services.wasm
var servicesGuest []byte

func startServices(t testing.TB) *Module {
	t.Helper()
	metered, err := meter.Meter(servicesGuest)
	require.NoError(t, err)
	m := newTestEngine(t).Module(ModuleSpec{Name: "services", Binary: packed(t, metered)})
	require.NoError(t, m.Prepare(context.Background()))
	return m
}

func TestServices(t *testing.T) {
	m := startServices(t)
	before := goleak.IgnoreCurrent()
	limited := testLimits()
	limited.Fuel = 5_000_000
	limited.MemoryBytes = 64 << 20
	for _, test := range []struct {
		name, request string
		ending        Ending
		reply, err    string
	}{
		{"a jump out of a try", "o42", Returned, "42", ""},
		{"a thousand tries in a row", "m1000", Returned, "1000", ""},
		{"a jump out of 1000 tries inside one another", "n1000", Returned, "7", ""},
		{"more tries inside one another than allowed", "n5000", Trapped, "", "tries are open"},
		{"a throw outside of any try", "U", Trapped, "", "an exception reached the host"},
		{"a stop inside a try", "S", Stopped, "", "fuel"},
		{"a trap inside a try", "T", Trapped, "", "wasm error"},
		{"an exit inside a try", "X", Exited, "", ""},
		{"two fibers in turn, one left behind", "f10", Returned, "285", ""},
		{"fibers with tries of their own", "j10", Returned, "55", ""},
		{"fibers inside a try", "i", Returned, "30", ""},
		{"fifty fibers left behind", "F50", Returned, "50", ""},
		{"thousands of fibers, freed one by one", "G3000", Returned, "3000", ""},
		{"more fibers than allowed", "F1100", Trapped, "", "1024 fibers"},
		{"a stop inside a fiber", "s", Stopped, "", "fuel"},
		{"a trap inside a fiber", "t", Trapped, "", "wasm error"},
		{"a fiber returns", "r", Trapped, "", "returned from its entry"},
		{"an exit in a try in a fiber", "x", Exited, "", ""},
		{"a throw out of a fiber", "u", Trapped, "", "an exception reached the host"},
		{"a switch to itself", "z", Trapped, "", "fiber_switch"},
		{"a switch from a fiber that does not run", "y", Trapped, "", "fiber_switch"},
		{"freeing the first fiber", "v", Trapped, "", "fiber_free"},
		{"a fiber without a body", "w", Trapped, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 3 {
				out, err := m.Run(context.Background(), Job{Request: []byte(test.request), Limits: limited})
				require.NoError(t, err)
				require.Equal(t, test.ending, out.Ending, "%v", out.Err)
				require.Equal(t, test.reply, string(out.Reply))
				if test.err != "" {
					require.ErrorContains(t, out.Err, test.err)
				}
				if test.ending == Exited {
					require.Equal(t, uint32(9), out.ExitCode)
				}
				require.Equal(t, "42", string(run(t, m, "o42").Reply), "the next call")
			}
		})
	}
	goleak.VerifyNone(t, before)
}

func TestServicesStoppedByContext(t *testing.T) {
	m := startServices(t)
	before := goleak.IgnoreCurrent()
	for _, request := range []string{"S", "s"} {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		out, err := m.Run(ctx, Job{Request: []byte(request), Limits: testLimits()})
		cancel()
		require.NoError(t, err)
		require.Equal(t, Stopped, out.Ending)
		require.ErrorIs(t, out.Err, context.DeadlineExceeded)
	}
	goleak.VerifyNone(t, before)
}

// TestServicesReset: what tries and fibers do to the instance is undone as well.
func TestServicesReset(t *testing.T) {
	m := startServices(t)
	ready, err := m.prepare(context.Background())
	require.NoError(t, err)
	in, err := instantiate(context.Background(), ready, 64<<20)
	require.NoError(t, err)
	defer in.close()
	for _, request := range strings.Fields("o42 n500 f10 F50 j10 i G100") {
		c := newCall(context.Background(), testLimits(), testSystem())
		c.limits.MemoryBytes = 64 << 20
		c.request = []byte(request)
		c.stack[0] = uint64(len(request))
		out := c.outcome(in, c.enter(in, in.run))
		c.system.Close()
		require.Equal(t, Returned, out.Ending, "%s: %v", request, out.Err)
		require.NoError(t, in.reset())
		require.Equal(t, int64(-1), in.memory.differs(in.guest.Memory()), request)
		for i, global := range in.globals {
			require.Equal(t, in.origin.globals[i], global.Get(), request)
		}
	}
}

func TestUnknownServiceRefused(t *testing.T) {
	module := []byte(strings.Replace(string(servicesGuest), "invoke_", "inwoke_", 1))
	metered, err := meter.Meter(module)
	require.NoError(t, err)
	m := newTestEngine(t).Module(ModuleSpec{Name: "services", Binary: packed(t, metered)})
	require.ErrorContains(t, m.Prepare(context.Background()), "which the engine does not offer")
}

// BenchmarkServices: the price of one try with a jump, and of one switch there and
// back.
func BenchmarkServices(b *testing.B) {
	m := startServices(b)
	limits := testLimits()
	limits.MemoryBytes = 64 << 20
	for name, request := range map[string]string{"try-and-jump": "m1000", "two-switches": "f1000"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if out, err := m.Run(context.Background(), Job{Request: []byte(request), Limits: limits}); err != nil || out.Ending != Returned {
					b.Fatal(err, out.Err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/each")
		})
	}
	runtime.KeepAlive(m)
}
