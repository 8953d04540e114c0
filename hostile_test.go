package funcbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/internal/guesttest"
	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/wasm"
)

// forger is a language whose guest replies with its standard input, byte for byte,
// so that tests can hand the host whatever they like as a result.
func forger(t testing.TB) *lang.Language {
	t.Helper()
	const chunk, begin = 1 << 20, guesttest.MemoryPages * wasm.PageBytes
	end := guesttest.Local(1)
	code := guesttest.Join(
		bodyOnly(),
		guesttest.Set(1, guesttest.I32(begin)),
		guesttest.While(guesttest.Join(
			guesttest.I32(chunk/wasm.PageBytes), guesttest.Grow, guesttest.Drop,
			guesttest.Put(guesttest.I32(32), end), guesttest.Store(36, chunk),
			guesttest.I32(0), guesttest.I32(32), guesttest.I32(1), guesttest.I32(40), guesttest.Call(guesttest.WASI("fd_read")), guesttest.Drop,
			guesttest.Set(1, guesttest.Add(end, guesttest.Load(40))),
		), guesttest.Load(40)),
		guesttest.I32(begin), guesttest.Sub(end, guesttest.I32(begin)), guesttest.Call(guesttest.FnResult),
	)
	return &lang.Language{
		Name: "forger", MainFile: "main",
		Binary: wasm.NewBinary(guesttest.Pack(t, guesttest.Guest{Call: code}.Module(t))),
	}
}

// bodyOnly are instructions that answer the question for the code's functions: it is
// a body. They go on for every other request.
func bodyOnly() []byte {
	const operationLoad = 1
	answer := append(value.AppendMapHead(nil, 2), 0, 0, 1)
	answer = value.AppendText(value.AppendText(value.AppendMapHead(answer, 1), "kind"), "body")
	var store []byte
	for i, b := range answer {
		store = guesttest.Join(store, guesttest.Store8(int32(64+i), int32(b)))
	}
	return guesttest.Join(
		guesttest.I32(1024), guesttest.Call(guesttest.FnRequest),
		guesttest.If(guesttest.Equal(guesttest.Load8(1026), guesttest.I32(operationLoad)), // after the map's head and the key
			guesttest.Join(store, guesttest.Reply(64, int32(len(answer))), guesttest.Return)),
	)
}

// forgery runs calls whose reply is forged.
type forgery struct{ executor *funcbox.Executor }

func newForgery(t testing.TB) forgery {
	t.Helper()
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(forger(t)), funcbox.WithCacheDir(funcbox.MemoryOnly),
		funcbox.WithLimits(funcbox.Limits{ResultBytes: 256 << 20, MemoryBytes: 512 << 20}))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	return forgery{executor}
}

// reply makes a call that replies so, and checks what holds for every result.
func (f forgery) reply(t testing.TB, reply []byte) *funcbox.ExecutionResult {
	t.Helper()
	res, err := f.executor.Execute(context.Background(), funcbox.Request{Language: "forger", Stdin: bytes.NewReader(reply)})
	require.NoError(t, err)
	switch res.Status {
	case funcbox.StatusSuccess:
		require.Nil(t, res.Error)
		require.NoError(t, res.Err())
	case funcbox.StatusError:
		require.NotNil(t, res.Error)
		require.ErrorIs(t, res.Err(), funcbox.ErrGuest)
	case funcbox.StatusCrash:
		require.NotEmpty(t, res.Error.Message)
		require.NotContains(t, res.Error.Message, "runtime error", "a panic of the host")
		require.Less(t, len(res.Error.Message), 1000)
		require.ErrorIs(t, res.Err(), funcbox.ErrCrash)
	default:
		require.Fail(t, "impossible", "%s of a reply", res.Status)
	}
	if !res.Success() {
		require.Nil(t, res.Value)
		require.NotZero(t, res.ExitCode)
	}
	return res
}

// next makes a call that must be right.
func (f forgery) next(t testing.TB) {
	t.Helper()
	res := f.reply(t, []byte{0xa2, 0, 0, 1, 0x18, 42})
	require.NoError(t, res.Err(), "the next call")
	require.Equal(t, int64(42), res.Value, "the next call")
}

