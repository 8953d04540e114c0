package funcbox

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/funcbox/funcbox/internal/value"
	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/signature"
)

// What the arguments of a call can be bound by, as Meta.SignatureSource tells.
const (
	signatureBySchema     = "schema"     // the request's Schema
	signatureInferred     = "inferred"   // the function's own signature
	signatureByConvention = "convention" // the language's order: nothing is known
)

// Named are all arguments of a call by the names of the parameters, whichever way the
// function takes them: the only item of Request.Args, without Kwargs. Named arguments in
// Kwargs are what the language calls so; these also fill parameters that cannot be named
// in the language, such as those of a Ruby method or a C function, and a parameter that
// takes all positional arguments that are left gets a list by its name. It is the form in
// which language models give the arguments of a tool.
//
// Where nothing is known of the function, they are taken for Kwargs.
type Named map[string]any

// UnmarshalJSON implements json.Unmarshaler: an object, in the JSON of results. A value
// {"index": 1, "value": …}, with these two keys only, is a [Positional] one; as an
// ordinary value it is written {"$object": {"index": …, "value": …}}.
func (n *Named) UnmarshalJSON(text []byte) error {
	pairs, err := value.ParseArguments(text)
	if err != nil {
		return fmt.Errorf("funcbox: %w", err)
	}
	*n = make(Named, len(pairs))
	for name, v := range pairs {
		if at, ok := v.(value.Positioned); ok {
			v = Positional(at.Index, at.Value)
		}
		(*n)[name] = v
	}
	return nil
}

// Positional is an argument with an explicit position, counted from 0: a value of
// Request.Kwargs or of [Named]. Its name does not matter then. Positions that are left
// out take constant defaults.
func Positional(index int, v any) any { return signature.Position{Index: index, Value: v} }

// arguments are those of the request, with named telling that kwargs are Named.
func (r *Request) arguments() (args []any, kwargs map[string]any, named bool, err error) {
	for i, arg := range r.Args {
		switch arg := arg.(type) {
		case Named:
			if len(r.Args) > 1 || len(r.Kwargs) > 0 {
				return nil, nil, false, fmt.Errorf("%w: Named stands for all arguments: it must be the only one of Args, and Kwargs must be empty", ErrBadRequest)
			}
			return nil, arg, true, nil
		case signature.Position:
			return nil, nil, false, fmt.Errorf("%w: args[%d] is Positional: what is in Args has its position; Positional is for Kwargs", ErrBadRequest, i)
		}
	}
	return r.Args, r.Kwargs, false, nil
}

// plainArguments are the request's arguments without a meaning of their places: what can
// be said of them before the function is known.
func (r *Request) plainArguments() (args []any, kwargs map[string]any, err error) {
	args, kwargs, _, err = r.arguments()
	if err != nil {
		return nil, nil, err
	}
	copied := false
	for name, v := range kwargs {
		if at, ok := v.(signature.Position); ok {
			if !copied {
				kwargs, copied = maps.Clone(kwargs), true
			}
			kwargs[name] = at.Value
		}
	}
	return args, kwargs, nil
}

// bindRequest finds the function that a request means among those of its code and
// matches the arguments with it. source is where the signature came from; refused is the
// call's outcome if the arguments do not fit; the error is a bad request.
func bindRequest(l *lang.Language, listing *signature.Listing, req *Request) (args []any, kwargs map[string]any, source string, refused *GuestError, err error) {
	args, kwargs, named, err := req.arguments()
	if err != nil {
		return nil, nil, "", nil, err
	}
	function, refused := chosen(listing, req.Function)
	if refused != nil {
		return nil, nil, "", refused, nil
	}
	if function == nil && !listing.Body && l.NewCompiler != nil { // all that can be called is listed
		return nil, nil, "", notFound(listing, req.Function), nil
	}
	convention := l.Signature
	if listing.Body && convention.Names != signature.NamesPlaced {
		convention.Names = signature.NamesKept // a body sees them by their names
	}
	source = signatureByConvention
	if function != nil && function.Exact {
		source = signatureInferred
	}
	switch {
	case req.Schema != nil && req.Schema.Binds():
		source = signatureBySchema
		if args, kwargs, err = normalized(args, kwargs); err != nil {
			return nil, nil, "", nil, fmt.Errorf("%w: %w", ErrBadRequest, err)
		}
		args, kwargs, err = req.Schema.Bind(convention, function, args, kwargs, named)
	case function == nil:
		args, kwargs, err = convention.Unbound(args, kwargs)
	case named:
		args, kwargs, err = function.BindNamed(convention, kwargs)
	default:
		args, kwargs, err = function.Bind(convention, args, kwargs)
	}
	if problem := new(signature.BindError); errors.As(err, &problem) {
		return nil, nil, source, &GuestError{Type: "ArgumentError", Message: problem.Error()}, nil
	}
	if err != nil {
		return nil, nil, "", nil, fmt.Errorf("%w: %w", ErrBadRequest, err)
	}
	return withUndefined(args), kwargs, source, nil, nil
}

// chosen finds the function that a call means; nil: the body, or one that is not listed,
// which the guest may know.
func chosen(listing *signature.Listing, name string) (*signature.Signature, *GuestError) {
	if listing.Body {
		return nil, nil
	}
	if name != "" || listing.Only != "" {
		return listing.Find(first(name, listing.Only)), nil
	}
	message := "no function is named, and the code has none that is public"
	if public := listing.Public(); len(public) > 0 {
		message = "no function is named, and the code has several: " + strings.Join(public, ", ")
	}
	return nil, &GuestError{Type: "FunctionNotFound", Message: message}
}

// notFound says of a compiled program what a guest says of its code.
func notFound(listing *signature.Listing, name string) *GuestError {
	names := make([]string, 0, len(listing.Functions))
	for i := range listing.Functions {
		names = append(names, listing.Functions[i].Name)
	}
	defines := "defines no functions"
	if len(names) > 0 {
		defines = "defines: " + strings.Join(names, ", ")
	}
	return &GuestError{Type: "FunctionNotFound", Message: fmt.Sprintf("function %.200q is not defined; the code %s", name, defines)}
}

// normalized are arguments as a guest would send them back, for a schema to look at.
func normalized(args []any, kwargs map[string]any) ([]any, map[string]any, error) {
	list := make([]any, len(args))
	for i, arg := range args {
		v, err := value.Normalize(arg, fmt.Sprintf("args[%d]", i))
		if err != nil {
			return nil, nil, err
		}
		list[i] = v
	}
	pairs := make(map[string]any, len(kwargs))
	for name, arg := range kwargs {
		position, isPosition := arg.(signature.Position)
		if isPosition {
			arg = position.Value
		}
		v, err := value.Normalize(map[string]any{name: arg}, "kwargs")
		if err != nil {
			return nil, nil, err
		}
		pairs[name] = v.(map[string]any)[name]
		if isPosition {
			position.Value = pairs[name]
			pairs[name] = position
		}
	}
	return list, pairs, nil
}

// withUndefined gives arguments that were left out before others the form in which they
// cross.
func withUndefined(args []any) []any {
	for i, arg := range args {
		if arg != signature.Absent {
			continue
		}
		args = slices.Clone(args)
		for j := i; j < len(args); j++ {
			if args[j] == signature.Absent {
				args[j] = value.Undefined
			}
		}
		break
	}
	return args
}
