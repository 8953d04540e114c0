package funcbox

import (
	"context"
	"fmt"

	"github.com/funcbox/funcbox/internal/value"
)

// Call executes a request and decodes the value into T: structs by their `json`
// tags, integers with a check of their range. The error is the host's own, the
// result's Err, or, where the value does not fit T, one that names the place.
// The result is nil only if Execute returned none.
func Call[T any](ctx context.Context, ex *Executor, req Request) (T, *ExecutionResult, error) {
	var decoded T
	res, err := ex.Execute(ctx, req)
	if err != nil {
		return decoded, res, err
	}
	if err := res.Err(); err != nil {
		return decoded, res, err
	}
	if err := value.Convert(res.Value, &decoded); err != nil {
		return decoded, res, fmt.Errorf("funcbox: %w", err)
	}
	return decoded, res, nil
}
