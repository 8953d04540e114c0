package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/funcbox/funcbox"
)

const runExample = `  funcbox run --call greet --args '["World"]' --kwargs '{"greeting":"Hi"}' greet.js
  funcbox run --lang js -e 'console.log("hello"); return 6 * 7'
  funcbox run --file input.csv=data/orders.csv --timeout 2s --memory 64MiB report.js
  funcbox run --mount ./photos:/photos --allow 'thumbs/**=create' --exclude '*.raw' resize.js
  funcbox run --mount ./src:/src --allow '**=*' --sync plan rename.js
  cat script.js | funcbox run --lang js - first second`

// runFlags are the flags of funcbox run as they were given.
type runFlags struct {
	lang, eval         string
	call, args, kwargs string
	schema             string
	files              fileFlag
	compile            compileFlags
	workdir            string
	mount              mountFlags
	env                envFlag
	stdin              string
	timeout            timeoutFlag
	memory, output     sizeFlag
	fuel, repeat       countFlag
	json               bool
}

func (a *app) runCommand() *cobra.Command {
	var flags runFlags
	cmd := &cobra.Command{
		Use:   "run [flags] {FILE | - | -e CODE} [ARGUMENT...]",
		Short: "Call a function or run a script in a fresh sandbox",
		Long: `Run calls a function of a source file, or runs the file as a script, in a fresh
sandbox. Which function: the one named by --call, else the only public function
of the file; a file that has none or several is run as a script.

The language comes from the extension of FILE unless --lang is given. FILE may
be - for code from the standard input. What follows FILE are the arguments of
the script, even where it begins with a dash.

What the guest prints goes to the standard output and error as it is produced,
and the value is printed as JSON on the last line of the standard output, unless
it is null. With --json there is one JSON object instead, with the value, the
output, the changed files and figures about the call.

With --mount the sandbox shows folders of the host. Its code may read and list
them, and do what --allow adds, such as 'out/**=create,modify' (a glob without a
slash in front is below the mount). What is refused is told on the standard error,
with the rule. Changes stay in the sandbox, and --json lists them, unless --sync says
otherwise: with batch they are written to the host after a call that succeeds, as one
batch, and what was not written is told on the standard error. With plan nothing is
written: the standard output has what a batch would do, text files as a diff, in
place of the value, and what the guest prints goes to the standard error.

Arguments are matched with the function's signature before it runs ('funcbox inspect'
prints it). With an object in --args each goes to the parameter of its name, in
whichever way the function takes it. There, and in --kwargs, {"index": 1, "value": …}
gives an argument a position. --schema names a file with a JSON Schema of such an object,
a definition of a tool, or a list of parameters; it fills in defaults and validates
arguments and result.

With --repeat the code is loaded once and each call starts from where that ended, as
programs do with the library; how long both took is told on the standard error. The
value or object is that of the last call, or of the first one that fails, which is
the last.

Languages such as C are compiled in the sandbox, and --std, -O, -W and -D tell their
compiler what compilers are told. Its warnings go to the standard error. Files of
--file that the language's extensions name are compiled too, and headers are found.

The JSON of --args, --kwargs and results writes bytes as {"$bytes":"<base64>"},
NaN and infinities as {"$float":"NaN"}, times as {"$time":"<RFC 3339>"}; 1 is an
integer and 1.0 a float.

The exit code is 0 for success, 1 for an error of the guest (or the code that it
exited with), 124 when a limit on time or fuel was reached, 143 when interrupted,
2 for wrong usage, a failure of funcbox itself, or a sync that failed or met conflicts.`,
		Example:           runExample,
		Args:              cobra.ArbitraryArgs,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.run(cmd, &flags, args) },
		ValidArgsFunction: a.completeFile,
	}
	f := cmd.Flags()
	f.SetInterspersed(false)
	f.StringVar(&flags.lang, "lang", "", "`language` of the code (default: by the file's extension)")
	f.StringVarP(&flags.eval, "eval", "e", "", "run this `code` instead of a file; needs --lang")
	f.StringVar(&flags.call, "call", "", "`name` of the function to call")
	f.StringVar(&flags.args, "args", "", "positional arguments, a `JSON` array, or all arguments by name, an object")
	f.StringVar(&flags.kwargs, "kwargs", "", "named arguments, a `JSON` object")
	f.StringVar(&flags.schema, "schema", "", "describe the arguments and the result by the JSON in this `file`")
	f.Var(&flags.files, "file", "put the host's file into the sandbox, as `GUEST=HOST`; repeatable")
	flags.mount.register(cmd)
	flags.compile.register(cmd)
	f.StringVar(&flags.workdir, "workdir", "", "the guest's working `folder` (default "+funcbox.DefaultWorkdir+")")
	f.Var(&flags.env, "env", "environment variable, as `NAME=VALUE`; repeatable; there are no others")
	f.StringVar(&flags.stdin, "stdin", "", "the guest's standard input: a `file`, or - for that of this command (default: empty)")
	defaults := funcbox.DefaultLimits()
	f.Var(&flags.timeout, "timeout", "longest `duration` of the call, such as 500ms or 5s (default "+defaults.Timeout.String()+")")
	f.Var(&flags.memory, "memory", "largest `size` of the guest's memory, such as 64MiB (default "+formatSize(defaults.MemoryBytes)+")")
	f.Var(&flags.fuel, "fuel", "most work, in loop iterations and calls inside the runtime, a `number` (default: no limit)")
	f.Var(&flags.output, "output-limit", "most output, standard output and error together, a `size` (default "+formatSize(defaults.OutputBytes)+")")
	f.Var(&flags.repeat, "repeat", "load the code once, then make this `number` of calls of it, and print how long they took")
	f.BoolVar(&flags.json, "json", false, "print the result as one JSON object")
	mustComplete(cmd, "lang", a.languageNames)
	for _, name := range []string{"eval", "call", "args", "kwargs", "workdir", "env", "timeout", "memory", "fuel", "output-limit", "repeat"} {
		mustComplete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

// mustComplete registers a completion for a flag, which fails only where the
// flag does not exist.
func mustComplete(cmd *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err)
	}
}

