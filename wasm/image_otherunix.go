//go:build unix && !linux && !funcbox_portable

package wasm

import "os"

func anonymousFile() (*os.File, error) { return unlinkedFile() }

// seal does nothing: the file has no name, so nobody else can open it.
func seal(*os.File) error { return nil }
