package vfs

import (
	"crypto/rand"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// devicePath holds the devices, in every tree.
const devicePath Path = "/dev"

// deviceIndex keeps the inodes of devices apart from those of other layers.
const deviceIndex = 0xfffe

// device is what a character device does.
type device uint8

const (
	noDevice     device = iota
	nullDevice          // takes everything and holds nothing
	zeroDevice          // gives zeros
	randomDevice        // gives random bytes
)

// devices is the read-only layer at devicePath. Programs of many languages take
// it for granted.
var devices = func() *Layer {
	l := NewLayer(nil)
	for _, one := range []struct {
		name   string
		device device
	}{{"null", nullDevice}, {"random", randomDevice}, {"urandom", randomDevice}, {"zero", zeroDevice}} {
		child := &layerNode{
			layer: l, name: one.name, path: one.name, number: l.numbers.Add(1), kind: fsapi.TypeCharacterDevice, device: one.device,
		}
		l.root.list = append(l.root.list, child)
	}
	l.root.once.Do(func() {})
	return l
}()

func (n *node) isDevice() bool { return n.kind == fsapi.TypeCharacterDevice }

// readDevice reads from a device; the offset does not matter.
func (n *node) readDevice(p []byte) (int, fsapi.Errno) {
	switch n.layer.device {
	case zeroDevice:
		clear(p)
		return len(p), fsapi.ESUCCESS
	case randomDevice:
		_, _ = rand.Read(p) // never fails
		return len(p), fsapi.ESUCCESS
	}
	return 0, fsapi.ESUCCESS
}
