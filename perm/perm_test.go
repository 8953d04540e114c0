package perm_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
)

func compile(t testing.TB, p perm.Permissions, mountPoint string) *perm.Policy {
	t.Helper()
	policy, err := p.Compile(mountPoint)
	require.NoError(t, err)
	return policy
}

func rules(list ...perm.Rule) perm.Permissions { return perm.Permissions{Rules: list} }

func TestDecisions(t *testing.T) {
	const readList = perm.Read | perm.List
	none := perm.Operations(0)
	for _, c := range []struct {
		name        string
		permissions perm.Permissions
		path        string
		want        perm.Operations
		why         string
	}{
		{"zero value", perm.Permissions{}, "/data/a", readList, "by default"},
		{"zero value at the mount point", perm.Permissions{}, "/data", readList, "by default"},
		{"none", perm.None(), "/data/a", 0, "by default"},
		{"read only", perm.ReadOnly(), "/data/a", readList, "by default"},
		{"filesystem", perm.Filesystem(), "/data/a", perm.All, "by default"},
		{"full", perm.Full(), "/data/a", perm.All, "by default"},
		{"default", perm.Permissions{Default: &none}, "/data/a", 0, "by default"},

		{"allow adds to the default", rules(perm.Rule{Pattern: "a", Allow: perm.Create}), "/data/a", readList | perm.Create, `by rule "a"`},
		{"deny takes from the default", rules(perm.Rule{Pattern: "a", Deny: perm.Read}), "/data/a", perm.List, `by rule "a"`},
		{"deny first, then allow", rules(perm.Rule{Pattern: "a", Deny: perm.All, Allow: perm.Read}), "/data/a", perm.Read, `by rule "a"`},
		{"both, of different operations", rules(perm.Rule{Pattern: "a", Deny: perm.List, Allow: perm.Delete}), "/data/a", perm.Read | perm.Delete, `by rule "a"`},
		{"a rule with neither is an exception", rules(perm.Rule{Pattern: "a"}, perm.Rule{Pattern: "**", Deny: perm.All}), "/data/a", readList, `by rule "a"`},
		{"outside of every pattern", rules(perm.Rule{Pattern: "a", Allow: perm.All}), "/data/b", readList, "by default"},
		{"below what matches", rules(perm.Rule{Pattern: "a", Allow: perm.All}), "/data/a/b", readList, "by default"},

		{"the first of equal ones", rules(perm.Rule{Pattern: "*", Allow: perm.Create}, perm.Rule{Pattern: "a", Allow: perm.Delete}), "/data/a", readList | perm.Create, `by rule "*"`},
		{"the highest priority", rules(perm.Rule{Pattern: "*", Allow: perm.Create}, perm.Rule{Pattern: "a", Allow: perm.Delete, Priority: 1}), "/data/a", readList | perm.Delete, `by rule "a" (priority 1)`},
		{"a negative priority", rules(perm.Rule{Pattern: "*", Allow: perm.Create, Priority: -1}, perm.Rule{Pattern: "a", Allow: perm.Delete}), "/data/a", readList | perm.Delete, `by rule "a"`},
		{"no second rule", rules(perm.Rule{Pattern: "a", Allow: perm.Create}, perm.Rule{Pattern: "**", Deny: perm.All}), "/data/a", readList | perm.Create, `by rule "a"`},

		{"exclude a name", perm.Permissions{Exclude: []string{".git"}}, "/data/.git", 0, `by exclude ".git"`},
		{"exclude a name deep down", perm.Permissions{Exclude: []string{".git"}}, "/data/a/b/.git", 0, `by exclude ".git"`},
		{"exclude what is below a name", perm.Permissions{Exclude: []string{".git"}}, "/data/a/.git/objects/00", 0, `by exclude ".git"`},
		{"exclude a name, not its like", perm.Permissions{Exclude: []string{".git"}}, "/data/.github/x.git", readList, "by default"},
		{"exclude with a star", perm.Permissions{Exclude: []string{"*.key"}}, "/data/a/server.key", 0, `by exclude "*.key"`},
		{"exclude with braces", perm.Permissions{Exclude: []string{"{node_modules,.venv}"}}, "/data/a/.venv/x", 0, `by exclude "{node_modules,.venv}"`},
		{"exclude with a slash at the end", perm.Permissions{Exclude: []string{"node_modules/"}}, "/data/a/node_modules/x", 0, `by exclude "node_modules/"`},
		{"exclude a path", perm.Permissions{Exclude: []string{"a/b"}}, "/data/a/b", 0, `by exclude "a/b"`},
		{"exclude what is below a path", perm.Permissions{Exclude: []string{"a/b"}}, "/data/a/b/c", 0, `by exclude "a/b"`},
		{"exclude a path only there", perm.Permissions{Exclude: []string{"a/b"}}, "/data/x/a/b", readList, "by default"},
		{"exclude a guest path", perm.Permissions{Exclude: []string{"/data/a"}}, "/data/a/x", 0, `by exclude "/data/a"`},
		{"exclude a guest path elsewhere", perm.Permissions{Exclude: []string{"/other"}}, "/data/other", readList, "by default"},
		{"exclude all", perm.Permissions{Exclude: []string{"**"}}, "/data", 0, `by exclude "**"`},
		{"exclude the mount point", perm.Permissions{Exclude: []string{"."}}, "/data/a/b", 0, `by exclude "."`},
		{"exclude from all", func() perm.Permissions { p := perm.Full(); p.Exclude = []string{"x"}; return p }(), "/data/x", 0, `by exclude "x"`},
		{"exclude against 999", perm.Permissions{Exclude: []string{"x"}, Rules: []perm.Rule{{Pattern: "x", Allow: perm.All, Priority: 999}}}, "/data/x", 0, `by exclude "x"`},
		{"exclude against 1000", perm.Permissions{Exclude: []string{"x"}, Rules: []perm.Rule{{Pattern: "x", Allow: perm.All, Priority: 1000}}}, "/data/x", 0, `by exclude "x"`},
		{"exclude against 1001", perm.Permissions{Exclude: []string{"x"}, Rules: []perm.Rule{{Pattern: "x", Allow: perm.All, Priority: 1001}}}, "/data/x", perm.All, `by rule "x" (priority 1001)`},

		{"spelling of a name", rules(perm.Rule{Pattern: "a", Allow: perm.All}), "/data/A", readList, "by default"},
		{"unicode spelling", rules(perm.Rule{Pattern: "\u00e9", Allow: perm.All}), "/data/e\u0301", readList, "by default"},
		{"outside of the mount", perm.Full(), "/database", 0, "as it is no path at or below the mount point /data"},
		{"the root", perm.Full(), "/", 0, "as it is no path at or below the mount point /data"},
		{"out of the mount", perm.Full(), "/data/../etc", 0, "as it is no path at or below the mount point /data"},
		{"relative", perm.Full(), "data/a", 0, "as it is no path at or below the mount point /data"},
		{"empty", perm.Full(), "", 0, "as it is no path at or below the mount point /data"},
		{"NUL", perm.Full(), "/data/\x00", 0, "as it is no path at or below the mount point /data"},
		{"no UTF-8", perm.Full(), "/data/\xff", 0, "as it is no path at or below the mount point /data"},
	} {
		t.Run(c.name, func(t *testing.T) {
			policy := compile(t, c.permissions, "/data")
			require.Equal(t, c.want.String(), policy.Allowed(c.path).String())
			for op := perm.Read; op <= perm.Delete; op <<= 1 {
				decision := policy.Explain(c.path, op)
				require.Equal(t, c.want.Has(op), decision.Allowed)
				require.Equal(t, c.why, decision.Reason())
				require.Equal(t, strings.HasPrefix(c.why, "by exclude"), decision.Excluded)
				require.Equal(t, strings.Contains(c.why, `"`), decision.Rule != nil)
			}
		})
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern string
		yes, no string // relative paths, separated by blanks
	}{
		{"a", "a", ". b a/b aa .a"},
		{"*", "a .a a.b", ". a/b"},
		{"**", ". a a/b .x/.y", ""},
		{"**/**", ". a a/b", ""},
		{"**/*", "a a/b .x/.y", "."},
		{".", ".", "a"},
		{"./a", "a", ". b"},
		{"a//b", "a/b", "a a/x/b"},
		{"a/./b", "a/b", "a"},
		{"a/**", "a a/b a/b/c", ". ab b/a"},
		{"a/**/b", "a/b a/x/b a/x/y/b", "a b a/b/c"},
		{"**/b", "b a/b a/c/b", ". ab a/bb b/a"},
		{"**/b/**", "b a/b a/b/c b/c", ". a ab bb/c"},
		{"**/a/**/b/**", "a/b x/a/y/b/z a/a/b", "a b b/a"},
		{"a/*/c", "a/b/c a/.b/c", "a/c a/b/b/c"},
		{"a**", "a ab", ". a/b"},
		{"a**b/c", "ab/c axb/c", "a/b/c"},
		{"***", "a b", ". a/b"},
		{"*.txt", "a.txt .txt", "a.txt/b b/a.txt txt"},
		{"a*", "a ab a.b", "ba a/b"},
		{"*a*", "a bab", "b a/b"},
		{"*a*b*c", "abc xaybzc aabbcc", "acb ab abcx"},
		{"?", "a ä 世", ". ab a/b"},
		{"a?c", "abc a.c", "ac a/c abbc"},
		{"[ab]", "a b", "c ab"},
		{"[!ab]", "c /", "a b cc"},
		{"[^ab]", "c", "a b"},
		{"x[!a]y", "xby", "xay x/y"},
		{"[a-c0-9]", "b 5", "d -"},
		{"[a-]", "a -", "b"},
		{`[\]]`, "]", `\ a`},
		{`[\-a]`, "- a", "b"},
		{"[]-a", "", ""},
		{"a]", "a]", "a"},
		{`\[a]`, "[a]", "a"},
		{`\*`, "*", "a"},
		{`a\**`, "a* a*b", "a ab"},
		{`*\*`, "* a*", "a"},
		{`ab\\*`, `ab\ ab\c`, "ab abc"},
		{`\a`, "a", `\a`},
		{"{a,b}", "a b", "c a/b"},
		{"{a,b/c}", "a b/c", "b c a/c"},
		{"{a,b}{1,2}", "a1 b2", "a b1x"},
		{"x{,y}", "x xy", "xyy"},
		{"x{,/**}", "x x/y x/y/z", "xy"},
		{"{a,{b,c}d}", "a bd cd", "b ad"},
		{"{a}", "a", "{a}"},
		{`\{a,b\}`, "{a,b}", "a b"},
		{"{[,],x}", ", x", "[ ]"},
		{"[{,}]", "{ , }", "a"},
		{`{a\,b,c}`, "a,b c", "a b"},
		{"{*.go,**/*.md}", "a.go b.md c/b.md", "c/a.go"},
		{"/m/a", "a", ". m/a"},
		{"/m", ".", "a m"},
		{"/m/**", ". a a/b", ""},
		{"/**", ". a a/b", ""},
		{"/**/b", "b a/b", ". a"},
		{"/*/a", "a", "b/a ."},
		{"/x/**", "", ". a x/a"},
		{"/", "", ". a"},
		{"{/m/a,b}", "a b", "m/a"},
	} {
		t.Run(c.pattern, func(t *testing.T) {
			policy, err := perm.Permissions{Rules: []perm.Rule{{Pattern: c.pattern, Allow: perm.Delete}}}.Compile("/m")
			if c.yes == "" && c.no == "" {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			for _, path := range strings.Fields(c.yes) {
				if path != "/" {
					require.True(t, policy.Allowed("/m/"+path).Has(perm.Delete), "%s should match %s", c.pattern, path)
				}
			}
			for _, path := range strings.Fields(c.no) {
				require.False(t, policy.Allowed("/m/"+path).Has(perm.Delete), "%s should not match %s", c.pattern, path)
			}
		})
	}
}

func TestMountPoints(t *testing.T) {
	p := rules(perm.Rule{Pattern: "a/b", Allow: perm.Create}, perm.Rule{Pattern: "/a/b", Allow: perm.Delete})
	require.Equal(t, "read,list,create", compile(t, p, "/").Allowed("/a/b").String())
	require.Equal(t, "read,list,delete", compile(t, p, "/a").Allowed("/a/b").String())
	require.Equal(t, "read,list,create", compile(t, p, "/a").Allowed("/a/a/b").String())
	require.Equal(t, "read,list", compile(t, p, "/").Allowed("/").String())
	for _, wrong := range []string{"", "a", "/a/", "//", "/a//b", "/a/.", "/../a"} {
		_, err := p.Compile(wrong)
		require.Error(t, err, wrong)
	}
}

func TestNilPolicyAllowsEverything(t *testing.T) {
	var policy *perm.Policy
	require.Equal(t, perm.All, policy.Allowed("/anything"))
	require.Equal(t, "delete /x: allowed since there are no permissions", policy.Explain("/x", perm.Delete).String())
}

func TestMistakesQuoteThePattern(t *testing.T) {
	unknown := perm.Operations(64)
	for _, pattern := range []string{
		"", "[", "[]", "[!]", "[a", "a[b", "{a", "a}", "{a,{b}", `a\`, "a/[b/c]", `a\/b`, "[b-a]", `[x\z-\a]`, "a/", "a/**/",
		"../a", "a/..", "{a,../b}", "{a/,b}", "{,a}", "\xff", "a\x00b", strings.Repeat("a", 4097), strings.Repeat("{a,b}", 9),
	} {
		_, err := rules(perm.Rule{Pattern: pattern}).Compile("/data")
		require.ErrorContains(t, err, quote(pattern), pattern)
		if !strings.HasSuffix(pattern, "/") {
			_, err = perm.Permissions{Exclude: []string{pattern}}.Compile("/data")
			require.ErrorContains(t, err, quote(pattern), pattern)
		}
	}
	for _, c := range []struct {
		permissions perm.Permissions
		message     string
	}{
		{rules(perm.Rule{Pattern: "a*", Allow: perm.Read, Deny: perm.Read}), `rule "a*" contradicts itself: it allows and denies read`},
		{rules(perm.Rule{Pattern: "a*", Allow: perm.All, Deny: perm.All}), `rule "a*" contradicts itself: it allows and denies *`},
		{rules(perm.Rule{Pattern: "a*", Allow: perm.All, Deny: perm.Read}), `it allows * and denies read, which would have no effect; name what it allows: list,create,modify,delete`},
		{rules(perm.Rule{Pattern: "a*", Allow: unknown}), `rule "a*": unknown permissions`},
		{perm.Permissions{Default: &unknown}, "unknown permissions in the default"},
	} {
		_, err := c.permissions.Compile("/data")
		require.ErrorContains(t, err, c.message)
	}
}

func quote(pattern string) string {
	text, _ := json.Marshal(pattern)
	if !utf8.ValidString(pattern) || strings.Contains(pattern, "\x00") {
		return `"`
	}
	return string(text)
}

func TestOperations(t *testing.T) {
	for text, want := range map[string]perm.Operations{
		"read": perm.Read, "read,list": perm.Read | perm.List, "create,\tmodify": perm.Create | perm.Modify,
		"*": perm.All, "read,list,create,modify,delete": perm.All, "*,read": perm.All, "none": 0,
	} {
		got, err := perm.ParseOperations(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
		again, err := perm.ParseOperations(got.String())
		require.NoError(t, err)
		require.Equal(t, got, again)
	}
	for _, wrong := range []string{"", "write", "Read", "read,", "read;list", "none,read"} {
		_, err := perm.ParseOperations(wrong)
		require.ErrorContains(t, err, "unknown permission", wrong)
	}
	_, err := perm.ParseOperations("read,write")
	require.EqualError(t, err, `unknown permission "write"; known are read, list, create, modify, delete, and * for all`)
	require.Equal(t, "Operations(0x40)", perm.Operations(64).String())
	_, err = json.Marshal(perm.Operations(64))
	require.Error(t, err)
}

func TestJSON(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{`{}`, `{}`},
		{`{"default": null}`, `{}`},
		{`{"default": []}`, `{"default":[]}`},
		{`{"default": "*"}`, `{"default":["read","list","create","modify","delete"]}`},
		{`{"default": ["read", "list"]}`, `{"default":["read","list"]}`},
		{`{"default": {"create": true, "read": false}}`, `{"default":["list","create"]}`},
		{`{"rules": [{"pattern": "a", "deny": "*", "allow": ["read"], "priority": -3}]}`, `{"rules":[{"pattern":"a","allow":["read"],"deny":["read","list","create","modify","delete"],"priority":-3}]}`},
		{`{"rules": [{"pattern": "a", "allow": ["*"]}], "exclude": ["x"]}`, `{"rules":[{"pattern":"a","allow":["read","list","create","modify","delete"]}],"exclude":["x"]}`},
	} {
		var p perm.Permissions
		require.NoError(t, json.Unmarshal([]byte(c.in), &p), c.in)
		out, err := json.Marshal(p)
		require.NoError(t, err)
		require.JSONEq(t, c.out, string(out))
		var again perm.Permissions
		require.NoError(t, json.Unmarshal(out, &again))
		require.Equal(t, p, again)
	}
	for in, message := range map[string]string{
		`{"rules": [{"pattern": "a*", "allow": ["write"]}]}`: `unknown permission "write"`,
		`{"rules": [{"pattern": "a*", "allow": 3}]}`:         "permissions must be a list",
		`{"rules": [{"pattern": "a*", "denied": "*"}]}`:      "denied",
		`{"default": {"write": true}}`:                       `unknown permission "write"`,
		`{"default": {"*": true}}`:                           "stands for a list",
		`{"default": 5}`:                                     "permissions must be a list",
		`{"excluded": []}`:                                   "excluded",
		`[]`:                                                 "permissions",
	} {
		var p perm.Permissions
		require.ErrorContains(t, json.Unmarshal([]byte(in), &p), message, in)
	}
}

func TestNarrowFirst(t *testing.T) {
	for _, c := range []struct{ given, want string }{
		{"** a/**", "a/** **"},
		{"a/** **", "a/** **"},
		{"** a/** a/b", "a/b a/** **"},
		{"a/b ** a/**", "a/b a/** **"},
		{"* a", "a *"},
		{"a* ab* abc", "abc ab* a*"},
		{"*.go **/*.go x.go", "x.go *.go **/*.go"},
		{"**/*.go *.go", "*.go **/*.go"},
		{"*.go a*", "*.go a*"},
		{"a* *.go", "a* *.go"},
		{"a/** b/**", "a/** b/**"},
		{"** /data/**", "** /data/**"}, // not comparable without a mount point
		{"{a,b}/** b/c", "b/c {a,b}/**"},
		{"a/** {a/b,c}", "a/** {a/b,c}"},
		{"a/* a/**", "a/* a/**"},
		{"a/** a/*", "a/* a/**"},
		{"**/a/** **/a/**/a/**", "**/a/**/a/** **/a/**"},
		{"[ab] a", "a [ab]"},
		{"** **", "** **"},
	} {
		var list []perm.Rule
		for pattern := range strings.FieldsSeq(c.given) {
			list = append(list, perm.Rule{Pattern: pattern})
		}
		sorted, err := perm.NarrowFirst(list)
		require.NoError(t, err)
		var got []string
		for _, rule := range sorted {
			got = append(got, rule.Pattern)
		}
		require.Equal(t, c.want, strings.Join(got, " "), c.given)
	}
	sorted, err := perm.NarrowFirst([]perm.Rule{{Pattern: "**", Priority: 1}, {Pattern: "a"}})
	require.NoError(t, err)
	require.Equal(t, "**", sorted[0].Pattern, "priorities stay apart")
	_, err = perm.NarrowFirst([]perm.Rule{{Pattern: "["}})
	require.ErrorContains(t, err, `"["`)
	deep := strings.Repeat("**/a/", 400)
	_, err = perm.NarrowFirst([]perm.Rule{{Pattern: deep + "b"}, {Pattern: deep + "c"}})
	require.NoError(t, err)
}

func TestConcurrentUse(t *testing.T) {
	policy := compile(t, perm.Permissions{Rules: []perm.Rule{{Pattern: "{a,b}/*[x-z]", Allow: perm.All}}, Exclude: []string{"k"}}, "/data")
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 200 {
				if policy.Allowed("/data/a/bx") != perm.All || policy.Explain("/data/k", perm.Read).Allowed {
					t.Error("wrong decision")
				}
			}
		})
	}
	wait.Wait()
}

