package funcbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/lang/js"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const spin = `function spin() { for (;;) ; }`

func TestBadRequests(t *testing.T) {
	executor := newExecutor(t, funcbox.WithCacheDir(funcbox.MemoryOnly))
	for _, test := range []struct {
		name string
		req  funcbox.Request
		want error
		text string
	}{
		{"no language", funcbox.Request{}, funcbox.ErrUnknownLanguage, `unknown language ""; known are: js`},
		{"unknown language", funcbox.Request{Language: "cobol"}, funcbox.ErrUnknownLanguage, `"cobol"`},
		{"code is not UTF-8", funcbox.Request{Language: "js", Code: "\xff"}, funcbox.ErrBadRequest, "UTF-8"},
		{"argument", funcbox.Request{Language: "js", Args: []any{1, []any{make(chan int)}}}, funcbox.ErrBadRequest, "args[1][0]"},
		{"named argument", funcbox.Request{Language: "js", Kwargs: map[string]any{"x": func() {}}}, funcbox.ErrBadRequest, "kwargs.x"},
		{"environment", funcbox.Request{Language: "js", Env: map[string]string{"A=B": ""}}, funcbox.ErrBadRequest, "Env"},
		{"environment with NUL", funcbox.Request{Language: "js", Env: map[string]string{"A": "\x00"}}, funcbox.ErrBadRequest, "NUL"},
		{"argv with NUL", funcbox.Request{Language: "js", Argv: []string{"\x00"}}, funcbox.ErrBadRequest, "NUL"},
		{"negative limit", funcbox.Request{Language: "js", Limits: funcbox.Limits{Timeout: -1}}, funcbox.ErrBadRequest, "Limits.Timeout"},
		{"file twice", funcbox.Request{Language: "js", Files: map[string][]byte{"a": nil, "/workspace//a": nil}}, funcbox.ErrBadRequest, "twice"},
		{"file below a file", funcbox.Request{Language: "js", Files: map[string][]byte{"a": nil, "a/b": nil}}, funcbox.ErrBadRequest, "Files"},
		{"file without a name", funcbox.Request{Language: "js", Files: map[string][]byte{"": nil}}, funcbox.ErrBadRequest, "Files"},
		{"workdir", funcbox.Request{Language: "js", Workdir: "a\x00"}, funcbox.ErrBadRequest, "Workdir"},
		{"too little memory", funcbox.Request{Language: "js", Limits: funcbox.Limits{MemoryBytes: 65536}}, funcbox.ErrBadRequest, "the runtime itself takes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			res, err := executor.Execute(context.Background(), test.req)
			require.Nil(t, res)
			require.ErrorIs(t, err, test.want)
			require.ErrorContains(t, err, test.text)
			require.Equal(t, 1, strings.Count(err.Error(), "funcbox: "), err.Error())
		})
	}
}

func TestOptions(t *testing.T) {
	ctx := context.Background()
	for name, option := range map[string]funcbox.Option{
		"no slots":        funcbox.WithMaxConcurrent(0),
		"negative limits": funcbox.WithLimits(funcbox.Limits{Fuel: -1}),
		"no folder":       funcbox.WithCacheDir(""),
		"nil language":    funcbox.WithLanguages(nil),
		"two languages of one name": funcbox.WithLanguages(js.Language(),
			&lang.Language{Name: "other", Aliases: []string{"javascript"}, MainFile: "x", Binary: js.Language().Binary}),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := funcbox.New(ctx, option)
			require.ErrorContains(t, err, "funcbox: ")
		})
	}
	executor, err := funcbox.New(ctx)
	require.NoError(t, err)
	_, err = executor.Execute(ctx, addRequest)
	require.ErrorContains(t, err, "was given none")
	require.NoError(t, executor.Close(ctx))
}

func TestLimitsOfExecutor(t *testing.T) {
	executor := newExecutor(t, funcbox.WithLimits(funcbox.Limits{Fuel: 1_000_000}))
	res, err := executor.Execute(context.Background(), funcbox.Request{Language: "JavaScript", Code: spin})
	require.NoError(t, err)
	require.ErrorIs(t, res.Err(), funcbox.ErrFuel)
}

