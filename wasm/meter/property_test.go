package meter

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"
)

// state is all that can be seen of a module after some calls.
type state struct {
	results  [][]uint64
	failures []string
	globals  []uint64
	memory   []byte
}

// observe instantiates a module and calls each of its functions, with the budget
// filled up before each call.
func observe(t testing.TB, rt wazero.Runtime, wasm []byte, each func(m api.Module)) state {
	t.Helper()
	ctx := context.Background()
	m, err := rt.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig().WithName(""))
	require.NoError(t, err)
	defer m.Close(ctx)
	var s state
	for i := range genFunctions {
		m.ExportedGlobal("g0").(api.MutableGlobal).Set(genBudget)
		if each != nil {
			each(m)
		}
		results, err := m.ExportedFunction(fmt.Sprint("f", i)).Call(ctx, uint64(i), 1000)
		s.results = append(s.results, results)
		s.failures = append(s.failures, summary(err))
	}
	for i := range genGlobals {
		s.globals = append(s.globals, m.ExportedGlobal(fmt.Sprint("g", i)).Get())
	}
	all, _ := m.Memory().Read(0, m.Memory().Size())
	s.memory = bytes.Clone(all)
	return s
}

// requireSame compares, but does not print megabytes if it fails.
func requireSame(t testing.TB, want, got state) {
	t.Helper()
	require.Equal(t, want.failures, got.failures)
	require.Equal(t, want.results, got.results)
	require.Equal(t, want.globals, got.globals)
	require.True(t, bytes.Equal(want.memory, got.memory), "memory differs")
}

// checkGenerated makes a module, and runs it metered and not, in both engines, with
// little fuel per tick and plenty: nothing but the ticks may differ, and the fuel
// used is the same. Then it is stopped at some tick.
func checkGenerated(t testing.TB, seed uint64) (ticks, trapped int) {
	t.Helper()
	plain := generate(seed)
	metered, err := Meter(plain)
	require.NoError(t, err)
	var want state
	fuel := map[int64]bool{}
	for _, engine := range []string{"compiler", "interpreter"} {
		h := &host{}
		rt := newRuntime(t, engines[engine](), h)
		s := observe(t, rt, plain, nil)
		if want.results == nil {
			want = s
		} else {
			requireSame(t, want, s)
		}
		for _, grant := range []int32{3, 1 << 28} {
			*h = host{grant: grant}
			var last api.MutableGlobal
			total := int64(0)
			take := func() { // between calls
				if last != nil {
					total += h.used + int64(grant) - int64(api.DecodeI32(last.Get()))
				}
			}
			requireSame(t, want, observe(t, rt, metered, func(m api.Module) {
				take()
				last = fuelOf(t, m)
				last.Set(api.EncodeI32(grant))
				h.used = 0
			}))
			take()
			fuel[total] = true
			ticks = max(ticks, h.ticks)
		}
		if ticks > 0 {
			at := 1 + int(seed%uint64(ticks))
			*h = host{grant: 3, stop: func(ticks int) bool { return ticks >= at }, err: sys.NewExitError(9)}
			stopped := observe(t, rt, metered, func(m api.Module) { fuelOf(t, m).Set(3) })
			require.Contains(t, stopped.failures, sys.NewExitError(9).Error())
		}
		require.NoError(t, rt.Close(context.Background()))
	}
	require.Len(t, fuel, 1, "fuel differs")
	for _, f := range want.failures {
		if f != "" {
			trapped++
		}
	}
	return ticks, trapped
}

// TestGenerated is the property test of the whole.
func TestGenerated(t *testing.T) {
	const modules = 150
	ticked, trapped := 0, 0
	for seed := range uint64(modules) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			ticks, trap := checkGenerated(t, seed)
			if ticks > 100 {
				ticked++
			}
			trapped += trap
		})
	}
	// The generator makes what is worth testing.
	t.Logf("%d modules of %d with many ticks, %d traps in %d calls", ticked, modules, trapped, modules*genFunctions)
	require.Greater(t, ticked, modules/4)
	calls := modules * genFunctions
	require.Greater(t, trapped, calls/10)
	require.Less(t, trapped, calls*9/10)
}

// FuzzGenerated goes on with other modules.
func FuzzGenerated(f *testing.F) {
	f.Add(uint64(1 << 40))
	f.Fuzz(func(t *testing.T, seed uint64) { checkGenerated(t, seed) })
}
