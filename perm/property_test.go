package perm_test

import (
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
)

var (
	names    = []string{"a", "b", "ab", "abc", ".a", "a.go", "b.txt", "ä", "x y"}
	patterns = []string{"a", "b", "*", "**", "*.go", "a*", "*b*", "?", "[ab]", "[!a]*", "{a,b}", "{a*,.a}", "ab", `\a`, "**a"}
)

func randomOf(r *rand.Rand, from []string) string {
	parts := make([]string, 1+r.IntN(4))
	for i := range parts {
		parts[i] = from[r.IntN(len(from))]
	}
	return strings.Join(parts, "/")
}

func randomRules(r *rand.Rand) perm.Permissions {
	p := perm.Permissions{}
	if r.IntN(2) == 0 {
		set := perm.Operations(r.IntN(32))
		p.Default = &set
	}
	for range r.IntN(6) {
		rule := perm.Rule{Pattern: randomOf(r, patterns), Allow: perm.Operations(r.IntN(31)), Priority: r.IntN(4) * 333}
		rule.Deny = perm.Operations(r.IntN(32)) &^ rule.Allow
		if r.IntN(5) == 0 {
			rule.Pattern = "/data/" + rule.Pattern
		}
		p.Rules = append(p.Rules, rule)
	}
	return p
}

// A path outside of every pattern gets the defaults.
func TestPropertyDefaults(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	outside := 0
	for range 20_000 {
		p := randomRules(r)
		policy := compile(t, p, "/data")
		relative := randomOf(r, names)
		matched := slices.ContainsFunc(p.Rules, func(rule perm.Rule) bool { return oracle(rule.Pattern, relative) })
		if matched {
			continue
		}
		outside++
		want := perm.Read | perm.List
		if p.Default != nil {
			want = *p.Default
		}
		require.Equal(t, want, policy.Allowed("/data/"+relative), "%v %s", p, relative)
		require.Nil(t, policy.Explain("/data/"+relative, perm.Read).Rule)
	}
	require.Greater(t, outside, 1000)
}

// The first of the matching rules, by priority and then order, decides.
func TestPropertyFirstMatchDecides(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 20_000 {
		p := randomRules(r)
		policy := compile(t, p, "/data")
		relative := randomOf(r, names)
		want := perm.Read | perm.List
		if p.Default != nil {
			want = *p.Default
		}
		best := -1
		for i, rule := range p.Rules {
			if oracle(rule.Pattern, relative) && (best < 0 || rule.Priority > p.Rules[best].Priority) {
				best = i
			}
		}
		if best >= 0 {
			want = want&^p.Rules[best].Deny | p.Rules[best].Allow
		}
		require.Equal(t, want, policy.Allowed("/data/"+relative), "%v %s", p, relative)
	}
}

// Exclude wins over rules of a priority below 1000.
func TestPropertyExclude(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 5_000 {
		p := randomRules(r)
		relative := randomOf(r, names)
		parts := strings.Split(relative, "/")
		at := r.IntN(len(parts))
		p.Exclude = []string{parts[at]} // a name
		if r.IntN(2) == 0 && at > 0 {
			p.Exclude = []string{strings.Join(parts[:at+1], "/")} // a path
		}
		policy := compile(t, p, "/data")
		require.Zero(t, policy.Allowed("/data/"+relative), "%v %s", p, relative)
		require.Zero(t, policy.Allowed("/data/"+relative+"/below"))
		require.True(t, policy.Explain("/data/"+relative, perm.Read).Excluded)
	}
}

