-- Criminal handoffs: each as it stands, its lanes, and the papers that its steps produced.

create table views_1.handoff (
  id uuid primary key,
  number text not null,
  direction text not null collate "C",
  sealed boolean not null,
  state text not null collate "C",
  open boolean not null,
  from_department text not null collate "C",
  to_department text not null collate "C",
  police text not null collate "C",
  seen_by text[] not null,
  readers text[] not null,
  holders text[] not null,
  title text not null,
  matter uuid not null,
  origin_transfer uuid,
  opened_at timestamptz not null,
  opened_position bigint not null,
  due_at timestamptz,
  look_at timestamptz,
  version bigint not null,
  position bigint not null,
  updated_at timestamptz not null,
  stale boolean not null,
  opening jsonb not null,
  after jsonb not null
);
create index handoff_matter on views_1.handoff (matter);
create index handoff_origin on views_1.handoff (origin_transfer) where origin_transfer is not null;
create index handoff_opened on views_1.handoff (opened_position);
create index handoff_seen_by on views_1.handoff using gin (seen_by);
create index handoff_look_at on views_1.handoff (look_at) where look_at is not null;
comment on table views_1.handoff is 'Each criminal handoff as it stands after its last event.';
comment on column views_1.handoff.id is 'Id, and its stream.';
comment on column views_1.handoff.number is 'Number as people write it; sealed ones have a series of their own.';
comment on column views_1.handoff.direction is 'forward, reverse or supervisory_clue.';
comment on column views_1.handoff.sealed is 'Only named keys of the sender, and the receiver, may know of it.';
comment on column views_1.handoff.state is 'State of its first open lane.';
comment on column views_1.handoff.open is 'Something is owed.';
comment on column views_1.handoff.from_department is 'Who hands over.';
comment on column views_1.handoff.to_department is 'The first organ to which it goes.';
comment on column views_1.handoff.police is 'The police organ that has it now.';
comment on column views_1.handoff.seen_by is 'The departments that may know of it.';
comment on column views_1.handoff.readers is 'The keys of the sender that may know of a sealed one.';
comment on column views_1.handoff.holders is 'Who owes a next step.';
comment on column views_1.handoff.title is 'One line that says what it is about.';
comment on column views_1.handoff.matter is 'Matter.';
comment on column views_1.handoff.origin_transfer is 'The transfer from which it grew; null: none.';
comment on column views_1.handoff.opened_at is 'When it was opened.';
comment on column views_1.handoff.opened_position is 'Position of the event that opened it.';
comment on column views_1.handoff.due_at is 'Earliest due moment of the clocks whose duty is owed; null: none.';
comment on column views_1.handoff.look_at is 'When something may be due by itself next; null: nothing.';
comment on column views_1.handoff.version is 'Version.';
comment on column views_1.handoff.position is 'Position of its last event.';
comment on column views_1.handoff.updated_at is 'Business time of its last event.';
comment on column views_1.handoff.stale is 'An event could not be folded; this is the state before it.';
comment on column views_1.handoff.opening is 'What it was opened with, as it stands in its first event.';
comment on column views_1.handoff.after is 'What holds, as it stands in its last event.';

create table views_1.handoff_lane (
  handoff_id uuid not null,
  number integer not null,
  state text not null collate "C",
  station text not null collate "C",
  holder text collate "C",
  outcome text collate "C",
  subject_key uuid,
  since timestamptz not null,
  code text collate "C",
  due_at timestamptz,
  primary key (handoff_id, number)
);
create index handoff_lane_due on views_1.handoff_lane (due_at) where holder is not null;
create index handoff_lane_subject_key on views_1.handoff_lane (subject_key) where subject_key is not null;
comment on table views_1.handoff_lane is 'Each suspect''s lane of each handoff.';
comment on column views_1.handoff_lane.handoff_id is 'The handoff.';
comment on column views_1.handoff_lane.number is 'Number of the lane: 1, 2, 3, …';
comment on column views_1.handoff_lane.state is 'Where it stands.';
comment on column views_1.handoff_lane.station is 'Where on the road it is: agency, police, procuratorate, court, back.';
comment on column views_1.handoff_lane.holder is 'Who owes the next step; null: nobody.';
comment on column views_1.handoff_lane.outcome is 'What came out on the criminal side; null: nothing yet.';
comment on column views_1.handoff_lane.subject_key is 'The key under which the name of the suspect is sealed; null: not known who it is.';
comment on column views_1.handoff_lane.since is 'Since when it stands there.';
comment on column views_1.handoff_lane.code is 'The clock that is due first; null: none runs.';
comment on column views_1.handoff_lane.due_at is 'When that clock is due; null: none runs.';

