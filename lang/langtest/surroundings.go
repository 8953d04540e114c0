package langtest

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox"
)

func (s *suite) surroundings(t *testing.T) {
	t.Run("environment", func(t *testing.T) {
		t.Setenv("FUNCBOX_SECRET", "of the host")
		req := s.request(s.dialect.Env, "env", "GIVEN")
		req.Env = map[string]string{"GIVEN": "by the request ä"}
		require.Equal(t, "by the request ä", s.execute(t, req).Value)
		require.Nil(t, s.value(t, s.dialect.Env, "env", "FUNCBOX_SECRET"))
		require.Nil(t, s.value(t, s.dialect.Env, "env", "HOME"))
	})
	t.Run("standard input", func(t *testing.T) {
		req := s.request(s.dialect.Stdin, "read")
		req.Stdin = strings.NewReader("line 1\nline 2 ä")
		require.Equal(t, "line 1\nline 2 ä", s.execute(t, req).Value)
		require.Equal(t, "", s.value(t, s.dialect.Stdin, "read"))
	})
}

func (s *suite) files(t *testing.T) {
	original := []byte("content ä\x00\xff")
	req := s.request(s.dialect.Copy, "copy", "/data/in.bin", "out.bin")
	req.Files = map[string][]byte{"/data/in.bin": original}
	res := s.execute(t, req)
	require.NoError(t, res.Err(), "%+v", res.Error)
	require.Len(t, res.Files.Created, 1)
	require.Equal(t, funcbox.DefaultWorkdir+"/out.bin", res.Files.Created[0].Path)
	content, err := res.Files.Created[0].Content()
	require.NoError(t, err)
	require.Equal(t, original, content)
	require.Empty(t, res.Files.Modified)
	require.Empty(t, res.Files.Deleted)

	t.Run("missing", func(t *testing.T) {
		res := s.execute(t, s.request(s.dialect.ReadMissing, "missing"))
		require.Equal(t, funcbox.StatusError, res.Status)
		require.Regexp(t, "ENOENT|No such file or directory", res.Error.Message)
	})
	t.Run("of the host stay unseen", func(t *testing.T) {
		res := s.execute(t, s.request(s.dialect.Copy, "copy", "/etc/passwd", "/stolen"))
		require.Equal(t, funcbox.StatusError, res.Status)
	})
	t.Run("full", func(t *testing.T) {
		req := s.request(s.dialect.Copy, "copy", "in", "out")
		req.Files = map[string][]byte{"in": make([]byte, 60_000)}
		req.Limits.FilesystemBytes = 50_000
		res := s.execute(t, req)
		require.Equal(t, funcbox.StatusError, res.Status)
		require.Regexp(t, "ENOSPC|No space left", res.Error.Message)
	})
	t.Run("the request's are never changed", func(t *testing.T) {
		files := map[string][]byte{"a": []byte("old"), "b": []byte("new")}
		req := s.request(s.dialect.Copy, "copy", "b", "a")
		req.Files = files
		res := s.execute(t, req)
		require.NoError(t, res.Err())
		require.Equal(t, map[string][]byte{"a": []byte("old"), "b": []byte("new")}, files)
		require.Len(t, res.Files.Modified, 1)
		before, err := res.Files.Modified[0].OldContent()
		require.NoError(t, err)
		require.Equal(t, "old", string(before))
		after, err := res.Files.Modified[0].Content()
		require.NoError(t, err)
		require.Equal(t, "new", string(after))
	})
}

func (s *suite) isolation(t *testing.T) {
	for range 20 {
		require.Equal(t, int64(1), s.value(t, s.dialect.Count, "count"))
	}
	res := s.execute(t, s.request(s.dialect.Copy, "copy", "out.bin", "again"))
	require.Equal(t, funcbox.StatusError, res.Status, "a file of an earlier call")
	for range 20 {
		require.Nil(t, s.value(t, s.dialect.Spoil, "spoil"))
		res := s.execute(t, s.request(s.dialect.Pristine, "pristine"))
		require.NoError(t, res.Err())
		require.Equal(t, []any{}, res.Value)
		require.Equal(t, "seen\n", res.Stdout)
	}
}

func (s *suite) parallel(t *testing.T) {
	const calls = 64
	var wait sync.WaitGroup
	results := make([]*funcbox.ExecutionResult, calls)
	for i := range calls {
		wait.Go(func() {
			req := s.request(s.dialect.Add, "add", i, 1)
			switch i % 8 {
			case 3:
				req = s.request(s.dialect.Throw, "fail")
			case 5:
				req = s.request(s.dialect.Count, "count")
			}
			results[i], _ = s.executor.Execute(context.Background(), req)
		})
	}
	wait.Wait()
	for i, res := range results {
		require.NotNil(t, res)
		switch i % 8 {
		case 3:
			require.Equal(t, s.dialect.ThrowType, res.Error.Type)
		case 5:
			require.Equal(t, int64(1), res.Value)
		default:
			require.Equal(t, int64(i+1), res.Value)
		}
	}
}
