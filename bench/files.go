package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/perm"
)

// The rows about files of the host. They make folders of 100,000 files and of 1 GiB
// below the folder for temporary files, and remove them.

const (
	manyFiles  = 100_000
	eagerFiles = 10_000
	eagerBytes = 4 << 10
	largeBytes = 1 << 30

	readCode = `const fs = require("fs");
function main(name) {
  const fd = fs.openSync(name), buffer = new Uint8Array(1 << 20);
  let total = 0, count;
  while ((count = fs.readSync(fd, buffer)) > 0) total += count;
  fs.closeSync(fd);
  return total;
}`
	listCode = `const fs = require("fs"); function main(name) { return fs.readdirSync(name).length }`
	openCode = `const fs = require("fs");
function main(name, times) {
  for (let i = 0; i < times; i++) fs.closeSync(fs.openSync(name));
  return times;
}`
)

func files(ctx context.Context, ex *funcbox.Executor) error {
	dir, err := os.MkdirTemp("", "funcbox-bench-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for _, section := range []func(context.Context, *funcbox.Executor, string) error{lazyMount, listing, eagerMount, largeFile, openings} {
		if err := section(ctx, ex, dir); err != nil {
			return err
		}
	}
	return nil
}

// lazyMount makes a tree of 100,000 files in 1,000 folders.
func lazyMount(ctx context.Context, ex *funcbox.Executor, dir string) error {
	fmt.Println("\nadd(2, 3) with a folder of 100,000 files mounted lazily")
	root := filepath.Join(dir, "tree")
	for i := range 1000 {
		if err := makeFiles(filepath.Join(root, fmt.Sprintf("%d/%d", i/100, i)), manyFiles/1000, nil); err != nil {
			return err
		}
	}
	request := funcbox.Request{Language: "js", Code: addCode, Function: "add", Args: []any{2, 3}}
	without, err := median(5000, func() error { return execute(ctx, ex, request, int64(5)) })
	if err != nil {
		return err
	}
	request.Mount = mountAt(root, funcbox.LoadLazy)
	with, err := median(5000, func() error { return execute(ctx, ex, request, int64(5)) })
	if err != nil {
		return err
	}
	row("  no mount", without, without)
	row("  the mount", with, without)
	request.Code = `const fs = require("fs"); function add(a, b) { return fs.readFileSync("/data/7/777/42", "utf8").length + a + b }`
	touched, err := median(5000, func() error { return execute(ctx, ex, request, int64(5)) })
	if err != nil {
		return err
	}
	row("  the mount, and one of the files read", touched, without)
	return nil
}

func listing(ctx context.Context, ex *funcbox.Executor, dir string) error {
	fmt.Println("\nlisting a folder of 100,000 entries")
	root := filepath.Join(dir, "flat")
	if err := makeFiles(root, manyFiles, nil); err != nil {
		return err
	}
	plain, err := median(11, func() error {
		entries, err := os.ReadDir(root)
		if err == nil && len(entries) != manyFiles {
			err = fmt.Errorf("%d entries", len(entries))
		}
		return err
	})
	if err != nil {
		return err
	}
	guest, err := median(11, func() error {
		return execute(ctx, ex, funcbox.Request{
			Language: "js", Code: listCode, Args: []any{"/data"}, Mount: mountAt(root, funcbox.LoadLazy),
		}, int64(manyFiles))
	})
	if err != nil {
		return err
	}
	row("  os.ReadDir", plain, plain)
	row("  fs.readdirSync in the guest", guest, plain)
	return nil
}

func eagerMount(ctx context.Context, ex *funcbox.Executor, dir string) error {
	fmt.Println("\n10,000 files of 4 KiB")
	root := filepath.Join(dir, "eager")
	for i := range 100 {
		if err := makeFiles(filepath.Join(root, fmt.Sprint(i)), eagerFiles/100, make([]byte, eagerBytes)); err != nil {
			return err
		}
	}
	loaded, err := median(7, func() error {
		return execute(ctx, ex, funcbox.Request{
			Language: "js", Code: addCode, Function: "add", Args: []any{2, 3}, Mount: mountAt(root, funcbox.LoadEager),
		}, int64(5))
	})
	if err != nil {
		return err
	}
	if cp, err := exec.LookPath("cp"); err == nil {
		copies := 0
		copied, err := median(7, func() error {
			copies++
			return exec.Command(cp, "-r", root, filepath.Join(dir, fmt.Sprint("copy", copies))).Run()
		})
		if err != nil {
			return err
		}
		row("  cp -r", copied, copied)
		row("  loaded eagerly for a call", loaded, copied)
		return nil
	}
	row("  loaded eagerly for a call", loaded, 0)
	return nil
}