create table views_1.handoff_document (
  handoff_id uuid not null,
  version bigint not null,
  kind text not null collate "C",
  number text not null,
  issuer text not null collate "C",
  addressee text not null collate "C",
  issued_on date not null,
  sha256 text not null,
  primary key (handoff_id, version)
);
comment on table views_1.handoff_document is 'The papers that the steps of the handoffs produced.';
comment on column views_1.handoff_document.handoff_id is 'The handoff.';
comment on column views_1.handoff_document.version is 'Version of the handoff after the step.';
comment on column views_1.handoff_document.kind is 'Kind of the paper.';
comment on column views_1.handoff_document.number is 'Number in its official form.';
comment on column views_1.handoff_document.issuer is 'Who issued it.';
comment on column views_1.handoff_document.addressee is 'To whom.';
comment on column views_1.handoff_document.issued_on is 'Its date.';
comment on column views_1.handoff_document.sha256 is 'SHA-256 of what it says.';

alter table views_1.transfer
  add column decided_outcome text collate "C",
  add column standard text,
  add column amount_fen bigint,
  add column earlier_penalties integer,
  add column meets_standard boolean not null default false;
create index transfer_meets_standard on views_1.transfer (sent_position) where meets_standard;
comment on column views_1.transfer.decided_outcome is 'What was decided in it; null: nothing yet.';
comment on column views_1.transfer.standard is 'The transfer standard that the case touches; null: none was named.';
comment on column views_1.transfer.amount_fen is 'The amount involved in fen; null: not said.';
comment on column views_1.transfer.earlier_penalties is 'Earlier penalties of the same kind; null: not said.';
comment on column views_1.transfer.meets_standard is 'The case meets the standard: it belongs to the police.';

create function views_1.sees_handoff(
  p_all boolean, p_own text, p_key text, p_region text[],
  p_sealed boolean, p_from text, p_to text, p_seen_by text[], p_readers text[]
) returns boolean language sql immutable as $$
  select case when p_sealed
    then p_own = p_to or (p_own = p_from and p_readers @> array[p_key])
    else p_all or p_seen_by @> array[p_own] or p_from = any (p_region) or p_to = any (p_region) end
$$;
comment on function views_1.sees_handoff is 'Who sees a criminal handoff. A sealed one: its receiver and the named keys of its sender, nobody else, whatever else they may see.';

create or replace function views_1.reset() returns void language plpgsql as $$
begin
  update views_1.checkpoint set position = 0, epoch = 0;
  truncate views_1.transfer, views_1.clock, views_1.feedback, views_1.timeline, views_1.audience, views_1.matter,
    views_1.unacknowledged, views_1.missing_feedback, views_1.assignment, views_1.scorecard, views_1.parked,
    views_1.handoff, views_1.handoff_lane, views_1.handoff_document;
end $$;

create or replace function views_1.grant_service(p_role text) returns void language plpgsql as $$
begin
  execute format('grant usage on schema views_1 to %I', p_role);
  execute format('grant select on all tables in schema views_1 to %I', p_role);
  execute format('grant update on views_1.checkpoint to %I', p_role);
  execute format('grant insert on views_1.timeline, views_1.audience, views_1.parked to %I', p_role);
  execute format('grant insert, update, delete on views_1.transfer, views_1.clock, views_1.feedback, views_1.matter, '
    'views_1.unacknowledged, views_1.missing_feedback, views_1.assignment, views_1.scorecard, '
    'views_1.handoff, views_1.handoff_lane, views_1.handoff_document to %I', p_role);
end $$;
