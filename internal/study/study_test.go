package study

import (
	"testing"
	"time"

	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func day(t testing.TB, text string) Day {
	t.Helper()
	var d Day
	if err := d.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheLocalDayIsTheChatsOwn(t *testing.T) {
	for _, c := range []struct{ instant, zone, want string }{
		{"2026-11-20T18:59:59Z", "Asia/Tashkent", "2026-11-20"}, // 23:59:59
		{"2026-11-20T19:00:00Z", "Asia/Tashkent", "2026-11-21"}, // midnight
		{"2026-11-20T19:00:00Z", "America/New_York", "2026-11-20"},
		{"2026-11-20T10:30:00Z", "Pacific/Kiritimati", "2026-11-21"},
		{"2026-11-20T10:30:00Z", "Pacific/Pago_Pago", "2026-11-19"},
		{"2026-03-29T00:59:59Z", "Europe/Berlin", "2026-03-29"}, // the last second before summer time
		{"2026-10-25T22:59:59Z", "Europe/Berlin", "2026-10-25"}, // a day of 25 hours
		{"2026-10-25T23:00:00Z", "Europe/Berlin", "2026-10-26"},
	} {
		instant, err := time.Parse(time.RFC3339, c.instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(instant.In(zone(t, c.zone))).String(); got != c.want {
			t.Errorf("DayOf(%s in %s) = %s, want %s", c.instant, c.zone, got, c.want)
		}
	}
}

func TestAnHourInAGapMovesPastItAndOneThatComesTwiceFiresOnce(t *testing.T) {
	for _, c := range []struct {
		day, zone string
		minute    int
		want      string // UTC
	}{
		{"2026-11-20", "Asia/Tashkent", 9 * 60, "2026-11-20T04:00:00Z"},
		{"2026-03-29", "Europe/Berlin", 1*60 + 59, "2026-03-29T00:59:00Z"},
		{"2026-03-29", "Europe/Berlin", 2*60 + 30, "2026-03-29T01:00:00Z"}, // 02:00–03:00 does not exist
		{"2026-03-29", "Europe/Berlin", 3 * 60, "2026-03-29T01:00:00Z"},
		{"2026-10-25", "Europe/Berlin", 2*60 + 30, "2026-10-25T00:30:00Z"}, // the first of two
		{"2026-10-25", "Europe/Berlin", 3 * 60, "2026-10-25T02:00:00Z"},
		{"2026-03-08", "America/New_York", 2*60 + 30, "2026-03-08T07:00:00Z"},
		{"2026-11-01", "America/New_York", 1*60 + 30, "2026-11-01T05:30:00Z"},
		{"2026-04-24", "Africa/Cairo", 0, "2026-04-23T22:00:00Z"}, // midnight itself is gone: 01:00
		{"2026-04-24", "Africa/Cairo", 30, "2026-04-23T22:00:00Z"},
		{"2026-04-05", "Australia/Lord_Howe", 1*60 + 45, "2026-04-04T14:45:00Z"}, // clocks fall back by half an hour
		{"2026-10-04", "Australia/Lord_Howe", 2*60 + 15, "2026-10-03T15:30:00Z"},
		{"2026-03-28", "America/Nuuk", 22*60 + 59, "2026-03-29T00:59:00Z"},
		{"2026-03-28", "America/Nuuk", 23*60 + 30, "2026-03-29T00:59:00Z"}, // the day ends at 23:00
		{"2026-03-29", "America/Nuuk", 0, "2026-03-29T01:00:00Z"},
	} {
		got := day(t, c.day).At(c.minute, zone(t, c.zone)).UTC().Format(time.RFC3339)
		if got != c.want {
			t.Errorf("%s %02d:%02d in %s = %s, want %s", c.day, c.minute/60, c.minute%60, c.zone, got, c.want)
		}
	}
}

func TestTheNextTopicComesOnceAStudyDay(t *testing.T) {
	tashkent := zone(t, "Asia/Tashkent")
	at := func(text string) time.Time {
		t.Helper()
		instant, err := time.ParseInLocation("2006-01-02 15:04", text, tashkent)
		if err != nil {
			t.Fatal(err)
		}
		return instant
	}
	for _, c := range []struct {
		name  string
		after string
		s     Schedule
		want  string
	}{
		{"later today", "2026-11-20 08:59", Schedule{Minute: 540, Days: EveryDay}, "2026-11-20 09:00"},
		{"exactly now is over", "2026-11-20 09:00", Schedule{Minute: 540, Days: EveryDay}, "2026-11-21 09:00"},
		{"over the weekend", "2026-11-20 09:00", Schedule{Minute: 540, Days: MondayToFri}, "2026-11-23 09:00"},
		{"once a week", "2026-11-20 09:00", Schedule{Minute: 540, Days: Of(time.Friday)}, "2026-11-27 09:00"},
		{"after a pause", "2026-11-20 08:00", Schedule{Minute: 540, Days: EveryDay, From: day(t, "2026-11-27")}, "2026-11-27 09:00"},
		{"a pause that is over", "2026-11-20 08:00", Schedule{Minute: 540, Days: EveryDay, From: day(t, "2026-11-01")}, "2026-11-20 09:00"},
		{"just before midnight", "2026-11-20 23:59", Schedule{Minute: 0, Days: EveryDay}, "2026-11-21 00:00"},
	} {
		c.s.Zone = tashkent
		if got, want := c.s.Next(at(c.after)), at(c.want); !got.Equal(want) {
			t.Errorf("%s: Next = %s, want %s", c.name, got, want)
		}
	}
	if next := (Schedule{Zone: tashkent}).Next(at("2026-11-20 09:00")); !next.IsZero() {
		t.Errorf("a schedule without days has a next topic: %s", next)
	}
}

func TestOnlyTodaysTopicIsOwed(t *testing.T) {
	tashkent := zone(t, "Asia/Tashkent")
	s := Schedule{Minute: 540, Days: MondayToFri, Zone: tashkent}
	for _, c := range []struct {
		now  string
		day  string // "" for none
		from string
	}{
		{"2026-11-20T08:59:59+05:00", "", ""},
		{"2026-11-20T09:00:00+05:00", "2026-11-20", ""},
		{"2026-11-20T23:59:59+05:00", "2026-11-20", ""}, // late, but today
		{"2026-11-21T00:00:00+05:00", "", ""},           // Friday's is over, Saturday is free
		{"2026-11-23T10:00:00+05:00", "2026-11-23", ""}, // not Friday's as well
		{"2026-11-23T10:00:00+05:00", "", "2026-11-24"}, // had it, or paused
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		s.From = 0
		if c.from != "" {
			s.From = day(t, c.from)
		}
		got, _, ok := s.Due(now)
		if ok != (c.day != "") || ok && got.String() != c.day {
			t.Errorf("Due(%s) = %s, %v, want %q", c.now, got, ok, c.day)
		}
	}
}

// Every zone, every study day of two years, at hours that changes of the clock
// like to hit: one topic a day, in order, on the right local day.
func TestEveryDayOfTwoYearsHasOneTopicInEveryZone(t *testing.T) {
	for _, name := range []string{
		"Asia/Tashkent", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe",
		"Africa/Casablanca", "Asia/Gaza", "America/Santiago", "Pacific/Auckland", "Asia/Tehran",
	} {
		loc := zone(t, name)
		for _, minute := range []int{0, 30, 60, 90, 120, 150, 180, 1439} {
			s := Schedule{Minute: minute, Days: EveryDay, Zone: loc}
			now := time.Date(2025, 12, 31, 12, 0, 0, 0, time.UTC)
			last := DayOf(s.Next(now).In(loc)) - 1
			for last < day(t, "2027-12-31") {
				next := s.Next(now)
				if got := DayOf(next.In(loc)); got != last+1 {
					t.Fatalf("%s %d: after %s comes %s", name, minute, last, got)
				}
				now, last = next, last+1
			}
		}
	}
}

func TestThePositionGoesOnToWhatIsOpen(t *testing.T) {
	order := []string{"a", "b", "c", "d"}
	for _, c := range []struct {
		name, from string
		closed     []string
		want       string
	}{
		{"the beginning", "", nil, "a"},
		{"the next", "a", []string{"a"}, "b"},
		{"over what is known", "a", []string{"a", "b", "c"}, "d"},
		{"back to what was skipped", "d", []string{"a", "c", "d"}, "b"},
		{"the end", "d", []string{"a", "b", "c", "d"}, ""},
		{"the end, while the last is being closed", "d", []string{"a", "b", "c"}, ""},
		{"from a topic that was taken out", "x", []string{"a"}, "b"},
	} {
		closed := map[string]bool{}
		for _, id := range c.closed {
			closed[id] = true
		}
		if got := Advance(order, c.from, func(id string) bool { return closed[id] }); got != c.want {
			t.Errorf("%s: Advance(%q) = %q, want %q", c.name, c.from, got, c.want)
		}
	}
	if got := Advance(nil, "a", func(string) bool { return false }); got != "" {
		t.Errorf("an empty roadmap has topic %q", got)
	}
}

func TestTheRoadEndsAtThePaceOfTheLastDays(t *testing.T) {
	today := day(t, "2026-11-20")
	for _, c := range []struct {
		name                 string
		left, closed, within int
		days                 Weekdays
		want                 string
		measured             bool
	}{
		{"done", 0, 3, 14, EveryDay, "2026-11-20", true},
		{"promised: one a day", 10, 3, 6, EveryDay, "2026-11-30", false},
		{"promised: five a week", 10, 0, 1, MondayToFri, "2026-12-04", false},
		{"two a day for a week", 10, 14, 7, EveryDay, "2026-11-25", true},
		{"one in two days", 10, 7, 14, EveryDay, "2026-12-10", true},
		{"nothing for two weeks", 10, 0, 14, EveryDay, "2026-11-30", false},
		{"nothing for two weeks, once a week", 2, 0, 14, Of(time.Monday), "2026-12-04", false},
	} {
		if got, measured := Finish(today, c.left, c.days, c.closed, c.within); got.String() != c.want || measured != c.measured {
			t.Errorf("%s: Finish = %s, %v, want %s, %v", c.name, got, measured, c.want, c.measured)
		}
	}
}

func TestTheLogTellsTheWholeState(t *testing.T) {
	first, second := day(t, "2026-11-20"), day(t, "2026-11-21")
	to := func(topic string) *string { return &topic }
	until := second + 4
	log := []Event{
		{Day: first, Kind: Enrolled, Roadmap: "r", Detail: Detail{To: to("a")}},
		{Day: first, Kind: Opened, Roadmap: "r", Topic: "a"},
		{Day: first, Kind: Done, Roadmap: "r", Topic: "a", Detail: Detail{From: "a", To: to("b"), Was: TopicOpened}},
		{Day: first, Kind: Known, Roadmap: "r", Topic: "b", Detail: Detail{From: "b", To: to("c")}},
		{Day: first, Kind: Undone, Roadmap: "r", Topic: "b", Detail: Detail{Step: Known, StepDay: &first, To: to("b")}},
		{Day: second, Kind: Done, Roadmap: "r", Topic: "b", Detail: Detail{From: "b", To: to("c")}},
		{Day: second, Kind: Undone, Roadmap: "r", Topic: "b", Detail: Detail{Step: Done, StepDay: &second, To: to("b")}},
		{Day: second, Kind: Moved, Roadmap: "r", Topic: "d", Detail: Detail{From: "b", To: to("d")}},
		{Day: second, Kind: Answered, Topic: "a", Question: "a/q"},
		{Day: second, Kind: Paused, Detail: Detail{Until: &until}},
		{Day: second + 1, Kind: Resumed},
	}
	want := State{
		Positions: map[string]string{"r": "d"},
		Topics:    map[string]TopicState{"a": TopicDone},
		Days:      map[Day]Activity{first: {Topics: 1}, second: {Answers: 1, Paused: true}, second + 1: {Paused: true}}, // the day of the return, too
	}
	if diff := cmp.Diff(want, Fold(log)); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
}

func FuzzADayKeepsItsHour(f *testing.F) {
	f.Add(int32(20545), uint16(150))
	loc := zone(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, days int32, minute uint16) {
		d, m := Day(days%60000), int(minute)%1440 // up to the year 2134
		if d < 0 {
			d = -d
		}
		at := d.At(m, loc)
		hour, min, _ := at.In(loc).Clock()
		if got := hour*60 + min; DayOf(at.In(loc)) != d || got < m {
			t.Fatalf("%s at minute %d is %s", d, m, at.In(loc))
		}
	})
}
