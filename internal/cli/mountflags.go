package cli

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/perm"
)

// mountFlags are the flags of funcbox run that become a Mount.
type mountFlags struct {
	dirs     mountFlag
	rules    []perm.Rule
	exclude  []string
	loading  modeFlag[funcbox.LoadingMode]
	include  []string
	onDenied modeFlag[funcbox.DeniedMode]
	symlinks modeFlag[funcbox.SymlinkMode]
	sync     syncFlags
}

func (m *mountFlags) register(cmd *cobra.Command) {
	m.loading.parse, m.onDenied.parse, m.symlinks.parse = funcbox.ParseLoadingMode, funcbox.ParseDeniedMode, funcbox.ParseSymlinkMode
	f := cmd.Flags()
	f.Var(&m.dirs, "mount", "show a folder of the host in the sandbox, as `HOST:GUEST`; reading and listing is allowed; repeatable")
	f.Var(&ruleFlag{rules: &m.rules}, "allow", "allow more in mounts, as `GLOB=OPERATIONS`: read, list, create, modify, delete, with commas, or *; repeatable")
	f.Var(&ruleFlag{rules: &m.rules, deny: true}, "deny", "allow less in mounts, as `GLOB=OPERATIONS`; of globs that match the same, the narrower decides, else the first; repeatable")
	f.StringArrayVar(&m.exclude, "exclude", nil, "deny everything for a name or path in mounts and all below, whatever is allowed, a `GLOB`; repeatable")
	f.Var(&m.loading, "loading", "when files of mounts are read, a `mode`: lazy, eager or explicit (default lazy)")
	f.StringArrayVar(&m.include, "include", nil, "the only files of mounts that are there, a `GLOB`; repeatable")
	f.Var(&m.onDenied, "on-denied", "what a refused guest sees, a `mode`: throw, ignore or virtual (default throw)")
	f.Var(&m.symlinks, "follow-symlinks", "which symbolic links in mounts are followed, a `mode`: never, restricted or always (default never)")
	for name, modes := range map[string][]cobra.Completion{
		"loading":         {"lazy", "eager", "explicit"},
		"on-denied":       {"throw", "ignore", "virtual"},
		"follow-symlinks": {"never", "restricted", "always"},
	} {
		mustComplete(cmd, name, cobra.FixedCompletions(modes, cobra.ShellCompDirectiveNoFileComp))
	}
	for _, name := range []string{"allow", "deny", "exclude", "include"} {
		mustComplete(cmd, name, cobra.NoFileCompletions)
	}
	m.sync.register(cmd)
}

// mount makes the Mount that the flags describe, nil without --mount.
func (m *mountFlags) mount(cmd *cobra.Command) (*funcbox.Mount, error) {
	if len(m.dirs.dirs) == 0 {
		for _, name := range []string{"allow", "deny", "exclude", "loading", "include", "on-denied", "follow-symlinks", "sync", "on-error", "overwrite", "durable"} {
			if cmd.Flags().Changed(name) {
				return nil, usage(cmd, "--%s is about mounts, and there is no --mount; files of the sandbox itself are not restricted", name)
			}
		}
		return nil, nil
	}
	rules, err := perm.NarrowFirst(m.rules)
	if err != nil {
		return nil, usage(cmd, "--allow, --deny: %w", err)
	}
	sync, err := m.sync.sync(cmd)
	if err != nil {
		return nil, err
	}
	return &funcbox.Mount{
		Sync:        sync,
		Dirs:        m.dirs.dirs,
		Permissions: perm.Permissions{Rules: rules, Exclude: m.exclude},
		Loading:     funcbox.Loading{Mode: m.loading.mode, Include: m.include},

		FollowSymlinks:     m.symlinks.mode,
		OnPermissionDenied: m.onDenied.mode,
	}, nil
}

// mountFlag collects HOST:GUEST.
type mountFlag struct{ dirs map[string]string }

func (f *mountFlag) Set(text string) error {
	host, guest, err := splitMount(text, runtime.GOOS == "windows")
	if err != nil {
		return err
	}
	if _, twice := f.dirs[guest]; twice {
		return fmt.Errorf("%s is given twice", guest)
	}
	if f.dirs == nil {
		f.dirs = make(map[string]string)
	}
	f.dirs[guest] = host
	return nil
}

// splitMount splits at the last colon before a slash, since the guest path is
// absolute: the colon of a drive letter stays with the host.
func splitMount(text string, drives bool) (host, guest string, err error) {
	i := strings.LastIndex(text, ":/")
	switch {
	case i == 0:
		return "", "", errors.New("the host's folder is missing; write HOST:GUEST, such as .:/data")
	case i < 0 && strings.Contains(text, ":"):
		return "", "", errors.New("write HOST:GUEST, where the guest path begins with a slash, such as ./data:/data")
	case i < 0, i == 1 && drives && isLetter(text[0]):
		return "", "", fmt.Errorf("write HOST:GUEST: the folder, then where it is in the sandbox, such as %s:/data", cmp.Or(text, "."))
	}
	return text[:i], text[i+1:], nil
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func (f *mountFlag) String() string { return "" }
func (f *mountFlag) Type() string   { return "HOST:GUEST" }

// ruleFlag adds GLOB=OPERATIONS to rules; --allow and --deny share them. What is
// said of the same glob becomes one rule.
type ruleFlag struct {
	rules *[]perm.Rule
	deny  bool
}

func (f *ruleFlag) Set(text string) error {
	i := strings.LastIndexByte(text, '=')
	if i <= 0 || i == len(text)-1 {
		glob := strings.Trim(text, "=")
		if glob == "" {
			glob = "out/**"
		}
		return fmt.Errorf("write GLOB=OPERATIONS, such as '%s=read,list' or '%s=*'", glob, glob)
	}
	glob := text[:i]
	operations, err := perm.ParseOperations(text[i+1:])
	if err != nil {
		return err
	}
	if operations == 0 {
		return errors.New("name at least one operation")
	}
	at := slices.IndexFunc(*f.rules, func(rule perm.Rule) bool { return rule.Pattern == glob })
	if at < 0 {
		at = len(*f.rules)
		*f.rules = append(*f.rules, perm.Rule{Pattern: glob})
	}
	if rule := &(*f.rules)[at]; f.deny {
		rule.Deny |= operations
	} else {
		rule.Allow |= operations
	}
	return nil
}

func (f *ruleFlag) String() string { return "" }
func (f *ruleFlag) Type() string   { return "GLOB=OPERATIONS" }

// modeFlag is one of a few words.
type modeFlag[T fmt.Stringer] struct {
	mode  T
	parse func(string) (T, error)
}

func (f *modeFlag[T]) Set(text string) (err error) {
	f.mode, err = f.parse(text)
	return err
}

func (f *modeFlag[T]) String() string { return "" }
func (f *modeFlag[T]) Type() string   { return "mode" }
