package vfs

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"time"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// ErrImage is wrapped by errors about a saved image that is damaged, of another
// version or too large.
var ErrImage = errors.New("not a usable image of a filesystem")

// ReadImage reads what Image.WriteTo wrote, and not a byte more if r is an
// io.ByteReader, as a bufio.Reader is, or else by reading small pieces. limit bounds
// contents, names and nodes together, in bytes; 0 means DefaultBytes. No input makes
// it take more memory than a few times that.
//
// What was read is checked for what a tree relies on; that it is what was written is
// for the caller's checksum to say.
func ReadImage(r io.Reader, limit int64) (*Image, error) {
	if limit <= 0 {
		limit = DefaultBytes
	}
	in := &imageReader{from: r, left: limit, image: &Image{}}
	in.bytes, _ = r.(io.ByteReader)
	in.read()
	if in.err != nil {
		if errors.Is(in.err, io.EOF) {
			in.err = io.ErrUnexpectedEOF
		}
		if errors.Is(in.err, ErrImage) {
			return nil, in.err
		}
		return nil, fmt.Errorf("%w: %w", ErrImage, in.err)
	}
	return in.image, nil
}

type imageReader struct {
	from     io.Reader
	bytes    io.ByteReader // from, if it is one
	one      [1]byte
	left     int64 // of the limit
	err      error
	image    *Image
	contents [][]byte
}

// bad ends reading.
func (r *imageReader) bad(reason string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrImage, reason)
	}
}

// must ends reading unless something holds.
func (r *imageReader) must(holds bool, reason string) {
	if !holds {
		r.bad(reason)
	}
}

// take counts bytes against the limit.
func (r *imageReader) take(bytes int64) bool {
	if r.err == nil && (bytes < 0 || bytes > r.left) {
		r.bad("it is larger than the limit")
	}
	if r.err != nil {
		return false
	}
	r.left -= bytes
	r.image.bytes += bytes
	return true
}

// ReadByte implements io.ByteReader.
func (r *imageReader) ReadByte() (byte, error) {
	if r.bytes != nil {
		return r.bytes.ReadByte()
	}
	_, err := io.ReadFull(r.from, r.one[:])
	return r.one[0], err
}

func (r *imageReader) raw(p []byte) {
	if r.err == nil {
		_, r.err = io.ReadFull(r.from, p)
	}
}

func (r *imageReader) number() (n uint64) {
	if r.err == nil {
		n, r.err = binary.ReadUvarint(r)
	}
	return n
}

func (r *imageReader) signed() (n int64) {
	if r.err == nil {
		n, r.err = binary.ReadVarint(r)
	}
	return n
}

// below reads a number that is less than a bound.
func (r *imageReader) below(bound uint64) uint64 {
	n := r.number()
	if r.err == nil && n >= bound {
		r.bad("a number is out of bounds")
	}
	if r.err != nil {
		return 0
	}
	return n
}

