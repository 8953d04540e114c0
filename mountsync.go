package funcbox

import (
	"github.com/funcbox/funcbox/sync"
)

// Sync says what becomes of a guest's changes in Mount.Dirs. The zero value leaves
// the host alone; see [Executor.SyncFiles].
type Sync struct {
	Mode SyncMode `json:"mode,omitzero"`
	// OnError says what becomes of a batch in which a change fails or is in conflict.
	OnError SyncPolicy `json:"onError,omitzero"`
	// Overwrite applies changes also where the host has changed meanwhile. Without it
	// that is a conflict: reported, and left alone.
	Overwrite bool `json:"overwrite,omitempty"`
	// Durable waits until the disk has what was written.
	Durable bool `json:"durable,omitempty"`
	// AfterErrors syncs in mode SyncBatch also what a call with status error left.
	// Without it only calls with status success are synced. Calls that crashed or were
	// stopped never are.
	AfterErrors bool `json:"afterErrors,omitempty"`
	// AllowAbort lets a hook end the batch. Without it, a hook that wants to leaves out
	// the one change.
	AllowAbort bool `json:"allowAbort,omitempty"`
}

// SyncMode says when changes are written to the host.
type SyncMode uint8

// The modes of syncing.
const (
	// SyncManual writes nothing by itself.
	SyncManual SyncMode = iota
	// SyncBatch writes all changes after the call, as one batch.
	SyncBatch
)

// SyncPolicy says what becomes of a batch in which a change fails.
type SyncPolicy uint8

// The policies.
const (
	// SyncRollback undoes all of the batch: contents, modes and times are as before.
	SyncRollback SyncPolicy = iota
	// SyncContinue leaves out the change and goes on.
	SyncContinue
	// SyncAbort stops; what has been done stays.
	SyncAbort
)

var (
	syncModes    = []string{SyncManual: "manual", SyncBatch: "batch"}
	syncPolicies = []string{SyncRollback: "rollback", SyncContinue: "continue", SyncAbort: "abort"}

	errorPolicies = [...]sync.ErrorPolicy{SyncRollback: sync.Rollback, SyncContinue: sync.Continue, SyncAbort: sync.Abort}
)

// String returns "manual" or "batch".
func (m SyncMode) String() string { return modeText(syncModes, m) }

// ParseSyncMode reads what String returns.
func ParseSyncMode(text string) (SyncMode, error) {
	return parseMode[SyncMode]("mode of syncing", syncModes, text)
}

// MarshalText implements encoding.TextMarshaler.
func (m SyncMode) MarshalText() ([]byte, error) { return marshalMode("mode of syncing", syncModes, m) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *SyncMode) UnmarshalText(text []byte) (err error) {
	*m, err = ParseSyncMode(string(text))
	return err
}

// String returns "rollback", "continue" or "abort".
func (p SyncPolicy) String() string { return modeText(syncPolicies, p) }

// ParseSyncPolicy reads what String returns.
func ParseSyncPolicy(text string) (SyncPolicy, error) {
	return parseMode[SyncPolicy]("policy for errors of syncing", syncPolicies, text)
}

// MarshalText implements encoding.TextMarshaler.
func (p SyncPolicy) MarshalText() ([]byte, error) {
	return marshalMode("policy for errors of syncing", syncPolicies, p)
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *SyncPolicy) UnmarshalText(text []byte) (err error) {
	*p, err = ParseSyncPolicy(string(text))
	return err
}
