package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// soakTest makes that many calls of every kind that there is, in every language, all of
// them checked, and says what is left of them: an error if that is anything.
func soakTest(calls int) error {
	ctx := context.Background()
	// What a process opens once, such as the poller of its runtime, is no leak.
	if err := soakRound(ctx, len(soakKinds)*len(soakGuests), nil); err != nil {
		return err
	}
	start := settle(leftovers{})
	fmt.Printf("before:  %s\n", start)
	var resident []int64
	begin := time.Now()
	err := soakRound(ctx, calls, func(done int) {
		now := look()
		resident = append(resident, now.resident)
		fmt.Printf("%8d calls: %s\n", done, now)
	})
	if err != nil {
		return err
	}
	took := time.Since(begin)
	fmt.Printf("%d calls in %s\n", calls, took.Round(time.Millisecond))
	for i := range soakKinds {
		kind := &soakKinds[i]
		if n := kind.calls.Load(); n > 0 {
			fmt.Printf("  %7d %-48s %10s each\n", n, kind.name, (time.Duration(kind.took.Load()) / time.Duration(n)).Round(time.Microsecond))
		}
	}
	end := settle(start)
	fmt.Printf("after:   %s\n", end)
	return errors.Join(end.nothingSince(start), flat(resident))
}

// soakRound makes calls in an executor of its own, by as many goroutines as there are
// cores. report is told of each tenth.
func soakRound(ctx context.Context, calls int, report func(done int)) (err error) {
	s, err := newSoaker(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	var next atomic.Int64
	for tenth := 1; tenth <= 10; tenth++ {
		var wait sync.WaitGroup
		errs := make([]error, runtime.GOMAXPROCS(0))
		end := int64(calls * tenth / 10)
		for i := range errs {
			wait.Go(func() {
				for {
					n := next.Add(1) - 1
					if n >= end {
						next.Add(-1)
						return
					}
					if errs[i] = s.call(ctx, n); errs[i] != nil {
						return
					}
				}
			})
		}
		wait.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
		if report != nil {
			report(int(end))
		}
	}
	return nil
}

// flat tells whether resident memory stopped growing: the last of its figures, one for
// each tenth, are no more than those after the first tenth, which fill pools and
// caches, and what the collector may owe.
func flat(resident []int64) error {
	const slack = 32 << 20
	early, late := slices.Max(resident[1:4]), slices.Max(resident[7:])
	if late > early+early/20+slack {
		return fmt.Errorf("resident memory grew from %.1f to %.1f MiB", mebibytes(early), mebibytes(late))
	}
	return nil
}

// leftovers are what calls may leave behind. Figures that the system does not tell are 0.
type leftovers struct {
	resident, heap, address, code     int64 // bytes
	goroutines, descriptors, mappings int
}

func (l leftovers) String() string {
	return fmt.Sprintf("resident %6.1f MiB, heap %5.1f MiB, address space %.1f GiB, code %.1f MiB, %d goroutines, %d descriptors, %d mappings",
		mebibytes(l.resident), mebibytes(l.heap), mebibytes(l.address)/1024, mebibytes(l.code), l.goroutines, l.descriptors, l.mappings)
}

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }

// nothingSince is an error if there is more than there was.
func (l leftovers) nothingSince(start leftovers) error {
	var errs []error
	for _, left := range []struct {
		name string
		n    int
	}{
		{"goroutines", l.goroutines - start.goroutines},
		{"descriptors", l.descriptors - start.descriptors},
		{"mappings", l.mappings - start.mappings},
		{"GiB of address space", int((l.address - start.address) >> 30)},
		{"MiB of machine code", int((l.code - start.code) >> 20)},
	} {
		if left.n > 0 {
			errs = append(errs, fmt.Errorf("%d %s are left", left.n, left.name))
		}
	}
	return errors.Join(errs...)
}

// settle looks until there is no more than there was, but not forever: goroutines may be
// on their way out, and machine code is released by finalizers, some collections later.
func settle(start leftovers) leftovers {
	now := look()
	for range 20 {
		if now.nothingSince(start) == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
		now = look()
	}
	return now
}

func look() leftovers {
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	l := leftovers{heap: int64(memory.HeapInuse), goroutines: runtime.NumGoroutine()}
	l.mappings, l.code = mappings()
	if entries, err := os.ReadDir("/proc/self/fd"); err == nil {
		l.descriptors = len(entries)
	}
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		if n, _ := fmt.Sscan(string(text), &l.address, &l.resident); n == 2 {
			l.address *= int64(os.Getpagesize())
			l.resident *= int64(os.Getpagesize())
		}
	}
	return l
}

// mappings counts those of files, such as images of guests, but not those of the process
// itself, and the bytes of machine code that was compiled. Memory of Go and of guests
// has no name to tell it by: its address space is looked at instead.
func mappings() (files int, code int64) {
	text, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return 0, 0
	}
	self, _ := os.Executable()
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line) // addresses, permissions, offset, device, inode, path
		switch {
		case len(fields) == 5 && strings.Contains(fields[1], "x"):
			var begin, end int64
			if n, _ := fmt.Sscanf(fields[0], "%x-%x", &begin, &end); n == 2 {
				code += end - begin
			}
		case len(fields) > 5 && !strings.HasPrefix(fields[5], "[") && fields[5] != self:
			files++
		}
	}
	return files, code
}
