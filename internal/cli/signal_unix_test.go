//go:build unix

package cli

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// An interrupt ends a busy guest, and what it printed is kept.
func TestSignals(t *testing.T) {
	cache := warmCache(t)
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			cmd := exec.Command("funcbox", "run", "--cache-dir", cache, "--timeout", "10m", "--lang", "js",
				"-e", `console.log("started"); for (;;);`)
			stdout, err := cmd.StdoutPipe()
			require.NoError(t, err)
			stderr, err := cmd.StderrPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())

			line, err := bufio.NewReader(stdout).ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, "started\n", line)
			require.NoError(t, cmd.Process.Signal(signal))

			text, err := io.ReadAll(stderr)
			require.NoError(t, err)
			require.Contains(t, string(text), "Terminated: ")
			var exit *exec.ExitError
			require.True(t, errors.As(cmd.Wait(), &exit))
			require.Equal(t, 143, exit.ExitCode())
		})
	}

	t.Run("while the code is read", func(t *testing.T) {
		cmd := exec.Command("funcbox", "run", "--cache-dir", cache, "--lang", "js", "-")
		stdin, err := cmd.StdinPipe()
		require.NoError(t, err)
		defer stdin.Close()
		stderr, err := cmd.StderrPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		// A pipe holds 64 KiB: once more than that is written, the code is
		// being read, and signals are caught.
		_, err = stdin.Write(make([]byte, 1<<20))
		require.NoError(t, err)
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
		text, err := io.ReadAll(stderr)
		require.NoError(t, err)
		require.Contains(t, string(text), "funcbox: interrupted")
		var exit *exec.ExitError
		require.True(t, errors.As(cmd.Wait(), &exit))
		require.Equal(t, 143, exit.ExitCode())
	})
}
