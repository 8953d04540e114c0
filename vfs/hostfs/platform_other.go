//go:build !(linux || darwin || freebsd || netbsd || openbsd)

package hostfs

import "github.com/funcbox/funcbox/wasm/fsapi"

// rootFlags go along with os.O_RDONLY where os.Root opens files. Nothing waits for
// a FIFO on these platforms.
const rootFlags = 0

func platform() system { return rootSystem{} }

// systemErrno leaves it to the sentinels of io/fs.
func systemErrno(error) fsapi.Errno { return fsapi.ESUCCESS }
