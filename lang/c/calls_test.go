package c

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/internal/value"
)

// directive is a call in a program of testdata and what comes of it:
//
//	// call NAME ARGS [KWARGS] => RESULT
//	// call NAME ARGS [KWARGS] => error TYPE: part of the message
//
// in the JSON of results.
var directive = regexp.MustCompile(`(?m)^// call (\S+) (\[.*?\])(?: (\{.*\}))? => (?:error (.+?): (.*)|(.*))$`)

// TestCallsOfCPP: types, records, errors, calls of the host, as the programs themselves
// say.
func TestCallsOfCPP(t *testing.T) {
	ctx := context.Background()
	newBench(t, CPP(), "") // keeps clang loaded, or skips
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(CPP()), funcbox.WithHostFunc("echo", func(_ context.Context, args []any, _ map[string]any) (any, error) {
		return args, nil
	}), funcbox.WithHostFunc("fail", func(context.Context, []any, map[string]any) (any, error) {
		return nil, errors.New("no such rate")
	}))
	require.NoError(t, err)
	defer func() { require.NoError(t, executor.Close(ctx)) }()
	programs, err := filepath.Glob("testdata/cpp/*.cpp")
	require.NoError(t, err)
	require.NotEmpty(t, programs)
	for _, path := range programs {
		code, err := os.ReadFile(path)
		require.NoError(t, err)
		t.Run(filepath.Base(path), func(t *testing.T) {
			calls := directive.FindAllStringSubmatch(string(code), -1)
			require.Len(t, calls, strings.Count(string(code), "// call "))
			for _, call := range calls {
				req := funcbox.Request{Language: "cpp", Code: string(code), Function: call[1]}
				args, err := value.ParseJSON([]byte(call[2]))
				require.NoError(t, err, call[0])
				req.Args = args.([]any)
				if call[3] != "" {
					kwargs, err := value.ParseJSON([]byte(call[3]))
					require.NoError(t, err, call[0])
					req.Kwargs = kwargs.(map[string]any)
				}
				res, err := executor.Execute(ctx, req)
				require.NoError(t, err, call[0])
				if call[4] != "" {
					require.NotNil(t, res.Error, call[0])
					require.Equal(t, call[4], res.Error.Type, "%s: %s", call[0], res.Error.Message)
					require.Contains(t, res.Error.Message, call[5], call[0])
					continue
				}
				require.NoError(t, res.Err(), call[0])
				want, err := value.ParseJSON([]byte(call[6]))
				require.NoError(t, err, call[0])
				require.Equal(t, want, res.Value, call[0])
			}
		})
	}
}
