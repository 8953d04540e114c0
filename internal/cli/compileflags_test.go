package cli

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/guesttest"
	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/signature"
	"github.com/funcbox/funcbox/wasm"
)

// echoCompiler is a compiler that warns of the options it was given and else makes the
// same of all code: a program whose only function returns what the program lists.
type echoCompiler struct {
	module  *wasm.Module
	listing *signature.Listing
}

// echoLanguage is the language of echoCompiler.
func echoLanguage(t *testing.T) *lang.Language {
	t.Helper()
	listed := map[string]any{"kind": "module", "only": "f", "functions": []any{map[string]any{"name": "f", "public": true, "exact": true, "params": []any{}}}}
	listing, err := signature.Decode(listed)
	require.NoError(t, err)
	reply := value.AppendUint(value.AppendUint(value.AppendMapHead(nil, 2), 0), 0) // the status of a value
	reply, err = value.Append(value.AppendUint(reply, 1), listed, "")
	require.NoError(t, err)
	const at = 1024
	var call []byte
	for i, b := range reply {
		call = guesttest.Join(call, guesttest.Store8(int32(at+i), int32(b)))
	}
	module := guesttest.Guest{Call: guesttest.Join(call, guesttest.Reply(at, int32(len(reply))))}.Module(t)
	return &lang.Language{
		Name: "echo", Extensions: []string{".echo"}, MainFile: "main.echo",
		NewCompiler: func(config lang.CompilerConfig) (lang.Compiler, error) {
			return &echoCompiler{config.Engine.Module(wasm.ModuleSpec{Name: "echo", Binary: wasm.PlainBinary(module)}), listing}, nil
		},
	}
}

// Prepare implements lang.Compiler.
func (c *echoCompiler) Prepare(ctx context.Context) error { return c.module.Prepare(ctx) }

// Compile implements lang.Compiler.
func (c *echoCompiler) Compile(_ context.Context, source *lang.Source) (*lang.Build, error) {
	o := source.Options
	if o.Standard == "bad" {
		return nil, &lang.CompileFailure{Diagnostics: "main.echo:1:1: error: no"}
	}
	build := &lang.Build{Module: c.module, Listing: c.listing, Release: func() {}}
	if !o.IsZero() {
		build.Warnings = fmt.Sprintf("warning: %q %q %q %q", o.Standard, o.Optimize, o.Warnings, o.Defines)
	}
	return build, nil
}

// Close implements lang.Compiler.
func (c *echoCompiler) Close(context.Context) error {
	c.module.Close()
	return nil
}

func TestCompileFlags(t *testing.T) {
	const all = `warning: "x23" "2" ["all" "no-unused"] map["A":"1" "B":"" "C":"2=3"]`
	flags := []string{"--std", "x23", "-O2", "-Wall", "--warning", "no-unused", "-DA", "-D", "B=", "--define", "C=1", "-DC=2=3"}
	for _, test := range []struct {
		name           string
		args           []string
		code           int
		stdout, stderr string
	}{
		{"all of them", append([]string{"run"}, flags...), 0, `"only":"f"`, all + "\n"},
		{"none", []string{"run"}, 0, `"only":"f"`, ""},
		{"as an object", append([]string{"run", "--json"}, flags...), 0, `"warnings":"warning: \"x23\"`, ""},
		{"calls of a program", append([]string{"run", "--repeat", "2"}, flags...), 0, `"only":"f"`, all + "\n"},
		{"inspect", append([]string{"inspect"}, flags...), 0, "f()", all + "\n"},
		{"not compiled", []string{"run", "--std", "bad"}, 1, "", "CompileError: main.echo:1:1: error: no\n"},
		{"a macro without a name", []string{"run", "-D", "=1"}, exitUsage, "", "the name is missing; write NAME or NAME=TEXT"},
		{"another language", []string{"run", "--lang", "js", "-O1"}, exitUsage, "", "funcbox: --optimize is about compiling, and js is not a compiled language; these are: echo\n"},
		{"inspect of another", []string{"inspect", "--lang", "js", "-DA"}, exitUsage, "", "funcbox: --define is about compiling"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			a := &app{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr}
			args := append([]string{"--cache-dir", "-", test.args[0], "--lang", "echo", "-e", ""}, test.args[1:]...)
			require.Equal(t, test.code, a.main(t.Context(), args, []*lang.Language{js.Language(), echoLanguage(t)}), stderr.String())
			require.Contains(t, stdout.String(), test.stdout)
			require.Contains(t, stderr.String(), test.stderr)
			if test.code == 0 && test.stderr == "" {
				require.Empty(t, stderr.String())
			}
		})
	}
}
