package telegram

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestADocumentIsUploadedUnderItsName(t *testing.T) {
	var got []string
	c := startServer(t, func(w http.ResponseWriter, r *http.Request) {
		file, header, err := r.FormFile("document")
		if err != nil {
			t.Error(err)
			return
		}
		data, _ := io.ReadAll(file)
		got = append(got, r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:], header.Filename, string(data), r.FormValue("chat_id"), r.FormValue("caption"))
		reply(w, 200, `{"ok":true,"result":{"message_id":5,"document":{"file_id":"f"}}}`)
	})
	call := SendDocument(7, "<b>salom</b>").WithDocument(File{"a.json", []byte("{}")})
	if result, err := c.Do(t.Context(), call); err != nil || result.MessageID != 5 {
		t.Fatalf("the upload brought %+v, %v", result, err)
	}
	if diff := cmp.Diff([]string{"sendDocument", "a.json", "{}", "7", "<b>salom</b>"}, got); diff != "" {
		t.Error(diff)
	}
	if raw, err := json.Marshal(call); err != nil || strings.Contains(string(raw), "a.json") {
		t.Errorf("it is kept as %s, %v", raw, err)
	}
}
