package bot

import (
	"strings"
	"testing"

	"yolchi/internal/locale"
	"yolchi/internal/sandbox"
	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// followers makes n chats of people who follow a road, with ids from 1 on; change
// may make them different.
func (w *world) followers(n int, change func(c *store.Chat)) {
	w.t.Helper()
	for id := int64(1); id <= int64(n); id++ {
		w.sandbox.AddPerson(sandbox.Person{ID: id, FirstName: "P", Started: true})
		w.follower(store.Person(id), "private", change)
	}
}

// follower is a chat that is set up, as if by its own hands.
func (w *world) follower(key store.Key, kind string, change func(c *store.Chat)) {
	w.t.Helper()
	_, err := w.bot.Store.Apply(w.ctx, store.Arrival{UpdateID: 1_000_000 + key.ThreadID, Key: key, Kind: kind, Now: w.Now()}, func(tx *store.Tx) ([]telegram.Call, error) {
		tx.Chat.Ready, tx.Chat.RoadmapID, tx.Chat.Language = true, "short-road", "en"
		if change != nil {
			change(tx.Chat)
		}
		return nil, tx.Save(w.ctx)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// announce lets Emma write an announcement in both languages and send it to
// everybody. It begins with the next tick.
func (w *world) announce(text string) {
	w.t.Helper()
	w.say(emma, "/broadcast")
	w.say(emma, text)
	w.say(emma, text+" (uz)")
	w.press(emma, "Choose whom →")
	w.pressData(emma, w.last(emma).ID, "1:bcast:to:all")
	w.say(emma, "SEND")
}

// told is how often a chat was told a text.
func (w *world) told(chat int64, text string) (times int) {
	for _, m := range w.sandbox.Messages(chat) {
		if m.From.Bot && strings.HasPrefix(m.Text, text) {
			times++
		}
	}
	return times
}

func newAnnouncing(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.bot.Admins = []int64{emma, aziza}
	return w
}

func TestBroadcastScreens(t *testing.T) {
	for lang, person := range map[string]int64{locale.English: emma, locale.Uzbek: aziza} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := newAnnouncing(t)
			w.followers(130, func(c *store.Chat) {
				if c.ChatID%3 == 0 {
					c.Language = "uz"
				}
				if c.ChatID <= 20 {
					c.Zone = "America/New_York" // 23:00 there
				}
			})
			word := w.bot.Texts.T(lang, "broadcast.word", nil)
			w.follower(store.Person(4711), "private", nil) // nobody whom Telegram knows
			uzbek := map[string]string{locale.English: "43", locale.Uzbek: "44"}[lang]
			got := w.script(person, lang, []string{
				"/start", "[language.name]", "[short-road]", "[09:00]",
				"# written, in the own language first", "/broadcast", "New: <reviews> & more", "Yangi: takrorlash",
				"# another command leaves it, and it stays", "/broadcast",
				"# one of them is changed", "[button.bcast.change.en]", "New: reviews",
				"# what users cannot do here either", "[button.noann]",
				"# to whom", "[button.bcast.whom]", "[audience.lang.uz · " + uzbek + "]", "[button.back]", "[audience.all · 132]",
				"# any other word sends nothing", "yes", word,
				"# paused before it began", "[button.bcast.pause]", "@09:01", "[button.bcast.resume]", "@09:02",
				"# the rest in the morning", "@18:01",
				"# nothing is left of it", "/broadcast", "[button.bcast.skip]", "[button.bcast.skip]",
				"# in one language, and thrown away", "/broadcast", "Short", "[button.bcast.skip]", "[button.bcast.drop]", "/broadcast",
			})
			golden(t, "broadcast."+lang, got)
		})
	}
}

func TestOnlyWhoRunsTheBotCanAnnounce(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	w.begin(dmitriy)
	w.say(dmitriy, "/broadcast")
	if text := w.last(dmitriy).Text; !strings.Contains(text, "I understand commands") && !strings.Contains(text, "don't know") && strings.Contains(text, "nnouncement") {
		t.Errorf("a learner is answered by %q", text)
	}
	for _, data := range []string{"1:bcast:write:en", "1:bcast:whom", "1:bcast:to:all", "1:bcast:stop:1"} {
		if toast := w.pressData(dmitriy, w.last(dmitriy).ID, data); !strings.Contains(toast, "from long ago") {
			t.Errorf("%s is answered by %q", data, toast)
		}
	}
	w.begin(emma)
	for _, data := range []string{"1:bcast", "1:bcast:to:all", "1:bcast:whom", "1:bcast:write:xx", "1:bcast:stop:x", "1:bcast:stop:99", "1:bcast:drop", "1:noann:x"} {
		if toast := w.pressData(emma, w.last(emma).ID, data); !strings.Contains(toast, "from long ago") {
			t.Errorf("%s without an announcement is answered by %q", data, toast)
		}
	}
}

func TestEachChatIsToldOnceAndInItsLanguage(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	today := w.Now()
	w.followers(9, func(c *store.Chat) {
		switch c.ChatID {
		case 2:
			c.Language = "uz"
		case 3:
			c.StoppedAt = &today
		case 4:
			until := c.Today(today) + 3
			c.PausedUntil = &until
		case 5:
			c.BlockedAt = &today
		case 6:
			c.Announcements = false
		case 7:
			c.Ready = false
		}
	})
	const group, forum, channel = -100200300, -100200301, -100200302
	w.sandbox.AddGroup(sandbox.Group{ID: group, Title: "Go kechasi", Type: "supergroup", Members: []int64{dmitriy}})
	w.sandbox.AddGroup(sandbox.Group{ID: forum, Title: "Forum", Type: "supergroup", Forum: true, Members: []int64{dmitriy}})
	w.sandbox.AddGroup(sandbox.Group{ID: channel, Title: "Kanal", Type: "channel", Members: []int64{dmitriy}, BotAdmin: true})
	w.follower(store.Key{ChatID: group}, "supergroup", func(c *store.Chat) { c.Language = "uz+en" })
	w.follower(store.Key{ChatID: forum}, "supergroup", nil)
	w.follower(store.Key{ChatID: forum, ThreadID: 5}, "supergroup", nil)
	w.follower(store.Key{ChatID: channel}, "channel", nil)
	w.begin(emma)
	w.announce("News")
	w.tick(w.clock("09:01"))
	for chat, want := range map[int64]string{1: "News", 2: "News (uz)", 8: "News", 9: "News", emma: "News", group: "News (uz)\n\n· · ·\n\nNews", forum: "News", channel: "News"} {
		if text := w.last(chat).Text; chat != emma && text != want || w.told(chat, "News") == 0 {
			t.Errorf("chat %d was told %q, want %q", chat, text, want)
		}
	}
	for _, chat := range []int64{3, 4, 5, 6, 7} {
		if n := len(w.sandbox.Messages(chat)); n > 0 {
			t.Errorf("chat %d was told %q", chat, w.last(chat).Text)
		}
	}
	if n := w.told(forum, "News"); n != 1 {
		t.Errorf("the forum was told %d times", n)
	}
	if len(w.last(channel).Keyboard) > 0 || len(w.last(group).Keyboard) != 1 {
		t.Errorf("buttons: of the channel %v, of the group %v", w.last(channel).Keyboard, w.last(group).Keyboard)
	}
	// Another one on the same day goes out as well, and this one does not again.
	w.announce("More")
	w.tick(w.clock("09:05"))
	for _, chat := range []int64{1, 2, 8, 9, group, forum, channel} {
		if news, more := w.told(chat, "News"), w.told(chat, "More"); news != 1 || more != 1 {
			t.Errorf("chat %d was told the first %d times, the second %d times", chat, news, more)
		}
	}
}

func TestFormattingGoesOutAsItWasWritten(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	w.begin(emma)
	w.say(emma, "/broadcast")
	w.sandbox.Inject("message", raw(map[string]any{
		"message_id": 9000, "date": w.Now().Unix(), "text": "🎉 Big news & more", "chat": map[string]any{"id": emma, "type": "private"},
		"from":     map[string]any{"id": emma, "first_name": "Emma"},
		"entities": []any{map[string]any{"type": "bold", "offset": 3, "length": 8}, map[string]any{"type": "text_link", "offset": 14, "length": 4, "url": "https://go.dev/"}},
	}))
	w.settle()
	w.press(emma, "Not in this language")
	for _, m := range w.sandbox.Messages(emma) {
		if m.Text == "🎉 Big news & more" && m.HTML == `🎉 <b>Big news</b> &amp; <a href="https://go.dev/">more</a>` {
			return
		}
	}
	t.Errorf("the preview is not there:\n%s", w.transcript(emma))
}

func TestNothingGoesOutUntilAnAudienceIsChosenAndTheWordIsRight(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	w.begin(emma)
	w.say(emma, "/broadcast")
	w.say(emma, "News")
	w.say(emma, "News (uz)")
	w.say(emma, "SEND")
	w.press(emma, "Choose whom →")
	w.pressData(emma, w.last(emma).ID, "1:bcast:to:all")
	w.press(emma, "← Back")
	w.say(emma, "SEND")
	w.pressData(emma, w.last(emma).ID, "1:bcast:to:road:short-road")
	w.say(emma, "sent")
	w.say(emma, "/today")
	w.say(emma, "SEND")
	if open, err := w.bot.Store.Untold(w.ctx); err != nil || len(open) > 0 {
		t.Errorf("it goes out: %v (%v)", open, err)
	}
	w.pressData(emma, w.last(emma).ID, "1:bcast:to:road:short-road")
	w.press(emma, "✅ Done") // a tap elsewhere leaves it as it is
	w.say(emma, " yuborish ")
	if open, err := w.bot.Store.Untold(w.ctx); err != nil || len(open) != 1 || open[0].Audience != "road:short-road" {
		t.Errorf("it does not go out: %v (%v)", open, err)
	}
	// What one begins, another one of those who run the bot sees and can stop.
	w.begin(aziza)
	w.say(aziza, "/broadcast")
	w.press(aziza, "⏹ Stop")
	if text := w.last(aziza).Text; !strings.HasPrefix(text, "⏹") {
		t.Errorf("who stops it sees %q", text)
	}
	w.tick(w.clock("09:01"))
	if w.told(emma, "⏹ Your announcement was stopped") != 1 || w.told(emma, "News") != 2 { // the previews
		t.Errorf("who wrote it sees:\n%s", w.transcript(emma))
	}
}

func TestALanguageCanBeLeftOut(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	w.begin(emma)
	w.say(emma, "/broadcast")
	w.say(emma, "News")
	w.say(emma, "News (uz)")
	w.press(emma, "Change the English")
	w.press(emma, "Not in this language")
	if text := w.last(emma).Text; !strings.Contains(text, "Chats of the other language have it in this one") {
		t.Errorf("left out it shows %q", text)
	}
	w.press(emma, "Choose whom →")
	w.pressData(emma, w.last(emma).ID, "1:bcast:to:all")
	w.say(emma, "SEND")
	w.tick(w.clock("09:01"))
	if n := w.told(emma, "News (uz)"); n != 3 { // two previews, and the announcement
		t.Errorf("the Uzbek text came %d times", n)
	}
}

func TestOnlyTextIsAnnounced(t *testing.T) {
	t.Parallel()
	w := newAnnouncing(t)
	w.begin(emma)
	w.say(emma, "/broadcast")
	w.sandbox.SendKind(emma, emma, "video")
	w.settle()
	if text := w.last(emma).Text; !strings.HasPrefix(text, "Only text goes out") {
		t.Errorf("a video is answered by %q", text)
	}
	w.say(emma, strings.Repeat("🦜", 1001))
	if text := w.last(emma).Text; !strings.HasPrefix(text, "That's 2,002 characters") {
		t.Errorf("what is too long is answered by %q", text)
	}
	w.say(emma, "/today")
	w.say(emma, "no announcement any more")
	if text := w.last(emma).Text; !strings.Contains(text, "I understand commands") {
		t.Errorf("after another command a text is answered by %q", text)
	}
}

func TestTimeIsToldInWordsThatFit(t *testing.T) {
	turn := &turn{bot: view{Bot: &Bot{Texts: testTexts(t)}}, chat: &store.Chat{Language: "en"}}
	for messages, want := range map[int]string{1: "1 second", 1234: "42 seconds", 10_000: "6 minutes", 1_000_000: "9 hours"} {
		if got := turn.span(seconds(messages)); got != want {
			t.Errorf("%d messages take %q, want %q", messages, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1_234_567: "1,234,567"} {
		if got := turn.number(n); got != want {
			t.Errorf("%d is %q", n, got)
		}
	}
}
