package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"yolchi/bot"
	"yolchi/internal/curriculum"
	"yolchi/internal/telegram"
	"yolchi/locales"
)

// contentFlags say where roadmaps of one's own stand.
type contentFlags struct {
	ContentDir string `env:"YOLCHI_CONTENT_DIR" placeholder:"DIR" type:"path" help:"Directory of roadmaps of your own, to teach beside the program's; docs/authors.md says what stands in it (${env})."`
}

// library is the program's roadmaps, and those of the directory if one is set.
func (f contentFlags) library() (*curriculum.Library, error) {
	library, err := curriculum.Load(locales.FS)
	if err != nil {
		return nil, fmt.Errorf("reading the roadmaps: %w", err)
	}
	return f.addTo(library)
}

// addTo is the library with the roadmaps of the directory, or as it is if none
// is set. An error names the mistakes with their files and lines; what may only
// follow from another is not named.
func (f contentFlags) addTo(library *curriculum.Library) (*curriculum.Library, error) {
	if f.ContentDir == "" {
		return library, nil
	}
	switch info, err := os.Stat(f.ContentDir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no directory %s: YOLCHI_CONTENT_DIR (or --content-dir) names the one with your own roadmaps", f.ContentDir)
	case err != nil:
		return nil, fmt.Errorf("the directory of your own roadmaps cannot be read: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("%s is a file: YOLCHI_CONTENT_DIR (or --content-dir) names the directory with your own roadmaps", f.ContentDir)
	}
	all, err := library.Add(os.DirFS(f.ContentDir), f.ContentDir, shows)
	var problems curriculum.Problems
	if errors.As(err, &problems) {
		return nil, fmt.Errorf("your own roadmaps need mending (%d):\n%w", len(problems), err)
	}
	return all, err
}

// shows says why a lesson's Markdown cannot be shown.
func shows(markdown string) error { return telegram.ValidHTML(telegram.HTML(markdown)) }

// reloadOn reads the roadmaps of the directory again whenever it is asked to,
// until it is stopped.
func (f contentFlags) reloadOn(ctx context.Context, asked <-chan os.Signal, b *bot.Bot, ours *curriculum.Library, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-ctx.Done():
				return
			case <-asked:
				f.reload(b, ours, log)
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

// reload makes the roadmaps of the directory what is taught from now on. Those
// with a mistake are logged and not taken: what was taught before goes on.
func (f contentFlags) reload(b *bot.Bot, ours *curriculum.Library, log *slog.Logger) {
	if f.ContentDir == "" {
		log.Info("there are no roadmaps to read again: YOLCHI_CONTENT_DIR is not set")
		return
	}
	library, err := f.addTo(ours)
	var problems curriculum.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			log.Error("a mistake in your own roadmaps", "file", p.File, "line", p.Line, "problem", p.Text)
		}
		err = fmt.Errorf("%d mistakes", len(problems))
	}
	if err != nil {
		log.Error("your own roadmaps were not taken: what was taught before goes on", "error", err)
		return
	}
	b.Teach(library)
	log.Info("your own roadmaps were read again", counts(library)...)
}

// onTerminal says whether somebody looks at the log as it is written.
func onTerminal() bool {
	info, err := os.Stderr.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// counts says for the log how much of a library is somebody's own.
func counts(library *curriculum.Library) []any {
	own := library.Own()
	if own == nil {
		return nil
	}
	questions := 0
	for _, t := range own.Topics() {
		questions += len(t.Questions)
	}
	return []any{"roadmaps", len(own.Roadmaps()), "topics", len(own.Topics()), "questions", questions}
}
