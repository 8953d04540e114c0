package funcbox

import (
	"fmt"

	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/signature"
)

// conversation is what is asked of a guest in one call: one request where the code's
// functions are known, else two of them, the first of which asks for the functions.
type conversation struct {
	first []byte
	next  func(reply []byte) []byte

	// Why the conversation ended early: the arguments do not fit, the guest does not
	// speak the protocol, or the request cannot be served.
	refused *GuestError
	broken  error
	err     error
}

// bindKnown binds the arguments if the functions of the code are known.
func (p *plan) bindKnown() (*GuestError, error) {
	if p.listing == nil {
		if key, ok := p.listingKey(); ok {
			p.listing = p.host.ex.listings.get(key)
		}
	}
	if p.listing == nil {
		return nil, nil
	}
	return p.bind(p.listing)
}

func (p *plan) bind(listing *signature.Listing) (refused *GuestError, err error) {
	if p.main {
		listing = &signature.Listing{Body: true}
	}
	p.bound.args, p.bound.kwargs, p.bound.source, refused, err = bindRequest(p.language, listing, p.req)
	return refused, err
}

// conversation plans what to ask the guest, after bindKnown.
func (p *plan) conversation() (*conversation, error) {
	talk := &conversation{}
	var err error
	switch {
	case p.program != nil:
		talk.first, err = p.envelope(operationCall, flagFresh|flagLast, p.bound)
	case p.listing != nil:
		talk.first, err = p.envelope(operationExecute, flagFresh|flagLast, p.bound)
	default:
		if err := p.checkValues(); err != nil {
			return nil, err
		}
		talk.next = func(reply []byte) []byte { return p.afterLoad(talk, reply) }
		talk.first, err = p.loadEnvelope()
	}
	return talk, err
}

// checkValues refuses arguments that cannot be handed to any guest before the guest
// runs.
func (p *plan) checkValues() error {
	args, kwargs, err := p.req.plainArguments()
	if err == nil {
		_, err = p.envelope(operationCall, 0, binding{args: args, kwargs: kwargs})
	}
	return err
}

// loading asks for the functions of the code, and for no call of one.
func (p *plan) loading() (*conversation, error) {
	first, err := p.envelope(operationLoad, flagFresh|flagHasArgs, binding{})
	return &conversation{first: first}, err
}

func (p *plan) loadEnvelope() ([]byte, error) {
	flags := uint64(flagFresh)
	if len(p.req.Args)+len(p.req.Kwargs) > 0 {
		flags |= flagHasArgs
	}
	return p.envelope(operationLoad, flags, binding{})
}

// afterLoad takes the guest's list of its functions and asks for the call.
func (p *plan) afterLoad(talk *conversation, reply []byte) []byte {
	talk.next = nil
	listing, failed, err := decodeListing(reply)
	if err != nil {
		talk.broken = err
		return nil
	}
	if failed {
		return nil // the program's own error is the outcome
	}
	if key, ok := p.listingKey(); ok {
		p.host.ex.listings.put(key, listing)
	}
	if talk.refused, talk.err = p.bind(listing); talk.refused != nil || talk.err != nil {
		return nil
	}
	var request []byte
	if listing.Body {
		request, talk.err = p.envelope(operationExecute, flagFresh|flagLast, p.bound)
	} else {
		request, talk.err = p.envelope(operationCall, flagLast, p.bound)
	}
	return request
}

// maxListingItems bounds what a guest may say of its functions. A thousand functions with
// a dozen parameters each take some 200,000.
const maxListingItems = 1 << 20

// decodeListing reads the reply to a load. failed: it is an error of the guest's.
func decodeListing(reply []byte) (listing *signature.Listing, failed bool, err error) {
	decoded, err := value.DecodeReply(reply, value.Limits{Items: maxListingItems})
	if err != nil {
		return nil, false, err
	}
	if decoded.Error != nil {
		return nil, true, nil
	}
	listing, err = signature.Decode(decoded.Value)
	if err != nil {
		return nil, false, fmt.Errorf("the guest's list of its functions: %w", err)
	}
	return listing, false, nil
}

// Keys of a request in the call protocol; lang/build/funcbox.h has them too, as it has
// the operations and flags.
const (
	requestOperation = iota
	requestCode
	requestFilename
	requestFunction
	requestArgs
	requestKwargs
	requestEnv
	requestWorkdir
	requestArgv
	requestFlags
	requestKeys
)

// Operations.
const (
	operationExecute = iota
	operationLoad
	operationCall
	operationRun
	operationEnd
)

// Flags.
const (
	flagFresh = 1 << iota
	flagLast
	flagHasArgs
)

// maxRequestBytes is what a guest can address of a request at all.
const maxRequestBytes = 1 << 31

// envelope encodes a request for the guest.
func (p *plan) envelope(operation, flags uint64, bound binding) ([]byte, error) {
	r := p.req
	code, function := r.Code, r.Function
	if operation == operationCall || p.language.NewCompiler != nil {
		code = "" // it is loaded, or compiled into the module
	}
	if function == "" && p.language.NewCompiler != nil && p.listing != nil && !p.main {
		function = p.listing.Only
	}
	b := make([]byte, 0, 256+len(code))
	keys := requestKeys
	if p.resumes {
		keys -= 3
	}
	b = value.AppendMapHead(b, keys)
	b = value.AppendUint(value.AppendUint(b, requestOperation), operation)
	b = value.AppendText(value.AppendUint(b, requestCode), code)
	b = value.AppendText(value.AppendUint(b, requestFilename), first(r.Filename, p.language.MainFile))
	b = value.AppendText(value.AppendUint(b, requestFunction), function)
	var err error
	b = value.AppendUint(b, requestArgs)
	if len(bound.args) == 0 {
		b = value.AppendArrayHead(b, 0)
	} else if b, err = value.Append(b, bound.args, "args"); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadRequest, err)
	}
	b = value.AppendUint(b, requestKwargs)
	if len(bound.kwargs) == 0 {
		b = value.AppendMapHead(b, 0)
	} else if b, err = value.Append(b, bound.kwargs, "kwargs"); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadRequest, err)
	}
	if !p.resumes {
		b = value.AppendMapHead(value.AppendUint(b, requestEnv), len(r.Env))
		for _, name := range sortedKeys(r.Env) {
			b = value.AppendText(value.AppendText(b, name), r.Env[name])
		}
		b = value.AppendText(value.AppendUint(b, requestWorkdir), string(p.workdir))
		b = value.AppendArrayHead(value.AppendUint(b, requestArgv), len(r.Argv))
		for _, arg := range r.Argv {
			b = value.AppendText(b, arg)
		}
	}
	b = value.AppendUint(value.AppendUint(b, requestFlags), flags)
	if len(b) > maxRequestBytes {
		return nil, fmt.Errorf("%w: code and arguments take %d bytes, at most %d fit a guest", ErrBadRequest, len(b), maxRequestBytes)
	}
	return b, nil
}

// isError tells whether a guest replied with an error.
func isError(reply []byte) (bool, error) {
	decoded, err := value.DecodeReply(reply, value.Limits{})
	return decoded.Error != nil, err
}
