package c

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/funcbox/funcbox/lang"
)

// dialect is what the two languages differ in.
type dialect struct {
	name      string
	language  string // clang's name of it
	standard  string
	standards []string
	// flags are its own besides the common ones.
	flags []string
	// includes come before the common ones.
	includes []string
	// libraries come before the common ones.
	libraries []string

	once sync.Once
	id   string
}

// identity is everything that precompiled headers depend on besides a request's options,
// and that builds depend on besides their sources, options, and codeVersion.
func (d *dialect) identity() string {
	d.once.Do(func() {
		all := append(d.compile(&lang.CompileOptions{}), d.link(nil, "")...)
		all = append(all, describing...)
		all = append(append(all, withHeaders...), makeHeaders...)
		sum := sha256.Sum256([]byte(versions() + strings.Join(all, " ") + commonHeaders))
		d.id = d.name + hex.EncodeToString(sum[:])
	})
	return d.id
}

var languageC = dialect{
	name: "c", language: "c", standard: "gnu17",
	standards: []string{"c89", "c90", "c99", "c11", "c17", "c18", "c23", "gnu89", "gnu90", "gnu99", "gnu11", "gnu17", "gnu18", "gnu23"},
}

// bind.hpp is C++20, so nothing older can be called.
var languageCPP = dialect{
	name: "cpp", language: "c++", standard: "gnu++20",
	standards: []string{"c++20", "c++23", "c++26", "gnu++20", "gnu++23", "gnu++26"},
	flags:     []string{"-fdeprecated-macro", "-fexceptions", "-fcxx-exceptions", "-mllvm", "-enable-emscripten-cxx-exceptions"},
	includes:  []string{"/usr/include/c++/v1"},
	libraries: []string{"/usr/lib/libfuncbox++.a", "/usr/lib/libc++.a"},
}

// commonFlags are those of every compilation. Null pointers are checked for where they
// are used, as WebAssembly has memory at address 0; the headers of the system are not.
// What the C library emulates only where it is asked to is there: link has it all.
var commonFlags = strings.Fields(`-cc1 -triple wasm32-unknown-wasip1 -disable-free -disable-llvm-verifier -clear-ast-before-backend
	-mrelocation-model static -mframe-pointer=none -ffp-contract=on -fno-rounding-math -mconstructor-aliases -target-cpu generic
	-target-feature +bulk-memory -target-feature +sign-ext -target-feature +nontrapping-fptoint -fvisibility=hidden -resource-dir /usr/lib/clang
	-ferror-limit 19 -fgnuc-version=4.2.1 -fno-common -ffunction-sections -fdata-sections -fmath-errno -mllvm -enable-emscripten-sjlj
	-D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_PROCESS_CLOCKS -D_WASI_EMULATED_GETPID -D_WASI_EMULATED_MMAN
	-fsanitize=null -fsanitize-ignorelist=/usr/lib/clang/unchecked.txt -fconstexpr-depth=512 -ftemplate-depth=512 -fmessage-length=0`)

var (
	macroName   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	warningName = regexp.MustCompile(`^[a-z0-9+][a-z0-9+=-]*$`)
)

// optimization is the level of a request, "1" if it does not say.
func optimization(level string) string {
	if level == "" {
		return "1"
	}
	return level
}

// standardOf is the standard of a request.
func (d *dialect) standardOf(options *lang.CompileOptions) string {
	if options.Standard == "" {
		return d.standard
	}
	return options.Standard
}

// check refuses options that the compiler could take for something else.
func (d *dialect) check(options *lang.CompileOptions) error {
	if standard := d.standardOf(options); !slices.Contains(d.standards, standard) {
		return fmt.Errorf("error: no standard %q; there are: %s", standard, strings.Join(d.standards, ", "))
	}
	if level := optimization(options.Optimize); !slices.Contains([]string{"0", "1", "2"}, level) {
		return fmt.Errorf("error: no level of optimization %q; there are: 0, 1, 2", level)
	}
	for _, warning := range options.Warnings {
		if !warningName.MatchString(warning) {
			return fmt.Errorf("error: %q is no name of a warning", warning)
		}
	}
	for name, text := range options.Defines {
		if !macroName.MatchString(name) || strings.ContainsAny(text, "\n\r\x00") {
			return fmt.Errorf("error: macro %q: names are letters, digits and _, texts are one line", name)
		}
	}
	return nil
}

// compile returns the arguments that compile a file.
func (d *dialect) compile(options *lang.CompileOptions) []string {
	arguments := append([]string{"clang"}, commonFlags...)
	arguments = append(arguments, d.flags...)
	arguments = append(arguments, "-std="+d.standardOf(options), "-O"+optimization(options.Optimize))
	for _, warning := range options.Warnings {
		arguments = append(arguments, "-W"+warning)
	}
	names := make([]string, 0, len(options.Defines))
	for name := range options.Defines {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		arguments = append(arguments, "-D", name+"="+options.Defines[name])
	}
	for _, folder := range append(slices.Clip(d.includes), "/usr/lib/clang/include", "/usr/include") {
		arguments = append(arguments, "-internal-isystem", folder)
	}
	return arguments
}

// stackBytes is how much stack programs have. It lies below everything else in
// memory, so that one that overflows traps.
const stackBytes = 1 << 20

// link returns the arguments that link objects.
func (d *dialect) link(objects []string, output string) []string {
	arguments := []string{"wasm-ld", "-m", "wasm32", "--no-entry", "--stack-first", "-z", fmt.Sprintf("stack-size=%d", stackBytes),
		"--gc-sections", "--strip-debug", "--export-table", "--export=__stack_pointer", "--error-limit=19", "-u", "guest_call"}
	arguments = append(arguments, objects...)
	arguments = append(arguments, d.libraries...)
	return append(arguments, "/usr/lib/libfuncbox.a", "/usr/lib/libc-printscan-long-double.a", "/usr/lib/libc.a",
		"/usr/lib/libwasi-emulated-signal.a", "/usr/lib/libwasi-emulated-getpid.a", "/usr/lib/libwasi-emulated-process-clocks.a", "/usr/lib/libwasi-emulated-mman.a",
		"/usr/lib/libclang_rt.builtins.a", "-o", output)
}
