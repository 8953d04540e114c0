package funcbox

import (
	"encoding/binary"
	"sync"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/vfs"
)

const (
	// maxPolicies bounds how many compiled permissions an executor keeps.
	maxPolicies = 128
	// maxPolicyKey is the size in bytes from which permissions are not kept.
	maxPolicyKey = 64 << 10
)

// policyCache keeps compiled permissions, which cost more to compile than many a
// call takes, by what they say and for where: mounts are the caller's and may change
// between calls. Safe for concurrent use.
type policyCache struct {
	mu       sync.Mutex
	policies map[string]*perm.Policy
}

// compile is permissions.Compile.
func (c *policyCache) compile(permissions *perm.Permissions, at vfs.Path) (*perm.Policy, error) {
	key := policyKey(permissions, at)
	c.mu.Lock()
	policy := c.policies[string(key)]
	c.mu.Unlock()
	if policy != nil {
		return policy, nil
	}
	policy, err := permissions.Compile(string(at))
	if err != nil || len(key) > maxPolicyKey {
		return policy, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.policies == nil || len(c.policies) >= maxPolicies {
		c.policies = make(map[string]*perm.Policy)
	}
	c.policies[string(key)] = policy
	return policy, nil
}

// policyKey is different for different permissions.
func policyKey(p *perm.Permissions, at vfs.Path) []byte {
	key := make([]byte, 0, 1024)
	text := func(s string) { key = append(binary.AppendUvarint(key, uint64(len(s))), s...) }
	text(string(at))
	if p.Default != nil {
		key = append(key, 1, byte(*p.Default))
	} else {
		key = append(key, 0)
	}
	key = binary.AppendUvarint(key, uint64(len(p.Rules)))
	for _, rule := range p.Rules {
		text(rule.Pattern)
		key = append(key, byte(rule.Allow), byte(rule.Deny))
		key = binary.AppendVarint(key, int64(rule.Priority))
	}
	for _, pattern := range p.Exclude {
		text(pattern)
	}
	return key
}
