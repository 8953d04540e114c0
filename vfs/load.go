package vfs

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

const (
	// keptFileBytes is the size up to which a file of a Source is kept when it was
	// read, and keptBytes that of all files together. Beyond that they are read
	// from the Source each time.
	keptFileBytes = 1 << 20
	keptBytes     = 64 << 20
)

// Skipped is a file that was not loaded.
type Skipped struct {
	Path     Path
	HostPath string // empty if the folder has none
	Size     int64  // bytes
	Reason   string // in words
}

// admit says whether a file may be read within the bounds of its folder, and
// counts it.
func (f *FS) admit(o *origin) fsapi.Errno {
	if o.counted {
		return fsapi.ESUCCESS
	}
	limits := &o.folder.loading
	total := limits.MaxTotalBytes
	if total == 0 && limits.Mode == Eager {
		total = DefaultEagerBytes
	}
	switch size := o.entry.Size; {
	case limits.MaxFileBytes > 0 && size > limits.MaxFileBytes:
		f.skip(o, fmt.Sprintf("it is larger than the limit of %d bytes for a file", limits.MaxFileBytes))
	case total > 0 && size > total-o.folder.loaded:
		f.skip(o, fmt.Sprintf("with it, more than the limit of %d bytes for all files would be loaded", total))
	default:
		o.counted = true
		o.folder.loaded += size
		return fsapi.ESUCCESS
	}
	return fsapi.EFBIG
}

func (f *FS) skip(o *origin, reason string) {
	if o.skipped {
		return
	}
	o.skipped = true
	f.skipped = append(f.skipped, Skipped{
		Path: o.guestPath(), HostPath: o.folder.hostPathOf(o.path), Size: o.entry.Size, Reason: reason,
	})
}

// keep reads the contents of a small file and keeps them; it says whether it did.
// What was read before must still hold.
func (f *FS) keep(n *node) (bool, fsapi.Errno) {
	o := n.origin
	if o.entry.Size > keptFileBytes || o.entry.Size > keptBytes-f.kept {
		return false, fsapi.ESUCCESS
	}
	errno := f.loadWhole(n)
	if errno == 0 {
		f.kept += o.entry.Size
		o.kept = true
	}
	return errno == 0, errno
}

// loadWhole reads the contents of a file into memory; the node must be open.
func (f *FS) loadWhole(n *node) fsapi.Errno {
	o := n.origin
	file, errno := f.openSource(n)
	if errno != 0 {
		return errno
	}
	for range 3 { // as long as it is being written to
		data := make([]byte, o.entry.Size)
		if errno = readInPieces(file, data, nil); errno != 0 && errno != fsapi.ESTALE {
			return errno
		}
		entry, err := file.Stat()
		if err != nil {
			return errnoOf(err)
		}
		if errno == 0 && sameState(&entry, &o.entry) {
			o.data, o.loaded, o.read = data, true, true
			n.data, n.shared, n.lazy = data, true, false
			f.closeSource(n)
			return fsapi.ESUCCESS
		}
		if entry.Type != fsapi.TypeRegularFile || entry.Size > keptFileBytes || !f.renew(n, entry) {
			break
		}
	}
	return fsapi.ESTALE
}

// readInPieces fills p from the beginning of a file; ESTALE if the file is
// shorter.
func readInPieces(file io.ReaderAt, p []byte, sum hash.Hash) fsapi.Errno {
	errno := fsapi.ESUCCESS
	inPieces(len(p), func(from, to int) {
		if errno != 0 {
			return
		}
		n, err := file.ReadAt(p[from:to], int64(from))
		switch {
		case n == to-from:
			if sum != nil {
				sum.Write(p[from:to])
			}
		case err == nil || errors.Is(err, io.EOF):
			errno = fsapi.ESTALE
		default:
			errno = errnoOf(err)
		}
	})
	return errno
}

