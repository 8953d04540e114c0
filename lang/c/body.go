package c

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/signature"
)

// bodyName is the function that code without one becomes the body of.
const bodyName = "body"

// body is code made a function of what a schema says.
type body struct {
	// declared is the function before its opening brace.
	declared string
	// alone are the names of parameters that are arguments; others are lengths.
	alone []string
	// refused says what of the schema the language has no type for; empty: nothing.
	refused string
	untyped bool // the schema says nothing of the result
}

// mark tells the convention which parameters of a body are not the lengths of others.
func (b *body) mark(f *function) {
	if b == nil || f.name != bodyName {
		return
	}
	for i := range f.parameters {
		f.parameters[i].alone = slices.Contains(b.alone, f.parameters[i].name)
	}
}

// notInBody are the errors that tell a program from a body: what cannot be in a function.
var notInBody = regexp.MustCompile(`error: (function definition is not allowed here|namespaces can only be defined in global or namespace scope)`)

// noResult is the error about a result that a body without a type for it returns.
const noResult = "error: void function '" + bodyName + "' should not return a value"

// buildOrBody compiles a program. Where that fails, or it has nothing to call, its main
// file is taken for a body.
func (c *compilation) buildOrBody(ctx context.Context, h *headers) (*program, error) {
	original := *c.sources
	original.files = maps.Clone(c.files)
	p, err := c.build(ctx, h)
	if err == nil && p.isProgram() {
		return p, nil
	}
	failed := (*failedError)(nil)
	if err != nil && !errors.As(err, &failed) && !errors.Is(err, errUndeclared) {
		return nil, err
	}
	b := c.describeBody()
	original.files[original.main] = b.wrap(original.files[original.main])
	wrapped := &compilation{dialect: c.dialect, sources: &original, tools: c.tools, options: c.options, source: c.source, body: b}
	made, bodyErr := wrapped.build(ctx, h)
	switch {
	case bodyErr == nil && b.refused == "":
		return made, nil
	case bodyErr != nil && !errors.As(bodyErr, &failed):
		return nil, bodyErr
	case err == nil: // there is only nothing to call
		return p, nil
	case bodyErr != nil && notInBody.MatchString(failed.diagnostics):
		if errors.Is(err, errUndeclared) {
			c.mayBeBody = false
			return c.build(ctx, h)
		}
		return nil, err
	case b.refused != "":
		return nil, &failedError{"error: " + b.refused}
	case b.untyped && strings.Contains(failed.diagnostics, noResult):
		return nil, &failedError{failed.diagnostics + "\nnote: the schema says of which type the result is, as its output"}
	}
	return nil, bodyErr
}

// isProgram tells whether there is anything to call.
func (p *program) isProgram() bool {
	if hasMain(p.module) {
		return true
	}
	listed, err := value.Decode(p.listing, value.Limits{})
	if err != nil {
		return true // for others to tell
	}
	functions, err := signature.Decode(listed)
	return err != nil || len(functions.Functions) > 0
}

// wrap makes a function of code. What stands before its first line stays before the
// function, and all lines keep their numbers.
func (b *body) wrap(code []byte) []byte {
	head, rest := string(code), ""
	if at := preamble(head); at < len(head) {
		head, rest = head[:at], head[at:]
	} else if head != "" {
		head += "\n"
	}
	line := 1 + strings.Count(head, "\n")
	return fmt.Appendf(nil, "%s_Pragma(\"clang diagnostic error \\\"-Wreturn-type\\\"\") %s {\n#line %d\n%s\n}\n", head, b.declared, line, rest)
}

// preamble is the length of the lines in front of code's first statement: directives,
// comments and empty ones. Directives on conditions belong to it with all that they are
// about.
func preamble(code string) int {
	safe, depth := 0, 0
	for at := 0; at < len(code); {
		end, word, ok := skipLine(code, at)
		if !ok {
			break
		}
		switch {
		case strings.HasPrefix(word, "if"):
			depth++
		case word == "endif":
			depth--
		}
		if at = end; depth <= 0 {
			safe = at
		}
	}
	return safe
}

// skipLine returns the end of a line, or of several that belong together, and its
// directive; false if there is anything else in it.
func skipLine(code string, at int) (end int, directive string, ok bool) {
	begun := false // a directive
	for at < len(code) {
		rest := code[at:]
		switch {
		case rest[0] == '\n':
			return at + 1, directive, true
		case strings.HasPrefix(rest, "//"):
			for at < len(code) && code[at] != '\n' {
				at++
			}
		case strings.HasPrefix(rest, "/*"):
			length := strings.Index(rest[2:], "*/")
			if length < 0 {
				return at, "", false
			}
			at += length + 4
		case strings.HasPrefix(rest, "\\\n"):
			at += 2
		case strings.HasPrefix(rest, "\\\r\n"):
			at += 3
		case begun:
			at++
		case rest[0] == '#':
			begun = true
			directive = directiveName.FindString(strings.TrimLeft(rest[1:], " \t"))
			at++
		case strings.ContainsRune(" \t\r\f\v", rune(rest[0])):
			at++
		default:
			return at, "", false
		}
	}
	return at, directive, !begun || directive != ""
}

var directiveName = regexp.MustCompile(`^[a-z]+`)

