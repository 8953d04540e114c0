package wasm

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/guesttest"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// tally counts its calls at 40, touches a page far away and another beyond the memory
// that the module starts with, changes a global, and replies with the count.
var tally = join(
	when(equal(load(40), i32(0)), join(i32(3), grow, drop)),
	put(i32(40), add(load(40), i32(1))),
	put(i32(4*65536+8), add(load(4*65536+8), i32(1))),
	when(equal(load(40), load(4*65536+8)), join(store(16, 0), put(i32(16), load(40)))),
	setGlobal(globalExtra, 12), reply(16, 1),
)

func counted(t *testing.T, m *Module) byte {
	t.Helper()
	out := run(t, m, "")
	require.Equal(t, Returned, out.Ending, "%v", out.Err)
	return out.Reply[0]
}

func TestLoad(t *testing.T) {
	m := start(t, guest{Call: tally})
	ctx := context.Background()
	load := func(m *Module) *Module {
		out, derived, err := m.Load(ctx, Job{Limits: testLimits()}, nil)
		require.NoError(t, err)
		require.Equal(t, Returned, out.Ending)
		return derived
	}
	one := load(m)
	two := load(one)
	three := load(two)
	for range 5 { // each call starts from its photograph, also in an instance used before
		require.Equal(t, byte(1), counted(t, m))
		require.Equal(t, byte(2), counted(t, one))
		require.Equal(t, byte(4), counted(t, three))
		require.Equal(t, byte(3), counted(t, two))
	}
	require.Zero(t, one.Stats().FailedResets)

	t.Run("those it came from may be closed before", func(t *testing.T) {
		one.Close()
		_, err := one.Run(ctx, Job{Limits: testLimits()})
		require.ErrorIs(t, err, ErrClosed)
		two.Close()
		require.Equal(t, byte(4), counted(t, three))
		three.Close()
		three.Close()
		require.Equal(t, byte(1), counted(t, m))
	})
	t.Run("a refusal", func(t *testing.T) {
		refused := errors.New("no")
		out, derived, err := m.Load(ctx, Job{Limits: testLimits()}, func(Outcome) error { return refused })
		require.ErrorIs(t, err, refused)
		require.Equal(t, Returned, out.Ending)
		require.Nil(t, derived)
	})
	t.Run("a failure", func(t *testing.T) {
		out, derived, err := start(t, guest{Call: trap}).Load(ctx, Job{Limits: testLimits()}, nil)
		require.NoError(t, err)
		require.Equal(t, Trapped, out.Ending)
		require.Nil(t, derived)
	})
	t.Run("closed while calls run", func(t *testing.T) {
		derived := load(m)
		var calls sync.WaitGroup
		for range 4 {
			calls.Go(func() {
				for {
					out, err := derived.Run(ctx, Job{Limits: testLimits()})
					if err != nil {
						return
					}
					if out.Ending != Returned || out.Reply[0] != 2 {
						t.Errorf("%v %v", out.Ending, out.Err)
					}
				}
			})
		}
		for range 20 {
			counted(t, derived)
		}
		derived.Close()
		calls.Wait()
	})
}

// TestDerivedEqualsWhole derives images from images by random writes and compares all
// of their bytes with what they must hold.
func TestDerivedEqualsWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	content := make([]byte, 12*PageBytes)
	for i := range content {
		content[i] = byte(r.Uint32())
	}
	img, err := photo(content)
	require.NoError(t, err)
	for range 60 {
		memory, err := newLinearMemory(img, 64*PageBytes)
		require.NoError(t, err)
		size := img.size
		if r.IntN(3) == 0 && size < 40*PageBytes {
			size += PageBytes
		}
		all := memory.Reallocate(size)
		for range 1 + r.IntN(300) {
			all[r.Uint64N(size)] = byte(r.Uint32())
		}
		changed, err := memory.reservation.changed(img, size)
		require.NoError(t, err)
		derived, err := img.derive(all, fewSpans(changed))
		require.NoError(t, err)
		got, err := derived.content()
		require.NoError(t, err)
		require.True(t, bytes.Equal(all, got))
		memory.Free()
		require.NoError(t, img.close())
		img = derived
	}
	require.NoError(t, img.close())
}

