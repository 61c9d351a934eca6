-- +goose Up

-- Pictures that Telegram has already: what was drawn, and how to send it again without its bytes.
CREATE TABLE pictures (
    hash    bytea       PRIMARY KEY,  -- SHA-256 of what was to be drawn
    file_id text        NOT NULL,
    at      timestamptz NOT NULL
);
CREATE INDEX pictures_at ON pictures USING brin (at);

-- +goose Down
DROP TABLE pictures;
