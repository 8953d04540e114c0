package cli

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/internal/value"
)

// arguments reads --args and --kwargs.
func arguments(cmd *cobra.Command, flags *runFlags, request *funcbox.Request) (err error) {
	if cmd.Flags().Changed("args") {
		if request.Args, err = parseArgs(cmd, flags.args); err != nil {
			return err
		}
	}
	if cmd.Flags().Changed("kwargs") {
		named, err := parseNamed(cmd, "--kwargs", flags.kwargs)
		if err != nil {
			return err
		}
		request.Kwargs = named
	}
	if len(request.Args) == 1 && request.Kwargs != nil {
		if _, all := request.Args[0].(funcbox.Named); all {
			return usage(cmd, "an object in --args has all arguments; leave out --kwargs")
		}
	}
	return nil
}

func parseArgs(cmd *cobra.Command, text string) ([]any, error) {
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		return nil, usage(cmd, "--args: %w", err)
	}
	switch v := v.(type) {
	case []any:
		return v, nil
	case map[string]any:
		named, err := parseNamed(cmd, "--args", text)
		return []any{named}, err
	}
	return nil, usage(cmd, `--args needs a JSON array, such as '["World", 1]', or an object of arguments by name`)
}

func parseNamed(cmd *cobra.Command, flag, text string) (funcbox.Named, error) {
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		return nil, usage(cmd, "%s: %w", flag, err)
	}
	if _, ok := v.(map[string]any); !ok {
		return nil, usage(cmd, `%s needs a JSON object, such as '{"greeting": "Hi"}'`, flag)
	}
	var named funcbox.Named
	if err := named.UnmarshalJSON([]byte(text)); err != nil {
		return nil, usage(cmd, "%s: %s", flag, strings.TrimPrefix(err.Error(), "funcbox: "))
	}
	return named, nil
}

func readSchema(name string) (*funcbox.Schema, error) {
	if name == "" {
		return nil, nil
	}
	text, err := readFile(name)
	if err != nil {
		return nil, fmt.Errorf("--schema: %w", err)
	}
	schema, err := funcbox.ParseSchema(bytes.TrimPrefix(text, []byte("\ufeff")))
	if err != nil {
		return nil, fmt.Errorf("--schema %s: %s", name, strings.TrimPrefix(err.Error(), "funcbox: "))
	}
	return schema, nil
}
