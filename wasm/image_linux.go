//go:build !funcbox_portable

package wasm

import (
	"os"

	"golang.org/x/sys/unix"
)

// anonymousFile makes a memfd, or an unlinked temporary file where the kernel or
// a filter of system calls refuses one.
func anonymousFile() (*os.File, error) {
	fd, err := unix.MemfdCreate("funcbox-image", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return unlinkedFile()
	}
	return os.NewFile(uintptr(fd), "funcbox-image"), nil
}

// seal makes the content unchangeable for the rest of its life. A file that is
// no memfd has no seals (EINVAL); nobody else can reach that one either.
func seal(file *os.File) error {
	const all = unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE | unix.F_SEAL_SEAL
	_, err := unix.FcntlInt(file.Fd(), unix.F_ADD_SEALS, all)
	if err == unix.EINVAL {
		return nil
	}
	return err
}
