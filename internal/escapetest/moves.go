package escapetest

// moves are attempts that rename something to where other rules hold.
func moves() []Attempt {
	return []Attempt{
		{Name: "moving a closed file out", Steps: []Step{
			step("EACCES", "rename", "/data/denied/secret.txt", "/data/out/got"),
			step("EACCES", "rename", "/data/out/closed/secret.txt", "/data/out/got"),
			step("EACCES", "rename", "/data/.env", "/data/out/got"),
			step("EACCES", "rename", "/data/keys/a.key", "/data/out/a.txt"), step("ENOENT", "read", "/data/out/got"),
		}},
		{Name: "moving the folder of a closed file", Steps: []Step{
			step("ok", "mkdir", "/data/out/new"), step("EACCES", "rename", "/data/out/closed", "/data/out/new/open"),
			step("EACCES", "rename", "/data/out/closed", "/workspace/open"),
			step("EACCES", "rename", "/data/sub", "/data/out/sub"),
			step("EACCES", "rename", "/data/keys", "/workspace/keys"),
		}},
		{Name: "moving the parent of a closed folder", Steps: []Step{
			step("any", "rename", "/data/out", "/workspace/out"), step("any", "list", "/workspace/out/closed"),
			step("any", "read", "/workspace/out/closed/secret.txt"),
			step("any", "rename", "/workspace/out/closed", "/workspace/open"),
			step("any", "read", "/workspace/open/secret.txt"), step("any", "list", "/workspace/open"),
			step("EACCES|ENOENT", "read", "/data/out/closed/secret.txt"),
		}},
		{Name: "moving the parent and back under another name", Steps: []Step{
			step("any", "rename", "/data/out/full", "/data/out/closed2"),
			step("any", "rename", "/data/out", "/data/out2"),
			step("any", "rename", "/data/out/closed", "/data/out/full"),
			step("any", "read", "/data/out/full/secret.txt"), step("any", "read", "/data/out2/closed/secret.txt"),
			step("any", "list", "/data/out2/closed"),
		}},
		{Name: "moving a folder in front of a rule", Steps: []Step{
			step("ok", "mkdir", "/workspace/denied"), step("ok", "write", "/workspace/denied/secret.txt", "mine"),
			step("EACCES", "rename", "/workspace/denied", "/data/denied"),
			step("EACCES|ENOTEMPTY", "rename", "/workspace/denied", "/data/hidden"),
			step("EACCES", "read", "/data/denied/secret.txt"),
		}},
		{Name: "moving into a closed folder", Steps: []Step{
			step("ok", "write", "/data/out/mine", "x"),
			step("EACCES", "rename", "/data/out/mine", "/data/denied/mine"),
			step("EACCES", "rename", "/data/out/mine", "/data/denied/secret.txt"),
			step("EACCES", "rename", "/data/out/mine", "/data/hidden/mine"),
			step("EACCES", "rename", "/data/out/mine", "/ro/mine"),
			step("EACCES", "rename", "/data/out/mine", "/ro/a.txt"),
		}},
		{Name: "moving what is only readable", Steps: []Step{
			step("EACCES", "rename", "/data/public.txt", "/data/out/public.txt"),
			step("EACCES", "rename", "/data/sub/public.txt", "/workspace/p"),
			step("=public", "read", "/data/public.txt"),
		}},
		{Name: "moving between mounts", Steps: []Step{
			step("EACCES|EXDEV", "rename", "/ro/a.txt", "/dat/a.txt"),
			step("EACCES|EXDEV", "rename", "/data/nested/n.txt", "/data/out/n.txt"),
			step("EACCES|EXDEV", "rename", "/ro/dir", "/data/nested/dir"),
			step("=nested", "read", "/data/nested/n.txt"),
		}},
		{Name: "moving over a closed file", Steps: []Step{
			step("ok", "write", "/workspace/m", "x"),
			step("EACCES", "rename", "/workspace/m", "/data/denied/secret.txt"),
			step("EACCES", "rename", "/workspace/m", "/data/.env"),
			step("EACCES", "rename", "/workspace/m", "/data/out/closed/secret.txt"),
			step("=x", "read", "/workspace/m"),
		}},
		{Name: "moving a folder over a closed one", Steps: []Step{
			step("ok", "mkdir", "/workspace/m"), step("EACCES", "rename", "/workspace/m", "/data/denied/sub"),
			step("EACCES", "rename", "/workspace/m", "/data/denied/new"), step("=", "list", "/workspace/m"),
		}},
		{Name: "moving the emptied folder of a mount", Steps: []Step{
			step("EBUSY|EACCES", "rename", "/data/nested", "/workspace/nested"),
			step("any", "rename", "/data", "/data2"), step("EACCES", "read", "/data/denied/secret.txt"),
			step("ENOENT", "stat", "/data2"),
		}},
		{Name: "moving an open file to where it may be written", Steps: []Step{
			step("ok", "open", 1, "/data/public.txt", "r"),
			step("EACCES", "rename", "/data/public.txt", "/data/out/p"), step("EBADF|EACCES", "fwrite", 1, "x"),
			step("=public", "fread", 1),
		}},
		{Name: "moving an open file to where it may not be written", Steps: []Step{
			step("ok", "open", 1, "/data/out/old.txt", "r+"),
			step("ok", "rename", "/data/out/old.txt", "/workspace/o"), step("ok", "fwrite", 1, "new"),
			step("=new", "read", "/workspace/o"),
		}},
		{Name: "moving a folder with an excluded name in it", Steps: []Step{
			step("EACCES", "rename", "/data/sub", "/workspace/sub"),
			step("EACCES", "rename", "/data/sub/private", "/workspace/private"),
			step("EACCES", "read", "/data/sub/.env"), step("=public", "read", "/data/sub/public.txt"),
		}},
		{Name: "moving a name under which nothing is excluded", Steps: []Step{
			step("ok", "write", "/data/out/a.env", "x"), step("EACCES", "rename", "/data/out/a.env", "/data/out/.env"),
			step("EACCES", "rename", "/data/out/a.env", "/data/out/full/b.key"),
			step("ok", "write", "/workspace/.env", "mine"), step("=mine", "read", "/workspace/.env"),
			step("EACCES", "rename", "/workspace/.env", "/data/out/.env"),
		}},
		{Name: "moving back and forth", Repeat: 30, Steps: []Step{
			step("any", "rename", "/data/out/full", "/workspace/full"),
			step("any", "rename", "/workspace/full", "/data/out/closed/full"),
			step("any", "rename", "/workspace/full", "/data/out/full"),
			step("EACCES", "read", "/data/out/closed/secret.txt"),
		}},
		{Name: "deleting what is closed with its parent", Steps: []Step{
			step("EACCES|ENOTEMPTY", "rmdir", "/data/denied"), step("EACCES|ENOTEMPTY", "rmdir", "/data/out/closed"),
			step("EACCES|ENOTEMPTY", "rmdir", "/data/hidden"),
			step("EACCES", "unlink", "/data/out/closed/secret.txt"),
		}},
		{Name: "deleting and making anew", Steps: []Step{
			step("ok", "unlink", "/data/out/old.txt"), step("ok", "mkdir", "/data/out/old.txt"),
			step("EACCES", "write", "/data/out/old.txt/.env", "x"), step("ok", "write", "/data/out/old.txt/a", "x"),
			step("EACCES", "rename", "/data/out/old.txt/a", "/data/out/old.txt/a.key"),
		}},
	}
}

