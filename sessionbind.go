package funcbox

import (
	"fmt"

	"github.com/funcbox/funcbox/signature"
)

// knownFunctions is what a session knows of the functions in it.
type knownFunctions struct {
	// listing of what was there when the guest was asked; nil: it has to be asked.
	listing *signature.Listing
	// stale: calls have run since then, which may have defined functions anew.
	stale bool
	// file is the name of the code that ran last.
	file string
}

// conversation plans what to ask the guest. Without a first request there is nothing to
// ask: the arguments do not fit.
func (s *Session) conversation(p *plan) (*conversation, error) {
	flags := uint64(0)
	if s.fresh {
		flags = flagFresh
	}
	p.resumes = s.resumes && s.fresh
	talk := &conversation{}
	var err error
	switch {
	case p.language.NewCompiler != nil:
		err = s.compiled(p, talk, flags)
	case p.req.Code == "":
		err = s.call(p, talk, flags)
	case p.req.Function == "":
		err = s.runBody(p, talk, flags)
	default:
		err = s.runAndCall(p, talk, flags)
	}
	return talk, err
}

// runBody has code run, with the arguments as in a body.
func (s *Session) runBody(p *plan, talk *conversation, flags uint64) error {
	var err error
	if talk.refused, err = p.bind(&signature.Listing{Body: true}); err != nil || talk.refused != nil {
		return err
	}
	s.known = knownFunctions{file: p.req.Filename}
	talk.first, err = p.envelope(operationRun, flags, p.bound)
	return err
}

// runAndCall has code run, and then a function called.
func (s *Session) runAndCall(p *plan, talk *conversation, flags uint64) error {
	if err := p.checkValues(); err != nil {
		return err
	}
	s.known = knownFunctions{file: p.req.Filename}
	talk.next = func(reply []byte) []byte {
		talk.next = nil
		if failed, err := isError(reply); failed || err != nil {
			return nil
		}
		if talk.err = s.call(p, talk, 0); talk.err != nil {
			return nil
		}
		return talk.first
	}
	var err error
	talk.first, err = p.envelope(operationRun, flags, binding{})
	return err
}

// call has a function called. What it takes is known, asked of the guest, or left to it.
func (s *Session) call(p *plan, talk *conversation, flags uint64) error {
	known, asks := &s.known, p.language.ListsEarlier
	listing := known.listing
	if listing == nil || listing.Find(p.req.Function) == nil {
		listing = nil
	}
	if listing == nil && !asks {
		listing = &signature.Listing{} // nothing is known
	}
	if listing != nil {
		var err error
		talk.refused, err = p.bind(listing)
		switch {
		case err != nil, talk.refused != nil && (!known.stale || !asks):
			return err
		case talk.refused == nil:
			known.stale = true
			talk.first, err = p.envelope(operationCall, flags, p.bound)
			return err
		}
		talk.refused = nil // it may take something else by now
	}
	if err := p.checkValues(); err != nil {
		return err
	}
	// Loading nothing tells what is there. It is as if the code that ran last had done so.
	nothing := *p.req
	nothing.Code, nothing.Filename = "", known.file
	asking := plan{req: &nothing, language: p.language, workdir: p.workdir, resumes: p.resumes}
	talk.next = func(reply []byte) []byte { return s.callListed(p, talk, reply) }
	var err error
	talk.first, err = asking.envelope(operationLoad, flags|flagHasArgs, binding{})
	return err
}

// callListed takes the guest's list of its functions and asks for the call.
func (s *Session) callListed(p *plan, talk *conversation, reply []byte) []byte {
	talk.next = nil
	listing, failed, err := decodeListing(reply)
	if err != nil {
		talk.broken = err
		return nil
	}
	if failed {
		return nil
	}
	listing.Body = false // as far as the nothing that was loaded is concerned
	s.known.listing, s.known.stale = listing, true
	if talk.refused, talk.err = p.bind(listing); talk.refused != nil || talk.err != nil {
		s.known.stale = false
		return nil
	}
	var request []byte
	request, talk.err = p.envelope(operationCall, 0, p.bound)
	return request
}

// compiled plans a call in a compiled language, whose code is that of the first call.
func (s *Session) compiled(p *plan, talk *conversation, flags uint64) error {
	if p.req.Code != "" && s.loaded {
		return fmt.Errorf("%w: a session of %s keeps the code it began with; call its functions, or begin another session", ErrBadRequest, s.language.Name)
	}
	if p.listing != nil {
		s.known.listing = p.listing
	}
	if s.known.listing == nil {
		return fmt.Errorf("%w: a session of %s begins with Code", ErrBadRequest, s.language.Name)
	}
	var err error
	if talk.refused, err = p.bind(s.known.listing); err != nil || talk.refused != nil {
		return err
	}
	call, err := p.envelope(operationCall, 0, p.bound)
	if err != nil || s.loaded {
		talk.first = call
		return err
	}
	s.loaded = true
	talk.next = func(reply []byte) []byte {
		talk.next = nil
		if failed, err := isError(reply); failed || err != nil {
			return nil
		}
		return call
	}
	talk.first, err = p.envelope(operationLoad, flags|flagHasArgs, binding{})
	return err
}
