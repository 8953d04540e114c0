package funcbox

import "fmt"

// Include says what a result tells of the guest's files, as a set. The zero value is
// everything: it costs little, since contents are read when asked for only. A set of
// some of the constants is these alone.
type Include uint8

// The members of the set.
const (
	// IncludeChanges: Created, Modified, Deleted and Skipped. Without them the guest's
	// files are not even compared with what they were.
	IncludeChanges Include = 1 << iota
	// IncludeContents: the contents of what changed, in JSON too, and FileChanges.FS.
	// The result then holds on to all files of the guest as long as it is in use.
	IncludeContents
	// IncludeDenied: Denied.
	IncludeDenied
	// IncludeNothing is none of these.
	IncludeNothing
)

// check refuses sets that make no sense.
func (i Include) check() error {
	switch {
	case i > 2*IncludeNothing-1:
		return fmt.Errorf("%w: Include has an unknown member (%#x)", ErrBadRequest, uint8(i))
	case i&IncludeNothing != 0 && i != IncludeNothing:
		return fmt.Errorf("%w: Include names something and IncludeNothing", ErrBadRequest)
	}
	return nil
}

func (i Include) has(what Include) bool {
	return i == 0 || i&IncludeNothing == 0 && i&what != 0
}
