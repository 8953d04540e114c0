package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/funcbox/funcbox"
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
