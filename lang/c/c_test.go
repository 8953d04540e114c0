package c_test

import (
	_ "embed" // for programs
	"strings"
	"testing"

	"github.com/funcbox/funcbox/lang/c"
	"github.com/funcbox/funcbox/lang/langtest"
)

//go:embed testdata/suite/step.h
var stepHeader string

//go:embed testdata/suite/steps.c
var stepsC string

//go:embed testdata/suite/steps.cpp
var stepsCPP string

// inOne is a program with its header in the same file.
func inOne(code string) string {
	return stepHeader + strings.ReplaceAll(code, "#include \"step.h\"\n", "")
}

// needsClang leaves a test out of short runs; see newBench.
func needsClang(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("needs clang")
	}
}

func TestC(t *testing.T) {
	needsClang(t)
	langtest.Run(t, c.Language(), langtest.Dialect{
		Echo:    "#include <funcbox.h>\nfuncbox_value echo(funcbox_value value) { return value; }",
		Add:     "int add(int a, int b) { return a + b; }",
		Count:   "static int counter; int count(void) { return ++counter; }",
		Unicode: "#include <stdio.h>\n#include <stdlib.h>\nchar *größe(const char *名) { char *text; asprintf(&text, \"%s𝔘\", 名); return text; }",
		Spoil: `#include <fcntl.h>
			#include <stdio.h>
			#include <stdlib.h>
			#include <unistd.h>
			int left;
			void spoil(void) {
				open("/tmp/left", O_WRONLY | O_CREAT, 0666);
				for (int fd = 0; fd < 3; fd++) close(fd);
				chdir("/tmp");
				setenv("LEFT", "left", 1);
				left = 1;
				srand(7);
			}`,
		Pristine: `#include <fcntl.h>
			#include <funcbox.h>
			#include <stdio.h>
			#include <stdlib.h>
			#include <string.h>
			#include <unistd.h>
			int left;
			funcbox_value pristine(void) {
				char path[100];
				funcbox_builder *found = funcbox_new_list();
				if (strcmp(getcwd(path, sizeof path), "/workspace")) funcbox_add(found, "s", "cwd");
				if (getenv("LEFT")) funcbox_add(found, "s", "env");
				if (left) funcbox_add(found, "s", "global");
				if (open("/tmp/new", O_WRONLY | O_CREAT, 0666) != 4) funcbox_add(found, "s", "descriptors");
				if (!access("/tmp/left", F_OK)) funcbox_add(found, "s", "files");
				puts("seen");
				return funcbox_build(found);
			}`,
		Greet: "#include <stdio.h>\n#include <stdlib.h>\nchar *greet(const char *name, const char *greeting) { char *text; asprintf(&text, \"%s, %s!\", greeting, name); return text; }",

		Throw:         "#include <funcbox.h>\nvoid fail(void) {\n    funcbox_fail(\"LookupError\", \"no such thing: %d\", 42);\n}",
		ThrowType:     "LookupError",
		Malformed:     "int fine = 1;\nint = 2;\n",
		MalformedType: "CompileError",
		Functions:     "static int helper(void) { return 1; } int alpha(void) { return helper(); } double beta(double x) { return x; }",

		Print:   "#include <stdio.h>\nvoid say(void) { puts(\"to stdout\"); fputs(\"to stderr\\n\", stderr); }",
		Exit:    "#include <stdlib.h>\nvoid leave(int code) { exit(code); }",
		Spin:    "#include <stdio.h>\nvoid spin(void) { puts(\"started\"); fflush(stdout); for (volatile int i = 0;; i++) {} }",
		Work:    "int work(int n) { volatile int i = 0; while (i < n) i++; return i; }",
		Sleep:   "#include <unistd.h>\nvoid rest(int seconds) { sleep((unsigned)seconds); }",
		Recurse: "int dive(void) { volatile char room[100]; room[0] = 1; return dive() + room[0]; }",
		Hoard: `#include <funcbox.h>
			#include <stdlib.h>
			#include <string.h>
			char *volatile last; /* what is not used is not allocated either */
			void hoard(void) {
				while ((last = malloc(1 << 20))) memset(last, 1, 1 << 20);
				funcbox_fail("OutOfMemory", "malloc returned NULL");
			}`,
		HoardType:    "OutOfMemory",
		Shout:        "#include <stdio.h>\nvoid shout(void) { for (;;) puts(\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"); }",
		Unreturnable: "#include <funcbox.h>\nstruct all { funcbox_value items[2]; };\nstruct all unreturnable(void) { static const uint8_t broken[] = {0x82, 1}; return (struct all){{funcbox_make(\"i\", 1), {broken, 2}}}; }",

		Env:   "#include <stdlib.h>\nchar *env(const char *name) { return getenv(name); }",
		Stdin: "#include <stdio.h>\nchar *read_all(void) { static char text[1000]; text[fread(text, 1, sizeof text - 1, stdin)] = 0; return text; }",
		Copy: `#include <errno.h>
			#include <funcbox.h>
			#include <stdio.h>
			#include <string.h>
			void copy(const char *from, const char *to) {
				char block[4096];
				size_t n;
				FILE *in = fopen(from, "rb");
				if (!in) funcbox_fail("OSError", "%s: %s", from, strerror(errno));
				FILE *out = fopen(to, "wb");
				if (!out) funcbox_fail("OSError", "%s: %s", to, strerror(errno));
				while ((n = fread(block, 1, sizeof block, in)) > 0)
					if (fwrite(block, 1, n, out) < n) funcbox_fail("OSError", "%s: %s", to, strerror(errno));
				if (fclose(out)) funcbox_fail("OSError", "%s: %s", to, strerror(errno));
			}`,
		ReadMissing: "#include <errno.h>\n#include <funcbox.h>\n#include <stdio.h>\n#include <string.h>\nvoid missing(void) { if (!fopen(\"/no/such/file\", \"r\")) funcbox_fail(\"OSError\", \"%s\", strerror(errno)); }",
		Steps:       inOne(stepsC),
		FileName:    "main.c",
		Names:       map[string]string{"read": "read_all"},

		Kinds: langtest.Kinds{Floats: true, BigIntegers: true},
	})
}
