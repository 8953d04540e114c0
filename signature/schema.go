package signature

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

// Schema is what a caller knows better than the code: which arguments a function takes,
// of which types and with which defaults, and what its result looks like. It goes before
// what the language says of the function. The zero value asks for nothing. A Schema must
// not be changed or copied after its first use; then it is safe for concurrent use.
//
// Values are validated as the JSON that they would be: bytes are the string that has
// them in base64 (describe them with "contentEncoding": "base64"), times a string of
// RFC 3339 ("format": "date-time"), NaN and infinities objects such as
// {"$float": "NaN"}, and so no numbers. Integers of any size are numbers; 1.0 is an
// integer, too. "format" and "contentEncoding" are checked, not only noted. Patterns are
// those of package regexp. References lead to places in the same schema only.
//
// A schema need not be trusted: one that is too large, or whose parts lead to one another
// without an end, is an error, and so is a value that it takes too much work to check by.
type Schema struct {
	// Name and Description are those of a tool definition; they are not used in calls.
	Name, Description string
	// Parameters, in the order of their positions.
	Parameters []SchemaParameter
	// Variadic: positional arguments beyond the Parameters are passed on.
	Variadic bool
	// AcceptsKwargs: named arguments that are none of the Parameters are passed on.
	AcceptsKwargs bool
	// Strict refuses what the Parameters do not mention and neither Variadic nor
	// AcceptsKwargs lets through. Without it that is left to the function.
	Strict bool
	// Coerce sets SchemaParameter.Coerce for all.
	Coerce bool
	// Arguments is a JSON Schema (2020-12) for the object of all arguments by name. Where
	// there are no Parameters, its properties are, in the order in which they are written,
	// or, where the function is known, in the order of that.
	Arguments json.RawMessage
	// Output is a JSON Schema for the result, or the JSON string of a type's name.
	Output json.RawMessage
	// Returns is the type of the result in the words of a compiled language, such as
	// "double", where the code is the body of a function.
	Returns string

	compile  sync.Once
	compiled compiledSchema
	err      error
}

// SchemaParameter is one parameter of a Schema.
type SchemaParameter struct {
	Name string
	// Type is one of null, boolean, integer, number, string, array, object, bytes (a
	// string in base64), time (a string of RFC 3339) and any; empty: any.
	Type string
	// Schema is a JSON Schema that the value must fulfill besides.
	Schema json.RawMessage
	// Required: there must be an argument.
	Required bool
	// Default stands for an argument that was not given, if it is not nil or HasDefault
	// is set. Without, the function's own default counts.
	Default    any
	HasDefault bool
	// Description is for people and models.
	Description string
	// Hint is the type in the words of a compiled language, such as "const float *", where
	// the code is the body of a function. Out: what the function leaves where the
	// parameter points belongs to its result. Other languages do not look at the two.
	Hint string
	Out  bool
	// Index is the position, from 0; nil: the first that no other parameter has.
	Index *int
	// Coerce turns a value of another type into the one that is asked for, where nothing
	// is lost:
	//   - integer: from a float without a fraction and from the text of an integer;
	//   - number: from the text of a number; with "format": "double" from an integer, too;
	//   - boolean: from "true" and "false";
	//   - string: from a number or a boolean, as JSON writes it;
	//   - bytes ("contentEncoding": "base64"): from text in base64;
	//   - time ("format": "date-time"): from text of RFC 3339;
	//   - arrays and objects: inside of "items", "properties" and "additionalProperties".
	// A value that has one of the types asked for already stays. What cannot be coerced
	// stays, too, and then fails the validation.
	Coerce bool
}

func (p *SchemaParameter) hasDefault() bool { return p.HasDefault || p.Default != nil }

