// Command sync lets a JavaScript function rewrite a folder of the host: its changes are
// written there after the call. One write is refused, one is skipped by a hook, and one
// is in conflict, since another program changes the file meanwhile. The second
// time, a conflict undoes everything.
//
//	go run ./examples/sync
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/funcbox/funcbox"
	"github.com/funcbox/funcbox/lang/js"
	"github.com/funcbox/funcbox/perm"
)

//go:embed transform.js
var code string

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	ex, err := funcbox.New(ctx, funcbox.WithLanguages(js.Language()))
	if err != nil {
		return err
	}
	defer ex.Close(ctx)

	for _, policy := range []funcbox.SyncPolicy{funcbox.SyncContinue, funcbox.SyncRollback} {
		fmt.Println("on error:", policy)
		if err := transform(ctx, ex, policy); err != nil {
			return err
		}
	}
	return nil
}

func transform(ctx context.Context, ex *funcbox.Executor, policy funcbox.SyncPolicy) error {
	// A copy, so that the example does the same every time.
	folder, err := os.MkdirTemp("", "funcbox-example-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := os.CopyFS(folder, os.DirFS("examples/folder/orders")); err != nil {
		return err
	}

	res, err := ex.Execute(ctx, funcbox.Request{
		Language: "js", Code: code, Function: "transform", Args: []any{"/orders"},
		Mount: &funcbox.Mount{
			Dirs: map[string]string{"/orders": folder},
			Permissions: perm.Permissions{
				Rules:   []perm.Rule{{Pattern: "**/*.csv", Allow: perm.Modify}, {Pattern: "totals/**", Allow: perm.Create}},
				Exclude: []string{"*.key"},
			},
			Sync: funcbox.Sync{Mode: funcbox.SyncBatch, OnError: policy},
			Hooks: funcbox.Hooks{BeforeSync: func(_ context.Context, change funcbox.FileChange) funcbox.SyncDecision {
				switch filepath.Base(change.Path) {
				case "2025-12.csv":
					return funcbox.SkipSync("the archive is closed")
				case "2026-02.csv": // here comes the other program
					if err := appendTo(change.HostPath, "Ada,lamp,20\n"); err != nil {
						log.Print(err)
					}
				}
				return funcbox.SyncDecision{}
			}},
		},
	})
	if err != nil && !errors.Is(err, funcbox.ErrRolledBack) {
		return err
	}
	for _, denial := range res.Files.Denied {
		fmt.Println("  refused:", denial)
	}
	for _, path := range res.Sync.Synced {
		fmt.Println("  synced:", path)
	}
	for _, one := range res.Sync.Skipped {
		fmt.Println("  skipped:", one.Path+":", one.Reason)
	}
	for _, one := range res.Sync.Conflicts {
		fmt.Println("  conflict:", one.Path+":", one.Reason)
	}
	for _, path := range res.Sync.RolledBack {
		fmt.Println("  rolled back:", path)
	}
	for _, name := range []string{"2026-01.csv", "2026-02.csv", "totals/all.json"} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if errors.Is(err, os.ErrNotExist) {
			content, err = []byte("not there"), nil
		}
		if err != nil {
			return err
		}
		fmt.Printf("  %s: %s\n", name, strings.Join(strings.Fields(string(content)), " "))
	}
	return nil
}

func appendTo(name, text string) error {
	file, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}
