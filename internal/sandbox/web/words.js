// All words of the interface in Uzbek and English, and how both write dates.
// Month and day names stand here because browsers differ in their Uzbek.

const words = {
  uz: {
    you: 'Siz:', addPerson: 'Odam qoʻshish', firstName: 'Ism', language: 'Til', add: 'Qoʻshish', cancel: 'Bekor qilish',
    chats: 'Chatlar', back: 'Chatlarga qaytish', menu: 'Menyu', more: 'Boshqa amallar', messages: 'Xabarlar',
    block: 'Botni bloklash', unblock: 'Botni blokdan chiqarish', blocked: 'Siz botni bloklagansiz: u sizga yoza olmaydi.',
    start: 'Boshlash', write: 'Xabar yozing', send: 'Yuborish', jump: 'Keyingi eslatmamga oʻtish', jumpShort: 'Keyingi eslatma',
    clock: 'Botning soati', toDark: 'Tungi koʻrinish', toLight: 'Kunduzgi koʻrinish', edited: 'tahrirlangan',
    today: 'Bugun', yesterday: 'Kecha', down: 'Eng yangi xabarga oʻtish', bot: 'bot', members: '{n} ta aʼzo',
    unread: '{n} ta oʻqilmagan xabar', quiz: 'Viktorina', quizAnonymous: 'Anonim viktorina', poll: 'Soʻrovnoma',
    pollAnonymous: 'Anonim soʻrovnoma', closed: 'Yakunlangan', votes: '{n} ta javob', noVotes: 'Hali javob yoʻq',
    vote: 'Javob berish', retract: 'Javobni qaytarib olish', right: 'toʻgʻri', wrong: 'notoʻgʻri', chosen: 'sizning javobingiz',
    explanation: 'Izoh', reply: 'Javob yozish', edit: 'Tahrirlash', photo: 'Rasm', unfold: 'Toʻliq koʻrsatish', fold: 'Yigʻish',
    spoiler: 'Yashirin matn, koʻrish uchun bosing', offline: 'Aloqa uzildi. Qayta ulanyapmiz…',
    gone: 'Server hozir javob bermayapti. Yozganingiz oʻz joyida turibdi.', refused: 'Buning iloji boʻlmadi: {why}',
    intro: 'Bu bot nima qila oladi?', adminsOnly: 'Bu kanalga faqat adminlar yoza oladi.', ok: 'Tushunarli', pinned: 'Qadab qoʻyilgan',
    elsewhere: 'Bu havola Telegramning oʻzida ochiladi, bu yerda emas.',
    subscribers: '{n} ta obunachi', botAbsent: 'bot bu yerda yoʻq', botMute: 'bot yoza olmaydi', botAdmin: 'bot — admin',
    owner: 'egasi', admin: 'admin', anonymous: 'anonim', writeAnonymously: 'Guruh nomidan yozing', voters: 'Kim nimani tanlagan',
    notInGroup: 'Bot hali bu guruhda emas.', notInChannel: 'Bot hali bu kanalda emas.', addBot: 'Botni qoʻshish',
    addBotAdmin: 'Botni admin qilib qoʻshish', promote: 'Botni admin qilish', demote: 'Botni adminlikdan olish',
    remove: 'Botni chiqarish', mute: 'Botga yozishni taqiqlash', unmute: 'Botga yozishga ruxsat berish', newTopic: 'Yangi mavzu',
    topicName: 'Mavzu nomi', upgrade: 'Superguruhga aylantirish', anonymously: 'Guruh nomidan yozish', openly: 'Oʻz nomimdan yozish',
    groupMute: 'Bu guruhda aʼzolar yoza olmaydi.', topicClosed: 'Bu mavzu yopilgan.', pickGroup: 'Qaysi guruhga?',
    pickChannel: 'Qaysi kanalga?', noGroup: 'Siz hech bir guruhda emassiz.', noChannel: 'Siz hech bir kanalning admini emassiz.',
    joined: '{by} {who}ni qoʻshdi', joinedAlone: '{who} guruhga qoʻshildi', left: '{by} {who}ni chiqardi', leftAlone: '{who} guruhdan chiqdi',
    upgraded: 'Guruh superguruhga aylandi', topic: '{by} “{who}” mavzusini ochdi', topic_closed: '{by} mavzuni yopdi',
    topic_reopened: '{by} mavzuni qayta ochdi', searching: 'Qidirilmoqda…', nothing: 'Hech narsa topilmadi', via: '@{bot} orqali',
    inlineHint: 'mavzuni topib, shu chatga yuboring',
  },
  en: {
    you: 'You are:', addPerson: 'Add a person', firstName: 'First name', language: 'Language', add: 'Add', cancel: 'Cancel',
    chats: 'Chats', back: 'Back to chats', menu: 'Menu', more: 'More actions', messages: 'Messages',
    block: 'Block the bot', unblock: 'Unblock the bot', blocked: 'You have blocked the bot: it cannot write to you.',
    start: 'Start', write: 'Write a message', send: 'Send', jump: 'Jump to my next reminder', jumpShort: 'Next reminder',
    clock: 'Bot clock', toDark: 'Dark mode', toLight: 'Light mode', edited: 'edited',
    today: 'Today', yesterday: 'Yesterday', down: 'Go to the latest message', bot: 'bot', members: 'Members: {n}',
    unread: 'Unread messages: {n}', quiz: 'Quiz', quizAnonymous: 'Anonymous quiz', poll: 'Poll',
    pollAnonymous: 'Anonymous poll', closed: 'Final results', votes: 'Answers: {n}', noVotes: 'No answers yet',
    vote: 'Answer', retract: 'Take back my answer', right: 'right', wrong: 'wrong', chosen: 'your answer',
    explanation: 'Explanation', reply: 'Reply', edit: 'Edit', photo: 'Photo', unfold: 'Show all', fold: 'Show less',
    spoiler: 'Hidden text, press to show it', offline: 'Connection lost. Reconnecting…',
    gone: 'The server is not responding right now. What you typed is still here.', refused: 'That did not work: {why}',
    intro: 'What can this bot do?', adminsOnly: 'Only admins can post in this channel.', ok: 'OK', pinned: 'Pinned',
    elsewhere: 'This link opens in Telegram itself, not here.',
    subscribers: 'Subscribers: {n}', botAbsent: 'the bot is not here', botMute: 'the bot cannot write', botAdmin: 'the bot is an admin',
    owner: 'owner', admin: 'admin', anonymous: 'anonymous', writeAnonymously: 'Write as the group', voters: 'Who chose what',
    notInGroup: 'The bot is not in this group yet.', notInChannel: 'The bot is not in this channel yet.', addBot: 'Add the bot',
    addBotAdmin: 'Add the bot as an admin', promote: 'Make the bot an admin', demote: 'Take admin rights from the bot',
    remove: 'Remove the bot', mute: 'Forbid the bot to write', unmute: 'Let the bot write', newTopic: 'New topic',
    topicName: 'Name of the topic', upgrade: 'Upgrade to a supergroup', anonymously: 'Write as the group', openly: 'Write under my name',
    groupMute: 'Members may not write in this group.', topicClosed: 'This topic is closed.', pickGroup: 'To which group?',
    pickChannel: 'To which channel?', noGroup: 'You are in no group.', noChannel: 'You are an admin of no channel.',
    joined: '{by} added {who}', joinedAlone: '{who} joined the group', left: '{by} removed {who}', leftAlone: '{who} left the group',
    upgraded: 'The group became a supergroup', topic: '{by} opened the topic “{who}”', topic_closed: '{by} closed the topic',
    topic_reopened: '{by} reopened the topic', searching: 'Searching…', nothing: 'Nothing found', via: 'via @{bot}',
    inlineHint: 'find a topic and send it to this chat',
  },
};

