package cli

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "4096": 4096, "10B": 10, "64KiB": 64 << 10, "256MiB": 256 << 20, "4GiB": 4 << 30, "1.5GiB": 3 << 29,
		"1KB": 1000, "2MB": 2e6, "0.5GB": 5e8, "64mib": 64 << 20, "64 MiB": 64 << 20,
	} {
		got, err := parseSize(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{
		"", "MiB", "x", "1.5", "-1", "0", "0MiB", "1e400", "Inf", "NaN", "0x10", "1_000", "64MB!", "64TiB", "9EiB", "9999999999GiB", "0.3KiB",
	} {
		_, err := parseSize(text)
		require.Error(t, err, text)
	}
}

func TestFormatSize(t *testing.T) {
	for want, bytes := range map[string]int64{
		"256MiB": 256 << 20, "4GiB": 4 << 30, "1KiB": 1 << 10, "1023": 1023, "1000000": 1e6, "1025KiB": 1025 << 10,
	} {
		require.Equal(t, want, formatSize(bytes))
	}
}
