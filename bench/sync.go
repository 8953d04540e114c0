package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/perm"
)

// The rows about writing changes to the host, as batches of which each one goes
// into an empty folder.

const syncCode = `const fs = require("fs");
function main(folders, files, bytes) {
  const content = new Uint8Array(bytes).fill(120);
  for (let i = 0; i < folders; i++) {
    fs.mkdirSync("/data/" + i);
    for (let j = 0; j < files; j++) fs.writeFileSync("/data/" + i + "/" + j, content);
  }
  return folders * files;
}`

func syncing(ctx context.Context, ex *funcbox.Executor) error {
	dir, err := os.MkdirTemp("", "funcbox-bench-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	return errors.Join(syncFiles(ctx, ex, dir), syncNothing(ctx, ex, dir))
}

// syncFiles writes 10,000 new files of 4 KiB, in 100 folders.
func syncFiles(ctx context.Context, ex *funcbox.Executor, dir string) error {
	fmt.Println("\n10,000 new files of 4 KiB to the host")
	source := filepath.Join(dir, "source")
	for i := range 100 {
		if err := makeFiles(filepath.Join(source, fmt.Sprint(i)), eagerFiles/100, slices.Repeat([]byte("x"), eagerBytes)); err != nil {
			return err
		}
	}
	made := 0
	folder := func() (string, error) {
		made++
		name := filepath.Join(dir, fmt.Sprint("target", made))
		return name, os.Mkdir(name, 0o700)
	}
	copied, err := fresh(7, folder, func(target string) error { return exec.Command("cp", "-r", source+"/.", target).Run() })
	if err != nil {
		return err
	}
	row("  cp -r", copied, copied)
	empty, err := folder()
	if err != nil {
		return err
	}
	res, err := ex.Execute(ctx, funcbox.Request{
		Language: "js", Code: syncCode, Args: []any{100, eagerFiles / 100, eagerBytes}, Mount: writable(empty), Limits: funcbox.Limits{FilesystemBytes: 1 << 30},
	})
	if err != nil {
		return err
	}
	if err := res.Err(); err != nil {
		return err
	}
	changes := res.Files.All()
	for i := range changes {
		changes[i].HostPath = "" // for any folder
	}
	for _, c := range []struct {
		name    string
		policy  funcbox.SyncPolicy
		durable bool
	}{
		{"a batch", funcbox.SyncRollback, false},
		{"a batch with SyncContinue", funcbox.SyncContinue, false},
		{"a durable batch", funcbox.SyncRollback, true},
	} {
		runs := 7
		if c.durable {
			runs = 1 // it takes a minute
			durably, err := fresh(runs, folder, func(target string) error {
				return exec.Command("sh", "-c", `cp -r "$1/." "$2" && find "$2" -print0 | xargs -0 sync`, "sh", source, target).Run()
			})
			if err != nil {
				return err
			}
			row("  cp -r, then sync(1) of each file", durably, copied)
		}
		took, err := fresh(runs, folder, func(target string) error {
			mount := writable(target)
			mount.Sync = funcbox.Sync{OnError: c.policy, Durable: c.durable}
			done, err := ex.SyncFiles(ctx, changes, mount, funcbox.SyncOptions{})
			if err == nil && len(done.Synced) != len(changes) {
				err = fmt.Errorf("%d of %d changes were synced", len(done.Synced), len(changes))
			}
			return err
		})
		if err != nil {
			return err
		}
		row("  "+c.name, took, copied)
	}
	return nil
}

// fresh is median of work with folders that are made before and removed after the
// clock runs.
func fresh(n int, folder func() (string, error), work func(target string) error) (time.Duration, error) {
	times := make([]time.Duration, n)
	for i := range times {
		target, err := folder()
		if err != nil {
			return 0, err
		}
		begin := time.Now()
		if err := work(target); err != nil {
			return 0, err
		}
		times[i] = time.Since(begin)
		if err := os.RemoveAll(target); err != nil {
			return 0, err
		}
	}
	slices.Sort(times)
	return times[n/2], nil
}

// syncNothing tells what mode batch costs a call that changes nothing.
func syncNothing(ctx context.Context, ex *funcbox.Executor, dir string) error {
	fmt.Println("\nadd(2, 3) with a folder mounted, and nothing changed")
	root := filepath.Join(dir, "nothing")
	if err := makeFiles(root, 10, []byte("x")); err != nil {
		return err
	}
	request := funcbox.Request{Language: "js", Code: addCode, Function: "add", Args: []any{2, 3}, Mount: writable(root)}
	manual, err := median(5000, func() error { return execute(ctx, ex, request, int64(5)) })
	if err != nil {
		return err
	}
	row("  SyncManual", manual, manual)
	request.Mount = writable(root)
	request.Mount.Sync.Mode = funcbox.SyncBatch
	batch, err := median(5000, func() error { return execute(ctx, ex, request, int64(5)) })
	if err != nil {
		return err
	}
	row("  SyncBatch", batch, manual)
	one := request
	one.Code = `const fs = require("fs"); function add(a, b) { fs.writeFileSync("/data/0", String(Math.random())); return a + b }`
	changed, err := median(1000, func() error { return execute(ctx, ex, one, int64(5)) })
	if err != nil {
		return err
	}
	row("  SyncBatch, and one file of ten modified", changed, manual)
	return nil
}

func writable(folder string) *funcbox.Mount {
	return &funcbox.Mount{Dirs: map[string]string{"/data": folder}, Permissions: perm.Full()}
}
