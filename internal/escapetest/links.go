package escapetest

import (
	"fmt"

	"github.com/funcbox/funcbox/vfs"
)

// links are attempts with symbolic and hard links that the guest makes: they mean
// paths of the tree, and rules hold for where they lead.
func links() []Attempt {
	var all []Attempt
	for name, c := range map[string]struct{ target, want string }{
		"to the host's path":         {"{base}/outside/secret.txt", "ENOENT"},
		"to the neighbor":            {"../outside/secret.txt", "ENOENT"},
		"to the neighbor, absolute":  {"/outside/secret.txt", "ENOENT"},
		"with dots in plenty":        {"../../../../../../../..{base}/outside/secret.txt", "ENOENT"},
		"to passwords":               {"/etc/passwd", "ENOENT"},
		"to proc":                    {"/proc/self/environ", "ENOENT"},
		"to a denied file":           {"/data/denied/secret.txt", "EACCES"},
		"to a denied file, relative": {"../denied/secret.txt", "EACCES"},
		"to an excluded name":        {"../.env", "EACCES"},
		"to an excluded folder":      {"/data/hidden/secret.txt", "EACCES"},
		"to an excluded pattern":     {"../keys/a.key", "EACCES"},
		"to an unreadable file":      {"../noread/secret.txt", "EACCES"},
		"through the host's link":    {"../link-out", "EACCES"},
		"below the host's link":      {"../link-out-dir/secret.txt", "EACCES"},
		"to a missing file":          {"../nothing", "ENOENT"},
		"to itself":                  {"l", "ELOOP"},
		"below itself":               {"l/a", "ELOOP"},
		"into the other mount":       {"../nested/.env", "EACCES"},
		"to a device that is none":   {"/dev/mem", "ENOENT"},
		"to the other mount, denied": {"/ro/../data/denied/secret.txt", "EACCES"},
	} {
		all = append(all, Attempt{Name: "link " + name, Steps: []Step{
			step("ok", "symlink", c.target, "/data/out/l"),
			step(c.want, "read", "/data/out/l"),
			step("="+c.target+"|any", "readlink", "/data/out/l"),
			step("=link", "lstat", "/data/out/l"),
			step(c.want+"|ENOTDIR", "list", "/data/out/l"),
			step(c.want+"|ENOTDIR", "read", "/data/out/l/"),
			step("ok", "rename", "/data/out/l", "/workspace/l"),
			step("any", "read", "/workspace/l"),
			step("any", "list", "/workspace/l"),
			step("any", "unlink", "/workspace/l"),
		}})
	}
	for name, c := range map[string]struct{ target, path, want string }{
		"a denied folder":        {"/data/denied", "secret.txt", "EACCES"},
		"an excluded folder":     {"/data/hidden", "secret.txt", "EACCES"},
		"a folder that excludes": {"/data/sub", ".env", "EACCES"},
		"the mount":              {"/data", "denied/secret.txt", "EACCES"},
		"the root":               {"/", "data/denied/secret.txt", "EACCES"},
		"nothing, by dots":       {"..", "outside/secret.txt", "ENOENT"},
		"dots and dots":          {"../../..", "data/denied/secret.txt", "EACCES"},
		"the unlistable folder":  {"/data/nolist", "", "EACCES"},
	} {
		all = append(all, Attempt{Name: "link to " + name + ", and below", Steps: []Step{
			step("ok", "symlink", c.target, "/workspace/l"),
			step(c.want, "list", "/workspace/l/"+c.path),
			step(c.want+"|EISDIR", "read", "/workspace/l/"+c.path),
			step(c.want+"|EISDIR|EEXIST|EBUSY", "write", "/workspace/l/"+c.path, "x"),
			step("any", "stat", "/workspace/l/"+c.path),
		}})
	}
	var chain []Step
	for i := range 60 {
		chain = append(chain, step("ok", "symlink", fmt.Sprintf("c%d", i), fmt.Sprintf("/data/out/c%d", i+1)))
	}
	chain = append(chain,
		step("ok", "symlink", "../denied/secret.txt", "/data/out/c0"), step("EACCES", "read", "/data/out/c0"),
		step("EACCES", "read", "/data/out/c20"),
		step("ELOOP|EACCES", "read", "/data/out/c60"))
	return append(all,
		Attempt{Name: "link in a long chain", Steps: chain},
		Attempt{Name: "link that is a step to another", Steps: []Step{
			step("ok", "symlink", "/data", "/workspace/a"), step("ok", "symlink", "a/denied", "/workspace/b"),
			step("ok", "symlink", "b/sub/../secret.txt", "/workspace/c"),
			step("EACCES", "read", "/workspace/c"), step("EACCES", "list", "/workspace/b"),
			step("EACCES", "stat", "/workspace/b/MARKER.txt"),
		}},
		Attempt{Name: "link to create through", Steps: []Step{
			step("ok", "symlink", "../denied/new.txt", "/data/out/l"), step("EACCES", "write", "/data/out/l", "x"),
			step("EACCES", "append", "/data/out/l", "x"),
			step("ok", "symlink", "/ro/new.txt", "/data/out/m"), step("EACCES", "write", "/data/out/m", "x"),
			step("EACCES", "truncate", "/data/out/l", 0),
			step("ok", "symlink", "/data/new.txt", "/data/out/n"), step("EACCES", "write", "/data/out/n", "x"),
			step("EEXIST", "create", "/data/out/n"),
		}},
		Attempt{Name: "link to write through", Steps: []Step{
			step("ok", "symlink", "/ro/a.txt", "/workspace/l"), step("=a", "read", "/workspace/l"),
			step("EACCES", "write", "/workspace/l", "x"),
			step("EACCES", "append", "/workspace/l", "x"), step("EACCES", "truncate", "/workspace/l", 0),
			step("EACCES", "utimes", "/workspace/l"),
			step("=a", "read", "/ro/a.txt"),
		}},
		Attempt{Name: "link to delete through", Steps: []Step{
			step("ok", "symlink", "/ro", "/workspace/l"), step("EACCES", "unlink", "/workspace/l/a.txt"),
			step("EACCES|ENOTEMPTY", "rmdir", "/workspace/l/dir"),
			step("EACCES", "rename", "/workspace/l/a.txt", "/workspace/a.txt"),
			step("EACCES", "rename", "/workspace/l/dir", "/workspace/dir"),
			step("ENOTDIR", "rmdir", "/workspace/l"), step("ok", "unlink", "/workspace/l"),
			step("=a.txt,dir,link-data", "list", "/ro"),
		}},
		Attempt{Name: "link put where one may not create", Steps: []Step{
			step("EACCES", "symlink", "out/old.txt", "/data/new"), step("EACCES", "symlink", "x", "/data/denied/new"),
			step("EACCES", "symlink", "x", "/ro/new"),
			step("EACCES", "symlink", "x", "/data/out/.env"), step("EACCES", "symlink", "x", "/data/out/b.key"),
			step("EACCES", "symlink", "x", "/data/nocreate/l"),
		}},
		Attempt{Name: "link in place of a folder", Steps: []Step{
			step("ok", "unlink", "/data/out/full/a.txt"), step("ok", "rmdir", "/data/out/full"),
			step("ok", "symlink", "../denied", "/data/out/full"),
			step("EACCES", "read", "/data/out/full/secret.txt"), step("EACCES", "list", "/data/out/full"),
			step("EACCES", "write", "/data/out/full/new", "x"),
		}},
		Attempt{Name: "link swapped under an open file", Steps: []Step{
			step("ok", "open", 1, "/data/out/old.txt", "r+"), step("ok", "unlink", "/data/out/old.txt"),
			step("ok", "symlink", "../denied/secret.txt", "/data/out/old.txt"),
			step("=old", "fread", 1), step("EACCES", "read", "/data/out/old.txt"), step("ok", "fwrite", 1, "new"),
			step("EACCES", "write", "/data/out/old.txt", "x"),
		}},
		Attempt{Name: "link that is hard", Steps: []Step{
			step("EPERM", "link", "/data/public.txt", "/data/out/l"),
			step("EPERM", "link", "/ro/a.txt", "/workspace/l"),
			step("EACCES", "link", "/data/denied/secret.txt", "/workspace/l"),
			step("EACCES", "link", "/data/.env", "/data/out/l"),
			step("EPERM", "link", "/data/noread/secret.txt", "/workspace/l"),
			step("EPERM", "link", "/data/link-out", "/workspace/l"),
			step("EACCES", "link", "/data/public.txt", "/data/denied/l"), step("ENOENT", "stat", "/workspace/l"),
			step("EPERM", "link", "/data/out", "/workspace/l"),
		}},
		Attempt{Name: "link of which the rest is denied, ignored", Rules: Rules{OnDenied: vfs.Ignore}, Steps: []Step{
			step("ok", "symlink", "../denied/secret.txt", "/data/out/l"), step("ENOENT", "read", "/data/out/l"),
			step("any", "write", "/data/out/l", "x"),
			step("ENOENT", "read", "/data/out/l"), step("ENOENT", "read", "/data/denied/secret.txt"),
		}},
	)
}

