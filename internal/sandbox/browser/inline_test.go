package browser

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	line   = `[data-testid="composer"]`
	result = `[data-testid="inline-result"]`
)

func TestATopicIsSharedByTheBotsName(t *testing.T) {
	needChromium(t)
	url := startDemo(t)
	t.Run("phone", func(t *testing.T) {
		ctx := newTab(t)
		run(t, ctx, "open the chat", chromedp.EmulateViewport(390, 844), stillness(),
			chromedp.Navigate(url+"/#/101/101"), click(`[data-testid="start"]`), chromedp.WaitVisible(button("1:lang:uz")))
		run(t, ctx, "type @", chromedp.SendKeys(line, "@"), click(`[data-testid="inline-name"]`))
		run(t, ctx, "be led to the private chat", chromedp.WaitVisible(`[data-testid="inline-button"]`))
		run(t, ctx, "look for a topic", chromedp.SendKeys(line, "jwt"), chromedp.WaitVisible(result))
		picture(t, ctx, "phone-inline")
		narrow(t, ctx)
		run(t, ctx, "send it", click(result), chromedp.WaitVisible(`[data-testid="via"]`), chromedp.WaitNotPresent(result))
		var rest string
		if run(t, ctx, "see an empty line", chromedp.Value(line, &rest)); rest != "" {
			t.Errorf("%q is left to send", rest)
		}
		picture(t, ctx, "phone-via")
		apart(t, ctx)
	})
	t.Run("desktop-group", func(t *testing.T) {
		ctx := newTab(t)
		run(t, ctx, "open a group without the bot", chromedp.EmulateViewport(1280, 800), stillness(), chromedp.Navigate(url+"/#/103/-2000000001"))
		run(t, ctx, "look for a topic", chromedp.SendKeys(line, "@yolchi_bot slices"), chromedp.WaitVisible(result))
		run(t, ctx, "choose it by the keyboard", chromedp.SendKeys(line, kb.ArrowDown), chromedp.WaitVisible(result+`[aria-selected="true"]`))
		picture(t, ctx, "desktop-inline")
		run(t, ctx, "send it", chromedp.SendKeys(line, kb.Enter), chromedp.WaitVisible(`[data-testid="via"]`))
		run(t, ctx, "read it with the bot", click(`[data-testid="button"][data-url*="start=t_"]`),
			chromedp.Poll(`location.hash === '#/103/103'`, nil), chromedp.WaitVisible(`[data-testid="message"][data-from="bot"]`))
		picture(t, ctx, "desktop-read")
	})
}

// apart checks that no toast lies over a button of the chat, and that pictures fill
// their bubbles.
func apart(t *testing.T, ctx context.Context) {
	t.Helper()
	var wrong []string
	run(t, ctx, "measure toasts and pictures", chromedp.Evaluate(`(() => {
		const box = (element) => element.getBoundingClientRect();
		const over = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
		const wrong = [];
		for (const toast of document.querySelectorAll('[data-testid="toast"]:not(dialog)')) {
			for (const button of document.querySelectorAll('[data-testid="button"]')) {
				if (over(box(toast), box(button))) wrong.push('the toast lies over "' + button.textContent + '"');
			}
		}
		for (const img of document.querySelectorAll('.photo img')) {
			const gap = box(img.closest('.bubble')).width - box(img).width;
			if (gap > 9) wrong.push('a picture is ' + gap + ' px narrower than its bubble');
			if (Math.abs(box(img).width / box(img).height - img.naturalWidth / img.naturalHeight) > 0.02) wrong.push('a picture is out of shape');
			if (!img.alt) wrong.push('a picture has no alternative text');
		}
		return wrong;
	})()`, &wrong))
	for _, sentence := range wrong {
		t.Error(sentence)
	}
}
