package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/php"
)

// runner runs PHP programs of a test.
type runner interface {
	// run returns what a program printed to both of its streams. An error means that
	// the program cannot be run as the test wants it.
	run(ctx context.Context, t *test, code string, settings [][2]string) ([]byte, error)
}

// sandbox runs each program in a call of its own.
type sandbox struct {
	root     string
	executor *funcbox.Executor
	folders  sync.Map // path → map[string][]byte
}

func newSandbox(ctx context.Context, root string) (*sandbox, error) {
	executor, err := funcbox.New(ctx, funcbox.WithLanguages(php.Language()))
	if err != nil {
		return nil, err
	}
	return &sandbox{root: root, executor: executor}, nil
}

// guestRoot is where the guest finds the sources. Tests expect some folder above them.
const guestRoot = "/php/"

// top is the folder "tests" that a test is in: tests include files of each other.
func top(folder string) string {
	if at := strings.Index(folder+"/", "/tests/"); at >= 0 {
		return folder[:at+len("/tests")]
	}
	return folder
}

// files are those beside a test and around it, as the guest sees them.
func (s *sandbox) files(folder string) (map[string][]byte, error) {
	folder = top(folder)
	if known, ok := s.folders.Load(folder); ok {
		return known.(map[string][]byte), nil
	}
	files := map[string][]byte{}
	err := filepath.WalkDir(filepath.Join(s.root, filepath.FromSlash(folder)), func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // of a native test that is running
		}
		if err != nil || !entry.Type().IsRegular() || strings.HasSuffix(path, ".phpt") || !utf8.ValidString(path) {
			return err
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return err
		}
		relative, err := filepath.Rel(s.root, path)
		if err != nil {
			return err
		}
		files[guestRoot+filepath.ToSlash(relative)] = content
		return nil
	})
	if err == nil {
		s.folders.Store(folder, files)
	}
	return files, err
}

// begin is where statements may be put in front of a program's own: after the
// open tag, comments, declare and namespace, which must come first.
var begin = regexp.MustCompile(`(?is)^(?:#![^\n]*\n)?<\?php\b(?:\s+|/\*.*?\*/|//[^\n]*\n|#[^\[\n][^\n]*\n)*` +
	`(?:declare\s*\([^()]*\)\s*;(?:\s+|/\*.*?\*/|//[^\n]*\n|#[^\[\n][^\n]*\n)*)*(?:namespace\s+[\w\\]+\s*;|namespace(?:\s+[\w\\]+)?\s*\{)?`)

var errSettings = errors.New("a setting that cannot be changed within a program")

// prepare puts settings into a program. No line is added.
func prepare(code string, settings [][2]string) string {
	var calls strings.Builder
	for _, setting := range settings {
		fmt.Fprintf(&calls, `\ini_set(%s, %s);`, quote(setting[0]), value(setting[1]))
	}
	at := begin.FindStringIndex(code)
	if at == nil {
		return "<?php " + calls.String() + "?>" + code
	}
	end := at[1]
	// Behind a comment at the end of a line the calls would be part of it.
	head := strings.TrimRight(code[:end], " \t\r\n")
	if strings.HasSuffix(head, ";") || strings.HasSuffix(head, "{") || strings.EqualFold(head[max(0, len(head)-5):], "<?php") || strings.HasSuffix(head, "*/") {
		end = len(head)
	}
	return code[:end] + " " + calls.String() + code[end:]
}

// expression is a value of an ini file that is one of constants.
var expression = regexp.MustCompile(`^[\s()&|^~!]*E_[A-Z_]+(?:[\s()&|^~!]|E_[A-Z_]+|\d+)*$`)

// value is what an ini file's value is to ini_set.
func value(text string) string {
	switch strings.ToLower(text) {
	case "on", "yes", "true":
		return "'1'"
	case "off", "no", "false", "none":
		return "''"
	}
	if expression.MatchString(text) {
		return "(string)(" + text + ")"
	}
	return quote(text)
}

func quote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

