package funcbox

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/vfs"
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
	// Stdout and Stderr, if set, get the guest's output as it is written,
	// instead of the result's fields of the same name. They are called from the
	// goroutine that called Execute; a Write that blocks stalls the call.
	Stdout, Stderr io.Writer
	// Limits of the call; zero fields take the executor's.
	Limits Limits
}

// Keys of a request in the call protocol; lang/build/funcbox.h has them too.
const (
	requestOperation = iota
	requestCode
	requestFilename
	requestFunction
	requestArgs
	requestKwargs
	requestEnv
	requestWorkdir
	requestArgv
	requestKeys
)

// operationExecute loads the code and calls the function.
const operationExecute = 0

// maxRequestBytes is what a guest can address of a request at all.
const maxRequestBytes = 1 << 31

// envelope encodes the request for the guest.
func (r *Request) envelope(l *lang.Language, workdir vfs.Path) ([]byte, error) {
	b := make([]byte, 0, 256+len(r.Code))
	b = value.AppendMapHead(b, requestKeys)
	b = value.AppendUint(value.AppendUint(b, requestOperation), operationExecute)
	b = value.AppendText(value.AppendUint(b, requestCode), r.Code)
	b = value.AppendText(value.AppendUint(b, requestFilename), first(r.Filename, l.MainFile))
	b = value.AppendText(value.AppendUint(b, requestFunction), r.Function)
	var err error
	b = value.AppendUint(b, requestArgs)
	if len(r.Args) == 0 {
		b = value.AppendArrayHead(b, 0)
	} else if b, err = value.Append(b, r.Args, "args"); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadRequest, err)
	}
	b = value.AppendUint(b, requestKwargs)
	if len(r.Kwargs) == 0 {
		b = value.AppendMapHead(b, 0)
	} else if b, err = value.Append(b, r.Kwargs, "kwargs"); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadRequest, err)
	}
	b = value.AppendMapHead(value.AppendUint(b, requestEnv), len(r.Env))
	for _, name := range sortedKeys(r.Env) {
		b = value.AppendText(value.AppendText(b, name), r.Env[name])
	}
	b = value.AppendText(value.AppendUint(b, requestWorkdir), string(workdir))
	b = value.AppendArrayHead(value.AppendUint(b, requestArgv), len(r.Argv))
	for _, arg := range r.Argv {
		b = value.AppendText(b, arg)
	}
	if len(b) > maxRequestBytes {
		return nil, fmt.Errorf("%w: code and arguments take %d bytes, at most %d fit a guest", ErrBadRequest, len(b), maxRequestBytes)
	}
	return b, nil
}

// check refuses what no guest could be asked.
func (r *Request) check() error {
	texts := append([]string{r.Code, r.Filename, r.Function}, r.Argv...)
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
