package funcbox

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
	"github.com/funcbox/funcbox/vfs"
)

func TestPolicyCache(t *testing.T) {
	var cache policyCache
	read, none := perm.Read, perm.Operations(0)
	variants := []perm.Permissions{
		{}, {Default: &read}, {Default: &none}, {Exclude: []string{"a", "b"}}, {Exclude: []string{"ab"}}, {Exclude: []string{"a"}},
		{Rules: []perm.Rule{{Pattern: "a", Allow: perm.Create}}}, {Rules: []perm.Rule{{Pattern: "a", Deny: perm.Read}}},
		{Rules: []perm.Rule{{Pattern: "a", Allow: perm.Create, Priority: -1}}}, {Rules: []perm.Rule{{Pattern: "a"}, {Pattern: "b"}}},
		{Rules: []perm.Rule{{Pattern: "a"}}, Exclude: []string{"b"}},
	}
	seen := map[*perm.Policy]bool{}
	for _, at := range []vfs.Path{"/a", "/b"} {
		for i := range variants {
			first, err := cache.compile(&variants[i], at)
			require.NoError(t, err)
			again, err := cache.compile(&variants[i], at)
			require.NoError(t, err)
			require.Same(t, first, again)
			require.False(t, seen[first], "variant %d shares a policy with another", i)
			seen[first] = true
		}
	}
	bad := perm.Permissions{Exclude: []string{"["}}
	for range 2 {
		_, err := cache.compile(&bad, "/a")
		require.Error(t, err)
	}
	for i := range 2 * maxPolicies {
		_, err := cache.compile(&perm.Permissions{Exclude: []string{fmt.Sprint(i)}}, "/a")
		require.NoError(t, err)
	}
	require.LessOrEqual(t, len(cache.policies), maxPolicies)
}
