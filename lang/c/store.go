package c

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/funcbox/funcbox/wasm"
)

// Builds and precompiled headers lie in the folder "compiled" of the cache. A file
// holds:
//
//	magic     8 bytes, with the version of this format
//	checksum  32 bytes, SHA-256 of all that follows
//	parts     uint32 in little endian and as many bytes, each
//
// The checksum finds damage, not forgery: nobody else can write to the folder, and
// what is in a module can do no more than any guest.
const (
	storeMagic  = "fbbuild\x01"
	storeHeader = len(storeMagic) + sha256.Size
	storeSuffix = ".build"
	// storeBytes is what the folder may take, storeRound how much is written until
	// that is looked at again.
	storeBytes = 256 << 20
	storeRound = 16 << 20
	// storeAbandoned is the age at which a file that was never finished is removed.
	storeAbandoned = time.Hour
)

var errDamagedBuild = errors.New("it is damaged")

// store keeps builds on disk. Safe for concurrent use, also by several processes: files
// appear whole and are never changed. Without a folder it keeps nothing.
type store struct {
	folder string
	logger *slog.Logger

	mu      sync.Mutex
	written int64 // since the folder was last looked at; < 0: never
	bound   int64
}

// cacheFolder is where a compiler keeps what it makes; empty: nowhere.
func cacheFolder(dir string, logger *slog.Logger) string {
	if dir == wasm.MemoryOnly {
		return ""
	}
	var err error
	if dir == "" {
		dir, err = wasm.DefaultCacheDir()
	}
	for _, folder := range []string{"", "compiled"} {
		if err == nil {
			dir = filepath.Join(dir, folder)
			err = privateFolder(dir)
		}
	}
	if err != nil {
		logger.Warn("compiled programs are not kept on disk", "reason", err)
		return ""
	}
	return dir
}

// privateFolder makes a folder unless it is there, and refuses one in which other users
// could put modules of theirs.
func privateFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s: other users can write to it; use a folder of mode 0700", dir)
	}
	return err
}

func newStore(folder string, logger *slog.Logger) *store {
	return &store{folder: folder, logger: logger, written: -1, bound: storeBytes}
}

// read returns a program, nil: it is not there.
func (s *store) read(key string) *program {
	parts := s.parts(key, 3)
	if parts == nil {
		return nil
	}
	return &program{module: parts[0], listing: parts[1], warnings: string(parts[2])}
}

func (s *store) write(key string, p *program) {
	s.put(key, p.module, p.listing, []byte(p.warnings))
}

// parts returns what was put under a key. A file that is damaged is removed.
func (s *store) parts(key string, count int) [][]byte {
	if s.folder == "" {
		return nil
	}
	path := filepath.Join(s.folder, key+storeSuffix)
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var parts [][]byte
	if err == nil {
		parts, err = decodeParts(content, count)
	}
	if err != nil {
		s.logger.Info("a compiled program is made anew: the one on disk cannot be used", "file", path, "reason", err)
		_ = os.Remove(path)
		return nil
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // the order in which they are removed
	return parts
}

func decodeParts(content []byte, count int) ([][]byte, error) {
	if len(content) < storeHeader || string(content[:len(storeMagic)]) != storeMagic {
		return nil, errDamagedBuild
	}
	sum, rest := content[len(storeMagic):storeHeader], content[storeHeader:]
	if got := sha256.Sum256(rest); !bytes.Equal(got[:], sum) {
		return nil, errDamagedBuild
	}
	parts := make([][]byte, count)
	for i := range parts {
		if len(rest) < 4 {
			return nil, errDamagedBuild
		}
		size := uint64(binary.LittleEndian.Uint32(rest))
		if rest = rest[4:]; size > uint64(len(rest)) {
			return nil, errDamagedBuild
		}
		parts[i], rest = rest[:size:size], rest[size:]
	}
	if len(rest) > 0 {
		return nil, errDamagedBuild
	}
	return parts, nil
}

// put keeps parts under a key. A disk that fails is logged and costs time, nothing
// more.
func (s *store) put(key string, parts ...[]byte) {
	if s.folder == "" {
		return
	}
	content := make([]byte, storeHeader)
	for _, part := range parts {
		content = binary.LittleEndian.AppendUint32(content, uint32(len(part)))
		content = append(content, part...)
	}
	copy(content, storeMagic)
	sum := sha256.Sum256(content[storeHeader:])
	copy(content[len(storeMagic):], sum[:])
	if err := writeWhole(s.folder, key+storeSuffix, content); err != nil {
		s.logger.Warn("a compiled program is not kept on disk", "reason", err)
		return
	}
	s.trim(int64(len(content)))
}

// writeWhole makes a file appear whole or not at all.
func writeWhole(folder, name string, content []byte) error {
	if err := os.MkdirAll(folder, 0o700); err != nil { // somebody may have cleared the cache
		return err
	}
	file, err := os.CreateTemp(folder, name+".*.new")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), filepath.Join(folder, name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// trim removes what was not used for longest once the folder holds too much, down to
// three quarters of the bound.
func (s *store) trim(added int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.written >= 0 {
		if s.written += added; s.written < min(storeRound, s.bound/4) {
			return
		}
	}
	s.written = 0
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return
	}
	var files []fs.FileInfo
	total := int64(0)
	for _, entry := range entries {
		info, err := entry.Info()
		switch {
		case err != nil || !info.Mode().IsRegular():
		case strings.HasSuffix(entry.Name(), storeSuffix):
			files = append(files, info)
			total += info.Size()
		case strings.HasSuffix(entry.Name(), ".new") && time.Since(info.ModTime()) > storeAbandoned:
			_ = os.Remove(filepath.Join(s.folder, entry.Name()))
		}
	}
	if total <= s.bound {
		return
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return cmp.Compare(a.ModTime().UnixNano(), b.ModTime().UnixNano()) })
	for _, file := range files {
		if total <= s.bound/4*3 {
			break
		}
		if os.Remove(filepath.Join(s.folder, file.Name())) == nil {
			total -= file.Size()
		}
	}
}
