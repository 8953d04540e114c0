package wasip1

import (
	"fmt"
	"io"
	"reflect"
	"time"
)

// Rebind begins another run of the same guest: from here on Args, Env, Stdin,
// Stdout, Stderr, Exit and Interrupted are those of config. Its FS and OpenFiles are
// not looked at; descriptors stay as the guest left them, standard ones that it
// closed or replaced too. What was read ahead of standard input is kept if
// config.Stdin is the same reader, and lost otherwise.
func (s *System) Rebind(config Config) {
	config.FS, config.OpenFiles = s.config.FS, s.config.OpenFiles
	if !sameReader(s.input.reader, config.Stdin) {
		s.input = input{reader: config.Stdin}
	}
	s.config, s.call = config, call{}
	if s.spent > 0 {
		s.started, s.waited, s.spent = time.Now().Add(-s.spent), 0, 0
	}
}

// Rest ends a run: until Rebind the clock of CPU time stands still, and the System
// holds on to no context, writer or function. It keeps the reader of standard input,
// for what was read ahead.
func (s *System) Rest() {
	if s.spent == 0 {
		s.spent = max(time.Since(s.started)-s.waited, 1)
	}
	s.config, s.call = Config{FS: s.config.FS, OpenFiles: s.config.OpenFiles}, call{}
}

// sameReader compares readers, some of which Go cannot compare.
func sameReader(a, b io.Reader) bool {
	if a == nil || b == nil {
		return a == b
	}
	return reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

// named is a file or directory that knows its path.
type named interface{ Path() string }

// standardNames are what is open under the first numbers at the start.
var standardNames = [...]string{"standard input", "standard output", "standard error", "the preopened directory"}

// LeftOpen names what is not as it was at the start, in the order of the descriptors:
// open files and directories by guest path, and standard descriptors that were
// closed or replaced. nil: nothing.
func (s *System) LeftOpen() []string {
	var left []string
	for number := range s.table {
		d := &s.table[number]
		if number < len(standardNames) && s.begins(number) {
			if !d.standard(number) {
				left = append(left, fmt.Sprintf("%s (descriptor %d)", standardNames[number], number))
			}
			if d.standard(number) || d.kind == notOpen {
				continue
			}
		}
		if d.kind != notOpen {
			left = append(left, d.name(number))
		}
	}
	return left
}

// begins says whether a number was open at the start.
func (s *System) begins(number int) bool { return number < 3 || s.config.FS != nil }

// standard says whether the descriptor is what has the number at the start.
func (d *descriptor) standard(number int) bool {
	switch number {
	case 0:
		return d.kind == standardInput
	case 1, 2:
		return d.kind == standardOutput && int(d.stream) == number
	}
	return d.preopen
}

// name is what a descriptor is called in errors.
func (d *descriptor) name(number int) string {
	var open any
	switch d.kind {
	case standardInput:
		return fmt.Sprintf("%s (as descriptor %d)", standardNames[0], number)
	case standardOutput:
		return fmt.Sprintf("%s (as descriptor %d)", standardNames[d.stream], number)
	case openFile:
		open = d.file
	default:
		open = d.directory
	}
	if n, is := open.(named); is {
		return n.Path()
	}
	return fmt.Sprintf("descriptor %d", number)
}
