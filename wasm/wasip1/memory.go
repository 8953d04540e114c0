package wasip1

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

var le = binary.LittleEndian

// bytes returns a piece of the guest's memory; writing to it writes to the guest.
func (c *call) bytes(pointer, length uint32) ([]byte, fsapi.Errno) {
	if c.memory == nil {
		return nil, fsapi.EFAULT
	}
	b, ok := c.memory.Read(pointer, length)
	if !ok {
		return nil, fsapi.EFAULT
	}
	return b, fsapi.ESUCCESS
}

// path copies a path out of the guest's memory.
func (c *call) path(pointer, length uint32) (string, fsapi.Errno) {
	path, errno := c.text(pointer, length)
	if errno == 0 && len(path) > 0 && path[0] == '/' {
		errno = fsapi.ENOTCAPABLE // paths of preview 1 are relative to a descriptor
	}
	return path, errno
}

// text copies a path or a symbolic link's target out of the guest's memory.
func (c *call) text(pointer, length uint32) (string, fsapi.Errno) {
	if length > fsapi.PathMax {
		return "", fsapi.ENAMETOOLONG
	}
	b, errno := c.bytes(pointer, length)
	if errno != 0 {
		return "", errno
	}
	s := string(b)
	switch {
	case strings.IndexByte(s, 0) >= 0:
		return "", fsapi.EINVAL
	case !utf8.ValidString(s):
		return "", fsapi.EILSEQ
	}
	return s, fsapi.ESUCCESS
}

// vectorMax bounds the buffers of one call (IOV_MAX on Linux).
const vectorMax = 1024

// vectors is a list of buffers in the guest's memory (types iovec, ciovec).
type vectors struct {
	c    *call
	list []byte // 8 bytes each
}

// vectors checks the list of buffers and each of them.
func (c *call) vectors(pointer, count uint32) (vectors, fsapi.Errno) {
	if count > vectorMax {
		return vectors{}, fsapi.EINVAL
	}
	list, errno := c.bytes(pointer, 8*count)
	if errno != 0 {
		return vectors{}, errno
	}
	v := vectors{c, list}
	total := uint64(0)
	for i := range v.len() {
		buffer, errno := v.at(i)
		if errno != 0 {
			return vectors{}, errno
		}
		if total += uint64(len(buffer)); total > math.MaxUint32 {
			return vectors{}, fsapi.EINVAL // the number of bytes could not be returned
		}
	}
	return v, fsapi.ESUCCESS
}

func (v vectors) len() int { return len(v.list) / 8 }

// at returns a buffer. It is checked again, since reading into one buffer may have
// changed the list.
func (v vectors) at(i int) ([]byte, fsapi.Errno) {
	return v.c.bytes(le.Uint32(v.list[8*i:]), le.Uint32(v.list[8*i+4:]))
}

// putU32 writes a result.
func (c *call) putU32(pointer, value uint32) fsapi.Errno {
	b, errno := c.bytes(pointer, 4)
	if errno == 0 {
		le.PutUint32(b, value)
	}
	return errno
}

// putU64 writes a result.
func (c *call) putU64(pointer uint32, value uint64) fsapi.Errno {
	b, errno := c.bytes(pointer, 8)
	if errno == 0 {
		le.PutUint64(b, value)
	}
	return errno
}

// putStrings writes strings with a NUL after each to buffer, and their addresses
// to pointers.
func (c *call) putStrings(list []string, pointers, buffer uint32) fsapi.Errno {
	count, size := stringSizes(list)
	if count > math.MaxUint32/4 || size > math.MaxUint32 {
		return fsapi.EOVERFLOW
	}
	addresses, errno := c.bytes(pointers, uint32(4*count))
	if errno != 0 {
		return errno
	}
	text, errno := c.bytes(buffer, uint32(size))
	if errno != 0 {
		return errno
	}
	for i, s := range list {
		le.PutUint32(addresses[4*i:], buffer)
		n := copy(text, s)
		text[n] = 0
		text = text[n+1:]
		buffer += uint32(n + 1)
	}
	return fsapi.ESUCCESS
}

func (c *call) putSizes(list []string, count, size uint32) fsapi.Errno {
	n, bytes := stringSizes(list)
	if n > math.MaxUint32 || bytes > math.MaxUint32 {
		return fsapi.EOVERFLOW
	}
	if errno := c.putU32(count, uint32(n)); errno != 0 {
		return errno
	}
	return c.putU32(size, uint32(bytes))
}

func stringSizes(list []string) (count, size uint64) {
	for _, s := range list {
		size += uint64(len(s)) + 1
	}
	return uint64(len(list)), size
}

func argsGet(c *call) fsapi.Errno      { return c.putStrings(c.config.Args, c.u32(0), c.u32(1)) }
func argsSizesGet(c *call) fsapi.Errno { return c.putSizes(c.config.Args, c.u32(0), c.u32(1)) }
func environGet(c *call) fsapi.Errno   { return c.putStrings(c.config.Env, c.u32(0), c.u32(1)) }
func environSizesGet(c *call) fsapi.Errno {
	return c.putSizes(c.config.Env, c.u32(0), c.u32(1))
}
