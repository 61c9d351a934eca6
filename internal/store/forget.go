package store

import "context"

// forgetting is what Forget does, in this order; $1 is the person. A table that
// knows people by their id has to stand here or refer to their chat.
var forgetting = []struct{ doing, query string }{
	// The chat comes first, and with it all that refers to it. Who counts
	// something for the person at this moment, in a group, refers to it as well,
	// or makes it: they are waited for, or come too late.
	{"meeting whoever makes the chat", `INSERT INTO chats (chat_id, kind, created_at, updated_at)
		VALUES ($1, 'private', now(), now()) ON CONFLICT (chat_id, thread_id) DO NOTHING`},
	{"deleting the chat", `DELETE FROM chats WHERE chat_id = $1`},
	{"deleting the cards", `DELETE FROM cards WHERE user_id = $1`},
	{"moving announcements off the person, up to whom they were planned", `UPDATE broadcasts SET cursor = cursor + 1 WHERE cursor = $1`},
	{"deleting the feedback", `DELETE FROM feedback WHERE user_id = $1`},
	{"taking the name off answers", `UPDATE feedback SET answered_by = NULL WHERE answered_by = $1`},
	// What they learned in a group goes. What they did for all there, such as a
	// setting, stays as nobody's: the group's position follows from it.
	{"taking the answers out of groups", `WITH gone AS (
			DELETE FROM events WHERE user_id = $1 AND chat_id < 0 AND kind IN ('answered', 'marked') RETURNING chat_id, thread_id, day, kind),
		days AS (SELECT chat_id, thread_id, day, count(*) AS answers FROM gone WHERE kind = 'answered' GROUP BY chat_id, thread_id, day)
		UPDATE study_days d SET answers = d.answers - days.answers FROM days
		WHERE d.chat_id = days.chat_id AND d.thread_id = days.thread_id AND d.day = days.day`},
	{"tidying the days of groups", `DELETE FROM study_days d USING members m WHERE m.user_id = $1
		AND d.chat_id = m.chat_id AND d.thread_id = m.thread_id AND d.topics = 0 AND d.answers = 0 AND d.reviews = 0 AND NOT d.paused`},
	{"taking the name off groups' logs", `UPDATE events SET user_id = 0 WHERE user_id = $1 AND chat_id < 0`},
	{"deleting the votes", `DELETE FROM votes v USING members m WHERE m.user_id = $1
		AND v.chat_id = m.chat_id AND v.thread_id = m.thread_id AND v.user_id = $1`},
	{"deleting the marks", `DELETE FROM marks k USING members m WHERE m.user_id = $1
		AND k.chat_id = m.chat_id AND k.thread_id = m.thread_id AND k.user_id = $1`},
	{"deleting the memberships", `DELETE FROM members WHERE user_id = $1`},
	{"taking the name off channels", `UPDATE chats SET owner_id = 0 WHERE owner_id = $1`},
	{"deleting what is owed", `DELETE FROM owed WHERE chat_id = $1 OR position('"chat_id":"' || $1::bigint || '"' IN calls) > 0`},
	{"deleting what failed", `DELETE FROM failed_updates WHERE chat_id = $1 OR error ~ ('\m' || $1::bigint || '\M')`},
	// That an update took effect has to be known as long as Telegram may repeat
	// it; whose it was, not.
	{"making the updates nobody's", `UPDATE updates SET chat_id = 0 WHERE chat_id = $1`},
}

// Forget deletes everything that is kept about the person of this chat: their
// own chat, and their part in groups and channels, which go on without them.
// What the transaction owes is sent all the same; it is to be the last.
func (t *Tx) Forget(ctx context.Context) error {
	for _, step := range forgetting {
		if err := t.exec(ctx, step.doing, step.query, t.Chat.ChatID); err != nil {
			return err
		}
	}
	t.group.strangers[t.Chat.Key] = true
	return nil
}

// Stranger says that nothing is kept of the chat, and nothing will be: it was
// forgotten, or Arrival.Fleeting came from somebody who is not known.
func (t *Tx) Stranger() bool { return t.group.strangers[t.Chat.Key] }

// admitStrangers lets those be answered of whom nothing is kept.
func (g *group) admitStrangers() {
	for _, v := range g.visits {
		if g.chats[v.key] == nil && v.arrival != nil && v.arrival.Fleeting {
			g.chats[v.key] = &Chat{Key: v.key, Kind: v.arrival.Kind, Title: v.arrival.Title}
			g.strangers[v.key] = true
		}
	}
}

// recordedUnder is the chat under which the update is recorded as having taken
// effect: 0 if nothing was kept of its own.
func (v *visit) recordedUnder() int64 {
	if v.stranger {
		return 0
	}
	return v.key.ChatID
}
