package langtest

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/internal/escapetest"
)

// filesystem runs what a language does with files: what it should, and everything
// of escapetest that it should not.
func (s *suite) filesystem(t *testing.T) {
	if s.dialect.Steps == "" {
		t.Skip("the dialect has no program for it yet")
	}
	traits := escapetest.Traits{ResolvesPaths: s.dialect.ResolvesPaths}
	t.Run("Behavior", func(t *testing.T) {
		for name, steps := range fileSteps() {
			t.Run(name, func(t *testing.T) {
				req := s.request(s.dialect.Steps, "steps", encode(steps))
				req.Files = map[string][]byte{"a.txt": []byte("alpha"), "d/b.txt": []byte("beta"), "d/e/c.txt": []byte("gamma")}
				res := s.execute(t, req)
				require.NoError(t, res.Err(), "%+v", res.Error)
				escapetest.Check(t, steps, results(t, res), traits)
			})
		}
	})
	t.Run("Escapes", func(t *testing.T) { escapetest.Run(t, s.drive, traits) })
}

// drive does the steps of a call of escapetest in the language.
func (s *suite) drive(t testing.TB, call escapetest.Call) escapetest.Outcome {
	req := s.request(s.dialect.Steps, "steps", encode(call.Steps))
	req.Mount = &funcbox.Mount{
		Dirs: call.World.Mounts, Permissions: call.World.Permissions,
		FollowSymlinks:     funcbox.SymlinkMode(call.World.Rules.Follow),
		OnPermissionDenied: funcbox.DeniedMode(call.World.Rules.OnDenied),
	}
	stdin, answer := io.Pipe()
	defer answer.Close()
	req.Stdin = stdin
	req.Stdout = &pauses{pause: func() {
		call.Pause()
		go func() { _, _ = answer.Write([]byte("\n")) }()
	}}
	res, err := s.executor.Execute(t.Context(), req)
	require.NoError(t, err)
	require.NoError(t, res.Err(), "%+v", res.Error)
	outcome := escapetest.Outcome{Results: results(t, res)}
	for _, change := range res.Files.All() {
		outcome.Changes = append(outcome.Changes, escapetest.Change{Type: change.Type, Path: change.Path})
	}
	return outcome
}

// pauses is standard output on which a line "pause" asks for something to happen.
type pauses struct {
	written strings.Builder
	pause   func()
}

func (p *pauses) Write(b []byte) (int, error) {
	p.written.Write(b)
	if strings.HasSuffix(p.written.String(), "pause\n") {
		p.written.Reset()
		p.pause()
	}
	return len(b), nil
}

func encode(steps []escapetest.Step) []any {
	list := make([]any, len(steps))
	for i, one := range steps {
		list[i] = append([]any{one.Op}, one.Args...)
	}
	return list
}

func results(t testing.TB, res *funcbox.ExecutionResult) []string {
	t.Helper()
	list, ok := res.Value.([]any)
	require.True(t, ok, "%v", res.Value)
	all := make([]string, len(list))
	for i, one := range list {
		all[i], ok = one.(string)
		require.True(t, ok, "%v", one)
	}
	return all
}

