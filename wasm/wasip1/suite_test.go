package wasip1_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/vfs/hostfs"
	"github.com/funcbox/funcbox/wasm/meter"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// suiteFolder is the environment variable that names a folder of WASI commands
// (such as the published test suite of WASI preview 1, built), which TestSuite
// runs. Without it the test is skipped: nothing of that kind is part of the
// project.
const suiteFolder = "FUNCBOX_WASI_TESTS"

// manifest is the file beside a command, with .json for .wasm, that says how to
// run it and what to expect. Without one the defaults are those of zero values.
type manifest struct {
	Args     []string          `json:"args"`
	Env      map[string]string `json:"env"`
	Root     string            `json:"root"` // the folder that the guest has at /, relative to the manifest; empty: no files
	ExitCode uint32            `json:"exit_code"`
	Stdout   *string           `json:"stdout"` // nil: anything
	Stderr   *string           `json:"stderr"`
}

// TestSuite runs each command as it is, metered, and over the folder itself rather
// than a copy of it in memory.
func TestSuite(t *testing.T) {
	folder := os.Getenv(suiteFolder)
	if folder == "" {
		t.Skip("set " + suiteFolder + " to a folder of WASI commands")
	}
	var commands []string
	require.NoError(t, filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".wasm" {
			commands = append(commands, path)
		}
		return err
	}))
	require.NotEmpty(t, commands)
	for _, path := range commands {
		binary, err := os.ReadFile(path)
		require.NoError(t, err)
		if !bytes.HasPrefix(binary, []byte("\x00asm\x01\x00\x00\x00")) {
			continue // a component
		}
		relative, err := filepath.Rel(folder, path)
		require.NoError(t, err)
		t.Run(strings.TrimSuffix(filepath.ToSlash(relative), ".wasm"), func(t *testing.T) {
			t.Run("plain", func(t *testing.T) { runCommand(t, path, binary, copyOf) })
			t.Run("mounted", func(t *testing.T) { runCommand(t, path, binary, mounted) })
			metered, err := meter.Meter(binary)
			require.NoError(t, err)
			t.Run("metered", func(t *testing.T) { runCommand(t, path, metered, copyOf) })
		})
	}
}

// runCommand runs a module's _start, with what files makes of its folder.
func runCommand(t *testing.T, path string, binary []byte, files func(*testing.T, string) vfs.Options) {
	t.Helper()
	var want manifest
	description, err := os.ReadFile(strings.TrimSuffix(path, ".wasm") + ".json")
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(description, &want))
	}
	stdin, never := io.Pipe() // open, with nothing in it, as a terminal
	defer never.Close()
	var stdout, stderr bytes.Buffer
	config := wasip1.Config{
		Args: append([]string{filepath.Base(path)}, want.Args...), Stdin: stdin, Stdout: &stdout, Stderr: &stderr,
	}
	if want.Root != "" {
		config.FS = newFS(t, files(t, filepath.Join(filepath.Dir(path), want.Root)))
	}
	for key, value := range want.Env {
		config.Env = append(config.Env, key+"="+value)
	}
	slices.Sort(config.Env)

	system := wasip1.NewSystem(config)
	defer system.Close()
	ctx := wasip1.WithSystem(context.Background(), system)
	runtime := wazero.NewRuntime(ctx)
	defer runtime.Close(ctx)
	_, err = wasip1.Instantiate(ctx, runtime)
	require.NoError(t, err)
	refill := api.GoModuleFunc(func(_ context.Context, _ api.Module, stack []uint64) { stack[0] = 1 << 30 })
	_, err = runtime.NewHostModuleBuilder(meter.ImportModule).NewFunctionBuilder().
		WithGoModuleFunction(refill, []api.ValueType{api.ValueTypeI32}, []api.ValueType{api.ValueTypeI32}).
		Export(meter.ImportName).Instantiate(ctx)
	require.NoError(t, err)

	module, err := runtime.InstantiateWithConfig(ctx, binary, wazero.NewModuleConfig().WithStartFunctions())
	require.NoError(t, err)
	_, err = module.ExportedFunction("_start").Call(ctx)
	code := uint32(0)
	if exit := (*sys.ExitError)(nil); errors.As(err, &exit) {
		code, err = exit.ExitCode(), nil
	}
	require.NoError(t, err, stderr.String())
	require.Equal(t, want.ExitCode, code, stderr.String())
	if want.Stdout != nil {
		require.Equal(t, *want.Stdout, stdout.String())
	}
	if want.Stderr != nil {
		require.Equal(t, *want.Stderr, stderr.String())
	}
}

// mounted has a folder of the host at the root.
func mounted(t *testing.T, folder string) vfs.Options {
	t.Helper()
	source, err := hostfs.Open(folder)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, source.Close()) })
	return vfs.Options{Folders: []vfs.Folder{{Path: "/", Source: source, HostPath: folder}}}
}

// copyOf reads a folder of the host into memory.
func copyOf(t *testing.T, folder string) vfs.Options {
	t.Helper()
	options := vfs.Options{Files: map[vfs.Path][]byte{}}
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		guest, err := vfs.ParsePath(filepath.ToSlash(relative), "/")
		if err != nil || entry.IsDir() {
			options.Directories = append(options.Directories, guest)
			return err
		}
		options.Files[guest], err = os.ReadFile(path)
		return err
	}))
	return options
}
