-- The whole administrative life of a transfer: what its clocks went through, copies, internal hops, the ledger of tasks.

-- Every row is built anew by the new shape. The row of the checkpoint takes the name of the shape: a projector of the
-- shape before finds none and folds nothing, instead of writing rows that lack what is new.
select views_1.reset();
update views_1.checkpoint set view_set = 'views_1.2';
comment on column views_1.checkpoint.view_set is 'Which set of views, and which shape of its rows; there is one row, views_1.2. A projector of another shape finds no checkpoint and folds nothing.';

alter table views_1.transfer
  add column facts jsonb not null,
  add column terms jsonb not null,
  add column copies text[] collate "C",
  add column ended_at timestamptz,
  add column plan_filed_at timestamptz,
  add column reports integer not null,
  add column last_report_at timestamptz;
create index transfer_copies on views_1.transfer using gin (copies) where copies is not null;
create index transfer_subjects on views_1.transfer using gin (subjects jsonb_path_ops) where holder is not null;
create index transfer_suspension on views_1.transfer (((facts #>> '{suspension,until}') collate "C"))
  where facts @> '{"suspension": {}}';
create index transfer_routing on views_1.transfer (sent_position) where facts @> '{"routing_open": true}';
create index transfer_request on views_1.transfer (origin_transfer) where kind = 'assistance_request' and holder is not null;
create index transfer_task on views_1.transfer (matter, sent_position) where kind = 'supervision_task';
comment on column views_1.transfer.facts is 'What beside the state decides who may do what, as it stands in the last event.';
comment on column views_1.transfer.terms is 'What only some transfers have, as in the event that sent it: terms of a task, legal review, materials, copies. A reporter stays sealed.';
comment on column views_1.transfer.copies is 'Departments that get a copy by the rule pack, and so see the transfer; null: none.';
comment on column views_1.transfer.ended_at is 'When it closed, was withdrawn or rerouted; null: it is open, or open again.';
comment on column views_1.transfer.plan_filed_at is 'When the plan of a supervision task was first filed; null: not yet.';
comment on column views_1.transfer.reports is 'How many times progress was reported on a supervision task.';
comment on column views_1.transfer.last_report_at is 'When progress was last reported; null: never.';

alter table views_1.clock
  add column warn_at timestamptz,
  add column calendar text collate "C",
  add column pause_reason text collate "C",
  add column paused_at timestamptz,
  add column share_warned_at timestamptz,
  add column day_warned_at timestamptz,
  add column urged_at timestamptz,
  add column urge_count integer not null,
  add column supervised_at timestamptz,
  add column lateness text collate "C",
  add column extensions integer not null;
create index clock_to_warn on views_1.clock (warn_at) where state = 'running' and share_warned_at is null;
create index clock_missed on views_1.clock (due_at) where state = 'missed';
create index clock_provisional on views_1.clock (transfer_id) where provisional and state in ('running', 'missed');
comment on column views_1.clock.warn_at is 'When it warns for the first time; null while it is paused or where it does not warn.';
comment on column views_1.clock.calendar is 'Holiday calendar by which the due moment was computed; null: the event did not say.';
comment on column views_1.clock.pause_reason is 'Why it stands still; null: it does not.';
comment on column views_1.clock.paused_at is 'Since when it stands still; null: it does not.';
comment on column views_1.clock.share_warned_at is 'When it warned that a share of its time was over; null: it did not.';
comment on column views_1.clock.day_warned_at is 'When it warned on the day of its expiry; null: it did not.';
comment on column views_1.clock.urged_at is 'When its owner was last urged because of it; null: never.';
comment on column views_1.clock.urge_count is 'How many times its owner was urged because of it.';
comment on column views_1.clock.supervised_at is 'When supervision was opened because of it; null: it was not.';
comment on column views_1.clock.lateness is 'Why it was late, as its owner said; null: not said.';
comment on column views_1.clock.extensions is 'How many extensions it was granted.';

alter table views_1.feedback
  add column parts jsonb not null,
  add column without_parts text;
comment on column views_1.feedback.parts is 'What the participants of a joint handling contributed, in its final feedback; else empty.';
comment on column views_1.feedback.without_parts is 'Why parts are missing in it; null: none is.';

alter table views_1.timeline add column internal_to text collate "C";
comment on column views_1.timeline.internal_to is 'The only department that may read the event; null: whoever sees the transfer.';

alter table views_1.unacknowledged
  add column copies text[] collate "C",
  add column acknowledged_until timestamptz;
create index unacknowledged_copies on views_1.unacknowledged using gin (copies) where copies is not null;
comment on column views_1.unacknowledged.copies is 'Departments that get a copy; null: none.';
comment on column views_1.unacknowledged.acknowledged_until is 'Until then the office knows of the failure and it does not alarm; null: it alarms.';

alter table views_1.missing_feedback
  add column copies text[] collate "C",
  add column acknowledged_until timestamptz,
  alter column accepted_at drop not null;
create index missing_feedback_copies on views_1.missing_feedback using gin (copies) where copies is not null;
comment on table views_1.missing_feedback is 'Transfers whose receiver has accepted them and owes feedback, and requests for assistance from their delivery on.';
comment on column views_1.missing_feedback.accepted_at is 'When it was accepted; null: a request for assistance that is not signed yet.';
comment on column views_1.missing_feedback.copies is 'Departments that get a copy; null: none.';
comment on column views_1.missing_feedback.acknowledged_until is 'Until then the office knows of the failure and it does not alarm; null: it alarms.';

create table views_1.assignment (
  transfer_id uuid not null,
  department text not null collate "C",
  unit text not null,
  due_on date not null,
  note text,
  assigned_at timestamptz not null,
  primary key (transfer_id, department)
);
comment on table views_1.assignment is 'To which section or brigade a department has given a transfer; nobody else sees it.';
comment on column views_1.assignment.transfer_id is 'The transfer.';
comment on column views_1.assignment.department is 'The department that assigned it.';
comment on column views_1.assignment.unit is 'The section or brigade.';
comment on column views_1.assignment.due_on is 'By when, inside the clock of the department.';
comment on column views_1.assignment.note is 'What it shall do; null: nothing was said.';
comment on column views_1.assignment.assigned_at is 'When; the last assignment of a department counts.';

create function views_1.is_visible(
  p_all boolean, p_own text, p_region text[],
  p_from text, p_to text, p_holder text, p_office text, p_copies text[]
) returns boolean language sql immutable as $$
  select p_all or p_own = p_from or p_own = p_to or p_own = p_holder or p_own = p_office
    or p_copies @> array[p_own] or p_from = any (p_region) or p_to = any (p_region)
$$;
comment on function views_1.is_visible(boolean, text, text[], text, text, text, text, text[]) is 'Who sees a transfer: its sender, receiver, holder and office, who has a copy, a supervisor of the region of sender or receiver, and whoever sees all. Plain SQL, so that Postgres expands it and uses the indexes.';
comment on function views_1.is_visible(boolean, text, text[], text, text, text, text) is 'The rule without copies. Only a version from before copies asks it.';

create or replace function views_1.reset() returns void language plpgsql as $$
begin
  update views_1.checkpoint set position = 0, epoch = 0;
  truncate views_1.transfer, views_1.clock, views_1.feedback, views_1.timeline, views_1.audience, views_1.matter,
    views_1.unacknowledged, views_1.missing_feedback, views_1.assignment, views_1.parked;
end $$;

create or replace function views_1.grant_service(p_role text) returns void language plpgsql as $$
begin
  execute format('grant usage on schema views_1 to %I', p_role);
  execute format('grant select on all tables in schema views_1 to %I', p_role);
  execute format('grant update on views_1.checkpoint to %I', p_role);
  execute format('grant insert on views_1.timeline, views_1.audience, views_1.parked to %I', p_role);
  execute format('grant insert, update, delete on views_1.transfer, views_1.clock, views_1.feedback, views_1.matter, '
    'views_1.unacknowledged, views_1.missing_feedback, views_1.assignment to %I', p_role);
end $$;