func TestImageStream(t *testing.T) {
	ctx := context.Background()
	m := start(t, guest{Call: tally})
	_, derived, err := m.Load(ctx, Job{Limits: testLimits()}, nil)
	require.NoError(t, err)
	var stream bytes.Buffer
	require.NoError(t, derived.WriteImage(&stream))
	written := stream.Bytes()

	other := start(t, guest{Call: tally})
	identity, err := derived.Identity()
	require.NoError(t, err)
	same, err := other.Identity()
	require.NoError(t, err)
	require.Equal(t, identity, same)
	restored, err := other.ReadImage(ctx, bytes.NewReader(append(bytes.Clone(written), "more"...)), 1<<20)
	require.NoError(t, err)
	require.Equal(t, byte(2), counted(t, restored))
	require.Equal(t, byte(2), counted(t, restored))

	_, err = other.ReadImage(ctx, bytes.NewReader(written), 3*PageBytes)
	require.ErrorIs(t, err, ErrMemoryLimit)
	for cut := range len(written) {
		if cut%997 != 0 && cut > 64 {
			continue
		}
		_, err = other.ReadImage(ctx, bytes.NewReader(written[:cut]), 1<<20)
		require.Error(t, err, "%d", cut)
	}
	for at := range 48 {
		forged := bytes.Clone(written)
		forged[at] ^= 0xff
		if read, err := other.ReadImage(ctx, bytes.NewReader(forged), 1<<20); err == nil {
			read.Close()
		}
	}
}

func TestSession(t *testing.T) {
	ctx := context.Background()
	m := start(t, guest{Call: tally})
	s, err := m.Start(ctx, 16<<20, wasip1.Config{})
	require.NoError(t, err)
	next := func(s *Session) byte {
		t.Helper()
		out, err := s.Run(ctx, Job{Limits: testLimits()})
		require.NoError(t, err)
		require.Equal(t, Returned, out.Ending, "%v", out.Err)
		return out.Reply[0]
	}
	for i := range byte(5) {
		require.Equal(t, i+1, next(s))
	}
	require.Equal(t, int64(5*PageBytes), s.MemoryBytes())
	derived, err := s.Photograph()
	require.NoError(t, err)
	require.Equal(t, byte(6), next(s))
	fork, err := derived.Start(ctx, 16<<20, wasip1.Config{})
	require.NoError(t, err)
	derived.Close() // the fork keeps it
	require.Equal(t, byte(6), next(fork))
	require.Equal(t, byte(7), next(fork))
	require.Equal(t, byte(7), next(s))
	s.Close()
	s.Close()
	_, err = s.Run(ctx, Job{Limits: testLimits()})
	require.ErrorIs(t, err, ErrSessionEnded)
	_, err = s.Photograph()
	require.ErrorIs(t, err, ErrSessionEnded)
	require.Equal(t, byte(8), next(fork))
	fork.Close()
	require.Equal(t, byte(1), counted(t, m))

	t.Run("a stop ends it", func(t *testing.T) {
		s, err := start(t, guest{Call: forever(nil)}).Start(ctx, 1<<20, wasip1.Config{})
		require.NoError(t, err)
		out, err := s.Run(ctx, Job{Limits: Limits{Fuel: 1000, MemoryBytes: 1 << 20}})
		require.NoError(t, err)
		require.ErrorIs(t, out.Err, ErrFuel)
		_, err = s.Run(ctx, Job{Limits: testLimits()})
		require.ErrorIs(t, err, ErrSessionEnded)
		require.Zero(t, s.MemoryBytes())
	})
}

func TestNext(t *testing.T) {
	m := start(t, guest{Call: tally})
	var seen []byte
	out, err := m.Run(context.Background(), Job{Limits: testLimits(), Next: func(reply []byte) []byte {
		seen = append(seen, reply[0])
		if reply[0] == 3 {
			return nil
		}
		return []byte("again")
	}})
	require.NoError(t, err)
	require.Equal(t, []byte{1, 2, 3}, seen)
	require.Equal(t, []byte{3}, out.Reply)
	require.Equal(t, byte(1), counted(t, m))
}

