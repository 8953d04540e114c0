package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func (a *app) warmCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "warm [LANGUAGE...]",
		Short: "Compile the runtimes into the cache",
		Long: `Warm compiles the runtimes of the languages named, or of all, into the cache, so
that the first call of later processes need not wait for that.`,
		Example: "  funcbox warm\n  funcbox warm js",
		Args: func(cmd *cobra.Command, args []string) error {
			for _, name := range args {
				if _, err := a.language(cmd, name); err != nil {
					return err
				}
			}
			return nil
		},
		RunE:              a.warm,
		ValidArgsFunction: a.languageNames,
	}
}

func (a *app) warm(cmd *cobra.Command, names []string) error {
	ctx := cmd.Context()
	progress := a.progress()
	defer progress.stop()
	ex, err := a.executor(ctx, progress.update)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		names = a.languages.Names()
	}
	for _, name := range names {
		language := a.languages.ByName(name)
		begin := time.Now()
		if err := ex.Warm(ctx, language.Name); err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%s: ready after %.2fs (%s)\n", language.Name, time.Since(begin).Seconds(), language.Version)
	}
	return ex.Close(ctx)
}
