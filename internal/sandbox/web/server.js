// The wire to the sandbox: requests, and the stream of events that comes back
// by itself after the server was away.

// Trouble is an error whose message may be shown; gone tells that the server
// did not answer at all.
export class Trouble extends Error {
  constructor(message, gone = false) {
    super(message);
    this.gone = gone;
  }
}

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Trouble('', true);
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body && !body.error) return body;
  if (response.ok && !body) return {};
  if (body?.error) throw new Trouble(body.error);
  throw new Trouble(`${response.status}`, response.status >= 500);
}

export const loadState = () => request('/api/state', { cache: 'no-store' });

// post asks for an action; signal may call it off.
export const post = (action, body, signal) => request(`/api/${action}`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
  signal,
});

const kinds = ['hello', 'message', 'edit', 'delete', 'poll', 'commands', 'chats', 'clock', 'toast'];

// listen calls on(kind, data) for each event and lost() when the stream broke.
// It reconnects itself instead of leaving that to the browser, which gives up
// for ever on an answer that is no event stream.
export function listen(on, lost) {
  let wait = 500;
  const connect = () => {
    const source = new EventSource('/api/events');
    for (const kind of kinds) {
      source.addEventListener(kind, (event) => {
        wait = 500;
        on(kind, event.data ? JSON.parse(event.data) : {});
      });
    }
    source.onerror = () => {
      source.close();
      lost();
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, 5000);
    };
  };
  connect();
}
