package wasm

import (
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/tetratelabs/wazero/api"
)

// maxSuspendedBytes bounds, for one call, the native stacks below tries and of
// fibers that do not run. wazero lets each of them grow to 84 MB before it reports
// an overflow, so that their number alone bounds nothing.
const maxSuspendedBytes = 128 << 20

// maxStackBytes is the size from which on a native stack counts as overflown, looked
// at in each tick. wazero doubles a stack by copying it, during which no collection of
// garbage can begin, and would go on to 84 MB. JavaScript's own limit lets it need
// 16 MB, so that it is doubled to less than 32.
const maxStackBytes = 36 << 20

var errStackOverflow = errors.New("stack overflow")

// keptStackBytes is the size up to which the native stack of an idle function
// handle is kept.
const keptStackBytes = 64 << 10

var errNativeStacks = fmt.Errorf("the native stacks below open tries and of fibers take more than %d bytes", maxSuspendedBytes)

// nativeStackBytes is the size of the stack that wazero keeps with a function
// handle, which grows and never shrinks. wazero does not tell; a test fails where
// its representation is another than the one known here, and then this is 0.
func nativeStackBytes(function api.Function) int64 {
	v := reflect.ValueOf(function)
	if v.Kind() != reflect.Pointer {
		return 0
	}
	stackField.Do(func() {
		if t := v.Type().Elem(); t.Kind() == reflect.Struct {
			if field, ok := t.FieldByName("stack"); ok && field.Type.Kind() == reflect.Slice && len(field.Index) == 1 {
				stackField.of, stackField.index = v.Type(), field.Index[0]
				stackField.unit = int64(field.Type.Elem().Size())
			}
		}
	})
	if v.Type() != stackField.of {
		return 0
	}
	return int64(v.Elem().Field(stackField.index).Len()) * stackField.unit
}

var stackField struct {
	sync.Once
	of    reflect.Type
	index int
	unit  int64 // the size of an element
}

// suspend counts the running stack among those that wait, and returns its size.
func (c *call) suspend() int64 {
	size := nativeStackBytes(c.running)
	if c.suspended+size > maxSuspendedBytes {
		c.end(Trapped, errNativeStacks)
	}
	c.suspended += size
	return size
}
