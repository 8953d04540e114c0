package signature

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ParseSchema reads a schema from JSON and checks it. Fields may still be set. Four forms
// are understood:
//
//   - {"parameters": [{"name": "a", "type": "integer", "required": true, "default": 1,
//     "description": "…", "index": 0, "coerce": true}, …]}, where a parameter may have
//     further keywords of JSON Schema, such as "minimum";
//   - {"input": {"a": {"type": "integer", "index": 0, …}, …}}, the same by name; without
//     an index in the order in which they are written;
//   - {"name": "…", "description": "…", "parameters": {JSON Schema}}, the definition of a
//     tool of a language model; "inputSchema" and "input_schema" name the same;
//   - a JSON Schema of the object of all arguments.
//
// The first three may have "variadic", "acceptsKwargs", "strict", "coerce", "output"
// and "returns", all as the fields of [Schema], and parameters "hint" and "out".
func ParseSchema(data []byte) (*Schema, error) {
	s := new(Schema)
	if err := s.UnmarshalJSON(data); err != nil {
		return nil, err
	}
	// Not by Check, after which the caller could set no more fields.
	if err := new(compiledSchema).init(s); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return s, nil
}

// member is a key of an object, with its value.
type member struct {
	key   string
	value json.RawMessage
}

// members reads an object, in the order in which it is written.
func members(data []byte) ([]member, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	start, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	if start != json.Delim('{') {
		return nil, errors.New("an object is needed")
	}
	var list []member
	seen := map[string]bool{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		key, _ := token.(string)
		if seen[key] {
			return nil, fmt.Errorf("the key %.60q is there twice", key)
		}
		seen[key] = true
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		list = append(list, member{key, value})
	}
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the object")
	}
	return list, nil
}

// propertyOrder lists the properties of a JSON Schema as they are written.
func propertyOrder(schema []byte) ([]string, error) {
	list, err := members(schema)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		if m.key != "properties" {
			continue
		}
		properties, err := members(m.value)
		if err != nil {
			return nil, fmt.Errorf("properties: %w", err)
		}
		names := make([]string, len(properties))
		for i := range properties {
			names[i] = properties[i].key
		}
		return names, nil
	}
	return nil, nil
}

// schemaKeywords tell a JSON Schema from the other forms.
var schemaKeywords = []string{"$schema", "$ref", "$defs", "type", "properties", "required", "additionalProperties", "allOf", "anyOf", "oneOf", "patternProperties"}

// toolKeywords are what definitions of tools may have that says nothing of calls: those
// of the Model Context Protocol, and of interfaces of language models.
var toolKeywords = []string{"type", "title", "annotations", "_meta", "cache_control"}

// UnmarshalJSON implements json.Unmarshaler; see [ParseSchema].
func (s *Schema) UnmarshalJSON(data []byte) error {
	if len(data) > maxSchemaBytes {
		return fmt.Errorf("schema: it has more than %d bytes", maxSchemaBytes)
	}
	list, err := members(data)
	if err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	has := func(key string) bool {
		return slices.ContainsFunc(list, func(m member) bool { return m.key == key })
	}
	if has("function") && has("type") { // {"type": "function", "function": {…}}
		for _, m := range list {
			if m.key != "function" {
				continue
			}
			if data = m.value; data[0] != '{' {
				return errors.New("schema: function: an object is needed")
			}
			if list, err = members(data); err != nil {
				return fmt.Errorf("schema: function: %w", err)
			}
			break
		}
	}
	plain := !has("parameters") && !has("params") && !has("input") && !has("inputSchema") && !has("input_schema") &&
		slices.ContainsFunc(schemaKeywords, has)
	if plain {
		s.Arguments = bytes.Clone(data)
		return nil
	}
	for _, m := range list {
		if err := s.field(m); err != nil {
			return fmt.Errorf("schema: %s: %w", shorten(m.key), err)
		}
	}
	return nil
}

func (s *Schema) field(m member) error {
	switch m.key {
	case "name":
		return json.Unmarshal(m.value, &s.Name)
	case "description":
		return json.Unmarshal(m.value, &s.Description)
	case "variadic":
		return json.Unmarshal(m.value, &s.Variadic)
	case "acceptsKwargs":
		return json.Unmarshal(m.value, &s.AcceptsKwargs)
	case "strict":
		return json.Unmarshal(m.value, &s.Strict)
	case "coerce":
		return json.Unmarshal(m.value, &s.Coerce)
	case "returns":
		return json.Unmarshal(m.value, &s.Returns)
	case "output", "outputSchema":
		s.Output = bytes.Clone(m.value)
		return nil
	case "parameters", "params", "input", "inputSchema", "input_schema":
		return s.readParameters(m)
	}
	if slices.Contains(toolKeywords, m.key) {
		return nil
	}
	return errors.New(`this key is unknown; there are parameters, variadic, acceptsKwargs, strict, coerce, output, returns, name and description`)
}

