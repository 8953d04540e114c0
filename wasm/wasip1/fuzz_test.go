package wasip1_test

import (
	"context"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/guesttest"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// FuzzCalls calls functions with arguments and memory made from the input. The
// first byte of each call picks the function, two bytes each an argument: most of
// them small numbers, descriptors and pointers that mean something, some not.
func FuzzCalls(f *testing.F) {
	f.Add([]byte("\x1b\x03\x00\x00\x10\x01\x00"), []byte("dir\x00file/../x/./\xff\xfe"))
	for i := range guesttest.Signatures {
		f.Add([]byte(strings.Repeat(string(rune(i))+"\x03\x00\x01\x20\x01\x00\xff\xff", 20)), []byte{0, 16, 0, 0, 4})
	}
	module := instantiate(f, true)
	memory := module.Memory()
	blank, ok := memory.Read(0, memory.Size())
	require.True(f, ok)

	f.Fuzz(func(t *testing.T, script, content []byte) {
		files, err := vfs.New(vfs.Options{
			Bytes: 1 << 20, Files: map[vfs.Path][]byte{"/a": []byte("text"), "/d/b": nil}, Directories: []vfs.Path{"/e"},
		})
		require.NoError(t, err)
		interrupted := false
		system := wasip1.NewSystem(wasip1.Config{
			Args: []string{"program"}, Env: []string{"A=1"}, Stdin: strings.NewReader("input"), FS: files, OpenFiles: 16,
			Exit:        func(uint32) { panic("exit") },
			Interrupted: func() { interrupted = true },
		})
		// Waits are cut short; a function that did not look at the context would hang.
		ctx, cancel := context.WithTimeout(wasip1.WithSystem(context.Background(), system), 100*time.Millisecond)
		defer cancel()
		clear(blank)
		if len(content) > 0 {
			for at := 0; at < len(blank); at += 4096 {
				copy(blank[at:], content)
			}
		}
		for len(script) > 0 {
			s := guesttest.Signatures[int(script[0])%len(guesttest.Signatures)]
			script = script[1:]
			args := make([]uint64, len(s.Parameters))
			for i := range args {
				var word [2]byte
				script = script[copy(word[:], script):]
				n := uint64(binary.LittleEndian.Uint16(word[:]))
				switch {
				case n >= 0xfff0: // about the ends of memory and of the numbers
					n = []uint64{
						1<<64 - 1, 1<<63 - 1, 1 << 63, 1<<32 - 1, 1 << 31, 1 << 40, pages << 16, pages<<16 - 1,
						pages<<16 - 8, 1<<28 - 1, 1 << 28, 4096, 4097, 1 << 62, 1<<32 - 4096, 0,
					}[n-0xfff0]
				case s.Parameters[i] == 'i' && n < 0x8000 && n > 0x1000:
					n &^= 0xfff // where content begins
				}
				if s.Parameters[i] == 'i' {
					n = uint64(uint32(n))
				}
				args[i] = n
			}
			_, err := module.ExportedFunction(s.Name).Call(ctx, args...)
			if err != nil {
				require.Equal(t, "proc_exit", s.Name, "%v", err)
			}
			require.LessOrEqual(t, system.OpenFiles(), 16)
			require.LessOrEqual(t, files.Used(), int64(1<<20))
			if interrupted {
				break
			}
		}
		system.Close()
		require.Zero(t, system.OpenFiles())
		files.Changes()
	})
}
