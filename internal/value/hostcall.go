package value

import (
	"errors"
	"fmt"
)

// HostCall is a guest's call of a function of the host.
type HostCall struct {
	Name   string // empty: which functions there are
	Args   []any
	Kwargs map[string]any
}

// Keys of a call of the host.
const (
	hostCallName = iota
	hostCallArgs
	hostCallKwargs
	hostCallKeys
)

// DecodeHostCall parses a guest's call of the host, which is not trusted: a map
// `{0: name, 1: [argument, …], 2: {name: argument, …}}`, of which the last two may be
// missing. The limits apply to the whole.
func DecodeHostCall(data []byte, lim Limits) (HostCall, error) {
	call, err := decodeHostCall(data, lim)
	if err != nil {
		return HostCall{}, fmt.Errorf("call of a host function: %w", err)
	}
	return call, nil
}

func decodeHostCall(data []byte, lim Limits) (HostCall, error) {
	parts, bignums, err := numberedParts(data, lim, hostCallKeys)
	if err != nil {
		return HostCall{}, err
	}
	var decoded [hostCallKeys]any
	for i, part := range parts {
		if part == nil {
			continue
		}
		if decoded[i], err = decodeScanned(part, bignums); err != nil {
			return HostCall{}, err
		}
	}
	var call HostCall
	var name bool
	args, kwargs := true, true
	call.Name, name = decoded[hostCallName].(string)
	if parts[hostCallArgs] != nil {
		call.Args, args = decoded[hostCallArgs].([]any)
	}
	if parts[hostCallKwargs] != nil {
		call.Kwargs, kwargs = decoded[hostCallKwargs].(map[string]any)
	}
	if !name || !args || !kwargs {
		return HostCall{}, errors.New("it needs a text, and may have an array and a map")
	}
	return call, nil
}

// EncodeReply encodes a reply with a value, as [DecodeReply] reads it. at names the
// value in errors.
func EncodeReply(v any, at string) ([]byte, error) {
	b := AppendMapHead(make([]byte, 0, 64), 2)
	b = AppendUint(AppendUint(b, replyStatus), StatusValue)
	return Append(AppendUint(b, replyValue), v, at)
}

// EncodeErrorReply encodes a reply with an error. All of it must be valid UTF-8.
func EncodeErrorReply(kind, message, stack string) []byte {
	b := AppendMapHead(make([]byte, 0, 64+len(message)), 2)
	b = AppendUint(AppendUint(b, replyStatus), StatusError)
	b = AppendMapHead(AppendUint(b, replyError), 3)
	b = AppendText(AppendText(b, "type"), kind)
	b = AppendText(AppendText(b, "message"), message)
	return AppendText(AppendText(b, "stack"), stack)
}
