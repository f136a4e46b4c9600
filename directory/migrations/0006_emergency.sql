-- Which phones may call outside, where each one stands, and whom a call back after an emergency call is for.
ALTER TABLE account ADD COLUMN outside BIGINT NOT NULL DEFAULT 1;
ALTER TABLE account ADD COLUMN place TEXT NOT NULL DEFAULT '';
-- One row for each number that was shown; the last emergency call counts. `origin` is JSON.
CREATE TABLE callback (
    number TEXT NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL,
    until  BIGINT NOT NULL,
    centre TEXT
);
-- Nobody ever heard it: what callers of a retired number hear stands in the dialplan, under [numbers].
ALTER TABLE number DROP COLUMN retirement;
