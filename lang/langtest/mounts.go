package langtest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/perm"
)

// mounts checks that a language works with files of the host as with its own, and
// tells its users when it is refused.
func (s *suite) mounts(t *testing.T) {
	root := t.TempDir()
	original := []byte("content ä\x00\xff")
	for _, name := range []string{"in.bin", "secret.key"} {
		require.NoError(t, os.WriteFile(filepath.Join(root, name), original, 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(root, "out"), 0o700))
	mount := funcbox.Mount{
		Dirs: map[string]string{"/data": root},
		Permissions: perm.Permissions{
			Rules:   []perm.Rule{{Pattern: "out/**", Allow: perm.Create | perm.Modify}},
			Exclude: []string{"*.key"},
		},
	}
	copying := func(t *testing.T, mount funcbox.Mount, from, to string) *funcbox.ExecutionResult {
		t.Helper()
		req := s.request(s.dialect.Copy, "copy", from, to)
		req.Mount = &mount
		return s.execute(t, req)
	}
	for _, mode := range []funcbox.LoadingMode{funcbox.LoadLazy, funcbox.LoadEager} {
		t.Run(mode.String(), func(t *testing.T) {
			mount := mount
			mount.Loading.Mode = mode
			res := copying(t, mount, "/data/in.bin", "/data/out/new.bin")
			require.NoError(t, res.Err(), "%+v", res.Error)
			require.Len(t, res.Files.All(), 1)
			change := res.Files.Created[0]
			require.Equal(t, filepath.Join(root, "out", "new.bin"), change.HostPath)
			content, err := change.Content()
			require.NoError(t, err)
			require.Equal(t, original, content)
			require.Empty(t, res.Files.Denied)
		})
	}
	for name, c := range map[string]struct {
		from, to, denied string
	}{
		"no reading":  {"/data/secret.key", "/tmp/stolen", `read /data/secret.key: denied by exclude "*.key"`},
		"no creating": {"/data/in.bin", "/data/new", "create /data/new: denied by default"},
		"no changing": {"/data/in.bin", "/data/in.bin", "modify /data/in.bin: denied by default"},
	} {
		t.Run(name, func(t *testing.T) {
			res := copying(t, mount, c.from, c.to)
			require.Equal(t, funcbox.StatusError, res.Status)
			require.Regexp(t, "EACCES|Permission denied", res.Error.Message)
			require.False(t, res.Files.HasChanges())
			var lines []string
			for _, denial := range res.Files.Denied {
				lines = append(lines, denial.String())
			}
			require.Contains(t, lines, c.denied)
		})
	}
	for _, mode := range []funcbox.DeniedMode{funcbox.DeniedIgnore, funcbox.DeniedVirtual} {
		t.Run(mode.String(), func(t *testing.T) {
			mount := mount
			mount.OnPermissionDenied = mode
			res := copying(t, mount, "/data/in.bin", "/data/new")
			require.NoError(t, res.Err(), "%+v", res.Error)
			require.False(t, res.Files.HasChanges())
			res = copying(t, mount, "/data/secret.key", "/tmp/stolen")
			require.Equal(t, funcbox.StatusError, res.Status)
			require.Regexp(t, "ENOENT|No such file or directory", res.Error.Message)
		})
	}
	entries, err := os.ReadDir(filepath.Join(root, "out"))
	require.NoError(t, err)
	require.Empty(t, entries, "nothing gets to the host")
}
