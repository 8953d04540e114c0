package funcbox

import (
	"bytes"
	"fmt"
	"io"
)

// outputs splits one budget of bytes between a call's standard output and
// standard error. Used by the goroutine that runs the guest.
type outputs struct {
	limit, left    int64
	truncated      bool
	stdout, stderr output
}

// output is one of the two streams.
type output struct {
	shared *outputs
	writer io.Writer // the request's own, or nil to collect
	buffer bytes.Buffer
	marked bool
}

func (o *outputs) init(limit int64, stdout, stderr io.Writer) {
	o.limit, o.left = limit, limit
	o.stdout = output{shared: o, writer: stdout}
	o.stderr = output{shared: o, writer: stderr}
}

// Write takes what fits into the budget, marks the place where it ends and drops
// the rest, without an error: a guest that prints too much goes on and is held
// to its other limits.
func (s *output) Write(p []byte) (int, error) {
	fits := p[:min(int64(len(p)), s.shared.left)]
	s.shared.left -= int64(len(fits))
	if err := s.emit(fits); err != nil {
		return 0, err
	}
	if len(fits) < len(p) && !s.marked {
		s.marked, s.shared.truncated = true, true
		if err := s.emit(fmt.Appendf(nil, "\n[output cut: more than %d bytes]\n", s.shared.limit)); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

func (s *output) emit(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	if s.writer != nil {
		_, err := s.writer.Write(p)
		return err
	}
	s.buffer.Write(p)
	return nil
}
