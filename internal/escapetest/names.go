package escapetest

import "strings"

// names are attempts with other spellings of paths: cases, Unicode, encodings,
// slashes and dots, lengths.
func names() []Attempt {
	var all []Attempt
	for name, c := range map[string]struct{ path, want string }{
		"capitals":                       {"/data/DENIED/secret.txt", "ENOENT"},
		"capitals of the mount":          {"/DATA/denied/secret.txt", "ENOENT"},
		"capitals of an excluded name":   {"/data/.ENV", "ENOENT"},
		"capitals of an ending":          {"/data/keys/a.KEY", "ENOENT"},
		"full-width letters":             {"/data/\uff44\uff45\uff4e\uff49\uff45\uff44/secret.txt", "ENOENT"},
		"full-width dots":                {"/data/sub/\uff0e\uff0e/denied/secret.txt", "ENOENT"},
		"full-width slashes":             {"/data/denied\uff0fsecret.txt", "ENOENT"},
		"division slashes":               {"/data/denied\u2215secret.txt", "ENOENT"},
		"two-dot leaders":                {"/data/sub/\u2025/denied/secret.txt", "ENOENT"},
		"combining characters":           {"/data/denie\u0301d/secret.txt", "ENOENT"},
		"a zero-width space":             {"/data/den\u200bied/secret.txt", "ENOENT"},
		"a soft hyphen":                  {"/data/.en\u00adv", "ENOENT"},
		"a byte order mark":              {"/data/\ufeff.env", "ENOENT"},
		"right to left":                  {"/data/\u202evne.", "ENOENT"},
		"a long s":                       {"/data/denied/\u017fecret.txt", "EACCES"},
		"a Kelvin sign":                  {"/data/keys/a.\u212aey", "ENOENT"},
		"percent signs":                  {"/data/%64enied/secret.txt", "ENOENT"},
		"percent dots":                   {"/data/sub/%2e%2e/denied/secret.txt", "ENOENT"},
		"a trailing dot":                 {"/data/denied./secret.txt", "ENOENT"},
		"a trailing space":               {"/data/.env ", "ENOENT"},
		"a trailing colon":               {"/data/.env:", "ENOENT"},
		"a short Windows name":           {"/data/DENIED~1/secret.txt", "ENOENT"},
		"three dots":                     {"/data/sub/.../denied/secret.txt", "ENOENT"},
		"dots and spaces":                {"/data/sub/.. /denied/secret.txt", "ENOENT"},
		"quotes":                         {`/data/"denied"/secret.txt`, "ENOENT"},
		"wildcards":                      {"/data/den*/secret.txt", "ENOENT"},
		"braces":                         {"/data/{denied,x}/secret.txt", "ENOENT"},
		"a class":                        {"/data/[d]enied/secret.txt", "ENOENT"},
		"backslashes before letters":     {`/data/\denied/secret.txt`, "ENOENT"},
		"backslashes as slashes":         {`/data\denied\secret.txt`, "ENOENT"},
		"a tab":                          {"/data/.env\t", "ENOENT"},
		"a line break":                   {"/data/.env\n", "ENOENT"},
		"doubled slashes":                {"//data//denied//secret.txt", "EACCES"},
		"slashes in plenty":              {"/data" + strings.Repeat("/", 1000) + "denied/secret.txt", "EACCES"},
		"single dots":                    {"/./data/./denied/./secret.txt", "EACCES"},
		"single dots in plenty":          {"/data/" + strings.Repeat("./", 1000) + "denied/secret.txt", "EACCES"},
		"dots through a neighbor":        {"/data/sub/../denied/secret.txt", "EACCES"},
		"dots through a mount":           {"/data/nested/../denied/secret.txt", "EACCES"},
		"dots through a file":            {"/data/public.txt/../denied/secret.txt", "ENOTDIR"},
		"dots through nothing":           {"/data/nothing/../denied/secret.txt", "ENOENT"},
		"dots from the root":             {"/../../data/denied/secret.txt", "EACCES"},
		"dots out of it and in again":    {"/data/../data/denied/secret.txt", "EACCES"},
		"dots inside of what is closed":  {"/data/denied/sub/../secret.txt", "EACCES"},
		"dots over what is excluded":     {"/data/hidden/../.env", "EACCES"},
		"relative":                       {"../data/denied/secret.txt", "EACCES"},
		"a trailing slash":               {"/data/denied/secret.txt/", "EACCES"},
		"a trailing dot component":       {"/data/denied/secret.txt/.", "EACCES"},
		"a trailing slash on a name":     {"/data/.env/", "EACCES"},
		"slashes and an excluded name":   {"/data//.env", "EACCES"},
		"dots and an excluded name":      {"/data/sub/./../.env", "EACCES"},
		"a very long name":               {"/data/denied/" + strings.Repeat("n", 256), "ENAMETOOLONG|EACCES"},
		"a very long path":               {"/data/" + strings.Repeat("denied/../", 500) + "denied/secret.txt", "ENAMETOOLONG"},
		"the longest path":               {"/data/" + strings.Repeat("sub/../", 580) + "denied/secret.txt", "EACCES"},
		"an enormous path":               {"/data/" + strings.Repeat("x/../", 20_000) + "denied/secret.txt", "ENAMETOOLONG"},
		"a name in the middle of no end": {strings.Repeat("/data/..", 400) + "/data/.env", "EACCES"},
	} {
		all = append(all, Attempt{Name: "named with " + name, Steps: []Step{
			step(c.want, "read", c.path),
			step(c.want, "stat", c.path),
			step(c.want, "open", 1, c.path, "r+"),
			step(c.want+"|EACCES", "truncate", c.path, 0),
			step(c.want+"|EACCES", "rename", c.path, "/workspace/got"),
			step("ENOENT", "stat", "/workspace/got"),
		}})
	}
	for name, path := range map[string]string{
		"an overlong dot":          "/data/sub/\xc0\xae\xc0\xae/denied/secret.txt",
		"an overlong slash":        "/data/denied\xc0\xafsecret.txt",
		"a longer overlong slash":  "/data/denied\xe0\x80\xafsecret.txt",
		"an overlong letter":       "/data/\xc1\xa4enied/secret.txt",
		"half a surrogate pair":    "/data/\xed\xa0\x80/secret.txt",
		"a surrogate pair":         "/data/\xed\xa0\xbd\xed\xb8\x80",
		"a lone byte":              "/data/.env\xff",
		"a cut character":          "/data/.env\xc3",
		"an encoding beyond":       "/data/\xf4\x90\x80\x80",
		"another character set":    "/data/d\xe9nied/secret.txt",
		"UTF-16":                   "/data/\xfe\xff\x2e",
		"continuation bytes alone": "/data/\x80\x80\x80",
	} {
		all = append(all, Attempt{Name: "encoded with " + name, Steps: []Step{
			step("EILSEQ|EINVAL|ENOENT", "read", []byte(path)), step("EILSEQ|EINVAL|ENOENT", "stat", []byte(path)),
			step("EILSEQ|EINVAL|EACCES|ENOENT", "write", []byte(path), "x"),
			step("EILSEQ|EINVAL|EACCES|ENOENT", "mkdir", []byte(path)),
		}})
	}
	for name, path := range map[string]string{
		"at the end": "/data/public.txt\x00/../denied/secret.txt", "in the middle": "/data/sub/\x00../.env", "before an ending": "/data/keys/a.key\x00.txt", "at the start": "\x00/data/.env",
	} {
		all = append(all, Attempt{Name: "a NUL " + name, Steps: []Step{
			step("EINVAL", "read", path), step("EINVAL", "stat", path), step("EINVAL", "write", path, "x"),
			step("EINVAL", "unlink", path), step("EINVAL", "rename", path, "/workspace/x"),
			step("EINVAL", "symlink", path, "/workspace/l"), step("EINVAL", "mkdir", path),
			step("ENOENT", "stat", "/workspace/l"),
		}})
	}
	// C libraries take an empty path for the working directory now and then.
	all = append(all, Attempt{Name: "named with nothing", Steps: []Step{
		step("ENOENT|EINVAL|EISDIR", "read", ""), step("ENOENT|EINVAL|=dir", "stat", ""),
		step("ENOENT|EINVAL|EISDIR", "open", 1, "", "r+"), step("ENOENT|EINVAL|EISDIR", "truncate", "", 0),
		step("ENOENT|EINVAL|EBUSY", "rename", "", "/workspace/got"), step("ENOENT", "stat", "/workspace/got"),
	}})
	return append(all, Attempt{Name: "names made by the guest that look like others", Steps: []Step{
		step("ok", "write", "/data/out/.ENV", "mine"), step("ok", "write", "/data/out/\uff0e\uff0e", "mine"),
		step("ok", "write", "/data/out/...", "mine"), step("ok", "mkdir", "/data/out/%2e%2e"),
		step("ok", "write", "/data/out/%2e%2e/.env ", "mine"), step("ok", "write", `/data/out/..\..\x`, "mine"),
		step("EACCES", "read", "/data/.env"), step("=mine", "read", "/data/out/..."),
	}})
}
