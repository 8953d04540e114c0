package vfs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

func TestPermissionsFollowThePath(t *testing.T) {
	policy := perm.Permissions{Rules: []perm.Rule{
		{Pattern: "open/**", Allow: perm.All},
		{Pattern: "drop/**", Allow: perm.Create, Deny: perm.Read | perm.Modify},
	}}
	_, x := mounted(t, newHost(map[string]string{"open/d/a": "text", "closed/a": "closed", "drop/": ""}), func(f *Folder) {
		f.Policy = rules(t, policy)
	})
	directory := x.OpenDir("data/open/d")
	file, still := x.Open("data/open/d/a", readWrite), x.Open("data/open/d/a", fsapi.OpenWrite)
	_, errno := still.WriteAt([]byte("T"), 0)
	x.OK(errno)
	x.OK(x.Root.RenameAt("data/open/d", x.Root, "data/open/e"))
	_, _, errno = directory.OpenAt("a", fsapi.OpenWrite)
	x.OK(errno)

	x.OK(x.Root.RenameAt("data/open/e/a", x.Root, "data/drop/a"))
	_, errno = file.WriteAt([]byte("X"), 0)
	x.Is(fsapi.EACCES, errno)
	x.Is(fsapi.EACCES, file.SetSize(0))
	x.Is(fsapi.EACCES, still.SetTimes(fsapi.Times{SetModify: true}))
	require.Equal(t, "Text", x.Contents(file))
	x.Is(fsapi.EACCES, open(x, "data/drop/a", fsapi.OpenRead))

	// Who creates a file may fill it, and no more once it is closed.
	created := x.Open("data/drop/new", readWrite|create)
	_, errno = created.WriteAt([]byte("mine"), 0)
	x.OK(errno)
	require.Equal(t, "mine", x.Contents(created))
	x.OK(created.Close())
	x.Is(fsapi.EACCES, open(x, "data/drop/new", fsapi.OpenWrite))
	x.Is(fsapi.EACCES, open(x, "data/drop/new", fsapi.OpenRead))

	// A directory handle gives nothing that its path does not.
	closed := x.OpenDir("data/closed")
	_, _, errno = closed.OpenAt("a", fsapi.OpenWrite)
	x.Is(fsapi.EACCES, errno)
	x.Is(fsapi.EACCES, closed.UnlinkAt("./a"))
	x.Is(fsapi.EACCES, directory.RenameAt("/data/closed/a", directory, "b"))
	x.Symlink("/data/closed/a", "tmp/l")
	x.Is(fsapi.EACCES, open(x, "tmp/l", fsapi.OpenWrite))
	for _, path := range []string{"data//closed/./a", "data/open/../closed/a", "tmp/../data/closed/a", "/data/closed//a"} {
		x.Is(fsapi.EACCES, open(x, path, fsapi.OpenWrite))
		x.OK(open(x, path, fsapi.OpenRead))
	}
}

func TestRenamingGainsNothing(t *testing.T) {
	h := map[string]string{"d/open": "open", "d/secret": "secret", "d/deep/er/secret": "secret", "plain/a": "a", "e/unlisted": ""}
	policy := perm.Permissions{
		Default: operations(perm.All),
		Rules:   []perm.Rule{{Pattern: "**/secret", Deny: perm.Read}, {Pattern: "**/unlisted", Deny: perm.List}},
	}
	for _, mode := range []DeniedMode{Throw, Ignore, Virtual} {
		for _, c := range []struct{ from, to, path string }{
			{"data/d/secret", "tmp/x", "/data/d/secret"},
			{"data/d/secret", "data/x", "/data/d/secret"},
			{"data/d", "tmp/d", ""}, // /tmp is free: secret is readable there
			{"data/d/deep", "tmp/d", "/data/d/deep/er/secret"},
			{"data/e", "tmp/e", "/data/e/unlisted"},
		} {
			t.Run(fmt.Sprintf("%d %s to %s", mode, c.from, c.to), func(t *testing.T) {
				files, x := mounted(t, newHost(h), func(f *Folder) { f.Policy, f.OnDenied = rules(t, policy), mode })
				errno := x.Root.RenameAt(c.from, x.Root, c.to)
				denied, _ := files.Denied()
				require.Len(t, denied, 1)
				if c.path != "" {
					require.Equal(t, Path(c.path), denied[0].Path)
				}
				require.NotNil(t, denied[0].Rule)
				switch {
				case mode == Ignore:
					x.OK(errno)
				case mode == Virtual && strings.HasSuffix(c.from, "secret"):
					x.Is(fsapi.ENOENT, errno)
				default:
					x.Is(fsapi.EACCES, errno)
				}
				x.Missing(c.to)
				require.True(t, unchanged(files))
			})
		}
	}
	_, x := mounted(t, newHost(h), func(f *Folder) { f.Policy = rules(t, policy) })
	x.OK(x.Root.RenameAt("data/d", x.Root, "data/moved"))
	x.Is(fsapi.EACCES, open(x, "data/moved/secret", fsapi.OpenRead))
	require.Equal(t, "open", x.Read("data/moved/open"))
	x.OK(x.Root.RenameAt("data/plain", x.Root, "tmp/plain"))
	require.Equal(t, "a", x.Read("tmp/plain/a"))
}

func TestRenamingADirectoryJudgesEverythingInIt(t *testing.T) {
	for name, rule := range map[string]perm.Rule{
		"delete": {Pattern: "d/deep/b", Deny: perm.Delete},
		"create": {Pattern: "e/deep/b", Deny: perm.Create},
	} {
		t.Run(name, func(t *testing.T) {
			files, x := mounted(t, newHost(map[string]string{"d/a": "", "d/deep/b": ""}), func(f *Folder) {
				f.Policy = rules(t, perm.Permissions{Default: operations(perm.All), Rules: []perm.Rule{rule}})
			})
			x.Is(fsapi.EACCES, x.Root.RenameAt("data/d", x.Root, "data/e"))
			denied, _ := files.Denied()
			require.Equal(t, "/data/"+rule.Pattern, string(denied[0].Path))
			require.Equal(t, rule, *denied[0].Rule)
			if name == "create" {
				x.OK(x.Root.RenameAt("data/d", x.Root, "data/f"))
			}
		})
	}
}

// Something that the host puts into a folder after the guest has renamed it stays
// as closed as it was.
func TestHostAddsASecretToARenamedFolder(t *testing.T) {
	h := newHost(map[string]string{"d/x": "file"})
	_, x := mounted(t, h, func(f *Folder) {
		f.Policy = rules(t, perm.Permissions{Default: operations(perm.All), Rules: []perm.Rule{{Pattern: "d/x/**", Deny: perm.Read | perm.List}}})
	})
	x.Is(fsapi.EACCES, x.Root.RenameAt("data/d", x.Root, "tmp/d"))
	h.remove("d")
	h.put("e/x", "file")
	x.OK(x.Root.RenameAt("data/e", x.Root, "tmp/e"))
	h.remove("e/x")
	h.put("e/x/secret", "secret")
	_, y := mounted(t, h, func(f *Folder) {
		f.Policy = rules(t, perm.Permissions{Default: operations(perm.All), Rules: []perm.Rule{{Pattern: "e/x/*", Deny: perm.Read}}})
	})
	y.Names("data/e")
	h.remove("e/x")
	h.put("e/x", "file again")
	y.OK(y.Root.RenameAt("data/e", y.Root, "tmp/e"))
	h.remove("e/x")
	h.put("e/x/secret", "secret")
	require.NotEqual(t, fsapi.ESUCCESS, open(y, "tmp/e/x/secret", fsapi.OpenRead))
}
