-- +goose Up

-- Several threads of one forum may each follow a road: whoever follows is a chat and a thread in
-- it, 0 where there are none.
ALTER TABLE enrollments DROP CONSTRAINT enrollments_chat_id_fkey, DROP CONSTRAINT enrollments_pkey;
ALTER TABLE events DROP CONSTRAINT events_chat_id_fkey, DROP CONSTRAINT events_pkey;
ALTER TABLE topic_states DROP CONSTRAINT topic_states_chat_id_fkey, DROP CONSTRAINT topic_states_pkey;
ALTER TABLE study_days DROP CONSTRAINT study_days_chat_id_fkey, DROP CONSTRAINT study_days_pkey;
ALTER TABLE quizzes DROP CONSTRAINT quizzes_chat_id_fkey, DROP CONSTRAINT quizzes_pkey;
ALTER TABLE polls DROP CONSTRAINT polls_chat_id_fkey, DROP CONSTRAINT polls_pkey;
ALTER TABLE deliveries DROP CONSTRAINT deliveries_chat_id_fkey, DROP CONSTRAINT deliveries_pkey, DROP CONSTRAINT deliveries_kind_check;
DROP INDEX quizzes_open, polls_quiz;

ALTER TABLE chats
    ADD COLUMN thread_id    bigint   NOT NULL DEFAULT 0,
    ADD COLUMN pace         text     NOT NULL DEFAULT 'calendar' CHECK (pace IN ('calendar', 'admin', 'members')),
    ADD COLUMN pace_members smallint NOT NULL DEFAULT 3 CHECK (pace_members BETWEEN 1 AND 1000),  -- how many have to be done
    ADD COLUMN started      boolean  NOT NULL DEFAULT true,  -- has spoken to us in private; not who only takes part in a group
    ADD COLUMN owner_id     bigint   NOT NULL DEFAULT 0,  -- a channel's: who is told in private what it needs
    DROP CONSTRAINT chats_pkey,
    ADD PRIMARY KEY (chat_id, thread_id);
