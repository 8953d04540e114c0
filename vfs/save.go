package vfs

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"io/fs"
	"time"
	"unsafe"
)

// The saved form of an Image: a magic number with a version, then numbers as varints
// and texts with their length in front. What is below is in the order of reading.
// Contents that are in an image more than once are written once.
const imageMagic = "fbimage\x01"

// maxImageText is the longest text that a saved image may have.
const maxImageText = 1 << 16

// Flags of nodes and origins.
const (
	savedLazy = 1 << iota
	savedWritten
	savedTimed
	savedVirtual
	savedRead
	savedLoaded
	savedHashed
)

// WriteTo writes the image for ReadImage, in this process or another one. There is no
// checksum in it. Files of folders that were only read are written as what tells them
// apart, not with their contents. The image can be used meanwhile.
func (i *Image) WriteTo(w io.Writer) (int64, error) {
	out := &imageWriter{to: bufio.NewWriterSize(w, 64<<10), seen: make(map[sharedContent]uint64)}
	out.raw([]byte(imageMagic))
	out.number(i.lastInode)
	out.signed(i.created)
	out.number(uint64(len(i.folders)))
	for _, one := range i.folders {
		out.text(string(one.mount))
	}
	out.number(uint64(len(i.origins)))
	for at := range i.origins {
		out.origin(&i.origins[at])
	}
	out.node(i, i.root, false, false)
	for _, one := range i.folders {
		out.node(i, one.root, true, false)
	}
	if out.err == nil {
		out.err = out.to.Flush()
	}
	return out.count, out.err
}

type sharedContent struct {
	first  *byte
	length int
}

type imageWriter struct {
	to    *bufio.Writer
	count int64
	err   error
	seen  map[sharedContent]uint64
}

func (w *imageWriter) raw(p []byte) {
	if w.err == nil {
		_, w.err = w.to.Write(p)
		w.count += int64(len(p))
	}
}

func (w *imageWriter) number(n uint64) {
	var room [binary.MaxVarintLen64]byte
	w.raw(room[:binary.PutUvarint(room[:], n)])
}

func (w *imageWriter) signed(n int64) {
	var room [binary.MaxVarintLen64]byte
	w.raw(room[:binary.PutVarint(room[:], n)])
}

func (w *imageWriter) text(s string) {
	w.number(uint64(len(s)))
	w.raw([]byte(s))
}

// content writes 0 for none, 1 and the bytes, or 2 and more for the ones before.
func (w *imageWriter) content(data []byte) {
	if len(data) == 0 {
		w.number(0)
		return
	}
	key := sharedContent{unsafe.SliceData(data), len(data)}
	if before, known := w.seen[key]; known {
		w.number(before + 2)
		return
	}
	w.seen[key] = uint64(len(w.seen))
	w.number(1)
	w.number(uint64(len(data)))
	w.raw(data)
}

func (w *imageWriter) time(t time.Time) {
	if t.IsZero() {
		w.number(0)
		return
	}
	w.number(1)
	w.signed(t.Unix())
	w.number(uint64(t.Nanosecond()))
}

func (w *imageWriter) origin(o *imageOrigin) {
	loaded, hashed, hash := o.loaded, o.hashed, o.hash
	if o.folder > 0 && loaded {
		loaded = false // the host has it
		if !hashed {
			hashed, hash = true, sha256.Sum256(o.data)
		}
	}
	w.number(uint64(o.folder))
	w.text(o.path)
	e := &o.entry
	w.number(uint64(e.Type))
	w.signed(e.Size)
	w.number(uint64(e.Mode.Perm()))
	w.time(e.ModTime)
	w.time(e.AccessTime)
	w.time(e.ChangeTime)
	w.number(e.ID.Device)
	w.number(e.ID.Inode)
	w.text(e.Target)
	w.text(e.Inside)
	w.number(flag(o.virtual, savedVirtual) | flag(o.read, savedRead) | flag(loaded, savedLoaded) | flag(hashed, savedHashed))
	if hashed {
		w.raw(hash[:])
	}
	if loaded {
		w.content(o.data)
	}
	w.number(uint64(len(o.children)))
	for _, child := range o.children {
		w.text(child.name)
		w.number(uint64(child.place))
	}
}

func flag(set bool, bit uint64) uint64 {
	if set {
		return bit
	}
	return 0
}

// node writes a node with all below it. listed says that its name is the Source's.
func (w *imageWriter) node(i *Image, n *imageNode, inFolder, listed bool) {
	lazy, data := n.lazy, n.data
	if inFolder && listed && !n.written && n.origin > 0 {
		if o := &i.origins[n.origin-1]; o.folder > 0 && o.loaded {
			lazy, data = true, nil // to be read from the host again
		}
	}
	w.number(n.inode)
	w.number(uint64(n.kind))
	w.number(uint64(n.mode.Perm()))
	for _, at := range []int64{n.accessTime, n.modifyTime, n.changeTime} {
		w.signed(at)
	}
	w.number(flag(lazy, savedLazy) | flag(n.written, savedWritten) | flag(n.timed, savedTimed) | flag(n.virtual, savedVirtual))
	w.number(uint64(n.charged))
	w.number(uint64(n.contentCharge))
	w.number(uint64(n.origin))
	w.text(n.target)
	w.content(data)
	w.number(n.last)
	w.number(uint64(len(n.children)))
	for at := range n.children {
		one := &n.children[at]
		w.text(one.name)
		w.number(one.number)
		w.node(i, one.node, inFolder, one.number == 0)
	}
}

// permBits are those of a mode that are saved.
const permBits = uint64(fs.ModePerm)