const months = {
  uz: ['yanvar', 'fevral', 'mart', 'aprel', 'may', 'iyun', 'iyul', 'avgust', 'sentabr', 'oktabr', 'noyabr', 'dekabr'],
  en: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
};
const days = {
  uz: ['yak', 'du', 'se', 'chor', 'pay', 'ju', 'shan'],
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
};

let language = 'en';

// useLanguageOf takes a person's app language. A Russian app in Uzbekistan is
// offered Uzbek, as the bot itself does.
export function useLanguageOf(code = '') {
  language = /^(uz|ru)\b/.test(code) ? 'uz' : 'en';
  return language;
}

export function t(key, values = {}) {
  return words[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export const languageName = (code) => ({ uz: 'Oʻzbekcha', en: 'English', ru: 'Русский' })[code] ?? code;

// All times are shown in one zone, so that the hour of a reminder is the hour
// that the bot speaks of.
const clockIn = (zone) => new Intl.DateTimeFormat('en-GB', {
  timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric', weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
});
let format = clockIn();

// useZone takes an IANA zone; without one the browser's own is used.
export function useZone(zone) { format = clockIn(zone || undefined); }

const parts = (ms) => Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));

export const hour = (ms) => { const p = parts(ms); return `${p.hour}:${p.minute}`; };

// day tells which day an instant falls on, for comparing.
export const day = (ms) => { const p = parts(ms); return `${p.year}-${p.month}-${p.day}`; };

const monthName = (p) => months[language][p.month - 1];

// dayName is a date separator's text, seen from the bot's clock.
export function dayName(ms, now) {
  if (day(ms) === day(now)) return t('today');
  if (day(ms) === day(now - 86400000)) return t('yesterday');
  const p = parts(ms);
  const text = language === 'uz' ? `${p.day}-${monthName(p)}` : `${p.day} ${monthName(p)}`;
  if (p.year === parts(now).year) return text;
  return language === 'uz' ? `${text}, ${p.year}` : `${text} ${p.year}`;
}

// shortDay is "20 Nov" or "20-noy".
export function shortDay(ms) {
  const p = parts(ms);
  return `${p.day}${language === 'uz' ? '-' : ' '}${monthName(p).slice(0, 3)}`;
}

// clockText is "Thu 20 Nov 09:00" or "pay, 20-noy, 09:00".
export function clockText(ms) {
  const weekday = days[language][days.en.indexOf(parts(ms).weekday)];
  return [weekday, shortDay(ms), hour(ms)].join(language === 'uz' ? ', ' : ' ');
}
