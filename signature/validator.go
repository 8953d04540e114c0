package signature

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// validator is a JSON Schema made ready. Safe for concurrent use.
type validator struct {
	name   string
	source any
	// ready are copies of it, each of which counts the work of one validation.
	ready sync.Pool // of *metered, or the error of compiling one
}

// base is where schemas are said to be, so that their references can be resolved. There
// is nothing to be loaded from there, nor from anywhere else.
const base = "funcbox:///"

// noLoader refuses to load what a schema refers to: neither files nor the network.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is outside of the schema, and nothing is loaded", strings.TrimPrefix(url, base))
}

// jsonContent stands in for the library's reader of JSON inside of strings: numbers such
// as 1e999999999 would be written out for comparisons.
var jsonContent = &jsonschema.MediaType{
	Name: "application/json",
	Validate: func(data []byte) error {
		_, err := parseJSON(data)
		return err
	},
	UnmarshalJSON: func(data []byte) (any, error) {
		v, err := parseJSON(data)
		if err == nil {
			_, err = countObjects(v, maxContentDepth)
		}
		return withBigNumbers(v), err
	},
}

func newValidator(name string, schema any) (*validator, error) {
	if objects, err := countObjects(schema, maxSchemaDepth); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	} else if objects > maxSubschemas {
		return nil, fmt.Errorf("%s: the schema has more than %d objects", name, maxSubschemas)
	}
	v := &validator{name: name, source: withBigNumbers(schema)}
	first, err := v.compile()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	v.ready.New = func() any {
		again, err := v.compile()
		if err != nil { // as the first time, there is none
			return err
		}
		return again
	}
	v.ready.Put(first)
	return v, nil
}

func (v *validator) compile() (*metered, error) {
	m := new(metered)
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.UseLoader(noLoader{})
	compiler.AssertFormat()
	compiler.AssertContent()
	compiler.RegisterContentMediaType(jsonContent)
	// A vocabulary without keywords is shown every part of the schema.
	compiler.RegisterVocabulary(&jsonschema.Vocabulary{URL: base + "work", Compile: m.collect})
	compiler.AssertVocabs()
	if err := compiler.AddResource(base+v.name, v.source); err != nil {
		return nil, withoutBase(err)
	}
	var err error
	if m.schema, err = compiler.Compile(base + v.name); err != nil {
		if invalid := new(jsonschema.SchemaValidationError); errors.As(err, &invalid) {
			if why := new(jsonschema.ValidationError); errors.As(invalid.Err, &why) {
				return nil, fmt.Errorf("this is no JSON Schema: %s", strings.Join(violations(why), "; "))
			}
		}
		return nil, withoutBase(err)
	}
	opposite := base + "not"
	if err := compiler.AddResource(opposite, map[string]any{"not": map[string]any{"$ref": base + v.name}}); err != nil {
		return nil, withoutBase(err)
	}
	if m.opposite, err = compiler.Compile(opposite); err != nil {
		return nil, withoutBase(err)
	}
	return m, m.prepare()
}

// withoutBase leaves out of an error the place that schemas only seem to have.
func withoutBase(err error) error {
	return errors.New(strings.ReplaceAll(strings.ReplaceAll(err.Error(), base, ""), "jsonschema ", ""))
}

// check returns what is wrong with a value, each with its JSON pointer; empty: nothing.
func (v *validator) check(value any) []string {
	m, ok := v.ready.Get().(*metered)
	if !ok {
		return []string{v.name + ": the schema cannot be compiled again"}
	}
	defer v.ready.Put(m)
	var seen any
	var wrong bool
	if !m.within(workOfAny+workOfItem*countItems(value), func() {
		seen = m.view(value)
		wrong = m.opposite.Validate(seen) == nil
	}) {
		return []string{"checking it takes too much work: the schema is too complex"}
	}
	if !wrong {
		return nil
	}
	var err error
	if !m.within(workOfTelling, func() { err = m.schema.Validate(seen) }) {
		return []string{"it does not fulfill the schema, in more places than can be told"}
	}
	if why := new(jsonschema.ValidationError); errors.As(err, &why) {
		return violations(why)
	}
	return []string{"it does not fulfill the schema"}
}

// view is a value as a validator sees it: as the JSON that it would be.
func (m *metered) view(v any) any {
	seen, _ := rewrite(v, func(leaf any) (any, bool) {
		switch leaf := leaf.(type) {
		case []byte:
			return base64.StdEncoding.EncodeToString(leaf), true
		case time.Time:
			return leaf.Format(time.RFC3339Nano), true
		case *big.Int:
			m.spend(int64(leaf.BitLen())) // converting it takes more than linear time
			return json.Number(leaf.String()), true
		case float64:
			if math.IsNaN(leaf) || math.IsInf(leaf, 0) {
				return map[string]any{"$float": floatName(leaf)}, true
			}
		}
		return leaf, false
	})
	return seen
}

// withBigNumbers is the part of view that what was read from JSON needs.
func withBigNumbers(v any) any {
	seen, _ := rewrite(v, func(leaf any) (any, bool) {
		if n, ok := leaf.(*big.Int); ok {
			return json.Number(n.String()), true
		}
		return leaf, false
	})
	return seen
}

// rewrite replaces leaves of a value. Only the lists and maps around those that change
// are copied.
func rewrite(v any, leaf func(any) (any, bool)) (_ any, changed bool) {
	switch v := v.(type) {
	case []any:
		list := v
		for i := range v {
			item, is := rewrite(v[i], leaf)
			if is && !changed {
				list, changed = slices.Clone(v), true
			}
			if is {
				list[i] = item
			}
		}
		return list, changed
	case map[string]any:
		pairs := v
		for key := range v {
			item, is := rewrite(v[key], leaf)
			if is && !changed {
				pairs, changed = maps.Clone(v), true
			}
			if is {
				pairs[key] = item
			}
		}
		return pairs, changed
	}
	return leaf(v)
}

// CheckResult returns how a result does not fulfill Output, each violation with its JSON
// pointer; nil: it does, or there is no Output. The error is one of the schema itself.
func (s *Schema) CheckResult(value any) ([]string, error) {
	if err := s.Check(); err != nil || s.compiled.output == nil {
		return nil, err
	}
	return s.compiled.output.check(value), nil
}
