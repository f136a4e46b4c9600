-- What the journal is folded into. Every row is keyed by what the fact itself names (an id, or epoch and sequence), so that
-- folding the same record twice changes nothing even when the position was lost.
CREATE TABLE journal_position (
    id       BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    epoch    BIGINT NOT NULL,
    sequence BIGINT NOT NULL
);
INSERT INTO journal_position (id, epoch, sequence) VALUES (1, 0, 0);
CREATE TABLE journey (
    id         TEXT NOT NULL PRIMARY KEY,
    epoch      BIGINT NOT NULL,
    began_at   BIGINT NOT NULL,
    caller     TEXT NOT NULL,
    called     TEXT NOT NULL,
    trunk      TEXT,
    session_id TEXT,
    ended_at   BIGINT,
    cause      TEXT
);
CREATE INDEX journey_began ON journey (began_at);
CREATE INDEX journey_open ON journey (epoch) WHERE ended_at IS NULL;
CREATE TABLE leg (
    id          TEXT NOT NULL PRIMARY KEY,
    journey     TEXT NOT NULL REFERENCES journey (id),
    direction   TEXT NOT NULL,
    party       TEXT NOT NULL,
    address     TEXT NOT NULL,
    began_at    BIGINT NOT NULL,
    answered_at BIGINT,
    ended_at    BIGINT,
    cause       TEXT,
    dialog      TEXT,
    ghost       BIGINT NOT NULL,
    report      TEXT
);
CREATE INDEX leg_journey ON leg (journey);
CREATE INDEX leg_ghost ON leg (ghost) WHERE ghost = 1;
CREATE TABLE leg_move (
    epoch    BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    leg      TEXT NOT NULL,
    origin   TEXT NOT NULL,
    journey  TEXT NOT NULL,
    at       BIGINT NOT NULL,
    reason   TEXT NOT NULL,
    PRIMARY KEY (epoch, sequence)
);
CREATE INDEX leg_move_journey ON leg_move (journey);
CREATE INDEX leg_move_origin ON leg_move (origin);
CREATE TABLE decision (
    epoch     BIGINT NOT NULL,
    sequence  BIGINT NOT NULL,
    journey   TEXT NOT NULL REFERENCES journey (id),
    at        BIGINT NOT NULL,
    node      TEXT NOT NULL,
    code      TEXT NOT NULL,
    arguments TEXT NOT NULL,
    PRIMARY KEY (epoch, sequence)
);
CREATE INDEX decision_journey ON decision (journey);
-- Who did what, from phones as well as from browsers. `id` is the command's own and is not trusted to be unique.
CREATE TABLE command (
    epoch    BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    id       TEXT NOT NULL,
    actor    TEXT NOT NULL,
    at       BIGINT NOT NULL,
    verb     TEXT NOT NULL,
    result   TEXT NOT NULL,
    journey  TEXT,
    PRIMARY KEY (epoch, sequence)
);
CREATE INDEX command_journey ON command (journey);
-- Facts the journal itself had to give up (its memory was full while the disk was): counted, never silent.
CREATE TABLE journal_gap (
    epoch    BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    lost     BIGINT NOT NULL,
    PRIMARY KEY (epoch, sequence)
);
