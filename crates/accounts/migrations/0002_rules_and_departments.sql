-- Published rule packs and holiday calendars, and what departments say about themselves: quiet hours, contacts and
-- absences. Heads of departments get keys of their own role.

ALTER TABLE accounts.api_key DROP CONSTRAINT api_key_role_check;
ALTER TABLE accounts.api_key ADD CONSTRAINT api_key_role_check CHECK (role IN ('clerk', 'head', 'supervisor'));
COMMENT ON COLUMN accounts.api_key.role IS 'The role in which it acts: clerk, head or supervisor.';

CREATE TABLE accounts.rules_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  bigint  NOT NULL
);
COMMENT ON TABLE accounts.rules_version IS 'One row; who publishes a pack or imports a calendar takes it FOR UPDATE, so they come one after another.';
COMMENT ON COLUMN accounts.rules_version.only_row IS 'Always true: there is one row.';
COMMENT ON COLUMN accounts.rules_version.version IS 'Grows by one with every pack and every calendar.';
INSERT INTO accounts.rules_version (version) VALUES (0);

CREATE TABLE accounts.rule_pack (
    id             text        PRIMARY KEY,
    jurisdiction   text        NOT NULL,
    effective_from date        NOT NULL,
    toml           text        NOT NULL,
    sha256         bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    published_at   timestamptz NOT NULL,
    ordinal        bigint      NOT NULL UNIQUE
);
COMMENT ON TABLE accounts.rule_pack IS 'Published rule packs, beside those that ship with casebus. A pack never changes and never leaves: transfers keep the one they began under.';
COMMENT ON COLUMN accounts.rule_pack.id IS 'Its name and version, as it stands in events.';
COMMENT ON COLUMN accounts.rule_pack.jurisdiction IS 'Where it holds: a division code (GB/T 2260), or cn.';
COMMENT ON COLUMN accounts.rule_pack.effective_from IS 'From which day new transfers begin under it.';
COMMENT ON COLUMN accounts.rule_pack.toml IS 'The file, as it was published.';
COMMENT ON COLUMN accounts.rule_pack.sha256 IS 'SHA-256 of the file.';
COMMENT ON COLUMN accounts.rule_pack.published_at IS 'When it was published.';
COMMENT ON COLUMN accounts.rule_pack.ordinal IS 'Order of publishing: a pack inherits only from earlier ones.';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts.rule_pack
    FOR EACH STATEMENT EXECUTE FUNCTION accounts.refuse_change();

CREATE TABLE accounts.calendar (
    version      text        PRIMARY KEY CHECK (version ~ '^[A-Za-z0-9.-]{1,40}$'),
    ordinal      bigint      NOT NULL UNIQUE,
    csv          text        NOT NULL,
    published_at timestamptz NOT NULL
);
COMMENT ON TABLE accounts.calendar IS 'Imported holiday calendars, each complete by itself; the last one is in force. A calendar never changes and never leaves: clocks name the one by which they were counted.';
COMMENT ON COLUMN accounts.calendar.version IS 'Its version, as it stands in events.';
COMMENT ON COLUMN accounts.calendar.ordinal IS 'Order of importing.';
COMMENT ON COLUMN accounts.calendar.csv IS 'All its days, with those it took over from the one before: date,kind,holiday.';
COMMENT ON COLUMN accounts.calendar.published_at IS 'When it was imported.';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts.calendar
    FOR EACH STATEMENT EXECUTE FUNCTION accounts.refuse_change();

CREATE TABLE accounts.notification_setting (
    department text PRIMARY KEY,
    quiet_from time,
    quiet_to   time,
    digest_at  time,
    set_by     text        NOT NULL,
    set_at     timestamptz NOT NULL,
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL)),
    CHECK (quiet_from <> quiet_to)
);
COMMENT ON TABLE accounts.notification_setting IS 'When a department wants to hear of its transfers. Times are civil times in China.';
COMMENT ON COLUMN accounts.notification_setting.department IS 'The department.';
COMMENT ON COLUMN accounts.notification_setting.quiet_from IS 'From when on nothing is sent to it; null: there are no quiet hours.';
COMMENT ON COLUMN accounts.notification_setting.quiet_to IS 'Until when nothing is sent to it, on the next day where it is not after quiet_from; null: there are no quiet hours.';
COMMENT ON COLUMN accounts.notification_setting.digest_at IS 'When it reads its digest; null: it did not say.';
COMMENT ON COLUMN accounts.notification_setting.set_by IS 'Public id of the key that said it.';
COMMENT ON COLUMN accounts.notification_setting.set_at IS 'When this was said.';

CREATE TABLE accounts.contact (
    department text        NOT NULL,
    from_day   date        NOT NULL,
    name       text        NOT NULL,
    phone      text        NOT NULL,
    set_at     timestamptz NOT NULL,
    set_by     text        NOT NULL,
    PRIMARY KEY (department, from_day)
);
COMMENT ON TABLE accounts.contact IS 'Who is the contact of a department, from which day on. A hand-over is a new row; earlier contacts stay.';
COMMENT ON COLUMN accounts.contact.department IS 'The department.';
COMMENT ON COLUMN accounts.contact.from_day IS 'The first day on which this is the contact.';
COMMENT ON COLUMN accounts.contact.name IS 'The name of the contact.';
COMMENT ON COLUMN accounts.contact.phone IS 'The telephone number at work.';
COMMENT ON COLUMN accounts.contact.set_at IS 'When this was said, or corrected before its first day.';
COMMENT ON COLUMN accounts.contact.set_by IS 'Public id of the key that said it.';

CREATE TABLE accounts.absence (
    id                uuid PRIMARY KEY,
    department        text NOT NULL,
    key_id            text NOT NULL REFERENCES accounts.api_key,
    covered_by_key_id text NOT NULL REFERENCES accounts.api_key,
    from_day          date NOT NULL,
    until_day         date NOT NULL,
    note              text NOT NULL,
    CHECK (until_day >= from_day),
    CHECK (covered_by_key_id <> key_id)
);
CREATE INDEX absence_department ON accounts.absence (department, until_day);
COMMENT ON TABLE accounts.absence IS 'Who of a department is away, and who covers.';
COMMENT ON COLUMN accounts.absence.id IS 'Id; the same for a repeated request.';
COMMENT ON COLUMN accounts.absence.department IS 'The department.';
COMMENT ON COLUMN accounts.absence.key_id IS 'Public id of the key whose holder is away.';
COMMENT ON COLUMN accounts.absence.covered_by_key_id IS 'Public id of the key whose holder covers.';
COMMENT ON COLUMN accounts.absence.from_day IS 'The first day.';
COMMENT ON COLUMN accounts.absence.until_day IS 'The last day.';
COMMENT ON COLUMN accounts.absence.note IS 'What was said with it; empty: nothing.';

CREATE OR REPLACE FUNCTION accounts.grant_service(service_role text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA accounts TO %I', service_role);
    -- Keys, the registry and the rules decide who may do what: the owner alone makes and changes them.
    EXECUTE format('GRANT SELECT ON accounts.api_key, accounts.registry_version, accounts.department, '
        'accounts.department_group, accounts.responsibility, accounts.rules_version, accounts.rule_pack, '
        'accounts.calendar TO %I', service_role);
    EXECUTE format('GRANT SELECT, INSERT ON accounts.subject_key, accounts.read_audit, accounts.absence TO %I',
        service_role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON accounts.reading, accounts.notification_setting, '
        'accounts.contact TO %I', service_role);
END
$$;
