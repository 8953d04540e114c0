package escapetest

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/vfs"
)

// Marker is in the contents or the name of everything that must not come out.
const Marker = "MARKER"

// secretSize is how long secrets are, as a stat tells it.
const secretSize = "file 4242"

var secret = Marker + strings.Repeat("!", 4242-len(Marker))

// Rules say how the mounts of a world behave.
type Rules struct {
	OnDenied vfs.DeniedMode
	Follow   vfs.FollowMode
}

// World is a folder of the host, some folders in which are mounted, and what
// guests may do there.
type World struct {
	Base        string            // the folder; nothing in it may ever change
	Mounts      map[string]string // folders of the host, by guest path
	Permissions perm.Permissions
	Rules       Rules

	traits   Traits
	policies map[string]*perm.Policy
	before   map[string]string
	mu       *sync.Mutex
}

// permissions are those of all mounts. By default a guest may read and list.
func permissions() perm.Permissions {
	const readAndList = perm.Read | perm.List
	return perm.Permissions{
		Rules: []perm.Rule{
			{Pattern: "/data/out/**", Allow: perm.All, Priority: 10},
			{Pattern: "/data/denied/**", Deny: readAndList, Priority: 20},
			{Pattern: "/data/out/closed/**", Deny: readAndList, Priority: 20},
			{Pattern: "/data/noread/**", Deny: perm.Read, Priority: 20},
			{Pattern: "/data/nolist/**", Deny: perm.List, Priority: 20},
			{Pattern: "/data/dropbox/**", Deny: readAndList, Allow: perm.Create, Priority: 20},
			{Pattern: "/data/nocreate/**", Allow: perm.Modify | perm.Delete, Priority: 20},
			{Pattern: "/data/nomodify/**", Allow: perm.Create | perm.Delete, Priority: 20},
			{Pattern: "/data/nodelete/**", Allow: perm.Create | perm.Modify, Priority: 20},
			// What is allowed late is denied first, and what is excluded stays so.
			{Pattern: "/data/denied/**", Allow: perm.All, Priority: 19},
			{Pattern: "/data/denied/secret.txt", Allow: perm.All},
			{Pattern: "/data/hidden/**", Allow: perm.All, Priority: 999},
			{Pattern: "**/*.key", Allow: perm.All, Priority: 999},
		},
		Exclude: []string{".env", "*.key", "hidden", "/data/sub/private/**"},
	}
}

// newWorld makes the folder.
func newWorld(t testing.TB) *World {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("making symbolic links takes a privilege")
	}
	base, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	w := &World{
		Base: base, Permissions: permissions(), policies: map[string]*perm.Policy{}, mu: new(sync.Mutex),
		Mounts: map[string]string{
			"/data": below(base, "data"), "/data/nested": below(base, "nested"), "/ro": below(base, "ro"), "/dat": below(base, "beside"),
		},
	}
	for guest := range w.Mounts {
		w.policies[guest], err = w.Permissions.Compile(guest)
		require.NoError(t, err)
	}
	for path, content := range map[string]string{
		"outside/secret.txt":              secret,
		"outside/MARKER.txt":              secret,
		"outside/folder/secret.txt":       secret,
		"database/secret.txt":             secret,
		"data/public.txt":                 "public",
		"data/sub/public.txt":             "public",
		"data/sub/.env":                   secret,
		"data/sub/private/MARKER.txt":     secret,
		"data/out/old.txt":                "old",
		"data/out/full/a.txt":             "a",
		"data/out/closed/secret.txt":      secret,
		"data/out/closed/MARKER.txt":      secret,
		"data/denied/secret.txt":          secret,
		"data/denied/MARKER.txt":          secret,
		"data/denied/sub/secret.txt":      secret,
		"data/.env":                       secret,
		"data/hidden/secret.txt":          secret,
		"data/hidden/MARKER/secret.txt":   secret,
		"data/keys/a.key":                 secret,
		"data/keys/a.txt":                 "public",
		"data/noread/secret.txt":          Marker,
		"data/nolist/MARKER.txt":          "public",
		"data/nolist/public.txt":          "public",
		"data/dropbox/MARKER.txt":         secret,
		"data/nocreate/a.txt":             "a",
		"data/nomodify/a.txt":             "a",
		"data/nodelete/a.txt":             "a",
		"data/nested/MARKER.txt":          secret, // below the mount at /data/nested
		"nested/n.txt":                    "nested",
		"ro/a.txt":                        "a",
		"ro/dir/b.txt":                    "b",
		"beside/a.txt":                    "a",
		"data/out/empty/gone/placeholder": "",
	} {
		w.Put(path, content)
	}
	require.NoError(t, os.RemoveAll(w.path("data/out/empty/gone")))
	for link, target := range map[string]string{
		"data/link-out":        "../outside/secret.txt",
		"data/link-out-dir":    "../outside",
		"data/link-abs":        w.path("outside/secret.txt"),
		"data/link-abs-dir":    w.path("outside"),
		"data/link-etc":        "/etc/passwd",
		"data/link-proc":       "/proc/self/environ",
		"data/link-root":       "/",
		"data/link-up":         "..",
		"data/link-in":         "public.txt",
		"data/link-denied":     "denied/secret.txt",
		"data/link-denied-dir": "denied",
		"data/link-env":        "sub/.env",
		"data/link-new":        "../outside/new.txt",
		"data/link-loop":       "link-loop",
		"data/link-database":   "../database",
		"data/link-back":       "../data/denied/secret.txt",
		"data/chain-1":         "sub/chain-2",
		"data/sub/chain-2":     "../chain-3",
		"data/chain-3":         "../outside/secret.txt",
		"data/out/link-out":    "../../outside/secret.txt",
		"data/out/link-denied": "../denied/secret.txt",
		"data/out/link-new":    "../../outside/new.txt",
		"ro/link-data":         "../data/denied/secret.txt",
		"outside/link-in":      "../data/public.txt",
	} {
		w.Symlink(target, link)
	}
	makeSpecial(t, w.path("data"))
	return w
}

