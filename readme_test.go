package funcbox_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadme compiles the README's programs and runs its commands. In what a
// command prints, … stands for anything.
func TestReadme(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the README's commands are for a POSIX shell")
	}
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	fences := regexp.MustCompile("(?s)```(\\w+)\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	dir := t.TempDir()
	programs, commands := 0, 0
	for _, fence := range fences {
		switch fence[1] {
		case "go":
			programs++
			path := filepath.Join(dir, "main.go")
			require.NoError(t, os.WriteFile(path, []byte(fence[2]), 0o600))
			out, err := exec.Command("go", "run", path).CombinedOutput()
			require.NoError(t, err, "%s", out)
			want := "5 <nil>\n"
			if _, comment, found := strings.Cut(fence[2], "// Output:\n"); found {
				want = regexp.MustCompile(`(?m)^\t// `).ReplaceAllString(strings.TrimSuffix(comment, "}\n"), "")
			}
			require.Equal(t, want, string(out))
		case "console":
			if commands == 0 {
				out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "funcbox"), "./cmd/funcbox").CombinedOutput()
				require.NoError(t, err, "%s", out)
			}
			commands++
			runConsole(t, dir, fence[2])
		}
	}
	require.Positive(t, programs)
	require.Positive(t, commands)
	out, err := exec.Command("go", strings.Fields(`run ./cmd/funcbox run --call greet --args ["World"] --kwargs {"greeting":"Hi"} examples/greet/greet.js`)...).Output()
	require.NoError(t, err)
	require.Equal(t, "\"Hi, World!\"\n", string(out))
	require.Contains(t, string(readme), "```\n\"Hi, World!\"\n```")
}

// runConsole runs what follows each "$ " and compares what it prints.
func runConsole(t *testing.T, dir, text string) {
	t.Helper()
	for _, part := range strings.Split("\n"+text, "\n$ ")[1:] {
		command, want, _ := strings.Cut(part, "\n")
		for strings.HasSuffix(command, "\\") {
			var more string
			more, want, _ = strings.Cut(want, "\n")
			command += "\n" + more
		}
		shell := exec.Command("sh", "-c", command)
		shell.Env = append(os.Environ(), "TMPDIR="+dir, "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
		out, _ := shell.CombinedOutput() // most of them fail on purpose
		pattern := strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(want)), "…", "(?s:.*?)")
		require.Regexp(t, "^"+pattern+"$", strings.TrimSpace(string(out)), command)
	}
}
