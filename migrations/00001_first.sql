-- +goose Up

-- Every table is keyed by chat_id first, so that the same schema can be distributed by it.

-- Whoever follows a roadmap: a learner, a group, a channel.
CREATE TABLE chats (
    chat_id       bigint      PRIMARY KEY,
    kind          text        NOT NULL CHECK (kind IN ('private', 'group', 'supergroup', 'channel')),
    title         text        NOT NULL DEFAULT '',
    language      text        NOT NULL DEFAULT '',               -- '' until chosen
    roadmap_id    text        NOT NULL DEFAULT '',               -- the one that is followed now; '' until chosen
    zone          text        NOT NULL DEFAULT 'Asia/Tashkent',  -- IANA name
    remind_minute smallint    NOT NULL DEFAULT 540 CHECK (remind_minute BETWEEN 0 AND 1439), -- minutes after local midnight
    remind_days   smallint    NOT NULL DEFAULT 127 CHECK (remind_days BETWEEN 1 AND 127),    -- bit 0 is Monday
    remind_on     boolean     NOT NULL DEFAULT false,
    ready         boolean     NOT NULL DEFAULT false,            -- language, roadmap and hour were chosen once
    paused_until  date,                                          -- the first local day with messages again
    stopped_at    timestamptz,                                   -- /stop
    blocked_at    timestamptz,                                   -- Telegram refused: blocked, kicked, gone
    awaiting      text        NOT NULL DEFAULT '',               -- what the next typed text answers: '', hour, zone
    topic_day     date,                                          -- the last local day that had its topic
    next_at       timestamptz,                                   -- when the next daily topic is due; NULL for never
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX chats_due ON chats (next_at) WHERE next_at IS NOT NULL;

-- A chat follows a roadmap: where it stands there.
CREATE TABLE enrollments (
    chat_id    bigint      NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    roadmap_id text        NOT NULL,
    topic_id   text        NOT NULL,  -- the present topic; '' when the end is reached
    started_at timestamptz NOT NULL,
    PRIMARY KEY (chat_id, roadmap_id)
) WITH (fillfactor = 85);

-- The log: append-only, the truth that the tables below it are derived from.
CREATE TABLE events (
    chat_id     bigint      NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    event_id    bigint      GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL,
    day         date        NOT NULL,  -- the chat's local day
    user_id     bigint      NOT NULL,  -- 0 when nobody did it
    kind        text        NOT NULL,
    roadmap_id  text        NOT NULL DEFAULT '',
    topic_id    text        NOT NULL DEFAULT '',
    question_id text        NOT NULL DEFAULT '',
    detail      jsonb       NOT NULL DEFAULT '{}',
    PRIMARY KEY (chat_id, event_id)
);

-- What a chat did with a topic, in whichever roadmap it met it.
CREATE TABLE topic_states (
    chat_id  bigint      NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    topic_id text        NOT NULL,
    state    text        NOT NULL CHECK (state IN ('opened', 'done', 'known')),
    at       timestamptz NOT NULL,
    PRIMARY KEY (chat_id, topic_id)
) WITH (fillfactor = 85);

-- What happened on a local day: the streak is counted from it.
CREATE TABLE study_days (
    chat_id bigint  NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    day     date    NOT NULL,
    topics  integer NOT NULL DEFAULT 0,      -- topics closed
    answers integer NOT NULL DEFAULT 0,      -- quiz questions answered
    paused  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (chat_id, day)
) WITH (fillfactor = 85);

-- A run of quiz questions; at most one open one for a person in a chat.
CREATE TABLE quizzes (
    chat_id    bigint      NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    quiz_id    bigint      GENERATED ALWAYS AS IDENTITY,
    user_id    bigint      NOT NULL,
    topic_id   text        NOT NULL,
    questions  text[]      NOT NULL,
    answered   integer     NOT NULL DEFAULT 0,
    correct    integer     NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz,
    PRIMARY KEY (chat_id, quiz_id)
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX quizzes_open ON quizzes (chat_id, user_id) WHERE ended_at IS NULL;

-- A question as it was sent. Telegram names only the poll when somebody answers.
CREATE TABLE polls (
    chat_id     bigint      NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    poll_id     text        NOT NULL,
    message_id  bigint      NOT NULL,
    quiz_id     bigint      NOT NULL,
    user_id     bigint      NOT NULL,  -- whose answer counts
    question_id text        NOT NULL,
    sent_at     timestamptz NOT NULL,
    answered_at timestamptz,
    chosen      smallint[],
    correct     boolean,
    PRIMARY KEY (chat_id, poll_id)
) WITH (fillfactor = 85);
CREATE INDEX polls_quiz ON polls (chat_id, quiz_id);

-- A message that we owe a chat. One for each (chat, kind, local day), whatever happens.
CREATE TABLE deliveries (
    chat_id  bigint      NOT NULL REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    kind     text        NOT NULL CHECK (kind IN ('topic', 'later')),
    day      date        NOT NULL,
    due_at   timestamptz NOT NULL,
    run_at   timestamptz NOT NULL,           -- not to be taken before; a claim moves it to the lease's end
    state    text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'missed', 'dropped')),
    attempts integer     NOT NULL DEFAULT 0,
    claimed  boolean     NOT NULL DEFAULT false,  -- somebody has it, or died with it
    sent_at  timestamptz,
    error    text        NOT NULL DEFAULT '',
    PRIMARY KEY (chat_id, kind, day)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX deliveries_pending ON deliveries (run_at) WHERE state = 'pending';

-- Updates that took effect, with the replies that are still owed for them.
CREATE TABLE updates (
    chat_id   bigint      NOT NULL,
    update_id bigint      NOT NULL,
    at        timestamptz NOT NULL,
    calls     jsonb,                          -- NULL once all were sent
    PRIMARY KEY (chat_id, update_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX updates_unsent ON updates (at) WHERE calls IS NOT NULL;
CREATE INDEX updates_at ON updates (at);

-- Updates that failed every time: set aside so that their chat goes on. Without their text.
CREATE TABLE failed_updates (
    chat_id   bigint      NOT NULL,
    update_id bigint      NOT NULL,
    at        timestamptz NOT NULL,
    kind      text        NOT NULL,
    error     text        NOT NULL,
    PRIMARY KEY (chat_id, update_id)
);

-- Who may do what only one process may do, such as polling.
CREATE TABLE leases (
    name   text        PRIMARY KEY,
    holder text        NOT NULL,
    until  timestamptz NOT NULL
);

-- +goose Down
DROP TABLE leases, failed_updates, updates, deliveries, polls, quizzes, study_days, topic_states, events, enrollments, chats;
