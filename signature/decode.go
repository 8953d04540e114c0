package signature

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// Bounds of a listing. What goes over one of the first is an error, as no guest library
// of ours does; texts that user code can make as long as it likes are cut.
const (
	maxFunctions  = 1001    // the 1,000 of the protocol and the one that is asked for
	maxParameters = 1000    // of one function
	maxKeys       = 1000    // of one parameter
	maxTotal      = 100_000 // parameters and keys of all functions
	maxNameBytes  = 10_000
	maxTextBytes  = 20_000 // doc comments
	maxHintBytes  = 2_000  // type hints and sources of defaults
	maxConstant   = 1_000  // items of a default
	maxDepth      = 20     // of a default
)

// Decode reads what a guest answered to the question what its code defines: nil, bool,
// int64, *big.Int, float64, string, []byte, []any, map[string]any and time.Time. It is
// not trusted; what is malformed is an error. Keys that are not known are skipped.
func Decode(v any) (*Listing, error) {
	pairs, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("the listing is not a map")
	}
	r := record{pairs: pairs, at: "listing"}
	l := &Listing{Only: r.text("only", maxNameBytes)}
	switch kind := r.text("kind", 100); kind {
	case "body":
		l.Body = true
	case "module":
	default:
		r.fail("kind is %q, neither body nor module", kind)
	}
	total := 0
	for i, item := range r.list("functions", maxFunctions) {
		f, err := decodeFunction(item, fmt.Sprintf("listing.functions[%d]", i))
		if err != nil {
			return nil, err
		}
		for j := range f.Parameters {
			total += 1 + len(f.Parameters[j].Keys)
		}
		if total > maxTotal {
			return nil, fmt.Errorf("listing: the functions have more than %d parameters in all", maxTotal)
		}
		l.Functions = append(l.Functions, f)
	}
	if r.err == nil && l.Body && (len(l.Functions) > 0 || l.Only != "") {
		r.fail("it says body, but has functions")
	}
	if r.err == nil && l.Only != "" && l.Find(l.Only) == nil {
		r.fail("only is %q, which is no function of it", l.Only)
	}
	if r.err != nil {
		return nil, r.err
	}
	return l, nil
}

func decodeFunction(v any, at string) (Signature, error) {
	pairs, ok := v.(map[string]any)
	if !ok {
		return Signature{}, fmt.Errorf("%s is not a map", at)
	}
	r := record{pairs: pairs, at: at}
	s := Signature{
		Name: r.text("name", maxNameBytes), Doc: r.cut("doc", maxTextBytes), Returns: r.cut("returns", maxHintBytes),
		Public: r.boolean("public"), Exact: r.boolean("exact"), Parameters: []Parameter{},
	}
	if s.Name == "" {
		r.fail("there is no name")
	}
	for i, item := range r.list("params", maxParameters) {
		p, err := decodeParameter(item, fmt.Sprintf("%s.params[%d]", at, i), false)
		if err != nil {
			return Signature{}, err
		}
		if p.Name == "" && p.Kind != Options {
			p.Name = fmt.Sprintf("arg%d", i) // what cannot be named still has to be talked of
		}
		s.Parameters = append(s.Parameters, p)
	}
	if r.err == nil {
		r.err = s.check(at)
	}
	return s, r.err
}

// check refuses what Bind could not make sense of: parameters of one name, and more than
// one that takes all that is left.
func (s *Signature) check(at string) error {
	names := make(map[string]bool, len(s.Parameters))
	rest, keywordRest := 0, 0
	for i := range s.Parameters {
		p := &s.Parameters[i]
		switch p.Kind {
		case Rest:
			rest++
		case KeywordRest:
			keywordRest++
		}
		if p.Name != "" && names[p.Name] {
			return fmt.Errorf("%s: two parameters are called %.60q", at, p.Name)
		}
		names[p.Name] = true
	}
	if rest > 1 || keywordRest > 1 {
		return fmt.Errorf("%s: two parameters take what is left", at)
	}
	return nil
}

