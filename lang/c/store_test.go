package c

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func newTestStore(t *testing.T) *store {
	t.Helper()
	return newStore(t.TempDir(), slog.New(slog.DiscardHandler))
}

func TestStore(t *testing.T) {
	s := newTestStore(t)
	require.Nil(t, s.read("missing"))
	want := &program{module: []byte("module"), listing: []byte{}, warnings: "a warning"}
	s.write("key", want)
	require.Equal(t, want, s.read("key"))
	entries, err := os.ReadDir(s.folder)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing half written is left")
}

// TestStoreDamage: whatever happened to a file, it is removed and made anew.
func TestStoreDamage(t *testing.T) {
	s := newTestStore(t)
	want := &program{module: []byte("module"), listing: []byte("listing"), warnings: ""}
	path := filepath.Join(s.folder, "key"+storeSuffix)
	s.write("key", want)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for at := range whole {
		changed := bytes.Clone(whole)
		changed[at] ^= 1
		for name, content := range map[string][]byte{"changed": changed, "cut": whole[:at], "longer": append(bytes.Clone(whole), changed[:at]...)} {
			if name == "longer" && at == 0 {
				continue
			}
			require.NoError(t, os.WriteFile(path, content, 0o600))
			require.Nil(t, s.read("key"), "%s at %d", name, at)
			require.NoFileExists(t, path)
		}
	}
	s.write("key", want)
	require.Equal(t, want, s.read("key"))
}

// TestStoreConcurrent: writers and readers, as several processes are, see whole files
// or none.
func TestStoreConcurrent(t *testing.T) {
	first := newTestStore(t)
	stores := []*store{first, newStore(first.folder, first.logger)}
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			s := stores[worker%2]
			for i := range 50 {
				key := fmt.Sprint(i % 5)
				want := &program{module: bytes.Repeat([]byte(key), 10_000), listing: []byte(key), warnings: key}
				s.write(key, want)
				if got := s.read(key); got == nil || !bytes.Equal(got.module, want.module) {
					t.Errorf("key %s comes back as %v", key, got)
					return
				}
			}
		})
	}
	wait.Wait()
}

// TestStoreBound: what was not used for longest goes first, abandoned files too.
func TestStoreBound(t *testing.T) {
	s := newTestStore(t)
	s.bound = 50_000
	old := filepath.Join(s.folder, "x.build.1.new")
	require.NoError(t, os.WriteFile(old, nil, 0o600))
	require.NoError(t, os.Chtimes(old, time.Time{}, time.Now().Add(-2*storeAbandoned)))
	for i := range 20 {
		key := fmt.Sprintf("key%02d", i)
		s.write(key, &program{module: make([]byte, 10_000), listing: []byte{}})
		at := time.Now().Add(time.Duration(i-100) * time.Minute)
		require.NoError(t, os.Chtimes(filepath.Join(s.folder, key+storeSuffix), at, at))
	}
	require.NoFileExists(t, old)
	require.Nil(t, s.read("key00"))
	require.NotNil(t, s.read("key19"))
	entries, err := os.ReadDir(s.folder)
	require.NoError(t, err)
	require.LessOrEqual(t, len(entries), 7)
}
