package funcbox_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/perm"
)

// hostFolder makes a folder of the host with files by name; a name with a slash at
// the end is a folder.
func hostFolder(t testing.TB, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if name[len(name)-1] == '/' {
			require.NoError(t, os.MkdirAll(path, 0o700))
			continue
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o640))
	}
	return root
}

// snapshot is everything about a folder of the host that a call must not change.
func snapshot(t testing.TB, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		content := ""
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			content = string(data)
		}
		found[path] = fmt.Sprintln(info.Mode(), info.ModTime(), content)
		return nil
	}))
	return found
}

// inMount runs a JavaScript body with fs at hand and a folder at /data.
func inMount(t testing.TB, ex *funcbox.Executor, mount *funcbox.Mount, code string) *funcbox.ExecutionResult {
	t.Helper()
	res, err := ex.Execute(context.Background(), funcbox.Request{
		Language: "js", Mount: mount, Code: "const fs = require('fs');\n" + tryCode + "function main() {" + code + "}", Function: "main",
	})
	require.NoError(t, err)
	require.NoError(t, res.Err(), "%+v", res.Error)
	return res
}

// tryCode gives guests a function that returns a value or the code of an error.
const tryCode = "const attempt = (f) => { try { return f() ?? 'ok' } catch (e) { return e.code ?? String(e) } };\n"

func content(t testing.TB, read func() ([]byte, error)) string {
	t.Helper()
	data, err := read()
	require.NoError(t, err)
	return string(data)
}

func TestMountShowsTheHost(t *testing.T) {
	ex := newExecutor(t)
	root := hostFolder(t, map[string]string{"a.txt": "alpha", "dir/b.txt": "beta", "dir/.hidden": "h", "empty/": ""})
	stamp := time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)
	require.NoError(t, os.Chtimes(filepath.Join(root, "a.txt"), stamp, stamp))
	before := snapshot(t, root)
	for _, mode := range []funcbox.LoadingMode{funcbox.LoadLazy, funcbox.LoadEager} {
		res := inMount(t, ex, &funcbox.Mount{Dirs: map[string]string{"/data": root}, Loading: funcbox.Loading{Mode: mode}}, `
			const stat = fs.statSync('/data/a.txt');
			return { list: fs.readdirSync('/data', { recursive: true }).join(), a: fs.readFileSync('/data/a.txt', 'utf8'),
				b: fs.readFileSync('/data/dir/../dir/b.txt', 'utf8'), mtime: stat.mtime, mode: stat.mode & 0o777, size: stat.size,
				no: attempt(() => fs.readFileSync('/data/none')), out: attempt(() => fs.readFileSync('/database')) }`)
		value := res.Value.(map[string]any)
		require.Equal(t, "a.txt,dir,empty,dir/.hidden,dir/b.txt", value["list"])
		require.Equal(t, "alpha", value["a"])
		require.Equal(t, "beta", value["b"])
		require.Equal(t, stamp, value["mtime"])
		require.Equal(t, int64(5), value["size"])
		require.Equal(t, "ENOENT", value["no"])
		require.Equal(t, "ENOENT", value["out"])
		require.False(t, res.Files.HasChanges())
		require.Empty(t, res.Files.Denied)
	}
	require.Equal(t, before, snapshot(t, root))
}

