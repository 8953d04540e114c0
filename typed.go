package funcbox

import (
	"context"
	"fmt"

	"github.com/funcbox/funcbox/internal/value"
)

// Caller is what calls functions: an *Executor, a *Program or a *Session.
type Caller interface {
	Execute(ctx context.Context, req Request) (*ExecutionResult, error)
}

// Call executes a request and decodes the value into T as [As] does. The error is the
// host's own, the result's Err, or, where the value does not fit T, one that names the
// place. The result is nil only if Execute returned none.
func Call[T any](ctx context.Context, caller Caller, req Request) (T, *ExecutionResult, error) {
	var none T
	res, err := caller.Execute(ctx, req)
	if err != nil {
		return none, res, err
	}
	if err := res.Err(); err != nil {
		return none, res, err
	}
	decoded, err := As[T](res.Value)
	return decoded, res, err
}

// As decodes a value of a result, or a part of one, into T: structs by their `json`
// tags, integers with a check of their range. Nothing is lost on the way: what does not
// fit T is an error that names the place, such as "result.items[3].price".
func As[T any](v any) (T, error) {
	var decoded, none T
	if err := value.Convert(v, &decoded); err != nil {
		return none, fmt.Errorf("funcbox: %w", err)
	}
	return decoded, nil
}
