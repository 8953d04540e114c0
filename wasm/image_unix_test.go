//go:build unix && !funcbox_portable

package wasm

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLoadShares: an image that is derived takes what differs from where it came from.
func TestLoadShares(t *testing.T) {
	_, derived, err := start(t, guest{Call: tally}).Load(context.Background(), Job{Limits: testLimits()}, nil)
	require.NoError(t, err)
	defer derived.Close()
	require.Less(t, derived.OwnBytes(), int64(3*PageBytes+128<<10))
}
