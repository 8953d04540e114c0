package wasip1

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/funcbox/funcbox/wasm/fsapi"
)

// inputChunk is how many bytes are read ahead from a reader that may block.
const inputChunk = 32 << 10

// input is standard input.
type input struct {
	reader  io.Reader // nil: empty
	pending []byte    // read and not yet taken
	err     error     // what comes after pending
	result  chan inputResult
}

type inputResult struct {
	data []byte
	err  error
}

// memoryReader is a reader that never blocks.
type memoryReader interface {
	io.Reader
	Len() int
}

func (in *input) memory() memoryReader {
	switch r := in.reader.(type) {
	case *bytes.Reader:
		return r
	case *bytes.Buffer:
		return r
	case *strings.Reader:
		return r
	}
	return nil
}

// start makes sure that a Read is running and returns where its result comes. The
// goroutine ends when Read returns, even if nobody waits any more.
func (in *input) start() <-chan inputResult {
	if in.result == nil {
		result, reader := make(chan inputResult, 1), in.reader
		in.result = result
		go func() {
			data := make([]byte, inputChunk)
			n, err := reader.Read(data)
			if n < 0 || n > len(data) {
				n, err = 0, errors.New("wasip1: standard input returned an impossible count")
			}
			result <- inputResult{data[:n], err}
		}()
	}
	return in.result
}

// take keeps the result of a Read.
func (in *input) take(r inputResult) { in.pending, in.err, in.result = r.data, r.err, nil }

// ready says whether a read would not wait, and how many bytes are there.
func (in *input) ready() (ready bool, available int, end bool) {
	if in.reader == nil {
		return true, 0, true
	}
	if m := in.memory(); m != nil {
		return true, m.Len(), m.Len() == 0
	}
	if in.result != nil {
		select {
		case r := <-in.result:
			in.take(r)
		default:
		}
	}
	return len(in.pending) > 0 || in.err != nil, len(in.pending), len(in.pending) == 0
}

// read reads into p; 0 bytes are the end.
func (s *System) readInput(ctx context.Context, p []byte, wait bool) (int, fsapi.Errno) {
	in := &s.input
	if in.reader == nil || len(p) == 0 {
		return 0, fsapi.ESUCCESS
	}
	if m := in.memory(); m != nil {
		n, _ := m.Read(p[:min(len(p), pieceBytes)]) // the only error is io.EOF
		return n, fsapi.ESUCCESS
	}
	for {
		if ready, _, _ := in.ready(); ready {
			break
		}
		result := in.start()
		if !wait {
			return 0, fsapi.EAGAIN
		}
		measured := s.waiting()
		select {
		case r := <-result:
			in.take(r)
			measured()
		case <-ctx.Done():
			measured()
			return 0, s.interrupted()
		}
	}
	if len(in.pending) > 0 {
		n := copy(p, in.pending)
		in.pending = in.pending[n:]
		return n, fsapi.ESUCCESS
	}
	if in.err == io.EOF {
		return 0, fsapi.ESUCCESS
	}
	return 0, errnoOf(in.err)
}

// errnoOf is the errno of a reader's or writer's error.
func errnoOf(err error) fsapi.Errno {
	var errno fsapi.Errno
	switch {
	case err == nil:
		return fsapi.ESUCCESS
	case errors.As(err, &errno) && errno != 0:
		return errno
	case errors.Is(err, io.ErrClosedPipe):
		return fsapi.EPIPE
	}
	return fsapi.EIO
}
