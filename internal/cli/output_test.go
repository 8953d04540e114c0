package cli

import (
	"bytes"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm"
)

func TestPrintResult(t *testing.T) {
	tests := []struct {
		name           string
		stdout, stderr string // of the guest
		result         funcbox.ExecutionResult
		wantOut        string
		wantErr        string
	}{
		{"null", "a", "b", funcbox.ExecutionResult{}, "a", "b"},
		{"value", "", "", funcbox.ExecutionResult{Value: 1.0}, "1.0\n", ""},
		{"value after a line", "a\n", "b", funcbox.ExecutionResult{Value: "x"}, "a\n\"x\"\n", "b"},
		{"value after an unfinished line", "a", "", funcbox.ExecutionResult{Value: false}, "a\nfalse\n", ""},
		{
			"error", "a", "b\n",
			funcbox.ExecutionResult{Error: &funcbox.GuestError{Type: "E", Message: "m", Stack: "    at f\n    at g\n"}},
			"a", "b\nE: m\n    at f\n    at g\n",
		},
		{"error without more", "", "b", funcbox.ExecutionResult{Error: &funcbox.GuestError{Type: "E"}}, "", "b\nE\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out, err bytes.Buffer
			stdout, stderr := &lineWriter{to: &out}, &lineWriter{to: &err}
			for _, part := range []string{test.stdout, ""} {
				_, _ = stdout.Write([]byte(part))
			}
			_, _ = stderr.Write([]byte(test.stderr))
			require.NoError(t, printResult(&test.result, stdout, stderr))
			require.Equal(t, test.wantOut, out.String())
			require.Equal(t, test.wantErr, err.String())
		})
	}
}

func TestPrintDenials(t *testing.T) {
	var out bytes.Buffer
	stderr := &lineWriter{to: &out}
	files := funcbox.FileChanges{MoreDenied: 3}
	for i := range 14 {
		files.Denied = append(files.Denied, funcbox.Denial{Path: "/a/" + string(rune('a'+i/2)), Operation: perm.Read, Reason: "by default"})
	}
	require.NoError(t, printDenials(files, stderr))
	require.Equal(t, 8, strings.Count(out.String(), "\n"))
	require.True(t, strings.HasPrefix(out.String(), "funcbox: read /a/a: denied by default\nfuncbox: read /a/b: "))
	require.True(t, strings.HasSuffix(out.String(), "\nfuncbox: 3 more refusals; --json lists them\n"))

	out.Reset()
	for i := range 12 {
		files.Denied = append(files.Denied, funcbox.Denial{Path: "/b/" + string(rune('a'+i)), Operation: perm.Read, Reason: "by default"})
	}
	require.NoError(t, printDenials(files, stderr))
	require.Equal(t, 11, strings.Count(out.String(), "\n"))
	require.Contains(t, out.String(), "funcbox: 12 more refusals")
}

func TestLog(t *testing.T) {
	var out bytes.Buffer
	logger := (&app{stderr: &out}).logger()
	logger.Info("not shown")
	logger.Warn("plain")
	logger.With("a", 1).WithGroup("g").Error("with details", slog.String("b", "x"))
	require.Equal(t, "funcbox: warn: plain\nfuncbox: error: with details (a: 1, b: x)\n", out.String())
}

func TestPrintVersion(t *testing.T) {
	a := &app{}
	require.NoError(t, a.languages.Add(&lang.Language{Name: "x", MainFile: "main.x", Version: "X 1", Binary: new(wasm.Binary)}))
	var out bytes.Buffer
	info := &debug.BuildInfo{Deps: []*debug.Module{{Path: "example.org/other", Version: "v9"}, {Path: engineModule, Version: "v1.12.0"}}}
	require.NoError(t, a.printVersion(&out, info))
	lines := strings.Split(out.String(), "\n")
	require.Equal(t, "funcbox (devel)", lines[0])
	require.Equal(t, []string{"wazero v1.12.0", "x: X 1", ""}, lines[2:])

	info.Main.Version = "v1.2.3"
	info.Settings = []debug.BuildSetting{
		{Key: "vcs.revision", Value: "0123456789abcdef0123"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}, {Key: "vcs.modified", Value: "true"},
	}
	require.Equal(t, "v1.2.3 revision 0123456789ab of 2026-01-02T03:04:05Z, modified", ownVersion(info))
}

// safeBuffer is a buffer that a drawing goroutine and a test may share.
type safeBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

func TestProgress(t *testing.T) {
	event := funcbox.CompileProgress{Language: "js", CodeBytes: 1 << 20}
	done := event
	done.Done = true

	t.Run("drawn and removed", func(t *testing.T) {
		var out safeBuffer
		p := (&app{stderr: &out, columns: 80}).progress()
		p.update(event)
		require.Eventually(t, func() bool { return strings.Count(out.String(), "\r") >= 2 }, time.Minute, time.Millisecond)
		p.update(done)
		p.update(done)
		p.stop()
		require.Contains(t, out.String(), "\rcompiling js for the first time [====            ] ")
		require.True(t, strings.HasSuffix(out.String(), " \r"), "the line is empty again")
		require.NotContains(t, out.String(), "\n")
	})
	t.Run("from the cache", func(t *testing.T) {
		var out safeBuffer
		p := (&app{stderr: &out, columns: 80}).progress()
		p.update(event)
		p.update(done)
		require.Empty(t, strings.TrimSpace(out.String()))
	})
	t.Run("interrupted", func(t *testing.T) {
		var out safeBuffer
		p := (&app{stderr: &out, columns: 80}).progress()
		p.update(event)
		p.update(event)
		p.stop()
		p.update(done)
	})
	t.Run("no terminal, or a narrow one", func(t *testing.T) {
		for _, columns := range []int{0, 40} {
			var out safeBuffer
			p := (&app{stderr: &out, columns: columns}).progress()
			p.update(event)
			p.update(done)
			p.stop()
			require.Empty(t, out.String())
			require.Empty(t, p.running)
		}
	})
}

func TestProgressLine(t *testing.T) {
	for _, waiting := range []bool{false, true} {
		event := funcbox.CompileProgress{Language: strings.Repeat("x", 40), Waiting: waiting}
		seen := map[string]bool{}
		for step := range 100 {
			line := progressLine(event, step, 999*time.Second)
			require.Less(t, len(line), progressColumns)
			require.Equal(t, waiting, strings.Contains(line, "another process prepares xxx"))
			seen[line] = true
		}
		require.Len(t, seen, barWidth-4+1)
	}
}
