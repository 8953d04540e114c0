package all_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/lang/langtest"
)

// needsCompiler leaves compiled languages out of short runs, such as those under the
// race detector, where reading a compiler's module takes minutes.
func needsCompiler(t *testing.T, language *lang.Language) {
	t.Helper()
	if testing.Short() && language.NewCompiler != nil {
		t.Skip("needs its compiler")
	}
}

// compiledKinds are values in C and C++, whose types are those of the parameters: what
// fits a parameter comes back as it was.
var compiledKinds = map[langtest.ValueKind]langtest.Kind{
	langtest.KindNull:        {},
	langtest.KindBool:        {},
	langtest.KindInteger:     {},
	langtest.KindLarge:       {},
	langtest.KindHuge:        {Refused: "value"}, // the error names the parameter
	langtest.KindFloat:       {},
	langtest.KindWhole:       {},
	langtest.KindNotFinite:   {},
	langtest.KindText:        {},
	langtest.KindBytes:       {},
	langtest.KindTextAsBytes: {},
	langtest.KindList:        {},
	langtest.KindEmptyList:   {},
	langtest.KindMap:         {},
	langtest.KindEmptyMap:    {},
	langtest.KindTime:        {},
}

// programOf writes a program with the function of each kind of value in each place.
func programOf(headers string, function func(langtest.ValueKind, langtest.Place) (name, of string)) string {
	program, written := headers, map[string]bool{}
	for _, kind := range langtest.ValueKinds() {
		for _, place := range langtest.Places() {
			if name, of := function(kind, place); name != "" && !written[name] {
				written[name] = true
				program += fmt.Sprintf("%[2]s %[1]s(%[2]s value) { return value; }\n", name, of)
			}
		}
	}
	return program
}

// named is what functions of a kind of value are called.
func named(kind langtest.ValueKind, prefix string) string {
	return prefix + strings.ReplaceAll(string(kind), " ", "_")
}

const headersOfC = "#include <stdbool.h>\n#include <stdint.h>\n"

// ofC is the function of C for values of a kind. Texts end at a NUL there, and lists need
// a length beside them, so that the two are the matter of the language's own tests.
func ofC(kind langtest.ValueKind, place langtest.Place) (name, of string) {
	if place != langtest.AsArgument && place != langtest.AsNamed {
		return "", ""
	}
	of = map[langtest.ValueKind]string{
		langtest.KindBool: "bool", langtest.KindInteger: "int64_t", langtest.KindLarge: "int64_t", langtest.KindHuge: "int64_t",
		langtest.KindFloat: "double", langtest.KindWhole: "double", langtest.KindNotFinite: "double",
	}[kind]
	if of == "" {
		return "", ""
	}
	return named(kind, "same_"), of
}

func inC(kind langtest.ValueKind, place langtest.Place) string {
	name, _ := ofC(kind, place)
	return name
}

const headersOfCPP = "#include <cstdint>\n#include <map>\n#include <optional>\n#include <string>\n#include <vector>\n"

// ofCPP is the function of C++. Lists and maps of values of several types have none.
func ofCPP(kind langtest.ValueKind, place langtest.Place) (name, of string) {
	of = map[langtest.ValueKind]string{
		langtest.KindNull: "std::optional<int64_t>", langtest.KindBool: "bool",
		langtest.KindInteger: "int64_t", langtest.KindLarge: "int64_t", langtest.KindHuge: "int64_t",
		langtest.KindFloat: "double", langtest.KindWhole: "double", langtest.KindNotFinite: "double",
		langtest.KindText: "std::string", langtest.KindBytes: "std::vector<uint8_t>", langtest.KindTextAsBytes: "std::vector<uint8_t>",
		langtest.KindEmptyList: "std::vector<int64_t>", langtest.KindEmptyMap: "std::map<std::string, int64_t>",
	}[kind]
	if of == "" {
		return "", ""
	}
	switch place {
	case langtest.InList:
		return named(kind, "list_of_"), "std::vector<" + of + ">"
	case langtest.InMap:
		return named(kind, "map_of_"), "std::map<std::string, " + of + ">"
	case langtest.Nested:
		return named(kind, "nested_"), "std::vector<std::map<std::string, std::vector<" + of + ">>>"
	}
	return named(kind, "same_"), of
}

func inCPP(kind langtest.ValueKind, place langtest.Place) string {
	name, _ := ofCPP(kind, place)
	return name
}
