package vfs

import "github.com/funcbox/funcbox/perm"

// Folder puts a Source into the tree, in most cases a folder of the host.
// Everything below Path is seen as the Source has it and copied into memory when
// it is first modified; nothing is ever written to the Source.
type Folder struct {
	// Path is where in the tree it is. Folders may be inside one another, then the
	// longest path that a guest path begins with counts. The directory at Path
	// itself can be neither removed nor renamed.
	Path Path

	Source Source

	// HostPath is the folder's path on the host, for Change.HostPath. It may be
	// empty. Two folders of a tree must not have overlapping host paths.
	HostPath string

	// Policy says what the guest may do at which path; nil allows everything.
	Policy *perm.Policy

	// OnDenied says what happens when Policy refuses.
	OnDenied DeniedMode

	// Follow says which symbolic links of the Source are followed. Those that the
	// guest makes are always followed; they cannot lead out of the tree.
	Follow FollowMode

	Loading Loading
}

// DeniedMode says what the guest sees when a policy refuses an operation.
type DeniedMode uint8

const (
	// Throw answers EACCES.
	Throw DeniedMode = iota

	// Ignore lets everything that would change the tree succeed without doing it;
	// what is written to a file goes nowhere. What may not be read looks as if it
	// was missing (ENOENT).
	Ignore

	// Virtual does what is asked in memory, for as long as the tree lives, and
	// leaves it out of Changes. What may not be read looks as if it was missing
	// (ENOENT).
	Virtual
)

// FollowMode says which symbolic links of a Source are followed. They are
// resolved in the tree, one component after the other, so that policies judge
// the path where they lead to.
type FollowMode uint8

const (
	// FollowNever shows symbolic links and refuses to follow them (EACCES).
	FollowNever FollowMode = iota

	// FollowRestricted follows links that lead to a place in the same Source.
	FollowRestricted

	// FollowAlways follows all links, through Follower where they lead out of the
	// Source. There, the policy judges the path of the link and paths below it.
	FollowAlways
)

// Loading says when a Source is read and what of it is admitted. The zero value
// is lazy and without limits, and costs nothing until something is touched.
type Loading struct {
	Mode LoadingMode

	// Include are patterns as in perm.Rule; files and symbolic links that match
	// none of them do not exist, and directories that cannot hold any neither.
	// Empty admits everything, or nothing for Explicit.
	Include []string

	// MaxFileBytes and MaxTotalBytes bound the size of one file and of all files
	// together that are read or opened for reading. What is over them is listed but
	// cannot be read (EFBIG), and is in Skipped. 0 means no bound for one file; for
	// all files together no bound, or DefaultEagerBytes for Eager.
	MaxFileBytes, MaxTotalBytes int64
}

// DefaultEagerBytes is what Eager loads if Loading.MaxTotalBytes is 0: 256 MiB.
const DefaultEagerBytes = 256 << 20

// LoadingMode says when a Source is read.
type LoadingMode uint8

const (
	// Lazy lists directories and reads files when they are touched.
	Lazy LoadingMode = iota

	// Eager lists and reads everything that is admitted in New.
	Eager

	// Explicit is Lazy, for the files that match Include only.
	Explicit
)
