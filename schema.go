package funcbox

import (
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

// schemaForCompiler is what a schema says of parameters and the result to a compiler.
func schemaForCompiler(req *Request) (parameters []lang.SourceParameter, returns string) {
	if req.Schema == nil {
		return nil, ""
	}
	list, err := req.Schema.Ordered()
	if err != nil { // as in checkResult
		return nil, ""
	}
	for i := range list {
		parameters = append(parameters, lang.SourceParameter{
			Name: list[i].Name, Type: first(list[i].Hint, typeForCompiler(list[i].Type)), Out: list[i].Out,
		})
	}
	output, err := req.Schema.OutputType()
	if err != nil {
		return parameters, req.Schema.Returns
	}
	return parameters, first(req.Schema.Returns, typeForCompiler(output))
}

// typeForCompiler leaves out the types that a compiler has no word for.
func typeForCompiler(name string) string {
	switch name {
	case "integer", "number", "string", "boolean", "array", "object":
		return name
	}
	return ""
}
