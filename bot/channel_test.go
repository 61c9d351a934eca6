package bot

import (
	"fmt"
	"strings"
	"testing"

	"yolchi/internal/locale"
	"yolchi/internal/sandbox"
)

func TestChannel(t *testing.T) {
	for lang, title := range map[string]string{locale.English: "A short road", locale.Uzbek: "Qisqa yoʻl"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.begin(aziza)
			w.transcript(aziza)
			var b strings.Builder
			show := func(heading string, chat int64) { fmt.Fprintf(&b, "\n======== %s\n%s", heading, w.transcript(chat)) }
			w.group(sandbox.Group{ID: channel, Type: "channel", Members: []int64{aziza, emma}})
			w.sandbox.Join(aziza, channel, true)
			w.settle()
			show("added to a channel, in private", aziza)
			w.pressIn(aziza, aziza, w.label(locale.Uzbek, "button.setup"))
			for _, text := range []string{w.label(lang, "language.name"), title, "09:00"} {
				w.pressIn(aziza, aziza, text)
				show("pressed "+text, aziza)
			}
			w.tick(w.Now())
			show("the channel", channel)
			for i, id := range []int64{aziza, emma} {
				poll := w.poll(channel)
				if err := w.sandbox.Vote(id, poll.ID, (poll.Right[0]+i)%len(poll.Options)); err != nil {
					t.Fatal(err)
				}
			}
			w.settle()
			w.tick(w.clock("+1 09:00"))
			show("the second day", channel)
			w.say(aziza, "/channels")
			w.pressIn(aziza, aziza, "Go kechasi")
			show("its settings", aziza)
			w.sandbox.Kick(aziza, channel)
			w.settle()
			show("shut out", aziza)
			golden(t, "channel."+lang, b.String())
		})
	}
}

func TestAStrangerCannotSetAChannelUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(emma)
	w.group(sandbox.Group{ID: channel, Type: "channel", Members: []int64{aziza, emma}})
	w.sandbox.Join(aziza, channel, true)
	w.settle()
	if post := w.last(channel); !strings.Contains(post.Keyboard[0][0].URL, "?start=c_1002") {
		t.Errorf("to who has not started it, it leaves %+v", post)
	}
	w.say(emma, "/start c_1002")
	if text := w.last(emma).Text; !strings.Contains(text, "Only administrators") {
		t.Errorf("a reader who follows the link reads:\n%s", text)
	}
	w.say(aziza, "/start c_1002")
	if text := w.last(aziza).Text; !strings.Contains(text, "qaysi tilda") && !strings.Contains(text, "Which language") {
		t.Errorf("the administrator who follows it reads:\n%s", text)
	}
}

// A channel that is gone is noticed when something should go there.
func TestWhoSetAChannelUpIsToldThatItIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.begin(aziza)
	w.group(sandbox.Group{ID: channel, Type: "channel", Members: []int64{aziza, emma}})
	w.sandbox.Join(aziza, channel, true)
	w.settle()
	for _, text := range []string{"Sozlash", "Oʻzbekcha", "Qisqa yoʻl", "09:00"} {
		w.pressIn(aziza, aziza, text)
	}
	w.sandbox.Fail(sandbox.Fault{Method: "sendMessage", Chat: channel, Kind: sandbox.Status403})
	w.tick(w.Now())
	if text := w.last(aziza).Text; !strings.Contains(text, "yoza olmay qoldim") {
		t.Errorf("the last that she reads is:\n%s", text)
	}
}
