package escapetest

import (
	"fmt"
	"os"

	"github.com/funcbox/funcbox/vfs"
)

// handles are attempts with directories that are held open.
func handles() []Attempt {
	held := func(name string, steps ...Step) Attempt {
		return Attempt{Name: "held, " + name, Steps: steps, Handles: true}
	}
	return []Attempt{
		held("dots", step("ok", "opendir", "/data/sub", "d"), step("EACCES", "read", "@d/../public.txt"),
			step("EACCES", "read", "@d/../../outside/secret.txt"), step("EACCES", "list", "@d/.."),
			step("EACCES", "stat", "@d/private/../../denied/secret.txt"), step("=public", "read", "@d/public.txt"),
			step("EACCES", "read", "@d/.env")),
		held("dots of a mount", step("ok", "opendir", "/data", "d"), step("EACCES", "stat", "@d/.."),
			step("EACCES", "read", "@d/../outside/secret.txt"), step("EACCES", "read", "@d/denied/secret.txt"),
			step("EACCES", "mkdir", "@d/../x")),
		held("a closed folder", step("EACCES", "opendir", "/data/denied", "d"),
			step("EACCES", "opendir", "/data/hidden", "d")),
		held("over a rename", step("ok", "opendir", "/data/out/full", "d"),
			step("ok", "rename", "/data/out/full", "/workspace/full"), step("EACCES", "list", "@d/.."),
			step("EACCES", "read", "@d/../../data/denied/secret.txt"),
			step("ok", "write", "@d/.env", "mine"),
			step("EACCES", "rename", "/workspace/full", "/data/out/closed/full")),
		held("over a rename into what is closed", step("ok", "mkdir", "/workspace/d"),
			step("ok", "opendir", "/workspace/d", "d"), step("EACCES", "rename", "/workspace/d", "/data/denied/d"),
			step("EACCES|ok", "rename", "/workspace/d", "/data/out/d"),
			step("EACCES", "write", "@d/.env", "x"), step("EACCES", "write", "@d/a.key", "x"),
			step("ok", "write", "@d/a", "x")),
		held("renaming out of it", step("ok", "opendir", "/data", "d"), step("ok", "opendir", "/workspace", "w"),
			step("EACCES", "rename", "@d/denied/secret.txt", "@w/got"),
			step("EACCES", "rename", "@d/public.txt", "@w/got"),
			step("EACCES", "rename", "@d/.env", "@w/got"), step("ENOENT", "stat", "@w/got")),
		held("linking out of it", step("ok", "opendir", "/data", "d"), step("ok", "opendir", "/workspace", "w"),
			step("EPERM", "link", "@d/public.txt", "@w/got"),
			step("EACCES", "link", "@d/denied/secret.txt", "@w/got")),
		held("a link in it", step("ok", "opendir", "/data/out", "d"), step("ok", "symlink", "../denied", "@d/l"),
			step("EACCES", "read", "@d/l/secret.txt"), step("EACCES", "list", "@d/l"),
			step("EACCES", "write", "@d/l/x", "x")),
		held("the host's link in it", step("ok", "opendir", "/data", "d"), step("EACCES", "read", "@d/link-out"),
			step("EACCES", "list", "@d/link-out-dir"), step("EACCES", "opendir", "@d/link-up", "e")),
		held("after it was removed", step("ok", "mkdir", "/data/out/gone"),
			step("ok", "opendir", "/data/out/gone", "d"), step("ok", "rmdir", "/data/out/gone"),
			step("ENOENT", "write", "@d/x", "x"), step("EACCES", "list", "@d/.."), step("ENOENT", "mkdir", "@d/x"),
			step("ok", "symlink", "../denied", "/data/out/gone"), step("ENOENT", "read", "@d/secret.txt")),
		held("its own times", step("ok", "opendir", "/ro", "d"), step("EACCES", "utimes", "@d/."),
			step("EACCES", "utimes", "@d/dir")),
		held("the root", step("ok", "opendir", "/", "r"), step("EACCES", "read", "@r/data/denied/secret.txt"),
			step("ENOENT", "read", "@r/../..{base}/outside/secret.txt"), step("EACCES", "read", "@r/../data/.env")),
		held("absolute paths", step("ok", "opendir", "/data/out", "d"),
			step("EACCES|ENOENT", "read", "@d//data/denied/secret.txt"),
			step("EACCES|ENOENT", "read", "@d/{base}/outside/secret.txt")),
	}
}

