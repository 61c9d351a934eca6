package sandbox

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// BenchmarkSend sends messages to 20,000 chats without a network: the server's own cost.
func BenchmarkSend(b *testing.B) {
	const chats = 20000
	s := New(Config{Token: token, Limits: &Limits{PerSecond: 1e9, ChatPerSecond: 1e9}})
	defer s.Close()
	for id := int64(1); id <= chats; id++ {
		s.AddPerson(Person{ID: id, FirstName: "x", Started: true})
	}
	h := s.Handler()
	var n atomic.Int64
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			chat := strconv.FormatInt(n.Add(1)%chats+1, 10)
			body := "chat_id=" + chat + "&parse_mode=HTML&text=%3Cb%3ESalom%3C%2Fb%3E&reply_markup=" +
				"%7B%22inline_keyboard%22%3A%5B%5B%7B%22text%22%3A%22x%22%2C%22callback_data%22%3A%22y%22%7D%5D%5D%7D"
			r := httptest.NewRequest(http.MethodPost, "/bot"+token+"/sendMessage", strings.NewReader(body))
			r.Host = "localhost"
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code != http.StatusOK {
				b.Fatal(w.Body)
			}
		}
	})
}
