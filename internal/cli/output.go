package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/internal/value"
)

// lineWriter passes on what the guest prints and remembers whether a line is
// unfinished.
type lineWriter struct {
	to         io.Writer
	unfinished bool
}

// Write implements io.Writer.
func (w *lineWriter) Write(p []byte) (int, error) {
	if len(p) > 0 {
		w.unfinished = p[len(p)-1] != '\n'
	}
	return w.to.Write(p)
}

// printLine prints text on lines of its own.
func (w *lineWriter) printLine(text string) error {
	if w.unfinished {
		text = "\n" + text
	}
	_, err := w.Write([]byte(text + "\n"))
	return err
}

// printResult prints what is left to print after the guest's output: the value,
// or the error.
func printResult(result *funcbox.ExecutionResult, stdout, stderr *lineWriter) error {
	if errors.Is(result.Err(), funcbox.ErrExit) {
		return nil // the exit code says it all
	}
	if guest := result.Error; guest != nil {
		return stderr.printLine(errorText(guest))
	}
	if result.Value == nil {
		return nil
	}
	text, err := value.MarshalJSON(result.Value)
	if err != nil {
		return err
	}
	return stdout.printLine(string(text))
}

// errorText is an error with its stack, as the guest's language would print it: some
// put the message into the stack themselves.
func errorText(guest *funcbox.GuestError) string {
	text, stack := guest.Error(), strings.Trim(guest.Stack, "\r\n")
	switch {
	case stack == "":
		return text
	case strings.HasSuffix(stack, text):
		return stack
	}
	return text + "\n" + stack
}

// printedDenials is how many refusals are printed one by one.
const printedDenials = 10

// printDenials tells which rules refused what, each refusal once however often the
// guest tried: the error that the guest saw, if it saw one, does not name the rule.
func printDenials(files funcbox.FileChanges, stderr *lineWriter) error {
	printed := map[string]bool{}
	more := files.MoreDenied
	for _, denial := range files.Denied {
		line := denial.String()
		if printed[line] {
			continue
		}
		if len(printed) == printedDenials {
			more++
			continue
		}
		printed[line] = true
		if err := stderr.printLine("funcbox: " + line); err != nil {
			return err
		}
	}
	if more > 0 {
		return stderr.printLine(fmt.Sprintf("funcbox: %d more refusals; --json lists them", more))
	}
	return nil
}