// Ordered lists the parameters in the order of their positions, with the types that
// their JSON Schema names (see SchemaParameter.Type; any where there are several): what
// a compiled language needs to make a function of a body.
func (s *Schema) Ordered() ([]SchemaParameter, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	list := make([]SchemaParameter, len(s.compiled.parameters))
	for i := range s.compiled.parameters {
		p := &s.compiled.parameters[i]
		list[i] = p.SchemaParameter
		list[i].Type = typeName(p.schema)
	}
	return list, nil
}

// OutputType is the type that Output names, any where there are several or none.
func (s *Schema) OutputType() (string, error) {
	if err := s.Check(); err != nil {
		return "", err
	}
	return typeName(s.compiled.outputSchema), nil
}

// Binds tells whether the schema says anything of arguments. One that only describes the
// result leaves binding to the function's own signature.
func (s *Schema) Binds() bool { return len(s.Parameters) > 0 || len(s.Arguments) > 0 || s.Strict }

// Check reports what is wrong with the schema itself.
func (s *Schema) Check() error {
	s.compile.Do(func() {
		if s.err = s.compiled.init(s); s.err != nil {
			s.err = fmt.Errorf("schema: %w", s.err)
		}
	})
	return s.err
}

// compiledSchema is a schema made ready.
type compiledSchema struct {
	parameters []compiledParameter
	derived    bool // the parameters are the properties of Arguments
	arguments  []*validator

	output       *validator
	outputSchema any
}

type compiledParameter struct {
	SchemaParameter
	schema any // the JSON Schema: true or a map
}

// typeName is the type that a JSON Schema names, in the words of SchemaParameter.Type.
func typeName(of any) string {
	schema, _ := of.(map[string]any)
	name, _ := schema["type"].(string)
	switch {
	case name == "":
		return "any"
	case name == "string" && schema["contentEncoding"] == "base64":
		return "bytes"
	case name == "string" && schema["format"] == "date-time":
		return "time"
	}
	return name
}

// typeSchemas are the types of SchemaParameter.Type that JSON Schema has no word for.
var typeSchemas = map[string]map[string]any{
	"any":   {},
	"bytes": {"type": "string", "contentEncoding": "base64"},
	"time":  {"type": "string", "format": "date-time"},
}

var typeNames = []string{"null", "boolean", "integer", "number", "string", "array", "object"}

func typeSchema(name string) (map[string]any, error) {
	if schema, ok := typeSchemas[name]; ok {
		return schema, nil
	}
	if slices.Contains(typeNames, name) {
		return map[string]any{"type": name}, nil
	}
	return nil, fmt.Errorf("unknown type %.60q; there are null, boolean, integer, number, string, array, object, bytes, time and any", name)
}

func (c *compiledSchema) init(s *Schema) error {
	for i := range s.Parameters {
		p := compiledParameter{SchemaParameter: s.Parameters[i]}
		if err := p.init(); err != nil {
			return fmt.Errorf("parameter %.60q: %w", p.Name, err)
		}
		p.Coerce = p.Coerce || s.Coerce
		c.parameters = append(c.parameters, p)
	}
	if err := c.order(); err != nil {
		return err
	}
	if len(c.parameters) > 0 {
		v, err := newValidator("parameters", c.objectSchema())
		if err != nil {
			return err
		}
		c.arguments = append(c.arguments, v)
	}
	if len(s.Arguments) > 0 {
		schema, err := parseSchemaJSON(s.Arguments)
		if err != nil {
			return fmt.Errorf("arguments: %w", err)
		}
		if len(c.parameters) == 0 {
			if err := c.derive(s, schema); err != nil {
				return err
			}
		}
		v, err := newValidator("arguments", schema)
		if err != nil {
			return err
		}
		c.arguments = append(c.arguments, v)
	}
	return c.initOutput(s.Output)
}

func (c *compiledSchema) initOutput(raw json.RawMessage) error {
	if len(raw) == 0 {
		return nil
	}
	schema, err := parseSchemaJSON(raw)
	if err != nil {
		return fmt.Errorf("output: %w", err)
	}
	switch v := schema.(type) {
	case nil:
		return nil
	case string:
		if schema, err = typeSchema(v); err != nil {
			return fmt.Errorf("output: %w", err)
		}
	}
	c.outputSchema = schema
	c.output, err = newValidator("output", schema)
	return err
}

