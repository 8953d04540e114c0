package perm

import (
	"fmt"
	"slices"
)

// Policy is Permissions compiled for one mount point. It is immutable and safe for
// concurrent use. A nil *Policy allows everything.
type Policy struct {
	scope
	defaults Operations
	rules    []compiledRule
	globs    globs // of all rules, in order
}

type compiledRule struct {
	rule     Rule
	excluded bool       // an entry of Exclude
	allowed  Operations // what is left of the defaults
	globs    []glob     // any of them matches; moved to Policy.globs
}

// Compile checks the permissions and prepares them for a mount point, an absolute
// guest path. Errors quote the pattern at fault.
func (p Permissions) Compile(mountPoint string) (*Policy, error) {
	where, err := newScope(mountPoint)
	if err != nil {
		return nil, err
	}
	c := &Policy{scope: where, defaults: p.defaultOperations()}
	if c.defaults&^All != 0 {
		return nil, fmt.Errorf("unknown permissions in the default: %s", c.defaults)
	}
	for _, pattern := range p.Exclude {
		globs, err := parseExclusion(pattern)
		if err != nil {
			return nil, fmt.Errorf("exclude %q: %w", pattern, err)
		}
		c.rules = append(c.rules, compiledRule{
			rule: Rule{Pattern: pattern, Deny: All, Priority: ExcludePriority}, excluded: true, globs: globs,
		})
	}
	for _, rule := range p.Rules {
		globs, err := parsePattern(rule.Pattern)
		if err != nil {
			return nil, fmt.Errorf("rule %q: %w", rule.Pattern, err)
		}
		if err := rule.check(); err != nil {
			return nil, err
		}
		c.rules = append(c.rules, compiledRule{rule: rule, allowed: c.defaults&^rule.Deny | rule.Allow, globs: globs})
	}
	slices.SortStableFunc(c.rules, func(a, b compiledRule) int {
		switch {
		case a.rule.Priority > b.rule.Priority:
			return -1
		case a.rule.Priority < b.rule.Priority:
			return 1
		}
		return 0
	})
	for i := range c.rules {
		c.globs.add(c.rules[i].globs, i)
		c.rules[i].globs = nil
	}
	return c, nil
}

// Allowed returns the operations that a path allows. The path is an absolute guest
// path at or below the mount point, in any spelling; what is elsewhere, or can be
// no guest path, allows nothing.
func (c *Policy) Allowed(guestPath string) Operations {
	if c == nil {
		return All
	}
	guestPath, found := c.clean(guestPath)
	if !found {
		return 0
	}
	if i := c.deciding(guestPath); i >= 0 {
		return c.rules[i].allowed
	}
	return c.defaults
}

// deciding returns the index of the rule that decides for a clean path at or below
// the mount point, or -1 for the defaults.
func (c *Policy) deciding(guestPath string) int {
	return c.globs.first(c.subjects(guestPath))
}
