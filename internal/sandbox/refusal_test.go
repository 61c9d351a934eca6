package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The world of the table below: message 1 is the bot's text with a keyboard, 2 Aziza's, 3 the bot's quiz, 4 the bot's
// photo, 5 a closed poll; $1 to $5 in a parameter are their ids.
func TestRefusalsAreTelegrams(t *testing.T) {
	long := strings.Repeat("ʻ", 4097)
	const quiz = "chat_id=1 question=Q options=[\"a\",\"b\"] type=quiz "
	const notModified = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
	button := func(field string) string {
		return `reply_markup={"inline_keyboard":[[{"text":"x",` + field + `}]]}`
	}
	for _, c := range []struct{ method, params, want string }{
		{"noSuchMethod", "", "404 Not Found"},
		{"SendMessage", "chat_id=1 text=katta_harf", ""},
		{"sendMessage", "chat_id=1", "400 Bad Request: message text is empty"},
		{"sendMessage", "chat_id=1 text=\n", "400 Bad Request: text must be non-empty"},
		{"sendMessage", "chat_id=1 parse_mode=HTML text=<b></b>", "400 Bad Request: text must be non-empty"},
		{"sendMessage", "chat_id=1 text=" + long, "400 Bad Request: message is too long"},
		{"sendMessage", "chat_id=1 text=" + long[2:], ""},
		{"sendMessage", "chat_id=1 parse_mode=HTML text=<x>", `400 Bad Request: can't parse entities: Unsupported start tag "x" at byte offset 0`},
		{"sendMessage", "chat_id=1 parse_mode=XML text=a", "400 Bad Request: unsupported parse_mode"},
		{"sendMessage", "chat_id=1 text=\xff", "400 Bad Request: strings must be encoded in UTF-8"},
		{"sendMessage", "text=a", "400 Bad Request: chat_id is empty"},
		{"sendMessage", "chat_id=99 text=a", "400 Bad Request: chat not found"},
		{"sendMessage", "chat_id=@yoq text=a", "400 Bad Request: chat not found"},
		{"sendMessage", "chat_id=@Kanal text=a", ""},
		{"sendMessage", "chat_id=2 text=a", "403 Forbidden: bot can't initiate conversation with a user"},
		{"sendMessage", "chat_id=1 text=a message_thread_id=7", "400 Bad Request: message thread not found"},
		{"sendMessage", "chat_id=-1008 text=a message_thread_id=7", ""},
		{"sendMessage", "chat_id=-1008 text=a message_thread_id=8", "400 Bad Request: message thread not found"},
		{"sendMessage", `chat_id=1 text=a reply_parameters={"message_id":1}`, "400 Bad Request: message to be replied not found"},
		{"sendMessage", `chat_id=1 text=a reply_parameters={"message_id":1,"allow_sending_without_reply":true}`, ""},
		{"sendMessage", `chat_id=1 text=a reply_parameters={"message_id":$2}`, ""},
		{"sendMessage", "chat_id=-5 text=a message_effect_id=5", "400 Bad Request: message effects can be used only in private chats"},
		{"sendMessage", "chat_id=1 text=a reply_markup=null", "400 Bad Request: object expected as reply markup"},
		{"sendMessage", `chat_id=1 text=a reply_markup={"inline_keyboard":null}`, `400 Bad Request: can't parse inline keyboard: field "inline_keyboard" must be of type Array`},
		{"sendMessage", "chat_id=1 text=a " + button(`"callback_data":"`+strings.Repeat("ʻ", 32)+`"`), ""},
		{"sendMessage", "chat_id=1 text=a " + button(`"callback_data":"`+strings.Repeat("ʻ", 32)+`a"`), "400 Bad Request: BUTTON_DATA_INVALID"},
		{"sendMessage", "chat_id=1 text=a " + button(`"style":"danger"`), "400 Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{"sendMessage", "chat_id=1 text=a " + button(`"url":"http://localhost/"`), "400 Bad Request: inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL"},
		{"sendMessage", "chat_id=1 text=a " + button(`"url":"https://t.me/x"`), ""},
		{"sendMessage", "chat_id=1 text=a " + button(`"callback_data":"a","style":"blue"`), "400 Bad Request: can't parse inline keyboard button: invalid button style specified"},

		{"sendPoll", "chat_id=1 options=[\"a\"]", "400 Bad Request: text must be non-empty"},
		{"sendPoll", "chat_id=1 question=Q", "400 Bad Request: poll must have at least one answer option"},
		{"sendPoll", "chat_id=1 question=Q options=[]", "400 Bad Request: poll must have at least one answer option"},
		{"sendPoll", `chat_id=1 question=Q options=[{"text":"a"}]`, ""},
		{"sendPoll", "chat_id=1 question=Q options=" + manyOptions(12), ""},
		{"sendPoll", "chat_id=1 question=Q options=" + manyOptions(13), "400 Bad Request: poll can't have more than 12 options"},
		{"sendPoll", `chat_id=1 question=Q options=["a","a"]`, "400 Bad Request: POLL_OPTION_DUPLICATE"},
		{"sendPoll", `chat_id=1 question=Q options=["a",""]`, "400 Bad Request: text must be non-empty"},
		{"sendPoll", `chat_id=1 question=Q options=["` + strings.Repeat("ʻ", 101) + `"]`, "400 Bad Request: poll options length must not exceed 100"},
		{"sendPoll", `chat_id=1 options=["a"] question=` + strings.Repeat("ʻ", 301), "400 Bad Request: poll question length must not exceed 300"},
		{"sendPoll", `chat_id=1 options=["a"] question=Q type=exam`, "400 Bad Request: unsupported poll type specified"},
		{"sendPoll", quiz, "400 Bad Request: correct quiz option list must be non-empty"},
		{"sendPoll", quiz + "correct_option_ids=[2]", "400 Bad Request: wrong quiz correct_option_id"},
		{"sendPoll", quiz + "correct_option_id=-1", "400 Bad Request: wrong quiz correct_option_id"},
		{"sendPoll", quiz + "correct_option_ids=[1,0]", "400 Bad Request: correct quiz option list must be increasing"},
		{"sendPoll", quiz + "correct_option_ids=[0,1]", "400 Bad Request: QUIZ_CORRECT_ANSWERS_TOO_MUCH"},
		{"sendPoll", quiz + "correct_option_ids=[0,1] allows_multiple_answers=true", ""},
		{"sendPoll", quiz + "correct_option_ids=[0] explanation=" + strings.Repeat("ʻ", 201), "400 Bad Request: message is too long"},
		{"sendPoll", quiz + "correct_option_ids=[0] explanation=a\nb\nc\nd", "400 Bad Request: message is too long"},
		{"sendPoll", quiz + "correct_option_ids=[0] explanation=a\nb\nc", ""},
		{"sendPoll", quiz + "correct_option_ids=[0] explanation_parse_mode=HTML explanation=<p>", `400 Bad Request: can't parse entities: Unsupported start tag "p" at byte offset 0`},
		{"sendPoll", quiz + "correct_option_ids=[0] description=" + strings.Repeat("ʻ", 1025), "400 Bad Request: message caption is too long"},
		{"sendPoll", quiz + "correct_option_ids=[0] description_parse_mode=HTML description=<code>x</code>", ""},
		{"sendPoll", quiz + "correct_option_ids=[0] open_period=4", "400 Bad Request: POLL_CLOSE_DATE_INVALID"},
		{"sendPoll", quiz + "correct_option_ids=[0] open_period=5", ""},
		{"sendPoll", quiz + "correct_option_ids=[0] open_period=9999999", ""},
		{"sendPoll", `chat_id=-1009 question=Q options=["a"] is_anonymous=false`, "400 Bad Request: non-anonymous polls can't be sent to channel chats"},
		{"sendPoll", `chat_id=-1009 question=Q options=["a"]`, ""},
		{"stopPoll", "chat_id=1 message_id=$1", "400 Bad Request: message with poll to stop not found"},
		{"stopPoll", "chat_id=1 message_id=$5", "400 Bad Request: poll has already been closed"},

		{"editMessageText", "chat_id=1 message_id=$1 text=salom " + button(`"callback_data":"a"`), "400 " + notModified},
		{"editMessageText", "chat_id=1 message_id=1 text=a", "400 Bad Request: message to edit not found"},
		{"editMessageText", "chat_id=1 message_id=$2 text=a", "400 Bad Request: message can't be edited"},
		{"editMessageText", "chat_id=1 message_id=$3 text=a", "400 Bad Request: there is no text in the message to edit"},
		{"editMessageText", "chat_id=1 message_id=$4 text=a", "400 Bad Request: there is no text in the message to edit"},
		{"editMessageText", "chat_id=1 message_id=$1", "400 Bad Request: message text is empty"},
		{"editMessageCaption", "chat_id=1 message_id=$1 caption=a", "400 Bad Request: there is no caption in the message to edit"},
		{"editMessageCaption", "chat_id=1 message_id=$4 caption=rasm", "400 " + notModified},
		{"editMessageCaption", "chat_id=1 message_id=$4 caption=" + strings.Repeat("ʻ", 1025), "400 Bad Request: message caption is too long"},
		{"editMessageReplyMarkup", "chat_id=1 message_id=$3", "400 " + notModified},
		{"editMessageReplyMarkup", "chat_id=1 message_id=$3 " + button(`"callback_data":"a"`), ""},
		{"deleteMessage", "chat_id=1 message_id=1", "400 Bad Request: message to delete not found"},
		{"deleteMessages", "chat_id=1 message_ids=[1,$2]", ""},
		{"deleteMessages", "chat_id=1 message_ids=[]", "400 Bad Request: message identifiers are not specified"},

		{"answerCallbackQuery", "callback_query_id=5", "400 Bad Request: query is too old and response timeout expired or query ID is invalid"},
		{"answerCallbackQuery", "callback_query_id=5 text=" + strings.Repeat("ʻ", 201), "400 Bad Request: MESSAGE_TOO_LONG"},
		{"answerInlineQuery", "inline_query_id=5 results=[]", "400 Bad Request: query is too old and response timeout expired or query ID is invalid"},
		{"sendPhoto", "chat_id=1", "400 Bad Request: there is no photo in the request"},
		{"sendPhoto", "chat_id=1 photo=yoq", "400 Bad Request: wrong remote file identifier specified: can't unserialize it. Wrong last symbol"},
		{"pinChatMessage", "chat_id=1 message_id=1", "400 Bad Request: message to pin not found"},
		{"pinChatMessage", "chat_id=1 message_id=$1", ""},
		{"unpinChatMessage", "chat_id=-5", "400 Bad Request: message to unpin not found"},
		{"setMessageReaction", `chat_id=1 message_id=$2 reaction=[{"type":"emoji","emoji":"👍"}]`, ""},
		{"setMyCommands", `commands=[{"command":"oʻtkaz","description":"x"}]`, "400 Bad Request: BOT_COMMAND_INVALID"},
		{"setMyCommands", `commands=[{"command":"bugun","description":""}]`, "400 Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"},
		{"setMyCommands", `commands=[] language_code=uzb`, "400 Bad Request: invalid language code specified"},
		{"getChatMember", "chat_id=-5 user_id=77", "400 Bad Request: user not found"},
		{"getChatAdministrators", "chat_id=1", "400 Bad Request: there are no administrators in the private chat"},
		{"leaveChat", "chat_id=1", "400 Bad Request: chat member status can't be changed in private chats"},
		{"sendChatAction", "chat_id=1", "400 Bad Request: wrong parameter action in request"},
	} {
		t.Run(c.method+" "+c.params[:min(len(c.params), 60)], func(t *testing.T) {
			w := newWorld(t, Config{})
			ids := w.fill(button(`"callback_data":"a"`))
			var pairs []string
			for _, p := range strings.Split(c.params, " ") {
				pairs = append(pairs, ids.Replace(p))
			}
			a := w.call(c.method, pairs...)
			got := ""
			if !a.OK {
				got = fmt.Sprintf("%d %s", a.Code, a.Description)
			}
			if got != c.want {
				t.Errorf("answered %q, want %q", got, c.want)
			}
		})
	}
}

func manyOptions(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = strconv.Quote(strconv.Itoa(i))
	}
	return "[" + strings.Join(list, ",") + "]"
}

