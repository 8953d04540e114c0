package fsapi_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

func TestErrnoNumbers(t *testing.T) {
	// A sample over the whole range, from the specification's list.
	for errno, want := range map[fsapi.Errno]uint16{
		fsapi.ESUCCESS: 0, fsapi.E2BIG: 1, fsapi.EACCES: 2, fsapi.EBADF: 8, fsapi.EEXIST: 20, fsapi.EFAULT: 21,
		fsapi.EINVAL: 28, fsapi.EISDIR: 31, fsapi.ELOOP: 32, fsapi.EMFILE: 33, fsapi.ENAMETOOLONG: 37, fsapi.ENOENT: 44,
		fsapi.ENOSPC: 51, fsapi.ENOSYS: 52, fsapi.ENOTDIR: 54, fsapi.ENOTEMPTY: 55, fsapi.ENOTSOCK: 57, fsapi.EPERM: 63,
		fsapi.EROFS: 69, fsapi.ESPIPE: 70, fsapi.EXDEV: 75, fsapi.ENOTCAPABLE: 76,
	} {
		require.EqualValues(t, want, errno, errno.Name())
	}
	require.Equal(t, "ENOTCAPABLE", fsapi.ENOTCAPABLE.Name())
	require.Equal(t, "capabilities insufficient", fsapi.ENOTCAPABLE.Error())
	require.Equal(t, "EUNKNOWN", fsapi.Errno(77).Name())
	require.Equal(t, "unknown error", fsapi.Errno(65535).Error())
}

func TestErrnoIsError(t *testing.T) {
	for errno, target := range map[fsapi.Errno]error{
		fsapi.ENOENT: fs.ErrNotExist, fsapi.EEXIST: fs.ErrExist, fsapi.ENOTEMPTY: fs.ErrExist, fsapi.EACCES: fs.ErrPermission,
		fsapi.EPERM: fs.ErrPermission, fsapi.ENOTCAPABLE: fs.ErrPermission, fsapi.EROFS: fs.ErrPermission,
		fsapi.EBADF: fs.ErrClosed, fsapi.EINVAL: fs.ErrInvalid,
	} {
		wrapped := fmt.Errorf("open: %w", errno.Err())
		require.ErrorIs(t, wrapped, target)
		require.ErrorIs(t, wrapped, errno)
		require.NotErrorIs(t, wrapped, errors.ErrUnsupported)
	}
	require.NoError(t, fsapi.ESUCCESS.Err())
	require.NotErrorIs(t, fsapi.ENOENT, fs.ErrExist)
}
