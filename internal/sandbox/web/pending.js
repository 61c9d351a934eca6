// Pressed buttons that wait for the bot's answerCallbackQuery. The answer may
// overtake the reply to the press itself, for both come on different roads.

const patience = 20000; // ms: an answer later than this is refused by Telegram's own clients too

export class Pending {
  #waiting = []; // {person, chat, message, data, id}
  #early = new Set(); // callback ids that were answered before we knew them
  #changed;

  constructor(changed) { this.#changed = changed; }

  has(person, message, data) {
    return this.#waiting.some((one) => one.person === person && one.chat === message.chat && one.message === message.id && one.data === data);
  }

  // press remembers a press until its answer; sent is the request on its way.
  async press(person, message, data, sent) {
    const one = { person, chat: message.chat, message: message.id, data, id: null };
    this.#waiting.push(one);
    setTimeout(() => this.#drop(one), patience);
    try {
      one.id = (await sent).callback_id ?? null;
      if (one.id !== null && this.#early.delete(one.id)) this.#drop(one);
    } catch {
      this.#drop(one);
    }
  }

  answered(person, id) {
    const known = this.#waiting.find((one) => id != null && one.id === id);
    const one = known ?? this.#waiting.find((other) => other.person === person && other.id === null);
    if (one) this.#drop(one); else if (id != null) this.#early.add(id);
  }

  #drop(one) {
    const at = this.#waiting.indexOf(one);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    this.#changed();
  }
}