// describeBody finds the types of a body. Parameters for which there is none are left
// out: what the compiler says of the rest still tells whether the code is a body.
func (c *compilation) describeBody() *body {
	b := &body{}
	names := make(map[string]bool)
	for _, p := range c.source.Parameters {
		names[p.Name] = true
	}
	var parameters []string
	for _, p := range c.source.Parameters {
		declaration, length, problem := c.declare(p)
		if !isFunctionName(p.Name) {
			problem = fmt.Sprintf("the code is the body of a function, and %q cannot be the name of a parameter", p.Name)
		}
		if problem != "" {
			b.refuse(problem)
			continue
		}
		b.alone = append(b.alone, p.Name)
		parameters = append(parameters, declaration+" __attribute__((unused))")
		if length {
			parameters = append(parameters, "__SIZE_TYPE__ "+lengthName(p.Name, names)+" __attribute__((unused))")
		}
	}
	list := strings.Join(parameters, ", ")
	if list == "" {
		list = "void"
	}
	b.declared = c.result(b) + " " + bodyName + "(" + list + ")"
	return b
}

// lengthName is what the length of an array is called.
func lengthName(array string, taken map[string]bool) string {
	for _, word := range []string{"_length", "_count", "_size", "_n"} {
		if !taken[array+word] {
			taken[array+word] = true
			return array + word
		}
	}
	return array + "_nmemb"
}

// declare writes a parameter; in C the length of an array follows.
func (c *compilation) declare(p lang.SourceParameter) (text string, length bool, problem string) {
	if p.Hint != "" {
		if !isHint(p.Hint) {
			return "", false, fmt.Sprintf("parameter %s: %q is no type that can stand before a name", p.Name, p.Hint)
		}
		return p.Hint + " " + p.Name, c.language == "c" && isArray(p.Type) && strings.HasSuffix(strings.TrimSpace(p.Hint), "*"), ""
	}
	if c.language == "c++" {
		written, simple := typeOfCPP(p.Type)
		if simple {
			return written + " " + p.Name, false, ""
		}
		return "const " + written + " &" + p.Name, false, ""
	}
	item, array := strings.CutPrefix(p.Type, "array of ")
	if p.Type == "bytes" {
		return "const unsigned char *" + p.Name, true, ""
	}
	written, ok := typesOfC[p.Type]
	if array {
		written, ok = typesOfC[item]
	}
	switch {
	case !ok:
		of := p.Type
		if of == "" {
			of = "any"
		}
		return "", false, fmt.Sprintf("the code is the body of a function, and C has no type for its parameter %s, which is of type %s in the schema: "+
			"give it a hint, such as funcbox_value of <funcbox.h>", p.Name, of)
	case array && item == "string":
		return written + "const *" + p.Name, true, ""
	case array:
		return "const " + written + "*" + p.Name, true, ""
	}
	return written + p.Name, false, ""
}

func isArray(name string) bool { return name == "array" || strings.HasPrefix(name, "array of ") }

// isHint tells types from what would be more than the begin of a declaration.
func isHint(hint string) bool { return !strings.ContainsAny(hint, "\r\n;{}#\"'\\") }

// typesOfC are those of parameters and results by the words of schemas.
var typesOfC = map[string]string{
	"integer": "long long ", "number": "double ", "boolean": "_Bool ", "string": "const char *",
}

// typeOfCPP is the type for a word of schemas; simple ones are passed by value.
func typeOfCPP(name string) (written string, simple bool) {
	if item, ok := strings.CutPrefix(name, "array of "); ok {
		written, _ = typeOfCPP(item)
		return "std::vector<" + written + ">", false
	}
	switch name {
	case "integer":
		return "std::int64_t", true
	case "number":
		return "double", true
	case "boolean":
		return "bool", true
	case "string":
		return "std::string", false
	case "bytes":
		return "std::vector<std::uint8_t>", false
	case "time":
		return "std::chrono::system_clock::time_point", true
	case "array":
		return "std::vector<funcbox::value>", false
	case "object":
		return "std::map<std::string, funcbox::value>", false
	}
	return "funcbox::value", false
}

// returnsList finds results in braces, from which no type can be deduced.
var returnsList = regexp.MustCompile(`\breturn\s*\{`)

// result is the type of a body's result.
func (c *compilation) result(b *body) string {
	name, hint := c.source.Returns, c.source.ReturnsHint
	known := name != "" && name != "any"
	switch {
	case hint != "" && !isHint(hint):
		b.refuse(fmt.Sprintf("the schema's result: %q is no type that can stand before a name", hint))
	case hint != "":
		return hint
	case c.language == "c++":
		written, simple := typeOfCPP(name)
		if simple || name == "string" || returnsList.MatchString(c.source.Code) {
			return written
		}
		return "auto"
	case !known || name == "null":
		b.untyped = true
	case typesOfC[name] == "":
		b.refuse(fmt.Sprintf("the code is the body of a function, and C has no type for its result, which is of type %s in the schema: "+
			"say it as \"returns\", such as funcbox_value of <funcbox.h>", name))
	default:
		return strings.TrimSpace(typesOfC[name])
	}
	return "void"
}

func (b *body) refuse(why string) {
	if b.refused == "" {
		b.refused = why
	}
}
