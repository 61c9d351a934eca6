-- +goose Up

-- What somebody did in groups is found by their id: /export and /forget look for it.
CREATE INDEX members_user ON members (user_id);
CREATE INDEX events_user ON events (user_id) WHERE chat_id < 0;

-- +goose Down
DROP INDEX members_user, events_user;