func TestMountChanges(t *testing.T) {
	ex := newExecutor(t)
	root := hostFolder(t, map[string]string{"mod": "before", "same": "same", "gone": "gone", "moved": "moved", "dir/x": "x", "big": string(bytes.Repeat([]byte("big"), 1<<20))})
	before := snapshot(t, root)
	res := inMount(t, ex, &funcbox.Mount{Dirs: map[string]string{"/data": root}, Permissions: perm.Full()}, `
		fs.writeFileSync('/data/mod', 'after');
		fs.writeFileSync('/data/same', 'same');
		fs.unlinkSync('/data/gone');
		fs.renameSync('/data/moved', '/data/dir/moved');
		fs.mkdirSync('/data/new'); fs.writeFileSync('/data/new/file', new Uint8Array([255]));
		fs.writeFileSync('/data/brief', ''); fs.unlinkSync('/data/brief');
		fs.truncateSync('/data/big', 3);
		fs.writeFileSync('/tmp/elsewhere', 'e');`)
	require.Equal(t, before, snapshot(t, root), "nothing reaches the host")

	var all []string
	for _, c := range res.Files.All() {
		all = append(all, c.Type+" "+c.Path)
		if filepath.Dir(c.Path) == "/tmp" {
			require.Empty(t, c.HostPath)
		} else {
			relative, err := filepath.Rel("/data", c.Path)
			require.NoError(t, err)
			require.Equal(t, filepath.Join(root, relative), c.HostPath)
		}
	}
	require.Equal(t, []string{
		"modify /data/big", "create /data/dir/moved", "delete /data/gone", "modify /data/mod", "delete /data/moved",
		"create /data/new", "create /data/new/file", "create /tmp/elsewhere",
	}, all)

	mod, _ := res.Files.ByPath("/data/mod")
	require.Equal(t, "after", content(t, mod.Content))
	require.Equal(t, "before", content(t, mod.OldContent))
	require.Equal(t, int64(5), mod.Size)
	require.Equal(t, int64(6), mod.OldSize)
	if runtime.GOOS != "windows" {
		require.Equal(t, fs.FileMode(0o640), mod.Mode)
	}
	require.False(t, mod.ModTime.IsZero())
	gone, _ := res.Files.ByPath("/data/gone")
	require.Equal(t, "gone", content(t, gone.OldContent))
	data, err := gone.Content()
	require.NoError(t, err)
	require.Nil(t, data)
	_, err = gone.Open()
	require.ErrorIs(t, err, fs.ErrNotExist)
	moved, _ := res.Files.ByPath("/data/dir/moved")
	file, err := moved.Open()
	require.NoError(t, err)
	data, err = io.ReadAll(file)
	require.NoError(t, err)
	require.NoError(t, file.Close())
	require.Equal(t, "moved", string(data))
	big, _ := res.Files.ByPath("/data/big")
	require.Equal(t, "big", content(t, big.Content))
	require.Len(t, content(t, big.OldContent), 3<<20)
	folder, _ := res.Files.ByPath("/data/new")
	require.True(t, folder.IsDir)

	encoded, err := res.MarshalJSON()
	require.NoError(t, err)
	require.Contains(t, string(encoded), `"content":{"$bytes":"/w=="}`)
	require.Contains(t, string(encoded), fmt.Sprintf(`{"type":"delete","path":"/data/gone","realPath":%q,"size":4,`, filepath.Join(root, "gone")))
	require.Contains(t, string(encoded), `"content":"after","oldContent":"before"`)
}

// A result keeps nothing of the host open, and reads what it is asked for later;
// what is no longer what the guest saw is an error.
func TestMountContentsAfterTheCall(t *testing.T) {
	ctx := context.Background()
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()))
	require.NoError(t, err)
	root := hostFolder(t, map[string]string{"a": "old a", "b": "old b", "c": "old c", "untouched": "u", "dir/deep": "d"})
	res := inMount(t, ex, &funcbox.Mount{Dirs: map[string]string{"/data": root}, Permissions: perm.Full()}, `
		for (const name of ['a', 'b', 'c']) fs.truncateSync('/data/' + name, 0);
		fs.writeFileSync('/data/new', 'new');`)
	require.NoError(t, ex.Close(ctx))

	a, _ := res.Files.ByPath("/data/a")
	require.Equal(t, "old a", content(t, a.OldContent))

	require.NoError(t, os.WriteFile(filepath.Join(root, "b"), []byte("something else"), 0o600))
	b, _ := res.Files.ByPath("/data/b")
	_, err = b.OldContent()
	require.ErrorContains(t, err, "has changed")
	require.Empty(t, content(t, b.Content))
	encoded, err := b.MarshalJSON()
	require.NoError(t, err)
	require.Contains(t, string(encoded), `"contentError":"`)

	files := res.Files.FS()
	for name, want := range map[string]string{"data/new": "new", "data/a": "", "data/untouched": "u", "data/dir/deep": "d"} {
		data, err := fs.ReadFile(files, name)
		require.NoError(t, err, name)
		require.Equal(t, want, string(data))
	}
	var names []string
	require.NoError(t, fs.WalkDir(files, "data", func(path string, _ fs.DirEntry, err error) error {
		names = append(names, path)
		return err
	}))
	require.Equal(t, []string{"data", "data/a", "data/b", "data/c", "data/dir", "data/dir/deep", "data/new", "data/untouched"}, names)

	// Another folder in its place is not the same.
	require.NoError(t, os.Rename(root, root+"-moved"))
	t.Cleanup(func() { _ = os.RemoveAll(root + "-moved") })
	c, _ := res.Files.ByPath("/data/c")
	_, err = c.OldContent()
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, os.Mkdir(root, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(root, "c"), []byte("other"), 0o600))
	_, err = c.OldContent()
	require.Error(t, err)
}

