package escapetest

import "github.com/funcbox/funcbox/vfs"

// protected are files that a guest may neither read nor list, by why.
var protected = map[string][]string{
	"denied":         {"/data/denied/secret.txt", "/data/denied/sub/secret.txt", "/data/out/closed/secret.txt"},
	"excluded":       {"/data/.env", "/data/sub/.env", "/data/keys/a.key", "/data/hidden/secret.txt", "/data/sub/private/MARKER.txt", "/data/hidden/MARKER/secret.txt"},
	"missing denied": {"/data/denied/nothing", "/data/hidden/nothing", "/data/out/.env", "/data/out/b.key", "/data/out/.env/x", "/data/denied/sub/no/thing"},
}

// refusals are attempts to do what rules forbid, in every way there is.
func refusals() []Attempt {
	var all []Attempt
	for _, operation := range []Step{
		step("", "read", "?"), step("", "stat", "?"), step("", "lstat", "?"), step("", "list", "?"),
		step("", "open", 1, "?", "r"), step("", "open", 1, "?", "r+"),
		step("", "open", 1, "?", "w"), step("", "open", 1, "?", "w+"), step("", "open", 1, "?", "a"),
		step("", "write", "?", "x"), step("", "append", "?", "x"),
		step("", "create", "?"), step("", "truncate", "?", 0), step("", "mkdir", "?"), step("", "rmdir", "?"),
		step("", "unlink", "?"), step("", "utimes", "?"),
		step("", "readlink", "?"), step("", "symlink", "x", "?"), step("", "rename", "?", "/workspace/got"),
		step("", "rename", "/workspace/mine", "?"),
		step("", "link", "?", "/workspace/got"), step("", "link", "/workspace/mine", "?"), step("", "chdir", "?"),
	} {
		for why, paths := range protected {
			steps := []Step{step("ok", "write", "/workspace/mine", "mine")}
			for _, path := range paths {
				args := append([]any(nil), operation.Args...)
				for i, arg := range args {
					if arg == "?" {
						args[i] = path
					}
				}
				steps = append(steps, step("EACCES", operation.Op, args...))
			}
			name := operation.Op
			if args := operation.Args; args[len(args)-1] == "?" && len(args) == 2 {
				name += " to"
			} else if operation.Op == "open" {
				name += " " + args[2].(string)
			}
			all = append(all, Attempt{Name: "refused, " + name + ", " + why, Steps: append(steps,
				step("=mine", "read", "/workspace/mine"), step("ENOENT", "stat", "/workspace/got"))})
		}
	}
	return append(all,
		Attempt{Name: "refused, names in listings", Steps: []Step{
			step("EACCES", "list", "/data/denied"), step("EACCES", "list", "/data/denied/sub"),
			step("EACCES", "list", "/data/hidden"), step("EACCES", "list", "/data/nolist"),
			step("EACCES", "list", "/data/dropbox"), step("ok", "list", "/data/sub"), step("ok", "list", "/data"),
			step("=a.txt", "list", "/data/keys"), step("ok", "list", "/data/out"),
		}},
		Attempt{Name: "refused, guessing names", Steps: []Step{
			// What is there and what is not must not be told apart.
			step("EACCES", "stat", "/data/denied/secret.txt"), step("EACCES", "stat", "/data/denied/nothing"),
			step("EACCES", "stat", "/data/denied/secret.txt/x"),
			step("EACCES", "stat", "/data/denied/nothing/x"), step("EACCES", "stat", "/data/denied/sub/"),
			step("EACCES", "stat", "/data/denied/secret.txt/"),
			step("EACCES", "mkdir", "/data/denied/secret.txt"), step("EACCES", "mkdir", "/data/denied/nothing"),
			step("EACCES", "create", "/data/denied/secret.txt"),
			step("EACCES", "rmdir", "/data/denied/sub"), step("EACCES", "rmdir", "/data/denied/nothing"),
			step("EACCES", "unlink", "/data/denied/sub"),
			step("EACCES", "stat", "/data/denied/sub/../secret.txt"),
			step("EACCES", "stat", "/data/denied/nothing/../secret.txt"),
		}},
		Attempt{Name: "refused, unreadable but listed", Steps: []Step{
			step("=secret.txt", "list", "/data/noread"), step("EACCES", "read", "/data/noread/secret.txt"),
			step("EACCES", "open", 1, "/data/noread/secret.txt", "r"),
			step("EACCES", "rename", "/data/noread/secret.txt", "/workspace/got"),
			step("EACCES", "rename", "/data/noread", "/workspace/got"),
			step("EACCES", "open", 1, "/data/noread/secret.txt", "r+"), step("EBADF", "fread", 1),
		}},
		Attempt{Name: "refused, readable but not listed", Steps: []Step{
			step("=public", "read", "/data/nolist/public.txt"), step("EACCES", "list", "/data/nolist/"),
			step("EACCES", "list", "/data/nolist/../nolist"),
			step("EACCES", "rename", "/data/nolist", "/workspace/got"),
		}},
		Attempt{Name: "refused, only to put things in", Steps: []Step{
			step("ok", "write", "/data/dropbox/new.txt", "mine"), step("EACCES", "read", "/data/dropbox/new.txt"),
			step("EACCES", "write", "/data/dropbox/new.txt", "again"),
			step("EACCES", "read", "/data/dropbox/MARKER.txt"),
			step("EACCES", "write", "/data/dropbox/MARKER.txt", "x"),
			step("EACCES", "unlink", "/data/dropbox/new.txt"),
			step("ok", "open", 1, "/data/dropbox/two.txt", "w+"), step("ok", "fwrite", 1, "mine"),
			step("=mine", "fread", 1),
			step("EACCES", "read", "/data/dropbox/two.txt"), step("ok", "open", 2, "/data/dropbox/three.txt", "w"),
			step("ok", "fwrite", 2, "x"), step("EBADF|EACCES", "fread", 2),
			step("EACCES", "rename", "/data/dropbox/MARKER.txt", "/data/dropbox/four.txt"),
			step("EACCES", "rename", "/data/dropbox/new.txt", "/workspace/new.txt"),
		}},
		Attempt{Name: "refused, no creating", Steps: []Step{
			step("EACCES", "write", "/data/nocreate/b.txt", "x"), step("EACCES", "create", "/data/nocreate/b.txt"),
			step("EACCES", "append", "/data/nocreate/b.txt", "x"),
			step("EACCES", "mkdir", "/data/nocreate/d"), step("EACCES", "symlink", "a.txt", "/data/nocreate/l"),
			step("EACCES", "rename", "/data/nocreate/a.txt", "/data/nocreate/b.txt"),
			step("ok", "write", "/workspace/w", "x"), step("EACCES", "rename", "/workspace/w", "/data/nocreate/w"),
			step("EEXIST", "create", "/data/nocreate/a.txt"),
			step("ok", "write", "/data/nocreate/a.txt", "changed"), step("ok", "unlink", "/data/nocreate/a.txt"),
			step("EACCES", "write", "/data/nocreate/a.txt", "x"),
		}},
		Attempt{Name: "refused, no modifying", Steps: []Step{
			step("EACCES", "write", "/data/nomodify/a.txt", "x"),
			step("EACCES", "append", "/data/nomodify/a.txt", "x"),
			step("EACCES", "truncate", "/data/nomodify/a.txt", 0),
			step("EACCES", "open", 1, "/data/nomodify/a.txt", "r+"),
			step("EACCES", "open", 1, "/data/nomodify/a.txt", "w+"), step("EACCES", "utimes", "/data/nomodify/a.txt"),
			step("ok", "write", "/data/nomodify/new.txt", "x"),
			step("EACCES", "rename", "/data/nomodify/new.txt", "/data/nomodify/a.txt"),
			step("=a", "read", "/data/nomodify/a.txt"),
		}},
		Attempt{Name: "refused, no deleting", Steps: []Step{
			step("EACCES", "unlink", "/data/nodelete/a.txt"),
			step("EACCES", "rename", "/data/nodelete/a.txt", "/workspace/a.txt"),
			step("EACCES", "rename", "/data/nodelete/a.txt", "/data/nodelete/b.txt"),
			step("ok", "mkdir", "/data/nodelete/d"), step("EACCES", "rmdir", "/data/nodelete/d"),
			step("EACCES", "rename", "/data/nodelete", "/workspace/n"),
			step("ok", "write", "/data/nodelete/a.txt", "changed"), step("=a.txt,d", "list", "/data/nodelete"),
		}},
		Attempt{Name: "refused, everything in the read-only mount", Steps: []Step{
			step("EACCES", "write", "/ro/a.txt", "x"), step("EACCES", "append", "/ro/a.txt", "x"),
			step("EACCES", "create", "/ro/new"), step("EEXIST", "create", "/ro/a.txt"),
			step("EACCES", "truncate", "/ro/a.txt", 0),
			step("EACCES", "open", 1, "/ro/a.txt", "r+"), step("EACCES", "open", 1, "/ro/a.txt", "a"),
			step("EACCES", "open", 1, "/ro/a.txt", "w"), step("EACCES", "unlink", "/ro/a.txt"),
			step("EACCES|ENOTEMPTY", "rmdir", "/ro/dir"), step("EACCES", "mkdir", "/ro/new"),
			step("EACCES", "symlink", "a.txt", "/ro/new"), step("EACCES", "rename", "/ro/a.txt", "/ro/b.txt"),
			step("EACCES", "rename", "/ro/a.txt", "/workspace/b.txt"),
			step("EACCES", "rename", "/ro/dir", "/workspace/dir"), step("EACCES", "utimes", "/ro/a.txt"),
			step("EACCES", "utimes", "/ro/dir"),
			step("EACCES", "utimes", "/ro"), step("=a", "read", "/ro/a.txt"),
			step("=a.txt,dir,link-data", "list", "/ro"),
		}},
		Attempt{Name: "refused, cutting what was opened for reading", Steps: []Step{
			step("ok", "open", 1, "/ro/a.txt", "r"), step("EBADF|EACCES|EINVAL", "fsize", 1, 0),
			step("EBADF|EACCES", "fwrite", 1, "x"), step("=a", "fread", 1), step("=a", "read", "/ro/a.txt"),
		}},
		Attempt{Name: "refused, opening for writing and cutting", Steps: []Step{
			step("EACCES", "open", 1, "/data/public.txt", "w"), step("EACCES", "open", 1, "/data/public.txt", "w+"),
			step("EACCES", "open", 1, "/data/noread/secret.txt", "w"),
			step("=public", "read", "/data/public.txt"), step("=file 6", "stat", "/data/public.txt"),
		}},
		Attempt{Name: "refused, over what may be changed", Steps: []Step{
			step("ok", "write", "/data/out/mine", "x"), step("EACCES", "rename", "/data/out/mine", "/data/public.txt"),
			step("EACCES", "rename", "/data/public.txt", "/data/out/mine"),
			step("EACCES", "rename", "/data/out/mine", "/data/out/.env"),
			step("EACCES", "rename", "/data/out/mine", "/data/out/closed/mine"), step("=x", "read", "/data/out/mine"),
		}},
	)
}

