-- +goose Up

ALTER TABLE chats
    ADD COLUMN seen_at     timestamptz,                    -- the last sign of life, at most an hour behind it
    ADD COLUMN streak_days integer NOT NULL DEFAULT 0;     -- how long the streak was when streak_ends was set

-- What somebody wrote to those who run the bot.
CREATE TABLE feedback (
    user_id     bigint      NOT NULL,
    feedback_id bigint      GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL,
    day         date        NOT NULL,             -- the person's local day: so many a day and no more
    text        text        NOT NULL CHECK (char_length(text) <= 4000),
    language    text        NOT NULL,
    context     text        NOT NULL,             -- roadmap and topic at which they were
    answered_at timestamptz,                      -- the newest answer
    answered_by bigint,
    PRIMARY KEY (user_id, feedback_id)
);

-- Figures for those who run the bot, counted each hour. Days are those of UTC: they belong to no chat.
-- How the chats stood when they were last counted on a day.
CREATE TABLE census (
    day        date        NOT NULL,
    kind       text        NOT NULL,
    language   text        NOT NULL,
    at         timestamptz NOT NULL,
    active     integer     NOT NULL,  -- a sign of life within 7 days, and not blocked
    active_day integer     NOT NULL,  -- within 24 hours
    fresh      integer     NOT NULL,  -- came within 7 days
    fresh_day  integer     NOT NULL,  -- within 24 hours
    returned   integer     NOT NULL,  -- active, and came before that
    streaks    integer     NOT NULL,  -- active with 7 days in a row or more
    blocked    integer     NOT NULL,
    blocked_week integer NOT NULL,  -- of them, within 7 days
    PRIMARY KEY (day, kind, language)
);

-- What was done on a day.
CREATE TABLE day_figures (
    day     date        PRIMARY KEY,
    until   timestamptz NOT NULL,            -- counted up to here
    answers bigint      NOT NULL DEFAULT 0,  -- to quiz questions
    sent    bigint      NOT NULL DEFAULT 0,  -- deliveries
    prompt  bigint      NOT NULL DEFAULT 0,  -- of them, within a minute of their hour
    latest  integer     NOT NULL DEFAULT 0   -- seconds after its hour
);
CREATE INDEX events_at ON events USING brin (at) WITH (autosummarize = on);  -- rows stand in the order of time
CREATE INDEX deliveries_sent ON deliveries (sent_at) WHERE state = 'sent';

-- +goose Down
DROP INDEX deliveries_sent, events_at;
DROP TABLE day_figures, census, feedback;
ALTER TABLE chats DROP COLUMN seen_at, DROP COLUMN streak_days;
