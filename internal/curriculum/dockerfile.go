package curriculum

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// instructions of a Dockerfile (docs.docker.com/reference/dockerfile).
var instructions = []string{
	"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
	"ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
}

// parseDockerfile reads a Dockerfile, or a part of one, as Docker splits it into
// instructions. It says what is wrong with the first that is.
func parseDockerfile(text string) error {
	var long string // an instruction that goes on in the next line
	begun := 0
	for i, line := range strings.Split(text, "\n") {
		if trimmed := strings.TrimSpace(line); trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		if long == "" {
			begun = i + 1
		}
		rest, more := strings.CutSuffix(strings.TrimRight(line, " \t"), "\\")
		long += " " + rest
		if more {
			continue
		}
		if err := parseInstruction(strings.TrimSpace(long)); err != nil {
			return fmt.Errorf("line %d: %w", begun, err)
		}
		long = ""
	}
	if long != "" {
		return fmt.Errorf("line %d: the instruction does not end", begun)
	}
	return nil
}

func parseInstruction(text string) error {
	name, args, _ := strings.Cut(text, " ")
	args = strings.TrimSpace(args)
	switch {
	case !slices.Contains(instructions, strings.ToUpper(name)):
		return fmt.Errorf("there is no instruction %q", name)
	case args == "":
		return fmt.Errorf("%s says nothing", name)
	case strings.HasPrefix(args, "["):
		var words []string
		if err := json.Unmarshal([]byte(args), &words); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