func TestMountHoldsNothingOpen(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("looks at /proc")
	}
	ex := newExecutor(t)
	root := hostFolder(t, map[string]string{"a": "a", "large": string(make([]byte, 2<<20))})
	mount := &funcbox.Mount{Dirs: map[string]string{"/data": root}, Permissions: perm.Full()}
	const code = `fs.openSync('/data/large'); fs.readSync(fs.openSync('/data/large'), new Uint8Array(9)); fs.truncateSync('/data/a'); fs.opendirSync('/data')`
	inMount(t, ex, mount, code)
	count := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		require.NoError(t, err)
		return len(entries)
	}
	before := count()
	var results []*funcbox.ExecutionResult
	for range 50 {
		res := inMount(t, ex, mount, code)
		a, _ := res.Files.ByPath("/data/a")
		require.Equal(t, "a", content(t, a.OldContent))
		results = append(results, res)
	}
	require.InDelta(t, before, count(), 5)
	require.Len(t, results, 50)
}

func TestMountPermissions(t *testing.T) {
	ex := newExecutor(t)
	root := hostFolder(t, map[string]string{"a.txt": "a", "log.txt": "log", "secret/key": "k", "out/old": "old", "out/kept": "kept"})
	before := snapshot(t, root)
	permissions := perm.Permissions{
		Rules:   []perm.Rule{{Pattern: "out/**", Allow: perm.Create | perm.Modify}, {Pattern: "log.txt", Deny: perm.Read, Priority: 2}},
		Exclude: []string{"secret"},
	}
	const code = `
		return {
			read: attempt(() => fs.readFileSync('/data/a.txt', 'utf8')),
			modify: attempt(() => fs.writeFileSync('/data/a.txt', 'x')),
			after: attempt(() => fs.readFileSync('/data/a.txt', 'utf8')),
			create: attempt(() => fs.writeFileSync('/data/new', 'x')),
			delete: attempt(() => fs.unlinkSync('/data/a.txt')),
			log: attempt(() => fs.readFileSync('/data/log.txt', 'utf8')),
			secret: attempt(() => fs.readFileSync('/data/secret/key', 'utf8')),
			round: attempt(() => fs.readFileSync('/data/out/../secret/./key', 'utf8')),
			out: attempt(() => fs.writeFileSync('/data/out/new', 'x')),
			old: attempt(() => fs.writeFileSync('/data/out/old', 'x')),
			keep: attempt(() => fs.unlinkSync('/data/out/kept')),
			free: attempt(() => fs.writeFileSync('/tmp/free', 'x')),
		}`
	for mode, want := range map[funcbox.DeniedMode]map[string]any{
		funcbox.DeniedThrow: {
			"read": "a", "modify": "EACCES", "after": "a", "create": "EACCES", "delete": "EACCES", "log": "EACCES", "secret": "EACCES",
			"round": "EACCES", "out": "ok", "old": "ok", "keep": "EACCES", "free": "ok",
		},
		funcbox.DeniedIgnore: {
			"read": "a", "modify": "ok", "after": "a", "create": "ok", "delete": "ok", "log": "ENOENT", "secret": "ENOENT",
			"round": "ENOENT", "out": "ok", "old": "ok", "keep": "ok", "free": "ok",
		},
		funcbox.DeniedVirtual: {
			"read": "a", "modify": "ok", "after": "x", "create": "ok", "delete": "ok", "log": "ENOENT", "secret": "ENOENT",
			"round": "ENOENT", "out": "ok", "old": "ok", "keep": "ok", "free": "ok",
		},
	} {
		t.Run(mode.String(), func(t *testing.T) {
			res := inMount(t, ex, &funcbox.Mount{Dirs: map[string]string{"/data": root}, Permissions: permissions, OnPermissionDenied: mode}, code)
			require.Equal(t, want, res.Value)
			changed := map[string]string{}
			for _, c := range res.Files.All() {
				changed[c.Path] = c.Type
			}
			require.Equal(t, map[string]string{"/data/out/new": "create", "/data/out/old": "modify", "/tmp/free": "create"}, changed)
			denied := map[string]string{}
			for _, d := range res.Files.Denied {
				denied[d.String()] = d.Path
				require.False(t, d.Time.IsZero())
			}
			for _, line := range []string{
				"modify /data/a.txt: denied by default", "create /data/new: denied by default", "delete /data/a.txt: denied by default",
				`read /data/log.txt: denied by rule "log.txt" (priority 2)`, `delete /data/out/kept: denied by rule "out/**"`,
			} {
				require.Contains(t, denied, line)
			}
			encoded, err := res.Files.MarshalJSON()
			require.NoError(t, err)
			require.Contains(t, string(encoded), `{"path":"/data/log.txt","operation":"read","rule":{"pattern":"log.txt","deny":["read"],"priority":2},"reason":`)
		})
	}
	require.Equal(t, before, snapshot(t, root))
}

