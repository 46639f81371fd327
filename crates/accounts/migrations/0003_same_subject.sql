-- Of persons and organisations in criminal handoffs: by what the same one is known again, beside its key and never in an
-- event.

ALTER TABLE accounts.subject_key ADD COLUMN tag bytea;
CREATE INDEX subject_key_tag ON accounts.subject_key (tag) WHERE tag IS NOT NULL;
COMMENT ON COLUMN accounts.subject_key.tag IS 'A keyed hash of the identity number or social credit code; null: not known, or the key was destroyed.';