func (p *compiledParameter) init() error {
	if p.Name == "" {
		return fmt.Errorf("it needs a name")
	}
	schema := map[string]any{}
	if p.Type != "" {
		of, err := typeSchema(p.Type)
		if err != nil {
			return err
		}
		schema = of
	}
	p.schema = schema
	if len(p.Schema) == 0 {
		return nil
	}
	given, err := parseSchemaJSON(p.Schema)
	if err != nil {
		return err
	}
	switch given := given.(type) {
	case bool:
		if !given {
			p.schema = false
		}
	case map[string]any:
		merged := make(map[string]any, len(given)+2)
		for key, v := range schema {
			merged[key] = v
		}
		for key, v := range given {
			if of, has := schema[key]; has && of != v {
				return fmt.Errorf("its Type asks for %s %q, its Schema for another", key, of)
			}
			merged[key] = v
		}
		p.schema = merged
	default:
		return fmt.Errorf("its Schema is neither an object nor true or false")
	}
	return nil
}

// order puts the parameters into the order of their positions.
func (c *compiledSchema) order() error {
	ordered := make([]*compiledParameter, len(c.parameters))
	names := map[string]bool{}
	for i := range c.parameters {
		p := &c.parameters[i]
		if names[p.Name] {
			return fmt.Errorf("two parameters are called %.60q", p.Name)
		}
		names[p.Name] = true
		if p.Index == nil {
			continue
		}
		if *p.Index < 0 || *p.Index >= len(ordered) {
			return fmt.Errorf("parameter %.60q: its index is %d; there are %d parameters, counted from 0", p.Name, *p.Index, len(ordered))
		}
		if other := ordered[*p.Index]; other != nil {
			return fmt.Errorf("parameters %.60q and %.60q both have the index %d", other.Name, p.Name, *p.Index)
		}
		ordered[*p.Index] = p
	}
	next := 0
	for i := range c.parameters {
		if c.parameters[i].Index != nil {
			continue
		}
		for ordered[next] != nil {
			next++
		}
		ordered[next] = &c.parameters[i]
	}
	list := make([]compiledParameter, len(ordered))
	for i, p := range ordered {
		list[i] = *p
	}
	c.parameters = list
	return nil
}

// objectSchema is the JSON Schema of the arguments as an object. That an argument is
// there is checked before.
func (c *compiledSchema) objectSchema() any {
	properties := make(map[string]any, len(c.parameters))
	for i := range c.parameters {
		properties[c.parameters[i].Name] = c.parameters[i].schema
	}
	return map[string]any{"type": "object", "properties": properties}
}

// derive makes parameters of the properties of a JSON Schema.
func (c *compiledSchema) derive(s *Schema, schema any) error {
	c.derived = true
	object, ok := schema.(map[string]any)
	if !ok {
		return nil
	}
	properties, _ := object["properties"].(map[string]any)
	required, _ := object["required"].([]any)
	names, err := propertyOrder(s.Arguments)
	if err != nil {
		return fmt.Errorf("arguments: %w", err)
	}
	for _, name := range names {
		p := compiledParameter{SchemaParameter: SchemaParameter{Name: name, Coerce: s.Coerce}, schema: properties[name]}
		p.Required = slices.Contains(required, any(name))
		if of, ok := properties[name].(map[string]any); ok {
			p.Description, _ = of["description"].(string)
			if v, has := of["default"]; has {
				if p.Default, err = special(cloneValue(v)); err != nil {
					return fmt.Errorf("arguments: the default of %.60q: %w", name, err)
				}
				p.HasDefault = true
			}
		}
		c.parameters = append(c.parameters, p)
	}
	return nil
}
