// Package browser tries the web chat in a real Chromium, over the program
// itself: what a stranger does in the first minutes. It is a module of its own,
// so that nobody who only builds the program needs a browser library.
package browser

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience bounds a whole walk; each step waits for what it needs, not for
// time.
const patience = 90 * time.Second

func TestAStrangerStudiesInTheWebChat(t *testing.T) {
	needChromium(t)
	url := startDemo(t)
	for _, walk := range []struct {
		name, person, language string
		width, height          int64
	}{
		{"phone", "101", "uz", 390, 844},
		{"desktop", "103", "en", 1280, 800},
	} {
		t.Run(walk.name, func(t *testing.T) {
			ctx := newTab(t)
			run(t, ctx, "open the chat", chromedp.EmulateViewport(walk.width, walk.height), stillness(),
				chromedp.Navigate(url+"/#/"+walk.person+"/"+walk.person), click(`[data-testid="start"]`))
			run(t, ctx, "choose the language", press("1:lang:"+walk.language))
			run(t, ctx, "choose the road", press("1:road:go-start"))
			run(t, ctx, "choose the hour", press("1:hour:540"))
			run(t, ctx, "read the first topic", chromedp.WaitVisible(button("1:done:go-variables")))
			run(t, ctx, "finish it", press("1:done:go-variables"))
			run(t, ctx, "begin the quiz", press("1:quiz:go-variables"))
			run(t, ctx, "answer a question", click(`[data-testid="poll"] [data-testid="poll-option"]`))
			run(t, ctx, "see why", chromedp.WaitVisible(`[data-testid="explanation"]`))
			picture(t, ctx, walk.name+"-quiz")
			run(t, ctx, "jump to tomorrow", click(`[data-testid="jump"]`))
			run(t, ctx, "see the next topic", chromedp.WaitVisible(button("1:done:go-functions")))
			var today int
			run(t, ctx, "see which day is today", chromedp.Evaluate(`[...document.querySelectorAll('.day')].filter((one) => /Bugun|Today/.test(one.textContent)).length`, &today))
			if today != 1 {
				t.Errorf("%d days are said to be today", today)
			}
			picture(t, ctx, walk.name)
			run(t, ctx, "look at the picture of what is done", chromedp.SendKeys(`[data-testid="composer"]`, "/progress"+kb.Enter),
				chromedp.WaitVisible(`.photo img`), chromedp.Poll(`[...document.querySelectorAll('.photo img')].every((img) => img.complete)`, nil))
			picture(t, ctx, walk.name+"-progress")
			apart(t, ctx)
			narrow(t, ctx)
		})
	}
}

func TestPeopleShareAGroupInTheWebChat(t *testing.T) {
	needChromium(t)
	url := startDemo(t)
	for _, walk := range []struct {
		name, chat    string
		width, height int64
	}{
		{"phone-group", "-2000000001", 390, 844},
		{"desktop-forum", "-1001000000002", 1280, 800},
	} {
		t.Run(walk.name, func(t *testing.T) {
			ctx := newTab(t)
			run(t, ctx, "open the group", chromedp.EmulateViewport(walk.width, walk.height), stillness(),
				chromedp.Navigate(url+"/#/101/"+walk.chat))
			run(t, ctx, "add the bot", click(`[data-testid="invite"]`), chromedp.WaitNotVisible(`[data-testid="invite"]`))
			run(t, ctx, "call it", chromedp.SendKeys(`[data-testid="composer"]`, "/start"+kb.Enter), chromedp.WaitVisible(button("1:setup")))
			run(t, ctx, "press as a member, in vain", become("103"), press("1:setup"), chromedp.WaitVisible(`[data-testid="toast"]`))
			picture(t, ctx, walk.name+"-toast")
			apart(t, ctx)
			run(t, ctx, "set it up as the owner", become("101"), press("1:setup"), press("1:lang:uz"), press("1:road:go-start"), press("1:hour:540"))
			run(t, ctx, "jump to the first topic", click(`[data-testid="jump"]`))
			run(t, ctx, "vote as Emma", become("103"), vote("1"))
			run(t, ctx, "vote as Bobur", become("102"), vote("0"))
			picture(t, ctx, walk.name)
			var names string
			run(t, ctx, "see who has voted", click(`[data-testid="voters"]`), chromedp.Text(`[data-testid="voter-list"]`, &names))
			for _, name := range []string{"Bobur", "Emma"} {
				if !regexp.MustCompile(`\b1\s+` + name).MatchString(names) {
					t.Errorf("the vote of %s is missing in:\n%s", name, names)
				}
			}
			narrow(t, ctx)
		})
	}
}