func TestManyDenialsAndHooks(t *testing.T) {
	var mu sync.Mutex
	var order []string
	type key struct{}
	hook := func(who string) funcbox.Hooks {
		return funcbox.Hooks{OnPermissionDenied: func(ctx context.Context, d funcbox.Denial) {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, fmt.Sprint(who, " ", ctx.Value(key{}), " ", d.Operation))
		}}
	}
	ex := newExecutor(t, funcbox.WithHooks(hook("executor")))
	root := hostFolder(t, map[string]string{"a": "a"})
	mount := &funcbox.Mount{Dirs: map[string]string{"/data": root}, Hooks: hook("mount")}
	res, err := ex.Execute(context.WithValue(context.Background(), key{}, "call"), funcbox.Request{
		Language: "js", Mount: mount, Function: "main",
		Code: tryCode + "function main() { for (let i = 0; i < 1100; i++) attempt(() => require('fs').unlinkSync('/data/a')) }",
	})
	require.NoError(t, err)
	require.NoError(t, res.Err())
	require.Len(t, res.Files.Denied, funcbox.MaxDenied)
	require.Equal(t, 100, res.Files.MoreDenied)
	require.Len(t, order, 2200)
	require.Equal(t, []string{"mount call delete", "executor call delete"}, order[:2])
	encoded, err := res.Files.MarshalJSON()
	require.NoError(t, err)
	require.Contains(t, string(encoded), `"moreDenied":100`)
}

func TestMountLoading(t *testing.T) {
	ex := newExecutor(t)
	root := hostFolder(t, map[string]string{"small": "s", "large": string(make([]byte, 5000)), "src/a.go": "a", "src/a.md": "m"})
	limited := funcbox.Loading{MaxFileSize: 1000}
	res := inMount(t, ex, &funcbox.Mount{Dirs: map[string]string{"/data": root}, Loading: limited}, `
		return [attempt(() => fs.readFileSync('/data/small', 'utf8')), attempt(() => fs.readFileSync('/data/large'))]`)
	require.Equal(t, []any{"s", "EFBIG"}, res.Value)
	require.Len(t, res.Files.Skipped, 1)
	skipped := res.Files.Skipped[0]
	require.Equal(t, "/data/large", skipped.Path)
	require.Equal(t, filepath.Join(root, "large"), skipped.HostPath)
	require.Equal(t, int64(5000), skipped.Size)
	require.NotEmpty(t, skipped.Reason)
	encoded, err := res.Files.MarshalJSON()
	require.NoError(t, err)
	require.Contains(t, string(encoded), `"skipped":[{"path":"/data/large","realPath":`)

	explicit := funcbox.Loading{Mode: funcbox.LoadExplicit, Include: []string{"src/*.go"}}
	res = inMount(t, ex, &funcbox.Mount{Dirs: map[string]string{"/data": root}, Loading: explicit}, `
		return [fs.readdirSync('/data', { recursive: true }).join(), attempt(() => fs.readFileSync('/data/small'))]`)
	require.Equal(t, []any{"src,src/a.go", "ENOENT"}, res.Value)

	// What was read once stays as it was for the call.
	eager := funcbox.Loading{Mode: funcbox.LoadEager, MaxTotalSize: 100}
	res = inMount(t, ex, &funcbox.Mount{Dirs: map[string]string{"/data": root}, Loading: eager}, `return attempt(() => fs.readFileSync('/data/src/a.go', 'utf8'))`)
	require.Equal(t, "a", res.Value)
	require.Len(t, res.Files.Skipped, 1)
}

func TestMountSymlinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege")
	}
	ex := newExecutor(t)
	outside := hostFolder(t, map[string]string{"passwd": "root"})
	root := hostFolder(t, map[string]string{"a": "alpha", "dir/b": "beta", "hidden/key": "k"})
	for name, target := range map[string]string{
		"inside": "a", "up": "dir/../a", "todir": "dir", "key": "hidden/key", "out": filepath.Join(outside, "passwd"), "outdir": outside, "loop": "loop",
	} {
		require.NoError(t, os.Symlink(target, filepath.Join(root, name)))
	}
	const code = `return ['inside', 'up', 'todir/b', 'key', 'out', 'outdir/passwd', 'loop'].map((name) => attempt(() => fs.readFileSync('/data/' + name, 'utf8')))`
	for mode, want := range map[funcbox.SymlinkMode][]any{
		funcbox.FollowNever:      {"EACCES", "EACCES", "EACCES", "EACCES", "EACCES", "EACCES", "EACCES"},
		funcbox.FollowRestricted: {"alpha", "alpha", "beta", "EACCES", "EACCES", "EACCES", "ELOOP"},
		funcbox.FollowAlways:     {"alpha", "alpha", "beta", "EACCES", "root", "root", "ELOOP"},
	} {
		t.Run(mode.String(), func(t *testing.T) {
			mount := &funcbox.Mount{Dirs: map[string]string{"/data": root}, Permissions: perm.Permissions{Exclude: []string{"hidden"}}, FollowSymlinks: mode}
			res := inMount(t, ex, mount, code)
			require.Equal(t, want, res.Value)
			if mode == funcbox.FollowAlways {
				data, err := fs.ReadFile(res.Files.FS(), "data/outdir/passwd")
				require.NoError(t, err)
				require.Equal(t, "root", string(data))
			}
		})
	}
}

func TestMountFS(t *testing.T) {
	ex := newExecutor(t)
	var packed bytes.Buffer
	writer := zip.NewWriter(&packed)
	entry, err := writer.Create("docs/readme.txt")
	require.NoError(t, err)
	_, err = entry.Write([]byte("from a zip"))
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	archive, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	require.NoError(t, err)
	res := inMount(t, ex, &funcbox.Mount{
		Dirs:        map[string]string{"/data": hostFolder(t, map[string]string{"h": "host"})},
		FS:          map[string]fs.FS{"/zip": archive, "/data/map": fstest.MapFS{"x/y": {Data: []byte("map")}}},
		Permissions: perm.Permissions{Rules: []perm.Rule{{Pattern: "docs/*", Allow: perm.Modify}}},
	}, `
		fs.appendFileSync('/zip/docs/readme.txt', '!');
		return [fs.readFileSync('/zip/docs/readme.txt', 'utf8'), fs.readFileSync('/data/map/x/y', 'utf8'), fs.readFileSync('/data/h', 'utf8'),
			attempt(() => fs.writeFileSync('/data/map/x/y', ''))]`)
	require.Equal(t, []any{"from a zip!", "map", "host", "EACCES"}, res.Value)
	require.Len(t, res.Files.Modified, 1)
	require.Empty(t, res.Files.Modified[0].HostPath)
	require.Equal(t, "from a zip", content(t, res.Files.Modified[0].OldContent))
}