// hostLinks are attempts with the symbolic links that the host has in its folders,
// followed never, or where they stay inside.
func hostLinks() []Attempt {
	var all []Attempt
	for _, c := range []struct{ path, never, restricted string }{
		{"/data/link-out", "EACCES", "EACCES"},
		{"/data/link-abs", "EACCES", "EACCES"},
		{"/data/link-etc", "EACCES", "EACCES"},
		{"/data/link-proc", "EACCES", "EACCES"},
		{"/data/link-denied", "EACCES", "EACCES"},
		{"/data/link-env", "EACCES", "EACCES"},
		{"/data/link-loop", "EACCES", "ELOOP"},
		{"/data/link-back", "EACCES", "EACCES"},
		{"/data/chain-1", "EACCES", "EACCES"},
		{"/data/out/link-out", "EACCES", "EACCES"},
		{"/data/out/link-denied", "EACCES", "EACCES"},
		{"/ro/link-data", "EACCES", "EACCES"},
		{"/data/link-out-dir/secret.txt", "EACCES", "EACCES"},
		{"/data/link-out-dir/folder/secret.txt", "EACCES", "EACCES"},
		{"/data/link-out-dir/../outside/secret.txt", "EACCES", "EACCES"},
		{"/data/link-abs-dir/secret.txt", "EACCES", "EACCES"},
		{"/data/link-root/etc/passwd", "EACCES", "EACCES"},
		{"/data/link-up/outside/secret.txt", "EACCES", "EACCES"},
		{"/data/link-up/data/denied/secret.txt", "EACCES", "EACCES"},
		{"/data/link-denied-dir/secret.txt", "EACCES", "EACCES"},
		{"/data/link-denied-dir/../public.txt/../denied/secret.txt", "EACCES", "EACCES|ENOTDIR"},
		{"/data/link-database/secret.txt", "EACCES", "EACCES"},
		{"/data/sub/chain-2", "EACCES", "EACCES"},
		{"/data/link-new", "EACCES", "EACCES"},
	} {
		for name, follow := range map[string]vfs.FollowMode{"never": vfs.FollowNever, "restricted": vfs.FollowRestricted} {
			want := c.never
			if follow == vfs.FollowRestricted {
				want = c.restricted
			}
			all = append(all, Attempt{Name: "host's link " + c.path + ", " + name, Rules: Rules{Follow: follow}, Steps: []Step{
				step(want, "read", c.path), step(want, "stat", c.path), step(want, "list", c.path),
				step(want, "write", c.path, "x"),
				step(want, "append", c.path, "x"), step(want, "truncate", c.path, 0), step(want, "utimes", c.path),
				step(want, "read", c.path+"/"),
				step(want+"|EACCES|EEXIST", "create", c.path), step("any", "lstat", c.path),
				step(want, "mkdir", c.path+"/new"), step(want, "symlink", "x", c.path+"/new"),
				step("ok|ENOENT", "symlink", c.path, "/workspace/l"), step(want, "read", "/workspace/l"),
				step(want+"|ok", "write", "/workspace/l", "x"), // ok: a file, where the link could not be made
			}})
		}
	}
	return append(all,
		Attempt{Name: "host's links that stay inside, never", Unresolved: true, Steps: []Step{
			step("EACCES", "read", "/data/link-in"), step("=link", "lstat", "/data/link-in"),
			step("=public.txt", "readlink", "/data/link-in"),
		}},
		Attempt{Name: "host's links that stay inside, restricted", Rules: Rules{Follow: vfs.FollowRestricted}, Steps: []Step{
			step("=public", "read", "/data/link-in"), step("EACCES", "write", "/data/link-in", "x"),
			step("EACCES", "unlink", "/data/link-in"),
			step("EACCES", "rename", "/data/link-in", "/workspace/l"),
		}},
		// Those that lead out are followed then, and reading there is no escape. What is
		// closed stays so by the ways that stay inside, and nothing is written out there.
		Attempt{Name: "host's links, always, to what is closed", Rules: Rules{Follow: vfs.FollowAlways}, Steps: []Step{
			step("EACCES", "read", "/data/link-denied"), step("EACCES", "read", "/data/link-denied-dir/secret.txt"),
			step("EACCES", "list", "/data/link-denied-dir"),
			step("EACCES", "read", "/data/link-env"), step("EACCES", "read", "/data/link-back"),
			step("EACCES", "read", "/data/out/link-denied"), step("ELOOP", "read", "/data/link-loop"),
		}},
		Attempt{Name: "host's links, always, writing through them", Rules: Rules{Follow: vfs.FollowAlways}, Steps: []Step{
			step("EACCES", "write", "/data/link-out", "x"), step("EACCES|ENOENT", "write", "/data/link-new", "x"),
			step("EACCES", "write", "/data/link-out-dir/secret.txt", "x"),
			step("EACCES", "write", "/data/link-out-dir/new.txt", "x"),
			step("EACCES", "unlink", "/data/link-out-dir/secret.txt"),
			step("EACCES", "rename", "/data/link-out-dir/secret.txt", "/workspace/got"),
			step("EACCES", "mkdir", "/data/link-abs-dir/new"), step("EACCES", "utimes", "/data/link-abs"),
			step("ok|ENOENT", "write", "/data/out/link-out", "mine"), step("=mine|ENOENT", "read", "/data/out/link-out"),
			step("any", "write", "/data/out/link-new", "mine"), step("ok", "unlink", "/data/out/link-out"),
		}},
		Attempt{Name: "host's links, always, with excluded names behind them", Rules: Rules{Follow: vfs.FollowAlways}, Setup: func(w *World) {
			w.Put("outside/.env", secret)
			w.Put("outside/hidden/a.txt", secret)
		}, Steps: []Step{
			step("EACCES", "read", "/data/link-out-dir/.env"), step("EACCES", "list", "/data/link-out-dir/hidden"),
			step("EACCES", "read", "/data/link-abs-dir/hidden/a.txt"),
			step("EACCES", "read", "/data/link-up/outside/.env"),
		}},
		Attempt{Name: "host's links moved to where they would lead elsewhere", Rules: Rules{Follow: vfs.FollowRestricted}, Steps: []Step{
			step("ok", "rename", "/data/out/link-denied", "/data/out/full/l"),
			step("any", "read", "/data/out/full/l"),
			step("ok", "rename", "/data/out/full/l", "/workspace/l"), step("any", "read", "/workspace/l"),
			step("ok", "rename", "/data/out/link-out", "/workspace/m"), step("any", "read", "/workspace/m"),
			step("any", "write", "/workspace/m", "x"),
			step("ok", "rename", "/data/out/link-new", "/n"), step("any", "write", "/n", "x"),
			step("any", "read", "/n"),
		}},
	)
}
