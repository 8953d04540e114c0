package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// engineModule is the path of the WebAssembly engine's Go module.
const engineModule = "github.com/tetratelabs/wazero"

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of funcbox, Go, the engine and the languages",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage(cmd, "version takes no arguments")
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			info, ok := debug.ReadBuildInfo()
			if !ok {
				info = &debug.BuildInfo{}
			}
			return a.printVersion(a.stdout, info)
		},
	}
}

func (a *app) printVersion(to io.Writer, info *debug.BuildInfo) error {
	var text strings.Builder
	fmt.Fprintf(&text, "funcbox %s\n", ownVersion(info))
	fmt.Fprintf(&text, "%s %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, dependency := range info.Deps {
		if dependency.Path == engineModule {
			fmt.Fprintf(&text, "wazero %s\n", dependency.Version)
		}
	}
	for _, language := range a.languages.All() {
		fmt.Fprintf(&text, "%s: %s\n", language.Name, language.Version)
	}
	_, err := io.WriteString(to, text.String())
	return err
}

func ownVersion(info *debug.BuildInfo) string {
	version := info.Main.Version
	if version == "" {
		version = "(devel)"
	}
	settings := make(map[string]string)
	for _, setting := range info.Settings {
		settings[setting.Key] = setting.Value
	}
	revision := settings["vcs.revision"]
	if revision == "" {
		return version
	}
	version += " revision " + revision[:min(len(revision), 12)]
	if date := settings["vcs.time"]; date != "" {
		version += " of " + date
	}
	if settings["vcs.modified"] == "true" {
		version += ", modified"
	}
	return version
}
