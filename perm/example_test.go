package perm_test

import (
	"encoding/json"
	"fmt"

	"github.com/funcbox/funcbox/perm"
)

func Example() {
	permissions := perm.Permissions{
		Rules: []perm.Rule{
			{Pattern: "out/**", Allow: perm.Create | perm.Modify},
			{Pattern: "*.log", Deny: perm.All, Allow: perm.Read},
		},
		Exclude: []string{".git", "*.key"},
	}
	policy, err := permissions.Compile("/data")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(policy.Allowed("/data/out/a.txt"))
	fmt.Println(policy.Allowed("/data/in/a.txt"))
	fmt.Println(policy.Allowed("/data/today.log"))
	fmt.Println(policy.Allowed("/data/out/server.key"))
	fmt.Println(policy.Explain("/data/out/../.git/config", perm.Read))
	// Output:
	// read,list,create,modify
	// read,list
	// read
	// none
	// read /data/.git/config: denied by exclude ".git"
}

// What patterns match, below a mount point /data.
func Example_patterns() {
	for _, line := range []struct {
		pattern string
		paths   []string
	}{
		{"*", []string{"/data", "/data/a", "/data/.env", "/data/a/b"}},
		{"**", []string{"/data", "/data/a/b"}},
		{".", []string{"/data", "/data/a"}},
		{"src/**", []string{"/data/src", "/data/src/a/b.go", "/data/source"}},
		{"**/*.go", []string{"/data/a.go", "/data/x/y/.go", "/data/a.goo"}},
		{"a/**/z", []string{"/data/a/z", "/data/a/b/c/z", "/data/a/b"}},
		{"v?.txt", []string{"/data/v1.txt", "/data/v10.txt", "/data/vä.txt"}},
		{"[a-c]x", []string{"/data/bx", "/data/dx"}},
		{"[!abc]x", []string{"/data/bx", "/data/dx"}},
		{"{in,tmp/{a,b}}/*.csv", []string{"/data/in/1.csv", "/data/tmp/b/1.csv", "/data/tmp/1.csv"}},
		{`\*.txt`, []string{"/data/*.txt", "/data/a.txt"}},
		{"/data/a", []string{"/data/a", "/data/data/a"}},
	} {
		only := perm.Operations(0)
		policy, err := perm.Permissions{Default: &only, Rules: []perm.Rule{{Pattern: line.pattern, Allow: perm.Read}}}.Compile("/data")
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%-20s", line.pattern)
		for _, path := range line.paths {
			sign := "-"
			if policy.Allowed(path).Has(perm.Read) {
				sign = "+"
			}
			fmt.Printf(" %s%s", sign, path)
		}
		fmt.Println()
	}
	// Output:
	// *                    -/data +/data/a +/data/.env -/data/a/b
	// **                   +/data +/data/a/b
	// .                    +/data -/data/a
	// src/**               +/data/src +/data/src/a/b.go -/data/source
	// **/*.go              +/data/a.go +/data/x/y/.go -/data/a.goo
	// a/**/z               +/data/a/z +/data/a/b/c/z -/data/a/b
	// v?.txt               +/data/v1.txt -/data/v10.txt +/data/vä.txt
	// [a-c]x               +/data/bx -/data/dx
	// [!abc]x              -/data/bx +/data/dx
	// {in,tmp/{a,b}}/*.csv +/data/in/1.csv +/data/tmp/b/1.csv -/data/tmp/1.csv
	// \*.txt               +/data/*.txt -/data/a.txt
	// /data/a              +/data/a -/data/data/a
}

// Mistakes are told when permissions are compiled, with the pattern.
func Example_mistakes() {
	for _, permissions := range []perm.Permissions{
		{Rules: []perm.Rule{{Pattern: "src/[a-"}}},
		{Rules: []perm.Rule{{Pattern: "out/", Allow: perm.Create}}},
		{Rules: []perm.Rule{{Pattern: "a/../b"}}},
		{Rules: []perm.Rule{{Pattern: "*.txt", Allow: perm.Read, Deny: perm.Read | perm.List}}},
		{Rules: []perm.Rule{{Pattern: "**", Allow: perm.All, Deny: perm.Delete}}},
	} {
		_, err := permissions.Compile("/data")
		fmt.Println(err)
	}
	// Output:
	// rule "src/[a-": a bracket, a brace or a backslash has no end, or a class is empty
	// rule "out/": it ends with a slash; write out for the directory, out/** for it and all that is in it
	// rule "a/../b": it holds "..", which is in no path
	// rule "*.txt" contradicts itself: it allows and denies read
	// rule "**" contradicts itself: it allows * and denies delete, which would have no effect; name what it allows: read,list,create,modify
}

func ExamplePermissions_json() {
	var permissions perm.Permissions
	err := json.Unmarshal([]byte(`{
		"default": ["list"],
		"rules": [{"pattern": "public/**", "allow": "*", "priority": 5}],
		"exclude": ["node_modules"]
	}`), &permissions)
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := json.Marshal(permissions)
	fmt.Println(string(text), err)
	// Output:
	// {"default":["list"],"rules":[{"pattern":"public/**","allow":["read","list","create","modify","delete"],"priority":5}],"exclude":["node_modules"]} <nil>
}

func ExampleNarrowFirst() {
	rules, err := perm.NarrowFirst([]perm.Rule{
		{Pattern: "**", Allow: perm.All},
		{Pattern: "secret/**", Deny: perm.All},
		{Pattern: "secret/README", Allow: perm.Read},
	})
	for _, rule := range rules {
		fmt.Println(rule.Pattern)
	}
	fmt.Println(err)
	// Output:
	// secret/README
	// secret/**
	// **
	// <nil>
}
