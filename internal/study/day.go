package study

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Day is a calendar day without a zone, counted from 1970-01-01. A chat's
// local day is the Day of an instant in the chat's own zone.
type Day int32

const secondsPerDay = 24 * 60 * 60

// DayOf is the calendar day of t in t's own location.
func DayOf(t time.Time) Day {
	year, month, day := t.Date()
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// utc is midnight UTC of the day, for the calendar arithmetic of package time.
func (d Day) utc() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// Monday is the first day of the day's week.
func (d Day) Monday() Day { return d - Day((int(d.Weekday())+6)%7) }

// Date splits the day.
func (d Day) Date() (year int, month time.Month, day int) { return d.utc().Date() }

// String is the day as 2006-01-02.
func (d Day) String() string { return d.utc().Format(time.DateOnly) }

// At is the instant at which the day's clock in loc shows the given minute
// after midnight. A minute that a DST gap removes is moved to the end of the
// gap, or before it if the day ends in the gap (Greenland, at 23:00); of a
// minute that comes twice it is the first.
func (d Day) At(minute int, loc *time.Location) time.Time {
	year, month, day := d.Date()
	want := time.Date(year, month, day, minute/60, minute%60, 0, 0, time.UTC)
	t := time.Date(year, month, day, minute/60, minute%60, 0, 0, loc)
	start, end := t.ZoneBounds()
	switch shown := wall(t); {
	case shown.Before(want): // the clock jumps over the wish after t
		return d.beside(end)
	case shown.After(want): // it jumped before t
		return d.beside(start)
	}
	if start.IsZero() {
		return t
	}
	_, offset := t.Zone()
	_, before := start.Add(-time.Second).Zone()
	if first := t.Add(-time.Duration(before-offset) * time.Second); before > offset && first.Before(start) {
		return first
	}
	return t
}

// beside is the end of a gap, or the last minute before the gap if only that
// belongs to the day.
func (d Day) beside(gapEnd time.Time) time.Time {
	if DayOf(gapEnd) > d {
		return gapEnd.Add(-time.Minute)
	}
	return gapEnd
}

// wall is what the clock shows at t, as if it were UTC.
func wall(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// Value stores the day in a date column.
func (d Day) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads a date column.
func (d *Day) Scan(src any) error {
	t, ok := src.(time.Time)
	if !ok {
		return fmt.Errorf("a day cannot be read from %T", src)
	}
	*d = DayOf(t)
	return nil
}

// MarshalText makes the day 2006-01-02 in JSON.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2006-01-02.
func (d *Day) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("reading a day: %w", err)
	}
	*d = DayOf(t)
	return nil
}