ALTER TABLE enrollments ADD COLUMN thread_id bigint NOT NULL DEFAULT 0, ADD PRIMARY KEY (chat_id, thread_id, roadmap_id),
    ADD FOREIGN KEY (chat_id, thread_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE events ADD COLUMN thread_id bigint NOT NULL DEFAULT 0, ADD PRIMARY KEY (chat_id, thread_id, event_id),
    ADD FOREIGN KEY (chat_id, thread_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE topic_states ADD COLUMN thread_id bigint NOT NULL DEFAULT 0, ADD PRIMARY KEY (chat_id, thread_id, topic_id),
    ADD FOREIGN KEY (chat_id, thread_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE study_days ADD COLUMN thread_id bigint NOT NULL DEFAULT 0, ADD PRIMARY KEY (chat_id, thread_id, day),
    ADD FOREIGN KEY (chat_id, thread_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE quizzes ADD COLUMN thread_id bigint NOT NULL DEFAULT 0, ADD PRIMARY KEY (chat_id, thread_id, quiz_id),
    ADD FOREIGN KEY (chat_id, thread_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE polls ADD COLUMN thread_id bigint NOT NULL DEFAULT 0,
    ADD COLUMN day         date,                         -- the local day whose question it was; NULL in a quiz
    ADD COLUMN votes       integer NOT NULL DEFAULT 0,   -- of a poll that many answer
    ADD COLUMN right_votes integer NOT NULL DEFAULT 0,
    ADD COLUMN closed_at   timestamptz,
    ADD PRIMARY KEY (chat_id, thread_id, poll_id),
    ADD FOREIGN KEY (chat_id, thread_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE deliveries ADD COLUMN thread_id bigint NOT NULL DEFAULT 0, ADD PRIMARY KEY (chat_id, thread_id, kind, day),
    ADD CHECK (kind IN ('topic', 'later', 'digest', 'round')),
    ADD FOREIGN KEY (chat_id, thread_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE;
CREATE UNIQUE INDEX quizzes_open ON quizzes (chat_id, thread_id, user_id) WHERE ended_at IS NULL;
CREATE INDEX polls_quiz ON polls (chat_id, thread_id, quiz_id);
CREATE INDEX polls_poll ON polls (poll_id);  -- an answer names only its poll
CREATE INDEX chats_owner ON chats (owner_id) WHERE owner_id <> 0;

-- Who takes part in a group.
CREATE TABLE members (
    chat_id     bigint      NOT NULL,
    thread_id   bigint      NOT NULL,
    user_id     bigint      NOT NULL,
    name        text        NOT NULL,                 -- the first name
    hidden      boolean     NOT NULL DEFAULT false,   -- /hide: the board shows no name
    points      integer     NOT NULL DEFAULT 0,
    week        date        NOT NULL,                 -- the Monday of the week that week_points is about
    week_points integer     NOT NULL DEFAULT 0,
    joined_at   timestamptz NOT NULL,
    PRIMARY KEY (chat_id, thread_id, user_id),
    FOREIGN KEY (chat_id, thread_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE
) WITH (fillfactor = 85);
CREATE INDEX members_points ON members (chat_id, thread_id, points DESC);
CREATE INDEX members_week ON members (chat_id, thread_id, week, week_points DESC);

-- What members answered to a poll that all see: each counts once.
CREATE TABLE votes (
    chat_id   bigint      NOT NULL,
    thread_id bigint      NOT NULL,
    poll_id   text        NOT NULL,
    user_id   bigint      NOT NULL,
    chosen    smallint[]  NOT NULL,
    correct   boolean     NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (chat_id, thread_id, poll_id, user_id),
    FOREIGN KEY (chat_id, thread_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE
);

-- Which members are done with which topic.
CREATE TABLE marks (
    chat_id   bigint      NOT NULL,
    thread_id bigint      NOT NULL,
    topic_id  text        NOT NULL,
    user_id   bigint      NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (chat_id, thread_id, topic_id, user_id),
    FOREIGN KEY (chat_id, thread_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE
);

-- +goose Down
DROP TABLE marks, votes, members;
-- What other threads followed has no place in the older schema.
DELETE FROM chats WHERE thread_id <> 0;
DELETE FROM deliveries WHERE kind NOT IN ('topic', 'later');
DROP INDEX polls_poll, chats_owner;
ALTER TABLE deliveries DROP CONSTRAINT deliveries_kind_check, DROP COLUMN thread_id;
ALTER TABLE polls DROP COLUMN thread_id, DROP COLUMN day, DROP COLUMN votes, DROP COLUMN right_votes, DROP COLUMN closed_at;
ALTER TABLE quizzes DROP COLUMN thread_id;
ALTER TABLE study_days DROP COLUMN thread_id;
ALTER TABLE topic_states DROP COLUMN thread_id;
ALTER TABLE events DROP COLUMN thread_id;
ALTER TABLE enrollments DROP COLUMN thread_id;
ALTER TABLE chats DROP CONSTRAINT chats_pkey, DROP COLUMN thread_id, DROP COLUMN pace, DROP COLUMN pace_members, DROP COLUMN started, DROP COLUMN owner_id,
    ADD PRIMARY KEY (chat_id);
ALTER TABLE enrollments ADD PRIMARY KEY (chat_id, roadmap_id), ADD FOREIGN KEY (chat_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE events ADD PRIMARY KEY (chat_id, event_id), ADD FOREIGN KEY (chat_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE topic_states ADD PRIMARY KEY (chat_id, topic_id), ADD FOREIGN KEY (chat_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE study_days ADD PRIMARY KEY (chat_id, day), ADD FOREIGN KEY (chat_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE quizzes ADD PRIMARY KEY (chat_id, quiz_id), ADD FOREIGN KEY (chat_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE polls ADD PRIMARY KEY (chat_id, poll_id), ADD FOREIGN KEY (chat_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE deliveries ADD PRIMARY KEY (chat_id, kind, day), ADD FOREIGN KEY (chat_id) REFERENCES chats ON UPDATE CASCADE ON DELETE CASCADE,
    ADD CHECK (kind IN ('topic', 'later'));
CREATE UNIQUE INDEX quizzes_open ON quizzes (chat_id, user_id) WHERE ended_at IS NULL;
CREATE INDEX polls_quiz ON polls (chat_id, quiz_id);
