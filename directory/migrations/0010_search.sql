-- What the desk searches: other names (JSON lists), what people do, numbers of services, what to ask a caller, who is protected and
-- where a row comes from.
ALTER TABLE person ADD COLUMN other_names TEXT NOT NULL DEFAULT '[]';
ALTER TABLE person ADD COLUMN function TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN protected BIGINT NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE service ADD COLUMN other_names TEXT NOT NULL DEFAULT '[]';
ALTER TABLE service ADD COLUMN ask TEXT NOT NULL DEFAULT '';
CREATE TABLE service_number (
    service    TEXT NOT NULL REFERENCES service (id) ON DELETE CASCADE,
    place      BIGINT NOT NULL,
    number     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    visibility TEXT NOT NULL,
    PRIMARY KEY (service, place)
);
-- Searches are kept as counts alone: what found nothing, and who was chosen how often. `day` is days since 1970, UTC.
CREATE TABLE search_miss (
    text    TEXT NOT NULL PRIMARY KEY,
    times   BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE TABLE search_choice (
    operator TEXT NOT NULL,
    service  TEXT NOT NULL,
    entry    TEXT NOT NULL,
    day      BIGINT NOT NULL,
    times    BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    PRIMARY KEY (operator, service, entry, day)
);
