package funcbox

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"strconv"
	"sync/atomic"
)

// CallInfo tells one call from others, in logs, hooks and host functions.
type CallInfo struct {
	// ID is unique among all calls of all executors.
	ID string
	// CorrelationID is the request's own; may be empty.
	CorrelationID string
	// Language by its canonical name.
	Language string
	// Function that was asked for; may be empty.
	Function string
	// Depth is 0 for a call of a program and 1 more for each call around it by way of
	// host functions.
	Depth int
}

type callInfoKey struct{}

// CallOf tells which call a context belongs to: that of a hook, of a host function, or
// of anything these do with it.
func CallOf(ctx context.Context) (CallInfo, bool) {
	info, ok := ctx.Value(callInfoKey{}).(*CallInfo)
	if !ok {
		return CallInfo{}, false
	}
	return *info, true
}

// Observer watches calls, for tracing and metrics. Its methods are called from many
// goroutines at once, on those of the calls, and should return soon; a panic is the
// program's own.
type Observer interface {
	// Call begins before a call waits for its turn. The context returned is that of the
	// call. The function returned, which may be nil, is told what Execute returns.
	Call(ctx context.Context, info CallInfo) (context.Context, func(*ExecutionResult, error))
	// HostCall begins before a host function runs. The function returned, which may be
	// nil, is told what the host function returned.
	HostCall(ctx context.Context, info CallInfo, name string) (context.Context, func(error))
}

// WithObserver sets who watches the calls of the executor. Default: nobody.
func WithObserver(observer Observer) Option {
	return func(c *config) error {
		c.observer = observer
		return nil
	}
}

// processID begins the IDs of all calls of this process.
var processID = func() string {
	var random [6]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:]) + "-"
}()

var lastCall atomic.Uint64

func newCallID() string {
	return string(strconv.AppendUint([]byte(processID), lastCall.Add(1), 36))
}

// observe begins a call for those who watch it. The context returned knows the call.
func (ex *Executor) observe(ctx context.Context, info *CallInfo) (context.Context, func(*ExecutionResult, error)) {
	if around, inside := CallOf(ctx); inside {
		info.Depth = around.Depth + 1
	}
	ctx = context.WithValue(ctx, callInfoKey{}, info)
	var ended func(*ExecutionResult, error)
	if ex.observer != nil {
		ctx, ended = ex.observer.Call(ctx, *info)
	}
	return ctx, func(res *ExecutionResult, err error) {
		if ended != nil {
			ended(res, err)
		}
		ex.log(ctx, info, res, err)
	}
}

// log writes one record for each call: level info, or warn where the host failed or
// the guest crashed.
func (ex *Executor) log(ctx context.Context, info *CallInfo, res *ExecutionResult, err error) {
	level := slog.LevelInfo
	if err != nil || res != nil && res.Status == StatusCrash {
		level = slog.LevelWarn
	}
	if !ex.logger.Enabled(ctx, level) {
		return
	}
	attributes := []slog.Attr{
		slog.String("call", info.ID), slog.String("language", info.Language), slog.String("function", info.Function), slog.Int("depth", info.Depth),
	}
	if info.CorrelationID != "" {
		attributes = append(attributes, slog.String("correlation", info.CorrelationID))
	}
	if res != nil {
		attributes = append(attributes, slog.String("status", string(res.Status)), slog.Duration("duration", res.Meta.Duration),
			slog.Duration("queued", res.Meta.QueueDuration), slog.Int64("fuel", res.Meta.Fuel), slog.Int64("memory", res.Meta.MemoryBytes))
		if res.Error != nil {
			attributes = append(attributes, slog.String("type", res.Error.Type))
		}
	}
	if err != nil {
		attributes = append(attributes, slog.Any("error", err))
	}
	ex.logger.LogAttrs(ctx, level, "call ended", attributes...)
}