// priorities are attempts to have the wrong rule decide.
func priorities() []Attempt {
	return []Attempt{
		{Name: "a rule of lower priority", Steps: []Step{
			step("EACCES", "read", "/data/denied/secret.txt"),
			step("EACCES", "write", "/data/denied/secret.txt", "x"),
		}},
		{Name: "a rule right below the exclusions", Steps: []Step{
			step("EACCES", "read", "/data/hidden/secret.txt"), step("EACCES", "read", "/data/keys/a.key"),
			step("EACCES", "write", "/data/keys/b.key", "x"),
		}},
		{Name: "a rule for all below, and an exclusion in it", Steps: []Step{
			step("EACCES", "write", "/data/out/.env", "x"), step("EACCES", "mkdir", "/data/out/hidden"),
			step("EACCES", "write", "/data/out/full/x.key", "x"),
		}},
		{Name: "a rule for all below, and a denial in it", Steps: []Step{
			step("EACCES", "write", "/data/out/closed/new", "x"), step("EACCES", "list", "/data/out/closed"),
			step("ok", "write", "/data/out/closed2", "x"),
		}},
		{Name: "an exclusion in another mount", Steps: []Step{
			step("EACCES", "stat", "/ro/.env"), step("EACCES", "write", "/dat/hidden", "x"),
			step("EACCES", "stat", "/data/nested/x.key"),
		}},
		{Name: "a rule of the outer mount in the inner", Steps: []Step{
			step("=nested", "read", "/data/nested/n.txt"), step("EACCES", "write", "/data/nested/n.txt", "x"),
			step("EACCES", "write", "/data/nested/new", "x"), step("EACCES", "read", "/data/nested/.env"),
		}},
		{Name: "the pattern's folder itself", Steps: []Step{
			step("EACCES", "list", "/data/denied"), step("EACCES", "stat", "/data/denied"),
			step("EACCES", "rmdir", "/data/denied"), step("EACCES|EBUSY", "rename", "/data/denied", "/workspace/d"),
		}},
		{Name: "a name that begins like an allowed one", Steps: []Step{
			step("EACCES", "write", "/data/out2", "x"), step("EACCES", "mkdir", "/data/outer"),
			step("EACCES", "write", "/data/out.txt", "x"), step("EACCES", "mkdir", "/data/ou"),
		}},
		{Name: "an allowed folder inside of a closed one", Steps: []Step{
			step("EACCES", "mkdir", "/data/denied/out"), step("EACCES", "write", "/data/denied/out/x", "x"),
			step("EACCES", "write", "/data/hidden/out", "x"),
		}},
		{Name: "what is excluded, in a folder of the guest", Steps: []Step{
			step("ok", "mkdir", "/workspace/hidden"), step("ok", "write", "/workspace/hidden/.env", "x"),
			step("EACCES", "rename", "/workspace/hidden", "/data/out/hidden"),
			step("EACCES|ok", "rename", "/workspace/hidden", "/data/out/shown"),
			step("any", "read", "/data/out/shown/.env"),
		}},
	}
}
