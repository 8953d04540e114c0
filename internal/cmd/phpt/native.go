package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// process runs each program in a native PHP.
type process struct {
	root    string
	chroot  string // what paths lack inside the root that the command runs in
	command []string
}

// defaults are what PHP's run-tests.php gives each test.
var defaults = [][2]string{
	{"output_handler", ""}, {"output_buffering", "Off"}, {"error_reporting", "32767"}, {"display_errors", "1"}, {"log_errors", "0"},
	{"html_errors", "0"}, {"docref_root", ""}, {"docref_ext", ".html"}, {"precision", "14"}, {"serialize_precision", "-1"}, {"memory_limit", "128M"},
	{"zend.assertions", "1"}, {"zend.exception_ignore_args", "0"}, {"opcache.enable_cli", "0"},
}

func (p *process) run(ctx context.Context, t *test, code string, settings [][2]string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	script := filepath.Join(p.root, filepath.FromSlash(t.script()))
	if err := os.WriteFile(script, []byte(code), 0o644); err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(script) }()
	args := append([]string(nil), p.command[1:]...)
	for _, setting := range append(defaults, settings...) {
		args = append(args, "-d", setting[0]+"="+setting[1])
	}
	args = append(args, "-f", strings.TrimPrefix(script, p.chroot))
	if t.has("ARGS") {
		args = append(args, "--")
		args = append(args, strings.Fields(t.sections["ARGS"])...)
	}
	command := exec.CommandContext(ctx, p.command[0], args...)
	command.Dir = filepath.Dir(script)
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	command.Stdin = strings.NewReader(t.sections["STDIN"])
	err := command.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return nil, err
	}
	return output.Bytes(), nil
}
