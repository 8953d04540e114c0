package wasm

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/internal/guesttest"
	"github.com/funcbox/funcbox/vfs"
	"github.com/funcbox/funcbox/wasm/wasip1"
)

// caller is a guest that calls the import whose number is the first byte of its
// request with the arguments that follow at 8, 64 bits each. Its reply is what the
// import returned.
func caller() guest {
	const arguments = 1024 + 8
	var cases [][]byte
	call := func(index uint32, parameters string, after []byte) {
		var code []byte
		for i, kind := range parameters {
			code = join(code, guesttest.Load64(int32(arguments+8*i)))
			if kind == 'i' {
				code = join(code, guesttest.Wrap)
			}
		}
		cases = append(cases, join(code, to(index), after))
	}
	call(fnRequest, "i", nil)
	call(fnResult, "ii", guesttest.Return)
	call(guesttest.FnThrow, "", nil)
	call(guesttest.FnFiberSwitch, "ii", nil)
	call(guesttest.FnFiberFree, "i", nil)
	call(guesttest.FnInvoke, "ii", nil)
	for _, s := range guesttest.Signatures {
		if s.Results() == "" {
			call(guesttest.WASI(s.Name), s.Parameters, nil)
		} else {
			call(guesttest.WASI(s.Name), s.Parameters, []byte{0x21, 1})
		}
	}
	return guest{
		Call:      unlessNext(join(i32(1024), to(fnRequest), choose(load8(1024), cases...), put(i32(0), local(1)), reply(0, 4))),
		Fiber:     join(local(0), i32(1), to(guesttest.FnFiberSwitch)),
		Functions: [][]byte{nil, to(guesttest.FnThrow), join(local(0), i32(7), to(guesttest.FnFiberSwitch))},
		Tabled:    []uint32{guesttest.FnCall, guesttest.FnThrow, fnExit},
	}
}

// imported are the imports in the order of caller's numbers, and harmless
// arguments. A buffer is at 2048, a list of one buffer and the path "data" at 16.
var imported = func() []struct {
	guesttest.Signature
	harmless []uint64
} {
	type function = struct {
		guesttest.Signature
		harmless []uint64
	}
	list := []function{
		{guesttest.Signature{Name: "request", Parameters: "i"}, []uint64{2048}},
		{guesttest.Signature{Name: "result", Parameters: "ii"}, []uint64{16, 4}},
		{guesttest.Signature{Name: "throw"}, nil},
		{guesttest.Signature{Name: "fiber_switch", Parameters: "ii"}, []uint64{1, 2}},
		{guesttest.Signature{Name: "fiber_free", Parameters: "i"}, []uint64{2}},
		{guesttest.Signature{Name: "invoke_vi", Parameters: "ii"}, []uint64{0, 0}},
	}
	for _, s := range guesttest.Signatures {
		f := function{Signature: s}
		for i := range s.Parameters {
			switch {
			case i == 0 && (strings.HasPrefix(s.Name, "fd_") || strings.HasPrefix(s.Name, "path_")):
				f.harmless = append(f.harmless, 3)
			case s.Parameters[i] == 'I':
				f.harmless = append(f.harmless, 0)
			case i%2 == 1:
				f.harmless = append(f.harmless, 2048)
			default:
				f.harmless = append(f.harmless, 1)
			}
		}
		list = append(list, f)
	}
	return list
}()

// wild are values at the edges of numbers and of the memory of two pages.
var wild = []uint64{
	0, 1, 2, 3, 4, 5, 16, 255, 256, 1 << 16, 2<<16 - 1, 2<<16 - 4, 2<<16 - 8, 2 << 16, 2<<16 + 1, 1 << 20,
	math.MaxInt32 - 7, math.MaxInt32, 1 << 31, math.MaxUint32 - 48, math.MaxUint32 - 7, math.MaxUint32 - 3, math.MaxUint32,
	1 << 32, math.MaxInt64 - 1, math.MaxInt64, 1 << 63, math.MaxUint64,
}

// strike makes the guest call an import, in a sandbox with a few files.
func strike(t testing.TB, m *Module, number int, arguments []uint64) {
	t.Helper()
	request := make([]byte, 8, 8+8*len(arguments))
	request[0] = byte(number)
	for _, argument := range arguments {
		request = binary.LittleEndian.AppendUint64(request, argument)
	}
	files, err := vfs.New(vfs.Options{Bytes: 1 << 20, Files: map[vfs.Path][]byte{"/data": []byte("text"), "/d/e": nil}})
	require.NoError(t, err)
	job := Job{Request: request, Limits: testLimits(), System: wasip1.Config{
		Args: []string{"guest"}, Env: []string{"A=1"}, Stdin: strings.NewReader("input"), FS: files, OpenFiles: 16,
	}}
	job.Limits.Fuel = 100_000_000
	ctx := context.Background()
	if name := imported[number].Name; name == "poll_oneoff" || name == "fd_read" {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, 10*time.Millisecond)
		defer cancel()
	}
	out, err := m.Run(ctx, job)
	requireSound(t, job, out, err)
}

// TestHostileArguments hands wild values to every import, first in each place by
// itself, then in all places at random.
func TestHostileArguments(t *testing.T) {
	m := start(t, caller())
	requireNothingLeft(t, m)
	for number, f := range imported {
		t.Run(f.Name, func(t *testing.T) {
			strike(t, m, number, f.harmless)
			next(t, m)
			for place := range f.harmless {
				arguments := append([]uint64{}, f.harmless...)
				for _, arguments[place] = range wild {
					strike(t, m, number, arguments)
				}
				next(t, m)
			}
			random := rand.New(rand.NewPCG(7, uint64(number)))
			for range rounds(200) {
				arguments := append([]uint64{}, f.harmless...)
				for i := range arguments {
					if random.IntN(3) > 0 {
						arguments[i] = wild[random.IntN(len(wild))]
					}
				}
				strike(t, m, number, arguments)
			}
			next(t, m)
		})
	}
}