func TestFilesAndWorkdirInAMount(t *testing.T) {
	ex := newExecutor(t)
	root := hostFolder(t, map[string]string{"a": "host", "b": "host"})
	res, err := ex.Execute(context.Background(), funcbox.Request{
		Language: "js", Code: `const fs = require('fs'); function main() { return [process.cwd(), fs.readFileSync('a', 'utf8'), fs.readFileSync('b', 'utf8'), fs.readdirSync('.').join()] }`,
		Mount: &funcbox.Mount{Dirs: map[string]string{"/data": root}}, Files: map[string][]byte{"a": []byte("request")}, Workdir: "/data",
	})
	require.NoError(t, err)
	require.NoError(t, res.Err())
	require.Equal(t, []any{"/data", "request", "host", "a,b"}, res.Value)
	require.False(t, res.Files.HasChanges())
}

func TestInclude(t *testing.T) {
	ex := newExecutor(t)
	root := hostFolder(t, map[string]string{"a": "a"})
	for _, c := range []struct {
		include                    funcbox.Include
		changes, contents, denials bool
	}{
		{0, true, true, true},
		{funcbox.IncludeChanges, true, false, false},
		{funcbox.IncludeChanges | funcbox.IncludeContents, true, true, false},
		{funcbox.IncludeDenied, false, false, true},
		{funcbox.IncludeContents, false, true, false},
		{funcbox.IncludeNothing, false, false, false},
	} {
		res, err := ex.Execute(context.Background(), funcbox.Request{
			Language: "js", Function: "main", Include: c.include, Mount: &funcbox.Mount{Dirs: map[string]string{"/data": root}},
			Code: tryCode + `function main() { attempt(() => require('fs').unlinkSync('/data/a')); require('fs').writeFileSync('/tmp/x', 'x') }`,
		})
		require.NoError(t, err)
		require.NoError(t, res.Err())
		require.Equal(t, c.changes, res.Files.HasChanges())
		require.Equal(t, c.denials, len(res.Files.Denied) > 0)
		_, err = fs.Stat(res.Files.FS(), "tmp/x")
		require.Equal(t, c.contents, err == nil)
		if c.changes {
			_, err := res.Files.Created[0].Content()
			require.Equal(t, c.contents, err == nil)
			_, err = res.Files.Created[0].Open()
			require.Equal(t, c.contents, err == nil)
			encoded, err := res.MarshalJSON()
			require.NoError(t, err)
			require.Equal(t, c.contents, bytes.Contains(encoded, []byte(`"content":"x"`)))
		}
	}
}

func TestBadInclude(t *testing.T) {
	ex := newExecutor(t)
	for _, include := range []funcbox.Include{funcbox.IncludeNothing | funcbox.IncludeDenied, 16, 255} {
		_, err := ex.Execute(context.Background(), funcbox.Request{Language: "js", Code: "1", Include: include})
		require.ErrorIs(t, err, funcbox.ErrBadRequest)
	}
}