// races are attempts while something changes: on the host between two steps and
// during the call, and between calls on one mount.
func races() []Attempt {
	var all []Attempt
	for name, follow := range map[string]vfs.FollowMode{"never": vfs.FollowNever, "restricted": vfs.FollowRestricted} {
		rules := Rules{Follow: follow}
		between := func(what string, pause func(w *World), steps ...Step) Attempt {
			return Attempt{Name: "meanwhile, " + what + ", " + name, Rules: rules, Pause: pause, Steps: steps}
		}
		all = append(all,
			between("a file becomes a link out", func(w *World) { w.Symlink("../outside/secret.txt", "data/public.txt") },
				step("=file 6", "stat", "/data/public.txt"), step("ok", "pause"),
				step("any", "read", "/data/public.txt"), step("any", "stat", "/data/public.txt"),
				step("any", "open", 1, "/data/public.txt", "r"), step("any", "fread", 1)),
			between("an open file becomes a link out", func(w *World) { w.Symlink("../outside/secret.txt", "data/public.txt") },
				step("ok", "open", 1, "/data/public.txt", "r"), step("ok", "pause"), step("any", "fread", 1),
				step("any", "fstat", 1), step("any", "read", "/data/public.txt")),
			between("an unread file becomes a link to a denied one", func(w *World) { w.Symlink("denied/secret.txt", "data/public.txt") },
				step("ok", "list", "/data"), step("ok", "pause"), step("any", "read", "/data/public.txt"),
				step("any", "stat", "/data/public.txt")),
			between("a folder becomes a link out", func(w *World) { w.Rename("data/sub", "data/sub2"); w.Symlink("../outside", "data/sub") },
				step("=public", "read", "/data/sub/public.txt"), step("ok", "pause"),
				step("any", "read", "/data/sub/secret.txt"), step("any", "list", "/data/sub"),
				step("any", "read", "/data/sub/public.txt"), step("any", "read", "/data/sub/folder/secret.txt")),
			between("an unlisted folder becomes a link out", func(w *World) { w.Rename("data/keys", "data/keys2"); w.Symlink(w.path("outside"), "data/keys") },
				step("=dir", "stat", "/data/keys"), step("ok", "pause"), step("any", "list", "/data/keys"),
				step("any", "read", "/data/keys/secret.txt"), step("any", "read", "/data/keys/folder/secret.txt")),
			between("the mount becomes a link out", func(w *World) { w.Rename("ro", "ro2"); w.Symlink("outside", "ro") },
				step("=a", "read", "/ro/a.txt"), step("ok", "pause"), step("any", "list", "/ro"),
				step("ENOENT|EACCES", "read", "/ro/secret.txt"),
				step("ENOENT|EACCES", "read", "/ro/folder/secret.txt"), step("any", "read", "/ro/dir/b.txt")),
			between("a new link out appears", func(w *World) {
				w.Symlink("../outside/secret.txt", "data/fresh")
				w.Symlink("../outside", "data/fresh-dir")
			},
				step("ok", "list", "/data/out"), step("ok", "pause"), step("any", "read", "/data/fresh"),
				step("any", "list", "/data/fresh-dir"), step("any", "read", "/data/fresh-dir/secret.txt"),
				step("any", "write", "/data/fresh-dir/new.txt", "x")),
			between("a file becomes a folder", func(w *World) { _ = os.Remove(w.path("data/public.txt")); w.Put("data/public.txt/.env", secret) },
				step("=file 6", "stat", "/data/public.txt"), step("ok", "pause"),
				step("any", "read", "/data/public.txt"), step("any", "list", "/data/public.txt"),
				step("any", "read", "/data/public.txt/.env")),
			between("a closed file moves to where it is open", func(w *World) { w.Rename("data/out/old.txt", "data/out/older.txt"); w.Put("data/out/old.txt", "other") },
				step("=old", "read", "/data/out/old.txt"), step("ok", "pause"),
				step("=old", "read", "/data/out/old.txt"), step("ok", "write", "/data/out/old.txt", "mine"),
				step("=mine", "read", "/data/out/old.txt")),
			between("a name becomes excluded by its link", func(w *World) { w.Symlink(".env", "data/sub/public.txt") },
				step("ok", "list", "/data/sub"), step("ok", "pause"), step("any", "read", "/data/sub/public.txt")),
		)
		race := func(what string, hook func(w *World, round int), steps ...Step) Attempt {
			return Attempt{Name: "at the same time, " + what + ", " + name, Rules: rules, Race: hook, Repeat: 25, Steps: steps}
		}
		all = append(all,
			race("a file is swapped with a link out", func(w *World, round int) {
				if round%2 == 0 {
					w.Symlink("../outside/secret.txt", "data/racy")
				} else {
					w.Put("data/racy", "public")
				}
			}, step("any", "read", "/data/racy"), step("any", "stat", "/data/racy"),
				step("any", "list", "/data/keys")),
			race("a folder is swapped with a link out", func(w *World, round int) {
				w.Put("data/racy/real/a.txt", "public")
				w.Rename("data/racy/real", "data/racy/a")
				w.Symlink("../../outside", "data/racy/real")
				_ = os.Remove(w.path("data/racy/real"))
				w.must(os.RemoveAll(w.path("data/racy/a")))
			}, step("any", "read", "/data/racy/real/secret.txt"), step("any", "list", "/data/racy/real"),
				step("any", "read", "/data/racy/real/a.txt"),
				step("any", "read", "/data/racy/real/folder/secret.txt")),
			race("a link is turned round", func(w *World, round int) {
				w.Symlink([]string{"public.txt", "../outside/secret.txt", "denied/secret.txt", "racy-link"}[round%4], "data/racy-link")
			}, step("any", "read", "/data/racy-link"), step("any", "stat", "/data/racy-link"),
				step("any", "readlink", "/data/racy-link"), step("any", "write", "/data/racy-link", "x")),
			race("new names appear", func(w *World, round int) {
				w.Symlink("../../outside/secret.txt", fmt.Sprintf("data/out/r%d", round%50))
			}, step("any", "read", "/data/out/r1"), step("any", "list", "/data/out"),
				step("any", "write", "/data/out/r7", "x"), step("any", "rename", "/data/out/r9", "/workspace/r9"),
				step("any", "read", "/workspace/r9")),
		)
	}
	for name, steps := range map[string][]Step{
		"reading and writing": {
			step("=old", "read", "/data/out/old.txt"), step("ok", "write", "/data/out/old.txt", "mine"),
			step("=mine", "read", "/data/out/old.txt"), step("EACCES", "read", "/data/denied/secret.txt"),
		},
		"creating": {step("ok", "create", "/data/out/new"), step("EEXIST", "create", "/data/out/new"),
			step("ok", "write", "/data/out/new", "x"), step("=x", "read", "/data/out/new")},
		"deleting": {step("ok", "unlink", "/data/out/old.txt"), step("ENOENT", "read", "/data/out/old.txt"),
			step("ok", "unlink", "/data/out/full/a.txt"), step("ok", "rmdir", "/data/out/full")},
		"renaming": {step("ok", "rename", "/data/out/old.txt", "/workspace/o"),
			step("=old", "read", "/workspace/o"), step("ENOENT", "read", "/data/out/old.txt"),
			step("EACCES", "rename", "/data/denied", "/workspace/d")},
		"links": {step("ok", "symlink", "../denied/secret.txt", "/data/out/l"),
			step("EACCES", "read", "/data/out/l"), step("ok", "unlink", "/data/out/l"),
			step("ok", "write", "/data/out/l", "x")},
		"temporary files": {step("ENOENT|any", "stat", "/tmp/left"), step("ok", "create", "/tmp/left"),
			step("ok", "create", "/workspace/left")},
	} {
		all = append(all, Attempt{Name: "two calls on one mount, " + name, Parallel: 8, Steps: steps})
	}
	return all
}
