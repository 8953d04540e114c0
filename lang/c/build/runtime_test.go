// Package build is the recipe of C and C++ (build.sh), and the test of what it makes:
// programs compiled and linked inside the engine with the sysroot and the runtime.
package build

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/archive"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm"
	"github.com/funcbox/funcbox/wasm/meter"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

//go:embed testdata runtime/runtime.h
var sources embed.FS

// toolchain is clang in an engine, with its sysroot.
type toolchain struct {
	engine  *wasm.Engine
	clang   *wasm.Module
	sysroot *vfs.Layer
}

// made is what all tests here use, once one has: reading clang takes seconds.
var (
	made     *toolchain
	prepared = sync.OnceValue(makeToolchain)
)

func makeToolchain() error {
	content := map[string][]byte{"manifest.json": nil, "clang.wasm.zst": nil, "sysroot.bin": nil}
	for name := range content {
		var err error
		if content[name], err = os.ReadFile("../" + name); err != nil {
			return err
		}
	}
	var m manifest
	if err := json.Unmarshal(content["manifest.json"], &m); err != nil {
		return err
	}
	files, err := archive.Open(content["sysroot.bin"])
	if err != nil {
		return err
	}
	engine, err := wasm.NewEngine(context.Background(), wasm.Config{})
	if err != nil {
		return err
	}
	made = &toolchain{
		engine:  engine,
		clang:   engine.Module(wasm.ModuleSpec{Name: "clang", Binary: wasm.NewBinary(content["clang.wasm.zst"], m.Wasm), Command: true}),
		sysroot: vfs.NewLayer(files),
	}
	return nil
}

