package skeleton

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed empty
var empty embed.FS

// placeholder is what the files of the empty topic call it.
const placeholder = "TOPIC"

// Topic is a topic with every field empty and explained, and a question of each kind. The id must be
// free: whether it is taken is not known here.
func Topic(id string) ([]File, error) {
	if err := ValidID(id); err != nil {
		return nil, err
	}
	var files []File
	for _, suffix := range []string{".yaml", ".en.yaml", ".uz.yaml"} {
		text, err := empty.ReadFile("empty/topic" + suffix)
		if err != nil {
			return nil, fmt.Errorf("reading the empty topic: %w", err)
		}
		files = append(files, File{"topics/" + id + suffix, strings.ReplaceAll(string(text), placeholder, id)})
	}
	return files, nil
}

// ValidID says what is wrong with an id, in one sentence.
func ValidID(id string) error {
	if !idForm.MatchString(id) || len(id) > maxID || deviceForm.MatchString(id) {
		return fmt.Errorf("%q cannot be an id: write lower-case Latin words joined by hyphens, at most %d letters, as in school-rules", id, maxID)
	}
	return nil
}
