-- +goose Up

-- What somebody wrote beside a topic, for themselves.
CREATE TABLE notes (
    chat_id   bigint      NOT NULL,
    thread_id bigint      NOT NULL,
    note_id   bigint      GENERATED ALWAYS AS IDENTITY,
    topic_id  text        NOT NULL,
    text      text        NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (chat_id, thread_id, note_id),
    FOREIGN KEY (chat_id, thread_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE
);

-- +goose Down
DROP TABLE notes;
