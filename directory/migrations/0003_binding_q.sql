-- How much a contact is wanted (RFC 3261 section 20.10), in thousandths. Rows of before ring together, as they did.
ALTER TABLE binding ADD COLUMN q BIGINT NOT NULL DEFAULT 1000;
