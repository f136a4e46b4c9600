-- What the desk writes beside the calls. `author` is a user's name, an account, or `-` when nobody is known.
-- Two parties spoke with each other: who the citizen was, and who the person or the outside number. The one thing that tells a
-- call that somebody took from one that only a voicemail box did.
CREATE TABLE spoken (
    epoch    BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    journey  TEXT NOT NULL REFERENCES journey (id) ON DELETE CASCADE,
    at       BIGINT NOT NULL,
    caller   TEXT NOT NULL,
    who      TEXT NOT NULL,
    service  TEXT,
    PRIMARY KEY (epoch, sequence)
);
CREATE INDEX spoken_journey ON spoken (journey);
CREATE INDEX spoken_caller ON spoken (caller);
CREATE INDEX spoken_who ON spoken (who);
-- Calls of before this table: whoever answered was spoken with. The journal's epochs begin with 1.
INSERT INTO spoken (epoch, sequence, journey, at, caller, who, service)
    SELECT 0, ROW_NUMBER() OVER (ORDER BY leg.answered_at, leg.id), leg.journey, leg.answered_at, journey.caller, leg.party, NULL
    FROM leg JOIN journey ON journey.id = leg.journey
    WHERE leg.direction = 'outbound' AND leg.answered_at IS NOT NULL;
CREATE INDEX journey_caller ON journey (caller, began_at);
-- Notes, outcomes and what was dealt with die with their journey.
CREATE TABLE note (
    journey TEXT NOT NULL PRIMARY KEY REFERENCES journey (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    text    TEXT NOT NULL,
    author  TEXT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE TABLE outcome (
    journey TEXT NOT NULL PRIMARY KEY REFERENCES journey (id) ON DELETE CASCADE,
    outcome TEXT NOT NULL,
    author  TEXT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE TABLE missed_done (
    journey TEXT NOT NULL PRIMARY KEY REFERENCES journey (id) ON DELETE CASCADE,
    done    BIGINT NOT NULL,
    author  TEXT NOT NULL,
    at      BIGINT NOT NULL
);
-- Somebody is to be called back. `id` is the order's own, so that the same order makes one row.
CREATE TABLE task (
    id       TEXT NOT NULL PRIMARY KEY,
    version  BIGINT NOT NULL,
    number   TEXT NOT NULL,
    name     TEXT,
    lang     TEXT,
    service  TEXT,
    whom     TEXT,
    text     TEXT NOT NULL,
    author   TEXT NOT NULL,
    at       BIGINT NOT NULL,
    due      BIGINT,
    journey  TEXT,
    done     BIGINT NOT NULL,
    done_by  TEXT,
    done_at  BIGINT
);
CREATE INDEX task_open ON task (at) WHERE done = 0;
-- A service, or with none the whole house, is closed by hand. A row stays when it has ended: who, when, until when.
CREATE TABLE closure (
    id       TEXT NOT NULL PRIMARY KEY,
    service  TEXT,
    text     TEXT NOT NULL,
    author   TEXT NOT NULL,
    since    BIGINT NOT NULL,
    until    BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT
);
CREATE INDEX closure_open ON closure (until) WHERE ended_at IS NULL;
-- Somebody is away or sends calls elsewhere, always or only when busy, unanswered or unreachable. Rows stay when they have
-- ended: who set it, for whom, until when, and who ended it.
CREATE TABLE absence (
    id       TEXT NOT NULL PRIMARY KEY,
    account  TEXT NOT NULL,
    occasion TEXT NOT NULL,
    after_s  BIGINT,
    target   TEXT,
    until    BIGINT,
    author   TEXT NOT NULL,
    set_at   BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT
);
CREATE INDEX absence_open ON absence (account) WHERE ended_at IS NULL;
CREATE INDEX absence_account ON absence (account, set_at);
