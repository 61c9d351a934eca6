package sandbox

import (
	"io"
	"path/filepath"
	"testing"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"github.com/google/go-cmp/cmp"
)

func TestAFileOfTheBotCanBeSaved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.json")
	w := newWorld(t, Config{HistoryFile: path})
	bot, err := tgbotapi.NewBotAPIWithAPIEndpoint(w.cfg.Token, w.url+"/bot%s/%s")
	if err != nil {
		t.Fatal(err)
	}
	file := tgbotapi.NewDocument(aziza, tgbotapi.FileBytes{Name: "../hammasi.json", Bytes: []byte(`{"a":1}`)})
	file.Caption = "Mana"
	sent, err := bot.Send(file)
	if err != nil || sent.Document == nil || sent.Document.FileName != "hammasi.json" || sent.Document.FileSize != 7 || sent.Caption != "Mana" {
		t.Fatalf("%+v %v", sent.Document, err)
	}
	if _, err := bot.Send(tgbotapi.NewDocument(aziza, tgbotapi.FileID(sent.Document.FileID))); err != nil {
		t.Errorf("sent again by its id: %v", err)
	}
	for what, data := range map[string]tgbotapi.RequestFileData{"an unknown id": tgbotapi.FileID("yoq"), "an empty file": tgbotapi.FileBytes{Name: "a"}} {
		if _, err := bot.Send(tgbotapi.NewDocument(aziza, data)); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
	all := w.Messages(aziza)
	got := all[len(all)-1].Document
	if got == nil || got.Name != "hammasi.json" || got.Size != 7 || string(w.File(got.Path)) != `{"a":1}` || all[len(all)-2].HTML != "Mana" {
		t.Fatalf("the chat shows %+v", all)
	}
	resp, err := w.http.Get(w.url + got.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); string(body) != `{"a":1}` || resp.Header.Get("Content-Disposition") != "attachment; filename=hammasi.json" {
		t.Errorf("%s under %s", body, resp.Header.Get("Content-Disposition"))
	}
	before := mustJSON(w.state())
	w.Close()
	again := newWorld(t, Config{HistoryFile: path, Now: w.cfg.Now})
	if diff := cmp.Diff(string(before), string(mustJSON(again.state()))); diff != "" {
		t.Errorf("after a restart: %s", diff)
	}
}
