-- +goose Up

-- Groups that became supergroups: a button under an old message still names the old id.
CREATE TABLE moves (
    chat_id bigint      PRIMARY KEY,
    to_id   bigint      NOT NULL,
    at      timestamptz NOT NULL
);

-- +goose Down
DROP TABLE moves;
