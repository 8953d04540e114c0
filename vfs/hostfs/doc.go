// Package hostfs gives folders of the host to a tree of files, as a vfs.Source
// that only reads. What it is for is that nothing outside of a folder is read
// through it, whatever other processes do to the folder meanwhile. Writing to the
// host, permissions and what guests are told may not be here.
//
// # What holds everywhere
//
//   - Paths are resolved below an open directory. No symbolic link is followed
//     in any component, so a directory or file that is replaced by a link between
//     two looks is an error and not a way out. Only Follow leaves the folder, when it
//     is asked to.
//   - There are directories, regular files and symbolic links. FIFOs, sockets,
//     devices, and Windows' junctions and volume mount points do not exist. They are
//     found out without opening them.
//   - A path names what the host lists under exactly these bytes, also where the
//     filesystem ignores case, normalizes Unicode or has short (8.3) names as well.
//     On such filesystems a directory that cannot be listed has no entries.
//   - Names that are not UTF-8 or longer than 255 bytes do not exist, and on
//     Windows neither do reserved ones (NUL, COM1.txt), those with a character that
//     Windows does not allow (streams with ":" among them), and those that end
//     with a dot or a space.
//   - Other filesystems mounted in the folder are part of it. So is a file
//     that has a second name (hard link) elsewhere: nobody can tell.
//   - Where it can be watched (Linux), all folders of the process together hold two
//     more descriptors and a goroutine, as long as any tree wants to be told.
//   - Between operations a Folder holds one descriptor, and at most 64 for
//     all that Follow found. Each open file holds another one.
//
// # Platforms
//
// Linux 5.6 and later: directories are opened with openat2 (RESOLVE_BENEATH,
// RESOLVE_NO_SYMLINKS, RESOLVE_NO_MAGICLINKS). Files are looked at through an
// O_PATH descriptor and opened through that same descriptor in /proc, so not even
// for a moment can anything else be opened. Earlier kernels, and sandboxes that
// refuse openat2, open each component with O_NOFOLLOW. Without /proc, and on macOS,
// FreeBSD, NetBSD and OpenBSD, the file's name is opened (without waiting) and
// dropped if it is not the file that was looked at; one that a FIFO took the place
// of in that moment sees a reader come and go. On these systems other than Linux,
// directories have to be listable to be passed through.
//
// Elsewhere, on Windows in particular, os.Root keeps to the folder; each component
// is looked at, opened, and compared with what was seen. Files have no FileID and no
// ChangeTime there. On js and plan9, os.Root has no protection from changes between
// looking and opening, and neither has this package.
package hostfs