func decodeParameter(v any, at string, isKey bool) (Parameter, error) {
	pairs, ok := v.(map[string]any)
	if !ok {
		return Parameter{}, fmt.Errorf("%s is not a map", at)
	}
	r := record{pairs: pairs, at: at}
	p := Parameter{
		Name: r.text("name", maxNameBytes), Required: r.boolean("required"),
		DefaultText: r.cut("defaultText", maxHintBytes), Type: r.cut("type", maxHintBytes), Doc: r.cut("doc", maxTextBytes),
	}
	if constant, has := pairs["default"]; has {
		budget := maxConstant
		if isConstant(constant, &budget, 0) {
			p.Default, p.HasDefault = constant, true
		} else if p.DefaultText == "" {
			p.DefaultText = "…"
		}
	}
	if isKey {
		if p.Name == "" {
			r.fail("a key needs a name")
		}
		return p, r.err
	}
	switch p.Kind = Kind(r.text("kind", 100)); p.Kind {
	case Positional, Either, Options:
	case Keyword:
		if p.Name == "" {
			r.fail("a keyword needs a name")
		}
	case Rest, KeywordRest:
		p.Required = false
	default:
		r.fail("%q is no kind of a parameter", p.Kind)
	}
	names := map[string]bool{}
	for i, item := range r.list("keys", maxKeys) {
		key, err := decodeParameter(item, fmt.Sprintf("%s.keys[%d]", at, i), true)
		if err != nil {
			return Parameter{}, err
		}
		if names[key.Name] {
			r.fail("two keys are called %.60q", key.Name)
		}
		names[key.Name] = true
		p.Keys = append(p.Keys, key)
	}
	return p, r.err
}

// isConstant checks a default and that it is not too large to keep.
func isConstant(v any, budget *int, depth int) bool {
	*budget--
	if *budget < 0 || depth > maxDepth {
		return false
	}
	switch v := v.(type) {
	case nil, bool, int64, float64, time.Time:
		return true
	case *big.Int:
		return v != nil && v.BitLen() <= maxHintBytes*8
	case string:
		return len(v) <= maxHintBytes
	case []byte:
		return len(v) <= maxHintBytes
	case []any:
		for _, item := range v {
			if !isConstant(item, budget, depth+1) {
				return false
			}
		}
		return true
	case map[string]any:
		for key, item := range v {
			if len(key) > maxHintBytes || !isConstant(item, budget, depth+1) {
				return false
			}
		}
		return true
	}
	return false
}

// record reads the fields of a map and keeps the first error.
type record struct {
	pairs map[string]any
	at    string
	err   error
}

func (r *record) fail(format string, arguments ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(r.at+": "+format, arguments...)
	}
}

func (r *record) text(key string, limit int) string {
	v, has := r.pairs[key]
	if !has {
		return ""
	}
	text, ok := v.(string)
	switch {
	case !ok:
		r.fail("%s is not a text", key)
		return ""
	case len(text) > limit:
		r.fail("%s has %d bytes, more than %d", key, len(text), limit)
		return ""
	}
	return text
}

// cut reads a text that may be long.
func (r *record) cut(key string, limit int) string {
	text, ok := r.pairs[key].(string)
	if _, has := r.pairs[key]; has && !ok {
		r.fail("%s is not a text", key)
	}
	if len(text) > limit {
		return strings.Clone(strings.ToValidUTF8(text[:limit], "")) + "…"
	}
	return text
}

func (r *record) boolean(key string) bool {
	v, has := r.pairs[key]
	b, ok := v.(bool)
	if has && !ok {
		r.fail("%s is neither true nor false", key)
	}
	return b
}

func (r *record) list(key string, limit int) []any {
	v, has := r.pairs[key]
	if !has {
		return nil
	}
	list, ok := v.([]any)
	switch {
	case !ok:
		r.fail("%s is not a list", key)
		return nil
	case len(list) > limit:
		r.fail("%s has %d items, more than %d", key, len(list), limit)
		return nil
	}
	return list
}
