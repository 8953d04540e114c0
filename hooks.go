package funcbox

import (
	"context"
	"strings"
	"time"

	"github.com/funcbox/funcbox/perm"
)

// Hooks are functions of the host that are called while a guest runs or its changes
// are synced, by the goroutine that called Execute or SyncFiles: they hold it up until
// they return. One Hooks may be called for several calls at once. A nil field is not
// called.
type Hooks struct {
	// OnPermissionDenied hears of each operation that a mount's permissions refuse, as
	// it happens, also of those that Files.Denied has no room for. The context is that
	// of the call.
	OnPermissionDenied func(ctx context.Context, denial Denial)

	// BeforeSync decides whether a change is written to the host. Of several hooks the
	// first that does not want it decides. A panic in this and the next two is an error
	// of the change at hand.
	BeforeSync func(ctx context.Context, change FileChange) SyncDecision
	// AfterSync hears of each change that was tried; err is nil if it was written. What
	// is undone later is told by the result.
	AfterSync func(ctx context.Context, change FileChange, err error)
	// OnSyncError hears of each change that failed or is in conflict.
	OnSyncError func(ctx context.Context, change FileChange, err error)
}

// WithHooks sets hooks for all calls of the executor.
func WithHooks(hooks Hooks) Option {
	return func(c *config) error {
		c.hooks = hooks
		return nil
	}
}

// MaxDenied is how many refusals a result keeps; more are counted.
const MaxDenied = 1000

// Denial is an operation that a mount's permissions refused.
type Denial struct {
	// Path is the absolute guest path.
	Path string
	// Operation is the one operation that was not allowed.
	Operation perm.Operations
	// Rule that decided; nil where it was the defaults, or no rule at all.
	Rule *perm.Rule
	// Reason in words, such as `by rule "*.txt"`.
	Reason string
	// Time of the refusal.
	Time time.Time
}

// String says it for people.
func (d Denial) String() string {
	separator := ": "
	if strings.HasPrefix(d.Reason, "by ") {
		separator = " "
	}
	return d.Operation.String() + " " + d.Path + ": denied" + separator + d.Reason
}

// MarshalJSON implements json.Marshaler.
func (d Denial) MarshalJSON() ([]byte, error) {
	return marshalPlainly(struct {
		Path      string     `json:"path"`
		Operation string     `json:"operation"`
		Rule      *perm.Rule `json:"rule,omitempty"`
		Reason    string     `json:"reason"`
		Timestamp time.Time  `json:"timestamp"`
	}{d.Path, d.Operation.String(), d.Rule, d.Reason, d.Time})
}
