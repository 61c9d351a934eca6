-- +goose Up

-- The programming language in which a learner reads the code of lessons, on roads that leave it open.
ALTER TABLE chats ADD COLUMN code_language text NOT NULL DEFAULT '';  -- '' until chosen

-- +goose Down
ALTER TABLE chats DROP COLUMN code_language;