// TestQueue: calls beyond the number allowed wait, report how long, and leave the
// queue when they are canceled.
func TestQueue(t *testing.T) {
	executor := newExecutor(t, funcbox.WithMaxConcurrent(1))
	require.NoError(t, executor.Warm(context.Background(), "js"))
	running, cancelRunning := context.WithCancel(context.Background())
	started := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		req := funcbox.Request{Language: "js", Code: `console.log(1); for (;;) ;`, Stdout: writerFunc(func(p []byte) (int, error) {
			close(started)
			return len(p), nil
		})}
		res, err := executor.Execute(running, req)
		if err != nil || res.Status != funcbox.StatusTerminated {
			t.Error(err, res)
		}
	})
	<-started

	queued, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	res, err := executor.Execute(queued, addRequest)
	require.NoError(t, err)
	require.Equal(t, funcbox.StatusTimeout, res.Status)
	require.Zero(t, res.Meta.Duration)
	require.Positive(t, res.Meta.QueueDuration)

	wait.Go(func() {
		res, err := executor.Execute(context.Background(), addRequest)
		if err != nil || res.Value != int64(5) {
			t.Error(err, res)
		}
	})
	cancelRunning()
	wait.Wait()
}

func TestStats(t *testing.T) {
	executor := newExecutor(t)
	require.Equal(t, []funcbox.RuntimeStats{{Language: "js"}}, executor.Stats())
	for range 10 {
		_, err := executor.Execute(context.Background(), addRequest)
		require.NoError(t, err)
	}
	stats := executor.Stats()[0]
	require.Positive(t, stats.WarmInstances)
	require.LessOrEqual(t, stats.WarmInstances, 2*runtime.GOMAXPROCS(0))
	require.Positive(t, stats.WarmBytes)
	require.Zero(t, stats.FailedResets)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestClose(t *testing.T) {
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()))
	require.NoError(t, err)
	started := make(chan struct{})
	results := make(chan *funcbox.ExecutionResult, 1)
	go func() {
		res, _ := executor.Execute(ctx, funcbox.Request{Language: "js", Code: `console.log(1); for (;;) ;`, Stdout: writerFunc(func(p []byte) (int, error) {
			close(started)
			return len(p), nil
		})})
		results <- res
	}()
	<-started
	impatient, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	require.NoError(t, executor.Close(impatient))
	res := <-results
	require.Equal(t, funcbox.StatusTerminated, res.Status)
	require.ErrorIs(t, res.Err(), funcbox.ErrClosed)

	_, err = executor.Execute(ctx, addRequest)
	require.ErrorIs(t, err, funcbox.ErrClosed)
	require.ErrorIs(t, executor.Warm(ctx), funcbox.ErrClosed)
	require.NoError(t, executor.Close(ctx))
}

func TestWriterErrors(t *testing.T) {
	executor := newExecutor(t)
	for name, writer := range map[string]writerFunc{
		"error": func([]byte) (int, error) { return 0, errors.New("broken") },
		"panic": func([]byte) (int, error) { panic("the host's own bug") },
	} {
		t.Run(name, func(t *testing.T) {
			res, err := executor.Execute(context.Background(), funcbox.Request{Language: "js", Code: `console.log(1)`, Stdout: writer})
			require.NoError(t, err)
			require.NotNil(t, res)
			res, err = executor.Execute(context.Background(), addRequest)
			require.NoError(t, err)
			require.Equal(t, int64(5), res.Value)
		})
	}
}

