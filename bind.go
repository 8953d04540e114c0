package funcbox

import (
	"errors"

	"github.com/funcbox/funcbox/lang"
	"github.com/funcbox/funcbox/signature"
)

const (
	signatureByConvention = "convention"
	signatureInferred     = "inferred"
)

func bindRequest(l *lang.Language, listing *signature.Listing, req *Request) (args []any, kwargs map[string]any, source string, refused *GuestError, err error) {
	found := listing.Find(first(req.Function, listing.Only))
	if listing.Body || found == nil {
		return req.Args, req.Kwargs, signatureByConvention, nil, nil
	}
	args, kwargs, err = found.Bind(l.Signature, req.Args, req.Kwargs)
	if problem := new(signature.BindError); errors.As(err, &problem) {
		return nil, nil, "", &GuestError{Type: "ArgumentError", Message: problem.Error()}, nil
	}
	source = signatureByConvention
	if found.Exact {
		source = signatureInferred
	}
	return args, kwargs, source, nil, err
}

func checkResult(*Request, any) *GuestError { return nil }

func schemaForCompiler(*Request) ([]lang.SourceParameter, string) { return nil, "" }
