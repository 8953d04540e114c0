//go:build funcbox_failpoints

package sync

// atFailpoint is set by the test that kills its process at every step.
var atFailpoint = func(string) {}

func failpoint(step string) { atFailpoint(step) }
