package c

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/wasm"
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

// TestKey: requests for different programs have different keys.
func TestKey(t *testing.T) {
	seen := make(map[string]string)
	for name, source := range map[string]lang.Source{
		"nothing":        {},
		"code":           {Code: "x"},
		"a name":         {Filename: "a.c"},
		"a folder":       {Workdir: "/a"},
		"a level":        {Options: lang.CompileOptions{Optimize: "2"}},
		"a standard":     {Options: lang.CompileOptions{Standard: "c11"}},
		"a warning":      {Options: lang.CompileOptions{Warnings: []string{"all"}}},
		"two warnings":   {Options: lang.CompileOptions{Warnings: []string{"all", "extra"}}},
		"a macro":        {Options: lang.CompileOptions{Defines: map[string]string{"all": "extra"}}},
		"outs":           {Outs: []string{"all", "extra"}},
		"a body":         {Parameters: []lang.SourceParameter{}},
		"a body of two":  {Parameters: []lang.SourceParameter{{Name: "a"}, {Name: "b"}}},
		"a body of one":  {Parameters: []lang.SourceParameter{{Name: "a", Hint: "b"}}},
		"a body's types": {Parameters: []lang.SourceParameter{}, Returns: "a"},
		"a file":         {Files: map[string][]byte{"/a.h": nil}},
		"another file":   {Files: map[string][]byte{"/b.h": nil}},
		"a file's text":  {Files: map[string][]byte{"/a.h": []byte("x")}},
	} {
		for _, d := range []*dialect{&languageC, &languageCPP} {
			if source.Workdir == "" {
				source.Workdir = "/workspace"
			}
			files, err := d.collect(&source, "main")
			require.NoError(t, err)
			key := files.key(d, &source)
			require.Empty(t, seen[key], name)
			seen[key] = name
		}
	}
}

// TestLock: who waits says so, gets the lock when it is free, and can leave. To the
// system a second file is like another process.
func TestLock(t *testing.T) {
	folder := t.TempDir()
	var events []wasm.CompileEvent
	waiting := make(chan struct{}, 8)
	report := func(e wasm.CompileEvent) {
		events = append(events, e)
		waiting <- struct{}{}
	}
	release, err := lock(t.Context(), folder, "clang", "Clang", report)
	require.NoError(t, err)
	require.Empty(t, events)

	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = lock(canceled, folder, "clang", "Clang", report)
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, events, 2)
	require.ErrorIs(t, events[1].Err, context.Canceled)

	for range events {
		<-waiting
	}
	events = nil
	go func() {
		<-waiting
		release()
	}()
	unlock, err := lock(t.Context(), folder, "clang", "Clang", report)
	require.NoError(t, err)
	unlock()
	require.Len(t, events, 2)
	require.Equal(t, wasm.CompileEvent{Name: "Clang", Waiting: true}, events[0])
	require.True(t, events[1].Waiting && events[1].Done && events[1].Elapsed > 0)

	unlock, err = lock(t.Context(), "", "clang", "Clang", report)
	require.NoError(t, err)
	unlock()
	require.Len(t, events, 2)
}