func TestMatcher(t *testing.T) {
	m, err := perm.NewMatcher("/data", "src/**/*.go", "{a,b}/c", "/data/x/*/z", "top")
	require.NoError(t, err)
	for path, want := range map[string][2]bool{ // matches, may hold
		"/data":           {false, true},
		"/data/src":       {false, true},
		"/data/src/x/y":   {false, true},
		"/data/src/a.go":  {true, true},
		"/data//src/a.go": {true, true},
		"/data/a":         {false, true},
		"/data/a/c":       {true, false},
		"/data/a/d":       {false, false},
		"/data/x":         {false, true},
		"/data/x/y":       {false, true},
		"/data/x/y/z":     {true, false},
		"/data/top":       {true, false},
		"/data/docs":      {false, false},
		"/database":       {false, false},
		"/":               {false, false},
		"top":             {false, false},
	} {
		require.Equal(t, want, [2]bool{m.Matches(path), m.MayHold(path)}, path)
	}
	all, err := perm.NewMatcher("/data", "**")
	require.NoError(t, err)
	require.True(t, all.Matches("/data") && all.MayHold("/data/a/b"))
	none, err := perm.NewMatcher("/data")
	require.NoError(t, err)
	require.False(t, none.Matches("/data") || none.MayHold("/data"))
	_, err = perm.NewMatcher("/data", "a", "a/[")
	require.ErrorContains(t, err, `"a/["`)
	_, err = perm.NewMatcher("data", "a")
	require.Error(t, err)
}
