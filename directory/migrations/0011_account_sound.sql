-- Whether a phone's sound may come from elsewhere than it says (SBC-9): off, auto or on.
ALTER TABLE account ADD COLUMN symmetric_rtp TEXT NOT NULL DEFAULT 'auto';
