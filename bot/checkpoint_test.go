package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/curriculum"
	"yolchi/internal/store"
)

func TestEightOfTenCloseAStageAndFiveOfSixAreKnown(t *testing.T) {
	for _, c := range []struct {
		kind      string
		questions int
		want      int
	}{
		{store.Checkpoint, 10, 8}, {store.Checkpoint, 9, 8}, {store.Checkpoint, 5, 4}, {store.Checkpoint, 3, 3}, {store.Checkpoint, 1, 1},
		{store.TestOut, 6, 5}, {store.TestOut, 5, 5}, {store.TestOut, 3, 3}, {store.TestOut, 1, 1},
	} {
		if got := neededOf(c.kind, c.questions); got != c.want {
			t.Errorf("a %s of %d questions needs %d, want %d", c.kind, c.questions, got, c.want)
		}
	}
}

func TestACheckpointIsMixedOverItsStageRarelySeenFirst(t *testing.T) {
	var topics []*curriculum.Topic
	for _, id := range []string{"a", "b", "c"} {
		topic := &curriculum.Topic{ID: id}
		for i := range 6 {
			topic.Questions = append(topic.Questions, &curriculum.Question{ID: fmt.Sprint(id, "/", i), TopicID: id})
		}
		topics = append(topics, topic)
	}
	first := mixed(topics, nil, checkpointQuestions)
	if diff := cmp.Diff(strings.Fields("a/0 b/0 c/0 a/1 b/1 c/1 a/2 b/2 c/2 a/3"), first); diff != "" {
		t.Errorf("the first time (-want +got):\n%s", diff)
	}
	seen := map[string]int{}
	for _, id := range first {
		seen[id]++
	}
	second := mixed(topics, seen, checkpointQuestions)
	again := 0
	for _, id := range second {
		again += seen[id]
	}
	if len(second) != 10 || again != 2 || len(slices.Compact(slices.Sorted(slices.Values(second)))) != 10 {
		t.Errorf("the second time %d were seen before: %v", again, second)
	}
	if got := mixed(topics[:1], nil, checkpointQuestions); len(got) != 6 {
		t.Errorf("a stage of six questions is asked %v", got)
	}
	if got := mixed(nil, nil, checkpointQuestions); len(got) != 0 {
		t.Errorf("a stage without questions is asked %v", got)
	}
}