// completeFile completes FILE with files of known extensions, and what follows
// with any file.
func (a *app) completeFile(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 || cmd.Flags().Changed("eval") || cmd.Flags().Changed("lang") {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var extensions []cobra.Completion
	for _, language := range a.languages.All() {
		for _, extension := range language.Extensions {
			extensions = append(extensions, strings.TrimPrefix(extension, "."))
		}
	}
	return extensions, cobra.ShellCompDirectiveFilterFileExt
}

func (a *app) run(cmd *cobra.Command, flags *runFlags, args []string) error {
	if err := checkRepeat(cmd, flags); err != nil {
		return err
	}
	request, closer, err := a.request(cmd, flags, args)
	if err != nil {
		return err
	}
	defer closer()
	stdout, stderr := &lineWriter{to: a.stdout}, &lineWriter{to: a.stderr}
	planned := flags.mount.sync.mode.mode == syncPlan
	switch {
	case flags.json: // the object has the output
	case planned:
		request.Stdout, request.Stderr = stderr, stderr // stdout is for the plan
	default:
		request.Stdout, request.Stderr = stdout, stderr
	}
	ctx := cmd.Context()
	progress := a.progress()
	ex, err := a.executor(ctx, progress.update)
	if err != nil {
		return err
	}
	execute, repeated := ex.Execute, (*repetition)(nil)
	if flags.repeat.count > 0 {
		repeated = &repetition{want: flags.repeat.count}
		execute = func(ctx context.Context, request funcbox.Request) (*funcbox.ExecutionResult, error) {
			return repeated.execute(ctx, ex, &request)
		}
	}
	result, err := execute(ctx, *request)
	progress.stop()
	var synced *syncOutcome
	if err == nil && flags.mount.sync.wanted() {
		synced = a.sync(ctx, ex, flags.mount.sync.mode.mode, request.Mount, result, a.syncBar(stderr))
	}
	if err == nil && ctx.Err() == nil {
		err = ex.Close(ctx) // after an interrupt the end of the process is all it takes
	}
	if err != nil {
		return err
	}
	a.code = result.ExitCode
	if repeated != nil {
		if err := repeated.print(stderr); err != nil {
			return err
		}
	}
	if synced != nil {
		a.code = synced.code(ctx, a.code)
	}
	if flags.json {
		return a.printObject(result, synced, stderr)
	}
	if planned {
		result.Value = nil // the plan stands in its place
	}
	if err := printWarnings(result.Meta.Warnings, stderr); err != nil {
		return err
	}
	if err := printResult(result, stdout, stderr); err != nil {
		return err
	}
	if err := printDenials(result.Files, stderr); err != nil || synced == nil {
		return err
	}
	if planned {
		if err := synced.printPlan(stdout); err != nil {
			return err
		}
	}
	return synced.print(stderr)
}

// request turns flags and arguments into a request. closer closes its input.
func (a *app) request(cmd *cobra.Command, flags *runFlags, args []string) (_ *funcbox.Request, closer func(), err error) {
	request := &funcbox.Request{
		Function: flags.call,
		Workdir:  flags.workdir,
		Env:      flags.env.values,
		Limits: funcbox.Limits{
			Timeout:     flags.timeout.duration,
			Fuel:        flags.fuel.count,
			MemoryBytes: flags.memory.bytes,
			OutputBytes: flags.output.bytes,
		},
	}
	fromStdin, err := a.source(cmd, flags, args, request)
	if err != nil {
		return nil, nil, err
	}
	if request.Compile, err = flags.compile.options(cmd, a, request.Language); err != nil {
		return nil, nil, err
	}
	if err = arguments(cmd, flags, request); err != nil {
		return nil, nil, err
	}
	if request.Schema, err = readSchema(flags.schema); err != nil {
		return nil, nil, err
	}
	if request.Files, err = flags.files.read(); err != nil {
		return nil, nil, err
	}
	if request.Mount, err = flags.mount.mount(cmd); err != nil {
		return nil, nil, err
	}
	closer = func() {}
	switch {
	case flags.stdin == "-" && fromStdin:
		return nil, nil, usage(cmd, "the code is read from the standard input already; give --stdin a file, or the code as a file or with -e")
	case flags.stdin == "-":
		request.Stdin = a.stdin
	case flags.stdin != "":
		file, err := os.Open(flags.stdin)
		if err != nil {
			return nil, nil, fmt.Errorf("--stdin: %w", withoutOperation(err))
		}
		request.Stdin, closer = file, func() { _ = file.Close() }
	}
	return request, closer, nil
}

// source fills in the language, the code, its name and the arguments of the
// script.
func (a *app) source(cmd *cobra.Command, flags *runFlags, args []string, request *funcbox.Request) (fromStdin bool, err error) {
	known := strings.Join(a.languages.Names(), ", ")
	if flags.lang != "" {
		language, err := a.language(cmd, flags.lang)
		if err != nil {
			return false, err
		}
		request.Language = language.Name
	}
	if cmd.Flags().Changed("eval") {
		if request.Language == "" {
			return false, usage(cmd, "-e needs --lang; known languages are: %s", known)
		}
		request.Code, request.Argv = flags.eval, args
		return false, nil
	}
	if len(args) == 0 {
		return false, usage(cmd, "there is nothing to run; give a FILE, - for code from the standard input, or -e CODE")
	}
	name := args[0]
	request.Argv = args[1:]
	if len(request.Argv) > 0 && request.Argv[0] == "--" {
		request.Argv = request.Argv[1:]
	}
	var code []byte
	if name == "-" {
		if request.Language == "" {
			return false, usage(cmd, "code from the standard input needs --lang; known languages are: %s", known)
		}
		if code, err = readAll(cmd.Context(), a.stdin); err != nil {
			return false, fmt.Errorf("reading the code from the standard input: %w", err)
		}
	} else {
		if request.Language == "" {
			language := a.languages.ByExtension(filepath.Ext(name))
			if language == nil {
				return false, usage(cmd, "the extension of %s does not tell its language; give --lang, one of: %s", name, known)
			}
			request.Language = language.Name
		}
		if code, err = readFile(name); err != nil {
			return false, err
		}
		request.Filename = filepath.Base(name)
	}
	code = bytes.TrimPrefix(code, []byte("\ufeff")) // a byte order mark
	if !utf8.Valid(code) {
		return false, fmt.Errorf("the code in %s is not UTF-8 text", name)
	}
	request.Code = string(code)
	return name == "-", nil
}

// readAll reads until the end or until ctx ends; a terminal may never end.
func readAll(ctx context.Context, from io.Reader) ([]byte, error) {
	type content struct {
		data []byte
		err  error
	}
	done := make(chan content, 1)
	go func() {
		data, err := io.ReadAll(from)
		done <- content{data, err}
	}()
	select {
	case c := <-done:
		return c.data, c.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func readFile(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if err == nil {
		return data, nil
	}
	if info, statErr := os.Stat(name); statErr == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; give a file", name)
	}
	return nil, withoutOperation(err)
}

// withoutOperation leaves out of an error of package os the system call, which
// means nothing to the user.
func withoutOperation(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("cannot read %s: %w", path.Path, path.Err)
	}
	return err
}

// printObject prints everything as JSON, and why a sync did not go through, which the
// object cannot say where no change was to blame.
func (a *app) printObject(result *funcbox.ExecutionResult, synced *syncOutcome, stderr *lineWriter) error {
	encoder := json.NewEncoder(a.stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(result); err != nil || synced == nil || synced.err == nil {
		return err
	}
	return stderr.printLine("funcbox: " + synced.ending())
}
