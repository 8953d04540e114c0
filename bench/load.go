package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
)

// throughput compares one core with all, and one goroutine with as many as there
// are cores.
func throughput(ctx context.Context, ex *funcbox.Executor) error {
	fmt.Println("\ncalls of add in a second")
	perSecond := func(workers int) (float64, error) {
		const window = time.Second
		var calls atomic.Int64
		var failed atomic.Pointer[error]
		var wait sync.WaitGroup
		begin := time.Now()
		for range workers {
			wait.Go(func() {
				for time.Since(begin) < window {
					if err := add(ctx, ex); err != nil {
						failed.Store(&err)
						return
					}
					calls.Add(1)
				}
			})
		}
		wait.Wait()
		if err := failed.Load(); err != nil {
			return 0, *err
		}
		return float64(calls.Load()) / time.Since(begin).Seconds(), nil
	}
	cores := runtime.GOMAXPROCS(0)
	setups := []struct {
		cores, workers int
		rates          []float64
	}{{cores: 1, workers: 1}, {cores: cores, workers: 1}, {cores: cores, workers: cores}}
	for range 5 {
		for i := range setups {
			runtime.GOMAXPROCS(setups[i].cores)
			rate, err := perSecond(setups[i].workers)
			runtime.GOMAXPROCS(cores)
			if err != nil {
				return err
			}
			setups[i].rates = append(setups[i].rates, rate)
		}
	}
	base := middle(setups[0].rates)
	for _, s := range setups {
		rate := middle(s.rates)
		fmt.Printf("%-64s %12.0f %9.3gx\n", fmt.Sprintf("  %d goroutines, Go on %d cores", s.workers, s.cores), rate, rate/base)
	}
	return nil
}

// collector measures how long a collection takes while guests spin on every core.
func collector(ctx context.Context, ex *funcbox.Executor) error {
	fmt.Println("\nruntime.GC(), the longest of 200")
	worst := func() time.Duration {
		var longest time.Duration
		for range 200 {
			begin := time.Now()
			runtime.GC()
			longest = max(longest, time.Since(begin))
		}
		return longest
	}
	idle := worst()
	spinning, cancel := context.WithCancel(ctx)
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			_, _ = ex.Execute(spinning, funcbox.Request{Language: "js", Code: "for (;;) ;"})
		})
	}
	time.Sleep(50 * time.Millisecond)
	busy := worst()
	cancel()
	wait.Wait()
	row("  with nothing else running", idle, idle)
	row("  while a guest spins on every core", busy, idle)
	return nil
}

// soakTest runs calls, some of which fail, and reports what is left of them.
func soakTest(calls int) error {
	ctx := context.Background()
	start := look()
	fmt.Printf("before New: %d goroutines, %d descriptors\n", start.goroutines, start.descriptors)
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()))
	if err != nil {
		return err
	}
	report := func(done int) {
		l := look()
		fmt.Printf("%9d calls: resident %6.1f MiB, heap %5.1f MiB, %d goroutines, %d descriptors\n",
			done, float64(l.resident)/(1<<20), float64(l.heap)/(1<<20), l.goroutines, l.descriptors)
	}
	begin := time.Now()
	var next atomic.Int64
	for tenth := 1; tenth <= 10; tenth++ {
		var wait sync.WaitGroup
		var failed atomic.Pointer[error]
		for range runtime.GOMAXPROCS(0) {
			wait.Go(func() {
				for {
					n := next.Add(1)
					if n > int64(calls*tenth/10) {
						next.Add(-1)
						return
					}
					if err := oneOfMany(ctx, ex, n); err != nil {
						failed.Store(&err)
						return
					}
				}
			})
		}
		wait.Wait()
		if err := failed.Load(); err != nil {
			return *err
		}
		report(calls * tenth / 10)
	}
	fmt.Printf("%d calls in %s\n", calls, time.Since(begin).Round(time.Millisecond))
	if err := ex.Close(ctx); err != nil {
		return err
	}
	l := look()
	fmt.Printf("after Close: %d goroutines, %d descriptors\n", l.goroutines, l.descriptors)
	return nil
}

// oneOfMany is mostly add; every hundredth call throws, exits, runs out of fuel,
// writes files or allocates.
func oneOfMany(ctx context.Context, ex *funcbox.Executor, n int64) error {
	req := funcbox.Request{Language: "js"}
	switch n % 500 {
	case 100:
		req.Code = "throw new Error('no')"
	case 200:
		req.Code = "process.exit(3)"
	case 300:
		req.Code, req.Limits.Fuel = "for (;;) ;", 100_000
	case 400:
		req.Code = "require('fs').writeFileSync('a', new Uint8Array(1e6)); new Uint8Array(2e7).fill(1)"
	default:
		return add(ctx, ex)
	}
	_, err := ex.Execute(ctx, req)
	return err
}

type leftovers struct {
	resident, heap          int64
	goroutines, descriptors int
}

func look() leftovers {
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	l := leftovers{heap: int64(memory.HeapInuse), goroutines: runtime.NumGoroutine()}
	if entries, err := os.ReadDir("/proc/self/fd"); err == nil {
		l.descriptors = len(entries)
	}
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		for line := range strings.SplitSeq(string(status), "\n") {
			var kilobytes int64
			if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kilobytes); n == 1 {
				l.resident = kilobytes << 10
			}
		}
	}
	return l
}
