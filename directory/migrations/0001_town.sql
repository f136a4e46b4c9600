-- The town: who, where, which numbers, which accounts. Times are UTC milliseconds (BIGINT), so that SQLite and
-- PostgreSQL agree on precision; lists of short codes are comma separated, free text lists are JSON.
CREATE TABLE entity (
    id          TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    country     TEXT NOT NULL,
    languages   TEXT NOT NULL,
    merged_into TEXT REFERENCES entity (id)
);
CREATE TABLE site (
    id               TEXT NOT NULL PRIMARY KEY,
    entity           TEXT NOT NULL REFERENCES entity (id),
    name             TEXT NOT NULL,
    address          TEXT NOT NULL,
    time_zone        TEXT NOT NULL,
    emergency_number TEXT NOT NULL
);
CREATE TABLE hours (
    id         TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    expression TEXT NOT NULL,
    time_zone  TEXT NOT NULL,
    holidays   TEXT NOT NULL
);
CREATE TABLE service (
    id       TEXT NOT NULL PRIMARY KEY,
    entity   TEXT NOT NULL REFERENCES entity (id),
    site     TEXT REFERENCES site (id),
    name     TEXT NOT NULL,
    hours    TEXT REFERENCES hours (id),
    keywords TEXT NOT NULL
);
CREATE TABLE person (
    id        TEXT NOT NULL PRIMARY KEY,
    entity    TEXT NOT NULL REFERENCES entity (id),
    kind      TEXT NOT NULL,
    name      TEXT NOT NULL,
    service   TEXT REFERENCES service (id),
    site      TEXT REFERENCES site (id),
    languages TEXT NOT NULL,
    keywords  TEXT NOT NULL,
    deputy    TEXT REFERENCES person (id)
);
CREATE TABLE person_number (
    person     TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    place      BIGINT NOT NULL,
    number     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    visibility TEXT NOT NULL,
    PRIMARY KEY (person, place)
);
CREATE TABLE number (
    e164       TEXT NOT NULL PRIMARY KEY,
    entity     TEXT NOT NULL REFERENCES entity (id),
    label      TEXT NOT NULL,
    flow       TEXT NOT NULL,
    valid_from BIGINT,
    valid_to   BIGINT,
    retirement TEXT
);
CREATE TABLE account (
    realm         TEXT NOT NULL,
    name          TEXT NOT NULL,
    display       TEXT NOT NULL,
    digests       TEXT NOT NULL,
    ha1_sha256    BLOB,
    ha1_md5       BLOB,
    site          TEXT REFERENCES site (id),
    caller_number TEXT,
    blocked       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (realm, name)
);
-- A device that has registered; it outlives its bindings, so "last seen" stays known.
CREATE TABLE phone (
    aor          TEXT NOT NULL,
    device       TEXT NOT NULL,
    last_seen    BIGINT NOT NULL,
    last_address TEXT NOT NULL,
    user_agent   TEXT NOT NULL,
    PRIMARY KEY (aor, device)
);
CREATE TABLE binding (
    aor        TEXT NOT NULL,
    contact    TEXT NOT NULL,
    transport  TEXT NOT NULL,
    local      TEXT NOT NULL,
    remote     TEXT NOT NULL,
    flow       BIGINT,
    expires_at BIGINT NOT NULL,
    call_id    TEXT NOT NULL,
    cseq       BIGINT NOT NULL,
    user_agent TEXT NOT NULL,
    instance   TEXT,
    reg_id     BIGINT,
    path       TEXT NOT NULL,
    set_at     BIGINT NOT NULL,
    PRIMARY KEY (aor, contact)
);
