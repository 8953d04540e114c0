// Package fsapi is the interface between WASI (wasm/wasip1) and a filesystem
// (vfs): error numbers, the types that describe files, and a filesystem whose
// directories and files are held by handle. It is a leaf with no behavior of
// its own: it imports the standard library only, and neither WebAssembly nor an
// implementation of a filesystem belongs here.
//
// # Paths
//
// A path is UTF-8 without NUL, at most PathMax bytes, with / between components
// of at most NameMax bytes, relative to the directory whose method gets it; a
// leading slash makes it relative to the root. The filesystem resolves it
// itself, once, one component after the other:
//   - ".." of the root is the root. A ".." that the caller wrote (rather than a
//     symbolic link's target) and that leads out of a directory that is not the
//     root is ENOTCAPABLE, as preview 1 wants it.
//   - Symbolic links are resolved inside the tree, absolute ones from the root;
//     ELOOP after SymlinkMax of them. Links before the last component are always
//     followed, and so is one in the last component with a trailing slash.
//   - A trailing slash asks for a directory: ENOTDIR for anything else.
//   - The empty path is ENOENT, a component that is too long ENAMETOOLONG.
//
// # Concurrency
//
// All methods are safe for use by several goroutines at a time.
package fsapi

// FileSystem is a tree of directories, regular files and symbolic links.
type FileSystem interface {
	// Root opens the root directory. The caller closes it.
	Root() (Directory, Errno)
}

// Directory is an open directory. It stays usable when the directory is renamed;
// when it was removed, it is empty and nothing can be created in it (ENOENT).
// Every method answers EBADF after Close.
type Directory interface {
	// OpenAt opens what path names: a directory, or a regular file. Exactly one
	// of both results is set on success.
	OpenAt(path string, flags OpenFlags) (Directory, File, Errno)

	// StatAt describes what path names; follow says whether a symbolic link in
	// the last component is followed.
	StatAt(path string, follow bool) (Filestat, Errno)

	// SetTimesAt sets times of what path names.
	SetTimesAt(path string, follow bool, times Times) Errno

	// MkdirAt creates an empty directory; EEXIST where anything exists.
	MkdirAt(path string) Errno

	// RemoveDirectoryAt removes an empty directory; ENOTEMPTY, ENOTDIR.
	RemoveDirectoryAt(path string) Errno

	// UnlinkAt removes a file or a symbolic link; EISDIR for a directory. Files
	// that are open go on working.
	UnlinkAt(path string) Errno

	// RenameAt renames what path names to toPath below to, which must be of the
	// same FileSystem (EXDEV). A file replaces a file, a directory an empty
	// directory (ENOTEMPTY, EISDIR, ENOTDIR; EINVAL for a directory into itself).
	RenameAt(path string, to Directory, toPath string) Errno

	// SymlinkAt creates a symbolic link at path; the target is not looked at.
	SymlinkAt(target, path string) Errno

	// ReadlinkAt returns the target of a symbolic link; EINVAL if it is none.
	ReadlinkAt(path string) (string, Errno)

	// LinkAt creates a second name for a file, where the filesystem has hard
	// links; EPERM where it has none.
	LinkAt(path string, follow bool, to Directory, toPath string) Errno

	// ReadDir fills entries with what follows cookie and returns how many there
	// were; 0 means the end. Cookie 0 is the start, any other one comes from an
	// entry's Next and stays valid while the handle is open, whatever is created
	// or removed meanwhile: an entry that exists all the time is listed exactly
	// once. "." and ".." come first.
	ReadDir(cookie uint64, entries []Dirent) (int, Errno)

	// Stat describes the directory itself.
	Stat() (Filestat, Errno)

	// SetTimes sets times of the directory itself.
	SetTimes(times Times) Errno

	// Sync returns when what was done is as durable as the filesystem makes it.
	Sync() Errno

	// Close frees the handle.
	Close() Errno
}

// File is an open regular file. It has no position of its own. It goes on
// working when the file is renamed or unlinked. Every method answers EBADF after
// Close. Access is what OpenAt was asked for: reading without OpenRead and
// changing contents without OpenWrite is EBADF.
type File interface {
	// ReadAt reads up to len(p) bytes at offset; 0 bytes at or after the end. The
	// filesystem does not keep p.
	ReadAt(p []byte, offset int64) (int, Errno)

	// WriteAt writes at offset and fills a gap before it with zeros. It may write
	// less than all of p; then the number is greater than 0 and the errno ESUCCESS
	// (ENOSPC comes with 0 bytes). The filesystem does not keep p.
	WriteAt(p []byte, offset int64) (int, Errno)

	// Append writes at the end, wherever that is now, and also returns the size
	// afterwards.
	Append(p []byte) (n int, size int64, errno Errno)

	// SetSize cuts the file or extends it with zeros. A file opened with
	// OpenTruncate only may not be resized.
	SetSize(size int64) Errno

	// Allocate makes sure that length bytes at offset exist; it never shrinks the
	// file.
	Allocate(offset, length int64) Errno

	// Stat describes the file.
	Stat() (Filestat, Errno)

	// SetTimes sets times of the file.
	SetTimes(times Times) Errno

	// Sync returns when what was written is as durable as the filesystem makes it.
	Sync() Errno

	// Close frees the handle.
	Close() Errno
}
