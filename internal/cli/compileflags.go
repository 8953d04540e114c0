package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/funcbox/funcbox"
)

// compileFlags are the flags about how code of a compiled language is compiled, in the
// form that compilers have made known. They become a request's CompileOptions.
type compileFlags struct {
	standard, optimize string
	warnings           []string
	defines            defineFlag
}

// compileNames are the names of the flags.
var compileNames = []string{"std", "optimize", "warning", "define"}

func (c *compileFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.standard, "std", "", "compile for this `standard` of the language, such as c11 or c++23 (default: the language's)")
	f.StringVarP(&c.optimize, "optimize", "O", "", "compile with this `level` of optimization: 0, 1 or 2 (default 1)")
	f.StringArrayVarP(&c.warnings, "warning", "W", nil, "have the compiler warn of more, by the `name` of a warning, such as all or no-unused; error makes errors of them; repeatable")
	f.VarP(&c.defines, "define", "D", "define a macro for the compiler, as `NAME[=TEXT]`; without a text it is 1; repeatable")
	mustComplete(cmd, "optimize", cobra.FixedCompletions([]cobra.Completion{"0", "1", "2"}, cobra.ShellCompDirectiveNoFileComp))
	for _, name := range []string{"std", "warning", "define"} {
		mustComplete(cmd, name, cobra.NoFileCompletions)
	}
}

// options are those for code in a language, which must be a compiled one.
func (c *compileFlags) options(cmd *cobra.Command, a *app, language string) (funcbox.CompileOptions, error) {
	for _, name := range compileNames {
		if cmd.Flags().Changed(name) && a.languages.ByName(language).NewCompiler == nil {
			return funcbox.CompileOptions{}, usage(cmd, "--%s is about compiling, and %s is not a compiled language; %s", name, language, a.compiled())
		}
	}
	return funcbox.CompileOptions{Standard: c.standard, Optimize: c.optimize, Warnings: c.warnings, Defines: c.defines.values}, nil
}

// compiled says which languages are.
func (a *app) compiled() string {
	var names []string
	for _, language := range a.languages.All() {
		if language.NewCompiler != nil {
			names = append(names, language.Name)
		}
	}
	if len(names) == 0 {
		return "none is"
	}
	slices.Sort(names)
	return "these are: " + strings.Join(names, ", ")
}

// defineFlag collects NAME[=TEXT]; of equal names the last counts.
type defineFlag struct{ values map[string]string }

func (f *defineFlag) Set(text string) error {
	name, value, found := strings.Cut(text, "=")
	if name == "" {
		return errors.New("the name is missing; write NAME or NAME=TEXT")
	}
	if !found {
		value = "1"
	}
	if f.values == nil {
		f.values = make(map[string]string)
	}
	f.values[name] = value
	return nil
}

func (f *defineFlag) String() string { return "" }
func (f *defineFlag) Type() string   { return "NAME[=TEXT]" }

// printWarnings prints what the compiler remarked on code that it compiled. Its remarks
// on other code are part of the error.
func printWarnings(warnings string, stderr *lineWriter) error {
	if warnings == "" {
		return nil
	}
	return stderr.printLine(strings.TrimRight(warnings, "\n"))
}
