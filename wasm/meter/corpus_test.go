package meter

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// wazeroSource returns the folder of wazero's source, which holds thousands of
// modules, those of the specification's test suite among them; without it the
// test is skipped.
func wazeroSource(t testing.TB) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Skip("the source of wazero is not at hand")
	}
	return dir
}

// TestCorpus meters every module in wazero's source: those that wazero compiles
// still compile, and no others do.
func TestCorpus(t *testing.T) {
	ctx := context.Background()
	rt := newRuntime(t, wazero.NewRuntimeConfigInterpreter(), &host{})
	compile := func(wasm []byte) error {
		m, err := rt.CompileModule(ctx, wasm)
		if err == nil {
			err = m.Close(ctx)
		}
		return err
	}
	metered := 0
	dir := wazeroSource(t)
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".wasm") {
			return err
		}
		wasm, err := os.ReadFile(path)
		require.NoError(t, err)
		out, err := Meter(wasm)
		valid := compile(wasm) == nil
		if err != nil {
			// wazero decodes table initializers without being asked for typed references.
			require.False(t, valid && !strings.Contains(path, "typed-function-references"), "%s: %v", path, err)
			return nil
		}
		metered++
		err = compile(out)
		require.Equal(t, valid, err == nil, "%s: %v", path, err)
		again, err := Meter(wasm)
		require.NoError(t, err)
		require.Equal(t, out, again, "%s: not deterministic", path)
		_, err = Meter(out)
		require.ErrorIs(t, err, ErrMetered, path)
		return nil
	}))
	require.Greater(t, metered, 2000)
}

// specCommand is a command of a script of the specification's test suite, as
// wast2json writes it.
type specCommand struct {
	Type     string
	Line     int
	Name     string
	Filename string
	As       string
	Action   struct {
		Type   string
		Module string
		Field  string
		Args   []struct {
			Type  string
			Value any
		}
	}
}

// TestSpecificationScripts runs the scripts of the specification's test suite
// twice, with the modules as they are and metered, and compares what each call
// returns.
func TestSpecificationScripts(t *testing.T) {
	suite := filepath.Join(wazeroSource(t), "internal", "integration_test", "spectest")
	common, err := os.ReadFile(filepath.Join(suite, "testdata", "spectest.wasm"))
	require.NoError(t, err)
	compared := 0
	for _, part := range []string{"v2", "tail-call", "extended-const"} {
		scripts, err := filepath.Glob(filepath.Join(suite, part, "testdata", "*.json"))
		require.NoError(t, err)
		for _, script := range scripts {
			t.Run(part+"/"+strings.TrimSuffix(filepath.Base(script), ".json"), func(t *testing.T) {
				text, err := os.ReadFile(script)
				require.NoError(t, err)
				var commands struct{ Commands []specCommand }
				require.NoError(t, json.Unmarshal(text, &commands))
				for _, config := range engines {
					plain := newSpecRun(t, config(), common, func(wasm []byte) ([]byte, error) { return wasm, nil })
					metered := newSpecRun(t, config(), common, Meter)
					for _, c := range commands.Commands {
						want := plain.do(c, filepath.Dir(script))
						require.Equal(t, want, metered.do(c, filepath.Dir(script)), "line %d", c.Line)
						if len(want.Results) > 0 {
							compared++
						}
					}
				}
			})
		}
	}
	require.Greater(t, compared, 20_000)
}

// specRun is the state of a script.
type specRun struct {
	t       *testing.T
	rt      wazero.Runtime
	rewrite func([]byte) ([]byte, error)
	last    api.Module
	named   map[string]api.Module
}

func newSpecRun(t *testing.T, config wazero.RuntimeConfig, common []byte, rewrite func([]byte) ([]byte, error)) *specRun {
	h := &host{grant: 3}
	r := &specRun{t: t, rt: newRuntime(t, config.WithMemoryLimitPages(1024), h), rewrite: rewrite, named: map[string]api.Module{}}
	wasm, err := rewrite(common)
	require.NoError(t, err)
	_, err = r.rt.InstantiateWithConfig(context.Background(), wasm, wazero.NewModuleConfig().WithName("spectest"))
	require.NoError(t, err)
	return r
}

// outcome is what a command does.
type outcome struct {
	Results []uint64
	Failure string
}

func (r *specRun) do(c specCommand, dir string) outcome {
	ctx := context.Background()
	switch c.Type {
	case "module", "assert_uninstantiable", "assert_unlinkable":
		wasm, err := os.ReadFile(filepath.Join(dir, c.Filename))
		require.NoError(r.t, err)
		if wasm, err = r.rewrite(wasm); err == nil {
			var m api.Module
			m, err = r.rt.InstantiateWithConfig(ctx, wasm, wazero.NewModuleConfig().WithName("").WithStartFunctions())
			if c.Type == "module" {
				r.last = m
				r.named[c.Name] = m
			}
		}
		// Only whether it fails: the text names indices.
		if err != nil {
			return outcome{Failure: "failed"}
		}
	case "register":
		// Needs instances by name, which wazero cannot give one afterwards: modules
		// that import from it fail in both runs.
	case "assert_return", "assert_trap", "action", "assert_exception":
		if c.Action.Type != "invoke" {
			return outcome{}
		}
		m := r.last
		if c.Action.Module != "" {
			m = r.named[c.Action.Module]
		}
		args, ok := c.args()
		if m == nil || !ok {
			return outcome{}
		}
		results, err := m.ExportedFunction(c.Action.Field).Call(ctx, args...)
		for i, t := range m.ExportedFunction(c.Action.Field).Definition().ResultTypes() {
			if err == nil && (t == api.ValueTypeExternref || t == api.ValueType(0x70)) && results[i] != 0 {
				results[i] = 1 // a pointer
			}
		}
		return outcome{Results: results, Failure: summary(err)}
	}
	return outcome{}
}

// args returns the arguments as wazero takes them, and whether it can do so.
func (c specCommand) args() (args []uint64, ok bool) {
	for _, a := range c.Action.Args {
		text, isText := a.Value.(string)
		if !isText {
			return nil, false // a vector
		}
		v, err := strconv.ParseUint(text, 10, 64)
		if err != nil && text != "null" {
			return nil, false
		}
		args = append(args, v)
	}
	return args, true
}
