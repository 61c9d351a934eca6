package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A reply to a lesson is shown as one and becomes a note; progress is a picture
// of full size.
func TestNotesAndPicturesAreShownInTheWebChat(t *testing.T) {
	needChromium(t)
	url := startDemo(t)
	ctx := newTab(t)
	write := func(text string) chromedp.Action {
		return chromedp.SendKeys(`[data-testid="composer"]`, text+kb.Enter)
	}
	run(t, ctx, "open the chat", chromedp.EmulateViewport(390, 844), stillness(),
		chromedp.Navigate(url+"/#/103/103"), click(`[data-testid="start"]`))
	run(t, ctx, "set it up", press("1:lang:en"), press("1:road:go-start"), press("1:hour:540"))
	run(t, ctx, "read the first topic", chromedp.WaitVisible(button("1:done:go-variables")))
	run(t, ctx, "reply to it", click(`[data-testid="message"]:has([data-data="1:done:go-variables"]) [data-tool="reply"]`), write("Ask about shadowing"))
	run(t, ctx, "see the reply and the note", chromedp.WaitVisible(`[data-from="me"] .reply`), chromedp.WaitVisible(button("1:notes:0")))
	run(t, ctx, "ask for the progress", write("/progress"), chromedp.WaitVisible(`.photo img`))
	run(t, ctx, "see the whole picture", chromedp.Poll(`document.querySelector('.photo img').naturalWidth === 1200`, nil))
	picture(t, ctx, "phone-progress")
	narrow(t, ctx)
}
