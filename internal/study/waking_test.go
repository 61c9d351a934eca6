package study

import (
	"testing"
	"time"
)

func TestNobodyIsWokenUp(t *testing.T) {
	tashkent, err := Zone("Asia/Tashkent")
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"20 00:00": "20 08:00", "20 07:59": "20 08:00", "20 08:00": "20 08:00", "20 15:30": "20 15:30",
		"20 21:59": "20 21:59", "20 22:00": "21 08:00", "20 23:59": "21 08:00",
	} {
		from, err := time.ParseInLocation("02 15:04", at, tashkent)
		if err != nil {
			t.Fatal(err)
		}
		if got := Waking(from.AddDate(2026, 10, 0), tashkent).In(tashkent).Format("02 15:04"); got != want {
			t.Errorf("from %s on it is %s, want %s", at, got, want)
		}
	}
}
