package c

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/funcbox/funcbox/wasm"
)

// lockRound is how often a lock that another process holds is tried again.
const lockRound = 100 * time.Millisecond

// lock waits until no other process does the same long work, so that what takes a
// gigabyte of memory is done once and found in the cache by all others; of is what the
// work is called where the wait is told. Where files cannot be locked, or without a
// folder, it is done without. The error is that of ctx.
func lock(ctx context.Context, folder, name, of string, report func(wasm.CompileEvent)) (unlock func(), err error) {
	nothing := func() {}
	if folder == "" {
		return nothing, nil
	}
	file, err := os.OpenFile(filepath.Join(folder, name+".lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nothing, nil
	}
	event := wasm.CompileEvent{Name: of, Waiting: true}
	begin := time.Now()
	for waits := false; ; waits = true {
		locked, err := tryLock(file)
		if waits && (locked || err != nil) {
			event.Done, event.Elapsed = true, time.Since(begin)
			report(event)
		}
		if locked {
			return func() { _ = file.Close() }, nil
		}
		if err != nil {
			_ = file.Close()
			return nothing, nil
		}
		if !waits {
			report(event)
		}
		select {
		case <-time.After(lockRound):
		case <-ctx.Done():
			_ = file.Close()
			event.Done, event.Elapsed, event.Err = true, time.Since(begin), context.Cause(ctx)
			report(event)
			return nothing, event.Err
		}
	}
}
