package wasip1

import (
	"github.com/funcbox/funcbox/wasm/fsapi"
)

const lookupFollow = 1 // the only bit of type lookupflags

// Open flags (type oflags).
const (
	openCreate uint32 = 1 << iota
	openDirectoryFlag
	openExclusive
	openTruncate
)

// at reads a directory descriptor and a path from three arguments in a row.
func (c *call) at(first int, needed rights) (*descriptor, string, fsapi.Errno) {
	d, errno := c.openDirectory(c.u32(first), needed)
	if errno != 0 {
		return nil, "", errno
	}
	path, errno := c.path(c.u32(first+1), c.u32(first+2))
	return d, path, errno
}

// atFollow is at, with lookup flags between the descriptor and the path.
func (c *call) atFollow(needed rights) (*descriptor, string, bool, fsapi.Errno) {
	d, errno := c.openDirectory(c.u32(0), needed)
	if errno != 0 {
		return nil, "", false, errno
	}
	if c.u32(1)&^lookupFollow != 0 {
		return nil, "", false, fsapi.EINVAL
	}
	path, errno := c.path(c.u32(2), c.u32(3))
	return d, path, c.u32(1)&lookupFollow != 0, errno
}

func pathOpen(c *call) fsapi.Errno {
	opening, base, inheriting := c.u32(4), rights(c.u64(5))&allRights, rights(c.u64(6))&allRights
	flags := c.u32(7)
	if opening&^(openCreate|openDirectoryFlag|openExclusive|openTruncate) != 0 || flags&^uint32(allFlags) != 0 {
		return fsapi.EINVAL
	}
	needed, inherited := rightPathOpen, base|inheriting
	how := fsapi.OpenFlags(0)
	if opening&openCreate != 0 {
		needed |= rightPathCreateFile
		how |= fsapi.OpenCreate
	}
	if opening&openTruncate != 0 {
		needed |= rightPathFilestatSetSize
		how |= fsapi.OpenTruncate
	}
	if opening&openExclusive != 0 {
		how |= fsapi.OpenExclusive
	}
	if opening&openDirectoryFlag != 0 {
		how |= fsapi.OpenDirectory
	}
	if flags&uint32(flagDsync) != 0 {
		inherited |= rightFdDatasync
	}
	if flags&uint32(flagRsync|flagSync) != 0 {
		inherited |= rightFdSync
	}
	if flags&uint32(flagAppend) != 0 {
		how |= fsapi.OpenAppend
	}
	if base&(rightFdRead|rightFdReaddir) != 0 {
		how |= fsapi.OpenRead
	}
	if base&(rightFdWrite|rightFdAllocate) != 0 {
		how |= fsapi.OpenWrite
	}

	d, path, followLast, errno := c.atFollow(needed)
	switch {
	case errno != 0:
		return errno
	case inherited&^d.inheriting != 0:
		return fsapi.ENOTCAPABLE
	case c.full():
		return fsapi.EMFILE
	}
	if followLast {
		how |= fsapi.OpenFollow
	}
	out, errno := c.bytes(c.u32(8), 4)
	if errno != 0 {
		return errno
	}
	directory, file, errno := d.directory.OpenAt(path, how)
	if errno != 0 {
		return errno
	}
	opened := descriptor{flags: uint16(flags), inheriting: inheriting}
	if directory != nil {
		opened.kind, opened.directory, opened.rights = openDirectory, directory, base&directoryRights
	} else {
		opened.kind, opened.file, opened.rights = openFile, file, base&fileRights
		if how&fsapi.OpenWrite == 0 {
			// Some guests ask for this right for reading too; a file that was not
			// opened for writing cannot be resized.
			opened.rights &^= rightFdFilestatSetSize
		}
	}
	le.PutUint32(out, c.insert(opened))
	return fsapi.ESUCCESS
}

func pathFilestatGet(c *call) fsapi.Errno {
	d, path, followLast, errno := c.atFollow(rightPathFilestatGet)
	if errno != 0 {
		return errno
	}
	stat, errno := d.directory.StatAt(path, followLast)
	if errno != 0 {
		return errno
	}
	return c.putFilestat(c.u32(4), stat)
}

func pathFilestatSetTimes(c *call) fsapi.Errno {
	d, path, followLast, errno := c.atFollow(rightPathFilestatSetTimes)
	if errno != 0 {
		return errno
	}
	times, errno := timesOf(c.u64(4), c.u64(5), c.u32(6))
	if errno != 0 {
		return errno
	}
	return d.directory.SetTimesAt(path, followLast, times)
}

func pathCreateDirectory(c *call) fsapi.Errno {
	d, path, errno := c.at(0, rightPathCreateDirectory)
	if errno != 0 {
		return errno
	}
	return d.directory.MkdirAt(path)
}

func pathRemoveDirectory(c *call) fsapi.Errno {
	d, path, errno := c.at(0, rightPathRemoveDirectory)
	if errno != 0 {
		return errno
	}
	return d.directory.RemoveDirectoryAt(path)
}

func pathUnlinkFile(c *call) fsapi.Errno {
	d, path, errno := c.at(0, rightPathUnlinkFile)
	if errno != 0 {
		return errno
	}
	return d.directory.UnlinkAt(path)
}

func pathRename(c *call) fsapi.Errno {
	from, path, errno := c.at(0, rightPathRenameSource)
	if errno != 0 {
		return errno
	}
	to, toPath, errno := c.at(3, rightPathRenameTarget)
	if errno != 0 {
		return errno
	}
	return from.directory.RenameAt(path, to.directory, toPath)
}

func pathLink(c *call) fsapi.Errno {
	from, path, followLast, errno := c.atFollow(rightPathLinkSource)
	if errno != 0 {
		return errno
	}
	to, toPath, errno := c.at(4, rightPathLinkTarget)
	if errno != 0 {
		return errno
	}
	return from.directory.LinkAt(path, followLast, to.directory, toPath)
}

func pathSymlink(c *call) fsapi.Errno {
	target, errno := c.text(c.u32(0), c.u32(1))
	if errno != 0 {
		return errno
	}
	d, path, errno := c.at(2, rightPathSymlink)
	if errno != 0 {
		return errno
	}
	return d.directory.SymlinkAt(target, path)
}

func pathReadlink(c *call) fsapi.Errno {
	d, path, errno := c.at(0, rightPathReadlink)
	if errno != 0 {
		return errno
	}
	if c.u32(4) == 0 {
		return fsapi.EINVAL
	}
	buffer, errno := c.bytes(c.u32(3), c.u32(4))
	if errno != 0 {
		return errno
	}
	target, errno := d.directory.ReadlinkAt(path)
	if errno != 0 {
		return errno
	}
	return c.putU32(c.u32(5), uint32(copy(buffer, target))) // cut, as readlink does
}

const (
	direntSize  = 24 // bytes of type dirent, before the name
	direntBatch = 32 // entries asked for at a time
)

// fdReaddir fills the buffer with entries; the last one is cut where the buffer
// ends, which tells the guest that there is more.
func fdReaddir(c *call) fsapi.Errno {
	d, errno := c.openDirectory(c.u32(0), rightFdReaddir)
	if errno != 0 {
		return errno
	}
	buffer, errno := c.bytes(c.u32(1), c.u32(2))
	if errno != 0 {
		return errno
	}
	used, errno := c.bytes(c.u32(4), 4)
	if errno != 0 {
		return errno
	}
	if c.dirents == nil {
		c.dirents = make([]fsapi.Dirent, direntBatch)
	}
	cookie, size := c.u64(3), len(buffer)
	for len(buffer) > 0 {
		n, errno := d.directory.ReadDir(cookie, c.dirents)
		if errno != 0 && len(buffer) == size {
			return errno
		}
		if errno != 0 || n == 0 {
			break
		}
		for _, entry := range c.dirents[:n] {
			var header [direntSize]byte
			le.PutUint64(header[:], entry.Next)
			le.PutUint64(header[8:], entry.Inode)
			le.PutUint32(header[16:], uint32(len(entry.Name)))
			header[20] = byte(entry.Type)
			buffer = buffer[copy(buffer, header[:]):]
			buffer = buffer[copy(buffer, entry.Name):]
			cookie = entry.Next
		}
	}
	clear(c.dirents)
	le.PutUint32(used, uint32(size-len(buffer)))
	return fsapi.ESUCCESS
}
