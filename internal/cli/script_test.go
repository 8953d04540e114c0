package cli

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"funcbox": func() { os.Exit(Main(js.Language())) },
	})
}

// warmCache returns a cache folder with the compiled runtimes, so that not
// every process of a test compiles them.
func warmCache(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "funcbox")
	ex, err := funcbox.New(t.Context(), funcbox.WithLanguages(js.Language()), funcbox.WithCacheDir(dir))
	require.NoError(t, err)
	require.NoError(t, ex.Warm(t.Context()))
	require.NoError(t, ex.Close(context.WithoutCancel(t.Context())))
	return dir
}

func TestScripts(t *testing.T) {
	cache := warmCache(t)
	scripts, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, scripts)
	if testing.Short() { // the race detector makes a minute of the processes of all
		scripts = []string{filepath.Join("testdata", "script", "call.txtar")}
	}
	testscript.Run(t, testscript.Params{
		Files: scripts,
		Setup: func(env *testscript.Env) error {
			// Where os.UserCacheDir looks, on each system.
			base := filepath.Dir(cache)
			for _, name := range []string{"XDG_CACHE_HOME", "LocalAppData"} {
				env.Setenv(name, base)
			}
			// A file that a script cannot hold, being no UTF-8.
			return os.WriteFile(filepath.Join(env.WorkDir, "latin1.js"), []byte("'\xe9'"), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits runs a command whose exit code must be the first argument.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}
