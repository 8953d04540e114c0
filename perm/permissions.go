package perm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// ExcludePriority is the priority of the entries of Permissions.Exclude.
const ExcludePriority = 1000

// Rule says what the paths that match its pattern allow. See the package comment
// for patterns and for how a rule is chosen.
type Rule struct {
	// Pattern that paths must match.
	Pattern string `json:"pattern"`
	// Allow is added to the defaults, after Deny was taken away.
	Allow Operations `json:"allow,omitempty"`
	// Deny is taken away from the defaults.
	Deny Operations `json:"deny,omitempty"`
	// Priority decides between rules that match the same path: the highest, then the
	// first. May be negative.
	Priority int `json:"priority,omitempty"`
}

// Permissions are what paths allow. The zero value allows read and list, as
// ReadOnly does.
type Permissions struct {
	// Default holds where no rule matches; nil: read and list.
	Default *Operations `json:"default,omitempty"`
	// Rules, the first of equal priority first.
	Rules []Rule `json:"rules,omitempty"`
	// Exclude are names and paths that allow nothing.
	Exclude []string `json:"exclude,omitempty"`
}

// None allows nothing.
func None() Permissions { return withDefault(0) }

// ReadOnly allows reading and listing, like the zero value.
func ReadOnly() Permissions { return withDefault(Read | List) }

// Filesystem allows the five operations on files.
func Filesystem() Permissions { return withDefault(Read | List | Create | Modify | Delete) }

// Full allows everything there is to allow. Today that is what Filesystem allows;
// should there be permissions for other things than files, they are in Full only.
func Full() Permissions { return withDefault(All) }

func withDefault(set Operations) Permissions { return Permissions{Default: &set} }

// defaultOperations are those where no rule matches.
func (p *Permissions) defaultOperations() Operations {
	if p.Default == nil {
		return defaults
	}
	return *p.Default
}

// check refuses a rule that contradicts itself. Since what is allowed is added last,
// denying a part of it would be without any effect; denying all beside it is how to
// say "only that".
func (r *Rule) check() error {
	switch both := r.Allow & r.Deny; {
	case (r.Allow|r.Deny)&^All != 0:
		return fmt.Errorf("rule %q: unknown permissions: allow %s, deny %s", r.Pattern, r.Allow, r.Deny)
	case both == 0:
		return nil
	case r.Deny == All && r.Allow != All:
		return nil
	case r.Allow == All && r.Deny != All:
		return fmt.Errorf("rule %q contradicts itself: it allows * and denies %s, which would have no effect; name what it allows: %s",
			r.Pattern, r.Deny, All&^r.Deny)
	default:
		return fmt.Errorf("rule %q contradicts itself: it allows and denies %s", r.Pattern, both)
	}
}

// UnmarshalJSON implements json.Unmarshaler. Default may be a list of names, "*", or
// an object of booleans such as {"create": true}, whose missing names keep what they
// are without it.
func (p *Permissions) UnmarshalJSON(data []byte) error {
	var form struct {
		Default json.RawMessage `json:"default"`
		Rules   []Rule          `json:"rules"`
		Exclude []string        `json:"exclude"`
	}
	if err := strictly(data, &form); err != nil {
		return fmt.Errorf("permissions: %w", err)
	}
	*p = Permissions{Rules: form.Rules, Exclude: form.Exclude}
	if len(form.Default) == 0 || string(form.Default) == "null" {
		return nil
	}
	set, err := defaultFromJSON(form.Default)
	if err != nil {
		return fmt.Errorf("permissions: default: %w", err)
	}
	p.Default = &set
	return nil
}

func defaultFromJSON(data []byte) (Operations, error) {
	var named map[string]bool
	if json.Unmarshal(data, &named) != nil {
		var set Operations
		return set, set.UnmarshalJSON(data)
	}
	set := defaults
	for name, allowed := range named {
		operation, err := parseName(name)
		if err == nil && operation == All {
			err = errors.New(`"*" stands for a list, not for a name in an object`)
		}
		if err != nil {
			return 0, err
		}
		if set &^= operation; allowed {
			set |= operation
		}
	}
	return set, nil
}

// UnmarshalJSON implements json.Unmarshaler. Unknown names are an error: a rule
// whose "denied" is not read would allow.
func (r *Rule) UnmarshalJSON(data []byte) error {
	type plain Rule
	var form plain
	if err := strictly(data, &form); err != nil {
		return fmt.Errorf("rule %q: %w", form.Pattern, err)
	}
	*r = Rule(form)
	return nil
}

func strictly(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}
