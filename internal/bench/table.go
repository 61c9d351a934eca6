//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

// figure is one line of the table.
type figure struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Target string  `json:"target,omitempty"` // "" for a figure that only explains another
	Met    bool    `json:"met"`
	Note   string  `json:"note,omitempty"`
}

func atLeast(name string, value float64, unit string, target float64) figure {
	return figure{Name: name, Value: value, Unit: unit, Target: fmt.Sprintf("≥ %g", target), Met: value >= target}
}

func atMost(name string, value float64, unit string, target float64) figure {
	return figure{Name: name, Value: value, Unit: unit, Target: fmt.Sprintf("≤ %g", target), Met: value <= target}
}

func plain(name string, value float64, unit string) figure {
	return figure{Name: name, Value: value, Unit: unit}
}

func (f figure) noted(format string, args ...any) figure {
	f.Note = fmt.Sprintf(format, args...)
	return f
}

// table is what a run found, and where.
type table struct {
	At      time.Time `json:"at"`
	Quick   bool      `json:"quick"`
	System  string    `json:"system"`
	CPUs    int       `json:"cpus"`
	Go      string    `json:"go"`
	Figures []figure  `json:"figures"`
}

func newTable(quick bool) *table {
	return &table{
		At: time.Now().UTC().Truncate(time.Second), Quick: quick,
		System: runtime.GOOS + "/" + runtime.GOARCH, CPUs: runtime.NumCPU(), Go: runtime.Version(),
	}
}

func (t *table) print(w io.Writer) {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "\nname\tfigure\tunit\ttarget\tmet\tnote")
	for _, f := range t.Figures {
		met := ""
		if f.Target != "" {
			met = map[bool]string{true: "yes", false: "MISSED"}[f.Met]
		}
		fmt.Fprintf(out, "%s\t%.4g\t%s\t%s\t%s\t%s\n", f.Name, f.Value, f.Unit, f.Target, met, f.Note)
	}
	_ = out.Flush() // to the terminal; the file has it as well
	if t.Quick {
		fmt.Fprintln(w, "\nSmall sizes: these figures only show that the rows run.")
	}
}

func (t *table) write(file string) error {
	text, err := json.MarshalIndent(t, "", "  ")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(file), 0o755)
	}
	if err == nil {
		err = os.WriteFile(file, append(text, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	return nil
}

// quantile is the smallest value that the given part of all is not above.
func quantile(values []time.Duration, part float64) time.Duration {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(part*float64(len(sorted))))]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }
