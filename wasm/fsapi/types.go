package fsapi

import "io/fs"

// FileType says what a node is; the numbers are those of WASI preview 1.
type FileType uint8

// The file types.
const (
	TypeUnknown FileType = iota
	TypeBlockDevice
	TypeCharacterDevice
	TypeDirectory
	TypeRegularFile
	TypeSocketDatagram
	TypeSocketStream
	TypeSymbolicLink
)

// Filestat describes a node.
type Filestat struct {
	Device uint64 // one number for each FileSystem
	Inode  uint64 // unique within Device and stable while the node exists; never 0
	Type   FileType
	Links  uint64      // number of names; 0 once the last one was removed
	Size   int64       // bytes; for a symbolic link the length of its target
	Mode   fs.FileMode // permission bits only; preview 1 itself has no place for them

	// Nanoseconds since the Unix epoch.
	AccessTime, ModifyTime, ChangeTime int64
}

// Dirent is an entry of a directory.
type Dirent struct {
	Next  uint64 // the cookie with which reading goes on after this entry; never 0
	Inode uint64
	Type  FileType
	Name  string // one path component
}

// Times says which times of a node are to be set; the caller has put in what
// "now" means.
type Times struct {
	SetAccess, SetModify bool
	Access, Modify       int64 // nanoseconds since the Unix epoch
}

// OpenFlags says how OpenAt opens.
type OpenFlags uint16

// The flags of OpenAt.
const (
	OpenFollow    OpenFlags = 1 << iota // follow a symbolic link in the last component; without it such a link is ELOOP
	OpenCreate                          // create a regular file where nothing exists
	OpenDirectory                       // ENOTDIR unless it is a directory
	OpenExclusive                       // with OpenCreate: EEXIST where anything exists, a symbolic link too
	OpenTruncate                        // set the size of a regular file to 0
	OpenRead                            // contents, or the entries of a directory, will be read
	OpenWrite                           // contents will be written; EISDIR for a directory
	OpenAppend                          // writes are meant to go to the end (File.Append is what does it)
)

// Limits of names, as on Linux.
const (
	NameMax    = 255  // bytes of a path component
	PathMax    = 4096 // bytes of a path and of a symbolic link's target
	SymlinkMax = 40   // symbolic links followed while one path is resolved
)
