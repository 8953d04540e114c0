package cli

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
)

// logger prints the executor's warnings the way the command prints its own
// errors; what is less than a warning is dropped, as is how a call ended, which the
// command tells by itself.
func (a *app) logger() *slog.Logger { return slog.New(&logHandler{app: a}) }

// callEnded is the message of the executor's record of a call.
const callEnded = "call ended"

type logHandler struct {
	app   *app
	attrs []slog.Attr
}

// Enabled implements slog.Handler.
func (h *logHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn
}

// Handle implements slog.Handler.
func (h *logHandler) Handle(_ context.Context, record slog.Record) error {
	if record.Message == callEnded {
		return nil
	}
	var line strings.Builder
	fmt.Fprintf(&line, "funcbox: %s: %s", strings.ToLower(record.Level.String()), record.Message)
	separator := " ("
	write := func(attr slog.Attr) bool {
		fmt.Fprintf(&line, "%s%s: %s", separator, attr.Key, attr.Value)
		separator = ", "
		return true
	}
	for _, attr := range h.attrs {
		write(attr)
	}
	record.Attrs(write)
	if separator == ", " {
		line.WriteByte(')')
	}
	line.WriteByte('\n')
	_, err := h.app.stderr.Write([]byte(line.String()))
	return err
}

// WithAttrs implements slog.Handler.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &logHandler{app: h.app, attrs: append(h.attrs[:len(h.attrs):len(h.attrs)], attrs...)}
}

// WithGroup implements slog.Handler; groups are not shown.
func (h *logHandler) WithGroup(string) slog.Handler { return h }
