package signature

import (
	"fmt"
	"maps"
	"slices"
)

// Bind matches arguments with the schema, fills in its defaults, coerces and validates
// them, and returns them as the guest is to get them. of is what is known of the
// function, nil: nothing; an exact one decides which arguments go by position and which
// by name, and what the schema lets through must fit it, too. byName is as in
// [Signature.BindNamed].
//
// An error is a [*BindError] with every mistake, or tells what is wrong with the schema.
func (s *Schema) Bind(c Convention, of *Signature, args []any, kwargs map[string]any, byName bool) ([]any, map[string]any, error) {
	if err := s.Check(); err != nil {
		return nil, nil, err
	}
	if of != nil && !of.Exact {
		of = nil
	}
	if !s.Binds() {
		return bindBy(of, c, args, kwargs, byName)
	}
	parameters := s.compiled.parametersFor(of)
	own := s.signatureOf(parameters, of)
	b := own.place(c, args, kwargs)
	b.fillDefaults(parameters)
	b.findMissing()
	b.coerce(parameters)
	object := b.object(of)
	for _, v := range s.compiled.arguments {
		b.mistakes = append(b.mistakes, v.check(object)...)
	}
	if len(b.mistakes) == 0 {
		return b.handOver(c, of)
	}
	shown := own
	if of != nil {
		shown = of
	}
	return nil, nil, &BindError{Signature: c.formatCall(shown), Mistakes: b.mistakes}
}

// bindBy binds without a schema.
func bindBy(of *Signature, c Convention, args []any, kwargs map[string]any, byName bool) ([]any, map[string]any, error) {
	switch {
	case of == nil:
		return c.Unbound(args, kwargs)
	case byName:
		return of.BindNamed(c, kwargs)
	}
	return of.Bind(c, args, kwargs)
}

// parametersFor are the schema's parameters in the order of their positions. Those that
// are only properties of an object take the order of the function, if it is known.
func (c *compiledSchema) parametersFor(of *Signature) []compiledParameter {
	if !c.derived || of == nil {
		return c.parameters
	}
	var list []compiledParameter // of the function, then what it does not know
	for i := range of.Parameters {
		p := &of.Parameters[i]
		if p.Kind == Rest || p.Kind == KeywordRest || p.Kind == Options && len(p.Keys) > 0 {
			continue
		}
		known := slices.IndexFunc(c.parameters, func(of compiledParameter) bool { return of.Name == p.Name })
		if known >= 0 {
			list = append(list, c.parameters[known])
		} else {
			list = append(list, compiledParameter{SchemaParameter: SchemaParameter{Name: p.Name}, schema: true})
		}
	}
	for _, p := range c.parameters {
		if of.parameter(p.Name) < 0 {
			list = append(list, p)
		}
	}
	return list
}

// signatureOf is the schema as the signature of a function.
func (s *Schema) signatureOf(parameters []compiledParameter, of *Signature) *Signature {
	own := &Signature{Name: s.Name, Exact: true}
	if of != nil {
		own.Name = of.Name
	}
	if own.Name == "" {
		own.Name = "function"
	}
	for i := range parameters {
		p := &parameters[i]
		own.Parameters = append(own.Parameters, Parameter{
			Name: p.Name, Kind: Either, Required: p.Required && !s.compiled.derived, Default: p.Default, HasDefault: p.hasDefault(),
		})
	}
	if s.Variadic || !s.Strict {
		own.Parameters = append(own.Parameters, Parameter{Name: restName(parameters, "args"), Kind: Rest})
	}
	if s.AcceptsKwargs || !s.Strict {
		own.Parameters = append(own.Parameters, Parameter{Name: restName(parameters, "kwargs"), Kind: KeywordRest})
	}
	return own
}

// restName is a name that no parameter has.
func restName(parameters []compiledParameter, name string) string {
	for slices.ContainsFunc(parameters, func(p compiledParameter) bool { return p.Name == name }) {
		name = "_" + name
	}
	return name
}

// place matches arguments with the signature of a schema: all can be named, in whichever
// language.
func (s *Signature) place(c Convention, args []any, kwargs map[string]any) *binding {
	if c.Names == NamesOfKeywords {
		c.Names = NamesKept
	}
	b := &binding{
		signature: s, convention: c, positional: args, named: kwargs,
		slots: make([]slot, len(s.Parameters)), left: map[string]any{},
	}
	b.takePositions()
	b.placePositional()
	b.placeNamed()
	b.placeLeft()
	return b
}

func (b *binding) fillDefaults(parameters []compiledParameter) {
	for i := range parameters {
		if !b.slots[i].given && parameters[i].hasDefault() {
			b.slots[i].value, b.slots[i].given = cloneValue(parameters[i].Default), true
		}
	}
}

func (b *binding) coerce(parameters []compiledParameter) {
	for i := range parameters {
		if b.slots[i].given && parameters[i].Coerce {
			b.slots[i].value = coerce(b.slots[i].value, parameters[i].schema)
		}
	}
}

// object is all arguments by name, as a JSON Schema sees them. Positional ones that are
// left are there under the name of the function's own parameter for them, if it has one.
func (b *binding) object(of *Signature) map[string]any {
	object := maps.Clone(b.left)
	for i := range b.slots {
		if b.slots[i].given {
			object[b.signature.Parameters[i].Name] = b.slots[i].value
		}
	}
	if of != nil && len(b.rest) > 0 {
		for i := range of.Parameters {
			if of.Parameters[i].Kind == Rest {
				object[of.Parameters[i].Name] = b.rest
			}
		}
	}
	return object
}

// handOver writes down the arguments for the function itself.
func (b *binding) handOver(c Convention, of *Signature) ([]any, map[string]any, error) {
	if of != nil && b.covered(of) {
		return of.BindNamed(c, b.object(of))
	}
	args, named := b.assemble()
	if len(b.mistakes) > 0 {
		return nil, nil, &BindError{Signature: c.formatCall(b.signature), Mistakes: b.mistakes}
	}
	if named == nil {
		named = b.left // the guest knows what to make of them
	}
	if of != nil {
		return of.Bind(c, args, named)
	}
	return args, named, nil
}

// covered tells whether the function has parameters of the names that the schema uses,
// so that each argument can go where the function wants it.
func (b *binding) covered(of *Signature) bool {
	rest := len(b.rest) == 0
	for i := range of.Parameters {
		rest = rest || of.Parameters[i].Kind == Rest
	}
	if !rest {
		return false
	}
	keys := binding{signature: of}
	for i := range b.slots {
		name := b.signature.Parameters[i].Name
		if b.slots[i].given && of.parameter(name) < 0 && !keys.isOption(name) {
			return false
		}
	}
	return true
}

// String tells the shape of the schema, for messages.
func (s *Schema) String() string {
	if err := s.Check(); err != nil {
		return err.Error()
	}
	return fmt.Sprint(s.signatureOf(s.compiled.parameters, nil))
}
