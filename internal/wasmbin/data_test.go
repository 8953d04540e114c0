package wasmbin

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// corpus calls visit for each module in wazero's source, those of the
// specification's test suite among them, or skips the test.
func corpus(t *testing.T, visit func(path string, wasm []byte)) {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Skip("the source of wazero is not at hand")
	}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".wasm") {
			return err
		}
		wasm, err := os.ReadFile(path)
		require.NoError(t, err)
		visit(strings.TrimPrefix(path, dir), wasm)
		return nil
	}))
}

const corpusFeatures = api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall |
	experimental.CoreFeaturesExtendedConst | experimental.CoreFeaturesThreads | experimental.CoreFeaturesExceptionHandling

func corpusRuntime(t testing.TB) wazero.Runtime {
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().
		WithCoreFeatures(corpusFeatures).WithMemoryLimitPages(256))
	t.Cleanup(func() { rt.Close(ctx) })
	return rt
}

func dataModule(segments ...byte) []byte {
	return AppendModule(nil, map[SectionID][]byte{
		SectionMemory: {1, 0, 1}, SectionDataCount: {byte(3)}, SectionData: segments,
		SectionGlobal: {1, 0x7f, 0, 0x41, 9, 0x0b},
	})
}

func TestSplitData(t *testing.T) {
	for name, c := range map[string]struct {
		in, out  []byte
		segments []Segment
	}{
		"active": {
			[]byte{2, 0, 0x41, 5, 0x0b, 2, 'h', 'i', 0, 0x41, 0x80, 0x80, 0x04, 0x0b, 1, '!'},
			[]byte{2, 1, 0, 1, 0},
			[]Segment{{5, []byte("hi")}, {0x10000, []byte("!")}},
		},
		"memory 0 named":  {[]byte{1, 2, 0, 0x41, 5, 0x0b, 1, 'a'}, []byte{1, 1, 0}, []Segment{{5, []byte("a")}}},
		"high address":    {[]byte{1, 0, 0x41, 0x7f, 0x0b, 0}, []byte{1, 1, 0}, []Segment{{0xffffffff, []byte{}}}},
		"passive":         {[]byte{1, 1, 2, 'a', 'b'}, []byte{1, 1, 2, 'a', 'b'}, nil},
		"global offset":   {[]byte{1, 0, 0x23, 0, 0x0b, 1, 'a'}, []byte{1, 0, 0x23, 0, 0x0b, 1, 'a'}, nil},
		"extended offset": {[]byte{1, 0, 0x41, 1, 0x41, 2, 0x6a, 0x0b, 1, 'a'}, []byte{1, 0, 0x41, 1, 0x41, 2, 0x6a, 0x0b, 1, 'a'}, nil},
		"no offset":       {[]byte{1, 0, 0x0b, 1, 'a'}, []byte{1, 0, 0x0b, 1, 'a'}, nil},
		"another memory":  {[]byte{1, 2, 1, 0x41, 5, 0x0b, 1, 'a'}, []byte{1, 2, 1, 0x41, 5, 0x0b, 1, 'a'}, nil},
		"padded numbers":  {[]byte{1, 0x80, 0, 0x41, 0x85, 0, 0x0b, 0x81, 0, 'a'}, []byte{1, 1, 0}, []Segment{{5, []byte("a")}}},
		"none":            {[]byte{0}, []byte{0}, nil},
		"mixed, in order": {[]byte{3, 1, 1, 'p', 0, 0x41, 1, 0x0b, 1, 'a', 0, 0x23, 0, 0x0b, 0}, []byte{3, 1, 1, 'p', 1, 0, 0, 0x23, 0, 0x0b, 0}, []Segment{{1, []byte("a")}}},
	} {
		t.Run(name, func(t *testing.T) {
			in := dataModule(c.in...)
			stripped, segments, err := SplitData(in)
			require.NoError(t, err)
			require.Equal(t, c.segments, segments)
			require.Equal(t, dataModule(c.out...), stripped)
			require.Equal(t, dataModule(c.in...), in)
		})
	}
	for name, segments := range map[string][]byte{
		"form 3":       {1, 3, 0},
		"cut":          {1, 0, 0x41, 5, 0x0b, 9, 'a'},
		"no end":       {1, 0, 0x41, 5},
		"fewer":        {2, 1, 0},
		"more":         {1, 1, 0, 1, 0},
		"huge content": {1, 1, 0xff, 0xff, 0xff, 0xff, 0x0f},
	} {
		_, _, err := SplitData(dataModule(segments...))
		require.ErrorIs(t, err, ErrMalformed, name)
	}
	_, _, err := SplitData(nil)
	require.ErrorIs(t, err, ErrMalformed)
}

// TestSplitDataCorpus instantiates modules as they are, and stripped with the
// segments written by hand: their memories are the same.
func TestSplitDataCorpus(t *testing.T) {
	ctx := context.Background()
	compared := 0
	corpus(t, func(path string, wasm []byte) {
		rt := corpusRuntime(t)
		defer rt.Close(ctx)
		config := wazero.NewModuleConfig().WithName("").WithStartFunctions()
		info, err := Inspect(wasm)
		if err != nil || len(info.Memories) == 0 {
			return
		}
		want, err := rt.InstantiateWithConfig(ctx, wasm, config)
		if err != nil {
			return
		}
		stripped, segments, err := SplitData(wasm)
		require.NoError(t, err, path)
		again, none, err := SplitData(stripped)
		require.NoError(t, err)
		require.Equal(t, stripped, again, path)
		require.Empty(t, none, path)
		got, err := rt.InstantiateWithConfig(ctx, stripped, config)
		require.NoError(t, err, path)
		if info.HasStart {
			return // it may have changed what was there before the segments are written
		}
		for _, s := range segments {
			require.True(t, got.Memory().Write(s.Offset, s.Data), path)
		}
		a, _ := want.Memory().Read(0, want.Memory().Size())
		b, _ := got.Memory().Read(0, got.Memory().Size())
		require.True(t, string(a) == string(b), path)
		compared++
	})
	require.Greater(t, compared, 100)
}
