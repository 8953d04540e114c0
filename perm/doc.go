// Package perm decides which operations a path allows: rules with glob patterns,
// priorities, defaults and exclusions. A leaf: nothing here knows of guests, trees
// or hosts. [Permissions] are what users write down, in Go or JSON; [Policy] is
// what they compile to, once for each mount point; [Matcher] is patterns alone.
//
// # Operations
//
// There are five: read (contents), list (what a directory holds), create, modify
// (contents, times, truncation) and delete. A mount allows read and list unless
// it says otherwise.
//
// # Rules
//
// Of all rules whose pattern matches a path, one decides: that with the highest
// priority, and of equal ones the first. It starts from the defaults, takes away
// what it denies and then adds what it allows; rules after it have no say. So
// {"pattern": "out/**", "allow": ["create"]} adds create to read and list, and
// {"pattern": "log", "deny": "*", "allow": ["read"]} leaves nothing but read. A
// rule with neither leaves the defaults: an exception to rules after it. Where no
// rule matches, the defaults hold.
//
// Exclude is the short form for what nobody shall touch: each entry is a rule that
// denies everything, at [ExcludePriority], before rules of that same priority. An
// entry without a slash is a name that counts at any depth below the mount point
// (".git", "*.key"), one with a slash is a path as in rules; both take everything
// below what they match along. A slash at the end of an entry is ignored.
//
// # Patterns
//
// A pattern that begins with a slash is matched against the whole guest path, any
// other against the path below the mount point.
//
//	?         one character of a name
//	*         any run of characters within a name, none too
//	**        as a whole name: any number of directories, none too
//	[abc]     one of these characters; [a-z] a range; [!abc] and [^abc] any other
//	{a,b}     either; may hold slashes and be nested
//	\c        the character c itself
//
// So "src/**" matches src and everything below it, "**" the mount point and
// everything below it, "*" what is directly below the mount point, "**/*.go" every
// Go file, and "." the mount point alone. "**" beside other characters of a name is
// like "*". No wildcard ever matches a slash but "**". Dot files are matched like
// others.
//
// A match is of the whole path. A rule for a directory says nothing of what is in
// it, unless the pattern does.
//
// Names are compared byte for byte: guest paths are case-sensitive on every host,
// and two Unicode spellings of one letter are two names. Spelling variants of a
// path, such as a//b, a/./b and x/../a/b, are one path.
//
// Patterns that cannot mean what they seem to are errors when they are compiled,
// and the error quotes them: malformed ones, those with ".." (no path holds it),
// with a slash at the end (write dir for the directory, dir/** for it and all in it),
// with more than 256 alternatives, and rules that allow and deny the same.
package perm
