package wasm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/guesttest"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// The demon is a guest whose requests have three bytes: what it exhausts first,
// where it then does its deed, and which one. Each is an index into one of the
// three tables here.

// demonTable names instructions.
type demonTable []struct {
	name string
	code []byte
}

func (d demonTable) code() [][]byte {
	var all [][]byte
	for _, entry := range d {
		all = append(all, entry.code)
	}
	return all
}

var (
	fnOpen   = guesttest.WASI("path_open")
	fnRead   = guesttest.WASI("fd_read")
	fnWrite  = guesttest.WASI("fd_write")
	fnPread  = guesttest.WASI("fd_pread")
	fnRandom = guesttest.WASI("random_get")
	fnYield  = guesttest.WASI("sched_yield")
)

const (
	atRequest, atEvents, atList = 1024, 512, 768
	mainFiber, demonFiber       = 1, 2
	firstIdleFiber              = 100
)

var (
	// open opens the file "data" and leaves the errno.
	open = join(i32(3), i32(0), i32(16), i32(4), i32(1), guesttest.I64(1<<1|1<<6), guesttest.I64(0), i32(0), i32(8), to(fnOpen))
	// list describes one buffer: all of the first two pages.
	list = join(store(atList, 0), store(atList+4, 2*PageBytes))
	// print writes them to standard output, and leaves the errno.
	printAll = join(list, i32(1), i32(atList), i32(1), i32(8), to(fnWrite))
	// asleep waits for ever.
	asleep = join(store(256+24, -1), store(256+28, math.MaxInt32), i32(256), i32(atEvents), i32(1), i32(8), to(fnPoll), drop)
	// growAll grows the memory page by page until that fails.
	growAll = while(nil, join(i32(1), grow, i32(-1), []byte{0x47}))
)

var exhausted = demonTable{
	{"nothing", nil},
	{"descriptors", while(nil, join(open, []byte{0x45}))},
	{"output", join(set(1, i32(100)), while(join(printAll, drop, increase(1, -1)), local(1)))},
	{"memory", growAll},
	{"replies", reply(16, 4)},
}

var places = demonTable{
	{"here", join(i32(0), to(own(0)))},
	{"in a try", join(i32(0), i32(0), to(guesttest.FnInvoke))},
	{"in 300 tries", join(i32(300), to(own(1)))},
	{"in a fiber", join(i32(mainFiber), i32(demonFiber), to(guesttest.FnFiberSwitch))},
	{"in a fiber started in a try", join(i32(2), i32(demonFiber), to(guesttest.FnInvoke))},
	{"in a try in a fiber", join(i32(mainFiber), i32(demonFiber+1), to(guesttest.FnFiberSwitch))},
	{"beside fifty fibers", join(set(1, i32(50)), while(
		join(i32(mainFiber), add(local(1), i32(firstIdleFiber)), to(guesttest.FnFiberSwitch), increase(1, -1)), local(1)),
		i32(0), to(own(0)))},
}

// endings are how a deed may end, as bits.
type endings int

const (
	returns endings = 1 << iota
	exits
	traps
	never // ends only when it is stopped
	// host: most of the time goes by in the host, which takes no fuel.
	host
)

var deeds = []struct {
	name string
	code []byte
	ends endings
}{
	{"returns", nil, returns},
	{"traps", trap, traps},
	{"divides by zero", join(i32(1), i32(0), []byte{0x6d}, drop), traps},
	{"reads beyond the memory", join(load(-8), drop), traps},
	{"exits", join(i32(7), to(fnExit)), exits},
	{"throws", to(guesttest.FnThrow), returns | traps}, // caught or not
	{"loops", forever(nil), never},
	{"sleeps", asleep, never | host},
	{"reads what never comes", join(list, i32(0), i32(atList), i32(1), i32(8), to(fnRead), drop), never | host},
	{"recurses", join(i32(0), to(own(3))), traps},
	{"grows and fills its memory", join(growAll, i32(PageBytes), i32(1), size, i32(PageBytes), []byte{0x6c}, i32(PageBytes), []byte{0x6b}, []byte{0xfc, 11, 0}), returns},
	{"fills its memory for ever", forever(join(i32(atList), i32(1), i32(PageBytes), []byte{0xfc, 11, 0})), never},
	{"wants its request beyond the memory", join(i32(-1), to(fnRequest)), traps},
	{"wants its request for ever", forever(join(i32(atRequest), to(fnRequest))), never | host},
	{"replies from beyond the memory", reply(-1, 5), traps},
	{"replies with too much", reply(0, 2*PageBytes), traps | never},
	{"replies twice", join(reply(16, 4), reply(16, 4)), traps},
	{"opens tries for ever", join(i32(4), i32(0), to(guesttest.FnInvoke)), traps},
	{"switches to a fiber that is not its to leave", join(i32(12345), i32(54321), to(guesttest.FnFiberSwitch)), returns | traps},
	{"frees the first fiber", join(i32(mainFiber), to(guesttest.FnFiberFree)), returns | traps},
	{"prints for ever", forever(join(printAll, drop)), never | host},
	{"opens for ever", forever(join(open, drop)), never | host},
	{"reads a file for ever", forever(join(list, i32(4), i32(atList), i32(1), guesttest.I64(0), i32(8), to(fnPread), drop)), never | host},
	{"wants random bytes for ever", forever(join(i32(atList), i32(PageBytes), to(fnRandom), drop)), never | host},
	{"yields for ever", forever(join(to(fnYield), drop)), never | host},
}

