-- People who sign in at the desk, their sessions, and who did what. Not `user`: PostgreSQL keeps that word for itself.
-- `password` is Argon2id in PHC form; of a session only the hash of its cookie is kept.
CREATE TABLE users (
    name       TEXT NOT NULL PRIMARY KEY,
    display    TEXT NOT NULL,
    password   TEXT NOT NULL,
    roles      TEXT NOT NULL,
    station    TEXT NOT NULL,
    phone      TEXT,
    mobile     TEXT,
    entity     TEXT REFERENCES entity (id),
    languages  TEXT NOT NULL,
    blocked    BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE session (
    hash     BLOB NOT NULL PRIMARY KEY,
    owner    TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    began_at BIGINT NOT NULL,
    seen_at  BIGINT NOT NULL,
    address  TEXT NOT NULL
);
CREATE INDEX session_owner ON session (owner);
-- Only ever added to.
CREATE TABLE audit (
    number  BIGINT NOT NULL PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    what    TEXT NOT NULL,
    result  TEXT NOT NULL,
    address TEXT NOT NULL
);
CREATE INDEX audit_at ON audit (at);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
