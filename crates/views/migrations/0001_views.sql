-- The read model, version 1: what the transfers look like, folded from the log. It can be thrown away and built again.

create schema if not exists views_1;
comment on schema views_1 is 'The read model, version 1. Only the projector writes it; the same log always gives the same rows.';

create table views_1.checkpoint (
  view_set text primary key,
  position bigint not null check (position >= 0),
  epoch bigint not null check (epoch >= 0)
);
comment on table views_1.checkpoint is 'How far the log is folded. Moved first in the transaction that folds, from the position that the projector read; that fences a second projector.';
comment on column views_1.checkpoint.view_set is 'Which set of views; there is one row, views_1.';
comment on column views_1.checkpoint.position is 'Position of the last event that is folded; 0: none.';
comment on column views_1.checkpoint.epoch is 'Epoch of the log that was folded; 0: none was begun.';
insert into views_1.checkpoint (view_set, position, epoch) values ('views_1', 0, 0);

create table views_1.transfer (
  id uuid primary key,
  number text not null,
  number_year integer not null,
  number_seq bigint not null,
  kind text not null collate "C",
  state text not null collate "C",
  handling text collate "C",
  holder text collate "C",
  from_department text not null collate "C",
  to_department text not null collate "C",
  office text not null collate "C",
  matter uuid not null,
  title text not null,
  summary text not null,
  urgency text not null collate "C",
  source text not null collate "C",
  discovered_at timestamptz,
  subjects jsonb not null,
  subject_matter text,
  routing text not null collate "C",
  origin_transfer uuid,
  origin_reason text collate "C",
  deadline date,
  objection_allowed boolean not null,
  objection_raised boolean not null,
  contest_raised boolean not null,
  converted boolean not null,
  feedback_count integer not null,
  final_feedback integer,
  rule_pack text not null,
  calendar text not null,
  sent_at timestamptz not null,
  sent_position bigint not null,
  accepted_at timestamptz,
  last_feedback_at timestamptz,
  due_at timestamptz,
  version bigint not null,
  position bigint not null,
  updated_at timestamptz not null,
  stale boolean not null
);
create unique index transfer_sent on views_1.transfer (sent_position);
create index transfer_from on views_1.transfer (from_department, sent_position);
create index transfer_to on views_1.transfer (to_department, sent_position);
create index transfer_holder on views_1.transfer (holder, sent_position) include (due_at) where holder is not null;
create index transfer_office on views_1.transfer (office, sent_position);
create index transfer_matter on views_1.transfer (matter, sent_position);
create index transfer_state on views_1.transfer (state, due_at);
create index transfer_due on views_1.transfer (due_at) where due_at is not null;
comment on table views_1.transfer is 'Each transfer as it stands after its last event.';
comment on column views_1.transfer.id is 'The transfer, and its stream.';
comment on column views_1.transfer.number is 'Its number as people write it, like 移〔2026〕000123号.';
comment on column views_1.transfer.number_year is 'Civil year of the number.';
comment on column views_1.transfer.number_seq is 'Running number within sender and year.';
comment on column views_1.transfer.kind is 'Kind of transfer.';
comment on column views_1.transfer.state is 'State.';
comment on column views_1.transfer.handling is 'How far an accepted one has come; null before.';
comment on column views_1.transfer.holder is 'Who owes the next step; null once nobody does.';
comment on column views_1.transfer.from_department is 'Sender.';
comment on column views_1.transfer.to_department is 'Receiver; never changes.';
comment on column views_1.transfer.office is 'Coordination office that rules between the parties.';
comment on column views_1.transfer.matter is 'Matter that it belongs to.';
comment on column views_1.transfer.title is 'One line that says what it is about.';
comment on column views_1.transfer.summary is 'What was found.';
comment on column views_1.transfer.urgency is 'How urgent it is.';
comment on column views_1.transfer.source is 'Where it came from.';
comment on column views_1.transfer.discovered_at is 'When the sender found it, if it said so.';
comment on column views_1.transfer.subjects is 'Whom it is about, as in the event: persons stay sealed.';
comment on column views_1.transfer.subject_matter is 'Subject matter of the responsibility matrix, when the matrix was asked.';
comment on column views_1.transfer.routing is 'How the receiver was found.';
comment on column views_1.transfer.origin_transfer is 'Earlier transfer that it follows from; null: none.';
comment on column views_1.transfer.origin_reason is 'How it follows from that one.';
comment on column views_1.transfer.deadline is 'Civil day by which a supervision task is to be done; null: none.';
comment on column views_1.transfer.objection_allowed is 'Whether the receiver may object at all: not after a designation.';
comment on column views_1.transfer.objection_raised is 'Whether it has objected.';
comment on column views_1.transfer.contest_raised is 'Whether the sender has contested a final feedback.';
comment on column views_1.transfer.converted is 'Whether a notice was made into a clue.';
comment on column views_1.transfer.feedback_count is 'How many feedbacks were given.';
comment on column views_1.transfer.final_feedback is 'Number of the last final feedback; null: none was given.';
comment on column views_1.transfer.rule_pack is 'Rule pack that it keeps for life.';
comment on column views_1.transfer.calendar is 'Holiday calendar of its first clocks.';
comment on column views_1.transfer.sent_at is 'When it was sent.';
comment on column views_1.transfer.sent_position is 'Position of the event that sent it; lists are ordered by it.';
comment on column views_1.transfer.accepted_at is 'When it was first accepted; null: not yet.';
comment on column views_1.transfer.last_feedback_at is 'When the last feedback was given, interim or final; null: none.';
comment on column views_1.transfer.due_at is 'Earliest due moment of the clocks whose duty is owed; null: none runs. Overdue is this compared with now.';
comment on column views_1.transfer.version is 'Version: number of its events that are folded.';
comment on column views_1.transfer.position is 'Position of the last of them.';
comment on column views_1.transfer.updated_at is 'Business time of the last of them.';
comment on column views_1.transfer.stale is 'An event could not be folded; what stands here is the state before it.';

