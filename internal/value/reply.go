package value

import (
	"errors"
	"fmt"
)

// Statuses of a [Reply].
const (
	StatusValue = 0 // the guest's function returned
	StatusError = 1 // the guest threw an error
)

// Reply is what a guest hands over at the end of a call.
type Reply struct {
	Status int         // StatusValue or StatusError
	Value  any         // with StatusValue, as from Decode
	Error  *GuestError // with StatusError
}

// GuestError is an error of the guest's language.
type GuestError struct {
	Type    string // such as "TypeError"
	Message string
	Stack   string // as the language prints it; may be empty
}

// Keys of a reply.
const (
	replyStatus = 0
	replyValue  = 1
	replyError  = 2
)

// DecodeReply parses the reply of a guest, which is not trusted: a map with
// status and value (`{0: 0, 1: value}`), or status and error
// (`{0: 1, 2: {"type": …, "message": …, "stack": …}}`), and nothing else. The
// limits apply to the value.
func DecodeReply(data []byte, lim Limits) (Reply, error) {
	reply, err := decodeReply(data, lim)
	if err != nil {
		return Reply{}, fmt.Errorf("reply of the guest: %w", err)
	}
	return reply, nil
}

func decodeReply(data []byte, lim Limits) (Reply, error) {
	parts, bignums, err := numberedParts(data, lim, replyError+1)
	if err != nil {
		return Reply{}, err
	}

	status := parts[replyStatus]
	switch {
	case len(status) == 1 && status[0] == StatusValue:
		if parts[replyValue] == nil || parts[replyError] != nil {
			return Reply{}, errors.New("status 0 needs a value and no error")
		}
		v, err := decodeScanned(parts[replyValue], bignums)
		return Reply{Status: StatusValue, Value: v}, err
	case len(status) == 1 && status[0] == StatusError:
		if parts[replyError] == nil || parts[replyValue] != nil {
			return Reply{}, errors.New("status 1 needs an error and no value")
		}
		guestError, err := decodeGuestError(parts[replyError])
		return Reply{Status: StatusError, Error: guestError}, err
	}
	return Reply{}, errors.New("status is neither 0 nor 1")
}

func decodeGuestError(data []byte) (*GuestError, error) {
	v, err := decodeScanned(data, false)
	if err != nil {
		return nil, err
	}
	fields, _ := v.(map[string]any)
	kind, isText1 := fields["type"].(string)
	message, isText2 := fields["message"].(string)
	stack, isText3 := fields["stack"].(string)
	if len(fields) != 3 || !isText1 || !isText2 || !isText3 {
		return nil, errors.New("the error needs the texts type, message and stack, and nothing else")
	}
	return &GuestError{Type: kind, Message: message, Stack: stack}, nil
}

// numberedParts takes apart a map whose keys are the integers below count, each there
// once at most. A part that is missing is nil.
func numberedParts(data []byte, lim Limits, count int) (parts [3][]byte, bignums bool, err error) {
	s := scanner{data: data, lim: lim.withDefaults()}
	major, _, pairs, err := s.head()
	if err != nil {
		return parts, false, err
	}
	if major != majorMap {
		return parts, false, errors.New("not a map")
	}
	for range pairs {
		major, _, key, err := s.head()
		if err != nil {
			return parts, false, err
		}
		if major != majorUint || key >= uint64(count) {
			return parts, false, errors.New("unknown key")
		}
		if parts[key] != nil {
			return parts, false, fmt.Errorf("key %d is there twice", key)
		}
		start := s.at
		if err := s.value(); err != nil {
			return parts, false, err
		}
		parts[key] = data[start:s.at]
	}
	if s.at < len(data) {
		return parts, false, s.fail("%d bytes follow", len(data)-s.at)
	}
	return parts, s.bignums, nil
}
