package wasip1_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero/sys"

	"github.com/funcbox/funcbox/internal/guesttest"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

func TestArgumentsAndEnvironment(t *testing.T) {
	g := newGuest(t, wasip1.Config{Args: []string{"program", "", "ü"}, Env: []string{"A=1", "B="}})
	for _, c := range []struct {
		name string
		text string
		at   []uint32
	}{
		{"args", "program\x00\x00ü\x00", []uint32{0, 8, 9}},
		{"environ", "A=1\x00B=\x00", []uint32{0, 4}},
	} {
		g.ok(c.name+"_sizes_get", 0, 4)
		require.EqualValues(t, len(c.at), g.u32(0))
		require.EqualValues(t, len(c.text), g.u32(4))
		g.ok(c.name+"_get", 0, atData)
		require.Equal(t, c.text, string(g.bytes(atData, uint32(len(c.text)))))
		for i, at := range c.at {
			require.Equal(t, atData+at, g.u32(uint32(4*i)))
		}
		size := uint64(len(c.text))
		g.ok(c.name+"_get", 0, atEnd-size)
		g.is(fsapi.EFAULT, c.name+"_get", 0, atEnd-size+1)
		g.is(fsapi.EFAULT, c.name+"_get", atEnd-7, atData)
		g.is(fsapi.EFAULT, c.name+"_sizes_get", atEnd-3, 0)
		g.is(fsapi.EFAULT, c.name+"_sizes_get", 0, atEnd-3)
	}
	g.use(wasip1.Config{})
	g.ok("args_sizes_get", 0, 4)
	require.Zero(t, g.u64(0))
	g.ok("args_get", 0, 0)
}

func TestClocks(t *testing.T) {
	g := newGuest(t, wasip1.Config{})
	for id := range uint64(4) {
		g.ok("clock_res_get", id, atResult)
		require.NotZero(t, g.u64(atResult))
		g.ok("clock_time_get", id, 0, atResult)
		first := g.u64(atResult)
		g.ok("clock_time_get", id, 1000, atResult)
		require.GreaterOrEqual(t, g.u64(atResult), first)
		g.is(fsapi.EFAULT, "clock_time_get", id, 0, atEnd-7)
		g.is(fsapi.EFAULT, "clock_res_get", id, atEnd-7)
	}
	for _, id := range []uint64{4, math.MaxUint32} {
		g.is(fsapi.EINVAL, "clock_res_get", id, atResult)
		g.is(fsapi.EINVAL, "clock_time_get", id, 0, atResult)
	}
}

func TestRandom(t *testing.T) {
	g := newGuest(t, wasip1.Config{})
	g.ok("random_get", atData, 64)
	first := string(g.bytes(atData, 64))
	g.ok("random_get", atData, 64)
	require.NotEqual(t, first, string(g.bytes(atData, 64)))
	g.ok("random_get", 0, atEnd)
	g.ok("random_get", atEnd, 0)
	g.is(fsapi.EFAULT, "random_get", 1, atEnd)
	g.is(fsapi.EFAULT, "random_get", 0, math.MaxUint32)
}

func TestExit(t *testing.T) {
	g := newGuest(t, wasip1.Config{})
	_, err := g.module.ExportedFunction("proc_exit").Call(g.ctx, 7)
	var exit *sys.ExitError
	require.ErrorAs(t, err, &exit)
	require.EqualValues(t, 7, exit.ExitCode())

	stop := errors.New("stop")
	var code uint32
	g.use(wasip1.Config{Exit: func(c uint32) { code = c; panic(stop) }})
	_, err = g.module.ExportedFunction("proc_exit").Call(g.ctx, 8)
	require.ErrorIs(t, err, stop)
	require.EqualValues(t, 8, code)

	g.is(fsapi.ENOSYS, "proc_raise", 9)
	g.ok("sched_yield")
}

// TestEndedContext: every function ends a call whose context has ended, so that a
// guest that does nothing but call them is stopped; only leaving is not held up.
func TestEndedContext(t *testing.T) {
	interrupted, exited := 0, 0
	g := newGuest(t, wasip1.Config{
		Interrupted: func() { interrupted++ },
		Exit:        func(uint32) { exited++; panic(errors.New("exit")) },
	})
	ctx, cancel := context.WithCancel(g.ctx)
	cancel()
	for _, s := range guesttest.Signatures {
		results, err := g.module.ExportedFunction(s.Name).Call(ctx, make([]uint64, len(s.Parameters))...)
		if s.Name == "proc_exit" {
			require.Error(t, err)
			continue
		}
		require.NoError(t, err, s.Name)
		require.Equal(t, fsapi.EINTR, fsapi.Errno(results[0]), s.Name)
	}
	require.Equal(t, len(guesttest.Signatures)-1, interrupted)
	require.Equal(t, 1, exited)
}

func TestWithoutSystem(t *testing.T) {
	module := instantiate(t, true)
	for _, ctx := range []context.Context{context.Background(), wasip1.WithSystem(context.Background(), nil)} {
		for _, s := range guesttest.Signatures {
			results, err := module.ExportedFunction(s.Name).Call(ctx, make([]uint64, len(s.Parameters))...)
			require.NoError(t, err)
			if s.Name != "proc_exit" {
				require.EqualValues(t, fsapi.ENOSYS, results[0], s.Name)
			}
		}
	}
}

func TestWithoutMemory(t *testing.T) {
	module := instantiate(t, false)
	system := wasip1.NewSystem(wasip1.Config{FS: newFS(t, vfs.Options{})})
	defer system.Close()
	ctx := wasip1.WithSystem(context.Background(), system)
	for _, s := range guesttest.Signatures {
		if s.Name == "proc_exit" {
			continue
		}
		args := make([]uint64, len(s.Parameters))
		if len(args) > 0 {
			args[0] = root
		}
		_, err := module.ExportedFunction(s.Name).Call(ctx, args...)
		require.NoError(t, err, s.Name)
	}
}

func BenchmarkNewSystem(b *testing.B) {
	files := newFS(b, vfs.Options{})
	b.ReportAllocs()
	for b.Loop() {
		wasip1.NewSystem(wasip1.Config{FS: files}).Close()
	}
}

func BenchmarkCall(b *testing.B) {
	g := withFiles(b)
	f := g.module.ExportedFunction("clock_time_get")
	stack := make([]uint64, 3)
	b.ReportAllocs()
	for b.Loop() {
		stack[0], stack[1], stack[2] = 1, 0, atResult
		if err := f.CallWithStack(g.ctx, stack); err != nil {
			b.Fatal(err)
		}
	}
}