func TestBadMounts(t *testing.T) {
	// A language that would fail if it was ever started.
	unused := &lang.Language{Name: "js", MainFile: "main.js", Binary: js.Language().Binary, Trees: []lang.Tree{{Path: "/usr/lib/thing", Files: fstest.MapFS{}}}}
	ex, err := funcbox.New(context.Background(), funcbox.WithLanguages(unused), funcbox.WithCacheDir(funcbox.MemoryOnly),
		funcbox.WithCompileProgress(func(funcbox.CompileProgress) { t.Error("a runtime was started") }))
	require.NoError(t, err)
	defer func() { require.NoError(t, ex.Close(context.Background())) }()
	root := hostFolder(t, map[string]string{"file": "f", "sub/deep/": ""})
	dirs := func(pairs ...string) *funcbox.Mount {
		m := &funcbox.Mount{Dirs: map[string]string{}}
		for i := 0; i < len(pairs); i += 2 {
			m.Dirs[pairs[i]] = pairs[i+1]
		}
		return m
	}
	with := func(change func(*funcbox.Mount)) *funcbox.Mount {
		m := dirs("/data", root)
		change(m)
		return m
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Join(root, "sub"), link); err != nil {
		link = filepath.Join(root, "sub")
	}
	for _, c := range []struct {
		name    string
		mount   *funcbox.Mount
		is      error
		message string
	}{
		{"missing folder", dirs("/data", filepath.Join(root, "none")), fs.ErrNotExist, "mount /data: folder"},
		{"no folder", dirs("/data", filepath.Join(root, "file")), funcbox.ErrBadRequest, "is a file, and it must be a folder"},
		{"below a file", dirs("/data", filepath.Join(root, "file", "x")), nil, "mount /data: folder"},
		{"no host", dirs("/data", ""), funcbox.ErrBadRequest, "write . for the working directory"},
		{"relative", dirs("data", root), funcbox.ErrBadRequest, `mount "data": the guest path is not absolute`},
		{"empty", dirs("", root), funcbox.ErrBadRequest, "not absolute"},
		{"NUL", dirs("/a\x00", root), funcbox.ErrBadRequest, "NUL"},
		{"no UTF-8", dirs("/a\xff", root), funcbox.ErrBadRequest, `mount "/a\xff"`},
		{"root", dirs("/", root), funcbox.ErrBadRequest, "take a folder such as /data"},
		{"root, spelled out", dirs("/a/..", root), funcbox.ErrBadRequest, "take a folder such as /data"},
		{"devices", dirs("/dev", root), funcbox.ErrBadRequest, "the guest's devices are there"},
		{"below devices", dirs("/dev/x", root), funcbox.ErrBadRequest, "the guest's devices are there"},
		{"the library", dirs("/usr/lib/thing", root), funcbox.ErrBadRequest, "the library of the language is at /usr/lib/thing"},
		{"in the library", dirs("/usr/lib/thing/x", root), funcbox.ErrBadRequest, "the library of the language"},
		{"over the library", dirs("/usr", root), funcbox.ErrBadRequest, "the library of the language"},
		{"the guest's library", dirs(lang.LibraryPath, root), funcbox.ErrBadRequest, "the library of the language"},
		{"two spellings", dirs("/a", root, "/a/", filepath.Join(root, "sub")), funcbox.ErrBadRequest, "there twice"},
		{"the same folder", dirs("/a", root, "/b", root+"/."), funcbox.ErrBadRequest, "/a and /b share folders of the host"},
		{"a folder in another", dirs("/a", root, "/b", filepath.Join(root, "sub", "deep")), funcbox.ErrBadRequest, "/a and /b share folders of the host"},
		{"by way of a link", dirs("/a", root, "/b", link), funcbox.ErrBadRequest, "share folders of the host"},
		{"nil fs.FS", &funcbox.Mount{FS: map[string]fs.FS{"/data": nil}}, funcbox.ErrBadRequest, "the fs.FS is nil"},
		{"Dirs and FS", with(func(m *funcbox.Mount) { m.FS = map[string]fs.FS{"/data": fstest.MapFS{}} }), funcbox.ErrBadRequest, "there twice"},
		{"pattern", with(func(m *funcbox.Mount) { m.Permissions.Rules = []perm.Rule{{Pattern: "a/["}} }), funcbox.ErrBadRequest, `rule "a/["`},
		{"exclude", with(func(m *funcbox.Mount) { m.Permissions.Exclude = []string{"{a"} }), funcbox.ErrBadRequest, `exclude "{a"`},
		{"include", with(func(m *funcbox.Mount) { m.Loading.Include = []string{"{a"} }), funcbox.ErrBadRequest, `pattern "{a"`},
		{"explicit without include", with(func(m *funcbox.Mount) { m.Loading.Mode = funcbox.LoadExplicit }), funcbox.ErrBadRequest, "Loading.Include"},
		{"negative", with(func(m *funcbox.Mount) { m.Loading.MaxFileSize = -1 }), funcbox.ErrBadRequest, "MaxFileSize is negative"},
		{"negative total", with(func(m *funcbox.Mount) { m.Loading.MaxTotalSize = -1 }), funcbox.ErrBadRequest, "MaxTotalSize is negative"},
		{"mode", with(func(m *funcbox.Mount) { m.FollowSymlinks = 9 }), funcbox.ErrBadRequest, "unknown (9)"},
		{"nothing", &funcbox.Mount{Permissions: perm.None()}, funcbox.ErrBadRequest, "neither Dirs nor FS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, err := ex.Execute(context.Background(), funcbox.Request{Language: "js", Code: "1", Mount: c.mount})
			require.Nil(t, res)
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			require.ErrorContains(t, err, c.message)
			require.Regexp(t, "^funcbox: ", err.Error())
		})
	}
	for name, message := range map[string]string{
		"/dev/x": "/dev is not for files", "/usr/lib/thing/x": "/usr/lib/thing is not for files", "/data": "must be a folder", "/workspace": "must be a folder", "/": "must be a folder",
	} {
		_, err := ex.Execute(context.Background(), funcbox.Request{Language: "js", Code: "1", Mount: dirs("/data", root), Files: map[string][]byte{name: nil}})
		require.ErrorIs(t, err, funcbox.ErrBadRequest, name)
		require.ErrorContains(t, err, message)
	}
}

