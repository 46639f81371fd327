-- What the scorecard is computed from. The read model is emptied once, so that the projector fills the new table from
-- the beginning of the log.

create table views_1.scorecard (
  transfer_id uuid primary key,
  kind text not null collate "C",
  from_department text not null collate "C",
  to_department text not null collate "C",
  office text not null collate "C",
  sent_at timestamptz not null,
  stages jsonb not null,
  clocks jsonb not null,
  final_feedback_at timestamptz,
  ground text collate "C",
  returned boolean not null,
  rerouted boolean not null
);
create index scorecard_sent on views_1.scorecard (sent_at);
create index scorecard_from on views_1.scorecard (from_department, sent_at);
create index scorecard_to on views_1.scorecard (to_department, sent_at);
comment on table views_1.scorecard is 'What is kept of each transfer for the scorecard: who had it when, and how its duties went.';
comment on column views_1.scorecard.transfer_id is 'The transfer.';
comment on column views_1.scorecard.kind is 'Kind of transfer.';
comment on column views_1.scorecard.from_department is 'Sender.';
comment on column views_1.scorecard.to_department is 'Receiver.';
comment on column views_1.scorecard.office is 'Coordination office between them.';
comment on column views_1.scorecard.sent_at is 'When it was sent; the scorecard is by the civil month of it.';
comment on column views_1.scorecard.stages is 'Each state that it was in with its holder, from when and until when.';
comment on column views_1.scorecard.clocks is 'Each run of each clock: owner, due moment, and when the duty was met or fell away.';
comment on column views_1.scorecard.final_feedback_at is 'When the last final feedback was given; null: none.';
comment on column views_1.scorecard.ground is 'Why the receiver objected, in one word; null: it did not, or chose none.';
comment on column views_1.scorecard.returned is 'The sender took it back after an objection.';
comment on column views_1.scorecard.rerouted is 'A linked transfer took its place.';

create or replace function views_1.reset() returns void language plpgsql as $$
begin
  update views_1.checkpoint set position = 0, epoch = 0;
  truncate views_1.transfer, views_1.clock, views_1.feedback, views_1.timeline, views_1.audience, views_1.matter,
    views_1.unacknowledged, views_1.missing_feedback, views_1.assignment, views_1.scorecard, views_1.parked;
end $$;

create or replace function views_1.grant_service(p_role text) returns void language plpgsql as $$
begin
  execute format('grant usage on schema views_1 to %I', p_role);
  execute format('grant select on all tables in schema views_1 to %I', p_role);
  execute format('grant update on views_1.checkpoint to %I', p_role);
  execute format('grant insert on views_1.timeline, views_1.audience, views_1.parked to %I', p_role);
  execute format('grant insert, update, delete on views_1.transfer, views_1.clock, views_1.feedback, views_1.matter, '
    'views_1.unacknowledged, views_1.missing_feedback, views_1.assignment, views_1.scorecard to %I', p_role);
end $$;

select views_1.reset();
