package funcbox

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/signature"
)

// Schema describes the arguments and the result of a function, for Request.Schema. See
// [signature.Schema] for how values are validated and what is coerced.
type Schema = signature.Schema

// SchemaParameter is one parameter of a Schema.
type SchemaParameter = signature.SchemaParameter

// ParseSchema reads a schema from JSON: a list of parameters, the definition of a tool of
// a language model, or a JSON Schema. See [signature.ParseSchema].
func ParseSchema(text []byte) (*Schema, error) {
	s, err := signature.ParseSchema(text)
	if err != nil {
		return nil, fmt.Errorf("funcbox: %w", err)
	}
	return s, nil
}

// checkResult tells how a result does not fulfill the request's schema; nil: it does.
func checkResult(req *Request, v any) *GuestError {
	if req.Schema == nil {
		return nil
	}
	violations, err := req.Schema.CheckResult(v)
	if err != nil { // Request.check has seen to that before the call
		violations = []string{err.Error()}
	}
	if len(violations) == 0 {
		return nil
	}
	return &GuestError{Type: "ResultSchemaError", Message: "the result does not fulfill the schema: " + strings.Join(violations, "; ")}
}

// checkSchema reports a schema that is broken.
func (r *Request) checkSchema() error {
	if r.Schema == nil {
		return nil
	}
	if err := r.Schema.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrBadRequest, err)
	}
	return nil
}

// outParameters are the names of those parameters that the request's schema declares as
// results.
func outParameters(req *Request) []string {
	if req.Schema == nil {
		return nil
	}
	list, err := req.Schema.Ordered()
	if err != nil { // as in checkResult
		return nil
	}
	var names []string
	for i := range list {
		if list[i].Out {
			names = append(names, list[i].Name)
		}
	}
	return names
}

// describeBody tells a compiler what code that is a body takes and returns by the
// request's schema.
func describeBody(req *Request, source *lang.Source) {
	if req.Schema == nil || req.Function != "" {
		return
	}
	list, err := req.Schema.Ordered()
	if err != nil { // as in checkResult
		return
	}
	properties := schemaPart(req.Schema.Arguments).Properties
	source.Parameters = make([]lang.SourceParameter, len(list))
	for i := range list {
		p := &list[i]
		of := p.Schema
		if len(of) == 0 {
			of = properties[p.Name]
		}
		source.Parameters[i] = lang.SourceParameter{Name: p.Name, Type: withItems(p.Type, of), Hint: p.Hint}
	}
	returns, err := req.Schema.OutputType()
	if err != nil {
		return
	}
	source.Returns, source.ReturnsHint = withItems(returns, req.Schema.Output), req.Schema.Returns
}

// partOfSchema is what a compiler is told of a JSON Schema.
type partOfSchema struct {
	Type       json.RawMessage            `json:"type"`
	Encoding   string                     `json:"contentEncoding"`
	Format     string                     `json:"format"`
	Items      json.RawMessage            `json:"items"`
	Properties map[string]json.RawMessage `json:"properties"`
}

// schemaPart reads a schema, which has been checked; what is not an object says nothing.
func schemaPart(text json.RawMessage) (part partOfSchema) {
	if json.Unmarshal(text, &part) != nil {
		return partOfSchema{}
	}
	return part
}

// maxItemDepth is how deep arrays in arrays are followed.
const maxItemDepth = 8

// withItems adds to the type of an array those of its items, as far as schema has them.
func withItems(name string, schema json.RawMessage) string {
	for range maxItemDepth {
		if name != "array" && !strings.HasSuffix(name, " of array") {
			break
		}
		schema = schemaPart(schema).Items
		item := itemType(schemaPart(schema))
		if item == "" {
			break
		}
		name += " of " + item
	}
	return name
}

// itemType is the type in the words of [SchemaParameter]; empty: none or several.
func itemType(part partOfSchema) string {
	var name string
	if json.Unmarshal(part.Type, &name) != nil {
		return ""
	}
	switch {
	case name == "string" && part.Encoding == "base64":
		return "bytes"
	case name == "string" && part.Format == "date-time":
		return "time"
	}
	return name
}
