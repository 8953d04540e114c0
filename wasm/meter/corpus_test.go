package meter_test

import (
	"context"
	"errors"
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

	"github.com/funcbox/funcbox/internal/wasmbin"
	"github.com/funcbox/funcbox/wasm/meter"
)

const features = api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall | experimental.CoreFeaturesExtendedConst

// TestCorpus meters the modules that wazero is tested with: every one that wazero
// takes must still be taken.
func TestCorpus(t *testing.T) {
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(features))
	defer rt.Close(ctx)
	metered, refused := 0, map[string]int{}
	corpus(t, func(path string, wasm []byte) {
		out, err := meter.Meter(wasm)
		compiled, compileErr := rt.CompileModule(ctx, wasm)
		if compileErr == nil {
			compiled.Close(ctx)
			// wazero reads table initializers without being asked for typed references.
			if !strings.Contains(path, "typed-function-references") {
				require.NoError(t, err, path)
			}
		}
		if err != nil {
			refused[kind(err)]++
			return
		}
		compiled, err = rt.CompileModule(ctx, out)
		if compileErr == nil {
			require.NoError(t, err, path)
			compiled.Close(ctx)
			metered++
		} else {
			require.Error(t, err, "%s was invalid: %v", path, compileErr)
		}
		_, err = meter.Meter(out)
		require.ErrorIs(t, err, meter.ErrMetered)
	})
	t.Logf("%d metered, refused: %v", metered, refused)
}

func kind(err error) string {
	switch {
	case errors.Is(err, meter.ErrMalformed):
		return "malformed"
	case errors.Is(err, meter.ErrUnsupported):
		return "unsupported"
	}
	return err.Error()
}

// corpus calls visit for each module in wazero's source, or skips the test.
func corpus(t testing.TB, visit func(path string, wasm []byte)) {
	dir := moduleDir(t)
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".wasm") {
			return err
		}
		wasm, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		visit(strings.TrimPrefix(path, dir), wasm)
		return nil
	}))
}

func moduleDir(t testing.TB) string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Skip("the source of wazero is not at hand")
	}
	return dir
}

var _ = wasmbin.Inspect