func (s *sandbox) run(ctx context.Context, t *test, code string, settings [][2]string) ([]byte, error) {
	files, err := s.files(filepath.ToSlash(filepath.Dir(t.path)))
	if err != nil {
		return nil, err
	}
	for _, setting := range settings {
		if fixed[setting[0]] {
			return nil, fmt.Errorf("%w: %s", errSettings, setting[0])
		}
	}
	own := make(map[string][]byte, len(files)+1)
	for name, content := range files {
		own[name] = content
	}
	script := guestRoot + t.script()
	own[script] = []byte(code)
	own[strings.TrimSuffix(script, ".php")+".phpt"] = []byte(t.sections["TEST"])
	settings = append([][2]string{{"display_errors", "1"}, {"docref_ext", ".html"}, {"memory_limit", "128M"}}, settings...)
	prepared := prepare(code, settings)
	switch {
	case !utf8.ValidString(code): // code must be text; files may be anything
		prepared = prepare("<?php include "+quote(script)+";", settings)
	case strings.Contains(code, "__COMPILER_HALT_OFFSET__"):
		own[script] = []byte(prepared)
	}
	var output bytes.Buffer
	req := funcbox.Request{
		Language: "php",
		Code:     prepared,
		Filename: script,
		Workdir:  guestRoot + filepath.ToSlash(filepath.Dir(t.path)),
		Files:    own,
		Stdout:   &output,
		Stderr:   &output,
		Limits:   funcbox.Limits{Timeout: time.Minute, MemoryBytes: 512 << 20, OutputBytes: 64 << 20, FilesystemBytes: 512 << 20},
	}
	if t.has("ARGS") {
		req.Argv = strings.Fields(t.sections["ARGS"])
	}
	if t.has("STDIN") {
		req.Stdin = strings.NewReader(t.sections["STDIN"])
	}
	if t.has("ENV") {
		req.Env = map[string]string{}
		for line := range strings.SplitSeq(t.sections["ENV"], "\n") {
			if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
				req.Env[name] = value
			}
		}
	}
	res, err := s.executor.Execute(ctx, req)
	if err != nil {
		return nil, err
	}
	switch {
	case res.Status == funcbox.StatusCrash || res.Status == funcbox.StatusTimeout:
		fmt.Fprintf(&output, "\n[%s: %s]\n", res.Status, res.Error.Message)
	case res.Error != nil && (res.Error.Type == "ParseError" || res.Error.Type == "CompileError" || res.Error.Type == "FatalError") && !bytes.Contains(output.Bytes(), []byte(res.Error.Message)):
		// The program was not compiled, so that display_errors did not take effect.
		kind := "Fatal error"
		if res.Error.Type == "ParseError" {
			kind = "Parse error"
		}
		place, _, _ := strings.Cut(res.Error.Stack, "\n")
		at := strings.LastIndexByte(place, ':')
		fmt.Fprintf(&output, "\n%s: %s in %s on line %s\n", kind, res.Error.Message, place[:max(at, 0)], place[at+1:])
	}
	return output.Bytes(), nil
}

// fixed are settings that ini_set refuses.
var fixed = map[string]bool{
	"short_open_tag": true, "auto_prepend_file": true, "auto_append_file": true, "disable_functions": true, "disable_classes": true,
	"allow_url_fopen": true, "allow_url_include": true, "file_uploads": true, "upload_max_filesize": true, "post_max_size": true,
	"open_basedir": true, "zend.script_encoding": false, "zend.multibyte": true, "zend.detect_unicode": true, "register_argc_argv": true,
	"variables_order": true, "request_order": true, "auto_globals_jit": true, "enable_post_data_reading": true, "max_input_vars": true,
	"extension": true, "zend_extension": true, "hard_timeout": true, "sys_temp_dir": true, "output_buffering": true, "output_handler": true,
	"implicit_flush": false, "internal_encoding": false, "max_multipart_body_parts": true, "zend.assertions": false,
	"zend.max_allowed_stack_size": true, "zend.reserved_stack_size": true, "fiber.stack_size": false, "hash.default_algo": true,
	"mbstring.encoding_translation": true, "sendmail_path": true, "mail.add_x_header": true, "enable_dl": true, "expose_php": true,
	"max_input_nesting_level": true, "realpath_cache_size": true, "html_errors": false, "filter.default": true, "filter.default_flags": true,
	"arg_separator.input": true, "mbstring.language": true, "assert.active": true, "assert.warning": true, "assert.callback": true,
	"assert.exception": true, "assert.bail": true, "mbstring.internal_encoding": true, "mbstring.http_input": true, "mbstring.http_output": true,
	"xmlrpc_errors": true, "tidy.default_config": true,
}