// succeeded and failed are replies around the encoding of a value and of an error.
func succeeded(encoded ...byte) []byte { return append([]byte{0xa2, 0, 0, 1}, encoded...) }
func failed(encoded ...byte) []byte    { return append([]byte{0xa2, 0, 1, 2}, encoded...) }

func guestError(fields ...any) []byte {
	b := value.AppendMapHead(nil, len(fields)/2)
	for _, field := range fields {
		if text, ok := field.(string); ok {
			b = value.AppendText(b, text)
		} else {
			b = value.AppendUint(b, 5)
		}
	}
	return failed(b...)
}

// rich is a value of every kind.
func rich(t testing.TB) []byte {
	t.Helper()
	encoded, err := value.Append(nil, map[string]any{
		"null": nil, "yes": true, "n": -7, "big": new(big.Int).Lsh(big.NewInt(-3), 80), "f": 1.5, "nan": math.NaN(),
		"s": "grüße 𝄞", "b": []byte{0, 255}, "l": []any{[]any{}, map[string]any{}, 1 << 40}, "t": time.Unix(1e9, 5).UTC(),
	}, "value")
	require.NoError(t, err)
	return succeeded(encoded...)
}

func TestForgedReplies(t *testing.T) {
	f := newForgery(t)
	many := func(n int, items ...byte) []byte {
		return append(value.AppendArrayHead(nil, n), bytes.Repeat(items, n)...)
	}
	nest := func(n int, open string) []byte { return append([]byte(strings.Repeat(open, n)), 0xf6) }
	huge := strings.Repeat("x", 20<<20)
	const crash, tooLarge = "Crash", "ResultTooLarge"
	for _, test := range []struct {
		name  string
		reply []byte
		want  string // type of the error; empty: success
	}{
		{"nothing", nil, crash},
		{"null", []byte{0xf6}, crash},
		{"a list", []byte{0x82, 0, 1}, crash},
		{"an empty map", []byte{0xa0}, crash},
		{"a value without a status", []byte{0xa1, 1, 0}, crash},
		{"a status without a value", []byte{0xa1, 0, 0}, crash},
		{"status 7", []byte{0xa2, 0, 7, 1, 0}, crash},
		{"a negative status", []byte{0xa2, 0, 0x20, 1, 0}, crash},
		{"a status of the wrong type", []byte{0xa2, 0, 0x60, 1, 0}, crash},
		{"a status that takes nine bytes", append([]byte{0xa2, 0, 0x1b}, make([]byte, 8)...), crash},
		{"a value and an error", []byte{0xa3, 0, 0, 1, 0, 2, 0xa0}, crash},
		{"an error as a success", []byte{0xa2, 0, 0, 2, 0xa0}, crash},
		{"a value as an error", []byte{0xa2, 0, 1, 1, 0}, crash},
		{"the value first", []byte{0xa2, 1, 5, 0, 0}, ""},
		{"the status twice", []byte{0xa3, 0, 0, 0, 0, 1, 0}, crash},
		{"an unknown key", []byte{0xa3, 0, 0, 1, 0, 3, 0}, crash},
		{"a text as a key", []byte{0xa3, 0, 0, 1, 0, 0x61, 'x', 0}, crash},
		{"more pairs than there are", []byte{0xbb, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 1, 0}, crash},
		{"bytes after it", succeeded(0, 0), crash},
		{"two replies", append(succeeded(0), succeeded(0)...), crash},

		{"a map of indefinite length", []byte{0xbf, 0, 0, 1, 0, 0xff}, crash},
		{"a list of indefinite length", succeeded(0x9f, 0, 0xff), crash},
		{"a text of indefinite length", succeeded(0x7f, 0x61, 'x', 0xff), crash},
		{"a break", succeeded(0xff), crash},
		{"undefined", succeeded(0xf7), crash},
		{"an unknown simple value", succeeded(0xf8, 99), crash},
		{"a float of 16 bits", succeeded(0xf9, 0x3c, 0), crash},
		{"a float of 32 bits", succeeded(0xfa, 0x3f, 0x80, 0, 0), crash},
		{"reserved information", succeeded(0x1c), crash},
		{"an unknown tag", succeeded(0xd8, 99, 0), crash},
		{"a tag in a tag", succeeded(0xc2, 0xc2, 0x41, 1), crash},
		{"a time of a number", succeeded(0xc0, 0), crash},
		{"a time that is none", succeeded(0xc0, 0x61, 'x'), crash},
		{"a time in year 10000", succeeded(append([]byte{0xc0}, value.AppendText(nil, "10000-01-01T00:00:00Z")...)...), crash},
		{"a large integer that is small", succeeded(0xc2, 0x41, 1), ""},
		{"an integer that is too large", succeeded(append([]byte{0xc2, 0x5a, 1, 0, 0, 0}, bytes.Repeat([]byte{255}, 1<<24)...)...), tooLarge},
		{"invalid UTF-8", succeeded(0x61, 0xff), crash},
		{"half a surrogate pair", succeeded(0x63, 0xed, 0xa0, 0x80), crash},
		{"a key of invalid UTF-8", succeeded(0xa1, 0x61, 0xff, 0), crash},
		{"a number as a key", succeeded(0xa1, 0, 0), crash},
		{"a byte string as a key", succeeded(0xa1, 0x41, 'x', 0), crash},
		{"a key twice", succeeded(0xa2, 0x61, 'x', 0, 0x61, 'x', 1), crash},

		{"a text of 2^64-1 bytes", succeeded(0x7b, 255, 255, 255, 255, 255, 255, 255, 255, 'x'), crash},
		{"a byte string of 2^63 bytes", succeeded(0x5b, 128, 0, 0, 0, 0, 0, 0, 0, 'x'), crash},
		{"a byte string of 4 GiB", succeeded(0x5a, 255, 255, 255, 255, 'x'), crash},
		{"a list of 2^64-1 items", succeeded(0x9b, 255, 255, 255, 255, 255, 255, 255, 255, 0), crash},
		{"a list of 2^31 items", succeeded(0x9a, 128, 0, 0, 0, 0), crash},
		{"a map of 2^63 pairs", succeeded(0xbb, 128, 0, 0, 0, 0, 0, 0, 0, 0x61, 'x', 0), crash},
		{"lists in one another that promise much", succeeded(bytes.Repeat([]byte{0x9a, 127, 255, 255, 255}, 100)...), crash},
		{"a million levels", succeeded(nest(1_000_000, "\x81")...), tooLarge},
		{"a million levels of maps", succeeded(nest(1_000_000, "\xa1\x60")...), tooLarge},
		{"a million tags", succeeded(nest(1_000_000, "\xc2")...), crash},
		{"100 MB of tiny items", succeeded(many(100<<20, 0)...), tooLarge},
		{"100 MB of empty texts", succeeded(many(100<<20, 0x60)...), tooLarge},
		{"100 MB of empty maps", succeeded(many(100<<20, 0xa0)...), tooLarge},
		{"as many items as there may be", succeeded(many(value.DefaultItems-4, 0)...), ""},
		{"one text of 100 MB", succeeded(value.AppendText(nil, strings.Repeat("é", 50<<20))...), ""},

		{"an error", guestError("type", "T", "message", "m", "stack", "s"), "T"},
		{"an error with empty texts", guestError("type", "", "message", "", "stack", ""), ""},
		{"an error that claims to be a crash", guestError("type", "Crash", "message", "m", "stack", ""), ""},
		{"an error without a type", guestError("message", "m", "stack", "s"), crash},
		{"an error without a message", guestError("type", "T", "stack", "s"), crash},
		{"an error without a stack", guestError("type", "T", "message", "m"), crash},
		{"an error with more", guestError("type", "T", "message", "m", "stack", "s", "more", ""), crash},
		{"an error of numbers", guestError("type", 5, "message", 5, "stack", 5), crash},
		{"an error that is null", failed(0xf6), crash},
		{"an error that is a large integer", failed(0xc2, 0x41, 1), crash},
		{"an error with huge texts", guestError("type", huge, "message", huge, "stack", huge), huge},
	} {
		t.Run(test.name, func(t *testing.T) {
			if testing.Short() && len(test.reply) > 10<<20 {
				t.Skip("takes a second under the race detector")
			}
			res := f.reply(t, test.reply)
			switch {
			case test.want == crash:
				require.Equal(t, funcbox.StatusCrash, res.Status)
				require.Equal(t, crash, res.Error.Type)
			case bytes.HasPrefix(test.reply, failed()):
				require.Equal(t, funcbox.StatusError, res.Status)
				require.Contains(t, res.Error.Type, test.want)
			case test.want == "":
				require.NoError(t, res.Err())
			default:
				require.Equal(t, funcbox.StatusError, res.Status, "%+v", res.Error)
				require.Equal(t, test.want, res.Error.Type)
			}
			f.next(t)
		})
	}
}

