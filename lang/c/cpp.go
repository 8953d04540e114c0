package c

import (
	"bytes"
	"context"
	"errors"
	"path"
	"slices"
	"strings"
)

// withHeaders are the flags that use the precompiled headers.
var withHeaders = []string{"-include-pch", string(headersPath), "-fno-validate-pch", "-fpch-instantiate-templates"}

// buildCPP compiles a program of C++: first its declarations alone, to learn what
// functions there are, then all files, with lines at the end of the main one that make
// the functions callable. Where such a line does not compile, it is tried in another
// form or left out.
func (c *compilation) buildCPP(ctx context.Context, h *headers) (*program, error) {
	precompiled, err := h.get(ctx, c.options)
	if err != nil {
		return nil, err
	}
	c.files[headersPath], c.files[headersSource] = precompiled, []byte(commonHeaders)
	found, err := c.declared(ctx)
	if err != nil && (c.mayBeBody || !errors.Is(err, errUndeclared)) {
		return nil, err
	}
	c.addJumps()
	code := c.files[c.main]
	for {
		list, err := listing(describeAll(found))
		if err != nil {
			return nil, err
		}
		c.files[c.main] = append(slices.Clip(code), bindings(found, list)...)
		objects, warnings, err := c.compileUnits(ctx, withHeaders)
		if err == nil {
			return c.link(ctx, objects, list, warnings)
		}
		failed := (*failedError)(nil)
		if !errors.As(err, &failed) || !adapt(found, failed.diagnostics) {
			return nil, err
		}
	}
}

// jumps has a unit lowered such that longjmp goes through its try statements: LLVM only
// does that where the unit itself calls longjmp. Nothing calls this.
const jumps = "\n\n#pragma clang diagnostic ignored \"-Weverything\"\n#line 1 \"" + bindingsFile + "\"\n#include <setjmp.h>\n" +
	"[[gnu::weak]] void funcbox_jumps() { longjmp(*(jmp_buf *)16, 1); }\n"

// addJumps puts jumps behind all units of C++ if the program has longjmp anywhere.
func (c *compilation) addJumps() {
	used := false
	for at, content := range c.files {
		used = used || !at.Within(outputPath) && bytes.Contains(content, []byte("longjmp"))
	}
	for _, unit := range c.units {
		if used && !slices.Contains(extensionsC, strings.ToLower(path.Ext(string(unit)))) {
			c.files[unit] = append(slices.Clip(c.files[unit]), jumps...)
		}
	}
}

// errUndeclared: the declarations of a program cannot be compiled. Compiling all of it
// tells why.
var errUndeclared = errors.New("the program's declarations do not compile")

// declared learns what functions the main file has. Where it cannot be compiled the
// error is errUndeclared.
func (c *compilation) declared(ctx context.Context) ([]*declaration, error) {
	arguments := append(c.unitFlags(c.main), withHeaders...)
	arguments = append(arguments, "-w", "-fsyntax-only", "-skip-function-bodies", "-ast-dump=json", "-x", c.language, string(c.main))
	out := &limitedBuffer{limit: maxTreeBytes}
	_, err := c.tools.run(ctx, command{arguments: arguments, files: c.files, workdir: c.workdir}, out)
	if failed := (*failedError)(nil); errors.As(err, &failed) {
		return nil, errUndeclared
	}
	if err != nil {
		return nil, err
	}
	if out.cut {
		return nil, &failedError{"error: the program has too many declarations"}
	}
	return declarations(out.Bytes(), string(c.main), c.files[c.main])
}
