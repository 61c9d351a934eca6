package bot

import (
	"context"
	"strconv"

	"yolchi/internal/store"
	"yolchi/internal/telegram"
)

// offeredMembers is how many may have to be done before a group goes on.
var offeredMembers = []int{1, 3, 5, 10, 25}

// paceText says how the position of the group or channel moves on.
func (t *turn) paceText() string {
	if t.chat.Pace == store.PaceMembers {
		return t.plain("pace.members", "Count", t.chat.PaceMembers)
	}
	return t.plain("pace." + t.chat.Pace)
}

// pressPaces offers the ways in which the position can move on.
func (t *turn) pressPaces(_ context.Context, _ string) error {
	keys := rows(
		row(button(t.plain("pace.calendar"), "pace", store.PaceCalendar)),
		row(button(t.plain("pace.admin"), "pace", store.PaceAdmin)),
	)
	if t.chat.Kind != "channel" { // a channel's readers are not known
		var counts []telegram.Button
		for _, n := range offeredMembers {
			counts = append(counts, button(strconv.Itoa(n), "pace", store.PaceMembers, strconv.Itoa(n)))
		}
		keys = append(keys, counts)
	}
	t.show(screen{t.T("pace.ask", "Value", t.paceText()), append(keys, row(button(t.plain("button.back"), "settings")))})
	return nil
}

// pressPace sets how the position moves on.
func (t *turn) pressPace(ctx context.Context, arg string) error {
	switch arg {
	case store.PaceCalendar, store.PaceAdmin:
		t.chat.Pace = arg
	default:
		n, err := strconv.Atoi(trimmedPrefix(arg, store.PaceMembers+":"))
		if err != nil || n < 1 || n > 1000 || t.chat.Kind == "channel" {
			return errOld
		}
		t.chat.Pace, t.chat.PaceMembers = store.PaceMembers, n
	}
	if err := t.changed(ctx, "pace", arg); err != nil {
		return err
	}
	t.toast(t.plain("settings.saved"))
	t.show(t.settings())
	return nil
}

// trimmedPrefix is what follows the prefix, "" if it is not there.
func trimmedPrefix(s, prefix string) string {
	if len(s) < len(prefix) || s[:len(prefix)] != prefix {
		return ""
	}
	return s[len(prefix):]
}

// moveCommand takes the road of another thread of the forum into this one.
func (t *turn) moveCommand(ctx context.Context, _ string) error {
	threads, err := t.tx.Threads(ctx)
	if err != nil {
		return err
	}
	switch {
	case t.chat.Ready:
		t.say(screen{t.T("move.here"), nil})
	case len(threads) == 0:
		t.say(t.hello())
	case len(threads) == 1:
		return t.moveFrom(ctx, threads[0])
	default:
		t.say(screen{t.T("move.many"), nil})
	}
	return nil
}

func (t *turn) moveFrom(ctx context.Context, thread int64) error {
	if err := t.tx.MoveHere(ctx, thread); err != nil {
		return err
	}
	t.say(screen{t.T("move.done"), nil})
	return nil
}