// largeFile reads a file of 1 GiB in a process of its own, whose peak of memory the
// system tells.
func largeFile(_ context.Context, _ *funcbox.Executor, dir string) error {
	fmt.Println("\na file of 1 GiB, read through in pieces of 1 MiB")
	name := filepath.Join(dir, "large", "file")
	if err := makeLarge(name); err != nil {
		return err
	}
	plain, err := median(3, func() error {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		_, err = io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{file}, make([]byte, 1<<20))
		return err
	})
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	out, err := exec.Command(self, "-read", name).Output()
	if err != nil {
		return err
	}
	nothing, err := exec.Command(self, "-read", os.DevNull).Output()
	if err != nil {
		return err
	}
	took, peak, err := parseRead(out)
	if err != nil {
		return err
	}
	_, base, err := parseRead(nothing)
	if err != nil {
		return err
	}
	row("  in Go", plain, plain)
	row("  in the guest", took, plain)
	fmt.Printf("%-64s %8.1f MiB\n", "  peak of the process's resident memory", float64(peak)/(1<<20))
	fmt.Printf("%-64s %8.1f MiB\n", "  the same for a call that reads nothing", float64(base)/(1<<20))
	return nil
}

func parseRead(out []byte) (took time.Duration, peak int64, err error) {
	_, err = fmt.Sscan(string(out), &took, &peak)
	return took, peak, err
}

// readThrough is the child process of largeFile: it prints the nanoseconds that
// reading took and its peak of resident memory.
func readThrough(name string) error {
	ctx := context.Background()
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()))
	if err != nil {
		return err
	}
	if err := ex.Warm(ctx); err != nil {
		return err
	}
	request := funcbox.Request{Language: "js", Code: addCode, Function: "add", Args: []any{2, 3}}
	want := int64(5)
	if name != os.DevNull {
		request = funcbox.Request{
			Language: "js", Code: readCode, Args: []any{"/data/" + filepath.Base(name)}, Mount: mountAt(filepath.Dir(name), funcbox.LoadLazy),
		}
		want = largeBytes
	}
	took, err := median(3, func() error { return execute(ctx, ex, request, want) })
	if err != nil {
		return err
	}
	fmt.Println(int64(took), peakMemory())
	return nil
}

func peakMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(status), "\n") {
		var kilobytes int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kilobytes); n == 1 {
			return kilobytes << 10
		}
	}
	return 0
}

// openings tells what permissions cost by opening one file often.
func openings(ctx context.Context, ex *funcbox.Executor, dir string) error {
	const times = 20_000
	fmt.Println("\nopening and closing a file in the guest, each time")
	root := filepath.Join(dir, "open")
	if err := makeFiles(filepath.Join(root, "src", "deep"), 1, []byte("x")); err != nil {
		return err
	}
	all := perm.Full()
	hundred := perm.Permissions{}
	for i := range 25 {
		hundred.Rules = append(hundred.Rules,
			perm.Rule{Pattern: fmt.Sprintf("module%d/**", i), Allow: perm.Create},
			perm.Rule{Pattern: fmt.Sprintf("**/*.ext%d", i), Deny: perm.Read},
			perm.Rule{Pattern: fmt.Sprintf("src/**/generated%d/*.{go,ts}", i), Allow: perm.Modify})
		hundred.Exclude = append(hundred.Exclude, fmt.Sprintf("secret%d", i))
	}
	each := func(request funcbox.Request) (time.Duration, error) {
		request.Language, request.Code = "js", openCode
		request.Args = append(request.Args, times)
		took, err := median(7, func() error { return execute(ctx, ex, request, int64(times)) })
		return took / times, err
	}
	memory, err := each(funcbox.Request{Args: []any{"/data/src/deep/0"}, Files: map[string][]byte{"/data/src/deep/0": []byte("x")}})
	if err != nil {
		return err
	}
	row("  in memory, no mount", memory, memory)
	for _, c := range []struct {
		name        string
		permissions perm.Permissions
	}{{"in a mount, no rules", all}, {"in a mount, 100 rules, none of which matches", hundred}} {
		mount := mountAt(root, funcbox.LoadLazy)
		mount.Permissions = c.permissions
		took, err := each(funcbox.Request{Args: []any{"/data/src/deep/0"}, Mount: mount})
		if err != nil {
			return err
		}
		row("  "+c.name, took, memory)
	}
	policy, err := hundred.Compile("/data")
	if err != nil {
		return err
	}
	decision, err := median(7, func() error {
		for range times {
			if policy.Allowed("/data/src/deep/0") != perm.Read|perm.List {
				return errors.New("wrong decision")
			}
		}
		return nil
	})
	row("  one decision on the 100 rules", decision/times, memory)
	return err
}

func mountAt(folder string, mode funcbox.LoadingMode) *funcbox.Mount {
	return &funcbox.Mount{Dirs: map[string]string{"/data": folder}, Loading: funcbox.Loading{Mode: mode}}
}

func makeFiles(dir string, count int, content []byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for i := range count {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func makeLarge(name string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	piece := make([]byte, 1<<20)
	for i := range piece {
		piece[i] = byte(i * 7)
	}
	for range largeBytes / len(piece) {
		if _, err := file.Write(piece); err != nil {
			_ = file.Close()
			return err
		}
	}
	return file.Close()
}
