package wasip1_test

import (
	"context"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

const (
	eventClock, eventRead, eventWrite = 0, 1, 2
	atEvents                          = 49152
)

// sub is a subscription.
type sub struct {
	kind    byte
	id      uint32 // clock or descriptor
	timeout uint64
	flags   uint16
}

type event struct {
	userdata uint64
	errno    fsapi.Errno
	kind     byte
	bytes    uint64
	flags    byte
}

func (g *guest) subscribe(subs []sub) {
	memory := g.module.Memory()
	for i, s := range subs {
		at := uint32(atVectors + 48*i)
		clear(g.bytes(at, 48))
		memory.WriteUint64Le(at, uint64(i)+1000)
		memory.WriteByte(at+8, s.kind)
		memory.WriteUint32Le(at+16, s.id)
		memory.WriteUint64Le(at+24, s.timeout)
		memory.WriteUint16Le(at+40, s.flags)
	}
}

func (g *guest) events(at uint32) []event {
	events := make([]event, g.u32(atResult))
	for i := range events {
		b := at + uint32(32*i)
		raw := g.bytes(b, 32)
		events[i] = event{g.u64(b), fsapi.Errno(uint16(raw[8]) | uint16(raw[9])<<8), raw[10], g.u64(b + 16), raw[24]}
	}
	return events
}

func (g *guest) poll(subs ...sub) []event {
	g.t.Helper()
	g.subscribe(subs)
	g.ok("poll_oneoff", atVectors, atEvents, uint64(len(subs)), atResult)
	return g.events(atEvents)
}

const ms = uint64(time.Millisecond)

func TestPollClocks(t *testing.T) {
	g := withFiles(t)
	now := uint64(time.Now().UnixNano())
	g.ok("clock_time_get", 1, 0, atResult)
	monotonic := g.u64(atResult)
	for name, s := range map[string]sub{
		"now":                      {eventClock, 1, 0, 0},
		"relative":                 {eventClock, 1, ms, 0},
		"relative, real time":      {eventClock, 0, ms, 0},
		"absolute, past":           {eventClock, 1, 1, 1},
		"absolute, real time past": {eventClock, 0, now - 5, 1},
		"absolute":                 {eventClock, 1, monotonic + ms, 1},
		"absolute, real time":      {eventClock, 0, now + ms, 1},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, []event{{userdata: 1000}}, g.poll(s))
		})
	}
	t.Run("only what is due", func(t *testing.T) {
		require.Equal(t, []event{{userdata: 1001}, {userdata: 1003}},
			g.poll(sub{eventClock, 1, math.MaxUint64, 0}, sub{eventClock, 1, 0, 0}, sub{eventClock, 0, math.MaxInt64, 0}, sub{eventClock, 0, 0, 0}))
	})
	t.Run("CPU time", func(t *testing.T) {
		require.Equal(t, []event{{userdata: 1000, errno: fsapi.ENOTSUP}}, g.poll(sub{eventClock, 2, ms, 0}))
	})
}

func TestPollRefuses(t *testing.T) {
	g := withFiles(t)
	for _, s := range []sub{{eventClock, 4, 0, 0}, {eventClock, 1, 0, 2}, {3, 0, 0, 0}, {255, 0, 0, 0}} {
		g.subscribe([]sub{s})
		g.is(fsapi.EINVAL, "poll_oneoff", atVectors, atEvents, 1, atResult)
	}
	for _, count := range []uint64{0, 4097, math.MaxUint32} {
		g.is(fsapi.EINVAL, "poll_oneoff", atVectors, atEvents, count, atResult)
	}
	g.is(fsapi.EFAULT, "poll_oneoff", atEnd-47, atEvents, 1, atResult)
	g.is(fsapi.EFAULT, "poll_oneoff", atVectors, atEnd-31, 1, atResult)
	g.is(fsapi.EFAULT, "poll_oneoff", atVectors, atEvents, 1, atEnd-3)
}

func TestPollDescriptors(t *testing.T) {
	g := newGuest(t, wasip1.Config{Stdin: strings.NewReader("input"), FS: newFS(t, vfs.Options{})})
	fd := g.open("a", creat)
	require.Zero(t, g.write(fd, "0123456789"))
	g.ok("fd_seek", fd, 3, 0, atResult)
	require.Equal(t, []event{
		{userdata: 1001, kind: eventRead, bytes: 7},
		{userdata: 1002, kind: eventWrite, bytes: 65536},
		{userdata: 1003, kind: eventWrite, bytes: 65536},
		{userdata: 1004, kind: eventRead, errno: fsapi.EBADF},
		{userdata: 1005, kind: eventRead, errno: fsapi.ENOTCAPABLE},
		{userdata: 1006, kind: eventWrite, errno: fsapi.ENOTCAPABLE},
		{userdata: 1007, kind: eventRead, errno: fsapi.ENOTCAPABLE},
		{userdata: 1008, kind: eventRead, bytes: 5},
	}, g.poll(
		sub{eventClock, 1, math.MaxUint64, 0}, sub{kind: eventRead, id: uint32(fd)}, sub{kind: eventWrite, id: uint32(fd)},
		sub{kind: eventWrite, id: 1}, sub{kind: eventRead, id: 99}, sub{kind: eventRead, id: 1}, sub{kind: eventWrite, id: 0},
		sub{kind: eventRead, id: root}, sub{kind: eventRead, id: 0},
	))
	require.Equal(t, "input", g.mustRead(0, 20))
	require.Equal(t, []event{{userdata: 1000, kind: eventRead, flags: 1}}, g.poll(sub{kind: eventRead, id: 0}))

	// The events may be written over the subscriptions.
	g.subscribe([]sub{{eventClock, 1, 0, 0}, {eventClock, 1, 0, 0}, {eventClock, 1, 0, 0}})
	g.ok("poll_oneoff", atVectors, atVectors, 3, atResult)
	require.Equal(t, []event{{userdata: 1000}, {userdata: 1001}, {userdata: 1002}}, g.events(atVectors))
}

