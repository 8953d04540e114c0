//go:build !unix

package sync

import (
	"io/fs"
	"os"
)

// lockDirectory: directories cannot be locked here; batches of this process exclude
// each other all the same.
func lockDirectory(string, bool) (directory *os.File, free bool, err error) { return nil, true, nil }

func keepOwner(*os.File, fs.FileInfo) {}

func syncDirectory(*os.Root) error { return nil }
