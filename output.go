package funcbox

import (
	"bytes"
	"fmt"
	"io"
)

// outputs splits one budget of bytes between what a result keeps of a call's standard
// output and standard error. Used by the goroutine that runs the guest.
type outputs struct {
	limit, left    int64
	truncated      bool
	stdout, stderr output
}

// output is one of the two streams.
type output struct {
	name   string
	shared *outputs
	writer io.Writer // the request's own, or nil
	buffer bytes.Buffer
	marked bool
	// stop ends the call; the writer has failed.
	stop func(error)
}

func (o *outputs) init(limit int64, stdout, stderr io.Writer) {
	o.limit, o.left = limit, limit
	o.stdout = output{name: "standard output", shared: o, writer: stdout}
	o.stderr = output{name: "standard error", shared: o, writer: stderr}
}

// stopBy sets how a call ends whose writer fails.
func (o *outputs) stopBy(stop func(error)) { o.stdout.stop, o.stderr.stop = stop, stop }

// flush has writers hand on what they hold back, such as the last line of Lines.
func (o *outputs) flush() error {
	for _, s := range []*output{&o.stdout, &o.stderr} {
		if f, ok := s.writer.(interface{ Flush() error }); ok {
			if err := f.Flush(); err != nil {
				return &OutputError{Stream: s.name, Err: err}
			}
		}
	}
	return nil
}

// OutputError is the error of a request's writer. It ends the call: status
// terminated.
type OutputError struct {
	// Stream is "standard output" or "standard error".
	Stream string
	// Err is what the writer returned.
	Err error
}

// Error implements error.
func (e *OutputError) Error() string { return "funcbox: writing " + e.Stream + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *OutputError) Unwrap() error { return e.Err }

// Write hands everything to the writer, and keeps what fits into the budget: beyond it
// the place is marked and the rest not kept, without an error. A guest that prints too
// much goes on and is held to its other limits.
func (s *output) Write(p []byte) (int, error) {
	if s.writer != nil {
		n, err := s.writer.Write(p)
		if err == nil && n < len(p) {
			err = io.ErrShortWrite
		}
		if err != nil {
			if s.stop != nil {
				s.stop(&OutputError{Stream: s.name, Err: err})
			}
			return max(min(n, len(p)), 0), err
		}
	}
	fits := p[:min(int64(len(p)), s.shared.left)]
	s.shared.left -= int64(len(fits))
	s.buffer.Write(fits)
	if len(fits) < len(p) && !s.marked {
		s.marked, s.shared.truncated = true, true
		fmt.Fprintf(&s.buffer, "\n[output cut: more than %d bytes]\n", s.shared.limit)
	}
	return len(p), nil
}

// maxLineBytes bounds a line that Lines waits for the end of.
const maxLineBytes = 1 << 20

// Lines makes a writer for [Request.Stdout] or Stderr that calls back for each line,
// without its end, as soon as that is there; an error ends the call. The last line
// comes at the end of the call even if it has none. A line of more than 1 MiB comes in
// pieces. For one call at a time.
func Lines(line func(text string) error) io.Writer { return &lines{call: line} }

type lines struct {
	call func(string) error
	held []byte
}

func (l *lines) Write(p []byte) (int, error) {
	taken := 0
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n')
		part := p
		if end >= 0 {
			part = p[:end]
		}
		part = part[:min(len(part), maxLineBytes-len(l.held))]
		l.held = append(l.held, part...)
		p, taken = p[len(part):], taken+len(part)
		switch {
		case len(p) > 0 && p[0] == '\n':
			p, taken = p[1:], taken+1
		case len(l.held) < maxLineBytes:
			continue
		}
		if err := l.emit(); err != nil {
			return taken, err
		}
	}
	return taken, nil
}

func (l *lines) emit() error {
	text := string(bytes.TrimSuffix(l.held, []byte("\r")))
	l.held = l.held[:0]
	return l.call(text)
}

// Flush hands over a line that has not ended.
func (l *lines) Flush() error {
	if len(l.held) == 0 {
		return nil
	}
	return l.emit()
}
