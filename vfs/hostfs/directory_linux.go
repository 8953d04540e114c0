package hostfs

import (
	"encoding/binary"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/fsapi"
)

// directoryFlags opens directories to go through them; that takes no right to
// list them.
const directoryFlags = unix.O_PATH | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC

// unixSystem says what the kernel can do.
type unixSystem struct {
	openat2 bool // Linux 5.6, and no seccomp filter that knows it not
	proc    bool // /proc/self/fd opens descriptors anew
}

// platform finds out once what the kernel can do.
var platform = sync.OnceValue(func() system {
	found := &unixSystem{}
	if fd, err := unix.Openat2(unix.AT_FDCWD, "/", &beneath); err == nil {
		_ = unix.Close(fd)
		found.openat2 = true
	}
	var status unix.Statfs_t
	if err := unix.Statfs("/proc/self/fd", &status); err == nil {
		found.proc = uint32(status.Type) == unix.PROC_SUPER_MAGIC
	}
	return found
})

// beneath opens a directory in one go, and fails where a symbolic link is in the
// way at that moment.
var beneath = unix.OpenHow{
	Flags:   directoryFlags,
	Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS,
}

func (s *unixSystem) openRoot(real string) (int, error) {
	root, err := retry(func() (int, error) { return unix.Open("/", directoryFlags, 0) })
	if err != nil || real == "/" {
		return root, err
	}
	defer func() { _ = unix.Close(root) }()
	return s.openBelow(root, real[1:])
}

func (s *unixSystem) openBelow(fd int, path string) (int, error) {
	if !s.openat2 || len(path) >= unix.PathMax {
		return walk(fd, path)
	}
	how := beneath
	return retry(func() (int, error) { return unix.Openat2(fd, path, &how) })
}

// open looks at the file through a descriptor that gives no access and touches
// nothing, and then opens through it: there is no moment at which something else
// could be opened. Without /proc the name is opened, and what comes of it
// compared.
func (d *unixDirectory) open(name string) (vfs.SourceFile, vfs.SourceEntry, error) {
	for range tries {
		handle, err := retry(func() (int, error) {
			return unix.Openat(d.fd, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		})
		if err != nil {
			return nil, vfs.SourceEntry{}, err
		}
		file, entry, same, err := d.openHandle(handle, name)
		_ = unix.Close(handle)
		if err != nil || same {
			return file, entry, err
		}
	}
	return nil, vfs.SourceEntry{}, fsapi.ENOENT
}

func (d *unixDirectory) openHandle(handle int, name string) (vfs.SourceFile, vfs.SourceEntry, bool, error) {
	entry, err := fstat(handle)
	if err != nil {
		return nil, entry, false, err
	}
	if entry.Type != fsapi.TypeRegularFile {
		return nil, entry, false, notRegular(entry.Type)
	}
	if d.system.proc {
		file, same, err := openSame(func() (int, error) {
			return unix.Open("/proc/self/fd/"+strconv.Itoa(handle), fileFlags&^unix.O_NOFOLLOW, 0)
		}, entry)
		if same || err != nil && err != unix.ENOENT {
			return file, entry, same, err
		}
	}
	file, same, err := openSame(func() (int, error) { return unix.Openat(d.fd, name, fileFlags, 0) }, entry)
	if err == unix.ELOOP || err == unix.ENXIO {
		return nil, entry, false, nil // replaced since; look again what it is
	}
	return file, entry, same, err
}

// bytewise knows the filesystems that compare names byte by byte, unless a
// directory is marked to ignore case. ZFS, network and FUSE filesystems, and those
// of other systems, are not among them.
func (d *unixDirectory) bytewise() bool {
	var status unix.Statfs_t
	if _, err := retry(func() (int, error) { return 0, unix.Fstatfs(d.fd, &status) }); err != nil {
		return false
	}
	switch uint32(status.Type) {
	case unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.TMPFS_MAGIC,
		unix.OVERLAYFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, unix.RAMFS_MAGIC, unix.SQUASHFS_MAGIC, unix.EROFS_SUPER_MAGIC_V1:
		return true
	}
	return false
}

// listingBytes is how much of a listing is read at a time.
const listingBytes = 64 << 10

var listingBuffers = sync.Pool{New: func() any { return new([listingBytes]byte) }}

func (d *unixDirectory) list() ([]vfs.SourceName, error) {
	fd, err := retry(func() (int, error) { return unix.Openat(d.fd, ".", listFlags, 0) })
	if err != nil {
		return nil, err
	}
	defer func() { _ = unix.Close(fd) }()
	buffer := listingBuffers.Get().(*[listingBytes]byte)
	defer listingBuffers.Put(buffer)
	var names []vfs.SourceName
	for {
		n, err := retry(func() (int, error) { return unix.Getdents(fd, buffer[:]) })
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return names, nil
		}
		names = d.appendEntries(names, string(buffer[:n]))
	}
}

// Offsets in a linux_dirent64 (getdents64(2)).
const (
	direntLength = 16
	direntType   = 18
	direntName   = 19
)

// appendEntries reads the entries of a piece of a listing. The names stay parts of
// the piece, which is mostly names anyway.
func (d *unixDirectory) appendEntries(names []vfs.SourceName, piece string) []vfs.SourceName {
	for len(piece) >= direntName {
		length := int(binary.NativeEndian.Uint16([]byte(piece[direntLength:direntType])))
		if length < direntName || length > len(piece) {
			break
		}
		record := piece[:length]
		piece = piece[length:]
		name := record[direntName:]
		if end := strings.IndexByte(name, 0); end >= 0 {
			name = name[:end]
		}
		if !listedName(name) {
			continue
		}
		kind := fsapi.TypeUnknown
		switch record[direntType] {
		case unix.DT_DIR:
			kind = fsapi.TypeDirectory
		case unix.DT_REG:
			kind = fsapi.TypeRegularFile
		case unix.DT_LNK:
			kind = fsapi.TypeSymbolicLink
		case unix.DT_UNKNOWN:
			if entry, err := d.lstat(name); err == nil {
				kind = entry.Type
			}
		}
		if kind != fsapi.TypeUnknown {
			names = append(names, vfs.SourceName{Name: name, Type: kind})
		}
	}
	return names
}
