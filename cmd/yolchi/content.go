package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"yolchi/internal/curriculum"
	"yolchi/internal/localpg"
	"yolchi/locales"
)

type contentCommand struct {
	Check  checkCommand  `cmd:"" help:"Check every text and run every piece of code."`
	Export exportCommand `cmd:"" help:"Print all roadmaps, lessons and questions as JSON."`
	Stats  statsCommand  `cmd:"" help:"Count what each roadmap holds."`
	Import importCommand `cmd:"" help:"Turn a document into the files of a roadmap, to be filled in."`
	New    newCommand    `cmd:"" help:"Write the files of an empty topic, with every field explained."`
}

type exportCommand struct {
	Lang string `required:"" enum:"en,uz" help:"Language: en or uz."`
	contentFlags
}

func (c *exportCommand) Run() error {
	library, err := c.library()
	if err != nil {
		return err
	}
	out, err := library.Export(c.Lang)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(append(out, '\n'))
	return err
}

type checkCommand struct {
	Dir      string `default:"locales" placeholder:"DIR" help:"Directory of the texts; where there is none, the program's own are checked."`
	Database string `env:"DATABASE_URL" placeholder:"URL" help:"Postgres to run the lessons' SQL on; otherwise a private one is started for the time (${env})."`
	NoRun    bool   `help:"Do not run the code of the lessons."`
	contentFlags
}

func (c *checkCommand) Run(ctx context.Context) error {
	library, err := c.load()
	if err != nil {
		return fmt.Errorf("the texts cannot be read:\n%w", err)
	}
	report := curriculum.Check(library, shows)
	problems := report.Problems
	for _, p := range report.Progress {
		fmt.Printf("%-16s %3d topics written, %3d not yet written\n", p.Roadmap, p.Written, p.Unwritten)
		if r, ok := library.Roadmap(p.Roadmap); ok && p.Unwritten > 0 {
			fmt.Printf("%16s still to be written: %s\n", "", strings.Join(toWrite(r), ", "))
		}
	}
	if !c.NoRun {
		proof, err := c.prove(ctx, library)
		if err != nil {
			return err
		}
		problems = append(problems, proof.Problems...)
		for _, lang := range proof.Languages() {
			fmt.Printf("%-16s %3d pieces of code run, %3d only parsed or built\n", lang, proof.Run[lang], proof.Parsed[lang])
		}
		for _, lang := range slices.Sorted(maps.Keys(proof.Unproved)) {
			fmt.Printf("%-16s %3d not looked at: %s\n", lang, proof.Unproved[lang].Pieces, proof.Unproved[lang].Why)
		}
	}
	for _, problem := range problems {
		fmt.Println(problem)
	}
	for _, line := range report.NewIDs {
		fmt.Println("missing in ids.txt:", line)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%d problems in the texts", len(problems))
	}
	fmt.Println("The texts are in order.")
	return nil
}

// load reads the texts of the directory, or the program's own; if there are
// roadmaps of one's own, it is only those.
func (c *checkCommand) load() (*curriculum.Library, error) {
	if c.ContentDir != "" {
		library, err := c.library()
		if err != nil {
			return nil, err
		}
		return library.Own(), nil
	}
	if _, err := os.Stat(filepath.Join(c.Dir, "roadmaps")); err == nil {
		return curriculum.Load(os.DirFS(c.Dir))
	}
	return curriculum.Load(locales.FS)
}

// prove runs the code of the lessons, with a line of progress on a terminal.
func (c *checkCommand) prove(ctx context.Context, library *curriculum.Library) (curriculum.RunReport, error) {
	cfg := curriculum.RunConfig{Examples: filepath.Join(c.Dir, "examples"), Database: c.Database}
	if cfg.Database == "" {
		dsn, stop, err := passingDatabase(ctx)
		if err != nil {
			return curriculum.RunReport{}, err
		}
		defer stop()
		cfg.Database = dsn
	}
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		cfg.Progress = func(done, total int, what string) {
			fmt.Fprintf(os.Stderr, "\r\033[K%d of %d: %s", done, total, what)
		}
		defer fmt.Fprint(os.Stderr, "\r\033[K")
	}
	return curriculum.RunCode(ctx, library, cfg)
}

// passingDatabase starts a private Postgres that is gone afterwards. Without
// installed programs there is none: then SQL is not proved, and the check says
// so.
func passingDatabase(ctx context.Context) (dsn string, stop func(), err error) {
	dir, err := os.MkdirTemp("", "yolchi-check-")
	if err != nil {
		return "", nil, fmt.Errorf("making a directory for the database: %w", err)
	}
	remove := func() { os.RemoveAll(dir) }       //nolint:errcheck // what is left is in a temporary directory
	if err := os.Chmod(dir, 0o755); err != nil { // the server may run as another user
		remove()
		return "", nil, fmt.Errorf("opening the database's directory: %w", err)
	}
	server, err := localpg.Start(ctx, localpg.Config{Dir: dir, NoSync: true})
	if errors.Is(err, localpg.ErrNotInstalled) {
		return "", remove, nil
	}
	if err != nil {
		remove()
		return "", nil, fmt.Errorf("starting a database for the SQL of lessons: %w", err)
	}
	return server.DSN("yolchi"), func() {
		_ = server.Stop() // its data goes with the directory
		remove()
	}, nil
}

type statsCommand struct{ contentFlags }

func (c statsCommand) Run() error {
	library, err := c.library()
	if err != nil {
		return err
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "roadmap\tlanguage\tstages\ttopics\twritten\twords\tquestions\tprojects\tcode run\tcode parsed\t")
	for _, s := range library.Stats() {
		fmt.Fprintf(out, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n",
			s.Roadmap, s.Language, s.Stages, s.Topics, s.Written, s.Words, s.Questions, s.Projects, s.Run, s.Built)
	}
	return out.Flush()
}
