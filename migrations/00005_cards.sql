-- +goose Up

-- How well a person remembers each question, wherever it was answered: derived from the answers in
-- the log of their own chat.
CREATE TABLE cards (
    user_id     bigint           NOT NULL,
    question_id text             NOT NULL,
    stability   double precision NOT NULL,  -- days until the chance of a right answer is 0.9
    difficulty  double precision NOT NULL,  -- 1 to 10
    reps        integer          NOT NULL,  -- local days on which it was answered
    lapses      integer          NOT NULL,  -- how often it was missed after the first time
    last        date             NOT NULL,  -- the person's local days
    due         date             NOT NULL,
    PRIMARY KEY (user_id, question_id)
) WITH (fillfactor = 85);
CREATE INDEX cards_due ON cards (user_id, due);

ALTER TABLE quizzes
    ADD COLUMN kind      text        NOT NULL DEFAULT 'topic' CHECK (kind IN ('topic', 'review', 'checkpoint', 'testout')),
    ADD COLUMN stage_id  text        NOT NULL DEFAULT '',     -- of a checkpoint or test-out
    ADD COLUMN last_at   timestamptz NOT NULL DEFAULT now();  -- the newest answer, or the start
UPDATE quizzes SET last_at = started_at;
ALTER TABLE quizzes ALTER COLUMN last_at DROP DEFAULT;
ALTER TABLE study_days ADD COLUMN reviews integer NOT NULL DEFAULT 0;  -- reviews finished

-- +goose Down
ALTER TABLE study_days DROP COLUMN reviews;
ALTER TABLE quizzes DROP COLUMN kind, DROP COLUMN stage_id, DROP COLUMN last_at;
DROP TABLE cards;
