package vfs

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

func linkHost() *host {
	h := newHost(map[string]string{
		"a": "text", "d/b": "more", "secret/s": "secret",
		"to-a -> a": "", "to-d -> d": "", "d/up -> ../a": "", "absolute -> /host/d": "", "chain -> to-d/up": "",
		"out -> /outside": "", "out-file -> /outside/f": "", "etc -> /etc": "", "above -> ../x": "", "loop -> loop": "",
		"to-secret -> secret": "", "secret-link -> a": "",
	})
	away := newHost(map[string]string{"f": "away", "e/g": "far", "self -> .": "", "e/back -> ../f": "", "again -> /outside/e": ""})
	h.away["/outside"], away.away["/outside"] = away, away
	return h
}

func TestFollow(t *testing.T) {
	for _, c := range []struct {
		path string
		want map[FollowMode]string // contents; else EACCES
	}{
		{"to-a", map[FollowMode]string{FollowRestricted: "text", FollowAlways: "text"}},
		{"to-d/b", map[FollowMode]string{FollowRestricted: "more", FollowAlways: "more"}},
		{"d/up", map[FollowMode]string{FollowRestricted: "text", FollowAlways: "text"}},
		{"absolute/b", map[FollowMode]string{FollowRestricted: "more", FollowAlways: "more"}},
		{"chain", map[FollowMode]string{FollowRestricted: "text", FollowAlways: "text"}},
		{"out/f", map[FollowMode]string{FollowAlways: "away"}},
		{"out-file", map[FollowMode]string{FollowAlways: "away"}},
		{"out/e/../e/g", map[FollowMode]string{FollowAlways: "far"}},
		{"out/self/self/self/f", map[FollowMode]string{FollowAlways: "away"}},
		{"out/e/back", map[FollowMode]string{FollowAlways: "away"}},
		{"out/again/g", map[FollowMode]string{FollowAlways: "far"}},
		{"out/../a", map[FollowMode]string{FollowAlways: "text"}},
	} {
		for _, mode := range []FollowMode{FollowNever, FollowRestricted, FollowAlways} {
			t.Run(fmt.Sprintf("%d %s", mode, c.path), func(t *testing.T) {
				files, x := mounted(t, linkHost(), func(f *Folder) { f.Follow = mode })
				want, followed := c.want[mode]
				if followed {
					require.Equal(t, want, x.Read("data/"+c.path))
					require.True(t, unchanged(files))
					return
				}
				x.Is(fsapi.EACCES, open(x, "data/"+c.path, fsapi.OpenRead))
				denied, _ := files.Denied()
				require.Len(t, denied, 1)
				require.Contains(t, denied[0].Reason, "symbolic link")
			})
		}
	}
}

func TestLinksOfTheHost(t *testing.T) {
	_, x := mounted(t, linkHost(), nil)
	target, errno := x.Root.ReadlinkAt("data/to-a")
	x.OK(errno)
	require.Equal(t, "a", target)
	target, errno = x.Root.ReadlinkAt("data/absolute")
	x.OK(errno)
	require.Equal(t, "/data/d", target, "not the host's path")
	lstat, errno := x.Root.StatAt("data/to-a", false)
	x.OK(errno)
	require.Equal(t, fsapi.TypeSymbolicLink, lstat.Type)
	require.EqualValues(t, 1, lstat.Size)
	x.Is(fsapi.EACCES, stat(x, "data/to-a"))
	x.OK(x.Root.UnlinkAt("data/out"))
	x.Symlink("a", "data/mine")
	require.Equal(t, "text", x.Read("data/mine"), "those of the guest are always followed")

	_, x = mounted(t, linkHost(), func(f *Folder) { f.Follow = FollowAlways })
	x.Is(fsapi.ELOOP, open(x, "data/loop", fsapi.OpenRead))
	x.Is(fsapi.ENOENT, open(x, "data/etc/passwd", fsapi.OpenRead))
	x.OK(x.Root.RenameAt("data/d", x.Root, "data/n"))
	x.Is(fsapi.ENOENT, open(x, "data/to-d/b", fsapi.OpenRead))
	require.Equal(t, "text", x.Read("data/n/up"))
	x.Write("tmp/a", "other")
	x.OK(x.Root.RenameAt("data/n", x.Root, "tmp/n"))
	require.Equal(t, "other", x.Read("tmp/n/up"), "relative links are relative to where they are")
}

func TestOutside(t *testing.T) {
	h := linkHost()
	files, x := mounted(t, h, func(f *Folder) { f.Follow = FollowAlways })
	x.Write("data/out/f", "new")
	x.Write("data/out/e/made", "")
	x.Write("data/out-file", "also")
	require.Equal(t, "new", x.Read("data/out/f"))
	require.Equal(t, "away", string(h.away["/outside"].files["f"].data))
	require.Equal(t, []string{"create /data/out/e/made >", "modify /data/out-file away>also", "modify /data/out/f away>new"}, summary(files.Changes()))
	x.OK(x.Root.RenameAt("data/out", x.Root, "data/moved"))
	require.Equal(t, "new", x.Read("data/moved/f"))
	x.Is(fsapi.ENOENT, stat(x, "data/out/f"))
	x.OK(x.Root.UnlinkAt("data/moved"))
	x.Is(fsapi.ENOENT, stat(x, "data/moved/f"))
	require.EqualValues(t, nodeCost+4, files.Used(), "what was below the link is free again")

	// Links to places above themselves make a tree without end, but not of the
	// host's memory.
	here := x.OpenDir("data")
	x.OK(x.Root.UnlinkAt("data/out-file"))
	h.put("round -> /outside", "")
	h.away["/outside"].put("deeper -> /outside", "")
	here, _, errno := here.OpenAt("round", fsapi.OpenRead|fsapi.OpenDirectory|fsapi.OpenFollow)
	x.OK(errno)
	for errno == 0 {
		here, _, errno = here.OpenAt("deeper", fsapi.OpenRead|fsapi.OpenDirectory|fsapi.OpenFollow)
	}
	x.Is(fsapi.ENOSPC, errno)
}

func TestLinksArePermittedByWhereTheyLead(t *testing.T) {
	_, x := mounted(t, linkHost(), func(f *Folder) {
		f.Follow = FollowAlways
		f.Policy = rules(t, perm.Permissions{
			Rules:   []perm.Rule{{Pattern: "out/f", Deny: perm.Read}, {Pattern: "d/b", Allow: perm.Modify}},
			Exclude: []string{"/data/secret", "secret-link"},
		})
	})
	x.Is(fsapi.EACCES, open(x, "data/to-secret/s", fsapi.OpenRead))
	x.Is(fsapi.EACCES, open(x, "data/secret-link", fsapi.OpenRead))
	x.Is(fsapi.EACCES, open(x, "data/out/f", fsapi.OpenRead))
	x.OK(open(x, "data/out/e/g", fsapi.OpenRead))
	x.Is(fsapi.EACCES, open(x, "data/out/e/g", fsapi.OpenWrite))
	x.OK(open(x, "data/to-d/b", fsapi.OpenWrite))
	x.Is(fsapi.EACCES, open(x, "data/to-a", fsapi.OpenWrite))
	x.Symlink("/data/out", "tmp/l")
	x.Is(fsapi.EACCES, open(x, "tmp/l/f", fsapi.OpenRead))
}
