package funcbox

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/funcbox/funcbox/lang"
)

// DefaultWorkdir is the guest's working directory unless the request says
// otherwise. It exists in every guest's filesystem, as does /tmp.
const DefaultWorkdir = "/workspace"

// Request describes one call. Only Language and Code are needed. The executor
// does not change it, and only the result's files go on using parts of it.
type Request struct {
	// Language by name or alias, whatever the case.
	Language string
	// Code is the program text, UTF-8.
	Code string
	// Filename is what the code is called in stacks and by its language's
	// loader; empty: the language's own, such as main.js.
	Filename string
	// Function to call once the code has been loaded; a dotted path reaches
	// into objects. Empty: the only public function if there is exactly one,
	// else the code itself is the body. Without Args and Kwargs, code that does
	// more at its top level than declare things is the body in any case.
	Function string
	// Args are the positional arguments. See the README for the values that can
	// cross; one that cannot is an error that names the place.
	Args []any
	// Kwargs are the named arguments.
	Kwargs map[string]any
	// Schema, if set, describes the arguments and the result, and goes before what the
	// language says of the function: it fills in defaults, coerces what it says it
	// coerces, and validates.
	Schema *Schema
	// Argv are the arguments of the program, after its name.
	Argv []string
	// Env is the guest's environment, and all of it.
	Env map[string]string
	// Files are put into the guest's filesystem by absolute guest path, or by a
	// path relative to Workdir. The contents are not copied unless the guest
	// writes to them, and never changed; they must stay as they are as long as the
	// result is in use. Inside of a mount they hide what it has there.
	Files map[string][]byte
	// Mount puts folders of the host or any fs.FS into the guest's filesystem; nil:
	// none.
	Mount *Mount
	// Include says what the result tells of the guest's files; zero: everything.
	Include Include
	// Workdir is the guest's working directory, an absolute guest path; it is
	// made if need be. Empty: DefaultWorkdir.
	Workdir string
	// Stdin is the guest's standard input; nil: empty. A Read that blocks does
	// not hold up the end of the call, but its goroutine stays until it returns.
	Stdin io.Reader
	// Stdout and Stderr, if set, get the guest's output as it is written, all of it;
	// the result keeps it too, up to Limits.OutputBytes. They are called from the
	// goroutine that called Execute: a Write that blocks stalls the guest, one that
	// fails ends the call ([OutputError]). See [Lines] for whole lines. If they have a
	// method Flush() error, it is called at the end.
	Stdout, Stderr io.Writer
	// HostFuncs are functions of the host that the guest may call, besides those of
	// [WithHostFunc]; a nil function takes one of those away.
	HostFuncs map[string]HostFunc
	// CorrelationID is the caller's own name for what the call belongs to. It is in the
	// result, in logs, and in what [CallOf] tells hooks and host functions.
	CorrelationID string
	// Compile says how code of a compiled language is compiled; other languages refuse
	// it.
	Compile CompileOptions
	// Limits of the call; zero fields take the executor's.
	Limits Limits
}

// CompileOptions say how code is compiled, C and C++ for now. The zero value is the
// language's default.
type CompileOptions = lang.CompileOptions

// check refuses what no guest could be asked.
func (r *Request) check(l *lang.Language) error {
	if !r.Compile.IsZero() && l.NewCompiler == nil {
		return fmt.Errorf("%w: Compile is for languages that are compiled, and %q is not", ErrBadRequest, l.Name)
	}
	texts := append([]string{r.Code, r.Filename, r.Function, r.CorrelationID}, r.Argv...)
	for name, text := range r.Env {
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.Contains(text, "\x00") {
			return fmt.Errorf("%w: Env has %q: names must not be empty or hold '=', nothing may hold NUL", ErrBadRequest, name)
		}
		texts = append(texts, name, text)
	}
	for _, text := range texts {
		if !utf8.ValidString(text) {
			return fmt.Errorf("%w: %.40q is not valid UTF-8", ErrBadRequest, text)
		}
	}
	for _, arg := range r.Argv {
		if strings.Contains(arg, "\x00") {
			return fmt.Errorf("%w: Argv has %q: nothing may hold NUL", ErrBadRequest, arg)
		}
	}
	if err := r.Include.check(); err != nil {
		return err
	}
	if err := r.checkSchema(); err != nil {
		return err
	}
	return r.Limits.check()
}

// environ renders the environment for WASI, sorted by name.
func (r *Request) environ() []string {
	if len(r.Env) == 0 {
		return nil
	}
	list := make([]string, 0, len(r.Env))
	for _, name := range sortedKeys(r.Env) {
		list = append(list, name+"="+r.Env[name])
	}
	return list
}

func sortedKeys(m map[string]string) []string {
	if len(m) == 0 {
		return nil
	}
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