// become lets another person of the open group act.
func become(person string) chromedp.Action {
	pill := fmt.Sprintf(`[data-testid="as"][data-id=%q]`, person)
	return chromedp.Tasks{click(pill), chromedp.WaitVisible(pill + `[aria-pressed="true"]`)}
}

// vote chooses an option of the newest poll and waits for the result.
func vote(option string) chromedp.Action {
	return chromedp.Tasks{
		click(fmt.Sprintf(`button[data-testid="poll-option"][data-index=%q]`, option)),
		chromedp.WaitVisible(fmt.Sprintf(`[data-testid="poll-option"][data-index=%q][data-chosen]`, option)),
	}
}

// narrow checks that nothing is wider than the window.
func narrow(t *testing.T, ctx context.Context) {
	t.Helper()
	var wide bool
	run(t, ctx, "measure the page", chromedp.Evaluate(`document.documentElement.scrollWidth > innerWidth`, &wide))
	if wide {
		t.Error("the page is wider than the window")
	}
}

func button(data string) string { return fmt.Sprintf(`[data-testid="button"][data-data=%q]`, data) }

// press taps the bot's newest button with this data.
func press(data string) chromedp.Action { return click(button(data)) }

func click(selector string) chromedp.Action {
	return chromedp.Tasks{
		chromedp.WaitVisible(selector),
		chromedp.Evaluate(fmt.Sprintf(`[...document.querySelectorAll(%q)].at(-1).click()`, selector), nil),
	}
}

// stillness asks the page for no movement, as people can in their system.
func stillness() chromedp.Action {
	return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}})
}

func run(t *testing.T, ctx context.Context, step string, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(ctx, actions...); err != nil {
		var page string
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = chromedp.Run(late, chromedp.Text("body", &page))
		t.Fatalf("%s: %v\nthe page shows:\n%s", step, err, page)
	}
}

// picture keeps a screenshot in the directory that YOLCHI_PICTURES names.
func picture(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("YOLCHI_PICTURES")
	if dir == "" {
		return
	}
	var png []byte
	run(t, ctx, "take a picture", chromedp.CaptureScreenshot(&png))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// needChromium skips the test on a machine without a browser, unless
// YOLCHI_REQUIRE says that there has to be one.
func needChromium(t *testing.T) {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if _, err := exec.LookPath(name); err == nil {
			return
		}
	}
	if os.Getenv("YOLCHI_REQUIRE") == "1" {
		t.Fatal("there is no Chromium: apt-get install chromium")
	}
	t.Skip("there is no Chromium: apt-get install chromium")
}

func newTab(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	ctx, cancelAllocator := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancelAllocator)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(cancelTab)
	return ctx
}

// startDemo runs the program and returns the address that it prints.
func startDemo(t *testing.T) string {
	t.Helper()
	binary := os.Getenv("YOLCHI_BINARY")
	if binary == "" {
		t.Fatal("YOLCHI_BINARY does not name the program: run make browser")
	}
	dir, err := os.MkdirTemp("", "yolchi-browser-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { // the database may run as another user
		t.Fatal(err)
	}
	var log bytes.Buffer
	demo := exec.Command(binary, "demo", "--no-open", "--addr", "127.0.0.1:0", "--data-dir", dir)
	demo.Stderr = &log
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = demo.Process.Signal(syscall.SIGTERM)
		if err := demo.Wait(); err != nil {
			t.Errorf("the demo ended with %v:\n%s", err, &log)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, url, ok := strings.Cut(lines.Text(), "open "); ok {
			go func() { // nothing further is read, but the program may write
				for lines.Scan() {
				}
			}()
			return strings.TrimSpace(url)
		}
	}
	t.Fatalf("the demo printed no address:\n%s", &log)
	return ""
}
