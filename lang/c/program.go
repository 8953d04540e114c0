package c

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/funcbox/funcbox/internal/wasmbin"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/meter"
)

// program is a compiled program as the store keeps it.
type program struct {
	module   []byte // as the linker made it
	listing  []byte
	warnings string
}

// compilation is one program on its way.
type compilation struct {
	*dialect
	*sources
	tools   *toolchain
	options *lang.CompileOptions
	source  *lang.Source
	// mayBeBody: where a program of C++ fails by its declarations alone, the diagnostics of
	// all of it are not asked for.
	mayBeBody bool
	// body is what the main file was made of; nil: it is as it was given.
	body *body
	late *lateFile // that the main file includes; nil: none
}

func (c *compilation) build(ctx context.Context, h *headers) (*program, error) {
	if c.language == "c++" {
		return c.buildCPP(ctx, h)
	}
	return c.buildC(ctx)
}

// generatedC is the unit that the generator writes.
const generatedC = outputPath + "/calls.c"

// objectPath is where the object of a unit goes.
func objectPath(number int) vfs.Path { return vfs.Path(fmt.Sprintf("%s/%d.o", outputPath, number)) }

// compileUnit compiles a file to an object.
func (c *compilation) compileUnit(ctx context.Context, at vfs.Path, number int, flags ...string) (*produced, error) {
	language := c.unitLanguage(strings.ToLower(path.Ext(string(at))))
	if at == c.main || language == "" {
		language = c.language
	}
	arguments := c.unitFlags(at)
	arguments = append(arguments, flags...)
	arguments = append(arguments, "-emit-obj", "-o", string(objectPath(number)), "-x", language, string(at))
	job := command{arguments: arguments, files: c.files, workdir: c.workdir, output: objectPath(number)}
	if at == c.main {
		job.late = c.late
	}
	return c.tools.run(ctx, job, nil)
}

// unitFlags are the arguments for a file of the program.
func (c *compilation) unitFlags(at vfs.Path) []string {
	d := c.dialect
	options := *c.options
	if d.language == "c++" && slices.Contains(extensionsC, path.Ext(string(at))) && at != c.main {
		d, options.Standard = &languageC, ""
	}
	arguments := d.compile(&options)
	prefix := strings.TrimSuffix(string(c.workdir), "/") + "/"
	return append(arguments, "-main-file-name", path.Base(string(at)), "-fmacro-prefix-map="+prefix+"=", "-I", string(c.workdir),
		fmt.Sprintf("-fsanitize-undefined-strip-path-components=%d", strings.Count(prefix, "/")))
}

// describing makes the compiler write what functions and types there are.
var describing = []string{"-debug-info-kind=limited", "-dwarf-version=4", "-debugger-tuning=gdb"}

// buildC compiles a program of C: all files, then the unit that calls the functions
// which the main one turned out to have.
func (c *compilation) buildC(ctx context.Context) (*program, error) {
	objects, warnings, err := c.compileUnits(ctx, describing)
	if err != nil {
		return nil, err
	}
	found, err := functions(objects[0], string(c.main))
	if err != nil {
		return nil, &failedError{"error: " + err.Error() + "\n"}
	}
	var callables []callable
	var listed []described
	for _, f := range found {
		if f.external && isPublic(f.name) {
			c.body.mark(f)
			callables = append(callables, apply(f, c.source.Outs))
		}
	}
	usable := slices.ContainsFunc(callables, func(c callable) bool { return c.refused == "" })
	for i := range callables {
		d := callables[i].describe(c.source.Code)
		d.public = callables[i].refused == "" || !usable
		listed = append(listed, d)
	}
	list, err := listing(listed)
	if err != nil {
		return nil, err
	}
	calls := &compilation{dialect: &languageC, sources: &sources{
		main: generatedC, workdir: "/", files: map[vfs.Path][]byte{generatedC: []byte(generate(callables, list))},
	}, tools: c.tools, options: &lang.CompileOptions{}, source: c.source}
	unit, err := calls.compileUnit(ctx, generatedC, 0, "-w")
	if err != nil {
		return nil, fmt.Errorf("compiling the calls of the program's functions: %w", hide(err))
	}
	return c.link(ctx, append(objects, unit.output), list, warnings)
}

// hide makes an error of generated code one of the host.
func hide(err error) error {
	if failed := (*failedError)(nil); errors.As(err, &failed) {
		return errors.New(failed.diagnostics)
	}
	return err
}

