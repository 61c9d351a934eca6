package sandbox

// refusal is why a person of the sandbox cannot do something. It is said in the web chat, so in both languages.
type refusal int

const (
	notInChat refusal = iota
	hasMigrated
	hasStopped
	emptyMessage
	adminsOnly
	replyGone
	notOwnMessage
	noOption
	oneAnswer
	keepsAnswer
	noVote
	noPoll
	noPerson
	pollClosed
	buttonGone
	clockFixed
	nameMissing
	badLanguage
	mayNotWrite
	noThread
	threadClosed
	notAnonymous
	adminNeeded
	noSuchLink
	groupNeeded
	channelNeeded
	threadName
	resultGone
	botStarting
	noReminder
)

// What Config.Jump says when there is nowhere to go; the web chat tells it in the person's language.
const (
	ErrStarting   = botStarting
	ErrNoReminder = noReminder
)

var sentences = [...]struct{ en, uz string }{
	notInChat:     {"this person is not in this chat", "bu odam bu suhbatda emas"},
	hasMigrated:   {"the group has become a supergroup", "guruh superguruhga aylangan"},
	hasStopped:    {"this person has stopped the bot", "bu odam botni toʻxtatgan"},
	emptyMessage:  {"the message is empty", "xabar boʻsh"},
	adminsOnly:    {"only administrators write in a channel", "kanalga faqat administratorlar yozadi"},
	replyGone:     {"the message to answer is gone", "javob beriladigan xabar oʻchirilgan"},
	notOwnMessage: {"this person has no such message", "bu odamning bunday xabari yoʻq"},
	noOption:      {"the poll has no such answer", "soʻrovnomada bunday javob yoʻq"},
	oneAnswer:     {"this poll takes one answer", "bu soʻrovnomada bitta javob tanlanadi"},
	keepsAnswer:   {"this poll keeps the first answer", "bu soʻrovnomada birinchi javob saqlanadi"},
	noVote:        {"there is no vote that can be taken back", "qaytarib olinadigan ovoz yoʻq"},
	noPoll:        {"there is no such poll", "bunday soʻrovnoma yoʻq"},
	noPerson:      {"there is no such person", "bunday odam yoʻq"},
	pollClosed:    {"the poll is closed", "soʻrovnoma yopilgan"},
	buttonGone:    {"this button is no longer there", "bu tugma endi yoʻq"},
	clockFixed:    {"the clock cannot be moved here", "bu yerda soatni surib boʻlmaydi"},
	nameMissing:   {"the person needs a name", "odamning ismi kerak"},
	badLanguage:   {"the language must be two letters", "til ikki harf bilan yoziladi"},
	mayNotWrite:   {"members may not write in this group", "bu guruhda aʼzolar yoza olmaydi"},
	noThread:      {"there is no such topic", "bunday mavzu yoʻq"},
	threadClosed:  {"this topic is closed", "bu mavzu yopilgan"},
	notAnonymous:  {"only administrators of a supergroup write anonymously", "faqat superguruh administratorlari anonim yozadi"},
	adminNeeded:   {"only administrators can do this", "buni faqat administratorlar qila oladi"},
	noSuchLink:    {"this link does not lead to the bot", "bu havola botga olib bormaydi"},
	groupNeeded:   {"this works in a group only", "bu faqat guruhda ishlaydi"},
	channelNeeded: {"this works in a channel only", "bu faqat kanalda ishlaydi"},
	resultGone:    {"these results are out of date; please type again", "bu natijalar eskirgan; qaytadan yozib koʻring"},
	botStarting:   {"the bot is still starting", "bot hali ishga tushmoqda"},
	noReminder:    {"no reminder is planned in this chat; choose a road first, or turn the reminder on", "bu suhbatda eslatma rejalashtirilmagan; avval yoʻl tanlang yoki eslatmani yoqing"},
	threadName:    {"the topic needs a name of up to 128 characters", "mavzuga 128 belgigacha nom kerak"},
}

func (r refusal) Error() string { return sentences[r].en }

// in is the sentence in a person's language.
func (r refusal) in(language string) string {
	if language == "uz" {
		return sentences[r].uz
	}
	return sentences[r].en
}
