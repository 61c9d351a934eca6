package picture

import (
	"os"
	"path/filepath"
	"testing"
)

// The README shows what is drawn today.
func TestTheReadmeShowsWhatIsDrawn(t *testing.T) {
	for file, name := range map[string]string{
		"progress.png": "progress.middle.en", "stage.png": "card.stage.uz", "road.png": "card.roadmap.en",
	} {
		got, err := drawn(t, samples[name]).png()
		if err != nil {
			t.Fatal(err)
		}
		shown := filepath.Join("..", "..", "docs", file)
		if *update {
			if err := os.WriteFile(shown, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(shown)
		if err != nil {
			t.Fatal(err)
		}
		if n := different(pixels(t, got), pixels(t, want)); n > 60 {
			t.Errorf("%d pixels differ from %s; -update takes over what is drawn", n, shown)
		}
	}
}
