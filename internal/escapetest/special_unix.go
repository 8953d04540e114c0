//go:build unix

package escapetest

import (
	"net"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// makeSpecial makes what is neither file nor folder, and must not be seen.
func makeSpecial(t testing.TB, folder string) {
	t.Helper()
	require.NoError(t, unix.Mkfifo(filepath.Join(folder, Marker+"-fifo"), 0o644))
	// The path of a socket is short; where the folder's is not, there is none.
	if socket, err := net.Listen("unix", filepath.Join(folder, Marker+"-socket")); err == nil {
		t.Cleanup(func() { socket.Close() })
	}
}
