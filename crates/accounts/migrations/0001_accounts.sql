-- Who may call, the keys of persons' data, the registry of departments, and who has read what.

CREATE SCHEMA IF NOT EXISTS accounts;
COMMENT ON SCHEMA accounts IS 'Who may call, keys of personal data, the registry of departments, and who has read what.';

CREATE TABLE accounts.api_key (
    id            text        PRIMARY KEY,
    secret_sha256 bytea       NOT NULL CHECK (octet_length(secret_sha256) = 32),
    department    text        NOT NULL,
    role          text        NOT NULL CHECK (role IN ('clerk', 'supervisor')),
    scope         text        CHECK (scope = 'all'),
    label         text        NOT NULL,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz,
    revoked_at    timestamptz
);
COMMENT ON TABLE accounts.api_key IS 'Keys with which departments call the API. The secret itself is stored nowhere.';
COMMENT ON COLUMN accounts.api_key.id IS 'Public id of the key; it may appear in logs and beside events.';
COMMENT ON COLUMN accounts.api_key.secret_sha256 IS 'SHA-256 of the secret part of the key as text.';
COMMENT ON COLUMN accounts.api_key.department IS 'The department that acts with this key.';
COMMENT ON COLUMN accounts.api_key.role IS 'The role in which it acts: clerk or supervisor.';
COMMENT ON COLUMN accounts.api_key.scope IS 'Null: its own department and, for a supervisor of an office or a government, its region. all: every transfer of this bus.';
COMMENT ON COLUMN accounts.api_key.label IS 'What the key is for, in the words of whoever made it.';
COMMENT ON COLUMN accounts.api_key.created_at IS 'When it was made.';
COMMENT ON COLUMN accounts.api_key.expires_at IS 'From when on it is refused; null: it does not expire.';
COMMENT ON COLUMN accounts.api_key.revoked_at IS 'When it was revoked; null: it was not.';

CREATE TABLE accounts.subject_key (
    id           uuid        PRIMARY KEY,
    wrapped      bytea,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    destroyed_at timestamptz,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
COMMENT ON TABLE accounts.subject_key IS 'One data key per person: what is sealed under it is unreadable once it is destroyed.';
COMMENT ON COLUMN accounts.subject_key.id IS 'Id of the key, as it stands in every value sealed under it.';
COMMENT ON COLUMN accounts.subject_key.wrapped IS 'Nonce and AES-256-GCM ciphertext of the key under the master key, bound to the id; null once destroyed.';
COMMENT ON COLUMN accounts.subject_key.created_at IS 'When it was made.';
COMMENT ON COLUMN accounts.subject_key.destroyed_at IS 'When it was destroyed; null: it was not.';

CREATE TABLE accounts.registry_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  bigint  NOT NULL
);
COMMENT ON TABLE accounts.registry_version IS 'One row; imports take it FOR UPDATE, so they happen one after another.';
COMMENT ON COLUMN accounts.registry_version.only_row IS 'Always true: there is one row.';
COMMENT ON COLUMN accounts.registry_version.version IS 'Grows by one with every import that changed something.';
INSERT INTO accounts.registry_version (version) VALUES (0);

