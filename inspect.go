package funcbox

import (
	"context"
	"fmt"
	"slices"

	"github.com/funcbox/funcbox/signature"
)

// Signature describes a function of a guest. Its String is the signature for people, its
// JSONSchema and Tool are for models.
type Signature = signature.Signature

// Inspect runs the top level of req.Code, as a call of a function would, and returns what
// its language says of the functions that it defines: names, parameters, defaults, type
// hints and doc comments, in the order of definition. No function is called; Args,
// Kwargs and Schema must be empty. Function adds one that is found by its name only, such
// as a method of an object. Code that is a body, and defines no function of its own that
// could be called, has none.
//
// The result is that of running the top level, with its output; where that failed, there
// are no signatures and the error is nil.
func (ex *Executor) Inspect(ctx context.Context, req Request) ([]Signature, *ExecutionResult, error) {
	if err := ex.begin(); err != nil {
		return nil, nil, err
	}
	defer ex.calls.Done()
	if len(req.Args)+len(req.Kwargs) > 0 || req.Schema != nil {
		return nil, nil, fmt.Errorf("%w: Inspect calls no function: Args, Kwargs and Schema must be empty", ErrBadRequest)
	}
	if req.Mount != nil && req.Mount.Sync.Mode != SyncManual {
		return nil, nil, fmt.Errorf("%w: Inspect does not sync: Mount.Sync must be manual", ErrBadRequest)
	}
	p, err := ex.plan(&req, nil)
	if err != nil {
		return nil, nil, err
	}
	var listing *signature.Listing
	res, err := ex.run(ctx, p, func(ctx context.Context, res *ExecutionResult) error {
		if listing = p.listing; listing != nil { // of a compiler
			return nil
		}
		return ex.list(ctx, p, res, &listing)
	})
	if err != nil || !res.Success() {
		return nil, res, err
	}
	return slices.Clone(listing.Functions), res, nil
}

// list asks a guest for the functions of its code.
func (ex *Executor) list(ctx context.Context, p *plan, res *ExecutionResult, listing **signature.Listing) error {
	talk, err := p.loading()
	if err != nil {
		return err
	}
	files, err := p.filesystem(ctx, ex.hooks)
	if err != nil {
		return err
	}
	defer ex.release(files.close)
	if err := p.guest(ctx, res, files.tree, talk, p.module.Run); err != nil || !res.Success() {
		return err
	}
	decoded, err := signature.Decode(res.Value)
	res.Value = nil
	if err != nil {
		res.crashed(fmt.Errorf("the guest's list of its functions: %w", err))
		return nil
	}
	*listing = decoded
	return nil
}