func TestReplyLimit(t *testing.T) {
	f := newForgery(t)
	for size, want := range map[int]funcbox.Status{999: funcbox.StatusSuccess, 1000: funcbox.StatusSuccess, 1001: funcbox.StatusError} {
		head := succeeded(0x59, 0, 0)
		head[5], head[6] = byte((size-len(head))>>8), byte(size-len(head))
		reply := slices.Concat(head, make([]byte, size-len(head)))
		res, err := f.executor.Execute(context.Background(), funcbox.Request{
			Language: "forger", Stdin: bytes.NewReader(reply), Limits: funcbox.Limits{ResultBytes: 1000},
		})
		require.NoError(t, err)
		require.Equal(t, want, res.Status, "%d bytes: %v", size, res.Err())
	}
}

// TestCutReplies: nothing that ends early is taken for a result.
func TestCutReplies(t *testing.T) {
	f := newForgery(t)
	for _, reply := range [][]byte{rich(t), guestError("type", "TypeError", "message", "no", "stack", "at main:1")} {
		for n := range reply {
			require.Equal(t, funcbox.StatusCrash, f.reply(t, reply[:n]).Status, "the first %d bytes", n)
		}
		require.NotEqual(t, funcbox.StatusCrash, f.reply(t, reply).Status)
	}
	f.next(t)
}