// many reads how many things follow, each of which takes at least cost of the limit.
func (r *imageReader) many(cost int64) int {
	n := r.number()
	if r.err == nil && n > uint64(r.left/cost) {
		r.bad("it is larger than the limit")
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}

func (r *imageReader) text() string {
	n := r.below(maxImageText + 1)
	if !r.take(int64(n)) {
		return ""
	}
	p := make([]byte, n)
	r.raw(p)
	return string(p)
}

func (r *imageReader) content() []byte {
	switch n := r.number(); {
	case r.err != nil || n == 0:
		return nil
	case n >= 2:
		if n-2 >= uint64(len(r.contents)) {
			r.bad("contents are missing")
			return nil
		}
		return r.contents[n-2]
	}
	size := r.below(math.MaxInt64)
	if !r.take(int64(size)) {
		return nil
	}
	var data []byte
	if size <= pieceBytes {
		data = make([]byte, size)
		r.raw(data)
	} else { // which may not be there
		var buffer bytes.Buffer
		_, r.err = io.CopyN(&buffer, r.from, int64(size))
		data = buffer.Bytes()
	}
	r.contents = append(r.contents, data)
	return data
}

func (r *imageReader) time() time.Time {
	if r.below(2) == 0 {
		return time.Time{}
	}
	seconds := r.signed()
	return time.Unix(seconds, int64(r.below(1e9)))
}

func (r *imageReader) read() {
	magic := make([]byte, len(imageMagic))
	r.raw(magic)
	if r.err == nil && string(magic) != imageMagic {
		r.bad("it begins with something else, or is of another version")
	}
	i := r.image
	i.lastInode = r.below(1 << 48)
	i.created = r.signed()
	i.folders = make([]imageFolder, r.many(1))
	mounts := map[Path]bool{}
	for at := range i.folders {
		mount := Path(r.text())
		clean, err := ParsePath(string(mount), "/")
		r.must(r.err != nil || err == nil && clean == mount && !mounts[mount], "the path of a folder is not clean")
		mounts[mount] = true
		i.folders[at].mount = mount
	}
	count := r.many(nodeCost)
	for range count { // not allocated ahead
		if r.err != nil {
			return
		}
		i.origins = append(i.origins, r.origin(uint64(count)))
	}
	r.checkOrigins()
	i.root = r.node(false)
	r.must(r.err != nil || i.root.kind == fsapi.TypeDirectory, "the root is no directory")
	for at := range i.folders {
		root := r.node(true)
		if r.err != nil {
			return
		}
		r.must(root.kind == fsapi.TypeDirectory && root.origin > 0, "a folder is no directory")
		if r.err == nil {
			o := &i.origins[root.origin-1]
			r.must(o.folder == at+1 && o.path == ".", "a folder begins elsewhere")
		}
		i.folders[at].root = root
	}
}

func (r *imageReader) origin(count uint64) (o imageOrigin) {
	r.take(nodeCost)
	o.folder = int(r.below(uint64(len(r.image.folders)) + 1))
	o.path = r.text()
	e := &o.entry
	e.Type = fsapi.FileType(r.below(256))
	e.Size = r.signed()
	e.Mode = fs.FileMode(r.below(permBits + 1))
	e.ModTime, e.AccessTime, e.ChangeTime = r.time(), r.time(), r.time()
	e.ID = FileID{Device: r.number(), Inode: r.number()}
	e.Target, e.Inside = r.text(), r.text()
	flags := r.number()
	o.virtual, o.read, o.loaded, o.hashed = flags&savedVirtual != 0, flags&savedRead != 0, flags&savedLoaded != 0, flags&savedHashed != 0
	if o.hashed {
		r.raw(o.hash[:])
	}
	if o.loaded {
		o.data = r.content()
	}
	children := r.many(1)
	for range children {
		name := r.text()
		place := int(r.below(count))
		if r.must(r.err != nil || validName(name), "a name is not valid"); r.err != nil {
			return o
		}
		o.children = append(o.children, imageOriginChild{name: name, place: place})
	}
	r.must(r.err != nil || o.folder == 0 && validStart(e) || o.folder > 0 && validEntry(*e) && fs.ValidPath(o.path), "an origin is not valid")
	r.must(r.err != nil || len(o.children) == 0 || e.Type == fsapi.TypeDirectory, "something is in a file")
	r.must(r.err != nil || !o.loaded || e.Type == fsapi.TypeRegularFile && o.folder == 0 && e.Size == int64(len(o.data)), "contents are of another size")
	r.must(r.err != nil || o.folder > 0 || o.loaded || e.Type != fsapi.TypeRegularFile, "contents are missing")
	return o
}

// validStart is validEntry for what was not of a Source.
func validStart(e *SourceEntry) bool {
	return e.Type == fsapi.TypeSymbolicLink || validEntry(*e)
}

// checkOrigins makes sure that the origins are trees, and names in them are there
// once.
func (r *imageReader) checkOrigins() {
	if r.err != nil {
		return
	}
	above := make([]int, len(r.image.origins)) // plus 1
	for at := range r.image.origins {
		names := map[string]bool{}
		for _, child := range r.image.origins[at].children {
			if above[child.place] != 0 || names[child.name] {
				r.bad("an origin is there twice")
				return
			}
			above[child.place], names[child.name] = at+1, true
		}
	}
	seen := make([]int, len(above))
	for at := range above {
		for up := at; seen[up] == 0; up = above[up] - 1 {
			seen[up] = at + 1
			if above[up] == 0 {
				break
			}
			if seen[above[up]-1] == at+1 {
				r.bad("an origin is inside of itself")
				return
			}
		}
	}
}

// node reads a node with all below it. Only in a folder may contents be the host's.
func (r *imageReader) node(inFolder bool) *imageNode {
	if !r.take(nodeCost) {
		return nil
	}
	i := r.image
	i.nodes++
	n := &imageNode{inode: r.below(1 << 48), kind: fsapi.FileType(r.below(256)), mode: fs.FileMode(r.below(permBits + 1))}
	n.accessTime, n.modifyTime, n.changeTime = r.signed(), r.signed(), r.signed()
	flags := r.number()
	n.lazy, n.written, n.timed, n.virtual = flags&savedLazy != 0, flags&savedWritten != 0, flags&savedTimed != 0, flags&savedVirtual != 0
	n.charged, n.contentCharge = int64(r.below(1<<46)), int64(r.below(1<<46))
	n.origin = int(r.below(uint64(len(i.origins)) + 1))
	n.target, n.data = r.text(), r.content()
	n.last = r.below(1 << 40)
	children := r.many(nodeCost)
	if r.err != nil {
		return nil
	}
	r.checkNode(n, inFolder, children)
	last, directory := "", n.origin > 0 && i.origins[n.origin-1].folder > 0
	for at := range children {
		name, number := r.text(), r.below(n.last+1)
		if r.err != nil {
			return nil
		}
		r.must(validName(name) && (at == 0 || name > last), "names are not valid or not in order")
		r.must(number > 0 || directory, "an entry has no place in its directory")
		child := r.node(inFolder)
		if r.err != nil {
			return nil
		}
		n.children, last = append(n.children, imageEntry{name: name, number: number, node: child}), name
	}
	i.used += n.charged
	return n
}

func (r *imageReader) checkNode(n *imageNode, inFolder bool, children int) {
	regular := n.kind == fsapi.TypeRegularFile
	r.must(regular || n.kind == fsapi.TypeDirectory || n.kind == fsapi.TypeSymbolicLink, "a node is of an unknown kind")
	r.must(children == 0 || n.kind == fsapi.TypeDirectory, "something is in a file")
	r.must(regular || len(n.data) == 0 && !n.lazy, "something that is no file has contents")
	r.must(n.kind != fsapi.TypeSymbolicLink || checkTarget(n.target) == 0, "a symbolic link leads nowhere")
	r.must(n.contentCharge <= n.charged && n.contentCharge <= int64(len(n.data)), "a charge is too high")
	if n.origin > 0 && r.err == nil {
		r.must(r.image.origins[n.origin-1].entry.Type == n.kind, "an origin is of another kind")
	}
	if n.lazy && r.err == nil {
		r.must(inFolder && n.origin > 0 && r.image.origins[n.origin-1].folder > 0 && len(n.data) == 0, "contents are missing")
	}
}