create table views_1.clock (
  transfer_id uuid not null,
  code text not null collate "C",
  run integer not null,
  owner text not null collate "C",
  state text not null collate "C",
  started_at timestamptz not null,
  due_at timestamptz,
  provisional boolean not null,
  stopped_at timestamptz,
  missed_at timestamptz,
  cause text collate "C",
  primary key (transfer_id, code, run)
);
create index clock_due on views_1.clock (due_at, transfer_id, code, run) where state = 'running';
comment on table views_1.clock is 'Each run of each clock of each transfer.';
comment on column views_1.clock.transfer_id is 'The transfer.';
comment on column views_1.clock.code is 'Which clock.';
comment on column views_1.clock.run is 'Which run of it: 1, 2, 3, …';
comment on column views_1.clock.owner is 'Who owes the duty.';
comment on column views_1.clock.state is 'running: not recorded as missed, whatever the time is now.';
comment on column views_1.clock.started_at is 'When it began.';
comment on column views_1.clock.due_at is 'First moment that is too late; null while it is paused.';
comment on column views_1.clock.provisional is 'The due moment lies beyond the last known holiday calendar and may move.';
comment on column views_1.clock.stopped_at is 'When the duty was met or fell away; null: it is owed.';
comment on column views_1.clock.missed_at is 'Business time of the event that recorded that it ran out; null: none.';
comment on column views_1.clock.cause is 'Why it ran out, as far as casebus can tell.';

create table views_1.feedback (
  transfer_id uuid not null,
  feedback integer not null,
  kind text not null collate "C",
  text text not null,
  outcome text collate "C",
  given_at timestamptz not null,
  state text not null collate "C",
  primary key (transfer_id, feedback)
);
comment on table views_1.feedback is 'Each feedback that a receiver gave.';
comment on column views_1.feedback.transfer_id is 'The transfer.';
comment on column views_1.feedback.feedback is 'Its number within the transfer: 1, 2, 3, …';
comment on column views_1.feedback.kind is 'interim or final.';
comment on column views_1.feedback.text is 'What the receiver reported.';
comment on column views_1.feedback.outcome is 'What came out; null in interim feedback.';
comment on column views_1.feedback.given_at is 'When it was given.';
comment on column views_1.feedback.state is 'given, confirmed, contested, or ruled after a contest.';

