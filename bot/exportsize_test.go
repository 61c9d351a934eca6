package bot

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// The largest export there can be goes through Telegram, which takes 50 MB, says
// what it leaves out, and takes no more memory than a small machine has. No
// other test runs meanwhile: its memory would count.
func TestTheLargestExportFitsIntoAMessage(t *testing.T) {
	w := newWorld(t)
	w.begin(emma)
	w.fill(`INSERT INTO events (chat_id, at, day, user_id, kind, roadmap_id, topic_id, question_id, detail)
		SELECT 502, now() + n * interval '1 second', '2026-11-20', 502, 'answered', 'backend-master', 'postgres-transactions', 'postgres-transactions/which-isolation',
			'{"chosen": [1, 3], "right": true, "took": 12345}' FROM generate_series(1, 50000) AS n`)
	w.fill(`INSERT INTO polls (chat_id, poll_id, message_id, quiz_id, user_id, question_id, sent_at, answered_at, chosen, correct)
		SELECT 502, 5000000000000000000 + n, n, n, 502, 'postgres-transactions/which-isolation', now() + n * interval '1 second', now(), '{1,3}', true
		FROM generate_series(1, 50000) AS n`)
	w.fill(`INSERT INTO quizzes (chat_id, user_id, topic_id, questions, started_at, ended_at, last_at)
		SELECT 502, 502, 'postgres-transactions', '{a/b,c/d,e/f,g/h,i/j}', now(), now(), now() FROM generate_series(1, 20000) AS n`)
	w.fill(`INSERT INTO updates (chat_id, update_id, at) SELECT 502, n, now() FROM generate_series(1, 5000) AS n`)
	held := heap()
	start := time.Now()
	export, err := w.bot.Store.Export(w.ctx, emma, w.Now())
	if err != nil {
		t.Fatal(err)
	}
	read := time.Since(start)
	document, err := exportDocument(export)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	memory := (heap() - held) >> 20
	runtime.KeepAlive(export)
	t.Logf("%d MB in %s, read in %s; %d MB of memory are held", len(document)>>20, took, read, memory)
	if memory > 150 {
		t.Errorf("it takes %d MB of memory", memory)
	}
	if len(document) > 50_000_000 {
		t.Errorf("it has %d bytes", len(document))
	}
	if !strings.HasSuffix(string(document), `"left_out": {"events":10003,"polls":10000}`+"\n}\n") {
		t.Errorf("it ends with %s", document[len(document)-100:])
	}
}

func heap() int64 {
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return int64(memory.HeapAlloc)
}

func (w *world) fill(query string) {
	w.t.Helper()
	if _, err := w.bot.Store.Pool().ExecContext(w.ctx, query); err != nil {
		w.t.Fatal(err)
	}
}
