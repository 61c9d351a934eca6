package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"yolchi/internal/sandbox"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

func TestARefusalIsForEverUntilItIsTakenBack(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	w.begin(emma)
	w.begin(dmitriy)
	w.announce("News")
	w.tick(w.clock("09:01"))
	if toast := w.press(dmitriy, "🔕 No announcements"); !strings.HasPrefix(toast, "No announcements from now on") {
		t.Errorf("the refusal is answered by %q", toast)
	}
	w.announce("More")
	w.tick(w.clock("09:02"))
	if w.told(dmitriy, "More") > 0 {
		t.Error("who refused was told")
	}
	w.tick(w.clock("+1 09:00"))
	if text := w.last(dmitriy).Text; !strings.Contains(text, "Loops") {
		t.Errorf("after a refusal the topic is %q", text)
	}
	w.say(dmitriy, "/settings")
	w.press(dmitriy, "🔔 Announcements again")
	w.announce("Again")
	w.tick(w.clock("09:10"))
	if w.told(dmitriy, "Again") != 1 {
		t.Error("who wants them again was not told")
	}
	// Refused while it was on its way.
	w.announce("Late")
	w.tx(dmitriy, func(ctx context.Context, tx *store.Tx) error {
		tx.Chat.Announcements = false
		return tx.Save(ctx)
	})
	w.tick(w.clock("09:12"))
	if w.told(dmitriy, "Late") > 0 {
		t.Error("who refused meanwhile was told")
	}
}

func TestInAGroupOnlyAdministratorsRefuse(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	const group = -100200300
	w.sandbox.AddGroup(sandbox.Group{ID: group, Title: "Go kechasi", Type: "supergroup", Members: []int64{dmitriy}})
	w.follower(store.Key{ChatID: group}, "supergroup", nil)
	w.begin(emma)
	w.announce("News")
	w.tick(w.clock("09:01"))
	w.sandbox.Press(dmitriy, group, w.last(group).ID, "1:noann")
	w.settle()
	w.tx(group, func(_ context.Context, tx *store.Tx) error {
		if !tx.Chat.Announcements {
			t.Error("a member refused for the group")
		}
		return nil
	})
}

func TestAtNightAnnouncementsWaitForTheMorning(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	w.followers(1, nil)
	w.begin(emma)
	w.tick(w.clock("21:58"))
	w.announce("News")
	w.tick(w.clock("22:00"))
	w.tick(w.clock("+1 07:59"))
	if w.told(1, "News") > 0 {
		t.Error("it came at night")
	}
	w.tick(w.clock("08:00"))
	if n := w.told(1, "News"); n != 1 {
		t.Errorf("in the morning it came %d times", n)
	}
}

func TestAnAnnouncementIsOneOfTwoMessagesADay(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	w.begin(emma)
	w.begin(dmitriy)
	kinds := func() string {
		var got []string
		for _, m := range w.sandbox.Messages(dmitriy) {
			switch first, _, _ := strings.Cut(m.Text, "\n"); {
			case first == "News", first == "More", first == "Third":
				got = append(got, first)
			case strings.Contains(m.Text, "Stage 1 of 2"):
				got = append(got, "topic")
			}
		}
		return strings.Join(got[1:], " ") // the first lesson was asked for
	}
	// The topic is still to come: there is room for one.
	w.tick(w.clock("+1 08:10"))
	w.announce("News")
	w.tick(w.clock("08:15"))
	w.announce("More")
	w.tick(w.clock("08:20"))
	w.tick(w.clock("09:00"))
	w.tick(w.clock("12:00"))
	if got := kinds(); got != "News topic" {
		t.Errorf("on the first day came %q", got)
	}
	w.tick(w.clock("+1 07:59"))
	w.tick(w.clock("08:00"))
	w.tick(w.clock("09:00"))
	if got := kinds(); got != "News topic More topic" {
		t.Errorf("until the second day came %q", got)
	}
}

func TestATopicOnItsWayIsOneOfTwoMessagesADay(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	w.begin(emma)
	w.begin(dmitriy)
	w.tick(w.clock("+1 08:10"))
	w.announce("News")
	w.tick(w.clock("08:15"))
	sender := w.bot.Sender
	w.bot.Sender = down{sender, dmitriy}
	w.tick(w.clock("09:00")) // his topic is to be tried again
	w.bot.Sender = sender
	w.announce("More")
	w.tick(w.Now())
	if n := w.told(dmitriy, "More"); n > 0 {
		t.Error("a third message comes on a day on which the topic is on its way")
	}
	w.tick(w.clock("09:30"))
	if text := w.last(dmitriy).Text; !strings.Contains(text, "Stage 1 of 2") {
		t.Errorf("the topic did not come, but:\n%s", text)
	}
}

// down is Telegram when it has trouble of its own with one chat.
type down struct {
	Sender
	chat int64
}

func (s down) Send(ctx context.Context, call telegram.Call, p telegram.Priority) (telegram.Result, error) {
	if call.ChatID == s.chat {
		return telegram.Result{}, &telegram.Error{Kind: telegram.Server, Code: 500, Description: "Internal Server Error"}
	}
	return s.Sender.Send(ctx, call, p)
}

func TestWhoHadAnAnnouncementHasNoSaver(t *testing.T) {
	for _, announced := range []bool{false, true} {
		t.Run(fmt.Sprint(announced), func(t *testing.T) {
			t.Parallel()
			w := saverWorld(t, 3)
			w.bot.Admins = []int64{emma}
			if announced {
				w.announce("News")
				w.tick(w.clock("20:59"))
			}
			if came := w.saver(); came == announced {
				t.Errorf("a saver came: %t", came)
			}
		})
	}
}
