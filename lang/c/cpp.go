package c

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
)

// withHeaders are the flags that use the precompiled headers.
var withHeaders = []string{"-include-pch", string(headersPath), "-fno-validate-pch", "-fpch-instantiate-templates"}

// bindingsPath is included at the end of the main file: what makes its functions callable.
const bindingsPath = outputPath + "/bindings.hpp"

// buildCPP compiles a program of C++: its declarations alone, to learn what functions
// there are, and at the same time all files, of which the main one ends with the lines
// that make the functions callable: clang waits there until they are known. Where such a
// line does not compile, it is tried in another form or left out.
func (c *compilation) buildCPP(ctx context.Context, h *headers) (*program, error) {
	precompiled, err := h.get(ctx, c.options)
	if err != nil {
		return nil, err
	}
	c.files[headersPath], c.files[headersSource] = precompiled, []byte(commonHeaders)
	d, err := c.beginDeclared(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { <-d.done }() // it uses the context
	c.files[c.main] = append(slices.Clip(c.files[c.main]), "\n\n#include \""+bindingsPath+"\"\n"...)
	jumping := c.mentionsJumps()
	if jumping {
		c.addJumps()
	}
	c.late = &lateFile{path: bindingsPath, content: d.late}
	for {
		objects, warnings, err := c.compileUnits(ctx, withHeaders)
		list, failure := d.list()
		if failure != nil && (c.mayBeBody || !errors.Is(failure, errUndeclared)) {
			return nil, failure
		}
		failed := (*failedError)(nil)
		switch {
		case err == nil && !jumping && slices.ContainsFunc(objects, leaps): // by a name put together by macros, say
			jumping = true
			c.addJumps()
		case err == nil:
			return c.link(ctx, objects, list, warnings)
		case !errors.As(err, &failed) || !adapt(d.found, failed.diagnostics):
			return nil, err
		default:
			list, _ = d.list() // of what is left to call
		}
		c.late, c.files[bindingsPath] = nil, bindings(d.found, list)
	}
}

// jumps has a unit lowered such that longjmp goes through its try statements and the
// scopes of its variables: in units that do not call it themselves LLVM has the code go
// on where a call was left by a jump. Nothing calls this.
const jumps = "\n\n#pragma clang diagnostic ignored \"-Weverything\"\n#line 1 \"" + bindingsFile + "\"\n#include <setjmp.h>\n" +
	"[[gnu::weak]] void funcbox_jumps() { longjmp(*(jmp_buf *)16, 1); }\n"

// leaping is what jumps: longjmp, and funcbox_fail, which is made of it; each by its
// name in sources and in objects.
var leaping = [][2]string{{"longjmp", "emscripten_longjmp"}, {"funcbox_fail", "funcbox_fail_at"}}

// mentionsJumps tells whether a program's files have the name of what jumps.
func (c *compilation) mentionsJumps() bool {
	for at, content := range c.files {
		for _, name := range leaping {
			if !at.Within(outputPath) && bytes.Contains(content, []byte(name[0])) {
				return true
			}
		}
	}
	return false
}

// leaps tells whether an object calls what jumps.
func leaps(object []byte) bool {
	return slices.ContainsFunc(leaping, func(name [2]string) bool { return bytes.Contains(object, []byte(name[1])) })
}

// addJumps puts jumps behind all units of C++.
func (c *compilation) addJumps() {
	for _, unit := range c.units {
		if !slices.Contains(extensionsC, strings.ToLower(path.Ext(string(unit)))) {
			c.files[unit] = append(slices.Clip(c.files[unit]), jumps...)
		}
	}
}

// errUndeclared: the declarations of a program cannot be compiled. Compiling all of it
// tells why.
var errUndeclared = errors.New("the program's declarations do not compile")

// declaring is the search for the functions of a main file, while other work goes on.
type declaring struct {
	done  chan struct{}
	found []*declaration
	err   error // errUndeclared where the file cannot be compiled
}

// beginDeclared begins to learn what functions the main file has. It returns once it has
// its turn, so that whatever waits for it does not keep it from its turn.
func (c *compilation) beginDeclared(ctx context.Context) (*declaring, error) {
	if err := c.tools.enter(ctx); err != nil {
		return nil, err
	}
	arguments := append(c.unitFlags(c.main), withHeaders...)
	arguments = append(arguments, "-w", "-fsyntax-only", "-skip-function-bodies", "-ast-dump=json", "-x", c.language, string(c.main))
	job := command{arguments: arguments, files: maps.Clone(c.files), workdir: c.workdir}
	d := &declaring{done: make(chan struct{})}
	go func() {
		defer close(d.done)
		out := &limitedBuffer{limit: maxTreeBytes}
		_, err := c.tools.runEntered(ctx, job, out)
		switch failed := (*failedError)(nil); {
		case errors.As(err, &failed):
			d.err = errUndeclared
		case err != nil:
			d.err = err
		case out.cut:
			d.err = &failedError{"error: the program has too many declarations"}
		default:
			d.found, d.err = declarations(out.Bytes(), string(c.main), job.files[c.main])
		}
	}()
	return d, nil
}

// list waits for the functions and lists them.
func (d *declaring) list() ([]byte, error) {
	<-d.done
	list, err := listing(describeAll(d.found))
	if err == nil {
		err = d.err
	}
	return list, err
}

// late waits for the functions and makes them callable.
func (d *declaring) late() ([]byte, bool) {
	list, err := d.list()
	if err != nil && !errors.Is(err, errUndeclared) {
		return nil, false
	}
	return bindings(d.found, list), true
}
