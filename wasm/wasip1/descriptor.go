package wasip1

import (
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// rights are the permissions of a descriptor (type rights).
type rights uint64

const (
	rightFdDatasync rights = 1 << iota
	rightFdRead
	rightFdSeek
	rightFdFdstatSetFlags
	rightFdSync
	rightFdTell
	rightFdWrite
	rightFdAdvise
	rightFdAllocate
	rightPathCreateDirectory
	rightPathCreateFile
	rightPathLinkSource
	rightPathLinkTarget
	rightPathOpen
	rightFdReaddir
	rightPathReadlink
	rightPathRenameSource
	rightPathRenameTarget
	rightPathFilestatGet
	rightPathFilestatSetSize
	rightPathFilestatSetTimes
	rightFdFilestatGet
	rightFdFilestatSetSize
	rightFdFilestatSetTimes
	rightPathSymlink
	rightPathRemoveDirectory
	rightPathUnlinkFile
	rightPollFdReadwrite
)

// What rights mean something for each kind of descriptor. Character devices
// without the rights to seek and tell are what wasi-libc takes for terminals.
const (
	inputRights  = rightFdRead | rightFdFdstatSetFlags | rightFdFilestatGet | rightPollFdReadwrite
	outputRights = rightFdWrite | rightFdFdstatSetFlags | rightFdFilestatGet | rightPollFdReadwrite

	fileRights = rightFdDatasync | rightFdRead | rightFdSeek | rightFdFdstatSetFlags | rightFdSync | rightFdTell |
		rightFdWrite | rightFdAdvise | rightFdAllocate | rightFdFilestatGet | rightFdFilestatSetSize |
		rightFdFilestatSetTimes | rightPollFdReadwrite

	directoryRights = rightFdDatasync | rightFdFdstatSetFlags | rightFdSync | rightPathCreateDirectory |
		rightPathCreateFile | rightPathLinkSource | rightPathLinkTarget | rightPathOpen | rightFdReaddir |
		rightPathReadlink | rightPathRenameSource | rightPathRenameTarget | rightPathFilestatGet |
		rightPathFilestatSetSize | rightPathFilestatSetTimes | rightFdFilestatGet | rightFdFilestatSetTimes |
		rightPathSymlink | rightPathRemoveDirectory | rightPathUnlinkFile

	// allRights leaves out those of sockets, which nothing here has: asking for them
	// is neither granted nor refused.
	allRights = fileRights | directoryRights
)

// Descriptor flags (type fdflags).
const (
	flagAppend uint16 = 1 << iota
	flagDsync
	flagNonblock
	flagRsync
	flagSync

	allFlags = flagAppend | flagDsync | flagNonblock | flagRsync | flagSync
)

type descriptorKind uint8

const (
	notOpen descriptorKind = iota
	standardInput
	standardOutput
	openFile
	openDirectory
)

// descriptor is an entry of the descriptor table.
type descriptor struct {
	kind       descriptorKind
	preopen    bool
	stream     uint8 // of standardOutput: the number it had at the start, 1 or 2
	flags      uint16
	rights     rights // what may be done with it
	inheriting rights // what descriptors opened through it may have
	offset     int64  // of a file
	file       fsapi.File
	directory  fsapi.Directory
}

func (d *descriptor) close() fsapi.Errno {
	errno := fsapi.ESUCCESS
	switch d.kind {
	case openFile:
		errno = d.file.Close()
	case openDirectory:
		errno = d.directory.Close()
	}
	*d = descriptor{}
	return errno
}

func (d *descriptor) fileType() (fsapi.FileType, fsapi.Errno) {
	switch d.kind {
	case openFile: // or a device
		stat, errno := d.file.Stat()
		return stat.Type, errno
	case openDirectory:
		return fsapi.TypeDirectory, fsapi.ESUCCESS
	}
	return fsapi.TypeCharacterDevice, fsapi.ESUCCESS
}

// descriptor returns what is open under a number. It is valid until the next
// insert.
func (s *System) descriptor(fd uint32) (*descriptor, fsapi.Errno) {
	if uint64(fd) >= uint64(len(s.table)) || s.table[fd].kind == notOpen {
		return nil, fsapi.EBADF
	}
	return &s.table[fd], fsapi.ESUCCESS
}

// openFile returns a descriptor of a file that has the rights needed.
func (s *System) openFile(fd uint32, needed rights) (*descriptor, fsapi.Errno) {
	d, errno := s.descriptor(fd)
	switch {
	case errno != 0:
		return nil, errno
	case d.kind == openDirectory:
		return nil, fsapi.EISDIR
	case d.kind != openFile:
		return nil, fsapi.ESPIPE
	case d.rights&needed != needed:
		return nil, fsapi.ENOTCAPABLE
	}
	return d, fsapi.ESUCCESS
}

// openDirectory returns a descriptor of a directory that has the rights needed.
func (s *System) openDirectory(fd uint32, needed rights) (*descriptor, fsapi.Errno) {
	d, errno := s.descriptor(fd)
	switch {
	case errno != 0:
		return nil, errno
	case d.kind != openDirectory:
		return nil, fsapi.ENOTDIR
	case d.rights&needed != needed:
		return nil, fsapi.ENOTCAPABLE
	}
	return d, fsapi.ESUCCESS
}

// full says whether no more descriptors may be opened.
func (s *System) full() bool { return s.open >= s.config.OpenFiles }

// insert puts a descriptor under the lowest free number. The caller has checked
// full.
func (s *System) insert(d descriptor) uint32 {
	s.open++
	for i := range s.table {
		if s.table[i].kind == notOpen {
			s.table[i] = d
			return uint32(i)
		}
	}
	s.table = append(s.table, d)
	return uint32(len(s.table) - 1)
}

func fdClose(c *call) fsapi.Errno {
	d, errno := c.descriptor(c.u32(0))
	if errno != 0 {
		return errno
	}
	c.open--
	return d.close()
}

// fdRenumber moves a descriptor over another one, which has to be open.
func fdRenumber(c *call) fsapi.Errno {
	from, errno := c.descriptor(c.u32(0))
	if errno != 0 {
		return errno
	}
	to, errno := c.descriptor(c.u32(1))
	if errno != 0 || from == to {
		return errno
	}
	to.close()
	c.open--
	*to, *from = *from, descriptor{}
	return fsapi.ESUCCESS
}

func fdFdstatGet(c *call) fsapi.Errno {
	d, errno := c.descriptor(c.u32(0))
	if errno != 0 {
		return errno
	}
	b, errno := c.bytes(c.u32(1), 24)
	if errno != 0 {
		return errno
	}
	kind, errno := d.fileType()
	if errno != 0 {
		return errno
	}
	clear(b)
	b[0] = byte(kind)
	le.PutUint16(b[2:], d.flags)
	le.PutUint64(b[8:], uint64(d.rights))
	le.PutUint64(b[16:], uint64(d.inheriting))
	return fsapi.ESUCCESS
}

// fdFdstatSetFlags sets the flags. Those that ask for synchronized writes are kept
// and otherwise without effect: every write is complete when it returns.
func fdFdstatSetFlags(c *call) fsapi.Errno {
	d, errno := c.descriptor(c.u32(0))
	flags := c.u32(1)
	switch {
	case errno != 0:
		return errno
	case flags&^uint32(allFlags) != 0:
		return fsapi.EINVAL
	case d.rights&rightFdFdstatSetFlags == 0:
		return fsapi.ENOTCAPABLE
	}
	d.flags = uint16(flags)
	return fsapi.ESUCCESS
}

// fdFdstatSetRights takes rights away; none can be gained.
func fdFdstatSetRights(c *call) fsapi.Errno {
	d, errno := c.descriptor(c.u32(0))
	if errno != 0 {
		return errno
	}
	base, inheriting := rights(c.u64(1)), rights(c.u64(2))
	if base&^d.rights != 0 || inheriting&^d.inheriting != 0 {
		return fsapi.ENOTCAPABLE
	}
	d.rights, d.inheriting = base, inheriting
	return fsapi.ESUCCESS
}

func fdPrestatGet(c *call) fsapi.Errno {
	d, errno := c.descriptor(c.u32(0))
	if errno != 0 {
		return errno
	}
	if !d.preopen {
		return fsapi.EBADF
	}
	b, errno := c.bytes(c.u32(1), 8)
	if errno != 0 {
		return errno
	}
	le.PutUint64(b, 0) // tag 0: a directory
	le.PutUint32(b[4:], uint32(len(preopenName)))
	return fsapi.ESUCCESS
}

const preopenName = "/"

func fdPrestatDirName(c *call) fsapi.Errno {
	d, errno := c.descriptor(c.u32(0))
	switch {
	case errno != 0:
		return errno
	case !d.preopen:
		return fsapi.EBADF
	case c.u32(2) < uint32(len(preopenName)):
		return fsapi.ENAMETOOLONG
	}
	b, errno := c.bytes(c.u32(1), uint32(len(preopenName)))
	if errno != 0 {
		return errno
	}
	copy(b, preopenName)
	return fsapi.ESUCCESS
}