create table views_1.timeline (
  position bigint primary key,
  transfer_id uuid not null,
  version bigint not null,
  event_id uuid not null,
  event_type text not null collate "C",
  schema_version smallint not null,
  number bigint,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  actor text not null collate "C",
  body bytea not null,
  constraint timeline_transfer_version unique (transfer_id, version)
);
comment on table views_1.timeline is 'Every event that was folded, with its exact bytes, for the history of a transfer and for the feed.';
comment on column views_1.timeline.position is 'Position in the log.';
comment on column views_1.timeline.transfer_id is 'The transfer.';
comment on column views_1.timeline.version is 'Version of the transfer after the event.';
comment on column views_1.timeline.event_id is 'Id of the event.';
comment on column views_1.timeline.event_type is '<family>.<event>';
comment on column views_1.timeline.schema_version is 'Version of the shape of the body.';
comment on column views_1.timeline.number is 'Running number, on the event that numbered the transfer.';
comment on column views_1.timeline.occurred_at is 'Business time.';
comment on column views_1.timeline.recorded_at is 'When the log recorded it.';
comment on column views_1.timeline.actor is 'Who acted.';
comment on column views_1.timeline.body is 'Exact bytes, as stored, hashed and published.';

create table views_1.audience (
  department text not null collate "C",
  position bigint not null,
  is_party boolean not null,
  primary key (department, position)
);
comment on table views_1.audience is 'Which departments have an event in their feed.';
comment on column views_1.audience.department is 'The department.';
comment on column views_1.audience.position is 'The event.';
comment on column views_1.audience.is_party is 'It is sender or receiver: a supervisor of its region sees the event too.';

create table views_1.matter (
  id uuid primary key,
  transfers bigint not null,
  open bigint not null,
  first_sent_at timestamptz not null,
  last_position bigint not null
);
comment on table views_1.matter is 'Each matter: the transfers that grew from one origin, counted anew whenever one of them moves.';
comment on column views_1.matter.id is 'The matter.';
comment on column views_1.matter.transfers is 'How many transfers it has.';
comment on column views_1.matter.open is 'How many of them are open: somebody owes the next step.';
comment on column views_1.matter.first_sent_at is 'When the first of them was sent.';
comment on column views_1.matter.last_position is 'Position of the last event of any of them.';

create table views_1.unacknowledged (
  transfer_id uuid primary key,
  number text not null,
  kind text not null collate "C",
  title text not null,
  from_department text not null collate "C",
  to_department text not null collate "C",
  office text not null collate "C",
  urgency text not null collate "C",
  sent_at timestamptz not null,
  code text not null collate "C",
  due_at timestamptz,
  provisional boolean not null,
  missed_at timestamptz,
  cause text collate "C"
);
create index unacknowledged_due on views_1.unacknowledged (coalesce(due_at, 'infinity'), transfer_id);
create index unacknowledged_from on views_1.unacknowledged (from_department);
create index unacknowledged_to on views_1.unacknowledged (to_department);
create index unacknowledged_office on views_1.unacknowledged (office);
comment on table views_1.unacknowledged is 'Transfers that nobody has signed, and notices that nobody has read.';
comment on column views_1.unacknowledged.transfer_id is 'The transfer.';
comment on column views_1.unacknowledged.number is 'Its number as people write it.';
comment on column views_1.unacknowledged.kind is 'Kind of transfer.';
comment on column views_1.unacknowledged.title is 'What it is about.';
comment on column views_1.unacknowledged.from_department is 'Sender.';
comment on column views_1.unacknowledged.to_department is 'Receiver, who owes the acknowledgement.';
comment on column views_1.unacknowledged.office is 'Coordination office between them.';
comment on column views_1.unacknowledged.urgency is 'How urgent it is.';
comment on column views_1.unacknowledged.sent_at is 'When it was sent.';
comment on column views_1.unacknowledged.code is 'The clock: T02, or T15 of a notice.';
comment on column views_1.unacknowledged.due_at is 'First moment that is too late; null: the clock stands still.';
comment on column views_1.unacknowledged.provisional is 'The due moment may move.';
comment on column views_1.unacknowledged.missed_at is 'When it was recorded that the clock ran out; null: it was not.';
comment on column views_1.unacknowledged.cause is 'Why it ran out, as far as casebus can tell.';