func demon() guest {
	var code [][]byte
	for _, deed := range deeds {
		code = append(code, deed.code)
	}
	back := func(from byte) []byte {
		return forever(join(local(from), i32(mainFiber), to(guesttest.FnFiberSwitch)))
	}
	return guest{
		Functions: [][]byte{
			0: choose(load8(atRequest+2), code...),
			1: join(when(equal(local(0), i32(0)), join(i32(0), to(own(0)), guesttest.Return)), i32(1), sub(local(0), i32(1)), to(guesttest.FnInvoke)),
			2: join(i32(mainFiber), local(0), to(guesttest.FnFiberSwitch)),
			3: join(local(0), to(own(3))),
			4: join(i32(4), i32(0), to(guesttest.FnInvoke)),
		},
		Fiber: join(
			when(equal(local(0), i32(demonFiber)), join(i32(0), to(own(0)))),
			when(equal(local(0), i32(demonFiber+1)), join(i32(0), i32(0), to(guesttest.FnInvoke))),
			back(0)),
		Call: unlessNext(join(i32(atRequest), to(fnRequest),
			choose(load8(atRequest), exhausted.code()...),
			choose(load8(atRequest+1), places.code()...),
			when(join(load8(atRequest), i32(4), []byte{0x47}), reply(16, 4)))),
	}
}

// ways are how a call is kept from going on for ever.
var ways = []struct {
	name  string
	fuel  int64
	until func() (context.Context, context.CancelFunc)
	why   error
}{
	{"one unit of fuel", 1, nil, ErrFuel},
	{"some fuel", 150_000, nil, ErrFuel},
	{"a deadline", Unlimited, func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(context.Background(), 3*time.Millisecond)
	}, context.DeadlineExceeded},
	{"a canceled context", Unlimited, func() (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(2*time.Millisecond, cancel)
		return ctx, cancel
	}, context.Canceled},
}

// TestHostileProduct has the demon do every deed in every place, having exhausted
// everything, under every limit, in random order.
func TestHostileProduct(t *testing.T) {
	m := start(t, demon())
	requireNothingLeft(t, m)
	type combination struct{ exhausted, place, deed, way int }
	var all []combination
	for e := range exhausted {
		for p := range places {
			for d := range deeds {
				for w := range ways {
					all = append(all, combination{e, p, d, w})
				}
			}
		}
	}
	random := rand.New(rand.NewPCG(11, 12))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	all = all[:rounds(len(all))]

	var workers sync.WaitGroup
	work := make(chan combination)
	for range 4 {
		workers.Go(func() {
			for c := range work {
				name := fmt.Sprintf("%s, having exhausted %s, %s, under %s", deeds[c.deed].name, exhausted[c.exhausted].name, places[c.place].name, ways[c.way].name)
				t.Run(name, func(t *testing.T) { tempt(t, m, c.exhausted, c.place, c.deed, c.way) })
			}
		})
	}
	for _, c := range all {
		work <- c
	}
	close(work)
	workers.Wait()
}

// tempt runs one combination.
func tempt(t *testing.T, m *Module, exhausts, place, deed, way int) {
	files, err := vfs.New(vfs.Options{Bytes: 1 << 20, Files: map[vfs.Path][]byte{"/data": make([]byte, 2*PageBytes)}})
	require.NoError(t, err)
	stdin, feed := io.Pipe()
	defer func() { require.NoError(t, feed.Close()) }() // ends the goroutine that reads
	job := Job{
		Request: []byte{byte(exhausts), byte(place), byte(deed)},
		System:  wasip1.Config{FS: files, Stdin: stdin, OpenFiles: 16},
		Limits:  Limits{Fuel: ways[way].fuel, MemoryBytes: int64(guesttest.MemoryPages+37*(deed%3)) * PageBytes, ReplyBytes: 1000},
	}
	ctx, cancel := context.Background(), context.CancelFunc(func() {})
	outside := deeds[deed].ends&host != 0
	switch {
	case ways[way].until != nil:
		ctx, cancel = ways[way].until()
	case outside:
		ctx, cancel = context.WithTimeout(ctx, 3*time.Millisecond)
	}
	defer cancel()
	out, err := m.Run(ctx, job)
	requireSound(t, job, out, err)
	switch out.Ending {
	case Returned:
		require.NotZero(t, deeds[deed].ends&returns, "returned")
		require.Equal(t, "data", string(out.Reply))
	case Exited:
		require.NotZero(t, deeds[deed].ends&exits, "exited")
		require.Equal(t, uint32(7), out.ExitCode)
	case Trapped:
		// A second reply is a trap, and so is a throw that nobody catches.
		require.True(t, deeds[deed].ends&traps != 0 || exhausts == 4, "trapped: %v", out.Err)
	case Stopped:
		why := errors.Is(out.Err, ways[way].why) || errors.Is(out.Err, ErrReplyLimit) || outside && errors.Is(out.Err, context.DeadlineExceeded)
		require.True(t, why, "stopped: %v", out.Err)
	}
	next(t, m)
}
