//go:build !linux

package hostfs

import (
	"errors"

	"github.com/funcbox/funcbox/vfs"
)

// Watch implements vfs.Watcher. Here it always fails, and trees compare instead:
// watching a directory would take a descriptor for each file in it, or leave open
// whether everything has been reported.
func (f *Folder) Watch(func(path string)) (vfs.Watch, error) { return nil, errors.ErrUnsupported }