func TestCall(t *testing.T) {
	executor := newExecutor(t)
	ctx := context.Background()
	type item struct {
		Name  string    `json:"name"`
		Price float64   `json:"price"`
		Tags  []string  `json:"tags"`
		When  time.Time `json:"when"`
		Count uint8     `json:"count"`
		Big   *big.Int  `json:"big"`
	}
	code := `function make(count) { return { name: 'x', price: 2, tags: ['a', 'b'], when: new Date(0), count, big: 2n ** 70n } }`
	got, res, err := funcbox.Call[item](ctx, executor, funcbox.Request{Language: "js", Code: code, Args: []any{200}})
	require.NoError(t, err)
	require.True(t, res.Success())
	require.Equal(t, item{"x", 2, []string{"a", "b"}, time.Unix(0, 0).UTC(), 200, new(big.Int).Lsh(big.NewInt(1), 70)},
		item{got.Name, got.Price, got.Tags, got.When.UTC(), got.Count, got.Big})

	_, res, err = funcbox.Call[item](ctx, executor, funcbox.Request{Language: "js", Code: code, Args: []any{256}})
	require.ErrorContains(t, err, "count")
	require.True(t, res.Success())
	_, res, err = funcbox.Call[int](ctx, executor, funcbox.Request{Language: "js", Code: `throw new TypeError("no")`})
	require.ErrorIs(t, err, funcbox.ErrGuest)
	require.Equal(t, funcbox.StatusError, res.Status)
	_, res, err = funcbox.Call[int](ctx, executor, funcbox.Request{Language: "none"})
	require.ErrorIs(t, err, funcbox.ErrUnknownLanguage)
	require.Nil(t, res)
}

func TestResultJSON(t *testing.T) {
	executor := newExecutor(t)
	res, err := executor.Execute(context.Background(), funcbox.Request{
		Language: "js",
		Code: `const fs = require('fs');
			function go() {
				console.log('<out>');
				fs.writeFileSync('new.txt', 'text'); fs.writeFileSync('new.bin', new Uint8Array([255]));
				fs.writeFileSync('changed', 'after'); fs.unlinkSync('gone'); fs.mkdirSync('folder'); fs.symlinkSync('new.txt', 'link');
				return { i: 1, f: 1.5, n: null, big: 2n ** 64n, nan: NaN, bytes: new Uint8Array([1, 2]), when: new Date(0) };
			}`,
		Function: "go",
		Files:    map[string][]byte{"changed": []byte("before"), "gone": []byte("x"), "same": []byte("s")},
	})
	require.NoError(t, err)
	require.NoError(t, res.Err())
	encoded, err := json.Marshal(res)
	require.NoError(t, err)
	var form map[string]any
	require.NoError(t, json.Unmarshal(encoded, &form))
	require.Equal(t, "success", form["status"])
	require.Equal(t, true, form["success"])
	require.Nil(t, form["error"])
	require.Equal(t, "<out>\n", form["stdout"])
	require.Contains(t, string(encoded), `"result":{"big":18446744073709551616,"bytes":{"$bytes":"AQI="},"f":1.5,"i":1,"n":null,"nan":{"$float":"NaN"},"when":{"$time":"1970-01-01T00:00:00Z"}}`)
	meta, ok := form["meta"].(map[string]any)
	require.True(t, ok)
	require.Equal(t, "js", meta["language"])
	require.Equal(t, "inferred", meta["signatureSource"])

	var paths []string
	for _, change := range res.Files.All() {
		paths = append(paths, change.Type+" "+change.Path)
	}
	require.Equal(t, []string{
		"modify /workspace/changed", "create /workspace/folder", "delete /workspace/gone",
		"create /workspace/link", "create /workspace/new.bin", "create /workspace/new.txt",
	}, paths)
	link, ok := res.Files.ByPath("/workspace/link")
	require.True(t, ok)
	require.Equal(t, "new.txt", link.Symlink)
	require.True(t, res.Files.HasChanges())
	_, ok = res.Files.ByPath("/workspace/same")
	require.False(t, ok)
	require.Contains(t, string(encoded), `"content":{"$bytes":"/w=="}`)
	require.Contains(t, string(encoded), `"oldContent":"before"`)

	res, err = executor.Execute(context.Background(), funcbox.Request{Language: "js", Code: `throw new RangeError('no')`})
	require.NoError(t, err)
	encoded, err = json.Marshal(res)
	require.NoError(t, err)
	require.Contains(t, string(encoded), `"status":"error","success":false,"result":null,"error":{"type":"RangeError","message":"no"`)
	require.Contains(t, string(encoded), `"files":{"created":[],"modified":[],"deleted":[],"skipped":[],"denied":[]}`)
}
