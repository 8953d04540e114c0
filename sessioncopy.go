package funcbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm"
)

// Fork makes an independent copy of the session as it is now, between two calls: state,
// files and unsynced changes. Both go on from there. Random generators of the language
// itself are seeded anew in the copy. Files that the guest holds open cannot be copied:
// ErrOpenFiles. The copy has the same options and is closed on its own.
func (s *Session) Fork(ctx context.Context) (*Session, error) {
	if err := s.ex.begin(); err != nil {
		return nil, err
	}
	defer s.ex.calls.Done()
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	if s.language.NewCompiler != nil && s.module == nil {
		return nil, fmt.Errorf("%w: the session has no code yet", ErrBadRequest)
	}
	copied := &Session{
		ex: s.ex, language: s.language, options: s.options, turn: make(chan struct{}, 1), pressed: make(chan struct{}), free: func() {},
		module: s.module, fresh: true, resumes: s.guest != nil || s.resumes, loaded: s.loaded, baseAs: vfs.BaseSession, known: s.known,
	}
	var err error
	if copied.base, err = s.files.tree.Image(); err != nil {
		return nil, fmt.Errorf("funcbox: copying the session's files: %w", err)
	}
	if s.guest == nil { // the same beginning
		if copied.free, err = s.keepBeginning(); err != nil {
			return nil, err
		}
	} else if copied.own, err = s.photograph(); err != nil {
		return nil, err
	} else {
		copied.module = copied.own
	}
	if err := copied.open(ctx); err != nil {
		copied.drop()
		return nil, err
	}
	return copied, nil
}

// keepBeginning keeps what a session starts from for another one.
func (s *Session) keepBeginning() (func(), error) {
	if s.options.Program == nil {
		return func() {}, nil
	}
	if err := s.options.Program.begin(); err != nil {
		return nil, err
	}
	return s.options.Program.end, nil
}

// photograph makes a module of the guest as it is.
func (s *Session) photograph() (*wasm.Module, error) {
	module, err := s.guest.Photograph()
	if errors.Is(err, wasm.ErrOpenFiles) {
		return nil, fmt.Errorf("%w by the session; close them first: %s", ErrOpenFiles, openFiles(err))
	}
	if err != nil {
		return nil, hostError(err)
	}
	return module, nil
}

// ErrSnapshot says that what was given to RestoreSession is no snapshot, damaged, or of another
// build.
var ErrSnapshot = errors.New("funcbox: the snapshot cannot be used")

// A snapshot is, compressed with zstd:
//
//	magic     8 bytes, with the version of this format
//	header    uint32 length in little endian, then that much JSON
//	memory    as package wasm writes it
//	files     as package vfs writes them
//	checksum  SHA-256 of all that
const snapshotMagic = "fbsnap\x00\x01"

// maxSnapshotHeader bounds the header, in bytes.
const maxSnapshotHeader = 1 << 20

// snapshotHeader says what a snapshot is of.
type snapshotHeader struct {
	Language string            `json:"language"`
	Version  string            `json:"version"`
	Runtime  string            `json:"runtime"` // wasm.Module.Identity
	Workdir  string            `json:"workdir"`
	Env      map[string]string `json:"env"`
	Argv     []string          `json:"argv"`
	Started  bool              `json:"started"` // there is memory
	Resumes  bool              `json:"resumes"` // it has been in use
}

// Snapshot writes the session as it is now, between two calls, so that RestoreSession
// can go on with it in another process of the same build, also on another machine. The
// folders that are mounted are not part of it, but for the changes made over them and
// what is needed to see that a file there is still the same. Files that the guest holds
// open cannot be written: ErrOpenFiles.
func (s *Session) Snapshot(ctx context.Context, w io.Writer) error {
	if err := s.ex.begin(); err != nil {
		return err
	}
	defer s.ex.calls.Done()
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	if s.language.NewCompiler != nil {
		return fmt.Errorf("%w: a session of %s cannot be written; it can be forked", ErrBadRequest, s.language.Name)
	}
	identity, err := s.module.Identity()
	if err != nil {
		return hostError(err)
	}
	files, err := s.files.tree.Image()
	if err != nil {
		return fmt.Errorf("funcbox: copying the session's files: %w", err)
	}
	header := snapshotHeader{
		Language: s.language.Name, Version: s.language.Version, Runtime: identity,
		Workdir: s.options.Workdir, Env: s.options.Env, Argv: s.options.Argv, Started: s.guest != nil || s.options.Program != nil || s.own != nil, Resumes: s.guest != nil || s.resumes,
	}
	encoder, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return err
	}
	sum := sha256.New()
	err = s.write(ctx, io.MultiWriter(encoder, sum), &header, files)
	if err == nil {
		_, err = encoder.Write(sum.Sum(nil))
	}
	if closing := encoder.Close(); err == nil { // else it says the same
		err = closing
	}
	if err != nil {
		return fmt.Errorf("funcbox: writing the snapshot: %w", err)
	}
	return nil
}

