// Package skeleton writes the first version of content files, for an author to fill in: those of a
// whole roadmap from a document that somebody has written for people ([Import]), and those of one
// empty topic ([Topic]).
//
// Documents come from anywhere. Nothing of their text is dropped: what has no field of its own
// becomes a comment in the file where its author will look for it. No word of them decides where
// a file goes: names are made of a few letters, and [Write] leaves its directory by no link.
package skeleton

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// File is one file of content.
type File struct {
	Path string // inside the tree of content, with slashes: topics/go-slices.en.yaml
	Text string
}

// Skeleton is what a document became.
type Skeleton struct {
	ID       string // of the roadmap
	Language string // of the document
	Stages   []Stage
	Files    []File // in the order in which an author goes through them
}

// Stage names the topics of one stage.
type Stage struct {
	ID     string
	Topics []string
}

// ExistError lists the files that stand where new ones were to be written.
type ExistError struct{ Paths []string }

func (e *ExistError) Error() string {
	return "there already, and left as they are:\n  " + strings.Join(e.Paths, "\n  ")
}

// Write puts the files below the directory, which it makes if there is none. If any of them exists
// it writes nothing and returns an [*ExistError].
func Write(dir string, files []File) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the directory: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("opening the directory: %w", err)
	}
	defer root.Close() //nolint:errcheck // nothing was written through it
	var there []string
	for _, f := range files {
		if _, err := root.Lstat(f.Path); err == nil {
			there = append(there, path.Join(dir, f.Path))
		} else if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("looking for %s: %w", f.Path, err)
		}
	}
	if len(there) > 0 {
		return &ExistError{there}
	}
	for _, f := range files {
		if err := write(root, f); err != nil {
			return fmt.Errorf("writing %s: %w", f.Path, err)
		}
	}
	return nil
}

func write(root *os.Root, f File) error {
	if err := root.MkdirAll(path.Dir(f.Path), 0o755); err != nil {
		return err
	}
	out, err := root.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = out.WriteString(f.Text)
	return errors.Join(err, out.Close())
}
