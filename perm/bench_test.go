package perm_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
)

// hundredRules are of all kinds; the paths below match the last or none.
func hundredRules(t testing.TB) *perm.Policy {
	var p perm.Permissions
	for i := range 16 {
		p.Rules = append(p.Rules,
			perm.Rule{Pattern: fmt.Sprintf("module%d/**", i), Allow: perm.Create},
			perm.Rule{Pattern: fmt.Sprintf("**/*.ext%d", i), Deny: perm.Read},
			perm.Rule{Pattern: fmt.Sprintf("src/**/generated%d/*.{go,ts}", i), Allow: perm.Modify},
			perm.Rule{Pattern: fmt.Sprintf("/data/home%d/[!.]*", i), Allow: perm.Delete},
			perm.Rule{Pattern: fmt.Sprintf("**/cache%d/**", i), Allow: perm.All},
		)
		p.Exclude = append(p.Exclude, fmt.Sprintf("secret%d", i))
	}
	for len(p.Rules)+len(p.Exclude) < 99 {
		p.Rules = append(p.Rules, perm.Rule{Pattern: fmt.Sprintf("**/[a-c]?z%d*", len(p.Rules)), Allow: perm.Create})
	}
	p.Rules = append(p.Rules, perm.Rule{Pattern: "src/components/**", Allow: perm.Delete, Priority: -1})
	require.Len(t, append(p.Exclude, make([]string, len(p.Rules))...), 100)
	return compile(t, p, "/data")
}

func BenchmarkDecision(b *testing.B) {
	policy := hundredRules(b)
	for _, c := range []struct{ name, path string }{
		{"last of 100", "/data/src/components/buttons/primary.tsx"},
		{"none of 100", "/data/docs/guide/getting-started/installation.md"},
		{"the first", "/data/docs/secret0/a"},
		{"not clean", "/data/docs//guide/./getting-started/installation.md"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				policy.Allowed(c.path)
			}
		})
	}
}

func TestDecisionsDoNotAllocate(t *testing.T) {
	policy := hundredRules(t)
	require.True(t, policy.Allowed("/data/src/components/x").Has(perm.Delete))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		policy.Allowed("/data/src/components/buttons/primary.tsx")
		policy.Allowed("/data/src/a/b/generated7/x.go")
		policy.Allowed("/data/x/aaz85")
	}))
}

func BenchmarkCompile(b *testing.B) {
	p := perm.Permissions{Exclude: []string{".git", "*.key"}}
	for i := range 98 {
		p.Rules = append(p.Rules, perm.Rule{Pattern: fmt.Sprintf("src/**/generated%d/*.{go,ts}", i), Allow: perm.Modify})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Compile("/data"); err != nil {
			b.Fatal(err)
		}
	}
}