func TestPollInput(t *testing.T) {
	defer goleak.VerifyNone(t)
	reader, writer := io.Pipe()
	g := newGuest(t, wasip1.Config{Stdin: reader})
	require.Equal(t, []event{{userdata: 1001}},
		g.poll(sub{kind: eventRead, id: 0}, sub{eventClock, 1, ms, 0}), "nothing there")
	require.Equal(t, []event{{userdata: 1001, kind: eventWrite, bytes: 65536}},
		g.poll(sub{kind: eventRead, id: 0}, sub{kind: eventWrite, id: 1}), "something else is ready")
	go func() { _, _ = writer.Write([]byte("input")) }()
	require.Equal(t, []event{{userdata: 1000, kind: eventRead, bytes: 5}}, g.poll(sub{kind: eventRead, id: 0}))
	require.Equal(t, "inp", g.mustRead(0, 6))
	require.Equal(t, []event{{userdata: 1000, kind: eventRead, bytes: 2}}, g.poll(sub{kind: eventRead, id: 0}))
	require.Equal(t, "ut", g.mustRead(0, 6))

	g.ok("fd_fdstat_set_flags", 0, nonblock)
	_, errno := g.read(0, 10)
	require.Equal(t, fsapi.EAGAIN, errno)
	g.ok("fd_fdstat_set_flags", 0, 0)
	writer.Close()
	require.Equal(t, "", g.mustRead(0, 10))
	require.Equal(t, []event{{userdata: 1000, kind: eventRead, flags: 1}}, g.poll(sub{kind: eventRead, id: 0}))
}

func TestInputThatFails(t *testing.T) {
	reader, writer := io.Pipe()
	g := newGuest(t, wasip1.Config{Stdin: reader})
	writer.CloseWithError(fsapi.ENXIO)
	_, errno := g.read(0, 10)
	require.Equal(t, fsapi.ENXIO, errno)
}

type interruption struct{}

// TestWaitsEndWithTheCall interrupts everything that waits.
func TestWaitsEndWithTheCall(t *testing.T) {
	defer goleak.VerifyNone(t)
	for name, wait := range map[string]func(g *guest) (string, []uint64){
		"sleep": func(g *guest) (string, []uint64) {
			g.subscribe([]sub{{eventClock, 1, math.MaxUint64, 0}})
			return "poll_oneoff", []uint64{atVectors, atEvents, 1, atResult}
		},
		"absolute sleep": func(g *guest) (string, []uint64) {
			g.subscribe([]sub{{eventClock, 0, math.MaxUint64, 1}})
			return "poll_oneoff", []uint64{atVectors, atEvents, 1, atResult}
		},
		"poll of input": func(g *guest) (string, []uint64) {
			g.subscribe([]sub{{kind: eventRead, id: 0}})
			return "poll_oneoff", []uint64{atVectors, atEvents, 1, atResult}
		},
		"read of input": func(g *guest) (string, []uint64) {
			list, count := g.vectors(10)
			return "fd_read", []uint64{0, list, count, atResult}
		},
	} {
		for _, throws := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				reader, writer := io.Pipe()
				defer writer.Close() // ends the goroutine that still reads
				config := wasip1.Config{Stdin: reader}
				if throws {
					config.Interrupted = func() { panic(interruption{}) }
				}
				g := newGuest(t, config)
				ctx, cancel := context.WithCancel(g.ctx)
				time.AfterFunc(5*time.Millisecond, cancel)
				function, args := wait(g)
				results, err := g.module.ExportedFunction(function).Call(ctx, args...)
				if throws {
					require.Error(t, err)
					return
				}
				require.NoError(t, err)
				require.EqualValues(t, fsapi.EINTR, results[0])
			})
		}
	}
	t.Run("ended before", func(t *testing.T) {
		g := newGuest(t, wasip1.Config{})
		ctx, cancel := context.WithCancel(g.ctx)
		cancel()
		g.ctx = ctx
		g.subscribe([]sub{{eventClock, 1, 0, 0}})
		g.is(fsapi.EINTR, "poll_oneoff", atVectors, atEvents, 1, atResult)
		g.is(fsapi.EINTR, "sched_yield")
	})
}

func TestWaitingIsNoCPUTime(t *testing.T) {
	g := newGuest(t, wasip1.Config{})
	g.poll(sub{eventClock, 1, 50 * ms, 0})
	g.ok("clock_time_get", 2, 0, atResult)
	require.Less(t, g.u64(atResult), uint64(time.Hour))
}
