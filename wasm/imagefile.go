package wasm

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Images lie beside the compiled code, so that a new process need not start a
// runtime again. A file holds, in little endian:
//
//	magic        8 bytes, with the version of this format
//	checksum     uint32, CRC-32C of all that follows
//	memory size  uint64, bytes
//	globals      uint64 count, then a uint64 each
//	runs         uint64 offset, uint64 length, content; what is between runs is zero
//
// The checksum finds damage, not forgery: whoever can write to the folder can also
// change the machine code in it.
const (
	imageMagic  = "fbimage\x01"
	imageHeader = len(imageMagic) + 4
	imagePrefix = "image-"
	imageSuffix = ".bin"
)

// imageKept is how long an image that another one has replaced stays for processes
// of the older version.
const imageKept = 7 * 24 * time.Hour

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errDamagedImage = errors.New("it is damaged")

// imagePath names the file of a module's image after everything that the image
// depends on. It is empty if the image is not to be kept.
func (m *Module) imagePath() (string, error) {
	if m.engine.cacheDir == "" || m.spec.Fingerprint == nil {
		return "", nil
	}
	fingerprint, err := m.spec.Fingerprint()
	if err != nil {
		return "", err
	}
	key := sha256.New()
	for _, part := range []string{imageMagic, m.spec.Binary.sha256, fingerprint, runtime.GOOS, runtime.GOARCH} {
		fmt.Fprintf(key, "%d:%s\n", len(part), part)
	}
	name := imagePrefix + m.spec.Name + "-" + hex.EncodeToString(key.Sum(nil)[:16]) + imageSuffix
	return filepath.Join(m.engine.cacheDir, name), nil
}

// snapshot takes the image from the disk, or starts the guest and leaves the image
// there. A disk that fails is logged and costs time, nothing more.
func (m *Module) snapshot(globals int, start func() (*snapshot, error)) (*snapshot, error) {
	path, err := m.imagePath()
	if err != nil {
		m.engine.logger.Warn("the image of a runtime is not kept on disk", "runtime", m.spec.Name, "reason", err)
	}
	if path == "" {
		return start()
	}
	taken, err := readImage(path, globals)
	if err == nil {
		return taken, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		m.engine.logger.Info("the image of a runtime is made anew: the one on disk cannot be used", "runtime", m.spec.Name, "reason", err)
	}
	if taken, err = start(); err != nil {
		return nil, err
	}
	if err := writeImage(path, taken); err != nil {
		m.engine.logger.Warn("the image of a runtime is not kept on disk", "runtime", m.spec.Name, "reason", err)
		return taken, nil
	}
	m.removeOldImages(path)
	return taken, nil
}

func readImage(path string, globals int) (*snapshot, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(content) < imageHeader || string(content[:len(imageMagic)]) != imageMagic {
		return nil, errDamagedImage
	}
	sum := binary.LittleEndian.Uint32(content[len(imageMagic):])
	content = content[imageHeader:]
	if crc32.Checksum(content, castagnoli) != sum {
		return nil, errDamagedImage
	}
	next := func() (number uint64) {
		if len(content) >= 8 {
			number, content = binary.LittleEndian.Uint64(content), content[8:]
		}
		return number
	}
	size, count := next(), next()
	if size == 0 || size%PageBytes != 0 || size > maxMemoryBytes || count != uint64(globals) || uint64(len(content)) < 8*count {
		return nil, errDamagedImage
	}
	taken := &snapshot{}
	for range count {
		taken.globals = append(taken.globals, next())
	}
	taken.memory, err = newImage(size, func(write func(offset int64, run []byte) error) error {
		for len(content) > 0 {
			if len(content) < 16 {
				return errDamagedImage
			}
			offset, length := next(), next()
			if length > uint64(len(content)) || length > size || offset > size-length {
				return errDamagedImage
			}
			if err := write(int64(offset), content[:length]); err != nil {
				return err
			}
			content = content[length:]
		}
		return nil
	})
	return taken, err
}

// writeImage puts the file there whole or not at all.
func writeImage(path string, taken *snapshot) error {
	var content bytes.Buffer
	content.WriteString(imageMagic)
	content.Write(make([]byte, imageHeader-len(imageMagic)))
	put := func(number uint64) { content.Write(binary.LittleEndian.AppendUint64(nil, number)) }
	put(taken.memory.size)
	put(uint64(len(taken.globals)))
	for _, global := range taken.globals {
		put(global)
	}
	memory, err := taken.memory.content()
	if err != nil {
		return err
	}
	err = forEachWritten(memory, func(offset int64, run []byte) error {
		put(uint64(offset))
		put(uint64(len(run)))
		content.Write(run)
		return nil
	})
	if err != nil {
		return err
	}
	sum := crc32.Checksum(content.Bytes()[imageHeader:], castagnoli)
	binary.LittleEndian.PutUint32(content.Bytes()[len(imageMagic):], sum)

	file, err := os.CreateTemp(filepath.Dir(path), imagePrefix+"*.new")
	if err != nil {
		return err
	}
	_, err = file.Write(content.Bytes())
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// removeOldImages removes what other versions of the module, and writers that were
// killed, left a while ago.
func (m *Module) removeOldImages(current string) {
	folder := filepath.Dir(current)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, entry := range entries {
		name := entry.Name()
		old := strings.HasPrefix(name, imagePrefix+m.spec.Name+"-") && strings.HasSuffix(name, imageSuffix) ||
			strings.HasPrefix(name, imagePrefix) && strings.HasSuffix(name, ".new")
		if !old || name == filepath.Base(current) {
			continue
		}
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > imageKept {
			_ = os.Remove(filepath.Join(folder, name))
		}
	}
}
