-- +goose Up

-- At most two messages a day that nobody asked for: the topic and the saver of a streak.
ALTER TABLE chats
    ADD COLUMN saver_on     boolean     NOT NULL DEFAULT true,
    ADD COLUMN saver_minute smallint    NOT NULL DEFAULT 1260 CHECK (saver_minute BETWEEN 0 AND 1439),  -- after local midnight
    ADD COLUMN saver_at     timestamptz,                       -- when the streak needs a word; NULL while it does not
    ADD COLUMN streak_ends  date,                              -- the day with whose end it ends if nothing is studied
    ADD COLUMN studied_day  date,                              -- the last local day that counts for the streak
    ADD COLUMN rhythm       text        NOT NULL DEFAULT 'daily' CHECK (rhythm IN ('daily', 'weekly', 'silent')),
    ADD COLUMN ignored      smallint    NOT NULL DEFAULT 0;    -- messages since the last sign of life
CREATE INDEX chats_saver ON chats (saver_at) WHERE saver_at IS NOT NULL;

ALTER TABLE deliveries DROP CONSTRAINT deliveries_kind_check,
    ADD CONSTRAINT deliveries_kind_check CHECK (kind IN ('topic', 'later', 'digest', 'round', 'saver', 'weekly', 'silence'));

CREATE INDEX events_changed ON events (chat_id, thread_id, event_id) WHERE kind = 'changed';  -- the study days over time

-- +goose Down
DROP INDEX events_changed, chats_saver;
DELETE FROM deliveries WHERE kind IN ('saver', 'weekly', 'silence');
ALTER TABLE deliveries DROP CONSTRAINT deliveries_kind_check,
    ADD CONSTRAINT deliveries_kind_check CHECK (kind IN ('topic', 'later', 'digest', 'round'));
ALTER TABLE chats DROP COLUMN saver_on, DROP COLUMN saver_minute, DROP COLUMN saver_at, DROP COLUMN streak_ends,
    DROP COLUMN studied_day, DROP COLUMN rhythm, DROP COLUMN ignored;