// compileUnits compiles all units at the same time; flags are for the main one. The others
// in C++ have the precompiled headers, too.
// The warnings are in the order of the units, as is the error of the first that fails.
func (c *compilation) compileUnits(ctx context.Context, flags []string) (objects [][]byte, warnings string, err error) {
	objects = make([][]byte, len(c.units))
	said, failures := make([]string, len(c.units)), make([]error, len(c.units))
	var wait sync.WaitGroup
	for i, unit := range c.units {
		own := flags
		if i > 0 {
			own = nil
			if c.unitLanguage(strings.ToLower(path.Ext(string(unit)))) == "c++" {
				own = withHeaders
			}
		}
		wait.Go(func() {
			made, err := c.compileUnit(ctx, unit, i, own...)
			if err != nil {
				failures[i] = err
				return
			}
			objects[i], said[i] = made.output, string(made.stderr)
		})
	}
	wait.Wait()
	var diagnostics strings.Builder
	for _, err := range failures {
		failed := (*failedError)(nil)
		if err != nil && !errors.As(err, &failed) {
			return nil, "", err
		}
		if err != nil {
			diagnostics.WriteString(failed.diagnostics)
		}
	}
	if diagnostics.Len() > 0 {
		return nil, "", &failedError{c.tidy(diagnostics.String())}
	}
	return objects, c.tidy(strings.Join(said, "")), nil
}

// link makes the program's module of its objects.
func (c *compilation) link(ctx context.Context, objects [][]byte, list []byte, warnings string) (*program, error) {
	const linked = outputPath + "/program.wasm"
	files := make(map[vfs.Path][]byte)
	var names []string
	for i, object := range objects {
		at := objectPath(i)
		files[at] = object
		names = append(names, string(at))
	}
	made, err := c.tools.run(ctx, command{arguments: c.dialect.link(names, string(linked)), files: files, workdir: "/", output: linked}, nil)
	if failed := (*failedError)(nil); errors.As(err, &failed) {
		text := failed.diagnostics
		for i, unit := range c.units {
			text = strings.ReplaceAll(text, string(objectPath(i)), c.shown(unit))
		}
		if warnings != "" { // may tell why, as of functions that are not there
			text = warnings + "\n" + text
		}
		return nil, &failedError{c.tidy(text)}
	}
	if err != nil {
		return nil, err
	}
	return &program{module: made.output, listing: list, warnings: warnings}, nil
}

// What a program's module may be.
const (
	maxImports     = 2000
	maxStaticPages = 8192 // 512 MiB
)

// imports are what a program may import, besides WASI and env.invoke_*.
var imports = map[string][]string{
	"funcbox": {"request", "result", "host_call", "host_reply", "throw", "tick"},
	"env":     {"abort"},
}

// secure meters a module that the linker made of the user's code, and refuses what
// no honest program has: code can name its imports and exports as it likes. It decodes
// strictly and comes before anything else that decodes the module. It is done each time a
// program is taken from the disk, so that none there is metered by rules of the past.
func secure(module []byte) ([]byte, error) {
	info, err := wasmbin.Inspect(module)
	if err != nil {
		return nil, fmt.Errorf("the program's module: %w", err)
	}
	if len(info.Imports) > maxImports {
		return nil, fmt.Errorf("the program imports %d functions, at most %d are possible", len(info.Imports), maxImports)
	}
	for _, i := range info.Imports {
		allowed := i.Kind == wasmbin.KindFunction && (i.Module == "wasi_snapshot_preview1" || slices.Contains(imports[i.Module], i.Name) ||
			i.Module == "env" && strings.HasPrefix(i.Name, "invoke_"))
		if !allowed {
			return nil, fmt.Errorf("the program imports %s.%s, which does not exist", i.Module, i.Name)
		}
	}
	for _, memory := range info.Memories {
		if memory.Min > maxStaticPages {
			return nil, fmt.Errorf("the program's variables take %d MiB, at most %d are possible", memory.Min>>4, maxStaticPages>>4)
		}
	}
	return meter.Meter(module)
}

// mains are what the linker calls the two forms of main in the custom section "name":
// a length, then the bytes. It adds a prefix to what is not there.
var mains = [][]byte{[]byte("\x04main"), []byte("\x0f__original_main")}

// hasMain tells whether a program has a main function.
func hasMain(module []byte) bool {
	sections, err := wasmbin.Sections(module)
	if err != nil {
		return false
	}
	for _, s := range sections {
		if s.ID == wasmbin.SectionCustom && s.Name == "name" {
			return bytes.Contains(s.Body, mains[0]) || bytes.Contains(s.Body, mains[1])
		}
	}
	return false
}
