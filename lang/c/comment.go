package c

import "strings"

// docAbove is the text of the comment that ends on the line before the given one,
// counted from 1; empty: there is none.
func docAbove(code string, line int) string {
	if line < 2 {
		return ""
	}
	lines := strings.SplitN(code, "\n", line)
	if len(lines) < line {
		return ""
	}
	lines = lines[:line-1]
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	last := len(lines) - 1
	first := last
	switch {
	case strings.HasSuffix(lines[last], "*/"):
		for first > 0 && !strings.Contains(lines[first], "/*") {
			first--
		}
		if !strings.HasPrefix(lines[first], "/*") {
			return "" // it stands behind code
		}
	case strings.HasPrefix(lines[last], "//"):
		for first > 0 && strings.HasPrefix(lines[first-1], "//") {
			first--
		}
	default:
		return ""
	}
	text := make([]string, 0, last-first+1)
	for _, line := range lines[first:] {
		line = strings.TrimSuffix(line, "*/")
		line = strings.TrimSpace(strings.TrimLeft(line, "/*!<"))
		text = append(text, line)
	}
	return strings.TrimSpace(strings.Join(text, "\n"))
}
