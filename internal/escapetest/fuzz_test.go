package escapetest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// What fuzzed attempts are made of. No path has the marker in it: what has may not
// come out, and so the guest may not bring it in either.
var (
	fuzzOperations = []string{
		"read", "write", "append", "create", "open", "fread", "fwrite", "fsize", "fstat", "close", "stat", "lstat", "list", "mkdir", "rmdir", "unlink",
		"rename", "rename", "rename", "link", "symlink", "symlink", "readlink", "truncate", "utimes", "chdir", "opendir",
	}
	fuzzPaths = []string{
		"/data", "/data/out", "/data/out/closed", "/data/out/closed/secret.txt", "/data/out/old.txt", "/data/out/full", "/data/out/full/a.txt", "/data/out/empty",
		"/data/out/a", "/data/out/b", "/data/out/a/b", "/data/out/.env", "/data/out/link-denied", "/data/out/link-out", "/data/denied", "/data/denied/secret.txt", "/data/denied/sub",
		"/data/hidden", "/data/hidden/secret.txt", "/data/.env", "/data/sub", "/data/sub/.env", "/data/sub/public.txt", "/data/sub/private", "/data/keys", "/data/keys/a.key", "/data/keys/a.txt",
		"/data/noread", "/data/noread/secret.txt", "/data/nolist", "/data/nolist/public.txt", "/data/dropbox", "/data/dropbox/a", "/data/nocreate/a.txt", "/data/nocreate/b", "/data/nomodify/a.txt",
		"/data/nomodify/b", "/data/nodelete/a.txt", "/data/nodelete/b", "/data/nested", "/data/nested/n.txt", "/data/link-out", "/data/link-out-dir", "/data/link-in", "/data/link-up", "/data/chain-1",
		"/ro", "/ro/a.txt", "/ro/dir", "/ro/dir/b.txt", "/ro/link-data", "/dat/a.txt", "/workspace", "/workspace/a", "/workspace/b", "/workspace/a/b", "/workspace/closed", "/workspace/denied",
		"a", "b", "a/secret.txt", "b/secret.txt", "a/closed/secret.txt", "a/.env", "../data/denied", "..", ".", "a/..", "closed/secret.txt", "out/closed", "@d/secret.txt", "@d/.env", "@d/closed", "@d/..", "@d/a", "@d/.",
		"/", "/tmp/a", "/dev/null", "/proc/self/environ",
	}
	fuzzRules = []Rules{
		{}, {Follow: vfs.FollowRestricted}, {OnDenied: vfs.Ignore}, {OnDenied: vfs.Virtual}, {OnDenied: vfs.Ignore, Follow: vfs.FollowRestricted},
		{OnDenied: vfs.Virtual, Follow: vfs.FollowRestricted},
	}
)

// fuzzSteps makes steps of bytes: three for each, after one for the rules.
func fuzzSteps(data []byte) (steps []Step) {
	for ; len(data) >= 3 && len(steps) < 100; data = data[3:] {
		op := fuzzOperations[int(data[0])%len(fuzzOperations)]
		path, other := fuzzPaths[int(data[1])%len(fuzzPaths)], fuzzPaths[int(data[2])%len(fuzzPaths)]
		slot := int(data[2]) % 3
		args := []any{path}
		switch op {
		case "write", "append":
			args = append(args, "mine")
		case "truncate":
			args = append(args, int(data[2])%9)
		case "rename", "link", "symlink":
			args = append(args, other)
		case "open":
			args = []any{slot, path, []string{"r", "r+", "w", "w+", "wx", "a"}[int(data[2])%6]}
		case "fwrite":
			args = []any{slot, "mine"}
		case "fsize":
			args = []any{slot, int(data[1]) % 9}
		case "fread", "fstat", "close":
			args = []any{slot}
		case "opendir":
			args = append(args, "d")
		}
		steps = append(steps, Step{Op: op, Args: args, Want: "any"})
	}
	return steps
}

// FuzzSteps: whatever a guest does, nothing comes out that must not, nothing is
// told to have changed that may not be, and the host stays as it is.
func FuzzSteps(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 150 {
		data := make([]byte, 200)
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		f.Add(data)
	}
	w := newWorld(f)
	w.remember(f)
	f.Cleanup(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		require.Equal(f, w.before, snapshot(f, w.Base))
	})
	drive := Direct(func(_ testing.TB, tree fsapi.FileSystem) fsapi.FileSystem { return tree })
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 {
			return
		}
		here := *w
		here.Rules = fuzzRules[int(data[0])%len(fuzzRules)]
		steps := fuzzSteps(data[1:])
		defer func() {
			if t.Failed() {
				for i, s := range steps {
					t.Log(i, s.Op, fmt.Sprintf("%q", s.Args))
				}
			}
		}()
		here.check(t, steps, drive(t, Call{World: &here, Steps: steps, Pause: func() {}}))
	})
}