// readSource reads at an offset of a file whose contents stay in the Source.
func (f *FS) readSource(n *node, p []byte, offset int64) (int, fsapi.Errno) {
	o := n.origin
	file, errno := f.openSource(n)
	if errno != 0 {
		return 0, errno
	}
	if offset >= o.entry.Size {
		return 0, fsapi.ESUCCESS
	}
	p = p[:min(int64(len(p)), o.entry.Size-offset, pieceBytes)]
	count, err := file.ReadAt(p, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, errnoOf(err)
	}
	// After reading: whoever writes changes the times first.
	entry, err := file.Stat()
	switch {
	case err != nil:
		return 0, errnoOf(err)
	case !sameState(&entry, &o.entry) || count < len(p):
		clear(p)
		return 0, fsapi.ESTALE
	}
	o.read = true
	return count, fsapi.ESUCCESS
}

// copyUp reads the first bytes of the contents into data, which become the node's
// own.
func (f *FS) copyUp(n *node, data []byte) fsapi.Errno {
	o := n.origin
	file, errno := f.openSource(n)
	if errno != 0 {
		return errno
	}
	var sum hash.Hash
	if int64(len(data)) == o.entry.Size {
		sum = sha256.New()
	}
	if errno := readInPieces(file, data, sum); errno != 0 {
		return errno
	}
	entry, err := file.Stat()
	switch {
	case err != nil:
		return errnoOf(err)
	case !sameState(&entry, &o.entry):
		return fsapi.ESTALE
	}
	o.read = true
	if sum != nil {
		o.hashed = true
		sum.Sum(o.hash[:0])
	}
	return fsapi.ESUCCESS
}

// loadEagerly reads the folders for which that is wanted.
func (f *FS) loadEagerly() error {
	for _, one := range f.folders {
		if one.loading.Mode != Eager {
			continue
		}
		if err := f.loadDirectory(one.node); err != nil {
			return fmt.Errorf("folder at %s: %w", one.mount, err)
		}
	}
	return nil
}

// loadDirectory reads everything below a directory that is admitted. What vanishes
// while it is read, and what cannot be read, is no failure: it may not be needed.
func (f *FS) loadDirectory(dir *node) error {
	l, errno := f.list(dir)
	if errno != 0 {
		if dir.mountPoint {
			return errno
		}
		f.skip(dir.origin, "it cannot be listed: "+errno.Error())
		return nil
	}
	f.useAll(dir)
	for position, one := range l.names {
		f.loadEntry(dir, position, one)
	}
	return nil
}

// loadEntry reads one entry of a directory, with all below it.
func (f *FS) loadEntry(dir *node, position int, one SourceName) {
	if found := dir.entries.find(one.Name); found != nil && found.number != 0 {
		return // hidden
	}
	o := dir.origin
	below := joinSource(o.path, one.Name)
	if one.Type != fsapi.TypeRegularFile || !o.folder.policy.Allowed(string(o.folder.guestPath(below))).Has(perm.Read) {
		if n, _ := f.child(dir, one.Name); n != nil && n.kind == fsapi.TypeDirectory {
			_ = f.loadDirectory(n)
		}
		return
	}
	n := dir.entries.get(one.Name)
	if n == nil {
		if n = f.openEntry(dir, position, one.Name, below); n == nil {
			return
		}
	}
	if !n.lazy {
		return
	}
	n.handles++
	if f.admit(n.origin) == 0 {
		if errno := f.loadWhole(n); errno != 0 {
			f.skip(n.origin, "it cannot be read: "+errno.Error())
		}
	}
	n.handles--
	f.closeSource(n)
}

// openEntry opens and describes a file in one go; nil if it is not there.
func (f *FS) openEntry(dir *node, position int, name, below string) *node {
	file, err := dir.origin.folder.source.Open(below)
	if err != nil {
		n, _ := f.child(dir, name)
		if n != nil && n.lazy {
			f.skip(n.origin, "it cannot be read: "+errnoOf(err).Error())
			return nil
		}
		return nil
	}
	entry, err := file.Stat()
	if err != nil || entry.Type != fsapi.TypeRegularFile {
		_ = file.Close()
		return nil
	}
	n, _ := f.adoptSource(dir, name, below, entry, position)
	if n == nil {
		_ = file.Close()
		return nil
	}
	f.holdSource(n, file)
	return n
}
