package wasip1

import (
	"math"
	"runtime"
	"time"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

func fdRead(c *call) fsapi.Errno {
	d, errno := c.descriptor(c.u32(0))
	switch {
	case errno != 0:
		return errno
	case d.kind == openDirectory:
		return fsapi.EISDIR
	case d.rights&rightFdRead == 0:
		return fsapi.ENOTCAPABLE
	}
	if d.kind == openFile {
		return c.read(d, d.offset, 3, true)
	}
	v, errno := c.vectors(c.u32(1), c.u32(2))
	if errno != 0 {
		return errno
	}
	result, errno := c.bytes(c.u32(3), 4)
	if errno != 0 {
		return errno
	}
	// The first buffer with room gets what is there: a second read might wait.
	n := 0
	for i := range v.len() {
		buffer, errno := v.at(i)
		if errno != 0 {
			return errno
		}
		if len(buffer) > 0 {
			if n, errno = c.readInput(c.ctx, buffer, d.flags&flagNonblock == 0); errno != 0 {
				return errno
			}
			break
		}
	}
	le.PutUint32(result, uint32(n))
	return fsapi.ESUCCESS
}

func fdPread(c *call) fsapi.Errno {
	d, errno := c.openFile(c.u32(0), rightFdRead|rightFdSeek)
	if errno != 0 {
		return errno
	}
	offset := int64(c.u64(3))
	if offset < 0 {
		return fsapi.EINVAL
	}
	return c.read(d, offset, 4, false)
}

// read fills the buffers of arguments 1 and 2 from a file, and puts the number of
// bytes where the argument result points to.
func (c *call) read(d *descriptor, offset int64, result int, move bool) fsapi.Errno {
	v, errno := c.vectors(c.u32(1), c.u32(2))
	if errno != 0 {
		return errno
	}
	out, errno := c.bytes(c.u32(result), 4)
	if errno != 0 {
		return errno
	}
	total := 0
	for i := range v.len() {
		buffer, errno := v.at(i)
		n := 0
		if errno == 0 {
			n, errno = c.inPieces(buffer, func(piece []byte) (int, fsapi.Errno) {
				n, errno := d.file.ReadAt(piece, offset)
				if errno != 0 {
					return 0, errno
				}
				offset += int64(n)
				return n, errno
			})
			total += n
		}
		if errno != 0 && total == 0 {
			return errno
		}
		if errno != 0 || n < len(buffer) {
			break
		}
	}
	if move {
		d.offset = offset
	}
	le.PutUint32(out, uint32(total))
	return fsapi.ESUCCESS
}

func fdWrite(c *call) fsapi.Errno {
	d, errno := c.descriptor(c.u32(0))
	switch {
	case errno != 0:
		return errno
	case d.kind == openDirectory:
		return fsapi.EISDIR
	case d.rights&rightFdWrite == 0:
		return fsapi.ENOTCAPABLE
	}
	return c.write(d, d.offset, 3, true)
}

func fdPwrite(c *call) fsapi.Errno {
	d, errno := c.openFile(c.u32(0), rightFdWrite|rightFdSeek)
	if errno != 0 {
		return errno
	}
	offset := int64(c.u64(3))
	if offset < 0 {
		return fsapi.EINVAL
	}
	return c.write(d, offset, 4, false)
}

// write writes the buffers of arguments 1 and 2, and puts the number of bytes
// where the argument result points to.
func (c *call) write(d *descriptor, offset int64, result int, move bool) fsapi.Errno {
	v, errno := c.vectors(c.u32(1), c.u32(2))
	if errno != 0 {
		return errno
	}
	out, errno := c.bytes(c.u32(result), 4)
	if errno != 0 {
		return errno
	}
	total := 0
	for i := range v.len() {
		buffer, errno := v.at(i)
		if errno == 0 && len(buffer) == 0 {
			continue
		}
		n := 0
		if errno == 0 {
			n, errno = c.inPieces(buffer, func(piece []byte) (n int, errno fsapi.Errno) {
				n, offset, errno = c.writePiece(d, piece, offset, move)
				return n, errno
			})
			total += n
		}
		if errno != 0 && total == 0 {
			return errno
		}
		if errno != 0 || n < len(buffer) {
			break
		}
	}
	if move {
		d.offset = offset
	}
	le.PutUint32(out, uint32(total))
	return fsapi.ESUCCESS
}

// writePiece writes at offset, or wherever the descriptor writes, and returns the
// offset after that.
func (c *call) writePiece(d *descriptor, p []byte, offset int64, move bool) (n int, after int64, errno fsapi.Errno) {
	switch {
	case d.kind == standardOutput:
		n, errno = c.writeOutput(d, p)
	case d.flags&flagAppend != 0 && move:
		// Linux lets pwrite append too if the descriptor does; POSIX does not. Here
		// the offset of fd_pwrite counts.
		return d.file.Append(p)
	default:
		n, errno = d.file.WriteAt(p, offset)
	}
	return n, offset + int64(n), errno
}

// pieceBytes is how much is copied at once. A longer copy would hold up the garbage
// collector, which has to wait for it, and with that all goroutines.
const pieceBytes = 1 << 20

// inPieces has a buffer read or written in pieces, with pauses between them in
// which the call may end, and returns how many bytes that were.
func (c *call) inPieces(buffer []byte, step func(piece []byte) (int, fsapi.Errno)) (int, fsapi.Errno) {
	total := 0
	for {
		piece := buffer[total:min(len(buffer), total+pieceBytes)]
		n, errno := step(piece)
		total += n
		if errno != 0 || n < len(piece) || total == len(buffer) {
			return total, errno
		}
		if done(c.ctx) {
			return total, c.interrupted()
		}
		runtime.Gosched()
	}
}

func (s *System) writeOutput(d *descriptor, p []byte) (int, fsapi.Errno) {
	writer := s.config.Stdout
	if d.stream == 2 {
		writer = s.config.Stderr
	}
	if writer == nil {
		return len(p), fsapi.ESUCCESS
	}
	n, err := writer.Write(p)
	return min(max(n, 0), len(p)), errnoOf(err)
}

func fdSeek(c *call) fsapi.Errno {
	offset, whence := int64(c.u64(1)), c.u32(2)
	needed := rightFdSeek
	if offset == 0 && whence == 1 {
		needed = rightFdTell
	}
	d, errno := c.openFile(c.u32(0), needed)
	if errno == fsapi.ENOTCAPABLE && needed == rightFdTell {
		d, errno = c.openFile(c.u32(0), rightFdSeek) // which implies the right to tell
	}
	if errno != 0 {
		return errno
	}
	var base int64
	switch whence {
	case 0:
	case 1:
		base = d.offset
	case 2:
		stat, errno := d.file.Stat()
		if errno != 0 {
			return errno
		}
		base = stat.Size
	default:
		return fsapi.EINVAL
	}
	switch {
	case offset > math.MaxInt64-base:
		return fsapi.EOVERFLOW
	case base+offset < 0:
		return fsapi.EINVAL
	}
	if errno := c.putU64(c.u32(3), uint64(base+offset)); errno != 0 {
		return errno
	}
	d.offset = base + offset
	return fsapi.ESUCCESS
}

func fdTell(c *call) fsapi.Errno {
	d, errno := c.openFile(c.u32(0), rightFdTell)
	if errno == fsapi.ENOTCAPABLE {
		d, errno = c.openFile(c.u32(0), rightFdSeek)
	}
	if errno != 0 {
		return errno
	}
	return c.putU64(c.u32(1), uint64(d.offset))
}

// fdAdvise checks its arguments; there is nothing to do with the advice.
func fdAdvise(c *call) fsapi.Errno {
	_, errno := c.openFile(c.u32(0), rightFdAdvise)
	switch {
	case errno != 0:
		return errno
	case c.u32(3) > 5, int64(c.u64(1)) < 0, int64(c.u64(2)) < 0:
		return fsapi.EINVAL
	}
	return fsapi.ESUCCESS
}

func fdAllocate(c *call) fsapi.Errno {
	d, errno := c.openFile(c.u32(0), rightFdAllocate)
	if errno != 0 {
		return errno
	}
	offset, length := int64(c.u64(1)), int64(c.u64(2))
	switch {
	case offset < 0, length < 0:
		return fsapi.EINVAL
	}
	return d.file.Allocate(offset, length)
}

func fdSync(c *call) fsapi.Errno     { return c.sync(rightFdSync) }
func fdDatasync(c *call) fsapi.Errno { return c.sync(rightFdDatasync) }

func (c *call) sync(needed rights) fsapi.Errno {
	d, errno := c.descriptor(c.u32(0))
	switch {
	case errno != 0:
		return errno
	case d.kind != openFile && d.kind != openDirectory:
		return fsapi.EINVAL
	case d.rights&needed == 0:
		return fsapi.ENOTCAPABLE
	case d.kind == openFile:
		return d.file.Sync()
	}
	return d.directory.Sync()
}

func fdFilestatGet(c *call) fsapi.Errno {
	d, errno := c.descriptor(c.u32(0))
	if errno != 0 {
		return errno
	}
	if d.rights&rightFdFilestatGet == 0 {
		return fsapi.ENOTCAPABLE
	}
	stat := fsapi.Filestat{Type: fsapi.TypeCharacterDevice, Links: 1}
	switch d.kind {
	case openFile:
		stat, errno = d.file.Stat()
	case openDirectory:
		stat, errno = d.directory.Stat()
	}
	if errno != 0 {
		return errno
	}
	return c.putFilestat(c.u32(1), stat)
}

func (c *call) putFilestat(pointer uint32, stat fsapi.Filestat) fsapi.Errno {
	b, errno := c.bytes(pointer, 64)
	if errno != 0 {
		return errno
	}
	le.PutUint64(b, stat.Device)
	le.PutUint64(b[8:], stat.Inode)
	le.PutUint64(b[16:], uint64(stat.Type))
	le.PutUint64(b[24:], stat.Links)
	le.PutUint64(b[32:], uint64(stat.Size))
	le.PutUint64(b[40:], uint64(stat.AccessTime))
	le.PutUint64(b[48:], uint64(stat.ModifyTime))
	le.PutUint64(b[56:], uint64(stat.ChangeTime))
	return fsapi.ESUCCESS
}

func fdFilestatSetSize(c *call) fsapi.Errno {
	d, errno := c.openFile(c.u32(0), rightFdFilestatSetSize)
	if errno != 0 {
		return errno
	}
	size := int64(c.u64(1))
	if size < 0 {
		return fsapi.EINVAL
	}
	return d.file.SetSize(size)
}

func fdFilestatSetTimes(c *call) fsapi.Errno {
	d, errno := c.descriptor(c.u32(0))
	if errno != 0 {
		return errno
	}
	times, errno := timesOf(c.u64(1), c.u64(2), c.u32(3))
	switch {
	case errno != 0:
		return errno
	case d.kind != openFile && d.kind != openDirectory:
		return fsapi.EINVAL
	case d.rights&rightFdFilestatSetTimes == 0:
		return fsapi.ENOTCAPABLE
	case d.kind == openFile:
		return d.file.SetTimes(times)
	}
	return d.directory.SetTimes(times)
}

// Flags of what times to set (type fstflags).
const (
	setAccess uint32 = 1 << iota
	setAccessNow
	setModify
	setModifyNow
)

// timesOf decodes the arguments of the functions that set times.
func timesOf(access, modify uint64, flags uint32) (fsapi.Times, fsapi.Errno) {
	const accessBoth, modifyBoth = setAccess | setAccessNow, setModify | setModifyNow
	switch {
	case flags&^(accessBoth|modifyBoth) != 0, flags&accessBoth == accessBoth, flags&modifyBoth == modifyBoth:
		return fsapi.Times{}, fsapi.EINVAL
	case flags&setAccess != 0 && access > math.MaxInt64, flags&setModify != 0 && modify > math.MaxInt64:
		return fsapi.Times{}, fsapi.EINVAL
	}
	times := fsapi.Times{
		SetAccess: flags&accessBoth != 0, SetModify: flags&modifyBoth != 0,
		Access: int64(access), Modify: int64(modify),
	}
	now := time.Now().UnixNano()
	if flags&setAccessNow != 0 {
		times.Access = now
	}
	if flags&setModifyNow != 0 {
		times.Modify = now
	}
	return times, fsapi.ESUCCESS
}
