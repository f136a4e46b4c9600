-- What a person chose for the desk, at whatever computer: JSON that the console has checked. Gone with the person.
CREATE TABLE preferences (
    owner   TEXT NOT NULL PRIMARY KEY REFERENCES users (name) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    chosen  TEXT NOT NULL,
    at      BIGINT NOT NULL
);
