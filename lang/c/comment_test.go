package c

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDocAbove(t *testing.T) {
	for code, want := range map[string]string{
		"/* Adds. */\nF":                         "Adds.",
		"/**\n * Adds two\n * numbers.\n */\nF":  "Adds two\nnumbers.",
		"int x;\n\n// Adds\n/// two numbers.\nF": "Adds\ntwo numbers.",
		"//! Adds.\r\nF":                         "Adds.",
		"int x; /* not of it */\nF":              "",
		"int x; /* not\n of it */\nF":            "",
		"/* Of something else. */\n\nF":          "",
		"int x;\nF":                              "",
		"\nF":                                    "",
		"F":                                      "",
		"*/\nF":                                  "",
		"// Adds.\n    F":                        "Adds.",
		"/* One. */\n/* Two. */\nF":              "Two.",
		"#define A\n// one\n\n// two\n// three\nF": "two\nthree",
	} {
		line := 1
		for i := range code {
			if code[i] == 'F' {
				break
			}
			if code[i] == '\n' {
				line++
			}
		}
		require.Equal(t, want, docAbove(code, line), code)
	}
	require.Empty(t, docAbove("int x;", 7))
	require.Empty(t, docAbove("", -1))
}