func (s *Session) write(ctx context.Context, w io.Writer, header *snapshotHeader, files *vfs.Image) error {
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	begin := binary.LittleEndian.AppendUint32([]byte(snapshotMagic), uint32(len(text)))
	if _, err := w.Write(append(begin, text...)); err != nil {
		return err
	}
	switch {
	case s.guest != nil:
		module, err := s.photograph()
		if err != nil {
			return err
		}
		defer module.Close()
		err = module.WriteImage(w)
		if err != nil {
			return err
		}
	case header.Started:
		if err := s.module.WriteImage(w); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	_, err = files.WriteTo(w)
	return err
}

// RestoreSession goes on with a session that Snapshot wrote. Of the options, Language,
// Program and Files must be empty; Workdir, Env and Argv are those of the snapshot; the
// Mount must have the same guest paths as that of the session. The memory and files of
// the snapshot must fit the limits. A snapshot comes from a trusted place: it is the
// state of a guest, whatever that may do.
//
// The error matches ErrSnapshot where it is damaged or was made by another build.
func (ex *Executor) RestoreSession(ctx context.Context, r io.Reader, options SessionOptions) (*Session, error) {
	if err := ex.begin(); err != nil {
		return nil, err
	}
	defer ex.calls.Done()
	if options.Language != "" || options.Program != nil || len(options.Files) > 0 {
		return nil, fmt.Errorf("%w: Language, Program and Files are those of the snapshot", ErrBadRequest)
	}
	s := &Session{ex: ex, options: options, turn: make(chan struct{}, 1), pressed: make(chan struct{}), free: func() {}, fresh: true, baseAs: vfs.BaseSession}
	if err := s.read(ctx, r); err != nil {
		if s.own != nil {
			s.own.Close()
		}
		return nil, err
	}
	if err := s.open(ctx); err != nil {
		s.drop()
		return nil, err
	}
	return s, nil
}

func (s *Session) read(ctx context.Context, r io.Reader) error {
	decoder, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
	if err != nil {
		return err
	}
	defer decoder.Close()
	in := &summedReader{from: decoder, sum: sha256.New()}
	var header snapshotHeader
	if err := readSnapshotHeader(in, &header); err != nil {
		return fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	if s.language = s.ex.languages.ByName(header.Language); s.language == nil {
		return fmt.Errorf("%w: it is of the language %q, which the executor was not given", ErrSnapshot, header.Language)
	}
	base := s.ex.modules[s.language]
	if base == nil {
		return fmt.Errorf("%w: sessions of %q cannot be restored", ErrSnapshot, header.Language)
	}
	identity, err := base.Identity()
	if err != nil {
		return hostError(err)
	}
	if identity != header.Runtime {
		return fmt.Errorf("%w: it was made by another build of the runtime (%s)", ErrSnapshot, header.Version)
	}
	s.module = base
	s.options.Workdir, s.options.Env, s.options.Argv = header.Workdir, header.Env, header.Argv
	limits := s.options.Limits.or(s.ex.limits)
	if header.Started {
		if s.own, err = base.ReadImage(ctx, in, limits.MemoryBytes); err != nil {
			return fmt.Errorf("%w: its memory: %w", ErrSnapshot, err)
		}
		s.module, s.resumes = s.own, header.Resumes
	}
	if s.base, err = vfs.ReadImage(in, limits.FilesystemBytes); err != nil {
		return fmt.Errorf("%w: its files: %w", ErrSnapshot, err)
	}
	sum := in.sum.Sum(nil)
	var promised [sha256.Size]byte
	if _, err := io.ReadFull(decoder, promised[:]); err != nil {
		return fmt.Errorf("%w: its end is missing: %w", ErrSnapshot, err)
	}
	if !bytes.Equal(sum, promised[:]) {
		return fmt.Errorf("%w: its checksum is wrong", ErrSnapshot)
	}
	return nil
}

func readSnapshotHeader(r io.Reader, header *snapshotHeader) error {
	var begin [len(snapshotMagic) + 4]byte
	if _, err := io.ReadFull(r, begin[:]); err != nil {
		return err
	}
	if magic := string(begin[:len(snapshotMagic)]); magic != snapshotMagic {
		if magic[:len(magic)-1] == snapshotMagic[:len(snapshotMagic)-1] {
			return fmt.Errorf("it has version %d, this build reads version %d", magic[len(magic)-1], snapshotMagic[len(snapshotMagic)-1])
		}
		return errors.New("it is none")
	}
	size := binary.LittleEndian.Uint32(begin[len(snapshotMagic):])
	if size > maxSnapshotHeader {
		return fmt.Errorf("its header of %d bytes is too long", size)
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(r, text); err != nil {
		return err
	}
	return json.Unmarshal(text, header)
}

// summedReader sums up what is read through it.
type summedReader struct {
	from io.Reader
	sum  hash.Hash
}

func (r *summedReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	_, _ = r.sum.Write(p[:n])
	return n, err
}