// TestFlippedReplies flips each bit of a valid reply.
func TestFlippedReplies(t *testing.T) {
	f := newForgery(t)
	for _, original := range [][]byte{rich(t), guestError("type", "TypeError", "message", "no", "stack", "at main:1")} {
		for i := range original {
			for bit := range 8 {
				reply := slices.Clone(original)
				reply[i] ^= 1 << bit
				f.requireKnown(t, f.reply(t, reply))
			}
		}
	}
	f.next(t)
}

// requireKnown checks that a result consists of what api.md names, and has a JSON
// form.
func (f forgery) requireKnown(t testing.TB, res *funcbox.ExecutionResult) {
	t.Helper()
	require.NoError(t, known(res.Value))
	encoded, err := json.Marshal(res)
	require.NoError(t, err)
	require.True(t, json.Valid(encoded))
}

func known(v any) error {
	switch v := v.(type) {
	case nil, bool, int64, float64, string, []byte, time.Time:
	case *big.Int:
		if v.IsInt64() {
			return fmt.Errorf("%v as a *big.Int", v)
		}
	case []any:
		for _, item := range v {
			if err := known(item); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, item := range v {
			if err := known(item); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("a %T", v)
	}
	return nil
}

// FuzzReply hands the host any bytes as a reply.
func FuzzReply(f *testing.F) {
	f.Add(rich(f))
	f.Add(guestError("type", "T", "message", "m", "stack", "s"))
	f.Add(succeeded(0xc2, 0x49, 1, 0, 0, 0, 0, 0, 0, 0, 0))
	f.Add(succeeded(0x9b, 255, 255, 255, 255, 255, 255, 255, 255, 0))
	forged := newForgery(f)
	f.Fuzz(func(t *testing.T, reply []byte) {
		forged.requireKnown(t, forged.reply(t, reply))
		forged.next(t)
	})
}