CREATE TABLE accounts.department (
    id             text PRIMARY KEY,
    name           text NOT NULL,
    canonical_name text NOT NULL,
    level          text NOT NULL,
    type           text NOT NULL,
    parent         text REFERENCES accounts.department DEFERRABLE INITIALLY DEFERRED,
    host           text REFERENCES accounts.department DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE accounts.department IS 'Every body that may take part in transfers.';
COMMENT ON COLUMN accounts.department.id IS 'Division code (GB/T 2260), a hyphen and a short name.';
COMMENT ON COLUMN accounts.department.name IS 'The name it goes by at home.';
COMMENT ON COLUMN accounts.department.canonical_name IS 'The name by which bodies of the same function are alike everywhere.';
COMMENT ON COLUMN accounts.department.level IS 'Its level in the words of the source; shown, never computed with.';
COMMENT ON COLUMN accounts.department.type IS 'What kind of body it is: the code of the registry file, like ADMIN_ENF.';
COMMENT ON COLUMN accounts.department.parent IS 'Its government; null for sets and for the top.';
COMMENT ON COLUMN accounts.department.host IS 'The department inside which an office sits; null for others.';

CREATE TABLE accounts.department_group (
    group_id text    NOT NULL REFERENCES accounts.department,
    member   text    NOT NULL REFERENCES accounts.department,
    complete boolean NOT NULL,
    PRIMARY KEY (group_id, member)
);
COMMENT ON TABLE accounts.department_group IS 'Members of the departments of type GROUP.';
COMMENT ON COLUMN accounts.department_group.group_id IS 'The set.';
COMMENT ON COLUMN accounts.department_group.member IS 'One department in it.';
COMMENT ON COLUMN accounts.department_group.complete IS 'Whether the source names every member; a set is complete when all its rows say so.';

CREATE TABLE accounts.responsibility (
    division       text   NOT NULL,
    row_id         text   NOT NULL,
    subject_matter text   NOT NULL,
    lead           text[] NOT NULL,
    participants   text[] NOT NULL,
    lead_mode      text   NOT NULL,
    flag           text   NOT NULL,
    PRIMARY KEY (division, row_id)
);
COMMENT ON TABLE accounts.responsibility IS 'Who is responsible for which subject matter, division by division.';
COMMENT ON COLUMN accounts.responsibility.division IS 'The division (GB/T 2260 code) in which the row holds.';
COMMENT ON COLUMN accounts.responsibility.row_id IS 'Name of the row in its source.';
COMMENT ON COLUMN accounts.responsibility.subject_matter IS 'The subject matter; routing compares this text exactly.';
COMMENT ON COLUMN accounts.responsibility.lead IS 'Departments named as lead, as listed.';
COMMENT ON COLUMN accounts.responsibility.participants IS 'Departments named as participants, as listed.';
COMMENT ON COLUMN accounts.responsibility.lead_mode IS 'SINGLE, FIRST_EXPLICIT, FIRST_ASSUMED, MULTI, COLLECTIVE or empty.';
COMMENT ON COLUMN accounts.responsibility.flag IS 'A remark of the source; empty when there is none.';

CREATE TABLE accounts.reading (
    department       text        NOT NULL,
    transfer         uuid        NOT NULL,
    first_fetched_at timestamptz NOT NULL,
    last_fetched_at  timestamptz NOT NULL,
    first_opened_at  timestamptz,
    last_opened_at   timestamptz,
    PRIMARY KEY (department, transfer)
);
COMMENT ON TABLE accounts.reading IS 'Whether a department has seen a transfer: tells a missed clock that was never fetched from one never read.';
COMMENT ON COLUMN accounts.reading.department IS 'The department that read.';
COMMENT ON COLUMN accounts.reading.transfer IS 'The transfer that was read.';
COMMENT ON COLUMN accounts.reading.first_fetched_at IS 'When its system or a person first received the transfer, in a list, a feed or by itself.';
COMMENT ON COLUMN accounts.reading.last_fetched_at IS 'When that last happened, give or take ten minutes.';
COMMENT ON COLUMN accounts.reading.first_opened_at IS 'When the transfer itself was first opened; null: never.';
COMMENT ON COLUMN accounts.reading.last_opened_at IS 'When that last happened, give or take ten minutes; null: never.';

CREATE TABLE accounts.read_audit (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    read_at    timestamptz NOT NULL,
    key_id     text        NOT NULL,
    department text        NOT NULL,
    role       text        NOT NULL,
    transfer   uuid        NOT NULL,
    route      text        NOT NULL
);
CREATE INDEX read_audit_transfer ON accounts.read_audit (transfer, id);
COMMENT ON TABLE accounts.read_audit IS 'Who has read the content of which transfer. Rows are only ever added.';
COMMENT ON COLUMN accounts.read_audit.id IS 'Order of insertion; may have gaps.';
COMMENT ON COLUMN accounts.read_audit.read_at IS 'When it was read.';
COMMENT ON COLUMN accounts.read_audit.key_id IS 'Public id of the key that read.';
COMMENT ON COLUMN accounts.read_audit.department IS 'Department of the key at that time.';
COMMENT ON COLUMN accounts.read_audit.role IS 'Role of the key at that time.';
COMMENT ON COLUMN accounts.read_audit.transfer IS 'The transfer that was read.';
COMMENT ON COLUMN accounts.read_audit.route IS 'The route by which it was read, like GET /v1/transfers/{id}.';

CREATE FUNCTION accounts.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% is append-only', TG_TABLE_SCHEMA, TG_TABLE_NAME;
END
$$;
COMMENT ON FUNCTION accounts.refuse_change IS 'Refuses UPDATE, DELETE and TRUNCATE of an append-only table.';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts.read_audit
    FOR EACH STATEMENT EXECUTE FUNCTION accounts.refuse_change();

CREATE FUNCTION accounts.grant_service(service_role text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA accounts TO %I', service_role);
    -- Keys and the registry decide who may do what: the owner alone makes and changes them.
    EXECUTE format('GRANT SELECT ON accounts.api_key, accounts.registry_version, accounts.department, '
        'accounts.department_group, accounts.responsibility TO %I', service_role);
    EXECUTE format('GRANT SELECT, INSERT ON accounts.subject_key, accounts.read_audit TO %I', service_role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON accounts.reading TO %I', service_role);
END
$$;
COMMENT ON FUNCTION accounts.grant_service IS 'Gives the role of the services the rights they need on this schema, and no more.';
