-- +goose Up

-- Replies that are owed for updates that took effect. They live for moments: a row that comes and
-- goes costs less than one that changes, and text that is neither parsed nor compressed least.
CREATE TABLE owed (
    chat_id   bigint      NOT NULL,
    update_id bigint      NOT NULL,
    at        timestamptz NOT NULL,
    calls     text        NOT NULL,
    PRIMARY KEY (chat_id, update_id)
) WITH (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE owed ALTER COLUMN calls SET STORAGE EXTERNAL;
INSERT INTO owed (chat_id, update_id, at, calls) SELECT chat_id, update_id, at, calls::text FROM updates WHERE calls IS NOT NULL;

DROP INDEX updates_unsent, updates_at;
ALTER TABLE updates DROP COLUMN calls;
ALTER TABLE updates SET (fillfactor = 100);
CREATE INDEX updates_at ON updates USING brin (at);  -- rows stand in the order of time

-- +goose Down
DROP INDEX updates_at;
ALTER TABLE updates ADD COLUMN calls jsonb;
ALTER TABLE updates SET (fillfactor = 70);
UPDATE updates u SET calls = owed.calls::jsonb FROM owed WHERE owed.chat_id = u.chat_id AND owed.update_id = u.update_id;
CREATE INDEX updates_at ON updates (at);
CREATE INDEX updates_unsent ON updates (at) WHERE calls IS NOT NULL;
DROP TABLE owed;