func (s *Schema) readParameters(m member) error {
	if len(s.Parameters) > 0 || len(s.Arguments) > 0 {
		return errors.New("the parameters are given twice")
	}
	switch first := m.value[0]; {
	case first == '[':
		var items []json.RawMessage
		if err := json.Unmarshal(m.value, &items); err != nil {
			return err
		}
		for i, item := range items {
			p, err := readParameter("", item)
			if err != nil {
				return fmt.Errorf("[%d]: %w", i, err)
			}
			s.Parameters = append(s.Parameters, p)
		}
	case first == '{' && m.key == "input":
		list, err := members(m.value)
		if err != nil {
			return err
		}
		for _, item := range list {
			p, err := readParameter(item.key, item.value)
			if err != nil {
				return fmt.Errorf("%s: %w", shorten(item.key), err)
			}
			s.Parameters = append(s.Parameters, p)
		}
	case first == '{':
		s.Arguments = bytes.Clone(m.value)
	default:
		return errors.New("a list of parameters or a JSON Schema is needed")
	}
	return nil
}

// readParameter reads a parameter; keys that are not its own are JSON Schema.
func readParameter(name string, data []byte) (SchemaParameter, error) {
	p := SchemaParameter{Name: name}
	list, err := members(data)
	if err != nil {
		return p, err
	}
	var schema []member
	for _, m := range list {
		switch m.key {
		case "name":
			err = json.Unmarshal(m.value, &p.Name)
		case "type":
			if m.value[0] != '"' { // a list of types
				schema = append(schema, m)
				break
			}
			if err = json.Unmarshal(m.value, &p.Type); err == nil {
				_, err = typeSchema(p.Type)
			}
		case "required":
			if m.value[0] == '[' { // of the properties of an object
				schema = append(schema, m)
				break
			}
			err = json.Unmarshal(m.value, &p.Required)
		case "default":
			p.HasDefault = true
			if p.Default, err = parseJSON(m.value); err == nil {
				p.Default, err = special(p.Default)
			}
		case "description":
			err = json.Unmarshal(m.value, &p.Description)
		case "index":
			err = json.Unmarshal(m.value, &p.Index)
		case "coerce":
			err = json.Unmarshal(m.value, &p.Coerce)
		case "hint":
			err = json.Unmarshal(m.value, &p.Hint)
		case "out":
			err = json.Unmarshal(m.value, &p.Out)
		default:
			schema = append(schema, m)
		}
		if err != nil {
			return p, fmt.Errorf("%s: %w", shorten(m.key), err)
		}
	}
	if p.Name == "" {
		return p, errors.New("it needs a name")
	}
	if len(schema) > 0 {
		p.Schema = joinMembers(schema)
	}
	return p, nil
}

func joinMembers(list []member) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := marshalPlainly(m.key) // a string has JSON
		b.Write(name)
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// MarshalJSON implements json.Marshaler; UnmarshalJSON makes an equal schema of it.
func (s *Schema) MarshalJSON() ([]byte, error) {
	var list []member
	add := func(key string, v any) error {
		text, err := marshalPlainly(v)
		list = append(list, member{key, text})
		return err
	}
	var err error
	for _, field := range []struct {
		key   string
		value any
		set   bool
	}{
		{"name", s.Name, s.Name != ""}, {"description", s.Description, s.Description != ""},
		{"variadic", true, s.Variadic}, {"acceptsKwargs", true, s.AcceptsKwargs}, {"strict", true, s.Strict}, {"coerce", true, s.Coerce},
		{"returns", s.Returns, s.Returns != ""},
	} {
		if field.set && err == nil {
			err = add(field.key, field.value)
		}
	}
	if len(s.Parameters) > 0 && len(s.Arguments) > 0 {
		return nil, errors.New("schema: Parameters and Arguments together have no JSON form")
	}
	if len(s.Arguments) > 0 && err == nil {
		err = add("parameters", s.Arguments)
	}
	if len(s.Parameters) > 0 && err == nil {
		parameters := make([]json.RawMessage, len(s.Parameters))
		for i := range s.Parameters {
			if parameters[i], err = s.Parameters[i].json(); err != nil {
				return nil, err
			}
		}
		err = add("parameters", parameters)
	}
	if len(s.Output) > 0 && err == nil {
		err = add("output", s.Output)
	}
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return joinMembers(list), nil
}

func (p *SchemaParameter) json() (json.RawMessage, error) {
	var list []member
	for _, field := range []struct {
		key   string
		value any
		set   bool
	}{
		{"name", p.Name, true}, {"type", p.Type, p.Type != ""}, {"required", true, p.Required},
		{"description", p.Description, p.Description != ""}, {"index", p.Index, p.Index != nil}, {"coerce", true, p.Coerce},
		{"hint", p.Hint, p.Hint != ""}, {"out", true, p.Out},
	} {
		if !field.set {
			continue
		}
		text, err := marshalPlainly(field.value)
		if err != nil {
			return nil, err
		}
		list = append(list, member{field.key, text})
	}
	if p.hasDefault() {
		text, err := appendJSON(nil, p.Default)
		if err != nil {
			return nil, fmt.Errorf("the default of %.60q: %w", p.Name, err)
		}
		list = append(list, member{"default", text})
	}
	if schema := strings.TrimSpace(string(p.Schema)); schema != "" {
		more, err := members(p.Schema)
		if err != nil {
			return nil, fmt.Errorf("the schema of %.60q: %w", p.Name, err)
		}
		list = append(list, more...)
	}
	return joinMembers(list), nil
}
