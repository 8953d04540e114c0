package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// test is one .phpt file.
type test struct {
	path     string // below the folder of the sources, with slashes
	sections map[string]string
}

var sectionLine = regexp.MustCompile(`(?m)^--([A-Z_]+)--[ \t]*\r?\n`)

// readTest splits a .phpt file into its sections and reads what they refer to.
func readTest(root, path string) (*test, error) {
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if err != nil {
		return nil, err
	}
	t := &test{path: path, sections: map[string]string{}}
	heads := sectionLine.FindAllSubmatchIndex(content, -1)
	for i, head := range heads {
		end := len(content)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		t.sections[string(content[head[2]:head[3]])] = string(content[head[1]:end])
	}
	for _, section := range []string{"FILE", "EXPECT", "EXPECTF", "EXPECTREGEX"} {
		name, ok := t.sections[section+"_EXTERNAL"]
		if !ok {
			continue
		}
		name = strings.ReplaceAll(strings.TrimSpace(name), "..", "")
		external, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(filepath.Dir(path)), name))
		if err != nil {
			return nil, err
		}
		t.sections[section] = string(external)
	}
	if file, ok := t.sections["FILEEOF"]; ok {
		t.sections["FILE"] = strings.TrimRight(file, "\r\n")
	}
	return t, nil
}

func (t *test) has(section string) bool { _, ok := t.sections[section]; return ok }

// script is the path of the program that the test runs.
func (t *test) script() string { return strings.TrimSuffix(t.path, ".phpt") + ".php" }

// settings are the pairs of the section INI.
func (t *test) settings() [][2]string {
	var pairs [][2]string
	text := strings.ReplaceAll(t.sections["INI"], "{PWD}", guestRoot+filepath.ToSlash(filepath.Dir(t.path)))
	text = strings.ReplaceAll(text, "{TMP}", "/tmp")
	for line := range strings.SplitSeq(text, "\n") {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok || strings.HasPrefix(name, ";") {
			continue
		}
		value = strings.TrimSpace(value)
		if at := strings.IndexByte(value, ';'); at >= 0 && !strings.ContainsAny(value, `"'`) {
			value = value[:at]
		}
		if len(value) >= 2 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
			value = value[1 : len(value)-1]
		}
		pairs = append(pairs, [2]string{strings.TrimSpace(name), value})
	}
	return pairs
}

// matches reports whether the output is what the test expects, by the rules of
// PHP's run-tests.php.
func (t *test) matches(output []byte) bool {
	clean := func(text string) string {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		if t.has("WHITESPACE_SENSITIVE") {
			return text
		}
		return strings.Trim(text, " \t\n\r\x00\x0b")
	}
	got := clean(string(output))
	switch {
	case t.has("EXPECT"):
		return got == clean(t.sections["EXPECT"])
	case t.has("EXPECTF"):
		return matchPattern(formatPattern(clean(t.sections["EXPECTF"])), got)
	case t.has("EXPECTREGEX"):
		return matchPattern(latin1(clean(t.sections["EXPECTREGEX"])), got)
	}
	return false
}

// latin1 makes each byte a character, so that patterns count bytes as PHP's do.
func latin1(text string) string {
	var runes strings.Builder
	for _, c := range []byte(text) {
		runes.WriteRune(rune(c))
	}
	return runes.String()
}

func matchPattern(pattern, text string) bool {
	compiled, err := regexp.Compile(`(?s)^` + pattern + `$`)
	return err == nil && compiled.MatchString(latin1(text))
}

// formats are what the placeholders of EXPECTF stand for.
var formats = map[byte]string{
	'e': `/`, 's': `[^\r\n]+`, 'S': `[^\r\n]*`, 'a': `.+`, 'A': `.*`, 'w': `\s*`, 'i': `[+-]?\d+`, 'd': `\d+`,
	'x': `[0-9a-fA-F]+`, 'f': `[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?`, 'c': `.`, '0': `\x00`,
}

func formatPattern(expected string) string {
	var pattern bytes.Buffer
	literal := func(text string) { pattern.WriteString(regexp.QuoteMeta(latin1(text))) }
	for len(expected) > 0 {
		at := strings.IndexByte(expected, '%')
		if at < 0 || at+1 == len(expected) {
			break
		}
		literal(expected[:at])
		kind := expected[at+1]
		expected = expected[at:]
		if kind == 'r' {
			if inside, rest, ok := strings.Cut(expected[2:], "%r"); ok {
				pattern.WriteString("(?:" + latin1(inside) + ")")
				expected = rest
				continue
			}
		}
		if format, ok := formats[kind]; ok {
			pattern.WriteString(format)
			expected = expected[2:]
			continue
		}
		literal("%")
		expected = expected[1:]
	}
	literal(expected)
	return pattern.String()
}
