-- The language in which a caller asked to be spoken to, with leave given by a key (IVR-13). Forgotten by the star key, and
-- a year after it was last said.
CREATE TABLE caller_language (
    number   TEXT NOT NULL PRIMARY KEY,
    language TEXT NOT NULL,
    said_at  BIGINT NOT NULL
);