func below(base, name string) string { return filepath.Join(base, name) }

// path is a path of the host.
func (w *World) path(relative string) string {
	return filepath.Join(w.Base, filepath.FromSlash(relative))
}

// Put writes a file of the host, and replaces what is there.
func (w *World) Put(path, content string) {
	path = w.path(path)
	w.must(os.MkdirAll(filepath.Dir(path), 0o755))
	_ = os.Remove(path)
	w.must(os.WriteFile(path, []byte(content), 0o644))
}

// Symlink makes a symbolic link on the host, and replaces what is there.
func (w *World) Symlink(target, path string) {
	path = w.path(path)
	w.must(os.MkdirAll(filepath.Dir(path), 0o755))
	w.must(os.RemoveAll(path))
	w.must(os.Symlink(target, path))
}

// Rename renames on the host.
func (w *World) Rename(from, to string) { w.must(os.Rename(w.path(from), w.path(to))) }

// must panics: hooks run in goroutines that must not fail a test.
func (w *World) must(err error) {
	if err != nil {
		panic(err)
	}
}

// race runs a hook until the function it returns is called.
func (w *World) race(hook func(w *World, round int)) (stop func()) {
	if hook == nil {
		return func() {}
	}
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for round := 0; ; round++ {
			select {
			case <-done:
				return
			default:
				hook(w, round)
			}
		}
	})
	return func() { close(done); wait.Wait() }
}

// remember takes down what the host looks like.
func (w *World) remember(t testing.TB) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before = snapshot(t, w.Base)
}

// unchanged requires that the host looks as it did. After a race only what is
// outside of the mounts is compared.
func (w *World) unchanged(t testing.TB, raced bool) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if raced {
		require.NoFileExists(t, w.path("outside/new.txt"))
		for _, path := range []string{"outside/secret.txt", "outside/folder/secret.txt", "database/secret.txt"} {
			content, err := os.ReadFile(w.path(path))
			require.NoError(t, err)
			require.True(t, string(content) == secret, path)
		}
		return
	}
	require.Equal(t, w.before, snapshot(t, w.Base))
}

// snapshot describes everything in a folder: types, permission bits, times of the
// last modification, contents.
func snapshot(t testing.TB, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		description := info.Mode().String() + " " + info.ModTime().Format(time.RFC3339Nano)
		switch {
		case info.Mode().IsRegular():
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(content)
			description += " " + hex.EncodeToString(sum[:])
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			if err != nil {
				return err
			}
			description += " " + target
		}
		all[path] = description
		return nil
	}))
	return all
}

// mayChange says whether a change that a call tells is one that it may have made.
func (w *World) mayChange(c Change) bool {
	mount := ""
	for guest := range w.Mounts {
		if (c.Path == guest || strings.HasPrefix(c.Path, guest+"/")) && len(guest) > len(mount) {
			mount = guest
		}
	}
	if mount == "" {
		return true
	}
	op, err := perm.ParseOperations(c.Type)
	if err != nil {
		return false
	}
	allowed := w.policies[mount].Allowed(c.Path)
	switch op {
	case perm.Modify:
		// Deleted and created anew is a modification.
		return allowed.Has(perm.Modify) || allowed.Has(perm.Create|perm.Delete)
	default:
		// A link renamed over a file modifies it, and is told as a deletion and a
		// creation.
		_, err := os.Lstat(filepath.Join(w.Mounts[mount], strings.TrimPrefix(c.Path, mount)))
		return allowed.Has(op) || allowed.Has(perm.Modify) && err == nil
	}
}
