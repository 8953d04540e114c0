package wasm

import (
	"bytes"
	"context"
	"encoding/binary"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero/api"
)

// scribble grows the memory by three pages, changes both globals and writes a
// byte to each of the addresses (32 bits each) in the request, which it copies
// to 1024; the reply is the byte that was at 70000 before.
var scribble = join(
	i32(16), load8(70000), []byte{0x3a, 0, 0},
	i32(3), grow, drop,
	setGlobal(globalStack, 12), setGlobal(globalExtra, 99),
	i32(1024), to(fnRequest),
	set(1, i32(1024)),
	while(join(
		get(local(1)), i32(0xAB), []byte{0x3a, 0, 0},
		increase(1, 4),
	), less(local(1), add(local(0), i32(1024)))),
	reply(16, 1),
)

// addresses returns a request of n random addresses, to which one may be added.
func addresses(r *rand.Rand, n int) []byte {
	var request []byte
	for range n {
		address := r.Uint32N(5 * PageBytes)
		if list := 1024 + uint32(4*(n+1)); address < list { // keep the list itself and the reply intact
			address += list
		}
		request = binary.LittleEndian.AppendUint32(request, address)
	}
	return request
}

// TestResetEqualsFresh compares every byte and every global of a reused instance
// with the image after calls that wrote all over it.
func TestResetEqualsFresh(t *testing.T) {
	m := start(t, guest{Call: scribble})
	ready, err := m.prepare(context.Background())
	require.NoError(t, err)
	in, err := instantiate(context.Background(), ready, 16<<20)
	require.NoError(t, err)
	defer in.close()
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		c := newCall(context.Background(), testLimits(), testSystem())
		c.request = append(addresses(r, 1+r.IntN(200)), binary.LittleEndian.AppendUint32(nil, 70000)...)
		c.stack[0] = uint64(len(c.request))
		out := c.outcome(in, c.enter(in, in.run))
		c.system.Close()
		require.Equal(t, Returned, out.Ending, "%v", out.Err)
		require.Equal(t, []byte{0}, out.Reply)
		require.Equal(t, int64(5*PageBytes), out.MemoryBytes)
		require.NotEqual(t, int64(-1), in.memory.differs(in.guest.Memory()))

		in.worked = r.IntN(2) == 0
		require.NoError(t, in.reset())
		require.Equal(t, int64(-1), in.memory.differs(in.guest.Memory()))
		require.Equal(t, uint64(65536), in.globals[globalStack].Get())
		require.Equal(t, uint64(7), in.globals[globalExtra].Get())
	}
}

// TestCheckResets: an instance that is not brought back to its image is noticed,
// reported and thrown away.
func TestCheckResets(t *testing.T) {
	var log bytes.Buffer
	engine, err := NewEngine(context.Background(), Config{CacheDir: MemoryOnly, CheckResets: true, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Close(context.Background())) })
	m := engine.Module(ModuleSpec{Name: "guest", Binary: packed(t, guest{Call: echo}.Module(t))})
	ready, err := m.prepare(context.Background())
	require.NoError(t, err)
	in, err := instantiate(context.Background(), ready, 1<<20)
	require.NoError(t, err)
	require.NoError(t, in.verify())

	in.globals[globalExtra].Set(8)
	require.ErrorContains(t, in.verify(), "global 1 is 0x8 instead of 0x7")
	require.True(t, m.pool.reset(in))
	require.NoError(t, in.verify())

	require.True(t, in.guest.Memory().WriteByte(70000, 1))
	require.ErrorContains(t, in.verify(), "memory at 70000")
	require.True(t, m.pool.reset(in))
	require.NoError(t, in.verify())

	in.globals[globalExtra].Set(8)
	in.globals[globalExtra] = stuck{in.globals[globalExtra]}
	require.Zero(t, m.Stats().FailedResets)
	require.Empty(t, log.String())
	require.False(t, m.pool.reset(in))
	require.Equal(t, int64(1), m.Stats().FailedResets)
	require.Contains(t, log.String(), "level=ERROR")
	require.Contains(t, log.String(), "global 1 is 0x8")
}

// stuck is a global that keeps its value.
type stuck struct{ api.MutableGlobal }

func (stuck) Set(uint64) {}

// TestReuseLeaksNothing runs calls in parallel that would see each other's
// writes if any survived.
func TestReuseLeaksNothing(t *testing.T) {
	m := start(t, guest{Call: scribble})
	var wait sync.WaitGroup
	for worker := range uint64(4) {
		wait.Go(func() {
			r := rand.New(rand.NewPCG(3, worker))
			for range 500 {
				request := append(addresses(r, 50), binary.LittleEndian.AppendUint32(nil, 70000)...)
				out, err := m.Run(context.Background(), Job{Request: request, Limits: testLimits()})
				if err != nil || out.Ending != Returned || out.Reply[0] != 0 {
					t.Errorf("err %v, outcome %+v", err, out)
					return
				}
			}
		})
	}
	wait.Wait()
	require.LessOrEqual(t, m.Stats().Warm, warmLimit())
}

// TestPoolBounds: instances that crashed or were stopped are not kept.
func TestPoolBounds(t *testing.T) {
	for name, code := range map[string][]byte{
		"trap": join(echo, trap), "exit": join(i32(0), to(fnExit)), "no reply": nil, "wild": reply(-1, 1),
	} {
		t.Run(name, func(t *testing.T) {
			m := start(t, guest{Call: code})
			for range 5 {
				run(t, m, "hello")
			}
			require.Zero(t, m.Stats().Warm)
		})
	}
	m := start(t, guest{Call: echo})
	for range 20 {
		run(t, m, "hello")
	}
	require.Positive(t, m.Stats().Warm)
	require.LessOrEqual(t, m.Stats().Warm, warmLimit())
}
