package perm

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
)

const (
	// maxPattern is the length of a pattern in bytes; no guest path is longer
	// (PATH_MAX of Linux).
	maxPattern = 4096
	// maxAlternatives bounds what braces expand to: {a,b} twelve times would be 4,096
	// patterns to try for each path.
	maxAlternatives = 256
)

// parsePattern compiles a pattern into the globs that its braces expand to.
func parsePattern(pattern string) ([]glob, error) {
	switch {
	case pattern == "":
		return nil, errors.New(`it is empty; "." is the mount point and "**" everything`)
	case len(pattern) > maxPattern:
		return nil, fmt.Errorf("it has %d bytes, more than any path (%d)", len(pattern), maxPattern)
	case !utf8.ValidString(pattern):
		return nil, errors.New("it is not valid UTF-8")
	case strings.IndexByte(pattern, 0) >= 0:
		return nil, errors.New("it holds a NUL")
	case !doublestar.ValidatePattern(pattern):
		return nil, errors.New("a bracket, a brace or a backslash has no end, or a class is empty")
	}
	texts, err := expandBraces(pattern)
	if err != nil {
		return nil, err
	}
	globs := make([]glob, 0, len(texts))
	for _, text := range texts {
		g, err := parseGlob(text)
		if err != nil {
			return nil, err
		}
		globs = append(globs, g)
	}
	return globs, nil
}

// parseExclusion compiles an entry of Permissions.Exclude.
func parseExclusion(entry string) ([]glob, error) {
	pattern := entry
	for strings.HasSuffix(pattern, "/") && pattern != "/" && !strings.HasSuffix(pattern, `\/`) {
		pattern = pattern[:len(pattern)-1]
	}
	globs, err := parsePattern(pattern)
	if err != nil {
		return nil, err
	}
	anywhere := !strings.Contains(pattern, "/") && pattern != "."
	for i := range globs {
		segments := globs[i].segments
		if anywhere {
			segments = append([]segment{{kind: anyDirectories}}, segments...)
		}
		globs[i] = newGlob(globs[i].absolute, append(segments, segment{kind: anyDirectories}))
	}
	return globs, nil
}

// expandBraces returns the patterns without braces that a valid pattern stands for.
func expandBraces(pattern string) ([]string, error) {
	var expanded []string
	open := []string{pattern} // a stack: the next pattern is at the end
	for len(open) > 0 {
		next := open[len(open)-1]
		open = open[:len(open)-1]
		begin := scan(next, 0, func(c byte, _ int) bool { return c == '{' })
		if begin < 0 {
			expanded = append(expanded, next)
			continue
		}
		parts, end, err := alternatives(next, begin)
		if err != nil {
			return nil, err
		}
		if len(expanded)+len(open)+len(parts) > maxAlternatives {
			return nil, fmt.Errorf("its braces make more than %d patterns", maxAlternatives)
		}
		for i := len(parts) - 1; i >= 0; i-- {
			open = append(open, next[:begin]+parts[i]+next[end+1:])
		}
	}
	return expanded, nil
}

// alternatives splits the braces that open at begin; end is where they close.
func alternatives(pattern string, begin int) (parts []string, end int, err error) {
	from := begin + 1
	end = scan(pattern, from, func(c byte, at int) bool {
		if c == ',' {
			parts = append(parts, pattern[from:at])
			from = at + 1
		}
		return c == '}'
	})
	if end < 0 {
		return nil, 0, errors.New("a brace has no end")
	}
	return append(parts, pattern[from:end]), end, nil
}

// scan calls found for the bytes from an index on that are neither escaped nor in a
// class nor in braces opened after it, and returns where it said true, or -1.
func scan(pattern string, from int, found func(c byte, at int) bool) int {
	depth := 0
	for i := from; i < len(pattern); i++ {
		c := pattern[i]
		if depth == 0 && found(c, i) {
			return i
		}
		switch c {
		case '\\':
			i++
		case '[':
			i = classEnd(pattern, i)
		case '{':
			depth++
		case '}':
			depth--
		}
	}
	return -1
}

// classEnd returns where the class that opens at an index closes.
func classEnd(pattern string, open int) int {
	for i := open + 1; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case ']':
			return i
		}
	}
	return len(pattern)
}

// parseGlob compiles a valid pattern without braces.
func parseGlob(text string) (glob, error) {
	absolute := strings.HasPrefix(text, "/")
	if text == "" {
		return glob{}, errors.New("one of its alternatives is empty")
	}
	if text != "/" && strings.HasSuffix(text, "/") {
		return glob{}, fmt.Errorf("it ends with a slash; write %s for the directory, %s/** for it and all that is in it",
			strings.TrimRight(text, "/"), strings.TrimRight(text, "/"))
	}
	var segments []segment
	for name := range strings.SplitSeq(text, "/") {
		s, err := parseSegment(name)
		switch {
		case err != nil:
			return glob{}, err
		case name == "" || name == ".": // as in paths
		case name == "..":
			return glob{}, errors.New(`it holds "..", which is in no path`)
		case s.kind == anyDirectories && len(segments) > 0 && segments[len(segments)-1].kind == anyDirectories:
		default:
			segments = append(segments, s)
		}
	}
	return newGlob(absolute, segments), nil
}

// parseSegment compiles what is between two slashes.
func parseSegment(name string) (segment, error) {
	if name == "**" {
		return segment{kind: anyDirectories}, nil
	}
	if !doublestar.ValidatePattern(name) {
		return segment{}, errors.New("a slash cannot be in a class or after a backslash")
	}
	if err := checkClasses(name); err != nil {
		return segment{}, err
	}
	rest := strings.TrimLeft(name, "*")
	if rest == "" && name != "" {
		return segment{kind: anyName}, nil
	}
	if text, literal := unescape(rest); literal {
		if rest == name {
			return segment{kind: literalName, text: text}, nil
		}
		return segment{kind: suffixName, text: text}, nil
	}
	front := strings.TrimRight(name, "*")
	if text, literal := unescape(front); literal {
		return segment{kind: prefixName, text: text}, nil
	}
	return segment{kind: globName, text: name}, nil
}

// unescape returns the name that a pattern stands for, if that is only one.
func unescape(pattern string) (string, bool) {
	if !strings.ContainsAny(pattern, `*?[\`) {
		return pattern, true
	}
	var name strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '*', '?', '[':
			return "", false
		case '\\':
			if i++; i == len(pattern) {
				return "", false
			}
		}
		name.WriteByte(pattern[i])
	}
	return name.String(), true
}

// checkClasses refuses ranges that are the wrong way round and match nothing.
func checkClasses(name string) error {
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '\\':
			i++
		case '[':
			end := classEnd(name, i)
			if low, high, wrong := reversedRange([]rune(name[i+1 : end])); wrong {
				return fmt.Errorf("the range %c-%c is the wrong way round", low, high)
			}
			i = end
		}
	}
	return nil
}

func reversedRange(class []rune) (low, high rune, wrong bool) {
	if class[0] == '!' || class[0] == '^' {
		class = class[1:]
	}
	next := func() (r rune) { // one character, escaped or not
		if class[0] == '\\' && len(class) > 1 {
			class = class[1:]
		}
		r, class = class[0], class[1:]
		return r
	}
	for len(class) > 0 {
		low = next()
		if len(class) > 1 && class[0] == '-' {
			class = class[1:]
			if high = next(); high < low {
				return low, high, true
			}
		}
	}
	return 0, 0, false
}