func TestHostCall(t *testing.T) {
	call := func(at, size int32) []byte { return join(i32(at), i32(size), to(guesttest.FnHostCall)) }
	ctx := context.Background()
	for _, test := range []struct {
		name  string
		call  []byte
		host  HostFunc
		reply string
		err   string
	}{
		{"answered", join(set(1, call(16, 4)), i32(64), to(guesttest.FnHostReply), i32(64), local(1), to(fnResult)),
			func(_ context.Context, request []byte) []byte { return append(request, "!"...) }, "data!", ""},
		{"a reply that is not fetched", join(call(16, 4), drop, reply(16, 2)), func(context.Context, []byte) []byte { return []byte("x") }, "da", ""},
		{"a reply fetched twice is empty", join(call(16, 4), drop, i32(16), to(guesttest.FnHostReply), store(16, 0), i32(16), to(guesttest.FnHostReply), reply(16, 1)),
			func(context.Context, []byte) []byte { return []byte("x") }, "\x00", ""},
		{"no host", join(call(16, 4), drop), nil, "", "offers it no functions"},
		{"a wild request", join(call(-1, 4), drop), func(context.Context, []byte) []byte { return nil }, "", "outside its memory"},
		{"a wild reply", join(call(16, 4), drop, i32(-1), to(guesttest.FnHostReply)), func(context.Context, []byte) []byte { return []byte("xy") }, "", "outside its memory"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, err := start(t, guest{Call: test.call}).Run(ctx, Job{Limits: testLimits(), Host: test.host})
			require.NoError(t, err)
			if test.err != "" {
				require.Equal(t, Trapped, out.Ending)
				require.ErrorContains(t, out.Err, test.err)
				return
			}
			require.Equal(t, Returned, out.Ending, "%v", out.Err)
			require.Equal(t, test.reply, string(out.Reply))
		})
	}
	t.Run("ended meanwhile", func(t *testing.T) {
		ctx, cancel := context.WithCancel(ctx)
		out, err := start(t, guest{Call: join(call(16, 4), drop, echo)}).Run(ctx, Job{Limits: testLimits(), Host: func(context.Context, []byte) []byte {
			cancel()
			return nil
		}})
		require.NoError(t, err)
		require.Equal(t, Stopped, out.Ending)
		require.ErrorIs(t, out.Err, context.Canceled)
	})
}

// TestTransient compiles the same module again and again without anything left in the
// cache folder.
func TestTransient(t *testing.T) {
	folder := t.TempDir()
	engine, err := NewEngine(context.Background(), Config{CacheDir: folder})
	require.NoError(t, err)
	before, err := os.ReadDir(folder)
	require.NoError(t, err)
	module := guest{Call: tally}.Module(t)
	for range 3 {
		m := engine.Module(ModuleSpec{Name: "small", Binary: PlainBinary(module), Transient: true})
		other := engine.Module(ModuleSpec{Name: "small", Binary: PlainBinary(module), Transient: true})
		require.Equal(t, byte(1), counted(t, m))
		m.Close()
		require.Equal(t, byte(1), counted(t, other), "closing one leaves the other")
		other.Close()
	}
	after, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, after, len(before))
	require.NoError(t, engine.Close(context.Background()))
}

// TestCommand runs a main function again and again in one instance.
func TestCommand(t *testing.T) {
	// The exit code is 1 more than what is at 40, where it writes 7.
	code := join(set(1, load(40)), store(40, 7), add(local(1), i32(1)), to(fnExit))
	g := guest{Initialize: code, NoCall: true, Exports: map[string]uint32{"_start": guesttest.FnInitialize}}
	engine := newTestEngine(t)
	m := engine.Module(ModuleSpec{Name: "command", Binary: packed(t, g.Module(t)), Command: true})
	for range 5 {
		out, err := m.Run(context.Background(), Job{Limits: testLimits()})
		require.NoError(t, err)
		require.Equal(t, Exited, out.Ending, "%v", out.Err)
		require.Equal(t, uint32(1), out.ExitCode)
	}
	require.Equal(t, 1, m.Stats().Warm, "exit is how a command ends")
	require.Zero(t, m.Stats().FailedResets)
}

// TestCloseWhileResetting: a module that is closed right after a call waits for the reset
// of its instance, which reads the image.
func TestCloseWhileResetting(t *testing.T) {
	fill := join(i32(PageBytes), i32(1), i32(8<<20), []byte{0xfc, 11, 0})
	scatter := join(i32(1), grow, drop)
	for i := range int32(200) {
		scatter = append(scatter, store(PageBytes+8192*i, 2)...)
	}
	m := start(t, guest{Init: join(i32(200), grow, drop, fill, i32(0)), Call: join(scatter, reply(16, 1))})
	ctx := context.Background()
	for range 400 {
		_, derived, err := m.Load(ctx, Job{Limits: testLimits()}, nil)
		require.NoError(t, err)
		_, err = derived.Run(ctx, Job{Limits: testLimits()})
		require.NoError(t, err)
		derived.Close()
	}
	require.Zero(t, m.Stats().FailedResets)
}