create table views_1.missing_feedback (
  transfer_id uuid primary key,
  number text not null,
  kind text not null collate "C",
  title text not null,
  from_department text not null collate "C",
  to_department text not null collate "C",
  office text not null collate "C",
  urgency text not null collate "C",
  sent_at timestamptz not null,
  accepted_at timestamptz not null,
  last_feedback_at timestamptz,
  code text collate "C",
  due_at timestamptz,
  provisional boolean not null,
  missed_at timestamptz,
  cause text collate "C"
);
create index missing_feedback_due on views_1.missing_feedback (coalesce(due_at, 'infinity'), transfer_id);
create index missing_feedback_from on views_1.missing_feedback (from_department);
create index missing_feedback_to on views_1.missing_feedback (to_department);
create index missing_feedback_office on views_1.missing_feedback (office);
comment on table views_1.missing_feedback is 'Transfers whose receiver has accepted them and owes feedback.';
comment on column views_1.missing_feedback.transfer_id is 'The transfer.';
comment on column views_1.missing_feedback.number is 'Its number as people write it.';
comment on column views_1.missing_feedback.kind is 'Kind of transfer.';
comment on column views_1.missing_feedback.title is 'What it is about.';
comment on column views_1.missing_feedback.from_department is 'Sender.';
comment on column views_1.missing_feedback.to_department is 'Receiver, who owes the feedback.';
comment on column views_1.missing_feedback.office is 'Coordination office between them.';
comment on column views_1.missing_feedback.urgency is 'How urgent it is.';
comment on column views_1.missing_feedback.sent_at is 'When it was sent.';
comment on column views_1.missing_feedback.accepted_at is 'When it was accepted.';
comment on column views_1.missing_feedback.last_feedback_at is 'When the last interim feedback was given; null: none.';
comment on column views_1.missing_feedback.code is 'The feedback clock that is due first; null: none runs, as in a supervision task, which is due by its deadline.';
comment on column views_1.missing_feedback.due_at is 'First moment that is too late; null: the clock stands still, or there is no deadline.';
comment on column views_1.missing_feedback.provisional is 'The due moment may move.';
comment on column views_1.missing_feedback.missed_at is 'When it was recorded that the clock ran out; null: it was not.';
comment on column views_1.missing_feedback.cause is 'Why it ran out, as far as casebus can tell.';

create table views_1.parked (
  stream_id uuid not null,
  position bigint not null,
  reason text not null,
  primary key (stream_id, position)
);
comment on table views_1.parked is 'Events that were not folded: one that could not be, and all later ones of its stream.';
comment on column views_1.parked.stream_id is 'The stream, which is the transfer.';
comment on column views_1.parked.position is 'The event.';
comment on column views_1.parked.reason is 'Why it was not folded; no content of the event.';

create function views_1.is_visible(
  p_all boolean, p_own text, p_region text[],
  p_from text, p_to text, p_holder text, p_office text
) returns boolean language sql immutable as $$
  select p_all or p_own = p_from or p_own = p_to or p_own = p_holder or p_own = p_office
    or p_from = any (p_region) or p_to = any (p_region)
$$;
comment on function views_1.is_visible is 'Who sees a transfer: its sender, receiver, holder and office, a supervisor of the region of sender or receiver, and whoever sees all. Plain SQL, so that Postgres expands it and uses the indexes.';

create function views_1.reset() returns void language plpgsql as $$
begin
  update views_1.checkpoint set position = 0, epoch = 0;
  truncate views_1.transfer, views_1.clock, views_1.feedback, views_1.timeline, views_1.audience, views_1.matter,
    views_1.unacknowledged, views_1.missing_feedback, views_1.parked;
end $$;
comment on function views_1.reset is 'Empties the read model, so that the projector builds it again from the log. An act of the operator.';

create function views_1.grant_service(p_role text) returns void language plpgsql as $$
begin
  execute format('grant usage on schema views_1 to %I', p_role);
  execute format('grant select on all tables in schema views_1 to %I', p_role);
  execute format('grant update on views_1.checkpoint to %I', p_role);
  execute format('grant insert on views_1.timeline, views_1.audience, views_1.parked to %I', p_role);
  execute format('grant insert, update, delete on views_1.transfer, views_1.clock, views_1.feedback, views_1.matter, '
    'views_1.unacknowledged, views_1.missing_feedback to %I', p_role);
end $$;
comment on function views_1.grant_service is 'Gives the role of the services the rights they need on this schema, and no more.';
