package wasm

import (
	"context"
	"math"
	"runtime"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/guesttest"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// bulkBytes is how much the guests of these tests move at once.
const bulkBytes = 60 << 20

// busy are guests that keep a core busy with what the host cannot interrupt at any
// place it likes: code of theirs, and work done for them in large pieces. They have
// memory for bulkBytes from 1 MiB on, described by the list of one buffer, and the
// file "data" of that size open as 4.
var busy = []struct {
	name  string
	guest guest
	large bool // the request has bulkBytes
}{
	{"loops", guest{Call: forever(nil)}, false},
	{"fills memory", guest{Call: forever(join(i32(1<<20), i32(1), i32(bulkBytes), []byte{0xfc, 11, 0}))}, false},
	{"copies memory", guest{Call: forever(join(i32(1<<20+1), i32(1<<20), i32(bulkBytes-1), []byte{0xfc, 10, 0, 0}))}, false},
	{"recurses and traps", guest{Call: join(i32(0), to(own(0))), Functions: [][]byte{join(local(0), to(own(0)))}}, false},
	{"recurses in large frames", guest{Call: join(i32(0), to(own(0))), Functions: [][]byte{largeFrame(500)}}, false},
	{"throws", guest{Call: forever(join(i32(0), i32(0), to(guesttest.FnInvoke))), Functions: [][]byte{to(guesttest.FnThrow)}}, false},
	{"switches fibers", guest{Call: forever(join(i32(1), i32(2), to(guesttest.FnFiberSwitch))), Fiber: forever(join(i32(2), i32(1), to(guesttest.FnFiberSwitch)))}, false},
	{"reads a file", guest{Call: forever(join(i32(4), i32(atList), i32(1), guesttest.I64(0), i32(8), to(fnPread), drop))}, false},
	{"writes a file", guest{Call: forever(join(i32(4), i32(atList), i32(1), guesttest.I64(0), i32(8), to(guesttest.WASI("fd_pwrite")), drop,
		i32(4), guesttest.I64(0), to(guesttest.WASI("fd_filestat_set_size")), drop))}, false},
	{"prints", guest{Call: forever(join(i32(1), i32(atList), i32(1), i32(8), to(fnWrite), drop))}, false},
	{"wants random bytes", guest{Call: forever(join(i32(1<<20), i32(bulkBytes), to(fnRandom), drop))}, false},
	{"wants a large request", guest{Call: forever(join(i32(1<<20), to(fnRequest)))}, true},
	{"hands over a large reply", guest{Call: reply(1<<20, bulkBytes)}, false},
	{"reads a large input", guest{Call: join(i32(0), i32(atList), i32(1), i32(8), to(fnRead), drop, reply(16, 4))}, false},
	{"grows and returns", guest{Call: join(i32(1000), grow, drop, reply(16, 4))}, false},
}

// largeFrame calls itself with so many values to keep across the call, 8 bytes of the
// native stack each.
func largeFrame(values int) []byte {
	var before, after []byte
	for i := range int32(values) {
		before = join(before, i32(1<<20+4*i), i32(1<<20+4*i), []byte{0x28, 2, 0}) // an address and what is there
		after = append(after, 0x36, 2, 0)
	}
	return join(before, local(0), to(own(0)), after)
}

// TestGarbageCollection: the garbage collector, which has to stop everything for a
// moment, comes to its end while guests keep all cores busy.
func TestGarbageCollection(t *testing.T) {
	for _, b := range busy {
		t.Run(b.name, func(t *testing.T) {
			whole, pause := collect(t, b.guest, b.large, rounds(10))
			t.Logf("a guest that "+b.name+": worst garbage collection %v, worst pause of all goroutines %v", whole, pause)
		})
	}
}

// BenchmarkGarbageCollection reports the worst runtime.GC() and the worst pause of
// all goroutines in it, in milliseconds.
func BenchmarkGarbageCollection(b *testing.B) {
	for _, guest := range busy {
		b.Run(guest.name, func(b *testing.B) {
			for b.Loop() {
				whole, pause := collect(b, guest.guest, guest.large, 50)
				b.ReportMetric(whole.Seconds()*1000, "worst-gc-ms")
				b.ReportMetric(pause.Seconds()*1000, "worst-pause-ms")
			}
		})
	}
}

// collect collects garbage a number of times while the guest runs on all cores, and
// returns the worst times.
func collect(t testing.TB, g guest, large bool, times int) (whole, pause time.Duration) {
	g.Call = unlessNext(join(
		i32(1<<4+bulkBytes/PageBytes), grow, drop, open, drop,
		store(atList, 1<<20), store(atList+4, bulkBytes), g.Call))
	m := start(t, g)
	requireNothingLeft(t, m)
	request := []byte("hostile")
	if large {
		request = make([]byte, bulkBytes)
	}
	content := make([]byte, bulkBytes)
	ctx, cancel := context.WithCancel(context.Background())
	var guests sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		guests.Go(func() {
			for ctx.Err() == nil {
				files, err := vfs.New(vfs.Options{Bytes: 4 * bulkBytes, Files: map[vfs.Path][]byte{"/data": content}})
				if err != nil {
					t.Error(err)
					return
				}
				job := Job{Request: request, Limits: Limits{Fuel: Unlimited, MemoryBytes: 256 << 20, ReplyBytes: math.MaxUint32},
					System: wasip1.Config{FS: files, Stdin: endless{}}}
				if _, err := m.Run(ctx, job); err != nil {
					t.Error(err)
				}
			}
		})
	}
	before := pauses()
	for range times {
		begin := time.Now()
		runtime.GC()
		whole = max(whole, time.Since(begin))
		time.Sleep(time.Millisecond)
	}
	pause = worstPause(before, pauses())
	cancel()
	guests.Wait()
	next(t, m)
	return whole, pause
}

// endless fills what it is given.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func pauses() *metrics.Float64Histogram {
	sample := []metrics.Sample{{Name: "/sched/pauses/total/gc:seconds"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindFloat64Histogram {
		return &metrics.Float64Histogram{}
	}
	return sample[0].Value.Float64Histogram()
}

// worstPause is the longest pause that after has and before has not, to the
// histogram's precision.
func worstPause(before, after *metrics.Float64Histogram) time.Duration {
	for i := len(after.Counts) - 1; i >= 0; i-- {
		if after.Counts[i] > before.Counts[i] {
			return time.Duration(after.Buckets[i] * float64(time.Second))
		}
	}
	return 0
}

func TestPauseHistogram(t *testing.T) {
	before := pauses()
	runtime.GC()
	require.Positive(t, worstPause(before, pauses()))
}