// Spelling variants of one path are decided alike.
func TestPropertySpelling(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 5_000 {
		policy := compile(t, randomRules(r), "/data")
		clean := "/data/" + randomOf(r, names)
		variant := "/data"
		for name := range strings.SplitSeq(clean[len("/data/"):], "/") {
			variant += []string{"/", "//", "/./", "/x/../", "/x/y/.././../"}[r.IntN(5)] + name
		}
		variant += []string{"", "/", "/.", "/z/.."}[r.IntN(4)]
		if r.IntN(4) == 0 {
			variant = "/../" + variant
		}
		require.Equal(t, clean, path.Clean(variant))
		require.Equal(t, policy.Allowed(clean), policy.Allowed(variant), variant)
		require.Equal(t, policy.Explain(clean, perm.Read), policy.Explain(variant, perm.Read), variant)
	}
}

// oracle matches with doublestar alone, below the mount point /data. It helps it
// where a star matches nothing at the end: doublestar lets a/** match a, but not
// a*/** match a, and not a/**/** either.
func oracle(pattern, relative string) bool {
	subject := relative
	if strings.HasPrefix(pattern, "/") {
		subject = "/data/" + relative
	}
	for {
		if matched, err := doublestar.Match(pattern, subject); err == nil && matched {
			return true
		}
		var ends bool
		if pattern, ends = strings.CutSuffix(pattern, "/**"); !ends {
			return false
		}
	}
}

// FuzzPattern compares with doublestar, and looks for panics, errors that do not
// quote the pattern and spellings that make a difference.
func FuzzPattern(f *testing.F) {
	for _, pattern := range patterns {
		f.Add(pattern+"/*", "a/b.go")
		f.Add("/data/"+pattern, "a")
	}
	f.Add("{a,{b,c}/**}/[!x-z]?", "b/x/yy")
	f.Add(`\{[\]{,}]*`, "{]")
	f.Fuzz(func(t *testing.T, pattern, relative string) {
		p := perm.Permissions{Rules: []perm.Rule{{Pattern: pattern, Deny: perm.All, Allow: perm.Delete}}}
		policy, err := p.Compile("/data")
		if err != nil {
			if !strings.Contains(err.Error(), fmt.Sprintf("%q", pattern)) {
				t.Fatalf("%q: the error does not quote it: %v", pattern, err)
			}
			return
		}
		guest := "/data/" + relative
		got := policy.Allowed(guest)
		if again := policy.Allowed(path.Clean(guest)); again != got {
			t.Fatalf("%q %q: %s, clean %s", pattern, guest, got, again)
		}
		if explained := policy.Explain(guest, perm.Delete); explained.Allowed != got.Has(perm.Delete) {
			t.Fatalf("%q %q: %s, explained %s", pattern, guest, got, explained)
		}
		p.Exclude = []string{pattern}
		if excluded, err := p.Compile("/data"); err == nil && got == perm.Delete && excluded.Allowed(guest) != 0 {
			t.Fatalf("%q %q: matched, and yet not excluded", pattern, guest)
		}
		if sorted, err := perm.NarrowFirst([]perm.Rule{{Pattern: "**"}, {Pattern: pattern}}); err != nil || len(sorted) != 2 {
			t.Fatalf("%q: %v %v", pattern, sorted, err)
		}
		// doublestar knows nothing of "." and of empty names in patterns, lets a class
		// match a slash and two "**" in a row not end a path.
		clean := path.Clean(guest)
		if !strings.HasPrefix(clean, "/data/") || got == 0 || strings.ContainsAny(pattern, "[.") ||
			strings.Contains(pattern, "//") || strings.Contains(pattern, "**") || strings.Contains(pattern, "{/") || strings.Contains(pattern, "/{") ||
			strings.Contains(pattern, "/}") || strings.Contains(pattern, "/,") || strings.Contains(pattern, ",/") || strings.Contains(pattern, "{") && strings.Contains(pattern, "/") {
			return
		}
		want, err := doublestar.Match(pattern, clean[len("/data/"):])
		if strings.HasPrefix(pattern, "/") {
			want, err = doublestar.Match(pattern, clean)
		}
		if err != nil || want != (got == perm.Delete) {
			t.Fatalf("%q %q: doublestar %v %v, got %s", pattern, clean, want, err, got)
		}
	})
}