// fill writes the five messages of the table and gives what puts their ids in the place of $1 to $5.
func (w *world) fill(keyboard string) *strings.Replacer {
	w.t.Helper()
	var m [6]wireMessage
	w.ok(&m[1], "sendMessage", "chat_id=1", "text=salom", keyboard)
	m[2].ID = w.Say(aziza, aziza, "men")
	w.ok(&m[3], "sendPoll", "chat_id=1", "question=Q", `options=["a","b"]`, "type=quiz", "correct_option_ids=[0]")
	w.mu.Lock()
	w.files["f"] = &file{id: "f"}
	w.mu.Unlock()
	w.ok(&m[4], "sendPhoto", "chat_id=1", "photo=f", "caption=rasm")
	w.ok(&m[5], "sendPoll", "chat_id=1", "question=Q", `options=["a","b"]`, "open_period=5")
	w.now = w.now.Add(5 * time.Second)
	w.ClockMoved()
	var pairs []string
	for i := 1; i < len(m); i++ {
		pairs = append(pairs, fmt.Sprintf("$%d", i), strconv.FormatInt(m[i].ID, 10))
	}
	return strings.NewReplacer(pairs...)
}

func TestABotThatIsNotWantedIsToldSo(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*world)
		chat int64
		want string
	}{
		{"blocked", func(w *world) { w.Block(aziza) }, aziza, "403 Forbidden: bot was blocked by the user"},
		{"kicked from a group", func(w *world) { w.Kick(aziza, group) }, group, "403 Forbidden: bot was kicked from the group chat"},
		{"kicked from a supergroup", func(w *world) { w.Kick(aziza, super) }, super, "403 Forbidden: bot was kicked from the supergroup chat"},
		{"left", func(w *world) { w.ok(nil, "leaveChat", "chat_id=-5") }, group, "403 Forbidden: bot is not a member of the group chat"},
		{"no administrator", func(w *world) { w.Join(aziza, channel, false) }, channel, "400 Bad Request: need administrator rights in the channel chat"},
		{"wanted again", func(w *world) { w.Block(aziza); w.Unblock(aziza) }, aziza, "0 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, Config{})
			c.do(w)
			a := w.call("sendMessage", fmt.Sprintf("chat_id=%d", c.chat), "text=a")
			if got := fmt.Sprintf("%d %s", a.Code, a.Description); got != c.want {
				t.Errorf("answered %q, want %q", got, c.want)
			}
		})
	}
}

func TestAGroupThatBecameASupergroupNamesItsNewID(t *testing.T) {
	w := newWorld(t, Config{})
	id := w.Migrate(group)
	a := w.call("sendMessage", "chat_id=-5", "text=a")
	if a.Code != 400 || a.Description != "Bad Request: group chat was upgraded to a supergroup chat" || a.Parameters.MigrateTo != id {
		t.Errorf("answered %+v", a)
	}
	w.ok(nil, "sendMessage", fmt.Sprintf("chat_id=%d", id), "text=a")
	if got := w.kinds(w.updates()); !cmp.Equal(got, []string{"migrate_to_chat_id", "migrate_from_chat_id", "my_chat_member"}) {
		t.Errorf("the bot heard %v", got)
	}
}
