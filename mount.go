package funcbox

import (
	"io/fs"

	"github.com/funcbox/funcbox/perm"
)

// Mount puts folders of the host, or any fs.FS, into the guest's filesystem and says
// what the guest may do there. What the guest changes stays in memory and is told in
// ExecutionResult.Files; the host's folders are written to only if Sync says so, and
// only after the call.
//
// A Mount may serve many calls at once; it must not be changed meanwhile.
type Mount struct {
	// Dirs are folders of the host, by the guest path they are put at: absolute, and
	// neither "/", nor at or below /dev, nor in the place of the language's library.
	// A relative path of the host is below the process's working directory. Mounts may
	// be inside one another, then the longest guest path decides; two that share a
	// folder of the host are an error.
	Dirs map[string]string
	// FS are other trees, such as an embed.FS or a zip.Reader, by guest path as in
	// Dirs. They must be safe for concurrent use. A Mount that has any has no JSON form.
	FS map[string]fs.FS
	// Permissions hold in each of Dirs and FS. The zero value allows to read and to
	// list. Files of the request that are put into a mount are held to them, too;
	// everywhere else in the guest's filesystem everything is allowed.
	Permissions perm.Permissions
	// Loading says what of Dirs and FS is there, and when it is read.
	Loading Loading
	// FollowSymlinks says which symbolic links that were there before the call are
	// followed.
	FollowSymlinks SymlinkMode
	// OnPermissionDenied says what the guest sees when it is refused.
	OnPermissionDenied DeniedMode
	// Sync says what becomes of the changes in Dirs. The zero value leaves the host
	// alone.
	Sync Sync
	// Hooks of this mount are called before those of the executor.
	Hooks Hooks
}

// Loading says what of a mount is there, and when it is read. The zero value is
// lazy and costs nothing until something is touched.
type Loading struct {
	Mode LoadingMode `json:"mode,omitzero"`
	// Include are patterns as those of rules (package perm): where there are any, no
	// other file exists for the guest. LoadExplicit needs some.
	Include []string `json:"include,omitempty"`
	// MaxFileSize and MaxTotalSize bound, in bytes, one file and all files that are
	// read. What is over them cannot be read by the guest (EFBIG) and is listed in
	// FileChanges.Skipped. 0 means no limit, and for all files together under LoadEager
	// 256 MiB.
	MaxFileSize  int64 `json:"maxFileSize,omitempty"`
	MaxTotalSize int64 `json:"maxTotalSize,omitempty"`
}

// LoadingMode says when files of a mount are read.
type LoadingMode uint8

// The modes of loading.
const (
	// LoadLazy lists directories and reads files when the guest touches them. What
	// it has read once stays as it was for the whole call.
	LoadLazy LoadingMode = iota
	// LoadEager reads everything before the call.
	LoadEager
	// LoadExplicit is like LoadLazy, for the files that match Loading.Include.
	LoadExplicit
)

// SymlinkMode says which symbolic links of a mount are followed. Those that guests
// make are always followed, inside the guest's filesystem.
type SymlinkMode uint8

// The modes of following symbolic links.
const (
	// FollowNever shows symbolic links as such and refuses to follow them (EACCES).
	FollowNever SymlinkMode = iota
	// FollowRestricted follows those that lead to a place in the same folder.
	FollowRestricted
	// FollowAlways follows all of them, out of the folder, too. Whoever can make
	// symbolic links in the folder then decides what guests read. Permissions judge
	// the path of the link.
	FollowAlways
)

// DeniedMode says what a guest sees when permissions refuse what it does.
type DeniedMode uint8

// The modes of refusing.
const (
	// DeniedThrow is an error (EACCES) that the guest can handle.
	DeniedThrow DeniedMode = iota
	// DeniedIgnore lets writes succeed and drops them; what must not be read looks like
	// a missing file.
	DeniedIgnore
	// DeniedVirtual lets writes succeed in the guest's memory only: they are no change
	// and never get to the host. What must not be read looks like a missing file.
	DeniedVirtual
)
