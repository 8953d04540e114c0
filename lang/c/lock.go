package c

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// lockRound is how often a lock that another process holds is tried again.
const lockRound = 100 * time.Millisecond

// lock waits until no other process does the same long work, so that what takes a
// gigabyte of memory is done once and found in the cache by all others. Where files
// cannot be locked, or without a folder, it is done without. The error is that of ctx.
func lock(ctx context.Context, folder, name string) (unlock func(), err error) {
	nothing := func() {}
	if folder == "" {
		return nothing, nil
	}
	file, err := os.OpenFile(filepath.Join(folder, name+".lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nothing, nil
	}
	for {
		locked, err := tryLock(file)
		if locked {
			return func() { _ = file.Close() }, nil
		}
		if err != nil {
			_ = file.Close()
			return nothing, nil
		}
		select {
		case <-time.After(lockRound):
		case <-ctx.Done():
			_ = file.Close()
			return nothing, context.Cause(ctx)
		}
	}
}
