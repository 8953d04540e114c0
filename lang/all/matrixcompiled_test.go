package all_test

import (
	"fmt"

	"github.com/funcbox/funcbox/lang/langtest"
)

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

// inC writes a function of C for values of a kind. Texts end at a NUL there, and lists
// need a length beside them, so that the two are the matter of the language's own tests.
func inC(kind langtest.ValueKind, place langtest.Place) string {
	if place != langtest.AsArgument && place != langtest.AsNamed {
		return ""
	}
	name := map[langtest.ValueKind]string{
		langtest.KindBool: "bool", langtest.KindInteger: "int64_t", langtest.KindLarge: "int64_t", langtest.KindHuge: "int64_t",
		langtest.KindFloat: "double", langtest.KindWhole: "double", langtest.KindNotFinite: "double",
	}[kind]
	if name == "" {
		return ""
	}
	return fmt.Sprintf("#include <stdbool.h>\n#include <stdint.h>\n%[1]s same(%[1]s value) { return value; }\n", name)
}

// inCPP writes a function of C++. Lists and maps of values of several types have none.
func inCPP(kind langtest.ValueKind, place langtest.Place) string {
	name := map[langtest.ValueKind]string{
		langtest.KindNull: "std::optional<int64_t>", langtest.KindBool: "bool",
		langtest.KindInteger: "int64_t", langtest.KindLarge: "int64_t", langtest.KindHuge: "int64_t",
		langtest.KindFloat: "double", langtest.KindWhole: "double", langtest.KindNotFinite: "double",
		langtest.KindText: "std::string", langtest.KindBytes: "std::vector<uint8_t>", langtest.KindTextAsBytes: "std::vector<uint8_t>",
		langtest.KindEmptyList: "std::vector<int64_t>", langtest.KindEmptyMap: "std::map<std::string, int64_t>",
	}[kind]
	if name == "" {
		return ""
	}
	switch place {
	case langtest.InList:
		name = "std::vector<" + name + ">"
	case langtest.InMap:
		name = "std::map<std::string, " + name + ">"
	case langtest.Nested:
		name = "std::vector<std::map<std::string, std::vector<" + name + ">>>"
	}
	return fmt.Sprintf("#include <cstdint>\n#include <map>\n#include <optional>\n#include <string>\n#include <vector>\n%[1]s same(%[1]s value) { return value; }\n", name)
}
