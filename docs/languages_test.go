// Package docs_test runs the examples of the pages in this folder.
package docs_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/lang/all"
)

// snippet is a fenced block with an info string that says how to call it.
type snippet struct {
	line           int
	language, code string
	call, error    string
	args           []any
	kwargs         map[string]any
	schema         *funcbox.Schema
	result         any
	stdout         string
	files, created map[string]any
	host           bool
	hasResult      bool
}

var (
	fence = regexp.MustCompile("(?ms)^```(\\w+)([^\n]*)\n(.*?)^```$")
	keys  = regexp.MustCompile(` (call|args|kwargs|schema|result|error|stdout|files|created|host)=`)
)

func readSnippets(t *testing.T, page string) []snippet {
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	var list []snippet
	for _, at := range fence.FindAllSubmatchIndex(text, -1) {
		part := func(i int) string { return string(text[at[2*i]:at[2*i+1]]) }
		s := snippet{line: 1 + strings.Count(string(text[:at[0]]), "\n"), language: part(1), code: part(3)}
		info := part(2)
		require.NotEmpty(t, info, "line %d: a block that says nothing is not tested", s.line)
		positions := keys.FindAllStringSubmatchIndex(info, -1)
		require.NotEmpty(t, positions, "line %d", s.line)
		require.Zero(t, positions[0][0], "line %d: %s", s.line, info)
		for i, position := range positions {
			end := len(info)
			if i+1 < len(positions) {
				end = positions[i+1][0]
			}
			s.set(t, info[position[2]:position[3]], info[position[1]:end])
		}
		list = append(list, s)
	}
	return list
}

func (s *snippet) set(t *testing.T, key, text string) {
	if key == "call" {
		s.call = text
		return
	}
	if key == "schema" {
		var err error
		s.schema, err = funcbox.ParseSchema([]byte(text))
		require.NoError(t, err, "line %d: %s=%s", s.line, key, text)
		return
	}
	v, err := value.ParseJSON([]byte(text))
	require.NoError(t, err, "line %d: %s=%s", s.line, key, text)
	ok := true
	switch key {
	case "args":
		s.args, ok = v.([]any)
	case "kwargs":
		s.kwargs, ok = v.(map[string]any)
	case "result":
		s.result, s.hasResult = v, true
	case "error":
		s.error, ok = v.(string)
	case "stdout":
		s.stdout, ok = v.(string)
	case "files":
		s.files, ok = v.(map[string]any)
	case "created":
		s.created, ok = v.(map[string]any)
	case "host":
		s.host, ok = v.(bool)
	}
	require.True(t, ok, "line %d: %s=%s", s.line, key, text)
}

func TestLanguages(t *testing.T) {
	languages := all.Languages()
	ctx := context.Background()
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(languages...))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, executor.Close(ctx)) })
	seen := map[string]bool{}
	for _, s := range readSnippets(t, "languages.md") {
		seen[s.language] = true
		t.Run(fmt.Sprintf("line %d %s", s.line, s.language), func(t *testing.T) {
			if !slices.ContainsFunc(languages, func(l *lang.Language) bool { return l.Name == s.language }) {
				t.Skip("the language is not among all yet")
			}
			s.run(t, executor)
		})
	}
	for _, language := range languages {
		require.True(t, seen[language.Name], "the page has no example in %s", language.Name)
	}
}

func (s *snippet) run(t *testing.T, executor *funcbox.Executor) {
	req := funcbox.Request{Language: s.language, Code: s.code, Function: s.call, Args: s.args, Kwargs: s.kwargs, Schema: s.schema}
	if s.host {
		req.HostFuncs = map[string]funcbox.HostFunc{"lookup": func(_ context.Context, args []any, kwargs map[string]any) (any, error) {
			return map[string]any{"key": args[0], "n": kwargs["n"]}, nil
		}}
	}
	if s.files != nil {
		req.Files = map[string][]byte{}
		for name, content := range s.files {
			req.Files[name] = []byte(content.(string))
		}
	}
	res, err := executor.Execute(t.Context(), req)
	require.NoError(t, err)
	if s.error != "" {
		require.NotNil(t, res.Error)
		require.Equal(t, s.error, res.Error.Error())
		return
	}
	require.NoError(t, res.Err(), "%s", res.Stderr)
	require.Equal(t, s.stdout, res.Stdout)
	if s.hasResult {
		want, err := value.MarshalJSON(s.result)
		require.NoError(t, err)
		got, err := value.MarshalJSON(res.Value)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	}
	require.Len(t, res.Files.Created, len(s.created))
	for name, content := range s.created {
		change, ok := res.Files.ByPath(funcbox.DefaultWorkdir + "/" + name)
		require.True(t, ok, name)
		got, err := change.Content()
		require.NoError(t, err)
		require.Equal(t, content, string(got))
	}
}
