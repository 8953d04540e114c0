package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
)

// inspectFlags are the flags of funcbox inspect as they were given.
type inspectFlags struct {
	code         runFlags // as far as inspect has them
	json, schema bool
}

func (a *app) inspectCommand() *cobra.Command {
	var flags inspectFlags
	cmd := &cobra.Command{
		Use:   "inspect [flags] {FILE | - | -e CODE}",
		Short: "List the functions of a file with their parameters",
		Long: `Inspect runs the top level of a source file in a fresh sandbox, calls nothing, and
prints what the language says of the functions that the file defines: their
signatures in the language's notation, with doc comments.

With --json there is a JSON array of descriptions instead, and with --schema one of
definitions of tools for language models, {"name", "description", "parameters"}, where
parameters are a JSON Schema. With --call there is only the one function, and
--schema prints its definition alone, which the flag --schema of 'funcbox run' takes.

What the code prints goes to the standard error, as do the warnings of a compiler.`,
		Example: `  funcbox inspect greet.py
  funcbox inspect --json tools.mjs
  funcbox inspect --schema --call greet greet.py > greet.json`,
		Args:              cobra.MaximumNArgs(1),
		RunE:              func(cmd *cobra.Command, args []string) error { return a.inspect(cmd, &flags, args) },
		ValidArgsFunction: a.completeFile,
	}
	f := cmd.Flags()
	f.StringVar(&flags.code.lang, "lang", "", "`language` of the code (default: by the file's extension)")
	f.StringVarP(&flags.code.eval, "eval", "e", "", "inspect this `code` instead of a file; needs --lang")
	f.StringVar(&flags.code.call, "call", "", "`name` of the only function to print")
	f.Var(&flags.code.files, "file", "put the host's file into the sandbox, as `GUEST=HOST`; repeatable")
	flags.code.compile.register(cmd)
	f.StringVar(&flags.code.workdir, "workdir", "", "the guest's working `folder` (default "+funcbox.DefaultWorkdir+")")
	f.Var(&flags.code.env, "env", "environment variable, as `NAME=VALUE`; repeatable; there are no others")
	defaults := funcbox.DefaultLimits()
	f.Var(&flags.code.timeout, "timeout", "longest `duration`, such as 500ms or 5s (default "+defaults.Timeout.String()+")")
	f.BoolVar(&flags.json, "json", false, "print descriptions as a JSON array")
	f.BoolVar(&flags.schema, "schema", false, "print definitions of tools, with JSON Schema")
	cmd.MarkFlagsMutuallyExclusive("json", "schema")
	mustComplete(cmd, "lang", a.languageNames)
	for _, name := range []string{"eval", "call", "workdir", "env", "timeout"} {
		mustComplete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

func (a *app) inspect(cmd *cobra.Command, flags *inspectFlags, args []string) error {
	stderr := &lineWriter{to: a.stderr}
	request := &funcbox.Request{
		Function: flags.code.call, Workdir: flags.code.workdir, Env: flags.code.env.values,
		Limits: funcbox.Limits{Timeout: flags.code.timeout.duration},
		Stdout: stderr, Stderr: stderr,
	}
	if _, err := a.source(cmd, &flags.code, args, request); err != nil {
		return err
	}
	var err error
	if request.Compile, err = flags.code.compile.options(cmd, a, request.Language); err != nil {
		return err
	}
	if request.Files, err = flags.code.files.read(); err != nil {
		return err
	}
	ctx := cmd.Context()
	progress := a.progress()
	ex, err := a.executor(ctx, progress.update)
	if err != nil {
		return err
	}
	functions, result, err := ex.Inspect(ctx, *request)
	progress.stop()
	if err == nil && ctx.Err() == nil {
		err = ex.Close(ctx)
	}
	if err != nil {
		return err
	}
	if a.code = result.ExitCode; !result.Success() {
		return printResult(result, stderr, stderr)
	}
	if err := printWarnings(result.Meta.Warnings, stderr); err != nil {
		return err
	}
	if flags.code.call != "" {
		functions = slices.DeleteFunc(functions, func(f funcbox.Signature) bool { return f.Name != flags.code.call })
		if len(functions) == 0 {
			a.code = 1
			return stderr.printLine(fmt.Sprintf("funcbox: the code defines no function %q", flags.code.call))
		}
	}
	return a.printFunctions(flags, a.languages.ByName(request.Language), functions)
}

func (a *app) printFunctions(flags *inspectFlags, language *lang.Language, functions []funcbox.Signature) error {
	switch {
	case flags.json:
		if functions == nil {
			functions = []funcbox.Signature{}
		}
		return a.printJSON(functions)
	case flags.schema:
		tools := []json.RawMessage{}
		for i := range functions {
			if flags.code.call != "" || !isPrivate(functions[i].Name) {
				tools = append(tools, functions[i].Tool(language.Signature))
			}
		}
		if flags.code.call != "" {
			return a.printJSON(tools[0])
		}
		return a.printJSON(tools)
	}
	for i := range functions {
		f := &functions[i]
		fmt.Fprintln(a.stdout, language.Signature.Format(f))
		if doc := strings.TrimSpace(f.Doc); doc != "" {
			for line := range strings.Lines(visible(doc)) {
				fmt.Fprintln(a.stdout, strings.TrimRight("    "+line, " \t\n"))
			}
		}
	}
	return nil
}

// isPrivate tells whether a function, or what it belongs to, is named as one that is
// nobody else's business.
func isPrivate(name string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == ':' || r == '\\' || r == '#' }),
		func(part string) bool { return strings.HasPrefix(part, "_") })
}

// visible leaves out what a terminal would act on.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, text)
}

func (a *app) printJSON(v any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, err := text.WriteTo(a.stdout)
	return err
}
