package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yolchi/internal/study"
)

// What a tick asks for has an index of its own that holds only who waits: with
// nothing due it costs the same however many chats there are.
func TestATickFindsWhatIsDueByAnIndex(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, query := range []string{
		`INSERT INTO chats (chat_id, kind, ready, remind_on, next_at, saver_at, created_at, updated_at)
			SELECT n, 'private', true, true, now() + interval '1 day', CASE WHEN n % 10 = 0 THEN now() + interval '1 day' END, now(), now()
			FROM generate_series(1, 20000) AS n`,
		`ANALYZE chats`,
	} {
		if _, err := s.db.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	for column, index := range map[string]string{"next_at": "chats_due", "saver_at": "chats_saver"} {
		var plan []string
		err := s.db.SelectContext(t.Context(), &plan, `EXPLAIN SELECT `+chatColumns+` FROM chats WHERE `+column+` <= $1
			ORDER BY `+column+` LIMIT $2 FOR UPDATE SKIP LOCKED`, time.Now(), 250)
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(plan, "\n"); !strings.Contains(text, "Index Scan using "+index) {
			t.Errorf("by %s:\n%s", column, text)
		}
	}
}

func TestASaverIsPlannedOnceAndClaimedAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	evening := at(20, "21:00")
	set := func(c *Chat) { c.SaverAt = &evening }
	learner(t, s, 1, set)
	learner(t, s, 2, func(c *Chat) { set(c); c.SaverOn = false })
	learner(t, s, 3, func(c *Chat) { set(c); c.RemindOn = false })
	learner(t, s, 4, func(c *Chat) { set(c); now := noon; c.StoppedAt = &now })
	learner(t, s, 5, nil)
	learner(t, s, 6, set)
	if _, err := s.Block(t.Context(), 6, noon); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, now := range []time.Time{at(20, "20:59"), evening, at(20, "21:01")} {
		claimed, _, err := s.Plan(t.Context(), now, time.Minute, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range claimed {
			got = append(got, fmt.Sprint(d.Kind, " ", d.ChatID, " ", d.Day, " ", d.DueAt.Equal(evening)))
		}
	}
	if diff := cmp.Diff([]string{"saver 1 2026-11-20 true"}, got); diff != "" {
		t.Error(diff)
	}
}

// A batch has room for so many chats, topics first: no saver beyond it is lost.
func TestSaversWaitForTheirTurn(t *testing.T) {
	t.Parallel()
	s := open(t)
	due := at(21, "09:00")
	for id := int64(1); id <= 5; id++ {
		learner(t, s, id, func(c *Chat) { c.SaverAt = &due })
	}
	kinds := map[string]int{}
	for range 10 {
		claimed, taken, err := s.Plan(t.Context(), due, time.Minute, 3)
		if err != nil {
			t.Fatal(err)
		}
		if taken > 3 {
			t.Errorf("a batch of 3 took %d", taken)
		}
		for _, d := range claimed {
			kinds[d.Kind]++
		}
		if taken == 0 {
			break
		}
	}
	if diff := cmp.Diff(map[string]int{TopicDelivery: 5, SaverDelivery: 5}, kinds); diff != "" {
		t.Error(diff)
	}
}

func TestTheSaverKeepsItsDistanceFromTheTopic(t *testing.T) {
	for _, c := range []struct {
		topic, wish string
		want        string // "" for none
	}{
		{"09:00", "21:00", "21:00"}, {"20:00", "21:00", "21:00"}, {"20:01", "21:00", "21:01"}, {"21:00", "21:00", "22:00"},
		{"21:59", "21:00", "22:59"}, {"22:00", "21:00", ""}, {"22:30", "23:00", "23:30"}, {"23:00", "23:00", ""}, {"23:59", "23:59", ""},
		{"00:00", "21:00", "21:00"},
	} {
		minute := func(clock string) int {
			at, err := time.Parse("15:04", clock)
			if err != nil {
				t.Fatal(err)
			}
			return at.Hour()*60 + at.Minute()
		}
		got := ""
		if m, ok := (Chat{RemindMinute: minute(c.topic), SaverWish: minute(c.wish)}).SaverMinute(); ok {
			got = fmt.Sprintf("%02d:%02d", m/60, m%60)
		}
		if got != c.want {
			t.Errorf("topic at %s, saver at %s: it comes at %q, want %q", c.topic, c.wish, got, c.want)
		}
	}
}

// Whoever says nothing gets a topic on seven study days, the offer, three more
// a week apart, the last line, and then nothing. A group gets its topics.
func TestSilenceSlowsTheTopicsDown(t *testing.T) {
	t.Parallel()
	s := open(t)
	learner(t, s, 1, nil)
	learner(t, s, 2, func(c *Chat) { c.RemindDays = study.Of(time.Friday) })
	_, err := s.db.ExecContext(t.Context(), `INSERT INTO chats (chat_id, kind, ready, remind_on, next_at, created_at, updated_at)
		VALUES (-3, 'group', true, true, $1, $1, $1)`, noon)
	if err != nil {
		t.Fatal(err)
	}
	got := map[int64]string{}
	for day := 1; day <= 120; day++ {
		claimed, _, err := s.Plan(t.Context(), at(20+day, "09:00"), time.Minute, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range claimed {
			if mark := map[string]string{TopicDelivery: "t", WeeklyDelivery: "W", SilenceDelivery: "S"}[d.Kind]; d.ChatID != -3 {
				got[d.ChatID] += fmt.Sprintf("%s%d ", mark, day)
			} else {
				got[d.ChatID] += mark
			}
		}
	}
	want := map[int64]string{
		1:  "t1 t2 t3 t4 t5 t6 t7 W8 t15 t22 t29 S36 ",
		2:  "t7 t14 t21 t28 t35 t42 t49 t56 t63 t70 t77 S84 ",
		-3: strings.Repeat("t", 120),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Once a week is once a week through two years of clock changes, at an hour that
// they like to hit.
func TestWeeklyTopicsKeepTheirDayThroughClockChanges(t *testing.T) {
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "America/Nuuk", "Asia/Tashkent"} {
		for _, minute := range []int{0, 150, 23*60 + 30} {
			c := Chat{Key: Person(1), Kind: "private", Zone: zone, RemindMinute: minute, RemindDays: study.EveryDay, RemindOn: true, Ready: true, Rhythm: study.Weekly}
			sunday := study.DayOf(time.Date(2026, 1, 4, 0, 0, 0, 0, time.UTC))
			c.TopicDay = &sunday
			for now := sunday.At(minute, c.Location()); ; {
				c.Reschedule(now)
				day, _, ok := c.Schedule().Due(*c.NextAt)
				if !ok || day != *c.TopicDay+7 {
					t.Fatalf("%s %d: after %s comes %s, %t", zone, minute, c.TopicDay, day, ok)
				}
				if c.TopicDay, now = &day, *c.NextAt; day > sunday+730 {
					break
				}
			}
		}
	}
}
