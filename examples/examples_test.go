// Package examples_test runs what is in the folders below, each of which shows
// one topic, and compares what it prints.
package examples_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// examples are the folders with a program that prints what its output.txt has.
var examples = []string{"embed", "folder", "hostfunc", "limits", "program", "schema", "session", "stream", "sync", "transform", "typed"}

// build makes the programs in a temporary folder and returns how to run one:
// its name, then its arguments.
func build(t *testing.T) func(t *testing.T, wantCode int, args ...string) string {
	root := t.TempDir()
	programs := []string{"./cmd/funcbox"}
	for _, name := range examples {
		programs = append(programs, "./examples/"+name)
	}
	cmd := exec.Command("go", append([]string{"build", "-o", root + string(filepath.Separator)}, programs...)...)
	cmd.Dir = ".."
	output, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", output)

	// The caches of compiled runtimes of all programs, not those of the user.
	cache := t.TempDir()
	environment := append(os.Environ(), "XDG_CACHE_HOME="+cache, "LocalAppData="+cache)
	return func(t *testing.T, wantCode int, args ...string) string {
		t.Helper()
		name := filepath.Join(root, args[0])
		if runtime.GOOS == "windows" {
			name += ".exe"
		}
		cmd := exec.Command(name, args[1:]...)
		cmd.Dir, cmd.Env = "..", environment
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		code := 0
		if err := cmd.Run(); err != nil {
			var exit *exec.ExitError
			require.True(t, errors.As(err, &exit), "%v", err)
			code = exit.ExitCode()
		}
		require.Equal(t, wantCode, code, "%s", &stderr)
		return stdout.String()
	}
}

func TestExamples(t *testing.T) {
	run := build(t)

	t.Run("greet", func(t *testing.T) {
		got := run(t, 0, "funcbox", "run", "--call", "greet", "--args", `["World"]`, "--kwargs", `{"greeting":"Hi"}`, "examples/greet/greet.js")
		require.Equal(t, "\"Hi, World!\"\n", got)
	})
	t.Run("greet in Python", func(t *testing.T) {
		got := run(t, 0, "funcbox", "run", "--call", "greet", "--args", `["World"]`, "--kwargs", `{"greeting":"Hi"}`, "examples/greet/greet.py")
		require.Equal(t, "\"Hi, World!\"\n", got)
	})
	t.Run("transform on the command line", func(t *testing.T) {
		got := run(t, 0, "funcbox", "run", "--file", "orders.csv=examples/transform/orders.csv", "--call", "transform",
			"--args", `["orders.csv", "totals.json"]`, "--json", "examples/transform/transform.js")
		require.Contains(t, got, `"result":3,`)
		require.Contains(t, got, `"path":"/workspace/totals.json","size":33,"content":"{\n  \"Ada\": 280,\n  \"Grace\": 120\n}\n"`)
	})
	t.Run("a program on the command line", func(t *testing.T) {
		got := run(t, 0, "funcbox", "run", "--repeat", "3", "--call", "convert", "--args", `["12.50 USD"]`,
			"--file", "rates.json=examples/program/rates.json", "examples/program/rates.py")
		require.Equal(t, "read 4 rates of January 2026\n10.0\n", got)
	})
	t.Run("limits on the command line", func(t *testing.T) {
		require.Equal(t, "counting\n", run(t, 124, "funcbox", "run", "--timeout", "500ms", "examples/limits/loop.js"))
	})
	for _, name := range examples {
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(filepath.Join(name, "output.txt"))
			require.NoError(t, err)
			require.Equal(t, string(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))), run(t, 0, name))
		})
	}
}