// Calls on one mount do not see each other, and all see the same host.
func TestParallelCallsOnOneMount(t *testing.T) {
	ex := newExecutor(t)
	files := map[string]string{}
	for i := range 20 {
		files[fmt.Sprintf("in/%d", i)] = fmt.Sprintf("content %d", i)
	}
	root := hostFolder(t, files)
	before := snapshot(t, root)
	mount := &funcbox.Mount{Dirs: map[string]string{"/data": root}, Permissions: perm.Permissions{
		Rules: []perm.Rule{{Pattern: "{out,in}/**", Allow: perm.Create | perm.Modify | perm.Delete}, {Pattern: "out", Allow: perm.Create}}, Exclude: []string{"in/19"},
	}}
	var wait sync.WaitGroup
	problems := make(chan error, 100)
	for i := range 100 {
		wait.Go(func() {
			problems <- func() error {
				res, err := ex.Execute(context.Background(), funcbox.Request{
					Language: "js", Function: "main", Mount: mount, Args: []any{i}, Code: tryCode + `const fs = require('fs');
					function main(n) {
						const own = String(n);
						fs.mkdirSync('/data/out');
						fs.writeFileSync('/data/out/' + own, own);
						fs.writeFileSync('/data/in/0', own);
						fs.renameSync('/data/in/1', '/data/out/moved');
						if (attempt(() => fs.readFileSync('/data/in/19')) !== 'EACCES') throw new Error('read what is excluded');
						if (fs.readdirSync('/data/out').length !== 2) throw new Error('saw ' + fs.readdirSync('/data/out'));
						if (fs.readFileSync('/data/in/0', 'utf8') !== own) throw new Error('saw another call');
						let all = '';
						for (let i = 2; i < 19; i++) all += fs.readFileSync('/data/in/' + i, 'utf8');
						return all.length;
					}`,
				})
				if err == nil {
					err = res.Err()
				}
				if err != nil {
					return err
				}
				if got := len(res.Files.All()); got != 5 || res.Value != int64(8*len("content 2")+9*len("content 10")) {
					return fmt.Errorf("%d changes, value %v", got, res.Value)
				}
				change, _ := res.Files.ByPath("/data/in/0")
				if old, err := change.OldContent(); err != nil || string(old) != "content 0" {
					return fmt.Errorf("old content %q, %w", old, errors.Join(err))
				}
				moved, _ := res.Files.ByPath("/data/out/moved")
				if now, err := moved.Content(); err != nil || string(now) != "content 1" {
					return fmt.Errorf("moved content %q, %w", now, errors.Join(err))
				}
				if len(res.Files.Denied) != 1 {
					return fmt.Errorf("denied %v", res.Files.Denied)
				}
				return nil
			}()
		})
	}
	wait.Wait()
	close(problems)
	for err := range problems {
		require.NoError(t, err)
	}
	require.Equal(t, before, snapshot(t, root))
}