// modes are attempts where refusals are not errors: what seems to succeed comes to
// nothing.
func modes() []Attempt {
	var all []Attempt
	for name, mode := range map[string]vfs.DeniedMode{"ignored": vfs.Ignore, "virtual": vfs.Virtual} {
		for why, paths := range protected {
			var steps []Step
			for _, path := range paths {
				steps = append(steps,
					step("ENOENT", "read", path), step("ENOENT", "stat", path), step("ENOENT", "lstat", path),
					step("ENOENT", "list", path), step("ENOENT", "readlink", path),
					step("any", "write", path, "x"), step("any", "append", path, "x"),
					step("any", "truncate", path, 0), step("any", "utimes", path),
					step("ENOENT", "read", path), step("ENOENT", "stat", path),
					step("any", "rename", path, "/workspace/got"), step("any", "read", "/workspace/got"),
					step("any", "unlink", "/workspace/got"),
					step("any", "unlink", path), step("any", "mkdir", path),
					step("any", "symlink", "/data/denied/secret.txt", path), step("any", "read", path))
			}
			all = append(all, Attempt{Name: name + ", " + why, Rules: Rules{OnDenied: mode}, Steps: steps})
		}
		all = append(all,
			Attempt{Name: name + ", sizes by what is open", Rules: Rules{OnDenied: mode}, Steps: []Step{
				step("ok", "open", 1, "/data/denied/secret.txt", "a"), step("=file 0", "fstat", 1),
				step("ok", "fwrite", 1, "x"), step("=file 0|=file 1", "fstat", 1), step("EBADF|EACCES", "fread", 1),
				step("ENOENT", "open", 2, "/data/denied/secret.txt", "r+"),
				step("ENOENT", "truncate", "/data/hidden/secret.txt", 1), step("ENOENT", "utimes", "/data/.env"),
				step("ENOENT", "stat", "/data/denied/secret.txt"),
			}},
			Attempt{Name: name + ", changing what is read-only", Rules: Rules{OnDenied: mode}, Steps: []Step{
				step("ok", "write", "/ro/a.txt", "x"), step("ok", "write", "/ro/new", "x"),
				step("ok", "unlink", "/ro/a.txt"), step("ok", "mkdir", "/ro/d"),
				step("ok", "write", "/data/public.txt", "x"), step("any", "rename", "/ro/dir", "/workspace/dir"),
				step("any", "rename", "/data/sub", "/workspace/sub"),
				step("any", "read", "/workspace/sub/.env"), step("any", "list", "/workspace/sub"),
				step("any", "list", "/workspace/sub/private"),
			}},
			Attempt{Name: name + ", moving what is closed to where it is open", Rules: Rules{OnDenied: mode}, Steps: []Step{
				step("any", "rename", "/data/denied", "/workspace/a"), step("any", "list", "/workspace/a"),
				step("any", "read", "/workspace/a/secret.txt"),
				step("any", "rename", "/data/denied/secret.txt", "/data/out/b"), step("any", "read", "/data/out/b"),
				step("any", "stat", "/data/out/b"),
				step("any", "rename", "/data/hidden", "/data/out/c"), step("any", "read", "/data/out/c/secret.txt"),
				step("any", "list", "/data/out/c"),
				step("any", "rename", "/data/noread", "/data/out/d"), step("any", "read", "/data/out/d/secret.txt"),
				step("any", "rename", "/data/nolist", "/data/out/e"), step("any", "list", "/data/out/e"),
			}},
			Attempt{Name: name + ", through the host's links", Rules: Rules{OnDenied: mode}, Steps: []Step{
				step("any", "read", "/data/link-out"), step("any", "write", "/data/link-out", "x"),
				step("any", "write", "/data/link-new", "x"), step("any", "list", "/data/link-out-dir"),
				step("any", "write", "/data/link-out-dir/new.txt", "x"), step("any", "read", "/data/link-abs"),
				step("any", "unlink", "/data/link-out-dir/secret.txt"),
			}},
		)
	}
	return all
}
