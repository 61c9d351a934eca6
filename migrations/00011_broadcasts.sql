-- +goose Up

-- Announcements of who runs the bot. What became of each is counted from the deliveries of the
-- kind 'announcement:<broadcast_id>': so the key of deliveries lets two of one day both go out, and
-- each once.
CREATE TABLE broadcasts (
    chat_id      bigint      NOT NULL,              -- the private chat of who wrote it
    thread_id    bigint      NOT NULL DEFAULT 0,
    broadcast_id bigint      GENERATED ALWAYS AS IDENTITY,
    text_uz      text        NOT NULL DEFAULT '',   -- Telegram HTML; '' if there is none in this language
    text_en      text        NOT NULL DEFAULT '',
    audience     text        NOT NULL DEFAULT '',   -- '' until chosen
    state        text        NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'running', 'paused', 'stopped', 'done')),
    size         integer     NOT NULL DEFAULT 0,    -- chats of the audience, as counted when it was chosen
    cursor       bigint      NOT NULL DEFAULT 9223372036854775807,  -- chats from here up have their delivery
    planned      boolean     NOT NULL DEFAULT false,  -- all have
    started_at   timestamptz,
    message_id   bigint      NOT NULL DEFAULT 0,    -- shows the progress; 0 until it is sent
    told         boolean     NOT NULL DEFAULT false,  -- the last figures were shown
    PRIMARY KEY (chat_id, thread_id, broadcast_id),
    FOREIGN KEY (chat_id, thread_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE
);

ALTER TABLE chats ADD COLUMN announcements boolean NOT NULL DEFAULT true;  -- false: refused for ever

-- Announcements wait in a state of their own: a million of them are never in the way of topics.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_kind_check, DROP CONSTRAINT deliveries_state_check,
    ADD CONSTRAINT deliveries_kind_check CHECK (kind IN ('topic', 'later', 'digest', 'round', 'saver', 'weekly', 'silence') OR kind LIKE 'announcement:%'),
    ADD CONSTRAINT deliveries_state_check CHECK (state IN ('waiting', 'pending', 'sent', 'missed', 'dropped'));
CREATE INDEX deliveries_waiting ON deliveries (kind, run_at) WHERE state = 'waiting';
CREATE INDEX deliveries_announced ON deliveries (kind, state) WHERE kind LIKE 'announcement:%';

-- +goose Down
DROP INDEX deliveries_announced, deliveries_waiting;
DELETE FROM deliveries WHERE kind LIKE 'announcement:%';
ALTER TABLE deliveries DROP CONSTRAINT deliveries_kind_check, DROP CONSTRAINT deliveries_state_check,
    ADD CONSTRAINT deliveries_kind_check CHECK (kind IN ('topic', 'later', 'digest', 'round', 'saver', 'weekly', 'silence')),
    ADD CONSTRAINT deliveries_state_check CHECK (state IN ('pending', 'sent', 'missed', 'dropped'));
ALTER TABLE chats DROP COLUMN announcements;
DROP TABLE broadcasts;
