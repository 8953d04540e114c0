package value

import (
	"math"
	"strings"
)

// Positioned is a value of [ParseArguments] that has a position.
type Positioned struct {
	Index int
	Value any
}

// ParseArguments parses an object of arguments by name, as [ParseJSON] does, but for
// values of the form {"index": 1, "value": …}, with these two keys only and an index of
// 0 or more: they are of type [Positioned]. Such an object inside of another value, or
// wrapped in {"$object": …}, is an ordinary one.
func ParseArguments(data []byte) (map[string]any, error) {
	p := jsonParser{text: string(data)}
	if p.space(); p.at >= len(p.text) || p.text[p.at] != '{' {
		return nil, p.fail("an object should be here, with the arguments by their names")
	}
	p.wrapped = map[string]bool{}
	v, err := ParseJSON(data)
	if err != nil {
		return nil, err
	}
	pairs, ok := v.(map[string]any)
	if !ok { // {"$bytes": …} and the like
		return nil, p.fail("an object should be here, with the arguments by their names")
	}
	if err := p.findWrapped(); err != nil {
		return nil, err
	}
	for name, v := range pairs {
		position, ok := v.(map[string]any)
		if !ok || len(position) != 2 || p.wrapped[name] {
			continue
		}
		index, isInteger := position["index"].(int64)
		if inner, has := position["value"]; has && isInteger && index >= 0 && index <= math.MaxInt32 {
			pairs[name] = Positioned{int(index), inner}
		}
	}
	return pairs, nil
}

// findWrapped notes which values of an object, which has been parsed before, are written
// {"$object": …}.
func (p *jsonParser) findWrapped() error {
	p.accept('{')
	for p.at < len(p.text) && p.text[p.at] != '}' {
		name, err := p.string()
		if err != nil {
			return err
		}
		p.space()
		p.accept(':')
		start := p.at
		if _, err := p.value(0); err != nil {
			return err
		}
		inner := strings.TrimSpace(strings.TrimPrefix(p.text[start:p.at], "{"))
		p.wrapped[name] = strings.HasPrefix(inner, `"`+jsonObject+`"`)
		p.space()
		p.accept(',')
	}
	return nil
}