// fileSteps are what files do in every language, in a working directory with
// a.txt (alpha), d/b.txt (beta) and d/e/c.txt (gamma).
func fileSteps() map[string][]escapetest.Step {
	step := escapetest.NewStep
	return map[string][]escapetest.Step{
		"reading": {
			step("=alpha", "read", "a.txt"), step("=alpha", "read", "./d/../a.txt"),
			step("=beta", "read", "/workspace/d/b.txt"), step("=gamma", "read", "d//e/./c.txt"),
			step("ENOENT", "read", "nothing"), step("EISDIR", "read", "d"), step("ENOTDIR", "read", "a.txt/x"),
			step("ENOTDIR", "read", "a.txt/"), step("ENOENT", "read", "nothing/x"),
		},
		"writing": {
			step("ok", "write", "new.txt", "one"), step("=one", "read", "new.txt"),
			step("ok", "write", "new.txt", "2"), step("=2", "read", "new.txt"), step("ok", "write", "a.txt", ""),
			step("=", "read", "a.txt"),
			step("EISDIR", "write", "d", "x"), step("ENOENT", "write", "nothing/x", "x"),
			step("ENOTDIR", "write", "a.txt/x", "x"),
		},
		"appending": {
			step("ok", "append", "a.txt", "!"), step("=alpha!", "read", "a.txt"), step("ok", "append", "new.txt", "x"),
			step("ok", "append", "new.txt", "y"), step("=xy", "read", "new.txt"),
		},
		"creating": {
			step("ok", "create", "new.txt"), step("=", "read", "new.txt"), step("EEXIST", "create", "new.txt"),
			step("EEXIST", "create", "a.txt"), step("=alpha", "read", "a.txt"), step("EEXIST", "create", "d"),
		},
		"truncating": {
			step("ok", "truncate", "a.txt", 2), step("=al", "read", "a.txt"), step("ok", "truncate", "a.txt", 4),
			step("=al\x00\x00", "read", "a.txt"), step("=file 4", "stat", "a.txt"),
			step("ENOENT", "truncate", "nothing", 0),
		},
		"open files": {
			step("ok", "open", 1, "a.txt", "r+"), step("=alpha", "fread", 1), step("=file 5", "fstat", 1),
			step("ok", "open", 2, "a.txt", "r"), step("ok", "fsize", 1, 2), step("=al", "fread", 2),
			step("ok", "close", 1), step("ok", "close", 2), step("EBADF", "fread", 1), step("=al", "read", "a.txt"),
		},
		"open for reading only": {
			step("ok", "open", 1, "a.txt", "r"), step("EBADF|EACCES", "fwrite", 1, "x"),
			step("EBADF|EINVAL|EACCES", "fsize", 1, 0), step("=alpha", "read", "a.txt"),
		},
		"open for writing only": {
			step("ok", "open", 1, "new.txt", "w"), step("EBADF|EACCES", "fread", 1), step("ok", "fwrite", 1, "text"),
			step("ok", "close", 1), step("=text", "read", "new.txt"),
		},
		"open, unlinked": {
			step("ok", "open", 1, "a.txt", "r+"), step("ok", "unlink", "a.txt"), step("=alpha", "fread", 1),
			step("=file 5", "fstat", 1), step("ENOENT", "stat", "a.txt"), step("ok", "write", "a.txt", "new"),
			step("=alpha", "fread", 1), step("ok", "close", 1),
		},
		"open, renamed": {step("ok", "open", 1, "a.txt", "r+"), step("ok", "rename", "a.txt", "d/z.txt"),
			step("ok", "fwrite", 1, "ALPHA"), step("=ALPHA", "read", "d/z.txt")},
		"open, replaced": {
			step("ok", "open", 1, "a.txt", "r"), step("ok", "rename", "d/b.txt", "a.txt"), step("=alpha", "fread", 1),
			step("=beta", "read", "a.txt"),
		},
		"describing": {
			step("=file 5", "stat", "a.txt"), step("=dir", "stat", "d"), step("=dir", "stat", "."),
			step("=dir", "stat", "/"), step("=dir", "stat", "d/"), step("ENOENT", "stat", "nothing"),
			step("ENOTDIR", "stat", "a.txt/"), step("=file 5", "lstat", "a.txt"),
		},
		"listing": {
			step("=a.txt,d", "list", "."), step("=b.txt,e", "list", "d"), step("=c.txt", "list", "d/e/"),
			step("ENOENT", "list", "nothing"), step("ENOTDIR", "list", "a.txt"), step("ok", "unlink", "a.txt"),
			step("=d", "list", "/workspace"),
		},
		"folders": {
			step("ok", "mkdir", "f"), step("=dir", "stat", "f"), step("=", "list", "f"), step("EEXIST", "mkdir", "f"),
			step("EEXIST", "mkdir", "a.txt"), step("ENOENT", "mkdir", "no/thing"),
			step("ENOTDIR", "mkdir", "a.txt/x"),
			step("ok", "rmdir", "f"), step("ENOENT", "rmdir", "f"), step("ENOTEMPTY", "rmdir", "d"),
			step("ENOTDIR", "rmdir", "a.txt"), step("EISDIR|EPERM", "unlink", "d"),
		},
		"deleting": {
			step("ok", "unlink", "a.txt"), step("ENOENT", "unlink", "a.txt"), step("ENOENT", "read", "a.txt"),
			step("ok", "unlink", "d/e/c.txt"), step("ok", "rmdir", "d/e"), step("=b.txt", "list", "d"),
		},
		"renaming": {
			step("ok", "rename", "a.txt", "z.txt"), step("ENOENT", "stat", "a.txt"), step("=alpha", "read", "z.txt"),
			step("ok", "rename", "z.txt", "d/b.txt"), step("=alpha", "read", "d/b.txt"),
			step("ok", "rename", "d", "f"), step("=gamma", "read", "f/e/c.txt"),
			step("ENOENT", "rename", "nothing", "x"), step("EINVAL", "rename", "f", "f/e/g"), step("ok", "mkdir", "g"),
			step("ok", "rename", "f/e", "g"), step("=gamma", "read", "g/c.txt"),
			step("ENOTEMPTY|EEXIST", "rename", "f", "g"),
			step("EISDIR", "rename", "f/b.txt", "g"), step("ENOTDIR", "rename", "g", "f/b.txt"),
		},
		"symbolic links": {
			step("ok", "symlink", "a.txt", "l"), step("=alpha", "read", "l"), step("=a.txt", "readlink", "l"),
			step("=link", "lstat", "l"), step("=file 5", "stat", "l"), step("ok", "write", "l", "new"),
			step("=new", "read", "a.txt"), step("ok", "unlink", "l"), step("=new", "read", "a.txt"),
			step("ok", "symlink", "../a.txt", "d/l"), step("=new", "read", "d/l"),
			step("ok", "symlink", "/workspace/d", "m"), step("=beta", "read", "m/b.txt"),
			step("=new", "read", "m/e/../l"), step("EINVAL", "readlink", "a.txt"),
			step("EEXIST", "symlink", "x", "a.txt"),
			step("ok", "symlink", "nothing", "n"), step("ENOENT", "read", "n"), step("=link", "lstat", "n"),
			step("ok", "write", "n", "made"), step("=made", "read", "nothing"), step("ok", "symlink", "o", "o"),
			step("ELOOP", "read", "o"), step("EEXIST", "create", "o"),
		},
		"hard links": {step("EPERM", "link", "a.txt", "b.txt"), step("ENOENT", "link", "nothing", "b.txt"),
			step("EEXIST", "link", "a.txt", "d/b.txt"), step("ENOENT", "stat", "b.txt")},
		"times": {step("ok", "utimes", "a.txt"), step("=alpha", "read", "a.txt"),
			step("ok", "utimes", "d"), step("ENOENT", "utimes", "nothing")},
		"the working directory": {
			step("ok", "chdir", "d"), step("=beta", "read", "b.txt"), step("=alpha", "read", "../a.txt"),
			step("ok", "write", "new", "x"), step("=x", "read", "/workspace/d/new"), step("ok", "chdir", ".."),
			step("=a.txt,d", "list", "."), step("ENOENT", "chdir", "nothing"), step("ENOTDIR", "chdir", "a.txt"),
		},
		"names": {
			step("ok", "write", "ä 日本.txt", "x"), step("=x", "read", "ä 日本.txt"), step("ok", "write", "...", "x"),
			step("ok", "write", "-rf", "x"), step("ok", "write", "a\\b", "x"), step("ok", "write", "a\nb", "x"),
			step("=-rf,...,a\nb,a.txt,a\\b,d,ä 日本.txt", "list", "."),
			step("ENAMETOOLONG", "write", strings.Repeat("n", 256), "x"),
			step("ok", "write", strings.Repeat("n", 255), "x"),
			step("ENAMETOOLONG", "read", strings.Repeat("d/../", 900)+"a.txt"), step("EINVAL", "read", "a\x00b"),
			step("ENOENT|EISDIR", "read", ""),
		},
		"the root": {
			step("=alpha", "read", "../../../workspace/a.txt"), step("=alpha", "read", "/../workspace/a.txt"),
			step("EBUSY|EACCES|EPERM|EINVAL|ENOTEMPTY", "rmdir", "/"), step("EEXIST", "mkdir", "/"),
			step("EBUSY|EINVAL", "rename", "/", "x"),
		},
		"devices": {step("ok", "write", "/dev/null", "x"), step("=", "read", "/dev/null"),
			step("=other", "stat", "/dev/null"), step("EPERM", "unlink", "/dev/null")},
	}
}
