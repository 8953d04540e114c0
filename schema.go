package funcbox

import (
	"fmt"
	"strings"

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
