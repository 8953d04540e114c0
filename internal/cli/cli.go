// Package cli is the command funcbox: its subcommands, flags, output and exit
// codes. What a call is, and every rule about guests, lives in package funcbox;
// here words on a command line become a [funcbox.Request] and a
// [funcbox.ExecutionResult] becomes output. The package knows no language by
// name: cmd/funcbox hands them in.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
)

// Exit codes other than those of results.
const (
	exitUsage      = 2   // wrong usage, or a failure of the host
	exitTerminated = 143 // stopped before there was a call to report on
)

// Main runs the command with the process's arguments and streams and returns
// its exit code. An interrupt or SIGTERM cancels what is under way; a second
// one ends the process.
func Main(languages ...*lang.Language) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	if fd := int(os.Stderr.Fd()); term.IsTerminal(fd) {
		a.columns, _, _ = term.GetSize(fd)
	}
	return a.main(ctx, os.Args[1:], languages)
}

// app is one run of the command.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	columns        int // of the terminal that stderr is; 0 if it is none

	languages lang.Registry
	cacheDir  string
	code      int // the exit code, if no error decides it
}

func (a *app) main(ctx context.Context, args []string, languages []*lang.Language) int {
	for _, language := range languages {
		if err := a.languages.Add(language); err != nil {
			return a.report(ctx, err)
		}
	}
	root := a.rootCommand()
	root.SetArgs(args)
	if err := root.ExecuteContext(ctx); err != nil {
		return a.report(ctx, err)
	}
	return a.code
}

// report prints an error of the host and returns the exit code it leads to.
func (a *app) report(ctx context.Context, err error) int {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		fmt.Fprintln(a.stderr, "funcbox: interrupted")
		return exitTerminated
	}
	fmt.Fprintf(a.stderr, "funcbox: %s\n", strings.TrimPrefix(err.Error(), "funcbox: "))
	var usage *usageError
	if errors.As(err, &usage) {
		fmt.Fprintf(a.stderr, "See '%s --help'.\n", usage.command)
	}
	return exitUsage
}

// usageError is an error after which the help is worth reading.
type usageError struct {
	command string // such as "funcbox run"
	err     error
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usage(cmd *cobra.Command, format string, arguments ...any) error {
	return &usageError{cmd.CommandPath(), fmt.Errorf(format, arguments...)}
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "funcbox",
		Short: "Calls functions written in other languages, each call in a sandbox",
		Long: `Funcbox runs code in a WebAssembly sandbox: a fresh one for every call, with a
filesystem in memory, no environment and no network, and limits on time, memory
and output.`,
		Example:       runExample,
		SilenceErrors: true,
		SilenceUsage:  true,

		SuggestionsMinimumDistance: 2,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage(cmd, "unknown command %q%s", args[0], suggestions(cmd, args[0]))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usage(cmd, "%w", err) })
	root.PersistentFlags().StringVar(&a.cacheDir, "cache-dir", "",
		"`folder` that keeps compiled runtimes, - for none (default: funcbox in the user's cache folder)")
	root.AddCommand(a.runCommand(), a.inspectCommand(), a.warmCommand(), a.versionCommand())
	return root
}

func suggestions(cmd *cobra.Command, word string) string {
	found := cmd.SuggestionsFor(word)
	if len(found) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(found, " or ") + "?"
}

// executor makes the executor that a subcommand uses. The caller closes it.
func (a *app) executor(ctx context.Context, progress func(funcbox.CompileProgress)) (*funcbox.Executor, error) {
	options := []funcbox.Option{
		funcbox.WithLanguages(a.languages.All()...),
		funcbox.WithLogger(a.logger()),
		funcbox.WithCompileProgress(progress),
	}
	if a.cacheDir != "" {
		options = append(options, funcbox.WithCacheDir(a.cacheDir))
	}
	return funcbox.New(ctx, options...)
}

func (a *app) language(cmd *cobra.Command, name string) (*lang.Language, error) {
	if language := a.languages.ByName(name); language != nil {
		return language, nil
	}
	return nil, usage(cmd, "unknown language %q; known are: %s", name, strings.Join(a.languages.Names(), ", "))
}

// languageNames completes the names of languages.
func (a *app) languageNames(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return a.languages.Names(), cobra.ShellCompDirectiveNoFileComp
}
