//go:build !funcbox_failpoints

package sync

// failpoint does nothing in what users run; failpoint_on.go has the other one.
func failpoint(string) {}
