package main

import (
	"strings"
	"testing"
)

func TestTheSimulationPrintsTheSameFiguresForTheSameSeed(t *testing.T) {
	small := func(seed string) string {
		out, errs, code := program(t, nil, "simulate", "--learners", "6", "--days", "30", "--seed", seed)
		if code != 0 || errs != "" {
			t.Fatalf("exit %d, stderr %s", code, errs)
		}
		return out
	}
	out := small("1")
	for _, want := range []string{
		"reviews on a study day, median", "reviews on a study day, 95 % at most", "known at the end, of all learned",
		"log loss of the predictions", "of the best constant", "of the best number for each rung", "ladder 1-3-7-21",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not printed:\n%s", want, out)
		}
	}
	if again := small("1"); again != out {
		t.Errorf("the same seed printed\n%s\nand\n%s", out, again)
	}
	if small("2") == out {
		t.Error("another seed printed the same")
	}
}

func TestASimulationOfNobodyIsAMistakeInOneSentence(t *testing.T) {
	for _, c := range []struct{ flag, value, want string }{
		{"--learners", "0", "--learners and --days must be 1 or more"},
		{"--days", "0", "--learners and --days must be 1 or more"},
		{"--days", "many", "--days"},
		{"--seed", "x", "--seed"},
		{"--people", "3", "unknown flag --people"},
	} {
		out, errs, code := program(t, nil, "simulate", c.flag, c.value)
		if code != 1 || out != "" || !strings.HasPrefix(errs, "yolchi: ") || !strings.Contains(errs, c.want) || strings.Contains(errs, "goroutine") {
			t.Errorf("%s %s: exit %d\nstdout: %s\nstderr: %s", c.flag, c.value, code, out, errs)
		}
	}
}
