package cli

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/funcbox/funcbox/perm"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "4096": 4096, "10B": 10, "64KiB": 64 << 10, "256MiB": 256 << 20, "4GiB": 4 << 30, "1.5GiB": 3 << 29,
		"1KB": 1000, "2MB": 2e6, "0.5GB": 5e8, "64mib": 64 << 20, "64 MiB": 64 << 20,
	} {
		got, err := parseSize(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{
		"", "MiB", "x", "1.5", "-1", "0", "0MiB", "1e400", "Inf", "NaN", "0x10", "1_000", "64MB!", "64TiB", "9EiB", "9999999999GiB", "0.3KiB",
	} {
		_, err := parseSize(text)
		require.Error(t, err, text)
	}
}

func TestFormatSize(t *testing.T) {
	for want, bytes := range map[string]int64{
		"256MiB": 256 << 20, "4GiB": 4 << 30, "1KiB": 1 << 10, "1023": 1023, "1000000": 1e6, "1025KiB": 1025 << 10,
	} {
		require.Equal(t, want, formatSize(bytes))
	}
}

func TestMountFlag(t *testing.T) {
	for text, want := range map[string][2]string{
		"./data:/data":         {"/data", "./data"},
		".:/a/b":               {"/a/b", "."},
		"/srv/x:/data":         {"/data", "/srv/x"},
		`C:\Users\ada:/data`:   {"/data", `C:\Users\ada`},
		"C:/Users/ada:/data":   {"/data", "C:/Users/ada"},
		"with:colon:/data":     {"/data", "with:colon"},
		"with space:/da ta":    {"/da ta", "with space"},
		`\\server\share:/data`: {"/data", `\\server\share`},
		"./x:/a:/b":            {"/b", "./x:/a"},
	} {
		host, guest, err := splitMount(text, true)
		require.NoError(t, err, text)
		require.Equal(t, want, [2]string{guest, host}, text)
	}
	for text, message := range map[string]string{
		"":           "write HOST:GUEST",
		"data":       "such as data:/data",
		"data:":      "the guest path begins with a slash",
		"data:guest": "the guest path begins with a slash",
		":/data":     "the host's folder is missing",
		"C:/Users":   "such as C:/Users:/data",
	} {
		_, _, err := splitMount(text, true)
		require.ErrorContains(t, err, message, text)
	}
	host, guest, err := splitMount("C:/Users", false)
	require.NoError(t, err)
	require.Equal(t, "C /Users", host+" "+guest)
	var f mountFlag
	require.NoError(t, f.Set("aa:/x"))
	require.EqualError(t, f.Set("bb:/x"), "/x is given twice")
}

func TestRuleFlags(t *testing.T) {
	var rules []perm.Rule
	allow, deny := &ruleFlag{rules: &rules}, &ruleFlag{rules: &rules, deny: true}
	for _, step := range []struct {
		flag *ruleFlag
		text string
	}{
		{allow, "out/**=create"}, {deny, "**/*.key=*"}, {allow, "out/**=modify,delete"}, {deny, "a=b=read"}, {deny, "out/**=list"}, {allow, "{a,b}/*=*"},
	} {
		require.NoError(t, step.flag.Set(step.text))
	}
	require.Equal(t, []perm.Rule{
		{Pattern: "out/**", Allow: perm.Create | perm.Modify | perm.Delete, Deny: perm.List},
		{Pattern: "**/*.key", Deny: perm.All},
		{Pattern: "a=b", Deny: perm.Read},
		{Pattern: "{a,b}/*", Allow: perm.All},
	}, rules)
	for text, message := range map[string]string{
		"out/**":       "write GLOB=OPERATIONS, such as 'out/**=read,list' or 'out/**=*'",
		"out/**=":      "write GLOB=OPERATIONS",
		"=read":        "write GLOB=OPERATIONS",
		"":             "such as 'out/**=read,list'",
		"out/**=write": `unknown permission "write"; known are read, list, create, modify, delete, and * for all`,
		"out/**=none":  "name at least one operation",
	} {
		require.ErrorContains(t, allow.Set(text), message, text)
	}
}
