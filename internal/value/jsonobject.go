package value

import (
	"encoding/base64"
	"math"
	"strings"
)

// innerObject is the value of a key $object before it is known what it is: an
// ordinary object if the outer one is a wrapper, else one to be interpreted.
type innerObject struct {
	start int
	pairs map[string]any
}

func (p *jsonParser) object(depth int) (any, error) {
	start := p.at
	pairs, err := p.pairs(depth)
	if err != nil {
		return nil, err
	}
	return p.interpret(start, pairs)
}

// pairs parses an object without looking for a special meaning. The value of
// the key $object is left as an innerObject if it is the only one.
func (p *jsonParser) pairs(depth int) (map[string]any, error) {
	if depth >= MaxDepth {
		return nil, p.fail("nested more than %d levels deep", MaxDepth)
	}
	p.accept('{')
	pairs := map[string]any{}
	if p.at < len(p.text) && p.text[p.at] == '}' {
		p.at++
		return pairs, nil
	}
	for {
		key, err := p.key(pairs)
		if err != nil {
			return nil, err
		}
		if key == jsonObject && p.at < len(p.text) && p.text[p.at] == '{' {
			inner := innerObject{start: p.at}
			inner.pairs, err = p.pairs(depth + 1)
			pairs[key] = inner
		} else {
			pairs[key], err = p.value(depth + 1)
		}
		if err != nil {
			return nil, err
		}
		done, err := p.separator('}')
		if err != nil {
			return nil, err
		}
		if done {
			break
		}
	}
	if len(pairs) > 1 {
		return pairs, p.resolve(pairs)
	}
	return pairs, nil
}

// resolve makes pairs an ordinary object, in which $object wraps nothing.
func (p *jsonParser) resolve(pairs map[string]any) error {
	inner, ok := pairs[jsonObject].(innerObject)
	if !ok {
		return nil
	}
	v, err := p.interpret(inner.start, inner.pairs)
	pairs[jsonObject] = v
	return err
}

func (p *jsonParser) key(pairs map[string]any) (string, error) {
	if p.at >= len(p.text) {
		return "", p.fail("the JSON ends before the closing '}'")
	}
	if p.text[p.at] != '"' {
		return "", p.fail("a key in double quotes should be here")
	}
	start := p.at
	key, err := p.string()
	if err != nil {
		return "", err
	}
	if _, exists := pairs[key]; exists {
		return "", p.failAt(start, "the key %.60q is there twice; remove one", key)
	}
	p.space()
	if !p.accept(':') {
		return "", p.fail("a colon should follow the key %.60q", key)
	}
	return key, nil
}

// interpret returns what an object that begins at start stands for.
func (p *jsonParser) interpret(start int, pairs map[string]any) (any, error) {
	if len(pairs) != 1 {
		return pairs, nil
	}
	for key, inner := range pairs {
		text, isText := inner.(string)
		switch key {
		case jsonObject:
			if inner, ok := inner.(innerObject); ok {
				return inner.pairs, p.resolve(inner.pairs)
			}
			return nil, p.failAt(start, "$object needs an object: {\"$object\":{…}}")
		case jsonBytes:
			// Strict: every value has one form.
			if data, err := base64.StdEncoding.Strict().DecodeString(text); isText && err == nil && !strings.ContainsAny(text, "\r\n") {
				return data, nil
			}
			return nil, p.failAt(start, "$bytes needs a string in base64 with padding; %s", wrapHint)
		case jsonTime:
			if t, err := parseTime(text); isText && err == nil {
				return t, nil
			}
			return nil, p.failAt(start, "$time needs a string like 2006-01-02T15:04:05Z; %s", wrapHint)
		case jsonFloat:
			switch inner {
			case "NaN":
				return math.NaN(), nil
			case "Infinity":
				return math.Inf(1), nil
			case "-Infinity":
				return math.Inf(-1), nil
			}
			return nil, p.failAt(start, `$float needs "NaN", "Infinity" or "-Infinity"; %s`, wrapHint)
		}
	}
	return pairs, nil
}

const wrapHint = `for an ordinary object with this key write {"$object":{…}}`
