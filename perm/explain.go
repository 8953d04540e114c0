package perm

import (
	"fmt"
	"slices"
)

// Decision says whether an operation is allowed on a path, and why.
type Decision struct {
	// Path is the absolute guest path, in its shortest form.
	Path string
	// Operations that were asked for.
	Operations Operations
	// Allowed tells whether all of them are allowed.
	Allowed bool
	// Rule that decided; nil where the defaults did. For an entry of Exclude its
	// Pattern is the entry.
	Rule *Rule
	// Excluded tells that it was an entry of Exclude.
	Excluded bool

	reason string
}

// String says it for people: `create /data/a.txt: denied by rule "*.txt"`.
func (d Decision) String() string {
	verdict := "denied"
	if d.Allowed {
		verdict = "allowed"
	}
	return fmt.Sprintf("%s %s: %s %s", d.Operations, d.Path, verdict, d.Reason())
}

// Reason is the end of String: `by rule "*.txt" (priority 5)`, `by exclude ".git"`,
// "by default".
func (d Decision) Reason() string {
	switch {
	case d.reason != "":
		return d.reason
	case d.Rule == nil:
		return "by default"
	case d.Excluded:
		return fmt.Sprintf("by exclude %q", d.Rule.Pattern)
	case d.Rule.Priority != 0:
		return fmt.Sprintf("by rule %q (priority %d)", d.Rule.Pattern, d.Rule.Priority)
	}
	return fmt.Sprintf("by rule %q", d.Rule.Pattern)
}

// Explain tells which rule decides over a path as Allowed takes it.
func (c *Policy) Explain(guestPath string, op Operations) Decision {
	d := Decision{Path: guestPath, Operations: op}
	if c == nil {
		d.Allowed, d.reason = true, "since there are no permissions"
		return d
	}
	var found bool
	if d.Path, found = c.clean(guestPath); !found {
		d.reason = fmt.Sprintf("as it is no path at or below the mount point %s", c.mountPoint)
		return d
	}
	allowed := c.defaults
	if i := c.deciding(d.Path); i >= 0 {
		rule := c.rules[i].rule
		d.Rule, d.Excluded, allowed = &rule, c.rules[i].excluded, c.rules[i].allowed
	}
	d.Allowed = allowed.Has(op)
	return d
}

// NarrowFirst returns rules in an order in which none is idle for standing behind a
// wider one of the same priority: a rule comes before every other whose pattern
// matches all that its own does. Otherwise the order stays. It is for rules that
// people give without an order in mind, such as flags of a command. Patterns that
// do not compile are an error that quotes them.
func NarrowFirst(rules []Rule) ([]Rule, error) {
	var ordered []compiledRule
	for _, rule := range rules {
		globs, err := parsePattern(rule.Pattern)
		if err != nil {
			return nil, fmt.Errorf("rule %q: %w", rule.Pattern, err)
		}
		next := compiledRule{rule: rule, globs: globs}
		at := slices.IndexFunc(ordered, func(other compiledRule) bool {
			return other.rule.Priority == rule.Priority && other.covers(&next) && !next.covers(&other)
		})
		if at < 0 {
			at = len(ordered)
		}
		ordered = slices.Insert(ordered, at, next)
	}
	sorted := make([]Rule, len(ordered))
	for i, c := range ordered {
		sorted[i] = c.rule
	}
	return sorted, nil
}

// covers tells that every path the other rule matches matches this one. It may
// miss that for intricate patterns.
func (c *compiledRule) covers(other *compiledRule) bool {
	return !slices.ContainsFunc(other.globs, func(narrow glob) bool {
		return !slices.ContainsFunc(c.globs, func(wide glob) bool {
			return wide.absolute == narrow.absolute && coversSegments(wide.segments, narrow.segments)
		})
	})
}

// coversSegments is matchSegments with a pattern in the place of the path: its names
// are those that any path it matches has.
func coversSegments(wide, narrow []segment) bool {
	i, retry, retryFrom := 0, -1, 0
	for k := 0; k < len(narrow); {
		switch {
		case i < len(wide) && wide[i].kind == anyDirectories:
			i++
			retry, retryFrom = i, k
		case i < len(wide) && coversName(&wide[i], &narrow[k]):
			i, k = i+1, k+1
		case retry >= 0:
			retryFrom++
			i, k = retry, retryFrom
		default:
			return false
		}
	}
	for i < len(wide) && wide[i].kind == anyDirectories {
		i++
	}
	return i == len(wide)
}

func coversName(wide, narrow *segment) bool {
	switch {
	case narrow.kind == anyDirectories:
		return false
	case *wide == *narrow, wide.kind == anyName:
		return true
	case narrow.kind == literalName, wide.kind == prefixName && narrow.kind == prefixName, wide.kind == suffixName && narrow.kind == suffixName:
		return wide.matches(narrow.text)
	}
	return false
}
