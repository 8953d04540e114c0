package signature

import (
	"encoding/json"
	"slices"
	"strings"
)

// MarshalJSON implements json.Marshaler: the fields, and default where there is one.
func (p Parameter) MarshalJSON() ([]byte, error) {
	type plain Parameter // without this method
	text, err := marshalPlainly(plain(p))
	if err != nil || !p.HasDefault {
		return text, err
	}
	value, err := appendJSON(nil, p.Default)
	if err != nil {
		return nil, err
	}
	text = append(text[:len(text)-1], `,"default":`...)
	return append(append(text, value...), '}'), nil
}

// object is a JSON object whose keys stay in their order.
type object []member

func (o *object) set(key string, v any) {
	if text, err := marshalPlainly(v); err == nil { // what is set here has JSON
		*o = append(*o, member{key, text})
	}
}

func (o object) has(key string) bool {
	return slices.ContainsFunc(o, func(m member) bool { return m.key == key })
}

func (o object) MarshalJSON() ([]byte, error) { return joinMembers(o), nil }

// JSONSchema describes the arguments of a function, as one object by name, as JSON
// Schema (2020-12), with what type hints say in the notation of the language. It is what
// BindNamed takes: the keys of an Options parameter stand beside the other parameters,
// and what is left of positional arguments is a list.
func (s *Signature) JSONSchema(c Convention) json.RawMessage {
	var properties object
	required := []string{}
	additional := any(!s.Exact)
	for i := range s.Parameters {
		p := &s.Parameters[i]
		switch {
		case p.Kind == KeywordRest:
			additional = true
			if of := c.TypeSchema(p.Type); len(of) > 0 {
				additional = of
			}
		case p.Kind == Rest:
			list := map[string]any{"type": "array"}
			if of := c.TypeSchema(p.Type); len(of) > 0 {
				list["items"] = of
			}
			properties.set(p.Name, describe(p, list))
			if c.RestNamed {
				additional = true
			}
		case p.Kind == Options && len(p.Keys) > 0:
			for j := range p.Keys {
				key := &p.Keys[j]
				if properties.has(key.Name) || s.parameter(key.Name) >= 0 {
					continue // a name goes to the parameter that has it
				}
				properties.set(key.Name, describe(key, c.TypeSchema(key.Type)))
				if key.Required {
					required = append(required, key.Name)
				}
			}
		default:
			of := c.TypeSchema(p.Type)
			if p.Kind == Options {
				of = map[string]any{"type": "object"}
			}
			properties.set(p.Name, describe(p, of))
			if p.Required {
				required = append(required, p.Name)
			}
		}
	}
	var schema object
	schema.set("type", "object")
	if properties == nil {
		properties = object{}
	}
	schema.set("properties", properties)
	if len(required) > 0 {
		schema.set("required", required)
	}
	schema.set("additionalProperties", additional)
	return joinMembers(schema)
}

// describe adds to the JSON Schema of a parameter what else is known of it.
func describe(p *Parameter, of map[string]any) object {
	var schema object
	if name, has := of["type"]; has {
		schema.set("type", name)
	}
	for _, key := range sortedKeys(of) {
		if key != "type" {
			schema.set(key, of[key])
		}
	}
	if p.Doc != "" {
		schema.set("description", p.Doc)
	}
	if p.HasDefault {
		if text, err := appendJSON(nil, p.Default); err == nil {
			schema = append(schema, member{"default", text})
		}
	}
	if schema == nil {
		schema = object{}
	}
	return schema
}

// Tool is the definition of a function as a tool, as the interfaces of language models
// take it: {"name", "description", "parameters"}. [ParseSchema] reads it, too.
func (s *Signature) Tool(c Convention) json.RawMessage {
	var tool object
	tool.set("name", s.Name)
	description := strings.TrimSpace(s.Doc)
	if description == "" {
		description = c.Format(s)
	}
	tool.set("description", description)
	tool.set("parameters", s.JSONSchema(c))
	return joinMembers(tool)
}
