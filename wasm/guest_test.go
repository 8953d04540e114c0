package wasm

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/guesttest"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// The hand-written guests of these tests, by short names.
type guest = guesttest.Guest

const (
	fnRequest   = guesttest.FnRequest
	fnResult    = guesttest.FnResult
	globalStack = guesttest.GlobalStack
	globalExtra = guesttest.GlobalExtra
)

var (
	fnExit = guesttest.WASI("proc_exit")
	fnPoll = guesttest.WASI("poll_oneoff")

	own = guesttest.Own

	join, i32, to, local, set, increase, setGlobal = guesttest.Join, guesttest.I32, guesttest.Call, guesttest.Local, guesttest.Set, guesttest.Increase, guesttest.SetGlobal
	store, store8, put, load, get, load8           = guesttest.Store, guesttest.Store8, guesttest.Put, guesttest.Load, guesttest.Get, guesttest.Load8
	add, sub, equal, less                          = guesttest.Add, guesttest.Sub, guesttest.Equal, guesttest.Less
	when, while, forever, choose                   = guesttest.If, guesttest.While, guesttest.Forever, guesttest.Switch
	trap, drop, grow, size                         = guesttest.Trap, guesttest.Drop, guesttest.Grow, guesttest.Size
	reply, echo                                    = guesttest.Reply, guesttest.Echo
)

// start registers a guest with a new engine.
func start(t testing.TB, g guest) *Module {
	t.Helper()
	m := newTestEngine(t).Module(ModuleSpec{Name: "guest", Binary: packed(t, g.Module(t))})
	t.Cleanup(func() { require.Zero(t, m.Stats().FailedResets) })
	return m
}

func newTestEngine(t testing.TB) *Engine {
	t.Helper()
	_, measuring := t.(*testing.B)
	engine, err := NewEngine(context.Background(), Config{CacheDir: MemoryOnly, CheckResets: !measuring})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Close(context.Background())) })
	return engine
}

func packed(t testing.TB, module []byte) *Binary {
	t.Helper()
	return NewBinary(guesttest.Pack(t, module))
}

func testSystem() wasip1.Config { return wasip1.Config{} }
