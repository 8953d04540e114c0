package wasm

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// TestImageFile: a second process takes the image from the disk instead of starting
// the guest, and whatever is wrong with the file costs a start and nothing else.
func TestImageFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	// Its start leaves 7 in memory and in a global; a call returns both.
	module := guest{
		Init: join(store(4096, 7), setGlobal(globalExtra, 8), i32(0)),
		Call: join(put(i32(4100), []byte{0x23, globalExtra}), reply(4096, 8)), // 0x23: global.get
	}.Module(t)
	starts := 0
	use := func(t *testing.T, fingerprint func() (string, error)) (reply []byte, started int, logged string) {
		t.Helper()
		var log bytes.Buffer
		engine, err := NewEngine(context.Background(), Config{
			CacheDir: dir, CheckResets: true, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		require.NoError(t, err)
		defer func() { require.NoError(t, engine.Close(context.Background())) }()
		before := starts
		m := engine.Module(ModuleSpec{
			Name: "guest", Binary: packed(t, module), Fingerprint: fingerprint,
			StartupFiles: func() (fsapi.FileSystem, error) { starts++; return nil, nil },
		})
		for range 3 {
			reply = bytes.Clone(run(t, m, "").Reply)
		}
		require.Zero(t, m.Stats().FailedResets)
		return reply, starts - before, log.String()
	}
	as := func(fingerprint string) func() (string, error) {
		return func() (string, error) { return fingerprint, nil }
	}
	want, started, logged := use(t, as("a"))
	require.Equal(t, []byte{7, 0, 0, 0, 8, 0, 0, 0}, want)
	require.Equal(t, 1, started)
	require.Empty(t, logged)
	images, err := filepath.Glob(filepath.Join(dir, imagePrefix+"*"))
	require.NoError(t, err)
	require.Len(t, images, 1)
	image := images[0]
	good, err := os.ReadFile(image)
	require.NoError(t, err)

	t.Run("is used", func(t *testing.T) {
		reply, started, logged := use(t, as("a"))
		require.Equal(t, want, reply)
		require.Zero(t, started)
		require.Empty(t, logged)
	})
	t.Run("not without a fingerprint", func(t *testing.T) {
		_, started, _ := use(t, nil)
		require.Equal(t, 1, started)
		_, started, logged := use(t, func() (string, error) { return "", errors.New("no library") })
		require.Equal(t, 1, started)
		require.Contains(t, logged, "no library")
	})
	t.Run("not with another fingerprint", func(t *testing.T) {
		// What it replaces goes once it is old.
		old := time.Now().Add(-imageKept - time.Hour)
		left := filepath.Join(dir, imagePrefix+"1.new")
		require.NoError(t, os.WriteFile(left, nil, 0o600))
		other := filepath.Join(dir, imagePrefix+"other-1"+imageSuffix)
		require.NoError(t, os.WriteFile(other, nil, 0o600))
		for _, path := range []string{image, left, other} {
			require.NoError(t, os.Chtimes(path, old, old))
		}
		_, started, _ := use(t, as("b"))
		require.Equal(t, 1, started)
		require.NoFileExists(t, image)
		require.NoFileExists(t, left)
		require.FileExists(t, other)
	})

	sized := func(size uint64, globals int, tail ...byte) []byte {
		taken := &snapshot{globals: make([]uint64, globals)}
		var err error
		taken.memory, err = photo(make([]byte, PageBytes))
		require.NoError(t, err)
		path := filepath.Join(t.TempDir(), "image")
		require.NoError(t, writeImage(path, taken))
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		binary.LittleEndian.PutUint64(content[imageHeader:], size)
		content = append(content, tail...)
		binary.LittleEndian.PutUint32(content[len(imageMagic):], crc32.Checksum(content[imageHeader:], castagnoli))
		return content
	}
	for name, content := range map[string][]byte{
		"empty":                  {},
		"cut short":              good[:len(good)/2],
		"a bit flipped":          flip(good, len(good)-1),
		"another format":         flip(good, len(imageMagic)-1),
		"too many globals":       sized(PageBytes, 100),
		"no memory":              sized(0, 2),
		"memory of half a page":  sized(PageBytes/2, 2),
		"memory beyond the most": sized(maxMemoryBytes+PageBytes, 2),
		"half a run":             sized(PageBytes, 2, 1, 2, 3),
		"a run of no content":    sized(PageBytes, 2, append(make([]byte, 8), 1, 0, 0, 0, 0, 0, 0, 0)...),
		"a run outside":          sized(PageBytes, 2, append([]byte{0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0}, 5)...),
		"an offset that wraps":   sized(PageBytes, 2, append(bytes.Repeat([]byte{255}, 8), 1, 0, 0, 0, 0, 0, 0, 0, 5)...),
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(image, content, 0o600))
			reply, started, logged := use(t, as("a"))
			require.Equal(t, want, reply)
			require.Equal(t, 1, started)
			require.Contains(t, logged, errDamagedImage.Error())
			mended, err := os.ReadFile(image)
			require.NoError(t, err)
			require.Equal(t, good, mended)
		})
	}
	t.Run("a folder in its place", func(t *testing.T) {
		require.NoError(t, os.Remove(image))
		require.NoError(t, os.MkdirAll(filepath.Join(image, "x"), 0o700))
		reply, started, logged := use(t, as("a"))
		require.Equal(t, want, reply)
		require.Equal(t, 1, started)
		require.Contains(t, logged, "not kept on disk")
	})
}

func flip(content []byte, at int) []byte {
	content = bytes.Clone(content)
	content[at] ^= 1
	return content
}