func TestMain(m *testing.M) {
	code := m.Run()
	if made != nil {
		if err := made.engine.Close(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// newToolchain leaves a test out of short runs: under the race detector, reading clang
// takes minutes.
func newToolchain(t *testing.T) *toolchain {
	t.Helper()
	if testing.Short() {
		t.Skip("needs clang")
	}
	require.NoError(t, prepared())
	return made
}

// run runs a tool on files, by their names, and returns the file it makes, /tmp/out.
func (c *toolchain) run(t *testing.T, files map[vfs.Path][]byte, args ...string) []byte {
	t.Helper()
	tree, err := vfs.New(vfs.Options{Files: files, Directories: []vfs.Path{"/tmp"}, Layers: []vfs.Mount{{Path: "/usr", Layer: c.sysroot}}})
	require.NoError(t, err)
	defer func() { require.NoError(t, tree.Close()) }()
	var said bytes.Buffer
	out, err := c.clang.Run(t.Context(), wasm.Job{
		System: wasip1.Config{Args: args, Stdout: &said, Stderr: &said, FS: tree},
		Limits: wasm.Limits{Fuel: wasm.Unlimited, MemoryBytes: 1 << 30},
	})
	require.NoError(t, err)
	require.NoError(t, out.Err, said.String())
	require.Equal(t, wasm.Exited, out.Ending)
	require.Zero(t, out.ExitCode, said.String())
	made, err := fs.ReadFile(tree.View(), "tmp/out")
	require.NoError(t, err)
	return made
}

// lowering is what code needs that throws or jumps: ../../build/sjlj.c and
// runtime/unwind.cpp.
var (
	common = strings.Fields("clang -cc1 -triple wasm32-unknown-wasip1 -emit-obj -disable-free -clear-ast-before-backend" +
		" -mrelocation-model static -mframe-pointer=none -ffp-contract=on -fno-rounding-math -mconstructor-aliases -target-cpu generic" +
		" -fvisibility=hidden -resource-dir /usr/lib/clang -fgnuc-version=4.2.1" +
		" -fsanitize=null -fsanitize-ignorelist=/usr/lib/clang/unchecked.txt -mllvm -enable-emscripten-sjlj -o /tmp/out")
	inC   = strings.Fields("-std=gnu17 -internal-isystem /usr/lib/clang/include -internal-isystem /usr/include -x c")
	inCPP = strings.Fields("-std=gnu++20 -fdeprecated-macro -fexceptions -fcxx-exceptions -mllvm -enable-emscripten-cxx-exceptions" +
		" -internal-isystem /usr/include/c++/v1 -internal-isystem /usr/lib/clang/include -internal-isystem /usr/include -x c++")
	link = strings.Fields("wasm-ld -m wasm32 --no-entry --stack-first -z stack-size=1048576 --gc-sections --strip-debug" +
		" --export-table --export=__stack_pointer -o /tmp/out")
)

// compile makes an object of a source in testdata.
func (c *toolchain) compile(t *testing.T, level, source string) []byte {
	t.Helper()
	files := map[vfs.Path][]byte{}
	for _, name := range []string{"testdata/cases.h", "runtime/runtime.h", "testdata/" + source} {
		content, err := sources.ReadFile(name)
		require.NoError(t, err)
		files[vfs.Path("/"+name)] = content
	}
	language := inC
	if path.Ext(source) == ".cpp" {
		language = inCPP
	}
	return c.run(t, files, slices.Concat(common, []string{level, "-main-file-name", source}, language, []string{"/testdata/" + source})...)
}

// program makes a module of sources in testdata.
func (c *toolchain) program(t *testing.T, level string, programSources ...string) *wasm.Module {
	t.Helper()
	files := map[vfs.Path][]byte{}
	args := slices.Clone(link)
	libraries := []string{"/usr/lib/libfuncbox.a", "/usr/lib/libc-printscan-long-double.a", "/usr/lib/libc.a", "/usr/lib/libclang_rt.builtins.a"}
	for i, source := range append(programSources, "harness.c") {
		object := fmt.Sprintf("/tmp/%d.o", i)
		files[vfs.Path(object)] = c.compile(t, level, source)
		args = append(args, object)
		if path.Ext(source) == ".cpp" && libraries[0] != "/usr/lib/libc++.a" {
			libraries = append([]string{"/usr/lib/libc++.a"}, libraries...)
		}
	}
	metered, err := meter.Meter(c.run(t, files, append(args, libraries...)...))
	require.NoError(t, err)
	m := c.engine.Module(wasm.ModuleSpec{Name: programSources[0], Binary: packed(t, metered)})
	require.NoError(t, m.Prepare(t.Context()))
	return m
}

// packed is a Binary as ModuleSpec wants it.
func packed(t *testing.T, module []byte) *wasm.Binary {
	t.Helper()
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	require.NoError(t, err)
	return wasm.NewBinary(encoder.EncodeAll(module, nil), checksum(module))
}

// fuel is enough for every case that ends, and used up soon by one that does nothing
// but throw.
const fuel = 10_000_000

// call runs one case; output is what it printed.
func call(t *testing.T, m *wasm.Module, name string) (out wasm.Outcome, output string) {
	t.Helper()
	tree, err := vfs.New(vfs.Options{Directories: []vfs.Path{"/tmp"}})
	require.NoError(t, err)
	defer func() { require.NoError(t, tree.Close()) }()
	var said bytes.Buffer
	out, err = m.Run(t.Context(), wasm.Job{
		Request: []byte(name),
		System:  wasip1.Config{Stdout: &said, Stderr: &said, FS: tree},
		Limits:  wasm.Limits{Fuel: fuel, MemoryBytes: 64 << 20, ReplyBytes: 1 << 20},
	})
	require.NoError(t, err)
	return out, said.String()
}

// levels are the one that requests have by default, and with FUNCBOX_ALL_LEVELS, as in
// make conformance-c, all that one can ask for: each takes a minute.
var levels = func() []string {
	if os.Getenv("FUNCBOX_ALL_LEVELS") != "" {
		return []string{"-O0", "-O1", "-O2"}
	}
	return []string{"-O1"}
}()

func TestRuntime(t *testing.T) {
	tools := newToolchain(t)
	for _, level := range levels {
		for _, program := range [][]string{
			{"exceptions.cpp", "run.cpp"},
			{"unwinding.cpp", "run.cpp"},
			{"frames.cpp", "run.cpp"},
			{"library.cpp", "run.cpp"},
			{"jumps_in_cpp.cpp", "run.cpp"},
			{"jumps.c"},
		} {
			t.Run(program[0]+level, func(t *testing.T) {
				t.Parallel()
				m := tools.program(t, level, program...)
				out, _ := call(t, m, "")
				require.NoError(t, out.Err)
				names := strings.Fields(string(out.Reply))
				require.NotEmpty(t, names)
				for _, name := range names {
					t.Run(name, func(t *testing.T) {
						out, _ := call(t, m, name)
						require.NoError(t, out.Err)
						require.Equal(t, "ok", string(out.Reply))
					})
				}
			})
		}
	}
}

func TestEndings(t *testing.T) {
	tools := newToolchain(t)
	for _, level := range levels {
		t.Run(level, func(t *testing.T) {
			t.Parallel()
			m := tools.program(t, level, "endings.cpp")
			for _, test := range []struct {
				name   string
				ending wasm.Ending
				code   uint32
				err    string // part of it
				output string
			}{
				{"aborts", wasm.Trapped, 0, "abort() was called", "said before\n"},
				{"asserts", wasm.Trapped, 0, `assertion failed: zero == 1 && "one is zero" (/testdata/endings.cpp:24, case_asserts)`, ""},
				{"terminates", wasm.Trapped, 0, "std::terminate was called", ""},
				{"terminates_in_handler", wasm.Trapped, 0, "an exception of type std::runtime_error: number 3", ""},
				{"breaks_noexcept", wasm.Trapped, 0, "an exception of type std::runtime_error: number 4", ""},
				{"breaks_noexcept_with_a_class", wasm.Trapped, 0, "an exception of type shop::Closed", ""},
				{"throws_out_of_destructor", wasm.Trapped, 0, "an exception of type std::runtime_error: number 5", ""},
				{"throws_while_unwinding", wasm.Trapped, 0, "an exception of type std::runtime_error: number", ""},
				{"rethrows_nothing", wasm.Trapped, 0, "std::terminate was called", ""},
				{"own_terminate_handler", wasm.Exited, 70, "", "own handler\n"},
				{"exits", wasm.Exited, 9, "", "said before\nat exit\n"},
				{"calls_pure_virtual", wasm.Trapped, 0, "Pure virtual function called", ""},
				{"divides_by_zero", wasm.Trapped, 0, "integer divide by zero", ""},
				{"overflows_the_stack", wasm.Trapped, 0, "", ""},
				{"writes_far_away", wasm.Trapped, 0, "out of bounds memory access", ""},
				{"reads_null", wasm.Trapped, 0, "load of null pointer of type 'const int' (/testdata/endings.cpp:85:", ""},
				{"calls_on_null", wasm.Trapped, 0, "member call on null pointer of type 'Pure' (/testdata/endings.cpp:", ""},
				{"reaches_unreachable", wasm.Trapped, 0, "unreachable", ""},
				{"opens_tries_without_end", wasm.Trapped, 0, "", ""},
				{"throws_without_end", wasm.Stopped, 0, "fuel", ""},
				{"calls_through_wrong_type", wasm.Trapped, 0, "", ""},
			} {
				t.Run(test.name, func(t *testing.T) {
					if test.name == "calls_pure_virtual" && level == "-O0" {
						// A call through the table, where the function that says so has no parameter.
						test.err = "indirect call type mismatch"
					}
					out, output := call(t, m, test.name)
					require.Equal(t, test.ending, out.Ending, "%v %s", out.Err, out.Reply)
					require.Equal(t, test.code, out.ExitCode)
					require.Equal(t, test.output, output)
					if test.ending != wasm.Exited {
						require.ErrorContains(t, out.Err, test.err)
						t.Log(out.Err)
					}
				})
			}
		})
	}
}
