package signature

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// validator is a compiled JSON Schema.
type validator struct{ schema *jsonschema.Schema }

// base is where schemas are said to be, so that their references can be resolved. There
// is nothing to be loaded from there, nor from anywhere else.
const base = "funcbox:///"

// noLoader refuses to load what a schema refers to: neither files nor the network.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is outside of the schema, and nothing is loaded", strings.TrimPrefix(url, base))
}

func newValidator(name string, schema any) (*validator, error) {
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.UseLoader(noLoader{})
	compiler.AssertFormat()
	compiler.AssertContent()
	if err := compiler.AddResource(base+name, view(schema)); err != nil {
		return nil, fmt.Errorf("%s: %w", name, withoutBase(err))
	}
	compiled, err := compiler.Compile(base + name)
	if err != nil {
		var invalid *jsonschema.SchemaValidationError
		if errors.As(err, &invalid) {
			var why *jsonschema.ValidationError
			if errors.As(invalid.Err, &why) {
				return nil, fmt.Errorf("%s: this is no JSON Schema: %s", name, strings.Join(violations(why), "; "))
			}
		}
		return nil, fmt.Errorf("%s: %w", name, withoutBase(err))
	}
	return &validator{compiled}, nil
}

// withoutBase leaves out of an error the place that schemas only seem to have.
func withoutBase(err error) error {
	return errors.New(strings.ReplaceAll(strings.ReplaceAll(err.Error(), base, ""), "jsonschema ", ""))
}

// check returns what is wrong with a value, each with its JSON pointer; empty: nothing.
func (v *validator) check(value any) []string {
	err := v.schema.Validate(view(value))
	if err == nil {
		return nil
	}
	var why *jsonschema.ValidationError
	if errors.As(err, &why) {
		return violations(why)
	}
	return []string{withoutBase(err).Error()}
}

// Bounds of what is told of violations: values and schemas may be large.
const (
	maxViolations     = 100
	maxViolationBytes = 300
)

// violations lists the leaves of an error.
func violations(err *jsonschema.ValidationError) []string {
	var list []string
	var walk func(unit *jsonschema.OutputUnit)
	walk = func(unit *jsonschema.OutputUnit) {
		if len(unit.Errors) == 0 && unit.Error != nil {
			text := unit.Error.String()
			if len(text) > maxViolationBytes {
				text = strings.ToValidUTF8(text[:maxViolationBytes], "") + "…"
			}
			pointer := unit.InstanceLocation
			if pointer == "" {
				pointer = "/"
			}
			list = append(list, pointer+": "+text)
		}
		for i := range unit.Errors {
			walk(&unit.Errors[i])
		}
	}
	walk(err.DetailedOutput())
	slices.Sort(list)
	list = slices.Compact(list)
	if more := len(list) - maxViolations; more > 0 {
		list = append(list[:maxViolations], fmt.Sprintf("and %d more", more))
	}
	return list
}

// view is a value as a validator sees it: as the JSON that it would be.
func view(v any) any {
	switch v := v.(type) {
	case []byte:
		return base64.StdEncoding.EncodeToString(v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case *big.Int:
		return json.Number(v.String())
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return map[string]any{"$float": floatName(v)}
		}
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = view(v[i])
		}
		return list
	case map[string]any:
		pairs := make(map[string]any, len(v))
		for key := range v {
			pairs[key] = view(v[key])
		}
		return pairs
	}
	return v
}

// CheckResult returns how a result does not fulfill Output, each violation with its JSON
// pointer; nil: it does, or there is no Output. The error is one of the schema itself.
func (s *Schema) CheckResult(value any) ([]string, error) {
	if err := s.Check(); err != nil || s.compiled.output == nil {
		return nil, err
	}
	return s.compiled.output.check(value), nil
}
