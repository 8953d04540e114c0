package cli

import (
	"fmt"
	"strings"
	"time"
)

// barChanges is how many changes a sync must have for a progress bar.
const barChanges = 100

// syncBar shows on a terminal how far a sync is. Where there is no terminal it does
// nothing.
type syncBar struct {
	to       *lineWriter // nil: nowhere
	interval time.Duration
	drawn    time.Time // last time; zero: never
	shown    bool
}

func (a *app) syncBar(stderr *lineWriter) *syncBar {
	bar := &syncBar{interval: progressInterval}
	if a.columns >= progressColumns {
		bar.to = stderr
	}
	return bar
}

// update takes the number of changes that were tried, and of all.
func (b *syncBar) update(done, total int) {
	if b.to == nil || total <= barChanges || time.Since(b.drawn) < b.interval && done < total {
		return
	}
	if !b.shown && b.to.unfinished { // a line of the guest's
		fmt.Fprintln(b.to)
	}
	b.shown, b.drawn = true, time.Now()
	fmt.Fprint(b.to.to, "\r"+syncLine(done, total))
}

// stop takes the bar away.
func (b *syncBar) stop() {
	if b.shown {
		fmt.Fprint(b.to.to, "\r"+strings.Repeat(" ", progressColumns-1)+"\r")
		b.shown = false
	}
}

// syncLine is the picture of the bar.
func syncLine(done, total int) string {
	full := barWidth * done / total
	return fmt.Sprintf("syncing [%s%s] %d of %d changes", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), done, total)
}
